/** Masks and strength maps: pictures that say how much of something goes where. */

import { ImageError } from '../engine/errors.ts'
import type { FileIdentity } from '../engine/output/recipe.ts'
import { luma } from '../engine/picture/color.ts'
import type { Mask, Size } from '../engine/picture/image.ts'
import { readPicture } from './files/index.ts'

export interface Coverage {
  readonly mask: Mask
  readonly identity: FileIdentity
}

/** How far sides may differ from the content's, as a share and beside a pixel of rounding. */
const TOLERANCE = 0.02

/**
 * Any picture as a mask over the content: white is all, black and transparent nothing.
 * @throws ImageError when it cannot be read or would be distorted.
 */
export async function readCoverage(path: string, content: Size): Promise<Coverage> {
  const { image, identity } = await readPicture(path)
  assertShapeOf(content, image, path)
  const { width, height, alpha } = image
  const data = luma(image)
  if (alpha) for (let i = 0; i < data.length; i++) data[i] = data[i]! * alpha[i]!
  return { mask: { width, height, data }, identity }
}

/** @throws ImageError for a picture that would be distorted where it is laid over the content. */
export function assertShapeOf(content: Size, { width, height }: Size, path: string): void {
  const stretch = (width * content.height) / (height * content.width)
  const rounding = 1 / Math.min(width, height) + 1 / Math.min(content.width, content.height)
  if (Math.max(stretch, 1 / stretch) > 1 + TOLERANCE + rounding) {
    throw new ImageError(
      `${path}: is ${width}×${height} px, expected the shape of the content, ${content.width}×${content.height}; ` +
        'crop it as the content was cropped',
    )
  }
}
