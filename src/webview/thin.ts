/** Layers too thin for the network's poolings: widened by their own edges, cut back afterwards. */
import type { TileSize } from '../engine/evaluator.ts'
import type { PlanarImage } from '../engine/image.ts'
import { MAX_ASPECT, MIN_SIDE } from '../engine/pyramid.ts'

/** Where an image lies in one that was extended, px. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** As large as `stylize` needs an image of this size when it paints at `size`; 0 is the image's own. */
export function extendedSize({ width, height }: TileSize, size: number): TileSize {
  const longEdge = Math.max(width, height)
  const shortest = Math.max(
    MIN_SIDE,
    Math.ceil(longEdge / MAX_ASPECT),
    Math.ceil((MIN_SIDE * longEdge) / (size || longEdge)),
  )
  return { width: Math.max(width, shortest), height: Math.max(height, shortest) }
}

/**
 * The image with its edge pixels repeated on both sides as far as `stylize` needs it when it paints
 * at `size`; the image itself when it is large enough.
 */
export function extendThin(
  image: PlanarImage,
  size: number,
): { readonly image: PlanarImage; readonly region: Region } {
  const { width, height } = extendedSize(image, size)
  const region = {
    left: Math.floor((width - image.width) / 2),
    top: Math.floor((height - image.height) / 2),
    width: image.width,
    height: image.height,
  }
  return { image: cut(image, { left: -region.left, top: -region.top, width, height }), region }
}

/** The pixels of a region; where it reaches beyond the image, those of the nearest edge. */
export function cut(image: PlanarImage, { left, top, width, height }: Region): PlanarImage {
  if (width === image.width && height === image.height) return image
  const planes = (data: Float32Array, count: number): Float32Array => {
    const result = new Float32Array(count * width * height)
    for (let plane = 0; plane < count; plane++) {
      for (let y = 0; y < height; y++) {
        const row = plane * image.height + nearest(top + y, image.height)
        const to = (plane * height + y) * width
        for (let x = 0; x < width; x++) {
          result[to + x] = data[row * image.width + nearest(left + x, image.width)]!
        }
      }
    }
    return result
  }
  return {
    width,
    height,
    data: planes(image.data, 3),
    alpha: image.alpha && planes(image.alpha, 1),
  }
}

const nearest = (position: number, extent: number): number =>
  Math.min(extent - 1, Math.max(0, position))
