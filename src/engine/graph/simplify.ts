/**
 * Rewrites a graph into an equal one that costs less: equal nodes become one, data movement on
 * constants is done now, factors of constants are merged, broadcasts that an operator does by
 * itself are left to it. Dead nodes never survive: a graph is what its outputs reach.
 */

import * as b from './build.ts'
import {
  constantOf,
  type Graph,
  isOp,
  makeGraph,
  type Node,
  type OpName,
  topologicalOrder,
} from './node.ts'
import { type OpRule, rules } from './ops.ts'
import { broadcastShape } from './shapes.ts'
import { elementCount, sameShape } from './tensor-type.ts'

export function simplify(graph: Graph): Graph {
  const replacements = new Map<Node, Node>()
  const interned = new Map<string, Node>()
  const ids = new Map<Node, number>()

  const intern = (node: Node): Node => {
    const key = keyOf(node, ids)
    const known = interned.get(key)
    if (known) return known
    interned.set(key, node)
    ids.set(node, ids.size)
    return node
  }
  /** Rewrites until nothing changes; nodes that a rule makes on the way are rewritten as well. */
  const settle = (node: Node): Node => {
    const done = replacements.get(node)
    if (done) return done
    const inputs = node.inputs.map(settle)
    const rebuilt = b.withInputs(node, inputs)
    const rewritten = rewrite(rebuilt)
    const result = rewritten ? settle(rewritten) : intern(rebuilt)
    replacements.set(node, result)
    return result
  }

  const outputs = Object.values(graph.outputs)
  // Inputs first, so that the recursion above is never deep.
  for (const node of topologicalOrder(outputs)) settle(node)
  return makeGraph(
    Object.fromEntries(Object.entries(graph.outputs).map(([name, node]) => [name, settle(node)])),
  )
}

/** Equal keys mean equal values. Inputs are interned already, so their ids stand for them. */
function keyOf(node: Node, ids: ReadonlyMap<Node, number>): string {
  const constant = constantOf(node)
  if (constant) return `constant ${constant.key}`
  const inputs = node.inputs.map((input) => ids.get(input)).join()
  return `${node.op} (${inputs}) ${JSON.stringify(node.attributes)}`
}

/** A cheaper node of equal value, or undefined when no rule applies. */
function rewrite(node: Node): Node | undefined {
  const only = node.inputs.length === 1 ? constantOf(node.inputs[0]!) : undefined
  const rule = rules[node.op] as OpRule<OpName>
  if (only && rule.fold) return b.constant(rule.fold(only, node))

  if (isOp(node, 'reshape') && isOp(node.inputs[0]!, 'reshape')) {
    return b.reshape(node.inputs[0].inputs[0]!, node.shape)
  }
  if (isOp(node, 'transpose') && node.attributes.permutation.every((from, to) => from === to)) {
    return node.inputs[0]
  }
  // Gradients have been taken by now.
  if (isOp(node, 'withSlope') || isOp(node, 'wrapConv')) return node.inputs[0]
  // Widening keeps every value, so narrowing again gives the first one back.
  if (isOp(node, 'cast') && isOp(node.inputs[0]!, 'cast')) {
    const first = node.inputs[0].inputs[0]!
    if (first.dtype === 'float16' && node.dtype === 'float16') return first
  }
  if (isOp(node, 'add') || isOp(node, 'sub') || isOp(node, 'mul')) return rewriteArithmetic(node)
  if (isOp(node, 'where')) return dropExpansion(node)
  if (isOp(node, 'sum')) return sumInStages(node)
  return undefined
}

/** A sum of fewer values than this is left in one piece. */
const STAGED_FROM = 4096

/**
 * A long sum goes axis by axis, the last one first. In one piece, wasm adds up in a single float32
 * (1e-4 off for the 512×512 entries of a Gram matrix) and WebGPU gives a scalar one workgroup.
 */
function sumInStages(node: Node<'sum'>): Node | undefined {
  const x = node.inputs[0]!
  const { axes } = node.attributes
  const summed = elementCount(x.shape) / elementCount(node.shape)
  const long = axes.filter((axis) => x.shape[axis]! > 1)
  if (long.length < 2 || summed < STAGED_FROM) return undefined
  const last = Math.max(...long)
  const rest = axes.filter((axis) => axis !== last)
  return b.sum(
    b.sum(x, [last]),
    rest.map((axis) => (axis > last ? axis - 1 : axis)),
  )
}

function rewriteArithmetic(node: Node<'add'> | Node<'sub'> | Node<'mul'>): Node | undefined {
  const [x, y] = node.inputs as [Node, Node]
  if (node.op === 'mul') {
    if (scalarOf(x) !== undefined && scalarOf(y) === undefined) return b.mul(y, x)
    const factor = scalarOf(y)
    if (factor === 1) return x
    const inner = scalarOf(x)
    if (factor !== undefined && inner !== undefined) return b.scalarLike(node, factor * inner)
    if (factor !== undefined && isOp(x, 'mul')) {
      const innerFactor = scalarOf(x.inputs[1]!)
      if (innerFactor !== undefined)
        return b.mul(x.inputs[0]!, b.scalarLike(node, factor * innerFactor))
    }
    // A factor slides below an expansion, where there is less to multiply.
    if (factor !== undefined && isOp(x, 'expand')) {
      return b.expand(b.mul(x.inputs[0]!, y), node.shape)
    }
  }
  if (node.op === 'add') {
    const negated = isOp(y, 'mul') && scalarOf(y.inputs[1]!) === -1
    if (negated) return b.sub(x, y.inputs[0]!)
  }
  return dropExpansion(node)
}

/** Broadcasting operators repeat a smaller input by themselves. */
function dropExpansion(node: Node): Node | undefined {
  const index = node.inputs.findIndex((input) => isOp(input, 'expand'))
  if (index < 0) return undefined
  const inputs = node.inputs.map((input, i) => (i === index ? input.inputs[0]! : input))
  const shape = inputs.reduce(
    (known, input) => broadcastShape(node.op, { shape: known, dtype: node.dtype }, input),
    [] as readonly number[],
  )
  if (!sameShape(shape, node.shape)) return undefined
  return b.withInputs(node, inputs)
}

function scalarOf(node: Node): number | undefined {
  const constant = constantOf(node)
  return constant && constant.shape.length === 0 ? constant.data[0] : undefined
}
