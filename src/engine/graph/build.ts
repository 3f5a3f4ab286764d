/** Functions that make nodes; shapes are checked where a node is made. */

import { type Constant, scalarConstant } from './constant.ts'
import type { Attributes, ConvMethod, Node, OpName, Pads } from './node.ts'
import { shapeRules } from './shapes.ts'
import { type Dtype, type FloatDtype, type Shape, sameShape } from './tensor-type.ts'

/** The only way a node comes to be: the operator's shape rule checks inputs and attributes. */
export function makeNode<K extends OpName>(
  op: K,
  inputs: readonly Node[],
  attributes: Attributes[K],
): Node<K> {
  const type = shapeRules[op](inputs, attributes)
  return { op, inputs, attributes, shape: type.shape, dtype: type.dtype }
}

/** The same computation with other inputs; the node itself where they are the same. */
export const withInputs = (node: Node, inputs: readonly Node[]): Node =>
  inputs.every((input, i) => input === node.inputs[i])
    ? node
    : makeNode(node.op, inputs, node.attributes as Attributes[OpName])

export const input = (name: string, shape: Shape, dtype: Dtype = 'float32'): Node<'input'> =>
  makeNode('input', [], { name, type: { shape, dtype } })

export const constant = (value: Constant): Node => makeNode('constant', [], { constant: value })

export const scalar = (value: number, dtype: FloatDtype = 'float32'): Node =>
  constant(scalarConstant(value, dtype))

/** A number in the dtype of the float tensor that it meets. */
export const scalarLike = (x: Node, value: number): Node => scalar(value, x.dtype as FloatDtype)

/** @param pads how many zeros stand around the image: one number for all sides, or one for each. */
export const conv = (
  x: Node,
  weight: Node,
  bias: Node | undefined,
  pads: number | Pads,
  method: ConvMethod = {},
): Node =>
  makeNode('conv', bias ? [x, weight, bias] : [x, weight], {
    pads: typeof pads === 'number' ? [pads, pads, pads, pads] : pads,
    ...method,
  })

export const tiledConv = (x: Node, weight: Node, attributes: Attributes['tiledConv']): Node =>
  makeNode('tiledConv', [x, weight], attributes)

export const relu = (x: Node): Node => makeNode('relu', [x], {})
export const averagePool = (x: Node): Node => makeNode('averagePool', [x], {})
export const maxPool = (x: Node): Node => makeNode('maxPool', [x], {})
export const upsample = (x: Node): Node => makeNode('upsample', [x], {})
export const add = (x: Node, y: Node): Node => makeNode('add', [x, y], {})
export const sub = (x: Node, y: Node): Node => makeNode('sub', [x, y], {})
export const mul = (x: Node, y: Node): Node => makeNode('mul', [x, y], {})
export const div = (x: Node, y: Node): Node => makeNode('div', [x, y], {})
export const sqrt = (x: Node): Node => makeNode('sqrt', [x], {})
export const abs = (x: Node): Node => makeNode('abs', [x], {})
export const step = (x: Node): Node => makeNode('step', [x], {})
export const greater = (x: Node, y: Node): Node => makeNode('greater', [x, y], {})
export const matmul = (x: Node, y: Node): Node => makeNode('matmul', [x, y], {})
export const transposedMatmul = (x: Node, y: Node): Node => makeNode('transposedMatmul', [x, y], {})
export const gram = (x: Node): Node => makeNode('gram', [x], {})

export const withSlope = (value: Node, x: Node, slope: Node): Node =>
  makeNode('withSlope', [value, x, slope], {})

export const clip = (x: Node, min: number, max: number, straightThrough = false): Node =>
  makeNode('clip', [x], { min, max, straightThrough })

export const where = (condition: Node, x: Node, y: Node): Node =>
  makeNode('where', [condition, x, y], {})

export const sum = (x: Node, axes: readonly number[]): Node =>
  axes.length === 0 ? x : makeNode('sum', [x], { axes })

/** Sum over every axis: a scalar. */
export const sumAll = (x: Node): Node =>
  sum(
    x,
    x.shape.map((_, axis) => axis),
  )

export const expand = (x: Node, shape: Shape): Node =>
  sameShape(x.shape, shape) ? x : makeNode('expand', [x], { shape })

export const reshape = (x: Node, shape: Shape): Node =>
  sameShape(x.shape, shape) ? x : makeNode('reshape', [x], { shape })

export const transpose = (x: Node, permutation: readonly number[]): Node =>
  makeNode('transpose', [x], { permutation })

/** Swaps the last two axes. */
export function transposeLast(x: Node): Node {
  const axes = x.shape.map((_, axis) => axis)
  const [row, column] = axes.splice(-2) as [number, number]
  return transpose(x, [...axes, column, row])
}

export const reverse = (x: Node, axes: readonly number[]): Node =>
  makeNode('reverse', [x], { axes })

export const slice = (x: Node, starts: readonly number[], ends: readonly number[]): Node =>
  starts.every((start) => start === 0) && sameShape(ends, x.shape)
    ? x
    : makeNode('slice', [x], { starts, ends })

/** From index `from` up to and without `to` along one axis, and everything along the others. */
export const sliceAxis = (x: Node, axis: number, from: number, to: number): Node =>
  slice(
    x,
    x.shape.map((_, other) => (other === axis ? from : 0)),
    x.shape.map((extent, other) => (other === axis ? to : extent)),
  )

export const pad = (
  x: Node,
  before: readonly number[],
  after: readonly number[],
  mode: 'constant' | 'edge',
): Node =>
  [...before, ...after].every((count) => count === 0)
    ? x
    : makeNode('pad', [x], { before, after, mode })

/** Zeros behind the last index of each axis, up to `shape`. */
export const padTo = (x: Node, shape: Shape): Node =>
  pad(
    x,
    shape.map(() => 0),
    shape.map((extent, axis) => extent - x.shape[axis]!),
    'constant',
  )

export const concat = (parts: readonly Node[], axis: number): Node =>
  parts.length === 1 ? parts[0]! : makeNode('concat', parts, { axis })

/** Cross-correlation with a 3×3 kernel, with the opposite edges around [1,C,H,W]. */
export const wrapConv = (
  x: Node,
  weight: Node,
  bias: Node | undefined,
  method: ConvMethod = {},
): Node => makeNode('wrapConv', [conv(wrapPad(x), weight, bias, 0, method), x, weight], method)

/** Adds to [N,C,H,W] a row above and below and a column on either side: copies of the opposite ones. */
export const wrapPad = (x: Node): Node => wrapAxis(wrapAxis(x, 2), 3)

/** Adds a row or column on either side of an axis: copies of the opposite ones. */
export function wrapAxis(x: Node, axis: number): Node {
  const extent = x.shape[axis]!
  return concat([sliceAxis(x, axis, extent - 1, extent), x, sliceAxis(x, axis, 0, 1)], axis)
}

export const cast = (x: Node, to: FloatDtype): Node =>
  x.dtype === to ? x : makeNode('cast', [x], { to })

/** The adjoint of broadcasting: sums `x` over the axes along which `shape` was broadcast to it. */
export function sumTo(x: Node, shape: Shape): Node {
  const lead = x.shape.length - shape.length
  const axes = x.shape.flatMap((extent, axis) =>
    axis < lead || (shape[axis - lead] === 1 && extent !== 1) ? [axis] : [],
  )
  return reshape(sum(x, axes), shape)
}
