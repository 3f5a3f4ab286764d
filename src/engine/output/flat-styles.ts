/** The colours of styles without texture, which covariances do not see. */

import { styleColors } from '../input/recolor-content.ts'
import type { StyleRegion } from '../input/regions.ts'
import type { StylizeOptions } from '../options.ts'
import { clampColors, colorMomentsOf } from '../picture/color-match.ts'
import { type PlanarImage, resizeMask } from '../picture/image.ts'

/** Standard deviation in each channel up to which a style is one colour: two and a half of 255. */
const MOST_DEVIATION = 0.01

/**
 * Gives a picture, in the regions of styles that are one colour, that colour as its mean. Where a
 * style has texture, features tie the mean to it. The covariances of a flat style are 0 whatever
 * its colour is, so that the picture would keep the photograph's mean. The loss does not see the
 * shift, so it needs no optimisation. Pictures of other styles are returned as they are.
 */
export function makeFlatColors(
  regions: readonly StyleRegion[],
  { styleLoss, styleWeight, colors }: StylizeOptions,
): (picture: PlanarImage) => PlanarImage {
  const isBlind = styleLoss === 'covariance' && styleWeight > 0 && colors === 'style'
  const flat = isBlind ? regions.map(flatColor) : []
  if (!flat.some((color) => color !== undefined)) return (picture) => picture
  return (picture) => {
    const { width, height } = picture
    const pixels = width * height
    const shares = regions.map(
      ({ coverage }) => coverage && resizeMask(coverage, width, height).data,
    )
    const shifts = flat.map((color, r) => {
      const { mean } = colorMomentsOf(picture, shares[r])
      return color?.map((value, c) => value - mean[c]!)
    })
    const data = picture.data.map((value, i) => {
      const pixel = i % pixels
      let [shift, covered] = [0, 0]
      for (const [r, each] of shifts.entries()) {
        const share = regions.length === 1 ? 1 : shares[r]![pixel]!
        covered += share
        if (each) shift += share * each[Math.floor(i / pixels)]!
      }
      return covered > 0 ? value + shift / covered : value
    })
    return clampColors({ ...picture, data })
  }
}

function flatColor(region: StyleRegion): readonly number[] | undefined {
  const { mean, covariance } = styleColors(region)
  return [0, 4, 8].every((at) => covariance[at]! < MOST_DEVIATION ** 2) ? mean : undefined
}
