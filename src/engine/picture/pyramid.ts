/** The scales of a run, from coarse to fine: pure functions of numbers. */
import type { Size } from './image.ts'

export interface Scale {
  /** px */
  readonly longEdge: number
  readonly iterations: number
}

interface PyramidOptions {
  readonly size: number
  readonly minScale: number
  readonly scaleRatio: number
  readonly iterations: readonly number[]
}

/** A side shorter than this at the coarsest scale leaves nothing after four poolings, px. */
export const MIN_SIDE = 16

/** A picture this much longer than high, or higher than long, is no use to paint. */
export const MAX_ASPECT = 64

/** Extents of an image whose long edge becomes `longEdge` px; the short one at least 1. */
export function fitLongEdge({ width, height }: Size, longEdge: number): Size {
  const factor = longEdge / Math.max(width, height)
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  }
}

/** Four poolings halve multiples of this to whole numbers, px. Where opposite edges meet they must. */
const WRAP_MULTIPLE = 16

/**
 * The size at which a picture of this long edge is painted: that of `fitLongEdge`. Where opposite
 * edges are joined (`padding: wrap`) it is the nearest multiples of 16, so that every layer's
 * features are joined as well.
 */
export function paintedSize(
  image: Size,
  longEdge: number,
  { padding }: { readonly padding: string },
): Size {
  const { width, height } = fitLongEdge(image, longEdge)
  if (padding !== 'wrap') return { width, height }
  const fit = (extent: number): number =>
    WRAP_MULTIPLE * Math.max(1, Math.round(extent / WRAP_MULTIPLE))
  return { width: fit(width), height: fit(height) }
}

/** The entry of a list for a scale (coarsest first) or a layer; the last entry serves all further ones. */
export const dealt = (values: readonly number[], index: number): number =>
  values[Math.min(index, values.length - 1)]!

/**
 * Ascending scales: `minScale`, then each `ratio` times the one before. At the end stands `size`,
 * in place of any that is nearer to it than √ratio. So a scale means the same in a small picture
 * and in a large one, and a small one shows what a large one will be. Iterations are dealt from the
 * coarsest; the last count serves all finer scales.
 */
export function pyramid({ size, minScale, scaleRatio, iterations }: PyramidOptions): Scale[] {
  const edges: number[] = []
  for (let edge = minScale; edge * Math.sqrt(scaleRatio) <= size; edge *= scaleRatio) {
    edges.push(Math.round(edge))
  }
  return [...edges, size].map((longEdge, index) => ({
    longEdge,
    iterations: dealt(iterations, index),
  }))
}

/**
 * The scales of a run. `size` 0 stands for the picture's own long edge; at the coarsest scale the
 * short side is long enough for the poolings.
 */
export function scalesFor({ width, height }: Size, options: PyramidOptions): Scale[] {
  const [short, long] = [Math.min(width, height), Math.max(width, height)]
  return pyramid({
    ...options,
    size: options.size || long,
    minScale: Math.max(options.minScale, Math.ceil((MIN_SIDE * long) / short)),
  })
}

/** From this share of a picture's long edge on, a scale does not count as coarser than the picture. */
const NEAR_ENOUGH = 0.9

/**
 * Where a run goes on from a picture: the first scale that is not coarser than it, with a tenth of
 * tolerance, and the last in any case. @returns how many scales are skipped.
 */
export function scalesToSkip(scales: readonly Scale[], start: Size): number {
  const edge = NEAR_ENOUGH * Math.max(start.width, start.height)
  const first = scales.findIndex(({ longEdge }) => longEdge >= edge)
  return first < 0 ? scales.length - 1 : first
}
