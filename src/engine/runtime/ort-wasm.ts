/** ONNX Runtime's CPU provider compiled to WebAssembly: in workers of the engine page, and in Node. */
import * as ort from 'onnxruntime-web/wasm'
import type { ModelRuntime } from './model.ts'
import { hostMemory, makeOrtRuntime, type TensorMemory, valuesOf } from './ort.ts'
import { startWebAssembly } from './ort-web-start.ts'
import { makeQueue } from './queue.ts'

/**
 * It has one thread: more would need shared memory, and that a page isolated from others.
 * @param wasm onnxruntime-web's `ort-wasm-simd-threaded.wasm`, as bytes or compiled. Other builds
 * do not fit, and the one that can wait for a GPU takes 2.5 to 3 times as long in Node 20. It is
 * read when the first runtime is made, since a worker or process has one instance.
 * @throws RuntimeError when it cannot be started.
 */
export async function createWasmRuntime(
  wasm: Uint8Array | WebAssembly.Module,
): Promise<ModelRuntime> {
  const { env } = ort
  const isCompiled = wasm instanceof WebAssembly.Module
  if (!isStarted) {
    env.wasm.wasmBinary = isCompiled ? new Uint8Array() : wasm
    env.wasm.numThreads = 1
  }
  const runtime = makeOrtRuntime({
    device: 'wasm',
    description: `onnxruntime-web ${env.versions.web ?? ''} wasm`,
    ort,
    sessionOptions: {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    },
    float16: 'slow',
    memory: wasmMemory(),
    enqueue,
  })
  const start = (): Promise<void> => startWebAssembly(runtime, isStarted)
  await (isCompiled && !isStarted ? instantiating(wasm, start) : start())
  isStarted = true
  env.wasm.wasmBinary = undefined
  return runtime
}

let isStarted = false

/** All graphs that are being prepared share one list of files for their large constants. */
const enqueue = makeQueue()

/**
 * ONNX Runtime 1.30 takes only bytes, which every worker would compile for itself: 0.3 s, and the
 * code in memory once more. To be dropped when `env.wasm` takes a module.
 */
async function instantiating<T>(module: WebAssembly.Module, start: () => Promise<T>): Promise<T> {
  const { instantiate } = WebAssembly
  const instantiateModule = async (_: unknown, imports?: WebAssembly.Imports) => ({
    module,
    instance: await instantiate(module, imports),
  })
  Object.assign(WebAssembly, { instantiate: instantiateModule })
  try {
    return await start()
  } finally {
    Object.assign(WebAssembly, { instantiate })
  }
}

/**
 * Bytes. All that a graph holds lives in 4 GB of WebAssembly's memory, and what goes in and out is
 * copied there. A tensor of more than a quarter finds no room beside its neighbours.
 */
const MAX_WASM_TENSOR_BYTES = 2 ** 30

/**
 * WebAssembly's CPU provider returns outputs in arrays of its own, and ignores one that is given
 * for them.
 */
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
