import { RuntimeError, reasonOf } from '../errors.ts'
import { probe } from './probe.ts'
import type { Runtime } from './runtime.ts'

/**
 * Runs the smallest graph, so that a bad binary shows here and not in the middle of a run.
 * @param isStarted whether WebAssembly runs here already: then a failure has another cause.
 */
export async function startWebAssembly(runtime: Runtime, isStarted: boolean): Promise<void> {
  try {
    await probe(runtime)
  } catch (cause) {
    if (isStarted) throw cause
    throw new RuntimeError(
      `${runtime.device}: ONNX Runtime did not start (${reasonOf(cause)}); it needs its unchanged .wasm file and WebAssembly with SIMD. After a failure it starts only in a fresh page, worker or process`,
      { cause },
    )
  }
}
