/**
 * The graph: immutable nodes over tensors of static shape. A node is its one output; a graph is
 * whatever its named outputs reach, so dead nodes cannot exist.
 */
import { ShapeError } from '../errors.ts'
import type { Constant } from './constant.ts'
import type { FloatDtype, Shape, TensorType } from './tensor-type.ts'

export interface Attributes {
  input: { readonly name: string; readonly type: TensorType }
  constant: { readonly constant: Constant }
  /** Cross-correlation of [1,C,H,W] with [O,C,k,k] (and bias [O]), zeros of these widths around. */
  conv: { readonly pads: Pads } & ConvMethod
  /**
   * Cross-correlation of [N,1,H,W] with each of [O,1,k,l] at every `strides` rows and columns, zeros
   * around. Convolutions are lowered to it when gradients have been taken.
   */
  tiledConv: { readonly strides: readonly [number, number]; readonly pads: Pads }
  relu: Record<never, never>
  /** 2×2, stride 2; an odd last row or column is dropped. */
  averagePool: Record<never, never>
  /** 2×2, stride 2; an odd last row or column is dropped. */
  maxPool: Record<never, never>
  /** Nearest, twice as high and wide. */
  upsample: Record<never, never>
  add: Record<never, never>
  sub: Record<never, never>
  mul: Record<never, never>
  div: Record<never, never>
  sqrt: Record<never, never>
  abs: Record<never, never>
  /** To [min, max]. A straight-through clip passes every gradient as if it were the identity. */
  clip: { readonly min: number; readonly max: number; readonly straightThrough: boolean }
  /** 1 above 0, else 0. It passes no gradient. Float32 only. */
  step: Record<never, never>
  greater: Record<never, never>
  /** inputs: condition (bool), then, otherwise */
  where: Record<never, never>
  /** Over `axes`, which vanish from the shape. */
  sum: { readonly axes: readonly number[] }
  /** Repeats along broadcast axes. */
  expand: { readonly shape: Shape }
  reshape: { readonly shape: Shape }
  transpose: { readonly permutation: readonly number[] }
  /** Back to front along `axes`. */
  reverse: { readonly axes: readonly number[] }
  /** From `starts` up to and without `ends`, one each per axis. */
  slice: { readonly starts: readonly number[]; readonly ends: readonly number[] }
  /** Adds `before` and `after` values per axis: zeros, or copies of the edge. */
  pad: {
    readonly before: readonly number[]
    readonly after: readonly number[]
    readonly mode: 'constant' | 'edge'
  }
  concat: { readonly axis: number }
  /** Product of the last two axes; the axes before them broadcast. */
  matmul: Record<never, never>
  /**
   * xᵀ·y over the last two axes, without a transposed copy of x. The axes before them are the same
   * in both. Float32 only, and only on the processor.
   */
  transposedMatmul: Record<never, never>
  /** F·Fᵀ of a matrix F. */
  gram: Record<never, never>
  cast: { readonly to: FloatDtype }
  /**
   * inputs: value (a scalar), x, slope. Gives the value. Its gradient with respect to x is taken to
   * be `slope`, and there is none with respect to anything else: for functions of x that are found
   * by iterating.
   */
  withSlope: Record<never, never>
  /**
   * inputs: value, x, weight. Gives the value, which must be x [1,C,H,W] padded by its opposite
   * edges and correlated with the weight [O,C,3,3]. Its gradient with respect to x is again such a
   * correlation, so that nothing of the padding has to be folded back.
   */
  wrapConv: ConvMethod
}

/**
 * A direct convolution is computed as it is, and so is its gradient; any other in whatever way is
 * fastest.
 */
export interface ConvMethod {
  readonly isDirect?: true
}

/** Above, left, below, right. */
export type Pads = readonly [number, number, number, number]

export type OpName = keyof Attributes

export interface Node<K extends OpName = OpName> extends TensorType {
  readonly op: K
  readonly inputs: readonly Node[]
  readonly attributes: Attributes[K]
}

export interface Graph {
  readonly inputs: readonly Node<'input'>[]
  readonly outputs: Readonly<Record<string, Node>>
}

export const isOp = <K extends OpName>(node: Node, op: K): node is Node<K> =>
  (node.op as OpName) === op

/** The constant behind a node, or undefined when the node is computed. */
export function constantOf(node: Node): Constant | undefined {
  return isOp(node, 'constant') ? node.attributes.constant : undefined
}

/** Every node that `outputs` need, inputs before users. It iterates, so that depth is no limit. */
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
