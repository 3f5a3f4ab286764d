/** Chooses among all valid windows the one for the tiles of a picture. */

import { tilePasses } from '../objective/tiles/passes.ts'
import type { Size } from '../picture/image.ts'
import { sharesOf } from './work.ts'

type Spec = Parameters<typeof tilePasses>[0]

/** One way to divide an axis, and what it costs: pixels evaluated over pixels of the picture. */
interface Division {
  /** Extent of the window along the axis, px. */
  readonly extent: number
  readonly statistics: number
  readonly gradient: number
}

/**
 * The valid window that fits and takes the least work, or undefined. It is not always the largest:
 * two windows that overlap by half cost more than three that just meet.
 */
export function cheapestTile(spec: Spec, fits: (window: Size) => boolean): Size | undefined {
  const shares = sharesOf(spec)
  const columns = divisions(spec, 'width')
  const candidates = divisions(spec, 'height').flatMap((row) =>
    columns.map((column) => ({
      window: { width: column.extent, height: row.extent },
      work:
        shares.statistics * row.statistics * column.statistics +
        shares.gradient * row.gradient * column.gradient,
    })),
  )
  return candidates.sort((a, b) => a.work - b.work).find(({ window }) => fits(window))?.window
}

/** For every number of windows along an axis, the smallest window with which that many suffice. */
function divisions(spec: Spec, axis: 'width' | 'height'): Division[] {
  const found = new Map<string, Division>()
  const smallest = tilePasses(spec, { width: 0, height: 0 }).window[axis]
  for (let wished = spec[axis]; ; ) {
    const across = { width: spec.width, height: spec.height, [axis]: wished }
    const { window, statistics, gradient } = tilePasses(spec, across)
    const extent = window[axis]
    found.set(`${statistics.tiles} ${gradient.tiles}`, {
      extent,
      statistics: statistics.overhead,
      gradient: gradient.overhead,
    })
    if (extent <= smallest) return [...found.values()]
    wished = extent - 1
  }
}
