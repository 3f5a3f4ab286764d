import { ImageError } from './errors.ts'

/** Planar RGB in [0,1], sRGB-encoded: channel c of pixel (x, y) is data[(c·height + y)·width + x]. */
export interface PlanarImage {
  readonly width: number
  readonly height: number
  /** 3·height·width values. */
  readonly data: Float32Array
  /** height·width straight (unpremultiplied) coverage in [0,1]; absent means opaque. */
  readonly alpha?: Float32Array
}

/** @throws ImageError when the arrays do not fit the extents or a value is not finite. */
export function checkImage(what: string, { width, height, data, alpha }: PlanarImage): void {
  const pixels = width * height
  if (data.length !== 3 * pixels || (alpha && alpha.length !== pixels)) {
    throw new ImageError(
      `${what}: expected ${3 * pixels} colour values for ${width}×${height} pixels, got ${data.length}${alpha ? ` and ${alpha.length} of alpha` : ''}`,
    )
  }
  if (!data.every(Number.isFinite) || (alpha && !alpha.every(Number.isFinite))) {
    throw new ImageError(`${what}: holds values that are not finite; save it as 8 or 16 bit`)
  }
}

/**
 * Resamples with the Catmull-Rom cubic (Keys 1981, a = −½), widened when shrinking so that nothing
 * aliases. Colours are clamped to [0,1]; alpha likewise.
 */
export function resize(image: PlanarImage, width: number, height: number): PlanarImage {
  if (width === image.width && height === image.height) return image
  const planes = (data: Float32Array, count: number): Float32Array => {
    const across = resampleRows(data, image.width, width)
    const turned = turn(across, count, image.height, width)
    const down = resampleRows(turned, image.height, height)
    const result = turn(down, count, width, height)
    for (let i = 0; i < result.length; i++) result[i] = Math.min(1, Math.max(0, result[i]!))
    return result
  }
  return {
    width,
    height,
    data: planes(image.data, 3),
    alpha: image.alpha && planes(image.alpha, 1),
  }
}

/** Every row of length `from` becomes a row of length `to`. */
function resampleRows(data: Float32Array, from: number, to: number): Float32Array {
  const rows = data.length / from
  const result = new Float32Array(rows * to)
  const widening = Math.max(1, from / to)
  for (let x = 0; x < to; x++) {
    const centre = ((x + 0.5) * from) / to - 0.5
    const first = Math.ceil(centre - 2 * widening)
    const last = Math.floor(centre + 2 * widening)
    const weights: number[] = []
    for (let tap = first; tap <= last; tap++) weights.push(catmullRom((tap - centre) / widening))
    const total = weights.reduce((a, b) => a + b, 0)
    for (let row = 0; row < rows; row++) {
      let value = 0
      for (let i = 0; i < weights.length; i++) {
        const tap = Math.min(from - 1, Math.max(0, first + i))
        value += weights[i]! * data[row * from + tap]!
      }
      result[row * to + x] = value / total
    }
  }
  return result
}

function catmullRom(distance: number): number {
  const t = Math.abs(distance)
  if (t < 1) return 1 + t * t * (1.5 * t - 2.5)
  return t < 2 ? 2 - t * (4 - t * (2.5 - 0.5 * t)) : 0
}

/** Swaps rows and columns of `count` planes of rows × columns. */
function turn(data: Float32Array, count: number, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length)
  for (let plane = 0; plane < count; plane++) {
    const offset = plane * rows * columns
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        result[offset + x * rows + y] = data[offset + y * columns + x]!
      }
    }
  }
  return result
}

/**
 * An opaque image in which colours spread from visible into transparent pixels, so that what hides
 * under alpha 0 plays no part: coarser and coarser averages fill what is missing (the pull and push
 * of Gortler et al. 1996). What is only partly transparent keeps its colour, so that a picture that
 * is not painted at all comes back as it was. An image without alpha is returned as it is.
 */
export function fillTransparent(image: PlanarImage): PlanarImage {
  const { width, height, data, alpha } = image
  if (!alpha) return image
  const pixels = width * height
  const coverage = alpha.map((value) => (value > 0 ? 1 : 0))
  const colour = data.map((value, i) => value * coverage[i % pixels]!)
  const filled = pullPush({ width, height, colour, coverage })
  return { width, height, data: filled }
}

interface Layer {
  readonly width: number
  readonly height: number
  /** Premultiplied. */
  readonly colour: Float32Array
  readonly coverage: Float32Array
}

function pullPush(layer: Layer): Float32Array {
  const { width, height, colour, coverage } = layer
  const pixels = width * height
  const isOpaque = coverage.every((value) => value >= 1)
  const under = isOpaque || pixels === 1 ? undefined : pullPush(halve(layer))
  const halfWidth = Math.ceil(width / 2)
  const halfPixels = halfWidth * Math.ceil(height / 2)
  const result = new Float32Array(3 * pixels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const cover = Math.min(1, coverage[i]!)
      const j = (y >> 1) * halfWidth + (x >> 1)
      for (let c = 0; c < 3; c++) {
        const behind = under ? under[c * halfPixels + j]! : 0
        result[c * pixels + i] = colour[c * pixels + i]! + (1 - cover) * behind
      }
    }
  }
  return result
}

/** Sums 2×2 pixels; coverage above 1 is scaled back to 1, colours with it. */
function halve({ width, height, colour, coverage }: Layer): Layer {
  const halfWidth = Math.ceil(width / 2)
  const halfHeight = Math.ceil(height / 2)
  const pixels = width * height
  const halfPixels = halfWidth * halfHeight
  const halfColour = new Float32Array(3 * halfPixels)
  const halfCoverage = new Float32Array(halfPixels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const j = (y >> 1) * halfWidth + (x >> 1)
      halfCoverage[j] = halfCoverage[j]! + coverage[i]!
      for (let c = 0; c < 3; c++) {
        halfColour[c * halfPixels + j] = halfColour[c * halfPixels + j]! + colour[c * pixels + i]!
      }
    }
  }
  for (let j = 0; j < halfPixels; j++) {
    const total = halfCoverage[j]!
    if (total <= 1) continue
    halfCoverage[j] = 1
    for (let c = 0; c < 3; c++) {
      halfColour[c * halfPixels + j] = halfColour[c * halfPixels + j]! / total
    }
  }
  return { width: halfWidth, height: halfHeight, colour: halfColour, coverage: halfCoverage }
}

/** Uniform noise in [0,1), the same for the same seed (mulberry32). */
export function noiseImage(width: number, height: number, seed: number): PlanarImage {
  let state = seed >>> 0
  const data = new Float32Array(3 * width * height)
  for (let i = 0; i < data.length; i++) {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    data[i] = ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return { width, height, data }
}
