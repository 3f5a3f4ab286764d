import * as b from '../graph/build.ts'
import { makeGraph } from '../graph/node.ts'
import type { Runtime } from './runtime.ts'

/** Runs the smallest graph: a runtime may be there without a device behind it. @throws RuntimeError */
export async function probe(runtime: Runtime): Promise<void> {
  const x = b.input('x', [1])
  const program = await runtime.compile(makeGraph({ y: b.add(x, x) }), { readBack: ['y'] })
  await program.run({ x: Float32Array.of(1) })
  await program.release()
}
