/**
 * Keeps the photograph's colours: the style acts on luminance alone (Gatys, Bethge, Hertzmann &
 * Shechtman 2016, "Preserving Color in Neural Artistic Style Transfer", section 2.2).
 */
import type { PlanarImage } from './image.ts'

/** Rec. ITU-R BT.601 luma of sRGB-encoded red, green and blue; the Y of YIQ. */
const LUMA = [0.299, 0.587, 0.114] as const

/** Y of every pixel, height·width values in [0,1]. */
export function luma({ width, height, data }: PlanarImage): Float32Array {
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
 * A gray style with mean and standard deviation of the content's luma, clamped to [0,1], so that a
 * dark painting does not darken a bright photograph (ibid., equation 10). A style's pixels count by
 * its alpha.
 * @param coverage how much each pixel of the content counts; absent: all alike.
 */
export function matchLuma(
  style: PlanarImage,
  content: PlanarImage,
  coverage?: Float32Array,
): PlanarImage {
  const values = luma(style)
  const from = momentsOf(values, style.alpha)
  const to = momentsOf(luma(content), coverage)
  const gain = from.deviation > 0 ? to.deviation / from.deviation : 1
  return grayImage(
    style,
    values.map((value) => Math.min(1, Math.max(0, (value - from.mean) * gain + to.mean))),
  )
}

function momentsOf(values: Float32Array, weights?: Float32Array) {
  const weightAt = (i: number): number => (weights ? weights[i]! : 1)
  const total = weights ? weights.reduce((sum, weight) => sum + weight, 0) : values.length
  const mean = values.reduce((sum, value, i) => sum + weightAt(i) * value, 0) / total
  const variance =
    values.reduce((sum, value, i) => sum + weightAt(i) * (value - mean) ** 2, 0) / total
  return { mean, deviation: Math.sqrt(variance) }
}

/**
 * The luma of `picture` with the chroma of `colors`, which has the same extents: each pixel is
 * colour + d for d = Y(picture) − Y(colour). Equal amounts added to red, green and blue change Y
 * alone; I and Q of YIQ stay. So that they stay at the ends of the range too, d is limited to
 * [−min(r,g,b), 1 − max(r,g,b)], where every channel is in [0,1]: a colour at the edge of the gamut
 * keeps its chroma and gives up the light that it cannot show.
 */
export function withLumaOf(picture: PlanarImage, colors: PlanarImage): PlanarImage {
  const pixels = picture.width * picture.height
  const wanted = luma(picture)
  const present = luma(colors)
  const data = new Float32Array(3 * pixels)
  for (let i = 0; i < pixels; i++) {
    const [r, g, b] = [0, 1, 2].map((c) => colors.data[c * pixels + i]!) as [number, number, number]
    const [lowest, highest] = [-Math.min(r, g, b), 1 - Math.max(r, g, b)]
    const shift = Math.min(highest, Math.max(lowest, wanted[i]! - present[i]!))
    data[i] = r + shift
    data[pixels + i] = g + shift
    data[2 * pixels + i] = b + shift
  }
  return { ...picture, data }
}
