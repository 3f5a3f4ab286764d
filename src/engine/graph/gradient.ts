import { ShapeError } from '../errors.ts'
import * as b from './build.ts'
import { type Node, type OpName, topologicalOrder } from './node.ts'
import { type OpRule, rules } from './ops.ts'

/**
 * Reverse-mode differentiation: d scalar / d node for each node of `wrt`, in their shapes. Only
 * nodes that lie between are visited, so nothing is computed for weights or targets.
 * @param seed a scalar by which every result is multiplied, already where the way back begins.
 * @throws ShapeError when `scalar` is no scalar or does not depend on a node of `wrt`.
 */
export function gradient(
  scalar: Node,
  wrt: readonly Node[],
  seed: Node = b.scalarLike(scalar, 1),
): Node[] {
  if (scalar.shape.length !== 0) {
    throw new ShapeError(`gradient: expected a scalar, got [${scalar.shape}]`)
  }
  const order = topologicalOrder([scalar])
  const depends = new Set<Node>(wrt)
  for (const node of order) {
    if (node.inputs.some((input) => depends.has(input))) depends.add(node)
  }

  const gradients = new Map<Node, Node>([[scalar, seed]])
  for (const node of order.reverse()) {
    const dy = gradients.get(node)
    if (!dy || !depends.has(node)) continue
    const parts = (rules[node.op] as OpRule<OpName>).vjp(node, dy)
    node.inputs.forEach((input, index) => {
      const part = parts[index]
      if (!part || !depends.has(input)) return
      const known = gradients.get(input)
      gradients.set(input, known ? b.add(known, part()) : part())
    })
  }

  return wrt.map((node) => {
    const result = gradients.get(node)
    if (!result) throw new ShapeError('gradient: the scalar does not depend on the given node')
    return result
  })
}
