/**
 * What the engine asks of an execution provider. Tensors stay where the provider computes; only
 * what is downloaded, or named in `readBack`, crosses over.
 */
import type { Graph, Shape } from '../graph/node.ts'

export type Device = 'cpu' | 'webgpu' | 'wasm'

export interface DeviceTensor {
  readonly shape: Shape
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

export interface Runtime {
  readonly device: Device
  /** For people: the provider and what it runs on. */
  readonly description: string
  /** @param data row-major float32 values of `shape`, copied. */
  upload(data: Float32Array, shape: Shape): DeviceTensor
  /** A copy of the tensor's values. */
  download(tensor: DeviceTensor): Promise<Float32Array>
  /** Prepares a graph. Its large constants are handed over by reference and never re-encoded. */
  compile(graph: Graph, options?: { readonly readBack?: readonly string[] }): Promise<Program>
  /** Frees what the runtime itself holds; programs and tensors are released by their owners. */
  release(): Promise<void>
}
