/** Makes style images ready for a run: turned, and in the colours that the run asks for. */

import type { StylizeOptions } from '../options.ts'
import { matchLuma, toGray } from '../picture/color.ts'
import { clampColors, colorMapBetween, colorMomentsOf, moveColors } from '../picture/color-match.ts'
import { fillTransparent, type PlanarImage } from '../picture/image.ts'
import { rotate, turnedStyle } from '../picture/rotate.ts'
import type { StyleImage, StyleRegion } from './regions.ts'

/**
 * The regions with their styles filled under alpha 0, turned and recoloured. With content-luminance
 * styles are gray, with the mean and spread of the content's luma in the region; with content-match
 * they have the mean and covariance of the content's colours there, and are then clamped to [0,1].
 * @param content opaque.
 */
export function prepareStyles(
  regions: readonly StyleRegion[],
  content: PlanarImage,
  { colors }: Pick<StylizeOptions, 'colors'>,
): readonly StyleRegion[] {
  return regions.map(({ styles, coverage }) => {
    const recolor = recolorFor(colors, content, coverage?.data)
    return {
      coverage,
      styles: styles.map(turned).map((style) => ({ ...style, image: recolor(style.image) })),
    }
  })
}

function recolorFor(
  colors: StylizeOptions['colors'],
  content: PlanarImage,
  coverage?: Float32Array,
): (image: PlanarImage) => PlanarImage {
  switch (colors) {
    case 'style':
      return (image) => image
    case 'content-luminance':
      return (image) => matchLuma(toGray(image), content, coverage)
    case 'content-match': {
      const wanted = colorMomentsOf(content, coverage)
      return (image) =>
        clampColors(moveColors(image, colorMapBetween(colorMomentsOf(image), wanted)))
    }
  }
}

function turned({ rotation, ...style }: StyleImage): StyleImage {
  const filled = { ...fillTransparent(style.image), alpha: style.image.alpha }
  const { scale } = turnedStyle({ ...style, rotation })
  return { ...style, image: rotate(filled, rotation ?? 0), scale }
}
