/** The type of each operator's result: total over `Attributes`, so a forgotten rule fails to compile. */
import { ShapeError } from '../errors.ts'
import type { Attributes, OpName } from './node.ts'
import { type Dtype, elementCount, type Shape, sameShape, type TensorType } from './tensor-type.ts'

export const fail = (op: string, expected: string, inputs: readonly TensorType[]): never => {
  const got = inputs.map(({ shape, dtype }) => `${dtype} [${shape}]`).join(', ')
  throw new ShapeError(`${op}: expected ${expected}, got ${got || 'nothing'}`)
}

/** NumPy's rule: shapes are aligned at their last axis, extents equal or 1. */
export function broadcastShape(op: string, a: TensorType, b: TensorType): Shape {
  const rank = Math.max(a.shape.length, b.shape.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a.shape[axis - rank + a.shape.length] ?? 1
    const right = b.shape[axis - rank + b.shape.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) fail(op, 'shapes that broadcast', [a, b])
    return left === 1 ? right : left
  })
}

const unary = (op: string) => (inputs: readonly TensorType[]) => {
  const [x] = inputs
  if (inputs.length !== 1 || x!.dtype === 'bool') fail(op, 'one float tensor', inputs)
  return { shape: x!.shape, dtype: x!.dtype }
}

const binary = (op: string, dtype?: Dtype) => (inputs: readonly TensorType[]) => {
  const [x, y] = inputs
  if (inputs.length !== 2 || x!.dtype !== y!.dtype || x!.dtype === 'bool') {
    fail(op, 'two float tensors of one dtype', inputs)
  }
  return { shape: broadcastShape(op, x!, y!), dtype: dtype ?? x!.dtype }
}

const pooled = (op: string) => (inputs: readonly TensorType[]) => {
  const [x] = inputs
  const [n, c, h, w] = x?.shape ?? []
  if (x?.shape.length !== 4 || h! < 2 || w! < 2) fail(op, '[N,C,H,W] of 2×2 or more', inputs)
  return { shape: [n!, c!, Math.floor(h! / 2), Math.floor(w! / 2)], dtype: x!.dtype }
}

const axesKept = (shape: Shape, axes: readonly number[]): number[] =>
  shape.filter((_, axis) => !axes.includes(axis))

/** @throws ShapeError when the inputs do not fit. */
type ShapeRule<K extends OpName> = (
  inputs: readonly TensorType[],
  attributes: Attributes[K],
) => TensorType

