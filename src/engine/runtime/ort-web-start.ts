import { RuntimeError, reasonOf } from '../errors.ts'
import * as b from '../graph/build.ts'
import { makeGraph } from '../graph/node.ts'
import type { Runtime } from './runtime.ts'

/**
 * Runs the smallest graph, so that a bad binary shows here and not in the middle of a run.
 * @param isStarted whether WebAssembly runs here already, so that a failure is another's.
 */
export async function startWebAssembly(runtime: Runtime, isStarted: boolean): Promise<void> {
  try {
    const x = b.input('x', [1])
    const program = await runtime.compile(makeGraph({ y: b.add(x, x) }), { readBack: ['y'] })
    await program.run({ x: Float32Array.of(1) })
    await program.release()
  } catch (cause) {
    if (isStarted) throw cause
    throw new RuntimeError(
      `${runtime.device}: ONNX Runtime did not start (${reasonOf(cause)}); it needs its unchanged .wasm file and WebAssembly with SIMD. After a failure it starts only in a fresh page, worker or process`,
      { cause },
    )
  }
}
