/**
 * The graph: immutable nodes over tensors of static shape. A node is its one output; a graph is
 * whatever its named outputs reach, so dead nodes cannot exist.
 */
import { ShapeError } from '../errors.ts'
import type { Constant } from './constant.ts'
import { type Attributes, type OpName, rules } from './ops.ts'

/** Row-major extents; [] is a scalar. */
export type Shape = readonly number[]
export type FloatDtype = 'float32' | 'float16'
export type Dtype = FloatDtype | 'bool'

export interface TensorType {
  readonly shape: Shape
  readonly dtype: Dtype
}

export interface Node<K extends OpName = OpName> extends TensorType {
  readonly op: K
  readonly inputs: readonly Node[]
  readonly attributes: Attributes[K]
}

export interface Graph {
  readonly inputs: readonly Node<'input'>[]
  readonly outputs: Readonly<Record<string, Node>>
}

export const elementCount = (shape: Shape): number => shape.reduce((a, b) => a * b, 1)

/** Of a value of a float tensor. */
export const bytesOf = (dtype: FloatDtype): number => (dtype === 'float16' ? 2 : 4)

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis])

/** The only way a node comes to be: the operator's shape rule checks inputs and attributes. */
export function makeNode<K extends OpName>(
  op: K,
  inputs: readonly Node[],
  attributes: Attributes[K],
): Node<K> {
  const type = rules[op].type(inputs, attributes)
  return { op, inputs, attributes, shape: type.shape, dtype: type.dtype }
}

export const isOp = <K extends OpName>(node: Node, op: K): node is Node<K> =>
  (node.op as OpName) === op

/** The constant behind a node, or undefined when the node is computed. */
export function constantOf(node: Node): Constant | undefined {
  return isOp(node, 'constant') ? node.attributes.constant : undefined
}

/** Every node that `outputs` need, inputs before users; iterative, so depth is no limit. */
export function topologicalOrder(outputs: readonly Node[]): Node[] {
  const order: Node[] = []
  const visited = new Set<Node>()
  const stack: { node: Node; next: number }[] = []
  const enter = (node: Node): void => {
    if (visited.has(node)) return
    visited.add(node)
    stack.push({ node, next: 0 })
  }
  for (const output of outputs) {
    enter(output)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      const input = top.node.inputs[top.next++]
      if (input) {
        enter(input)
      } else {
        order.push(top.node)
        stack.pop()
      }
    }
  }
  return order
}

/**
 * Names the outputs and finds the inputs they need.
 * @throws ShapeError when two inputs share a name.
 */
export function makeGraph(outputs: Readonly<Record<string, Node>>): Graph {
  const inputs = topologicalOrder(Object.values(outputs)).filter((node) => isOp(node, 'input'))
  const names = new Set<string>()
  for (const { attributes } of inputs) {
    if (names.has(attributes.name)) {
      throw new ShapeError(`internal: two graph inputs are named "${attributes.name}"`)
    }
    names.add(attributes.name)
  }
  return { inputs, outputs }
}
