/** ONNX Runtime compiled to WebAssembly: WebGPU in the engine page, and wasm there and in Node. */
import * as ort from 'onnxruntime-web/webgpu'
import { RuntimeError } from '../errors.ts'
import * as b from '../graph/build.ts'
import { makeGraph } from '../graph/node.ts'
import { hostMemory, makeOrtRuntime, type TensorMemory, valuesOf } from './ort.ts'
import { describeAdapter, openGpu } from './ort-web-gpu.ts'
import { gpuMemory } from './ort-web-memory.ts'
import type { Runtime } from './runtime.ts'

export interface WebRuntimeOptions {
  readonly device: 'webgpu' | 'wasm'
  /**
   * The bytes of onnxruntime-web's `ort-wasm-simd-threaded.asyncify.wasm`; other builds do not fit.
   * Read when the first runtime is made: a process or page has one WebAssembly instance.
   */
  readonly wasmBinary: ArrayBuffer | Uint8Array
  /**
   * Threads within an operator, where the page is cross-origin isolated. Elsewhere, Node included,
   * there is one.
   */
  readonly threads?: number
  /** A device to share, which its owner destroys; default: one of our own with raised limits. */
  readonly gpuDevice?: GPUDevice
  /** ONNX Runtime's: 0 prints each node's placement, 3 (default) errors only. */
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4
}

export interface WebRuntime extends Runtime {
  /** What it computes on, where that is WebGPU. */
  readonly gpuDevice?: GPUDevice
}

/** @throws RuntimeError when WebAssembly cannot be started, or there is no WebGPU adapter. */
export async function createWebRuntime(options: WebRuntimeOptions): Promise<WebRuntime> {
  const { wasm, versions } = ort.env
  if (!isStarted) {
    wasm.wasmBinary = options.wasmBinary
    wasm.numThreads = globalThis.crossOriginIsolated ? options.threads : 1
  }
  const gpu = options.device === 'webgpu' ? await openGpu(options.gpuDevice) : undefined
  const version = `onnxruntime-web ${versions.web ?? ''}`
  const shared = {
    device: options.device,
    ort,
    sessionOptions: {
      executionProviders: [options.device],
      graphOptimizationLevel: 'all',
      logSeverityLevel: options.logSeverityLevel ?? 3,
    },
  } as const
  const runtime = makeOrtRuntime(
    gpu
      ? {
          ...shared,
          description: `${version} webgpu, ${describeAdapter(gpu.device)}`,
          sessionOptions: {
            ...shared.sessionOptions,
            executionProviders: [{ name: 'webgpu', device: gpu.device }],
          },
          float16: gpu.device.features.has('shader-f16') ? 'fast' : 'none',
          memory: gpuMemory(gpu),
          enqueue,
          check: gpu.check,
          settle: gpu.settle,
          release: gpu.release,
        }
      : {
          ...shared,
          description: `${version} wasm, ${threadCount(wasm.numThreads)}`,
          float16: 'slow',
          memory: wasmMemory(),
          enqueue,
        },
  )
  try {
    await startWebAssembly(runtime)
  } catch (error) {
    await runtime.release()
    throw error
  }
  return { ...runtime, gpuDevice: gpu?.device }
}

const threadCount = (threads = 1): string => `${threads} ${threads === 1 ? 'thread' : 'threads'}`

let isStarted = false

/** The smallest graph, so that a bad binary shows here and not in the middle of a run. */
async function startWebAssembly(runtime: Runtime): Promise<void> {
  try {
    const x = b.input('x', [1])
    const program = await runtime.compile(makeGraph({ y: b.add(x, x) }), { readBack: ['y'] })
    await program.run({ x: Float32Array.of(1) })
    await program.release()
    isStarted = true
    ort.env.wasm.wasmBinary = undefined
  } catch (cause) {
    if (isStarted) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RuntimeError(
      `${runtime.device}: ONNX Runtime did not start (${reason}); it needs its unchanged asyncify .wasm file and WebAssembly with SIMD. After a failure it starts only in a fresh page or process`,
      { cause },
    )
  }
}

/**
 * One call at a time, over all runtimes: they share a WebAssembly instance, and its Asyncify can
 * suspend a single call. A second one while the first waits for the GPU corrupts both.
 */
function enqueue<T>(call: () => Promise<T>): Promise<T> {
  const result = lastCall.then(call)
  lastCall = result.then(
    () => {},
    () => {},
  )
  return result
}
let lastCall: Promise<void> = Promise.resolve()

/**
 * Bytes. All that a graph holds lives in 4 GB of WebAssembly's memory, what goes in and comes out
 * as copies; a tensor of more than a quarter finds no room beside its neighbours.
 */
const MAX_WASM_TENSOR_BYTES = 2 ** 30

/** Outputs of WebAssembly's CPU provider come in arrays of their own; one given for them is ignored. */
function wasmMemory(): TensorMemory {
  return {
    ...hostMemory(ort, MAX_WASM_TENSOR_BYTES),
    adopt(result, type, into) {
      const adopted = { ...type, ort: result, release: () => {} }
      if (!into) return adopted
      valuesOf(into).set(valuesOf(adopted))
      return into
    },
  }
}
