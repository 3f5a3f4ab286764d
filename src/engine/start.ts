/** What scales start from. */
import { toGray } from './color.ts'
import type { TileSize } from './evaluator.ts'
import { type Beyond, fillTransparent, noiseImage, type PlanarImage, resize } from './image.ts'
import type { StylizeOptions } from './options.ts'
import type { StylizeContext } from './stylize.ts'

/**
 * The start of a finer scale, where the picture began as the content: the coarser picture enlarged,
 * plus what the content holds beyond the coarser scale. Measured at 256 px: a loss 1.4 % lower after
 * 30 iterations than without.
 */
export function enlarge(
  picture: PlanarImage,
  content: PlanarImage,
  { width, height }: TileSize,
  beyond: Beyond,
): PlanarImage {
  const at = (image: PlanarImage): PlanarImage => resize(image, width, height, beyond)
  const { data } = at(picture)
  const fine = at(content).data
  const coarse = at(resize(content, picture.width, picture.height, beyond)).data
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(1, Math.max(0, data[i]! + fine[i]! - coarse[i]!))
  }
  return { width, height, data }
}

/** What the first scale starts from, before it is brought to that scale's size. */
export function initialImage(
  content: PlanarImage,
  { init, seed, colors }: StylizeOptions,
  { initImage }: Pick<StylizeContext, 'initImage'>,
  { width, height }: TileSize,
): PlanarImage {
  if (init === 'image') {
    const start = fillTransparent(initImage!)
    // As the content is: a result's colours are the photograph's, and only its light was painted.
    return colors === 'content-luminance' ? toGray(start) : start
  }
  if (init === 'content') return content
  // At the size of the first scale, so that resizing does not smooth the noise.
  return noiseImage(width, height, seed)
}
