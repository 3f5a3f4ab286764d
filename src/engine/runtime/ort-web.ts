/** ONNX Runtime on WebGPU, in the engine page. */
import * as ort from 'onnxruntime-web/webgpu'
import { makeOrtRuntime } from './ort.ts'
import { describeAdapter, openGpu } from './ort-web-gpu.ts'
import { gpuMemory } from './ort-web-memory.ts'
import { startWebAssembly } from './ort-web-start.ts'
import { makeQueue } from './queue.ts'
import type { Runtime } from './runtime.ts'

interface WebRuntimeOptions {
  /**
   * The bytes of onnxruntime-web's `ort-wasm-simd-threaded.asyncify.wasm`; other builds do not fit.
   * Read when the first runtime is made: a page has one WebAssembly instance.
   */
  readonly wasmBinary: ArrayBuffer | Uint8Array
  /** A device to share, which its owner destroys; default: one of the runtime's own, with raised limits. */
  readonly gpuDevice?: GPUDevice
  /** ONNX Runtime's log level: 0 prints each node's placement, 3 (default) errors only. */
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4
}

export interface WebRuntime extends Runtime {
  /** What it computes on. */
  readonly gpuDevice: GPUDevice
}

/** @throws RuntimeError when WebAssembly cannot be started, or there is no WebGPU adapter. */
export async function createWebRuntime(options: WebRuntimeOptions): Promise<WebRuntime> {
  const { wasm, versions } = ort.env
  if (!isStarted) {
    wasm.wasmBinary = options.wasmBinary
    wasm.numThreads = 1
  }
  const gpu = await openGpu(options.gpuDevice)
  const runtime = makeOrtRuntime({
    device: 'webgpu',
    description: `onnxruntime-web ${versions.web ?? ''} webgpu, ${describeAdapter(gpu.device)}`,
    ort,
    sessionOptions: {
      executionProviders: [{ name: 'webgpu', device: gpu.device }],
      graphOptimizationLevel: 'all',
      logSeverityLevel: options.logSeverityLevel ?? 3,
    },
    float16: gpu.device.features.has('shader-f16') ? 'fast' : 'none',
    memory: gpuMemory(gpu),
    enqueue,
    check: gpu.check,
    settle: gpu.settle,
    release: gpu.release,
  })
  try {
    await startWebAssembly(runtime, isStarted)
    isStarted = true
    wasm.wasmBinary = undefined
  } catch (error) {
    await runtime.release()
    throw error
  }
  return { ...runtime, gpuDevice: gpu.device }
}

let isStarted = false

/**
 * One queue for all runtimes, because they share a WebAssembly instance, and its Asyncify can
 * suspend a single call. A second one while the first waits for the GPU corrupts both.
 */
const enqueue = makeQueue()
