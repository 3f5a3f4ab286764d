/**
 * Loss and gradient of a picture of one size. Two ways lead to the same numbers: at once
 * (`whole.ts`) and tile by tile (`tiles/`).
 */
import type { Vector } from './runtime/graph-vectors.ts'
import type { DeviceTensor } from './runtime/runtime.ts'

/** What a picture's losses are measured against. */
export interface Targets {
  /** By content layer: features of the content, [1,C,h,w], and their Σ P². */
  readonly content: ReadonlyMap<
    string,
    { readonly features: DeviceTensor; readonly squaredNorm: number }
  >
  /** By style layer: the styles' blended Gram matrix, [C,C] over C·M, and the style loss's form. */
  readonly style: ReadonlyMap<string, { readonly gram: Float32Array; readonly channels: number }>
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

/** Window over which a tiled evaluation runs the network, px; margins included. */
export interface TileSize {
  readonly width: number
  readonly height: number
}
