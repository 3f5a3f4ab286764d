/** Graphs as a device computes them fastest, and the constants that it computes for them. */
import * as b from '../graph/build.ts'
import type { Constant } from '../graph/constant.ts'
import { lowerConvolutions, TILINGS } from '../graph/convolutions.ts'
import { constantOf, type Graph, makeGraph, topologicalOrder } from '../graph/node.ts'
import { pendingProgram, settlePending } from '../graph/pending.ts'
import type { Device, Runtime } from './runtime.ts'

/** @param compile compiles a graph as it is. */
export async function lowered(
  graph: Graph,
  device: Device,
  compile: Runtime['compile'],
): Promise<Graph> {
  const result = loweredFor(graph, device)
  await settleConstants(result, compile)
  return result
}

/** Only shapes and operators are right: constants may be pending. */
export const loweredFor = (graph: Graph, device: Device): Graph => {
  const tiling = TILINGS[device]
  return tiling ? lowerConvolutions(graph, tiling) : graph
}

/** Settles those of a graph's constants that are pending, each once however many graphs it stands in. */
export async function settleConstants(graph: Graph, compile: Runtime['compile']): Promise<void> {
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const constant = constantOf(node)
    if (constant) await settle(constant, compile)
  }
}

async function settle(constant: Constant, compile: Runtime['compile']): Promise<void> {
  const program = pendingProgram(constant)
  if (!program) return
  const source = constant.origin!.constant
  await settle(source, compile)
  const values = program(b.input('source', source.shape))
  const session = await compile(makeGraph({ values }), {
    readBack: ['values'],
  })
  try {
    const { host } = await session.run({ source: source.data })
    settlePending(constant, host.values!)
  } finally {
    await session.release()
  }
}
