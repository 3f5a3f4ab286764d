/** What a device and the settings allow a run. */
import type { StylizeOptions } from '../options.ts'
import type { Device, Runtime } from '../runtime/runtime.ts'

/** What the machine allows. */
export interface Limits {
  readonly device: Device
  /** Bytes that the run may use at most: of the GPU on webgpu, else the whole process. */
  readonly memoryBytes: number
  /** Bytes that graphs may take of a memory of their own, such as WebAssembly's. */
  readonly heapBytes: number
  /** Bytes that one tensor may have at most. */
  readonly maxTensorBytes: number
  readonly float16: 'none' | 'slow' | 'fast'
  /** Runtimes that compute at the same time, each with memory of its own; default 1. */
  readonly lanes?: number
}

/** @param memoryBytes that a run may use on the runtime, where the settings name no limit. */
export function limitsOf(
  runtime: Pick<Runtime, 'device' | 'maxTensorBytes' | 'float16' | 'lanes'>,
  { memory }: Pick<StylizeOptions, 'memory'>,
  memoryBytes: number = Number.POSITIVE_INFINITY,
): Limits {
  const { device, maxTensorBytes, float16, lanes } = runtime
  return {
    device,
    memoryBytes: memory > 0 ? memory * 1e6 : memoryBytes,
    heapBytes: device === 'wasm' ? WASM_BYTES : Number.POSITIVE_INFINITY,
    maxTensorBytes,
    float16,
    lanes: lanes?.length ?? 1,
  }
}

/**
 * WebAssembly addresses 4 GB. The program, the weights and free pieces that are too small take some
 * of it.
 */
const WASM_BYTES = 3.2e9

/** WebGPU does not tell how much memory there is; every card sold for graphics work has this much. */
export const GPU_BYTES = 4e9
