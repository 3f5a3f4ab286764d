/**
 * The operators: one rule each, holding its shape rule, its vector-Jacobian product and its ONNX
 * emission (opset 18). The table is total over `Attributes`, so a forgotten rule fails to compile.
 */
import { ShapeError } from '../errors.ts'
import * as b from './build.ts'
import type { Constant } from './constant.ts'
import type { Emission } from './emission.ts'
import { reverseValues, transposeValues } from './fold.ts'
import type { Dtype, FloatDtype, Node, Shape, TensorType } from './node.ts'
import { elementCount, isOp, sameShape } from './node.ts'

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
  /** 1 above 0, else 0; its gradient is taken as nothing. Of float32 only. */
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
   * xᵀ·y of the last two axes, without a transposed copy of x; the axes before them are the same. Of
   * float32, on the processor.
   */
  transposedMatmul: Record<never, never>
  /** F·Fᵀ of a matrix F. */
  gram: Record<never, never>
  cast: { readonly to: FloatDtype }
  /**
   * inputs: value (a scalar), x, slope. The value, whose gradient is taken to be `slope` with
   * respect to x and nothing otherwise: for functions of x that are found by iterating.
   */
  withSlope: Record<never, never>
  /**
   * inputs: value, x, weight. The value, which is x [1,C,H,W] padded by its opposite edges and
   * correlated with the weight [O,C,3,3]; its gradient with respect to x is found as one of the same
   * kind, which spares the folding of what was padded.
   */
  wrapConv: ConvMethod
}

/** A direct one is computed as it is, and so is its gradient; others as is fastest. */
export interface ConvMethod {
  readonly isDirect?: true
}

/** Above, left, below, right. */
export type Pads = readonly [number, number, number, number]

export type OpName = keyof Attributes

export interface OpRule<K extends OpName> {
  /** Type of the result. @throws ShapeError when the inputs do not fit. */
  type(inputs: readonly TensorType[], attributes: Attributes[K]): TensorType
  /**
   * Gradients with respect to each input, given `dy`, the gradient with respect to the node. Each
   * is a thunk: it is called only where somebody asks for that input's gradient. `undefined`: the
   * input has no gradient.
   */
  vjp(node: Node<K>, dy: Node): readonly ((() => Node) | undefined)[]
  /** One ONNX node; undefined for leaves. */
  emit(node: Node<K>): Emission | undefined
  /** The node's values when its only input is a constant. */
  fold?(constant: Constant, node: Node<K>): Constant
}

const fail = (op: string, expected: string, inputs: readonly TensorType[]): never => {
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

const pool = (opType: string): Emission => ({
  opType,
  attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } },
})

const axesKept = (shape: Shape, axes: readonly number[]): number[] =>
  shape.filter((_, axis) => !axes.includes(axis))

