/** Rectangles of pixels, and samples that lie in them. */
import type { Size } from '../../engine/picture/image.ts'
import type { Bounds } from '../document.ts'

export function intersection(a: Bounds, b: Bounds): Bounds | undefined {
  const left = Math.max(a.left, b.left)
  const top = Math.max(a.top, b.top)
  const right = Math.min(a.right, b.right)
  const bottom = Math.min(a.bottom, b.bottom)
  return left < right && top < bottom ? { left, top, right, bottom } : undefined
}

/** All of a document's canvas, or of a picture. */
export const canvasOf = ({ width, height }: Size): Bounds => ({
  left: 0,
  top: 0,
  right: width,
  bottom: height,
})

/** The number of pixels. */
export const areaOf = ({ left, top, right, bottom }: Bounds): number =>
  (right - left) * (bottom - top)

/** The bytes of `from` where they lie in `to`; `fill` elsewhere. */
export function place(
  bytes: Uint8Array,
  from: Bounds,
  to: Bounds,
  { pixelBytes = 1, fill = 0 } = {},
): Uint8Array {
  const width = to.right - to.left
  const placed = new Uint8Array(areaOf(to) * pixelBytes).fill(fill)
  const common = intersection(from, to)
  if (!common) return placed
  for (let y = common.top; y < common.bottom; y++) {
    const start = (y - from.top) * (from.right - from.left) + common.left - from.left
    placed.set(
      bytes.subarray(start * pixelBytes, (start + common.right - common.left) * pixelBytes),
      ((y - to.top) * width + common.left - to.left) * pixelBytes,
    )
  }
  return placed
}
