/** Moves the content's colours to the styles', and paints nothing. */
import {
  type ColorMoments,
  clampColors,
  colorMapBetween,
  colorMomentsOf,
  moveColors,
  pooledMoments,
} from '../picture/color-match.ts'
import { fillTransparent, type PlanarImage } from '../picture/image.ts'
import type { StyleRegion } from './regions.ts'

/**
 * Matches each region's colours linearly to those of its styles, as if these hung side by side with
 * areas by weight. What no region covers stays; what several cover is averaged by coverage. Clamped
 * to [0,1].
 * @param content opaque.
 */
export function recolorContent(content: PlanarImage, regions: readonly StyleRegion[]): PlanarImage {
  const moved = regions.map(({ styles, coverage }) => {
    const wanted = styleColors({ styles })
    const present = colorMomentsOf(content, coverage?.data)
    return clampColors(moveColors(content, colorMapBetween(present, wanted)))
  })
  if (regions.length === 1) return moved[0]!
  const pixels = content.width * content.height
  const covered = new Float32Array(pixels)
  for (const { coverage } of regions) {
    for (let i = 0; i < pixels; i++) covered[i] = covered[i]! + coverage!.data[i]!
  }
  const data = content.data.map((value, i) => {
    const pixel = i % pixels
    if (covered[pixel] === 0) return value
    const sum = regions.reduce(
      (total, { coverage }, r) => total + coverage!.data[pixel]! * moved[r]!.data[i]!,
      0,
    )
    return sum / covered[pixel]!
  })
  return { ...content, data }
}

/** Moments of the colours of a region's styles, as if these hung side by side with areas by weight. */
export const styleColors = ({ styles }: Pick<StyleRegion, 'styles'>): ColorMoments =>
  pooledMoments(
    styles.map(({ image, weight }) => ({
      moments: colorMomentsOf({ ...fillTransparent(image), alpha: image.alpha }),
      weight,
    })),
  )
