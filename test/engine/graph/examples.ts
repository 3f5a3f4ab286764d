/**
 * Uses of every operator, for checks that run over the whole table: gradients, ONNX. Total over
 * OpName, so a new operator brings its examples.
 */

import * as b from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import type { Node, OpName } from '../../../src/engine/graph/node.ts'
import type { FloatDtype, Shape } from '../../../src/engine/graph/tensor-type.ts'

export interface Example {
  readonly title: string
  readonly shapes: readonly Shape[]
  /** Of the inputs' values; default −1 … 1. */
  readonly range?: readonly [number, number]
  build(inputs: readonly Node[]): Node
}

type Build = (...inputs: Node[]) => Node

const example = (
  title: string,
  shapes: readonly Shape[],
  build: Build,
  range?: readonly [number, number],
): Example => ({ title, shapes, build: (inputs) => build(...inputs), range })

const image: Shape = [1, 2, 4, 6]
const oddImage: Shape = [1, 2, 5, 7]
const positive = [0.5, 2] as const

const constantLike = (x: Node, value: Constant): Node => b.constant(value.as(x.dtype as FloatDtype))

const arithmetic = (build: Build): Example[] => [
  example('equal shapes', [image, image], build, positive),
  example('a scalar', [image, []], build, positive),
  example('a scalar first', [[], image], build, positive),
  example('one value per channel', [image, [1, 2, 1, 1]], build, positive),
  example('fewer axes', [image, [6]], build, positive),
  example(
    'both sides',
    [
      [3, 1],
      [1, 4],
    ],
    build,
    positive,
  ),
]

