/** A worker of the processor's engine: computes what the page tells it, and answers through a port. */
import { createWasmRuntime } from '../engine/runtime/ort-wasm.ts'
import { serveRuntime, toAnswer } from '../engine/runtime/remote-server.ts'

/** The only message that the worker itself is sent. */
export interface WorkerStart {
  /** onnxruntime-web's `ort-wasm-simd-threaded.wasm`. */
  readonly wasm: WebAssembly.Module
  readonly port: MessagePort
}

addEventListener(
  'message',
  async ({ data: { wasm, port } }: MessageEvent<WorkerStart>) => {
    try {
      serveRuntime(port, await createWasmRuntime(wasm))
    } catch (error) {
      port.postMessage(toAnswer(error))
    }
  },
  { once: true },
)
