/** Which styles paint which part of the content, from masks, alpha and strength. */
import { isSameSize, type Mask, type PlanarImage, resizeMask } from '../picture/image.ts'

export interface StyleImage {
  readonly image: PlanarImage
  /** Share in the blend, relative to the other styles' that paint the same region; ≥ 0. */
  readonly weight: number
  /** Size of its strokes, times the option `styleScale`; 0.05 … 20, default 1. */
  readonly scale?: number
  /** Degrees, clockwise; default 0. */
  readonly rotation?: number
  /** Where on the content it paints; absent: wherever no style with a mask does. */
  readonly mask?: Mask
}

export interface StyleRegion {
  /** Their weights are above 0; they blend by weight. */
  readonly styles: readonly StyleImage[]
  /**
   * How much each pixel of the content counts, its alpha and the strength included. Absent where
   * this is the only region and covers all of an opaque content fully.
   */
  readonly coverage?: Mask
}

interface Regions {
  /** Only regions that cover something; empty where there is nothing to paint. */
  readonly regions: readonly StyleRegion[]
  /**
   * How far the painted picture takes the content's place: as far as the strength says, and not at
   * all where no style paints. Of the content's size; absent: all the way everywhere.
   */
  readonly painted?: Mask
}

/**
 * Masks and strength are stretched over the content. Styles of one mask, the same or an equal one,
 * form a region; those without a mask share what the masks leave, 1 − Σ masks. Where masks overlap
 * so that Σ masks > 1, each is divided by it.
 */
export function makeRegions(
  content: PlanarImage,
  styles: readonly StyleImage[],
  strength?: Mask,
): Regions {
  const { width, height, alpha } = content
  const groups = groupByMask(styles.filter(({ weight }) => weight > 0))
  const free = groups.find(({ mask }) => !mask)
  // Pictures may be large: nothing of the content's size is made where nothing needs it.
  if (free && groups.length === 1 && !alpha && !strength)
    return { regions: [{ styles: free.styles }] }

  const toMask = (data: Float32Array): Mask => ({ width, height, data })
  const fit = (mask: Mask): Float32Array => resizeMask(mask, width, height).data
  const masked = groups.flatMap(({ mask, styles }) => (mask ? [{ styles, data: fit(mask) }] : []))
  const sum = new Float32Array(width * height)
  for (const { data } of masked) {
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + data[i]!
  }
  const stylised = strength && fit(strength)
  const weightAt = (i: number): number => (stylised ? stylised[i]! : 1) * (alpha ? alpha[i]! : 1)
  const areas = masked.map(({ styles, data }) => ({
    styles,
    coverage: toMask(data.map((value, i) => (value / Math.max(1, sum[i]!)) * weightAt(i))),
  }))
  if (free) {
    const left = sum.map((value, i) => Math.max(0, 1 - value) * weightAt(i))
    areas.push({ styles: free.styles, coverage: toMask(left) })
  }
  const regions = areas.filter(({ coverage }) => coverage.data.some((value) => value > 0))
  const isWhole = regions.length === 1 && regions[0]!.coverage.data.every((value) => value === 1)
  const painted = sum.map(
    (value, i) => (free ? 1 : Math.min(1, value)) * (stylised ? stylised[i]! : 1),
  )
  return {
    regions: isWhole ? [{ styles: regions[0]!.styles }] : regions,
    ...(painted.some((value) => value < 1) && { painted: toMask(painted) }),
  }
}

interface Group {
  readonly mask?: Mask
  readonly styles: StyleImage[]
}

function groupByMask(styles: readonly StyleImage[]): Group[] {
  const groups: Group[] = []
  for (const style of styles) {
    const group = groups.find(({ mask }) => isSameMask(mask, style.mask))
    if (group) group.styles.push(style)
    else groups.push({ mask: style.mask, styles: [style] })
  }
  return groups
}

function isSameMask(a?: Mask, b?: Mask): boolean {
  if (a === b || !a || !b) return a === b
  return isSameSize(a, b) && a.data.every((value, i) => value === b.data[i])
}
