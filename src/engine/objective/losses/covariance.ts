/**
 * Covariances of a layer's features, made of their moments over pixels: style losses look at
 * nothing else.
 */
import * as b from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'

export interface Moments {
  /** E[F·Fᵀ] over pixels [C,C], float32, of the features as the network without a divisor has them. */
  readonly second: Node
  /** E[F] over pixels [1,C], float32; only for losses that `needsMean`. */
  readonly mean?: Node
}

/** What a style distance is measured from. */
export interface StyleTargetNodes {
  /** [C,C] */
  readonly matrix: Node
  /** [1,C] */
  readonly mean?: Node
}

/** Σ = E[F·Fᵀ] − μᵀ·μ [C,C]. */
export function covariance({ second, mean }: Moments): Node {
  return b.sub(second, b.mul(b.transpose(mean!, [1, 0]), mean!))
}
