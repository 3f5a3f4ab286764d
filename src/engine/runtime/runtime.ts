/**
 * What the engine asks of an execution provider. Tensors stay where the provider computes; only
 * what is downloaded, or named in `readBack`, crosses over.
 */

import type { Graph } from '../graph/node.ts'
import type { Dtype, Shape } from '../graph/tensor-type.ts'

export type Device = 'cpu' | 'webgpu' | 'wasm'

export type TensorDtype = Extract<Dtype, 'float32' | 'float16'>

export interface DeviceTensor {
  readonly shape: Shape
  readonly dtype: TensorDtype
  /** Frees the memory; the tensor must not be used afterwards. Releasing twice is allowed. */
  release(): void
}

export interface Program {
  /**
   * Runs the graph once.
   * @param inputs one tensor or host array per graph input, by name.
   * @param into tensors that outputs are written to; other device outputs are allocated.
   * @returns `readBack` outputs in `host`, all others in `device`.
   * @throws RuntimeError when the provider fails.
   */
  run(
    inputs: Readonly<Record<string, DeviceTensor | Float32Array>>,
    into?: Readonly<Record<string, DeviceTensor>>,
  ): Promise<{
    readonly host: Readonly<Record<string, Float32Array>>
    readonly device: Readonly<Record<string, DeviceTensor>>
  }>
  release(): Promise<void>
}

/** A rectangle's upper left corner on the last two axes of a tensor. */
export interface Corner {
  readonly top: number
  readonly left: number
}

/** The size of such a rectangle. */
export interface Extent {
  readonly height: number
  readonly width: number
}

export interface Runtime {
  readonly device: Device
  /** For people: the provider and what it runs on. */
  readonly description: string
  /** Whether graphs may hold float16 here, and whether that pays. */
  readonly float16: 'none' | 'slow' | 'fast'
  /** Bytes that one tensor may have at most. */
  readonly maxTensorBytes: number
  /** A tensor of undefined content. @throws RuntimeError of reason `memory` when there is no room. */
  allocate(shape: Shape, dtype?: TensorDtype): DeviceTensor
  /** @param data row-major float32 values of `shape`, copied. */
  upload(data: Float32Array, shape: Shape): DeviceTensor
  /** A copy of the tensor's values. */
  download(tensor: DeviceTensor): Promise<Float32Array>
  /**
   * Copies a rectangle of the last two axes in every plane, in order with programs that run before
   * and after. Both tensors have four axes, the same planes and the same dtype.
   */
  copyRect(
    from: DeviceTensor,
    fromCorner: Corner,
    to: DeviceTensor,
    toCorner: Corner,
    size: Extent,
  ): void
  /** Prepares a graph. Its large constants are handed over by reference and never re-encoded. */
  compile(graph: Graph, options?: { readonly readBack?: readonly string[] }): Promise<Program>
  /** Runtimes that compute at the same time; this one is the first of them. Absent: this one alone. */
  readonly lanes?: readonly Runtime[]
  /** Frees what the runtime itself holds; programs and tensors are released by their owners. */
  release(): Promise<void>
}
