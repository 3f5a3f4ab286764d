import { ImageError } from '../errors.ts'

/** Width and height, px. */
export interface Size {
  readonly width: number
  readonly height: number
}

export const isSameSize = (a: Size, b: Size): boolean =>
  a.width === b.width && a.height === b.height

/** Planar RGB in [0,1], sRGB-encoded: channel c of pixel (x, y) is data[(c·height + y)·width + x]. */
export interface PlanarImage extends Size {
  /** 3·height·width values. */
  readonly data: Float32Array
  /** height·width straight (unpremultiplied) coverage in [0,1]; absent means opaque. */
  readonly alpha?: Float32Array
  /** Name of the file that the image is from, for messages. */
  readonly name?: string | undefined
}

/**
 * How much of each pixel of an area is meant: height·width values in [0,1]. A mask of another size
 * is stretched over the area.
 */
export interface Mask extends Size {
  readonly data: Float32Array
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

/** @throws ImageError when the values do not fit the extents or leave [0,1]. */
export function checkMask(what: string, { width, height, data }: Mask): void {
  if (data.length !== width * height || data.length === 0) {
    throw new ImageError(
      `${what}: expected ${width * height} values for ${width}×${height} pixels and at least one, got ${data.length}`,
    )
  }
  const stray = data.find((value) => !(value >= 0 && value <= 1))
  if (stray !== undefined) {
    throw new ImageError(`${what}: expected values from 0 to 1, got ${stray}`)
  }
}

/** What lies beyond the edge of an image: the edge, or the opposite side. */
export type Beyond = 'edge' | 'opposite'

/** The index within an extent of what is seen at `at`, which may lie beyond the edge. */
export const placeWithin = (at: number, extent: number, beyond: Beyond): number =>
  beyond === 'edge' ? Math.min(extent - 1, Math.max(0, at)) : ((at % extent) + extent) % extent

/**
 * Resamples with the Catmull-Rom cubic (Keys 1981, a = −½), widened when shrinking so that nothing
 * aliases. Colours are clamped to [0,1]; alpha likewise.
 */
export function resize(
  image: PlanarImage,
  width: number,
  height: number,
  beyond: Beyond = 'edge',
): PlanarImage {
  return resampleImage(image, { width, height }, { filter: cubic, beyond })
}

/** Rows `top` to `bottom` of an image. */
export function rowsOf(image: PlanarImage, top: number, bottom: number): PlanarImage {
  const { width, height, data, alpha } = image
  const band = (planes: Float32Array, plane: number): Float32Array =>
    planes.subarray((plane * height + top) * width, (plane * height + bottom) * width)
  const size = (bottom - top) * width
  const rows = new Float32Array(3 * size)
  for (let c = 0; c < 3; c++) rows.set(band(data, c), c * size)
  return { width, height: bottom - top, data: rows, ...(alpha && { alpha: band(alpha, 0) }) }
}

/** Rows `top` to `bottom` of what `resize` makes, to the bit, without the others. */
export function resizeRows(
  image: PlanarImage,
  { width, height }: Size,
  beyond: Beyond,
  top: number,
  bottom: number,
): PlanarImage {
  if (width === image.width && height === image.height) return rowsOf(image, top, bottom)
  const taps = Array.from({ length: bottom - top }, (_, y) => cubic(top + y, image.height, height))
  const placeOf = (tap: number): number => placeWithin(tap, image.height, beyond)
  const needed = taps.flatMap(({ first, weights }) => weights.map((_, i) => placeOf(first + i)))
  const sources = [...new Set(needed)].sort((a, b) => a - b)
  const indexOf = new Map(sources.map((row, index) => [row, index]))
  const resizePlane = (plane: Float32Array): Float32Array => {
    const rows = new Float32Array(sources.length * image.width)
    sources.forEach((row, index) => {
      rows.set(plane.subarray(row * image.width, (row + 1) * image.width), index * image.width)
    })
    const across = resampleRows(rows, image.width, width, { filter: cubic, beyond })
    const result = new Float32Array((bottom - top) * width)
    taps.forEach(({ first, weights }, y) => {
      const total = weights.reduce((a, b) => a + b, 0)
      const starts = weights.map((_, i) => indexOf.get(placeOf(first + i))! * width)
      for (let x = 0; x < width; x++) {
        let value = 0
        for (let i = 0; i < weights.length; i++) value += weights[i]! * across[starts[i]! + x]!
        // As in `resample`, values are rounded to float32 before they are clamped.
        result[y * width + x] = Math.min(1, Math.max(0, Math.fround(value / total)))
      }
    })
    return result
  }
  const size = (bottom - top) * width
  const data = new Float32Array(3 * size)
  const pixels = image.width * image.height
  for (let c = 0; c < 3; c++) {
    data.set(resizePlane(image.data.subarray(c * pixels, (c + 1) * pixels)), c * size)
  }
  const alpha = image.alpha && resizePlane(image.alpha)
  return { width, height: bottom - top, data, ...(alpha && { alpha }) }
}

/**
 * Resamples as `resize` does, but with a sinc windowed over four samples to each side (Lanczos;
 * Turkowski 1990). A cubic keeps less of what is fine between samples than at them, which draws
 * their raster into what is enlarged. This keeps nearly as much everywhere, at the price of more
 * ringing: an eighth of an edge's height beside it, and fainter up to four samples away.
 */
export function resizeEvenly(
  image: PlanarImage,
  width: number,
  height: number,
  beyond: Beyond = 'edge',
): PlanarImage {
  return resampleImage(image, { width, height }, { filter: windowedSinc, beyond })
}

/** Resamples a mask: the average of what each pixel covers when shrinking, linear when growing. */
export function resizeMask(mask: Mask, width: number, height: number): Mask {
  if (width === mask.width && height === mask.height) return mask
  const kernel: Kernel = { filter: areaOrLinear, beyond: 'edge' }
  return { width, height, data: resample(mask.data, 1, mask, { width, height }, kernel) }
}

/** Weights of the samples from `first` on, whose sum need not be 1. */
interface Taps {
  readonly first: number
  readonly weights: readonly number[]
}

interface Kernel {
  /** Which samples of a row of `from` make sample x of a row of `to`. */
  readonly filter: (x: number, from: number, to: number) => Taps
  readonly beyond: Beyond
}

function resampleImage(image: PlanarImage, to: Size, kernel: Kernel): PlanarImage {
  if (isSameSize(to, image)) return image
  return {
    ...to,
    data: resample(image.data, 3, image, to, kernel),
    alpha: image.alpha && resample(image.alpha, 1, image, to, kernel),
  }
}

/** Resamples `count` planes, across and then down; the result is clamped to [0,1]. */
function resample(
  data: Float32Array,
  count: number,
  from: Size,
  to: Size,
  kernel: Kernel,
): Float32Array {
  const across = resampleRows(data, from.width, to.width, kernel)
  const turned = turn(across, count, from.height, to.width)
  const down = resampleRows(turned, from.height, to.height, kernel)
  const result = turn(down, count, to.width, to.height)
  for (let i = 0; i < result.length; i++) result[i] = Math.min(1, Math.max(0, result[i]!))
  return result
}

/** Every row of length `from` becomes a row of length `to`. */
function resampleRows(
  data: Float32Array,
  from: number,
  to: number,
  { filter, beyond }: Kernel,
): Float32Array {
  const rows = data.length / from
  const result = new Float32Array(rows * to)
  for (let x = 0; x < to; x++) {
    const { first, weights } = filter(x, from, to)
    const total = weights.reduce((a, b) => a + b, 0)
    const taps = weights.map((_, i) => placeWithin(first + i, from, beyond))
    for (let row = 0; row < rows; row++) {
      let value = 0
      for (let i = 0; i < weights.length; i++) value += weights[i]! * data[row * from + taps[i]!]!
      result[row * to + x] = value / total
    }
  }
  return result
}

const cubic = filterOf(2, catmullRom)
const windowedSinc = filterOf(4, lanczos4)

/** @param weight of a sample at a distance below `radius`, in samples. */
function filterOf(radius: number, weight: (distance: number) => number): Kernel['filter'] {
  return (x, from, to) => {
    const widening = Math.max(1, from / to)
    const centre = ((x + 0.5) * from) / to - 0.5
    const first = Math.ceil(centre - radius * widening)
    const last = Math.floor(centre + radius * widening)
    const weights: number[] = []
    for (let tap = first; tap <= last; tap++) weights.push(weight((tap - centre) / widening))
    return { first, weights }
  }
}

function areaOrLinear(x: number, from: number, to: number): Taps {
  if (to > from) {
    const centre = ((x + 0.5) * from) / to - 0.5
    const first = Math.floor(centre)
    return { first, weights: [first + 1 - centre, centre - first] }
  }
  const [start, end] = [(x * from) / to, ((x + 1) * from) / to]
  const first = Math.floor(start)
  const weights: number[] = []
  for (let tap = first; tap < end; tap++) {
    weights.push(Math.min(end, tap + 1) - Math.max(start, tap))
  }
  return { first, weights }
}

function catmullRom(distance: number): number {
  const t = Math.abs(distance)
  if (t < 1) return 1 + t * t * (1.5 * t - 2.5)
  return t < 2 ? 2 - t * (4 - t * (2.5 - 0.5 * t)) : 0
}

function lanczos4(distance: number): number {
  if (distance === 0) return 1
  if (Math.abs(distance) >= 4) return 0
  const t = Math.PI * distance
  return (4 * Math.sin(t) * Math.sin(t / 4)) / (t * t)
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

interface Layer extends Size {
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
