import { describe, expect, test } from 'vitest'
import { ShapeError } from '../../../src/engine/errors.ts'
import * as b from '../../../src/engine/graph/build.ts'
import { makeNode } from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import { gradient } from '../../../src/engine/graph/gradient.ts'
import { makeGraph, type Node } from '../../../src/engine/graph/node.ts'
import { checkGradient } from '../../reference/check-gradient.ts'
import { evaluate, tensor } from '../../reference/interpreter.ts'
import { allExamples } from './examples.ts'

describe('the gradient equals central differences', () => {
  test.each(allExamples)('%s', (_, op, { build, shapes, range }) => {
    checkGradient(
      // An input alone is no function of itself that differences could measure.
      op === 'input' ? ([x]) => b.mul(x!, x!) : build,
      shapes,
      { range },
    )
  })
})

/** d Σ weights·y / d x at given values. */
function gradientAt(build: (x: Node) => Node, shape: readonly number[], values: number[]) {
  const x = b.input('x', shape)
  const y = build(x)
  const weights = Array.from({ length: y.shape.reduce((a, c) => a * c, 1) }, (_, i) => i + 1)
  const loss = b.sumAll(b.mul(y, b.input('weights', y.shape)))
  const graph = makeGraph({ gradient: gradient(loss, [x])[0]! })
  return [
    ...evaluate(graph, { x: tensor(shape, values), weights: tensor(y.shape, weights) }).gradient!
      .data,
  ]
}

describe('at kinks', () => {
  test('max pooling gives the gradient of a tie to the first maximum only', () => {
    const pool = (x: Node): Node => b.maxPool(x)
    expect(gradientAt(pool, [1, 1, 2, 2], [3, 3, 3, 3])).toEqual([1, 0, 0, 0])
    expect(gradientAt(pool, [1, 1, 2, 2], [1, 3, 3, 2])).toEqual([0, 1, 0, 0])
    expect(gradientAt(pool, [1, 1, 2, 2], [1, 2, 3, 3])).toEqual([0, 0, 1, 0])
    expect(gradientAt(pool, [1, 1, 2, 4], [0, 0, 0, 5, 0, 0, 5, 5])).toEqual([
      1, 0, 0, 2, 0, 0, 0, 0,
    ])
  })

  test('pooling an odd size gives the dropped row and column no gradient', () => {
    const zeros = new Array<number>(9).fill(0)
    expect(gradientAt((x) => b.averagePool(x), [1, 1, 3, 3], zeros)).toEqual([
      0.25, 0.25, 0, 0.25, 0.25, 0, 0, 0, 0,
    ])
    expect(gradientAt((x) => b.maxPool(x), [1, 1, 3, 3], [1, 2, 9, 4, 3, 9, 9, 9, 9])).toEqual([
      0, 0, 0, 1, 0, 0, 0, 0, 0,
    ])
  })

  test('a clip has no gradient outside its bounds, and all of it on them', () => {
    const clip = (x: Node): Node => b.clip(x, 0, 1)
    expect(gradientAt(clip, [5], [-0.1, 0, 0.5, 1, 1.1])).toEqual([0, 2, 3, 4, 0])
  })

  test('a straight-through clip clips the values and passes every gradient', () => {
    const clip = (x: Node): Node => b.clip(x, 0, 1, true)
    expect(gradientAt(clip, [5], [-0.1, 0, 0.5, 1, 1.1])).toEqual([1, 2, 3, 4, 5])
    const graph = makeGraph({ y: clip(b.input('x', [2])) })
    expect([...evaluate(graph, { x: tensor([2], [-3, 3]) }).y!.data]).toEqual([0, 1])
  })

  test('a value with a slope has that gradient, and none of how it was found', () => {
    const x = b.input('x', [2])
    const withSlope = b.withSlope(b.sumAll(b.mul(x, x)), x, b.mul(x, b.scalar(7)))
    const graph = makeGraph({ value: withSlope, gradient: gradient(withSlope, [x])[0]! })
    const { value, gradient: slope } = evaluate(graph, { x: tensor([2], [1, 3]) })
    expect(value!.data[0]).toBe(10)
    expect([...slope!.data]).toEqual([7, 21])
  })

  test('ReLU and the absolute value have gradient 0 at 0', () => {
    expect(gradientAt((x) => b.relu(x), [3], [-1, 0, 1])).toEqual([0, 0, 3])
    expect(gradientAt((x) => b.abs(x), [3], [-1, 0, 1])).toEqual([-1, 0, 3])
  })

  test('edge padding adds the border’s gradient to the edge pixels', () => {
    const ones = (x: Node): Node => b.mul(b.pad(x, [0, 0, 1, 1], [0, 0, 1, 1], 'edge'), b.scalar(1))
    const x = b.input('x', [1, 1, 3, 3])
    const graph = makeGraph({ gradient: gradient(b.sumAll(ones(x)), [x])[0]! })
    const { data } = evaluate(graph, { x: tensor([1, 1, 3, 3], new Array(9).fill(0)) }).gradient!
    expect([...data]).toEqual([4, 2, 4, 2, 1, 2, 4, 2, 4])
  })
})

