import { expect, test } from 'vitest'
import * as b from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import { makeGraph, type Node } from '../../../src/engine/graph/node.ts'
import { type Layout, liveness } from '../../../src/engine/plan/liveness.ts'

const peak = (outputs: Record<string, Node>, layout: Layout = 'plain'): number =>
  liveness(makeGraph(outputs), layout).peakBytes

/** 4 bytes each. */
const VALUES = 100
const BYTES = 4 * VALUES
const vector = (name: string): Node => b.input(name, [VALUES])

const SIDE = 10
/** 3×3, `inputs` to `outputs` channels, same size. */
const conv = (x: Node, outputs: number): Node => {
  const shape = [outputs, x.shape[1]!, 3, 3]
  const weight = new Constant(`weight ${shape}`, shape, () => new Float32Array(0))
  return b.conv(x, b.constant(weight), undefined, 1)
}
/** A tensor of so many channels. */
const planes = (channels: number): number => 4 * channels * SIDE * SIDE
const picture = b.input('picture', [1, 3, SIDE, SIDE])

test('inputs are their owner’s, and elementwise results are written over what nobody else needs', () => {
  const x = vector('x')
  expect(peak({ y: b.abs(b.sqrt(b.abs(b.sqrt(b.abs(x))))) })).toBe(2 * BYTES)
  // The output is a tensor that was handed in; what is before it takes one buffer.
  expect(peak({ y: b.sum(b.abs(b.sqrt(b.abs(x))), [0]) })).toBe(BYTES + 4)
})

test('what is needed later is not written over', () => {
  const once = b.abs(vector('x'))
  expect(peak({ y: b.sum(b.mul(once, b.sqrt(once)), [0]) })).toBe(2 * BYTES)
})

test('a tensor that is freed makes room for the next', () => {
  const sums = ['p', 'q', 'r'].map((name) => b.sum(b.abs(vector(name)), [0]))
  expect(peak({ y: b.add(b.add(sums[0]!, sums[1]!), sums[2]!) })).toBeLessThan(BYTES + 20)
})

test('a reshaped tensor is the tensor itself', () => {
  const x = b.abs(vector('x'))
  const row = b.reshape(x, [1, VALUES])
  expect(peak({ y: b.sum(b.matmul(b.reshape(x, [VALUES, 1]), row), [0, 1]) })).toBe(
    BYTES + 4 * VALUES ** 2,
  )
})

test('a ReLU is part of its convolution, unless the convolution is needed besides', () => {
  const y = conv(picture, 16)
  expect(peak({ y: b.sumAll(conv(b.relu(y), 8)) })).toBe(planes(16) + planes(8))
  expect(peak({ y: b.sumAll(b.mul(b.relu(y), y)) })).toBe(2 * planes(16))
})

test('where blocked convolutions meet other operators, a tensor exists twice', () => {
  const features = b.relu(conv(picture, 16))
  const gram = b.gram(b.reshape(features, [16, SIDE * SIDE]))
  expect(peak({ gram }, 'plain')).toBe(planes(16) + 4 * 16 * 16)
  expect(peak({ gram }, 'blocked')).toBe(2 * planes(16))
})

test('blocks of channels are full', () => {
  expect(peak({ y: b.sumAll(conv(b.relu(conv(picture, 16)), 3)) }, 'blocked')).toBe(
    planes(16) + planes(8),
  )
})

test('half precision halves, and the largest tensor is told', () => {
  const half = b.cast(vector('x'), 'float16')
  const { peakBytes, largestBytes } = liveness(makeGraph({ y: half }), 'plain')
  expect([peakBytes, largestBytes]).toEqual([BYTES / 2, BYTES / 2])
})
