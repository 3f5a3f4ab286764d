import type { ConvName, TopologyName } from './topology.ts'

/** How an image in [0,1] RGB becomes the network's input: (x·scale − mean) / std per RGB channel. */
export interface Preprocessing {
  readonly scale: number
  readonly mean: readonly [number, number, number]
  readonly std: readonly [number, number, number]
}

export interface ConvParameters {
  /** [out, in, 3, 3], row-major. */
  readonly weight: Float32Array
  readonly shape: readonly [number, number, 3, 3]
  /** [out] */
  readonly bias: Float32Array
}

/** A VGG network's convolutions from conv1_1 to `deepest`, in float32, ready for the graph. */
export interface VggModel {
  readonly name: string
  readonly topology: TopologyName
  readonly preprocessing: Preprocessing
  readonly deepest: ConvName
  readonly parameters: ReadonlyMap<ConvName, ConvParameters>
  /** Checksum of the file it was read from; names the weights in reports and keys compiled graphs. */
  readonly sha256: string
}
