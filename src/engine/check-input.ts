/** What can be known to be wrong with the images of a run before it starts. */
import { ImageError, OptionError } from './errors.ts'
import { checkImage, type PlanarImage } from './image.ts'
import type { StylizeOptions } from './options.ts'
import { fitLongEdge, MAX_ASPECT, MIN_SIDE } from './pyramid.ts'
import type { StyleImage, StylizeContext } from './stylize.ts'

/** Long edge over short edge. */
const aspectOf = ({ width, height }: PlanarImage): number =>
  Math.max(width, height) / Math.min(width, height)

/** @throws OptionError, ImageError. */
export function checkInput(
  content: PlanarImage,
  styles: readonly StyleImage[],
  { size, init }: StylizeOptions,
  { initImage }: Pick<StylizeContext, 'initImage'>,
): void {
  if (styles.length === 0)
    throw new OptionError('style: expected at least one style image, got none')
  for (const { weight } of styles) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new OptionError(`style weight: expected a number ≥ 0, got ${weight}`)
    }
  }
  if (styles.every(({ weight }) => weight === 0)) {
    throw new OptionError('style weights: all are 0; give at least one style a weight above 0')
  }
  if ((init === 'image') !== Boolean(initImage)) {
    throw new OptionError('init: an initial image goes with init "image" and only with it')
  }
  checkImage('content', content)
  for (const { image } of styles) checkImage('style', image)
  if (initImage) checkImage('initial image', initImage)

  for (const [what, image] of [
    ['content', content] as const,
    ...styles.map(({ image }) => ['style', image] as const),
  ]) {
    if (Math.min(image.width, image.height) < MIN_SIDE) {
      throw new ImageError(
        `${what}: expected at least ${MIN_SIDE}×${MIN_SIDE} px, got ${image.width}×${image.height}; choose a larger image`,
      )
    }
    if (image.alpha?.every((value) => value === 0)) {
      throw new ImageError(`${what}: is fully transparent; there is nothing to paint`)
    }
  }
  const { width, height } = size === 0 ? content : fitLongEdge(content, size)
  if (aspectOf(content) > MAX_ASPECT || Math.min(width, height) < MIN_SIDE) {
    throw new ImageError(
      `content: ${content.width}×${content.height} px is too narrow: at size ${size} it becomes ${width}×${height}, and each side needs ${MIN_SIDE} px and at most ${MAX_ASPECT} times the other; crop it or raise the size`,
    )
  }
}
