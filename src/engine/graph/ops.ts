/**
 * The operators: one rule each, holding its vector-Jacobian product and its ONNX emission (opset 18).
 * The table is total over `Attributes`, so a forgotten rule fails to compile.
 */

import * as b from './build.ts'
import type { Constant } from './constant.ts'
import type { Emission } from './emission.ts'
import { reverseValues, transposeValues } from './fold.ts'
import { isOp, type Node, type OpName, type Pads } from './node.ts'
import { fail } from './shapes.ts'
import type { Dtype, FloatDtype, ImageShape, Shape } from './tensor-type.ts'

export interface OpRule<K extends OpName> {
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

const pool = (opType: string): Emission => ({
  opType,
  attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } },
})

export const rules: { readonly [K in OpName]: OpRule<K> } = {
  input: {
    vjp: () => [],
    emit: () => undefined,
  },

  constant: {
    vjp: () => [],
    emit: () => undefined,
  },

  wrapConv: {
    vjp: ({ inputs: [, , weight], attributes }, dy) => [
      undefined,
      () => b.wrapConv(dy, turnedKernel(weight!), undefined, attributes),
      undefined,
    ],
    emit: () => ({ opType: 'Identity', inputs: [0] }),
  },

  conv: {
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
    vjp: () => [undefined, undefined],
    emit: ({ attributes: { strides, pads } }) => ({
      opType: 'Conv',
      attributes: { strides: { ints: strides }, pads: { ints: pads } },
    }),
  },

  relu: {
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
    vjp: ({ inputs: [x] }, dy) => [
      () => b.padTo(b.upsample(b.mul(dy, b.scalarLike(dy, 0.25))), x!.shape),
    ],
    emit: () => pool('AveragePool'),
  },

  maxPool: {
    vjp(y, dy) {
      const x = y.inputs[0]!
      const [, channels, height, width] = y.shape as ImageShape
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
            const value = b.sliceAxis(windows, 0, k, k + 1)
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
    vjp: ({ inputs: [x, y] }, dy) => [() => b.sumTo(dy, x!.shape), () => b.sumTo(dy, y!.shape)],
    emit: () => ({ opType: 'Add' }),
  },

  sub: {
    vjp: ({ inputs: [x, y] }, dy) => [
      () => b.sumTo(dy, x!.shape),
      () => b.sumTo(b.mul(dy, b.scalarLike(dy, -1)), y!.shape),
    ],
    emit: () => ({ opType: 'Sub' }),
  },

  mul: {
    vjp: ({ inputs: [x, y] }, dy) => [
      () => b.sumTo(b.mul(dy, y!), x!.shape),
      () => b.sumTo(b.mul(dy, x!), y!.shape),
    ],
    emit: () => ({ opType: 'Mul' }),
  },

  div: {
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
    vjp: (y, dy) => [() => b.div(b.mul(dy, b.scalarLike(dy, 0.5)), y)],
    emit: () => ({ opType: 'Sqrt' }),
  },

  abs: {
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
    vjp: () => [undefined],
    // A ramp so steep that it is a step. Unlike Greater and Where it has kernels for the blocked
    // layout of the CPU provider's convolutions (9 of 33 reorderings fewer in the VGG16 objective,
    // 5 % faster), and unlike Sign it has one for WebGPU.
    emit: () => ({
      opType: 'HardSigmoid',
      attributes: { alpha: { float: 1e30 }, beta: { float: 0 } },
    }),
  },

  greater: {
    vjp: () => [undefined, undefined],
    emit: () => ({ opType: 'Greater' }),
  },

  where: {
    vjp: ({ inputs: [condition, x, y] }, dy) => [
      undefined,
      () => b.sumTo(b.where(condition!, dy, b.scalarLike(dy, 0)), x!.shape),
      () => b.sumTo(b.where(condition!, b.scalarLike(dy, 0), dy), y!.shape),
    ],
    emit: () => ({ opType: 'Where' }),
  },

  sum: {
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
    vjp: ({ inputs: [x] }, dy) => [() => b.sumTo(dy, x!.shape)],
    emit: ({ attributes: { shape } }) => ({ opType: 'Expand', inputs: [0, { int64s: shape }] }),
  },

  reshape: {
    vjp: ({ inputs: [x] }, dy) => [() => b.reshape(dy, x!.shape)],
    emit: ({ attributes: { shape } }) => ({ opType: 'Reshape', inputs: [0, { int64s: shape }] }),
    fold: (constant, { attributes: { shape } }) =>
      constant.derive(`reshape ${shape}`, shape, (data) => data),
  },

  transpose: {
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
    vjp({ inputs, attributes: { axis } }, dy) {
      let start = 0
      return inputs.map(({ shape }) => {
        const from = start
        start += shape[axis]!
        return () => b.sliceAxis(dy, axis, from, from + shape[axis]!)
      })
    },
    emit: ({ attributes: { axis } }) => ({ opType: 'Concat', attributes: { axis: { int: axis } } }),
  },

  matmul: {
    vjp: ({ inputs: [x, y] }, dy) => [
      () => b.sumTo(b.matmul(dy, b.transposeLast(y!)), x!.shape),
      () => b.sumTo(b.matmul(b.transposeLast(x!), dy), y!.shape),
    ],
    emit: () => ({ opType: 'MatMul' }),
  },

  transposedMatmul: {
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
    vjp: ({ inputs: [x] }, dy) => [() => b.cast(dy, x!.dtype as FloatDtype)],
    emit: ({ attributes: { to } }) => ({
      opType: 'Cast',
      attributes: { to: { int: onnxTypes[to] } },
    }),
    fold: (constant, { attributes: { to } }) => constant.as(to),
  },

  withSlope: {
    vjp: ({ inputs: [, , slope] }, dy) => [undefined, () => b.mul(slope!, dy), undefined],
    emit: () => ({ opType: 'Identity', inputs: [0] }),
  },
}

/** ONNX's numbers for our dtypes (TensorProto.DataType). */
export const onnxTypes: Readonly<Record<Dtype, number>> = { float32: 1, bool: 9, float16: 10 }

/**
 * The adjoint of a correlation is the correlation with the kernel turned by 180° and its channel
 * axes swapped. Both steps fold into a second constant. ConvTranspose, which would take the kernel
 * as it is, needs 1.5 to 2.1 times as long on the CPU provider (64 … 512 channels, Zen 3).
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
    const cut = (from: number, to: number): Node => b.sliceAxis(result, axis, from, to)
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