export const examples: { readonly [K in OpName]: readonly Example[] } = {
  input: [example('alone', [image], (x) => x!)],
  constant: [
    example('small, within the model', [[3]], (x) =>
      b.mul(x!, constantLike(x!, new Constant('small', [3], Float32Array.of(1, -2, 0.5)))),
    ),
    example('large, beside the model', [[80]], (x) =>
      b.mul(
        x!,
        constantLike(
          x!,
          new Constant('large', [80], () => Float32Array.from({ length: 80 }, (_, i) => i - 40.5)),
        ),
      ),
    ),
  ],
  conv: [
    example('3×3, zeros around, bias', [oddImage, [3, 2, 3, 3], [3]], (x, w, bias) =>
      b.conv(x!, w!, bias, 1),
    ),
    example('3×3, no padding, no bias', [image, [3, 2, 3, 3]], (x, w) =>
      b.conv(x!, w!, undefined, 0),
    ),
    example('3×3, other zeros on each side', [image, [3, 2, 3, 3]], (x, w) =>
      b.conv(x!, w!, undefined, [0, 1, 2, 0]),
    ),
    example('1×1', [image, [3, 2, 1, 1]], (x, w) => b.conv(x!, w!, undefined, 0)),
    example(
      'kernel as large as the image',
      [
        [1, 2, 3, 3],
        [4, 2, 3, 3],
      ],
      (x, w) => b.conv(x!, w!, undefined, 0),
    ),
  ],
  relu: [example('on both sides of 0', [image], b.relu as Build)],
  averagePool: [
    example('even sides', [image], b.averagePool as Build),
    example('odd sides, the last row and column dropped', [oddImage], b.averagePool as Build),
    example('odd height', [[1, 3, 3, 4]], b.averagePool as Build),
  ],
  maxPool: [
    example('even sides', [image], b.maxPool as Build),
    example('odd sides, the last row and column dropped', [oddImage], b.maxPool as Build),
    example('odd width', [[1, 3, 4, 3]], b.maxPool as Build),
  ],
  upsample: [example('twice the size', [[1, 2, 3, 2]], b.upsample as Build)],
  add: arithmetic(b.add as Build),
  sub: arithmetic(b.sub as Build),
  mul: arithmetic(b.mul as Build),
  div: arithmetic(b.div as Build),
  sqrt: [example('of positive values', [image], b.sqrt as Build, positive)],
  abs: [example('on both sides of 0', [image], b.abs as Build)],
  clip: [example('below, within and above', [image], (x) => b.clip(x!, -0.5, 0.25))],
  tiledConv: [
    example('overlapping tiles with zeros around, as a factor', [[3, 4, 2, 3]], (x) => {
      const planes = new Constant('planes', [3, 1, 6, 7], () =>
        Float32Array.from({ length: 126 }, (_, i) => Math.sin(i + 1)),
      )
      const kernels = new Constant('kernels', [4, 1, 4, 3], () =>
        Float32Array.from({ length: 48 }, (_, i) => Math.cos(i + 1)),
      )
      const tiles = b.tiledConv(constantLike(x!, planes), constantLike(x!, kernels), {
        strides: [3, 2],
        pads: [1, 0, 2, 1],
      })
      return b.mul(x!, tiles)
    }),
  ],
  step: [example('as a mask', [image], (x) => b.mul(x!, b.step(x!)))],
  greater: [
    example('picks the larger of two', [image, image], (x, y) =>
      b.where(b.greater(x!, y!), b.mul(x!, b.scalarLike(x!, 2)), y!),
    ),
    example('against a scalar', [image], (x) =>
      b.where(b.greater(x!, b.scalarLike(x!, 0)), b.mul(x!, x!), x!),
    ),
  ],
  where: [
    example('equal shapes', [image, image, image], (c, x, y) =>
      b.where(b.greater(c!, b.scalarLike(c!, 0.3)), b.mul(x!, c!), y!),
    ),
    example('a condition per channel', [[1, 2, 1, 1], image, []], (c, x, y) =>
      b.where(b.greater(c!, b.scalarLike(c!, 0)), b.mul(x!, c!), y!),
    ),
    example('scalar choices', [image, [], []], (c, x, y) =>
      b.mul(b.where(b.greater(c!, b.scalarLike(c!, 0)), x!, y!), c!),
    ),
  ],
  sum: [
    example('over the last axis', [[2, 3, 4]], (x) => b.sum(x!, [2])),
    example('over the first and last', [[2, 3, 4]], (x) => b.sum(x!, [0, 2])),
    example('over all', [[2, 3, 4]], (x) => b.sumAll(x!)),
  ],
  expand: [
    example('of a scalar', [[]], (x) => b.expand(x!, [2, 3])),
    example('of one value per channel', [[2, 1, 1]], (x) => b.expand(x!, [3, 2, 4, 5])),
  ],
  reshape: [
    example('to rows', [image], (x) => b.reshape(x!, [2, 24])),
    example('of one value to a scalar', [[1, 1]], (x) => b.reshape(x!, [])),
  ],
  transpose: [
    example('of a matrix', [[2, 3]], (x) => b.transpose(x!, [1, 0])),
    example('cyclic, not its own inverse', [[2, 3, 4]], (x) => b.transpose(x!, [2, 0, 1])),
    example('of the last two axes', [[2, 3, 4]], (x) => b.transposeLast(x!)),
  ],
  reverse: [
    example('one axis', [[3, 4]], (x) => b.reverse(x!, [1])),
    example('the last two', [[2, 2, 3, 3]], (x) => b.reverse(x!, [2, 3])),
  ],
  slice: [example('a window', [oddImage], (x) => b.slice(x!, [0, 1, 1, 2], [1, 2, 4, 7]))],
  pad: [
    example('zeros, each side its own', [[2, 3, 4]], (x) =>
      b.pad(x!, [0, 1, 2], [1, 0, 3], 'constant'),
    ),
    example('edge by one', [image], (x) => b.pad(x!, [0, 0, 1, 1], [0, 0, 1, 1], 'edge')),
    example('edge, wider and uneven', [[2, 3]], (x) => b.pad(x!, [2, 0], [1, 3], 'edge')),
    example('edge of a single pixel', [[1, 1]], (x) => b.pad(x!, [1, 1], [1, 1], 'edge')),
  ],
  concat: [
    example(
      'along the first axis',
      [
        [1, 3],
        [2, 3],
      ],
      (x, y) => b.concat([x!, y!], 0),
    ),
    example(
      'along the middle, three parts',
      [
        [2, 1, 3],
        [2, 2, 3],
        [2, 3, 3],
      ],
      (x, y, z) => b.concat([x!, y!, z!], 1),
    ),
  ],
  matmul: [
    example(
      'of matrices',
      [
        [2, 3],
        [3, 4],
      ],
      b.matmul as Build,
    ),
    example(
      'in batches',
      [
        [5, 2, 3],
        [5, 3, 4],
      ],
      b.matmul as Build,
    ),
    example(
      'a batch with one matrix',
      [
        [5, 2, 3],
        [3, 4],
      ],
      b.matmul as Build,
    ),
    example(
      'batches that broadcast',
      [
        [5, 1, 2, 3],
        [2, 3, 2],
      ],
      b.matmul as Build,
    ),
  ],
  transposedMatmul: [
    example(
      'in batches',
      [
        [5, 3, 2],
        [5, 3, 4],
      ],
      b.transposedMatmul as Build,
    ),
  ],
  gram: [example('wide', [[3, 7]], b.gram as Build), example('high', [[4, 2]], b.gram as Build)],
  cast: [
    example('to float16 and back', [image], (x) =>
      b.cast(b.mul(b.cast(x!, 'float16'), b.cast(x!, 'float16')), 'float32'),
    ),
  ],
  wrapConv: [
    example('3×3, opposite edges around', [oddImage], (x) => {
      const kernel = new Constant('kernel', [3, 2, 3, 3], () =>
        Float32Array.from({ length: 54 }, (_, i) => Math.sin(i + 1)),
      )
      return b.wrapConv(x!, constantLike(x!, kernel), undefined)
    }),
  ],
  withSlope: [
    example('of a square, whose slope is twice the value', [image], (x) =>
      b.withSlope(b.sumAll(b.mul(x!, x!)), x!, b.mul(x!, b.scalarLike(x!, 2))),
    ),
  ],
}

/** Every example, named `op: title`, for parametrised tests. */
export const allExamples: readonly (readonly [string, OpName, Example])[] = (
  Object.keys(examples) as OpName[]
).flatMap((op) => examples[op].map((item) => [`${op}: ${item.title}`, op, item] as const))

/** Of those that WebGPU has too, and that know float16. */
export const portableExamples = allExamples.filter(([, op]) => op !== 'transposedMatmul')
