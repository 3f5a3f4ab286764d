import { cutPlanes } from '../../src/engine/objective/region-masks.ts'
import { type PlanarImage, resize } from '../../src/engine/picture/image.ts'

/** Fills the extents with the middle of an opaque picture. */
export function cover(
  image: PlanarImage,
  extents: { readonly width: number; readonly height: number },
): PlanarImage {
  const scale = Math.max(extents.width / image.width, extents.height / image.height)
  const whole = resize(image, Math.round(image.width * scale), Math.round(image.height * scale))
  const corner = {
    top: Math.floor((whole.height - extents.height) / 2),
    left: Math.floor((whole.width - extents.width) / 2),
  }
  return { ...extents, data: cutPlanes(whole, corner, extents) }
}