export const rules: { readonly [K in OpName]: OpRule<K> } = {
  input: {
    type: (_, { type }) => type,
    vjp: () => [],
    emit: () => undefined,
  },

  constant: {
    type: (_, { constant }) => ({ shape: constant.shape, dtype: constant.dtype }),
    vjp: () => [],
    emit: () => undefined,
  },

  wrapConv: {
    type(inputs) {
      const [value, x, weight] = inputs
      const [out, , ...kernel] = weight?.shape ?? []
      const [batch, , ...extents] = x?.shape ?? []
      const fits = sameShape(kernel, [3, 3]) && sameShape(value!.shape, [batch!, out!, ...extents])
      if (!fits) fail('wrapConv', 'a value of the extents of x, and a weight of 3×3', inputs)
      return value!
    },
    vjp: ({ inputs: [, , weight], attributes }, dy) => [
      undefined,
      () => b.wrapConv(dy, turnedKernel(weight!), undefined, attributes),
      undefined,
    ],
    emit: () => ({ opType: 'Identity', inputs: [0] }),
  },

  conv: {
    type(inputs, { pads: [top, left, bottom, right] }) {
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
    vjp({ inputs: [x, w, bias], attributes: { pads, ...method } }, dy) {
      const reach = w!.shape[2]! - 1
      return [
        () => {
          const [top, left, bottom, right] = pads
          const around: Pads = [reach - top, reach - left, reach - bottom, reach - right]
          return b.conv(dy, turnedKernel(w!), undefined, around, method)
        },
        () => {
          if (x!.shape[0] !== 1) fail('conv', 'a batch of 1 for the gradient of weights', [x!])
          const swapped = b.conv(
            b.transpose(x!, [1, 0, 2, 3]),
            b.transpose(dy, [1, 0, 2, 3]),
            undefined,
            pads,
          )
          return b.transpose(swapped, [1, 0, 2, 3])
        },
        bias ? () => b.sum(dy, [0, 2, 3]) : undefined,
      ]
    },
    emit: ({ attributes: { pads } }) => ({ opType: 'Conv', attributes: { pads: { ints: pads } } }),
  },

  tiledConv: {
    type(inputs, { strides, pads: [top, left, bottom, right] }) {
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
    vjp: () => [undefined, undefined],
    emit: ({ attributes: { strides, pads } }) => ({
      opType: 'Conv',
      attributes: { strides: { ints: strides }, pads: { ints: pads } },
    }),
  },

  relu: {
    type: unary('relu'),
    vjp: (y, dy) => [
      () => {
        if (y.dtype === 'float32') return b.mul(dy, b.step(y))
        const zero = b.scalarLike(dy, 0)
        return b.where(b.greater(y, zero), dy, zero)
      },
    ],
    emit: () => ({ opType: 'Relu' }),
  },

  averagePool: {
    type: pooled('averagePool'),
    vjp: ({ inputs: [x] }, dy) => [
      () => b.padTo(b.upsample(b.mul(dy, b.scalarLike(dy, 0.25))), x!.shape),
    ],
    emit: () => pool('AveragePool'),
  },

  maxPool: {
    type: pooled('maxPool'),
    vjp(y, dy) {
      const x = y.inputs[0]!
      const [, channels, height, width] = y.shape as [number, number, number, number]
      return [
        () => {
          // The four values of each window as four images; dy goes to the first that is the maximum.
          const cropped = b.slice(x, [0, 0, 0, 0], [1, channels, 2 * height, 2 * width])
          const windows = b.reshape(
            b.transpose(b.reshape(cropped, [channels, height, 2, width, 2]), [2, 4, 0, 1, 3]),
            [4, channels, height, width],
          )
          const zero = b.scalarLike(dy, 0)
          const parts: Node[] = []
          let left = dy
          for (let k = 0; k < 4; k++) {
            const value = b.slice(windows, [k, 0, 0, 0], [k + 1, channels, height, width])
            const smaller = b.greater(y, value)
            parts.push(b.where(smaller, zero, left))
            left = b.where(smaller, left, zero)
          }
          const gathered = b.reshape(b.concat(parts, 0), [2, 2, channels, height, width])
          const image = b.reshape(b.transpose(gathered, [2, 3, 0, 4, 1]), [
            1,
            channels,
            2 * height,
            2 * width,
          ])
          return b.padTo(image, x.shape)
        },
      ]
    },
    emit: () => pool('MaxPool'),
  },

  upsample: {
    type(inputs) {
      const [x] = inputs
      const [n, c, h, w] = x?.shape ?? []
      if (x?.shape.length !== 4) fail('upsample', '[N,C,H,W]', inputs)
      return { shape: [n!, c!, 2 * h!, 2 * w!], dtype: x!.dtype }
    },
    vjp: (_, dy) => [() => b.mul(b.averagePool(dy), b.scalarLike(dy, 4))],
    emit: () => ({
      opType: 'Resize',
      attributes: {
        mode: { text: 'nearest' },
        coordinate_transformation_mode: { text: 'asymmetric' },
        nearest_mode: { text: 'floor' },
      },
      inputs: [0, 'absent', { floats: [1, 1, 2, 2], dtype: 'float32' }],
    }),
  },

  add: {
    type: binary('add'),
    vjp: ({ inputs: [x, y] }, dy) => [() => b.sumTo(dy, x!.shape), () => b.sumTo(dy, y!.shape)],
    emit: () => ({ opType: 'Add' }),
  },

  sub: {
    type: binary('sub'),
    vjp: ({ inputs: [x, y] }, dy) => [
      () => b.sumTo(dy, x!.shape),
      () => b.sumTo(b.mul(dy, b.scalarLike(dy, -1)), y!.shape),
    ],
    emit: () => ({ opType: 'Sub' }),
  },

  mul: {
    type: binary('mul'),
    vjp: ({ inputs: [x, y] }, dy) => [
      () => b.sumTo(b.mul(dy, y!), x!.shape),
      () => b.sumTo(b.mul(dy, x!), y!.shape),
    ],
    emit: () => ({ opType: 'Mul' }),
  },

  div: {
    type: binary('div'),
    vjp: (node, dy) => {
      const [x, y] = node.inputs
      return [
        () => b.sumTo(b.div(dy, y!), x!.shape),
        () => b.sumTo(b.mul(b.div(b.mul(dy, node), y!), b.scalarLike(dy, -1)), y!.shape),
      ]
    },
    emit: () => ({ opType: 'Div' }),
  },

  sqrt: {
    type: unary('sqrt'),
    vjp: (y, dy) => [() => b.div(b.mul(dy, b.scalarLike(dy, 0.5)), y)],
    emit: () => ({ opType: 'Sqrt' }),
  },

  abs: {
    type: unary('abs'),
    // The subgradient at 0 is 0.
    vjp: ({ inputs: [x] }, dy) => [
      () => {
        const zero = b.scalarLike(dy, 0)
        const negative = b.where(b.greater(zero, x!), b.mul(dy, b.scalarLike(dy, -1)), zero)
        return b.where(b.greater(x!, zero), dy, negative)
      },
    ],
    emit: () => ({ opType: 'Abs' }),
  },

  clip: {
    type: unary('clip'),
    vjp: ({ inputs: [x], attributes: { min, max, straightThrough } }, dy) => [
      () => {
        if (straightThrough) return dy
        const zero = b.scalarLike(dy, 0)
        const above = b.where(b.greater(x!, b.scalarLike(dy, max)), zero, dy)
        return b.where(b.greater(b.scalarLike(dy, min), x!), zero, above)
      },
    ],
    emit: ({ dtype, attributes: { min, max } }) => {
      const limit = (value: number) => ({ floats: [value], dtype: dtype as FloatDtype })
      return { opType: 'Clip', inputs: [0, limit(min), limit(max)] }
    },
  },

  step: {
    type(inputs) {
      if (inputs.length !== 1 || inputs[0]!.dtype !== 'float32') {
        fail('step', 'one float32 tensor: the slope of its ramp is beyond float16', inputs)
      }
      return inputs[0]!
    },
    vjp: () => [undefined],
    // A ramp so steep that it is one. Unlike Greater and Where it has kernels for the blocked
    // layout of the CPU provider's convolutions (9 of 33 reorderings fewer in the VGG16 objective,
    // 5 % faster), and unlike Sign one for WebGPU.
    emit: () => ({
      opType: 'HardSigmoid',
      attributes: { alpha: { float: 1e30 }, beta: { float: 0 } },
    }),
  },

  greater: {
    type: binary('greater', 'bool'),
    vjp: () => [undefined, undefined],
    emit: () => ({ opType: 'Greater' }),
  },

  where: {
    type(inputs) {
      const [condition, x, y] = inputs
      if (inputs.length !== 3 || condition!.dtype !== 'bool' || x!.dtype !== y!.dtype) {
        fail('where', 'a bool tensor and two tensors of one dtype', inputs)
      }
      const values = { shape: broadcastShape('where', x!, y!), dtype: x!.dtype }
      return { shape: broadcastShape('where', condition!, values), dtype: x!.dtype }
    },
    vjp: ({ inputs: [condition, x, y] }, dy) => [
      undefined,
      () => b.sumTo(b.where(condition!, dy, b.scalarLike(dy, 0)), x!.shape),
      () => b.sumTo(b.where(condition!, b.scalarLike(dy, 0), dy), y!.shape),
    ],
    emit: () => ({ opType: 'Where' }),
  },

  sum: {
    type(inputs, { axes }) {
      const [x] = inputs
      if (axes.some((axis) => axis < 0 || axis >= x!.shape.length)) {
        fail(`sum over ${axes}`, 'a tensor with these axes', inputs)
      }
      return { shape: axesKept(x!.shape, axes), dtype: x!.dtype }
    },
    vjp: ({ inputs: [x], attributes: { axes } }, dy) => [
      () => {
        const kept = x!.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
        return b.expand(b.reshape(dy, kept), x!.shape)
      },
    ],
    emit: ({ attributes: { axes } }) => ({
      opType: 'ReduceSum',
      attributes: { keepdims: { int: 0 } },
      inputs: [0, { int64s: axes }],
    }),
  },

  expand: {
    type(inputs, { shape }) {
      const [x] = inputs
      const result = { shape, dtype: x!.dtype }
      if (!sameShape(broadcastShape('expand', x!, result), shape)) {
        fail(`expand to [${shape}]`, 'a shape that broadcasts to it', inputs)
      }
      return result
    },
    vjp: ({ inputs: [x] }, dy) => [() => b.sumTo(dy, x!.shape)],
    emit: ({ attributes: { shape } }) => ({ opType: 'Expand', inputs: [0, { int64s: shape }] }),
  },

  reshape: {
    type(inputs, { shape }) {
      const [x] = inputs
      if (elementCount(x!.shape) !== elementCount(shape)) {
        fail(`reshape to [${shape}]`, `${elementCount(shape)} elements`, inputs)
      }
      return { shape, dtype: x!.dtype }
    },
    vjp: ({ inputs: [x] }, dy) => [() => b.reshape(dy, x!.shape)],
    emit: ({ attributes: { shape } }) => ({ opType: 'Reshape', inputs: [0, { int64s: shape }] }),
    fold: (constant, { attributes: { shape } }) =>
      constant.derive(`reshape ${shape}`, shape, (data) => data),
  },

  transpose: {
    type(inputs, { permutation }) {
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
    vjp: ({ attributes: { permutation } }, dy) => [
      () =>
        b.transpose(
          dy,
          permutation.map((_, axis) => permutation.indexOf(axis)),
        ),
    ],
    emit: ({ attributes: { permutation } }) => ({
      opType: 'Transpose',
      attributes: { perm: { ints: permutation } },
    }),
    fold: (constant, { shape, attributes: { permutation } }) =>
      constant.derive(`transpose ${permutation}`, shape, (data) =>
        transposeValues(data, constant.shape, permutation),
      ),
  },

  reverse: {
    type: unary('reverse'),
    vjp: ({ attributes: { axes } }, dy) => [() => b.reverse(dy, axes)],
    emit: ({ inputs: [x], attributes: { axes } }) => ({
      opType: 'Slice',
      inputs: [
        0,
        { int64s: axes.map(() => -1) },
        { int64s: axes.map((axis) => -x!.shape[axis]! - 1) },
        { int64s: axes },
        { int64s: axes.map(() => -1) },
      ],
    }),
    fold: (constant, { shape, attributes: { axes } }) =>
      constant.derive(`reverse ${axes}`, shape, (data) => reverseValues(data, shape, axes)),
  },

  slice: {
    type(inputs, { starts, ends }) {
      const [x] = inputs
      const fits = x!.shape.every(
        (extent, axis) =>
          starts[axis]! >= 0 && ends[axis]! <= extent && starts[axis]! < ends[axis]!,
      )
      if (!fits || starts.length !== x!.shape.length) {
        fail(`slice ${starts} … ${ends}`, 'a tensor that holds the range', inputs)
      }
      return { shape: starts.map((start, axis) => ends[axis]! - start), dtype: x!.dtype }
    },
    vjp: ({ inputs: [x], attributes: { starts, ends } }, dy) => [
      () =>
        b.pad(
          dy,
          starts,
          x!.shape.map((extent, axis) => extent - ends[axis]!),
          'constant',
        ),
    ],
    emit: ({ attributes: { starts, ends } }) => ({
      opType: 'Slice',
      inputs: [0, { int64s: starts }, { int64s: ends }],
    }),
  },

  pad: {
    type(inputs, { before, after }) {
      const [x] = inputs
      if (before.length !== x!.shape.length || [...before, ...after].some((count) => count < 0)) {
        fail(`pad by ${before} and ${after}`, 'counts ≥ 0 for every axis', inputs)
      }
      return {
        shape: x!.shape.map((extent, axis) => extent + before[axis]! + after[axis]!),
        dtype: x!.dtype,
      }
    },
    vjp: ({ inputs: [x], attributes: { before, after, mode } }, dy) => [
      () => (mode === 'constant' ? unpad(dy, before, x!.shape) : foldEdges(dy, before, after)),
    ],
    emit: ({ attributes: { before, after, mode } }) => ({
      opType: 'Pad',
      attributes: { mode: { text: mode } },
      inputs: [0, { int64s: [...before, ...after] }],
    }),
  },

  concat: {
    type(inputs, { axis }) {
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
    vjp({ inputs, attributes: { axis } }, dy) {
      let start = 0
      return inputs.map(({ shape }) => {
        const from = start
        start += shape[axis]!
        return () => {
          const starts = shape.map((_, index) => (index === axis ? from : 0))
          return b.slice(
            dy,
            starts,
            starts.map((value, index) => value + shape[index]!),
          )
        }
      })
    },
    emit: ({ attributes: { axis } }) => ({ opType: 'Concat', attributes: { axis: { int: axis } } }),
  },

  matmul: {
    type(inputs) {
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
    vjp: ({ inputs: [x, y] }, dy) => [
      () => b.sumTo(b.matmul(dy, b.transposeLast(y!)), x!.shape),
      () => b.sumTo(b.matmul(b.transposeLast(x!), dy), y!.shape),
    ],
    emit: () => ({ opType: 'MatMul' }),
  },

  transposedMatmul: {
    type(inputs) {
      const [x, y] = inputs
      const [height, width] = x!.shape.slice(-2)
      const batch = x!.shape.slice(0, -2)
      if (height !== y!.shape.at(-2) || !sameShape(batch, y!.shape.slice(0, -2))) {
        fail('transposedMatmul', '[…,K,I] and […,K,J]', inputs)
      }
      return { shape: [...batch, width!, y!.shape.at(-1)!], dtype: x!.dtype }
    },
    vjp: ({ inputs: [x, y] }, dy) => [
      () => b.matmul(y!, b.transposeLast(dy)),
      () => b.matmul(x!, dy),
    ],
    emit: () => ({
      opType: 'FusedMatMul',
      domain: 'com.microsoft',
      attributes: { transA: { int: 1 } },
    }),
  },

  gram: {
    type(inputs) {
      const [x] = inputs
      if (x?.shape.length !== 2) fail('gram', 'a matrix [C,M]', inputs)
      return { shape: [x!.shape[0]!, x!.shape[0]!], dtype: x!.dtype }
    },
    // One large product for both factors: (dG + dGᵀ)·F. Where F was widened from float16 for the
    // sums over pixels, the product is over channels only and takes the float16 F: the wide copy
    // need not stay in memory from the forward to the backward pass.
    vjp: ({ inputs: [x] }, dy) => [
      () => {
        const factor = b.add(dy, b.transpose(dy, [1, 0]))
        if (!isOp(x!, 'cast')) return b.matmul(factor, x!)
        const narrow = x.inputs[0]!
        return b.cast(b.matmul(b.cast(factor, narrow.dtype as FloatDtype), narrow), 'float32')
      },
    ],
    emit: () => ({ opType: 'Gemm', attributes: { transB: { int: 1 } }, inputs: [0, 0] }),
  },

  cast: {
    type: (inputs, { to }) => ({ ...unary('cast')(inputs), dtype: to }),
    vjp: ({ inputs: [x] }, dy) => [() => b.cast(dy, x!.dtype as FloatDtype)],
    emit: ({ attributes: { to } }) => ({
      opType: 'Cast',
      attributes: { to: { int: onnxTypes[to] } },
    }),
    fold: (constant, { attributes: { to } }) => constant.as(to),
  },

  withSlope: {
    type(inputs) {
      const [value, x, slope] = inputs
      const fits =
        value?.shape.length === 0 &&
        slope !== undefined &&
        sameShape(x!.shape, slope.shape) &&
        inputs.every(({ dtype }) => dtype === value.dtype)
      if (!fits) fail('withSlope', 'a scalar and two equal shapes of its dtype', inputs)
      return value!
    },
    vjp: ({ inputs: [, , slope] }, dy) => [undefined, () => b.mul(slope!, dy), undefined],
    emit: () => ({ opType: 'Identity', inputs: [0] }),
  },
}

/** ONNX's numbers for our dtypes (TensorProto.DataType). */
export const onnxTypes: Readonly<Record<Dtype, number>> = { float32: 1, bool: 9, float16: 10 }

/**
 * The adjoint of a correlation is the correlation with the kernel turned by 180° and its channel axes
 * swapped. Both steps fold into a second constant: on the CPU provider ConvTranspose on the first one
 * takes 1.5 to 2.1 times as long (64 … 512 channels, Zen 3).
 */
const turnedKernel = (weight: Node): Node => b.reverse(b.transpose(weight, [1, 0, 2, 3]), [2, 3])

const unpad = (dy: Node, before: readonly number[], shape: Shape): Node =>
  b.slice(
    dy,
    before,
    before.map((start, axis) => start + shape[axis]!),
  )

/** Adjoint of edge padding: what was copied from the edge is added back to it, axis by axis. */
function foldEdges(dy: Node, before: readonly number[], after: readonly number[]): Node {
  let result = dy
  before.forEach((lead, axis) => {
    const trail = after[axis]!
    if (lead === 0 && trail === 0) return
    const extent = result.shape[axis]! - lead - trail
    const cut = (from: number, to: number): Node =>
      b.slice(
        result,
        result.shape.map((_, other) => (other === axis ? from : 0)),
        result.shape.map((size, other) => (other === axis ? to : size)),
      )
    const padAxis = (x: Node, front: number, back: number): Node =>
      b.pad(
        x,
        x.shape.map((_, other) => (other === axis ? front : 0)),
        x.shape.map((_, other) => (other === axis ? back : 0)),
        'constant',
      )
    const keepAxis = (x: Node): Node =>
      b.reshape(
        b.sum(x, [axis]),
        x.shape.map((size, other) => (other === axis ? 1 : size)),
      )
    let folded = cut(lead, lead + extent)
    if (lead > 0) folded = b.add(folded, padAxis(keepAxis(cut(0, lead)), 0, extent - 1))
    if (trail > 0) {
      folded = b.add(
        folded,
        padAxis(keepAxis(cut(lead + extent, lead + extent + trail)), extent - 1, 0),
      )
    }
    result = folded
  })
  return result
}
