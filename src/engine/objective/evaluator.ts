/**
 * Loss and gradient of a picture of one size. Three ways lead to the same numbers: at once
 * (`whole.ts`), tile by tile (`tiles/`), and in bands at the same time (`bands/`).
 */

import type { Vector } from '../runtime/graph-vectors.ts'
import type { DeviceTensor } from '../runtime/runtime.ts'
import type { RegionMasks } from './region-masks.ts'

/** What a picture's losses are measured against. */
export interface Targets {
  /** By content layer: features of the content, [1,C,h,w], and their Σ P². */
  readonly content: ReadonlyMap<
    string,
    { readonly features: DeviceTensor; readonly squaredNorm: number }
  >
  /** By style term. */
  readonly style: ReadonlyMap<string, StyleTarget>
  /** Where the regions are; absent: style counts everywhere. */
  readonly masks?: RegionMasks
}

/** What a layer's features are compared with in one region. */
export interface StyleTarget {
  readonly channels: number
  /** [C,C], as `styleTarget` makes it of the styles' blended moments. */
  readonly matrix: Float32Array
  /** [1,C]; where the loss needs means. */
  readonly mean?: Float32Array
  /** How many cells of the layer's grid the region covers, summed. */
  readonly area: number
  /**
   * Factor of the loss: the region's share of the grid, divided by the largest coverage that any
   * pixel has.
   */
  readonly share: number
}

/** Moments of one layer's features over an image. */
export interface MeasuredMoments {
  /** E[F·Fᵀ], [C,C] */
  readonly second: Float32Array
  /** E[F], [1,C]; where the loss needs means. */
  readonly mean?: Float32Array
}

export interface Evaluator {
  /**
   * One forward and backward pass.
   * @param iterate [1,3,H,W] in bands of rows.
   * @param gradient is written to, in the same bands.
   * @param coefficients one per term, in the order of `termNames`.
   * @returns the terms, each distance times its coefficient.
   * @throws RuntimeError when the provider fails; CancelledError when `signal` aborts on the way.
   */
  evaluate(
    iterate: Vector,
    gradient: Vector,
    coefficients: Float32Array,
    signal?: AbortSignal,
  ): Promise<Float32Array>
  /** Frees programs and working tensors; targets belong to whoever measured them. */
  release(): Promise<void>
}
