/**
 * Keeping the photograph's colours: the style acts on luminance alone (Gatys, Bethge, Hertzmann &
 * Shechtman 2016, "Preserving Color in Neural Artistic Style Transfer", section 2.2).
 */
import type { PlanarImage } from './image.ts'

/** Rec. ITU-R BT.601 luma of sRGB-encoded red, green and blue; the Y of YIQ. */
const LUMA = [0.299, 0.587, 0.114] as const

/** Y of every pixel, height·width values in [0,1]. */
function luma({ width, height, data }: PlanarImage): Float32Array {
  const pixels = width * height
  const [r, g, b] = LUMA
  const result = new Float32Array(pixels)
  for (let i = 0; i < pixels; i++) {
    result[i] = r * data[i]! + g * data[pixels + i]! + b * data[2 * pixels + i]!
  }
  return result
}

/** The image in gray: its luma in all three channels. */
export const toGray = (image: PlanarImage): PlanarImage => grayImage(image, luma(image))

function grayImage(image: PlanarImage, values: Float32Array): PlanarImage {
  const data = new Float32Array(3 * values.length)
  for (let channel = 0; channel < 3; channel++) data.set(values, channel * values.length)
  return { ...image, data }
}

/**
 * A gray style with mean and standard deviation of the gray content's luma, clamped to [0,1], so
 * that a dark painting does not darken a bright photograph (ibid., equation 10).
 */
export function matchLuma(style: PlanarImage, content: PlanarImage): PlanarImage {
  const values = luma(style)
  const from = momentsOf(values)
  const to = momentsOf(luma(content))
  const gain = from.deviation > 0 ? to.deviation / from.deviation : 1
  return grayImage(
    style,
    values.map((value) => Math.min(1, Math.max(0, (value - from.mean) * gain + to.mean))),
  )
}

function momentsOf(values: Float32Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, deviation: Math.sqrt(variance) }
}

/**
 * The luma of `picture` with the chroma of `colors`, which has the same extents. Equal amounts
 * added to red, green and blue change Y alone; I and Q of YIQ stay. Clamped to [0,1].
 */
export function withLumaOf(picture: PlanarImage, colors: PlanarImage): PlanarImage {
  const pixels = picture.width * picture.height
  const wanted = luma(picture)
  const present = luma(colors)
  const data = colors.data.map((value, i) =>
    Math.min(1, Math.max(0, value + (wanted[i % pixels]! - present[i % pixels]!))),
  )
  return { ...picture, data }
}
