/** Arithmetic on rectangles and planes of samples. */
import type { Depth, Raster, Rect, Samples } from '../state.ts'

export { fullOf } from '../color-modes.ts'

export const widthOf = (rect: Rect): number => rect.right - rect.left
export const heightOf = (rect: Rect): number => rect.bottom - rect.top
export const areaOf = (rect: Rect): number => widthOf(rect) * heightOf(rect)

export const rectAt = (left: number, top: number, width: number, height: number): Rect => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
})

export function intersect(a: Rect, b: Rect): Rect | undefined {
  const left = Math.max(a.left, b.left)
  const top = Math.max(a.top, b.top)
  const right = Math.min(a.right, b.right)
  const bottom = Math.min(a.bottom, b.bottom)
  return left < right && top < bottom ? { left, top, right, bottom } : undefined
}

export function unite(a: Rect, b: Rect): Rect {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  }
}

export function allocate(depth: Depth, length: number): Samples {
  if (depth === 16) return new Uint16Array(length)
  return depth === 32 ? new Float32Array(length) : new Uint8Array(length)
}

export function allocateLike(samples: Samples, length: number): Samples {
  if (samples instanceof Uint16Array) return new Uint16Array(length)
  return samples instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length)
}

/** The smallest rectangle of `bounds` around all samples above zero. */
export function trim(samples: Samples, bounds: Rect): Rect | undefined {
  const width = widthOf(bounds)
  let [left, right, top, bottom] = [width, 0, -1, 0]
  for (let y = 0, row = 0; y < heightOf(bounds); y++, row += width) {
    let first = 0
    while (first < width && samples[row + first] === 0) first++
    if (first === width) continue
    let last = width
    while (samples[row + last - 1] === 0) last--
    left = Math.min(left, first)
    right = Math.max(right, last)
    if (top < 0) top = y
    bottom = y + 1
  }
  if (top < 0) return undefined
  return rectAt(bounds.left + left, bounds.top + top, right - left, bottom - top)
}

const trimmedRasters = new WeakMap<Raster, Rect | null>()

/** Where a raster has pixels. */
export function trimRaster(raster: Raster): Rect | undefined {
  let rect = trimmedRasters.get(raster)
  if (rect === undefined) {
    const { bounds, alpha } = raster
    rect = (alpha ? trim(alpha, bounds) : areaOf(bounds) > 0 ? bounds : null) ?? null
    trimmedRasters.set(raster, rect)
  }
  return rect ?? undefined
}

/** Moves a plane to other bounds; what is new is filled. */
export function reframe(samples: Samples, from: Rect, to: Rect, fill = 0): Samples {
  const result = allocateLike(samples, areaOf(to))
  if (fill !== 0) result.fill(fill)
  paste(result, to, samples, from)
  return result
}

/** Copies into `target` the part of `source` that lies over it. */
export function paste(target: Samples, targetBounds: Rect, source: Samples, bounds: Rect): void {
  const common = intersect(targetBounds, bounds)
  if (!common) return
  for (let y = common.top; y < common.bottom; y++) {
    const from = (y - bounds.top) * widthOf(bounds) + common.left - bounds.left
    const to = (y - targetBounds.top) * widthOf(targetBounds) + common.left - targetBounds.left
    target.set(source.subarray(from, from + widthOf(common)), to)
  }
}

export function reframeRaster(raster: Raster, to: Rect): Raster {
  return mapPlanes(raster, (plane) => reframe(plane, raster.bounds, to), to)
}

export function mapPlanes(
  raster: Raster,
  change: (plane: Samples, isAlpha: boolean) => Samples,
  bounds = raster.bounds,
): Raster {
  return {
    bounds,
    color: raster.color.map((plane) => change(plane, false)),
    ...(raster.alpha && { alpha: change(raster.alpha, true) }),
  }
}

/** Interleaves planes of equal length. */
export function interleave(planes: readonly Samples[]): Samples {
  const [first] = planes
  if (!first) throw new RangeError('internal: no planes to interleave')
  const result = allocateLike(first, first.length * planes.length)
  planes.forEach((plane, component) => {
    for (let i = 0, to = component; i < plane.length; i++, to += planes.length)
      result[to] = plane[i]!
  })
  return result
}

/** The planes of interleaved samples. */
export function separate(samples: Samples, components: number): Samples[] {
  const length = samples.length / components
  return Array.from({ length: components }, (_, component) => {
    const plane = allocateLike(samples, length)
    for (let i = 0, from = component; i < length; i++, from += components) plane[i] = samples[from]!
    return plane
  })
}

/** Averages or repeats samples into another size. */
export function resample(samples: Samples, from: Rect, width: number, height: number): Samples {
  const result = allocateLike(samples, width * height)
  const [sourceWidth, sourceHeight] = [widthOf(from), heightOf(from)]
  const round = samples instanceof Float32Array ? (value: number) => value : Math.round
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, sourceHeight)
    for (let x = 0; x < width; x++) {
      const [left, right] = span(x, width, sourceWidth)
      let sum = 0
      for (let v = top; v < bottom; v++)
        for (let u = left; u < right; u++) sum += samples[v * sourceWidth + u]!
      result[y * width + x] = round(sum / ((bottom - top) * (right - left)))
    }
  }
  return result
}

function span(index: number, count: number, sourceCount: number): [number, number] {
  const start = Math.floor((index * sourceCount) / count)
  return [start, Math.max(start + 1, Math.floor(((index + 1) * sourceCount) / count))]
}
