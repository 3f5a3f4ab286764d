/** Cuts a graph in two that run one after the other, where something must be done in between. */

import * as b from './build.ts'
import { type Graph, isOp, makeGraph, type Node, type OpName, topologicalOrder } from './node.ts'

/**
 * Names what `second` needs of `first` beside their common inputs: an output of the one, an input
 * of the other.
 */
const savedName = (index: number): string => `saved.${index}`

/**
 * Computed again instead of handed over: that takes no longer than the copy would, and mostly needs
 * only what is handed over anyway.
 */
const DONE_AGAIN: ReadonlySet<OpName> = new Set(['reshape', 'slice', 'clip', 'mul', 'sqrt', 'step'])

/** @param isFirst whether the output of that name belongs to the first graph. */
export function splitGraph(
  { outputs }: Graph,
  isFirst: (name: string) => boolean,
): { readonly first: Graph; readonly second: Graph; readonly saved: readonly string[] } {
  const named = Object.entries(outputs)
  const early = named.filter(([name]) => isFirst(name))
  const late = named.filter(([name]) => !isFirst(name))
  const done = new Set(topologicalOrder(early.map(([, node]) => node)))
  const saved: Record<string, Node> = {}
  const rebuilt = new Map<Node, Node>()

  const handOver = (node: Node): Node => {
    const name = savedName(Object.keys(saved).length)
    saved[name] = node
    return b.input(name, node.shape, node.dtype)
  }
  const rebuild = (node: Node): Node => {
    const known = rebuilt.get(node)
    if (known) return known
    const isLeaf = isOp(node, 'input') || isOp(node, 'constant')
    const isHanded = done.has(node) && !isLeaf && !DONE_AGAIN.has(node.op)
    const result = isHanded ? handOver(node) : b.withInputs(node, node.inputs.map(rebuild))
    rebuilt.set(node, result)
    return result
  }
  // Inputs first, so that the recursion is never deep.
  for (const node of topologicalOrder(late.map(([, output]) => output))) {
    if (!done.has(node)) rebuild(node)
  }
  return {
    first: makeGraph({ ...Object.fromEntries(early), ...saved }),
    second: makeGraph(Object.fromEntries(late.map(([name, node]) => [name, rebuild(node)]))),
    saved: Object.keys(saved),
  }
}
