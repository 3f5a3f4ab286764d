/**
 * Float16 taken at its word. The CPU providers compute float16 nodes in float32 and leave out the
 * casts between them, so values neither round nor overflow as on a GPU. Here every float16 value is
 * rounded, by casts that ONNX Runtime keeps; sums within an operator stay float32.
 */

import * as b from '../../src/engine/graph/build.ts'
import { makeNode } from '../../src/engine/graph/build.ts'
import {
  type Attributes,
  type Graph,
  isOp,
  makeGraph,
  type Node,
  type OpName,
  topologicalOrder,
} from '../../src/engine/graph/node.ts'
import type { Runtime } from '../../src/engine/runtime/runtime.ts'

const rounded = (x: Node): Node => b.cast(b.cast(x, 'float16'), 'float32')

/** The graph in float32 operators, its float16 values rounded. Inputs and outputs keep their dtype. */
export function roundFloat16(graph: Graph): Graph {
  const wide = new Map<Node, Node>()
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const inputs = node.inputs.map((input) => wide.get(input)!)
    const make = (): Node => makeNode(node.op, inputs, node.attributes as Attributes[OpName])
    const isHalf = node.dtype === 'float16'
    if (isOp(node, 'constant')) wide.set(node, b.constant(node.attributes.constant.as('float32')))
    else if (isOp(node, 'input')) wide.set(node, isHalf ? b.cast(node, 'float32') : node)
    else if (isOp(node, 'cast')) wide.set(node, isHalf ? rounded(inputs[0]!) : inputs[0]!)
    else wide.set(node, isHalf ? rounded(make()) : make())
  }
  return makeGraph(
    Object.fromEntries(
      Object.entries(graph.outputs).map(([name, node]) => [
        name,
        node.dtype === 'float16' ? b.cast(wide.get(node)!, 'float16') : wide.get(node)!,
      ]),
    ),
  )
}

/** Runs every graph as `roundFloat16` makes it. */
export const roundingRuntime = (runtime: Runtime): Runtime => ({
  ...runtime,
  compile: (graph, options) => runtime.compile(roundFloat16(graph), options),
})
