/** Finds what can be known to be wrong with the images of a run before it starts. */

import { ImageError, OptionError } from '../errors.ts'
import { OPTIONS, type StylizeOptions } from '../options.ts'
import { checkImage, checkMask, type Mask, type PlanarImage } from '../picture/image.ts'
import { fitLongEdge, MAX_ASPECT, MIN_SIDE } from '../picture/pyramid.ts'
import type { StyleImage } from './regions.ts'

/** Pictures of a run beside its content and styles. */
export interface FurtherInput {
  /** What the picture starts from when `init` is `image`. */
  readonly initImage?: PlanarImage
  /** How far each part of the content is stylised: 0 leaves it as it is; default: all of it fully. */
  readonly strength?: Mask
}

/** An image, and what messages call it. */
type Called = readonly [what: string, image: PlanarImage]

const called = (what: string, { name }: PlanarImage): string => (name ? `${what}, ${name}` : what)

/** Long edge over short edge. */
const aspectOf = ({ width, height }: PlanarImage): number =>
  Math.max(width, height) / Math.min(width, height)

/** @throws OptionError, ImageError. */
export function checkInput(
  content: PlanarImage,
  styles: readonly StyleImage[],
  { size, init, colors, colorsOnly }: StylizeOptions,
  { initImage, strength }: FurtherInput,
): void {
  checkStyleNumbers(styles)
  if ((init === 'image') !== Boolean(initImage)) {
    throw new OptionError('init: an initial image goes with init "image" and only with it')
  }
  if (colorsOnly && colors !== 'style') {
    throw new OptionError(
      `--colors-only: moves the photograph's colours to the style's, which --colors ${colors} leaves as they are; choose --colors style`,
    )
  }
  const painted: readonly Called[] = [
    [called('content', content), content],
    ...styles.map(({ image }, i): Called => {
      return [called(styles.length > 1 ? `style ${i + 1}` : 'style', image), image]
    }),
  ]
  for (const [what, image] of painted) checkImage(what, image)
  if (initImage) checkImage(called('initial image', initImage), initImage)
  for (const { mask } of styles) if (mask) checkMask('style mask', mask)
  if (strength) checkMask('strength map', strength)

  for (const [what, image] of painted) {
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
      `${called('content', content)}: ${content.width}×${content.height} px is too narrow: at size ${size} it becomes ${width}×${height}, and each side needs ${MIN_SIDE} px and at most ${MAX_ASPECT} times the other; crop it or raise the size`,
    )
  }
}

function checkStyleNumbers(styles: readonly StyleImage[]): void {
  if (styles.length === 0)
    throw new OptionError('style: expected at least one style image, got none')
  const { min, max } = OPTIONS.styleScale
  for (const { weight, scale = 1, rotation = 0 } of styles) {
    if (!(weight >= 0 && Number.isFinite(weight))) {
      throw new OptionError(`style weight: expected a number ≥ 0, got ${weight}`)
    }
    if (!(scale >= min && scale <= max)) {
      throw new OptionError(`style scale: expected a number from ${min} to ${max}, got ${scale}`)
    }
    if (!Number.isFinite(rotation)) {
      throw new OptionError(`style rotation: expected degrees, got ${rotation}`)
    }
  }
  if (styles.every(({ weight }) => weight === 0)) {
    throw new OptionError('style weights: all are 0; give at least one style a weight above 0')
  }
}