describe('a shape rule refuses inputs that do not fit, and says what came', () => {
  const x = (...shape: number[]): Node => b.input('x', shape)
  const bool = (...shape: number[]): Node => b.greater(x(...shape), b.scalar(0))
  const half = (...shape: number[]): Node => b.input('h', shape, 'float16')

  test.each<[string, () => Node, string]>([
    [
      'conv of too few axes',
      () => b.conv(x(3, 4, 4), x(2, 3, 3, 3), undefined, 1),
      'conv: expected [N,C,H,W] and [O,C,k,k], got float32 [3,4,4], float32 [2,3,3,3]',
    ],
    [
      'conv of other channels',
      () => b.conv(x(1, 3, 8, 8), x(8, 64, 3, 3), undefined, 1),
      'conv: expected 64 input channels, got float32 [1,3,8,8], float32 [8,64,3,3]',
    ],
    [
      'conv with a wrong bias',
      () => b.conv(x(1, 3, 8, 8), x(8, 3, 3, 3), x(7), 1),
      'conv: expected a bias of [8], got float32 [1,3,8,8], float32 [8,3,3,3], float32 [7]',
    ],
    [
      'conv of a small image',
      () => b.conv(x(1, 3, 2, 8), x(8, 3, 3, 3), undefined, 0),
      'conv: expected at least 3×3 padded pixels',
    ],
    [
      'average pool of one row',
      () => b.averagePool(x(1, 1, 1, 4)),
      'averagePool: expected [N,C,H,W] of 2×2 or more, got float32 [1,1,1,4]',
    ],
    [
      'max pool of three axes',
      () => b.maxPool(x(1, 4, 4)),
      'maxPool: expected [N,C,H,W] of 2×2 or more, got float32 [1,4,4]',
    ],
    [
      'upsample of three axes',
      () => b.upsample(x(1, 4, 4)),
      'upsample: expected [N,C,H,W], got float32 [1,4,4]',
    ],
    ['relu of bools', () => b.relu(bool(2)), 'relu: expected one float tensor, got bool [2]'],
    [
      'add of shapes that do not broadcast',
      () => b.add(x(2, 3), x(2)),
      'add: expected shapes that broadcast, got float32 [2,3], float32 [2]',
    ],
    [
      'mul of two dtypes',
      () => b.mul(x(2), half(2)),
      'mul: expected two float tensors of one dtype, got float32 [2], float16 [2]',
    ],
    [
      'greater of bools',
      () => b.greater(bool(2), bool(2)),
      'greater: expected two float tensors of one dtype',
    ],
    [
      'where by a float',
      () => b.where(x(2), x(2), x(2)),
      'where: expected a bool tensor and two tensors of one dtype, got float32 [2], float32 [2], float32 [2]',
    ],
    [
      'where of shapes that do not broadcast',
      () => b.where(bool(3), x(2), x(2)),
      'where: expected shapes that broadcast',
    ],
    [
      'sum over an axis that is not there',
      () => b.sum(x(2, 3), [2]),
      'sum over 2: expected a tensor with these axes, got float32 [2,3]',
    ],
    [
      'expand to a smaller shape',
      () => b.expand(x(3), [1]),
      'expand to [1]: expected a shape that broadcasts to it, got float32 [3]',
    ],
    [
      'reshape to another count',
      () => b.reshape(x(2, 3), [5]),
      'reshape to [5]: expected 5 elements, got float32 [2,3]',
    ],
    [
      'transpose that repeats an axis',
      () => b.transpose(x(2, 3), [0, 0]),
      'transpose by 0,0: expected 2 axes, got float32 [2,3]',
    ],
    [
      'slice beyond the end',
      () => b.slice(x(4), [1], [5]),
      'slice 1 … 5: expected a tensor that holds the range, got float32 [4]',
    ],
    [
      'slice of nothing',
      () => b.slice(x(4), [2], [2]),
      'slice 2 … 2: expected a tensor that holds the range',
    ],
    [
      'pad by less than nothing',
      () => b.pad(x(4), [-1], [0], 'constant'),
      'pad by -1 and 0: expected counts ≥ 0 for every axis, got float32 [4]',
    ],
    [
      'concat of other extents',
      () => b.concat([x(2, 3), x(2, 4)], 0),
      'concat along 0: expected tensors equal but for that axis, got float32 [2,3], float32 [2,4]',
    ],
    [
      'matmul of other inner extents',
      () => b.matmul(x(2, 3), x(2, 3)),
      'matmul: expected […,I,K] and […,K,J], got float32 [2,3], float32 [2,3]',
    ],
    [
      'matmul of batches that do not broadcast',
      () => b.matmul(x(2, 2, 3), x(3, 3, 2)),
      'matmul: expected shapes that broadcast',
    ],
    [
      'gram of three axes',
      () => b.gram(x(1, 2, 3)),
      'gram: expected a matrix [C,M], got float32 [1,2,3]',
    ],
    [
      'a slope of another shape',
      () => b.withSlope(b.scalar(1), x(2, 3), x(3, 2)),
      'withSlope: expected a scalar and two equal shapes of its dtype, got float32 [], float32 [2,3], float32 [3,2]',
    ],
    [
      'an operator without inputs',
      () => makeNode('relu', [], {}),
      'relu: expected one float tensor, got nothing',
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(ShapeError)
    expect(build).toThrow(message)
  })

  test('a constant refuses values of another count', () => {
    const wrong = new Constant('conv1_1.bias', [3], new Float32Array(2))
    expect(() => wrong.data).toThrow('conv1_1.bias: expected 3 values for [3], got 2')
  })
})
