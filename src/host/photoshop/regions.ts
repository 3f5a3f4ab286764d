/** The options of imaging calls that say which part is meant, at which size, and where it goes. */
import type { Rect, Samples } from '../state.ts'
import type { PhotoshopImageData } from './image-data.ts'
import type { GetPixelsOptions, PutPixelsOptions } from './real.ts'
import { heightOf, intersect, rectAt, resample, widthOf } from './samples.ts'

/** "Performance cache levels": halvings that Photoshop keeps. */
const CACHE_LEVELS = 4

/**
 * The requested part of what is there. It may also be given as left, top, width and height, as
 * documented.
 */
export function readArea(
  call: string,
  requested: GetPixelsOptions['sourceBounds'] | PutPixelsOptions['targetBounds'],
  available: Rect,
): Rect | undefined {
  if (requested === undefined) return available
  const { left, top } = requested
  const right = 'right' in requested ? requested.right : left + requested.width
  const bottom = 'bottom' in requested ? requested.bottom : top + requested.height
  if (![left, top, right, bottom].every(Number.isInteger) || right <= left || bottom <= top)
    throw new TypeError(
      `${call}: expected sourceBounds of whole pixels, not empty, got ${JSON.stringify(requested)}`,
    )
  return intersect({ left, top, right, bottom }, available)
}

/** Where image data goes: only left and top count, the canvas's corner by default. */
export function targetOf(
  call: string,
  image: PhotoshopImageData,
  bounds: PutPixelsOptions['targetBounds'],
): Rect {
  const { left, top } = bounds ?? { left: 0, top: 0 }
  if (![left, top].every(Number.isInteger))
    throw new TypeError(`${call}: expected whole left and top, got ${JSON.stringify(bounds)}`)
  return rectAt(left, top, image.width, image.height)
}

/** Keeps the proportions: of two target edges the one counts that makes the picture smaller. */
export function resizePlanes(
  call: string,
  planes: readonly Samples[],
  region: Rect,
  target: GetPixelsOptions['targetSize'],
): { planes: readonly Samples[]; width: number; height: number; level: number } {
  const [fullWidth, fullHeight] = [widthOf(region), heightOf(region)]
  const edges = [target?.width, target?.height]
  if (edges.some((edge) => edge !== undefined && !(Number.isInteger(edge) && edge > 0)))
    throw new TypeError(`${call}: expected a targetSize above 0, got ${JSON.stringify(target)}`)
  const scale = Math.min(
    (target?.width ?? Number.POSITIVE_INFINITY) / fullWidth,
    (target?.height ?? Number.POSITIVE_INFINITY) / fullHeight,
  )
  if (!Number.isFinite(scale) || scale === 1)
    return { planes, width: fullWidth, height: fullHeight, level: 0 }
  const width = Math.max(1, Math.round(fullWidth * scale))
  const height = Math.max(1, Math.round(fullHeight * scale))
  const level = Math.min(CACHE_LEVELS - 1, Math.max(0, Math.floor(Math.log2(1 / scale))))
  return {
    planes: planes.map((plane) => resample(plane, region, width, height)),
    width,
    height,
    level,
  }
}