export const shapeRules: { readonly [K in OpName]: ShapeRule<K> } = {
  input: (_, { type }) => type,

  constant: (_, { constant }) => ({ shape: constant.shape, dtype: constant.dtype }),

  wrapConv(inputs) {
    const [value, x, weight] = inputs
    const [out, , ...kernel] = weight?.shape ?? []
    const [batch, , ...extents] = x?.shape ?? []
    const fits = sameShape(kernel, [3, 3]) && sameShape(value!.shape, [batch!, out!, ...extents])
    if (!fits) fail('wrapConv', 'a value of the extents of x, and a weight of 3×3', inputs)
    return value!
  },

  conv(inputs, { pads: [top, left, bottom, right] }) {
    const [x, w, bias] = inputs
    const [n, c, h, wide] = x?.shape ?? []
    const [out, inChannels, kh, kw] = w?.shape ?? []
    if (x?.shape.length !== 4 || w?.shape.length !== 4)
      fail('conv', '[N,C,H,W] and [O,C,k,k]', inputs)
    if (c !== inChannels) fail('conv', `${inChannels} input channels`, inputs)
    if (bias && !sameShape(bias.shape, [out!])) fail('conv', `a bias of [${out}]`, inputs)
    const height = h! + top + bottom - kh! + 1
    const width = wide! + left + right - kw! + 1
    if (height < 1 || width < 1) fail('conv', `at least ${kh}×${kw} padded pixels`, inputs)
    return { shape: [n!, out!, height, width], dtype: x!.dtype }
  },

  tiledConv(inputs, { strides, pads: [top, left, bottom, right] }) {
    const [x, w] = inputs
    const [n, , h, wide] = x?.shape ?? []
    const [out, , kh, kw] = w?.shape ?? []
    const isPlane = x?.shape.length === 4 && x.shape[1] === 1
    if (!isPlane || w?.shape.length !== 4 || w.shape[1] !== 1) {
      fail('tiledConv', '[N,1,H,W] and [O,1,k,l]', inputs)
    }
    const steps = (padded: number, kernel: number, stride: number): number =>
      Math.floor((padded - kernel) / stride) + 1
    const rows = steps(h! + top + bottom, kh!, strides[0])
    const columns = steps(wide! + left + right, kw!, strides[1])
    if (rows < 1 || columns < 1) fail('tiledConv', `at least ${kh}×${kw} padded pixels`, inputs)
    return { shape: [n!, out!, rows, columns], dtype: x!.dtype }
  },

  relu: unary('relu'),

  averagePool: pooled('averagePool'),

  maxPool: pooled('maxPool'),

  upsample(inputs) {
    const [x] = inputs
    const [n, c, h, w] = x?.shape ?? []
    if (x?.shape.length !== 4) fail('upsample', '[N,C,H,W]', inputs)
    return { shape: [n!, c!, 2 * h!, 2 * w!], dtype: x!.dtype }
  },

  add: binary('add'),

  sub: binary('sub'),

  mul: binary('mul'),

  div: binary('div'),

  sqrt: unary('sqrt'),

  abs: unary('abs'),

  clip: unary('clip'),

  step(inputs) {
    if (inputs.length !== 1 || inputs[0]!.dtype !== 'float32') {
      fail('step', 'one float32 tensor: the slope of its ramp is beyond float16', inputs)
    }
    return inputs[0]!
  },

  greater: binary('greater', 'bool'),

  where(inputs) {
    const [condition, x, y] = inputs
    if (inputs.length !== 3 || condition!.dtype !== 'bool' || x!.dtype !== y!.dtype) {
      fail('where', 'a bool tensor and two tensors of one dtype', inputs)
    }
    const values = { shape: broadcastShape('where', x!, y!), dtype: x!.dtype }
    return { shape: broadcastShape('where', condition!, values), dtype: x!.dtype }
  },

  sum(inputs, { axes }) {
    const [x] = inputs
    if (axes.some((axis) => axis < 0 || axis >= x!.shape.length)) {
      fail(`sum over ${axes}`, 'a tensor with these axes', inputs)
    }
    return { shape: axesKept(x!.shape, axes), dtype: x!.dtype }
  },

  expand(inputs, { shape }) {
    const [x] = inputs
    const result = { shape, dtype: x!.dtype }
    if (!sameShape(broadcastShape('expand', x!, result), shape)) {
      fail(`expand to [${shape}]`, 'a shape that broadcasts to it', inputs)
    }
    return result
  },

  reshape(inputs, { shape }) {
    const [x] = inputs
    if (elementCount(x!.shape) !== elementCount(shape)) {
      fail(`reshape to [${shape}]`, `${elementCount(shape)} elements`, inputs)
    }
    return { shape, dtype: x!.dtype }
  },

  transpose(inputs, { permutation }) {
    const [x] = inputs
    const axes = [...permutation].sort((p, q) => p - q)
    if (
      !sameShape(
        axes,
        x!.shape.map((_, axis) => axis),
      )
    ) {
      fail(`transpose by ${permutation}`, `${permutation.length} axes`, inputs)
    }
    return { shape: permutation.map((axis) => x!.shape[axis]!), dtype: x!.dtype }
  },

  reverse: unary('reverse'),

  slice(inputs, { starts, ends }) {
    const [x] = inputs
    const fits = x!.shape.every(
      (extent, axis) => starts[axis]! >= 0 && ends[axis]! <= extent && starts[axis]! < ends[axis]!,
    )
    if (!fits || starts.length !== x!.shape.length) {
      fail(`slice ${starts} … ${ends}`, 'a tensor that holds the range', inputs)
    }
    return { shape: starts.map((start, axis) => ends[axis]! - start), dtype: x!.dtype }
  },

  pad(inputs, { before, after }) {
    const [x] = inputs
    if (before.length !== x!.shape.length || [...before, ...after].some((count) => count < 0)) {
      fail(`pad by ${before} and ${after}`, 'counts ≥ 0 for every axis', inputs)
    }
    return {
      shape: x!.shape.map((extent, axis) => extent + before[axis]! + after[axis]!),
      dtype: x!.dtype,
    }
  },

  concat(inputs, { axis }) {
    const [first] = inputs
    const fits = inputs.every(
      ({ shape, dtype }) =>
        dtype === first!.dtype &&
        shape.length === first!.shape.length &&
        shape.every((extent, other) => other === axis || extent === first!.shape[other]),
    )
    if (!fits) fail(`concat along ${axis}`, 'tensors equal but for that axis', inputs)
    const extent = inputs.reduce((total, { shape }) => total + shape[axis]!, 0)
    return {
      shape: first!.shape.map((other, index) => (index === axis ? extent : other)),
      dtype: first!.dtype,
    }
  },

  matmul(inputs) {
    const [x, y] = inputs
    if (x!.shape.length < 2 || y!.shape.length < 2 || x!.shape.at(-1) !== y!.shape.at(-2)) {
      fail('matmul', '[…,I,K] and […,K,J]', inputs)
    }
    const batch = broadcastShape(
      'matmul',
      { shape: x!.shape.slice(0, -2), dtype: x!.dtype },
      { shape: y!.shape.slice(0, -2), dtype: y!.dtype },
    )
    return { shape: [...batch, x!.shape.at(-2)!, y!.shape.at(-1)!], dtype: x!.dtype }
  },

  transposedMatmul(inputs) {
    const [x, y] = inputs
    const [height, width] = x!.shape.slice(-2)
    const batch = x!.shape.slice(0, -2)
    if (height !== y!.shape.at(-2) || !sameShape(batch, y!.shape.slice(0, -2))) {
      fail('transposedMatmul', '[…,K,I] and […,K,J]', inputs)
    }
    return { shape: [...batch, width!, y!.shape.at(-1)!], dtype: x!.dtype }
  },

  gram(inputs) {
    const [x] = inputs
    if (x?.shape.length !== 2) fail('gram', 'a matrix [C,M]', inputs)
    return { shape: [x!.shape[0]!, x!.shape[0]!], dtype: x!.dtype }
  },

  cast: (inputs, { to }) => ({ ...unary('cast')(inputs), dtype: to }),

  withSlope(inputs) {
    const [value, x, slope] = inputs
    const fits =
      value?.shape.length === 0 &&
      slope !== undefined &&
      sameShape(x!.shape, slope.shape) &&
      inputs.every(({ dtype }) => dtype === value.dtype)
    if (!fits) fail('withSlope', 'a scalar and two equal shapes of its dtype', inputs)
    return value!
  },
}
