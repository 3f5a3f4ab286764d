/** Layers too thin for the network's poolings: widened by their own edges, cut back afterwards. */
import { type Mask, type PlanarImage, resizeMask, type Size } from '../engine/picture/image.ts'
import { MAX_ASPECT, MIN_SIDE } from '../engine/picture/pyramid.ts'

/** Where an image lies in one that was extended, px. */
export interface Region extends Size {
  readonly left: number
  readonly top: number
}

/** The size to which `stylize` needs an image extended when it paints at `size`; 0: its own. */
export function extendedSize({ width, height }: Size, size: number): Size {
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

/** Extends a mask of the image in the same way. */
export function extendMask(mask: Mask, region: Region, extended: Size): Mask {
  const { left, top, width, height } = region
  const { data } = resizeMask(mask, width, height)
  const wanted = { left: -left, top: -top, width: extended.width, height: extended.height }
  return { ...size(wanted), data: cutPlanes(data, region, wanted, 1) }
}

/** The pixels of a region; where it reaches beyond the image, those of the nearest edge. */
export function cut(image: PlanarImage, region: Region): PlanarImage {
  if (region.width === image.width && region.height === image.height) return image
  return {
    ...size(region),
    data: cutPlanes(image.data, image, region, 3),
    alpha: image.alpha && cutPlanes(image.alpha, image, region, 1),
  }
}

const size = ({ width, height }: Size): Size => ({ width, height })

function cutPlanes(
  data: Float32Array,
  from: Size,
  { left, top, width, height }: Region,
  count: number,
): Float32Array {
  const result = new Float32Array(count * width * height)
  for (let plane = 0; plane < count; plane++) {
    for (let y = 0; y < height; y++) {
      const row = plane * from.height + nearest(top + y, from.height)
      const to = (plane * height + y) * width
      for (let x = 0; x < width; x++) {
        result[to + x] = data[row * from.width + nearest(left + x, from.width)]!
      }
    }
  }
  return result
}

const nearest = (position: number, extent: number): number =>
  Math.min(extent - 1, Math.max(0, position))
