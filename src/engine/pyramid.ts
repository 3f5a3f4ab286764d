/** Coarse to fine as data: pure functions of numbers. */
export interface Scale {
  /** px */
  readonly longEdge: number
  readonly iterations: number
}

/**
 * Ascending scales that end at `size`, each `ratio` times the one before, none below `minScale`.
 * Iterations are dealt from the coarsest; the last count serves all finer scales.
 */
export function pyramid({
  size,
  minScale,
  scaleRatio,
  iterations,
}: {
  readonly size: number
  readonly minScale: number
  readonly scaleRatio: number
  readonly iterations: readonly number[]
}): Scale[] {
  const edges = [size]
  for (let edge = size / scaleRatio; Math.round(edge) >= minScale; edge /= scaleRatio) {
    edges.unshift(Math.round(edge))
  }
  return edges.map((longEdge, index) => ({
    longEdge,
    iterations: iterations[Math.min(index, iterations.length - 1)]!,
  }))
}
