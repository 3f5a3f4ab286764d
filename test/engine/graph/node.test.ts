import { expect, test } from 'vitest'
import { ShapeError } from '../../../src/engine/errors.ts'
import * as b from '../../../src/engine/graph/build.ts'
import { makeGraph, topologicalOrder } from '../../../src/engine/graph/node.ts'

test('orders inputs before their users, each node once', () => {
  const x = b.input('x', [2])
  const shared = b.relu(x)
  const y = b.add(shared, b.abs(shared))
  const order = topologicalOrder([y, shared])
  expect(order).toHaveLength(4)
  for (const node of order) {
    for (const input of node.inputs) expect(order.indexOf(input)).toBeLessThan(order.indexOf(node))
  }
})

test('a graph has the inputs that its outputs reach, and no others', () => {
  const [x, y] = [b.input('x', [2]), b.input('y', [2])]
  b.add(x, y)
  expect(makeGraph({ x: b.relu(x) }).inputs).toEqual([x])
})

test('two inputs of one name are refused', () => {
  const clash = b.add(b.input('x', [2]), b.input('x', [2]))
  expect(() => makeGraph({ clash })).toThrow(ShapeError)
  expect(() => makeGraph({ clash })).toThrow('internal: two graph inputs are named "x"')
})

test('builders leave out what would do nothing', () => {
  const x = b.input('x', [2, 3])
  expect(b.reshape(x, [2, 3])).toBe(x)
  expect(b.expand(x, [2, 3])).toBe(x)
  expect(b.slice(x, [0, 0], [2, 3])).toBe(x)
  expect(b.pad(x, [0, 0], [0, 0], 'edge')).toBe(x)
  expect(b.cast(x, 'float32')).toBe(x)
  expect(b.concat([x], 0)).toBe(x)
  expect(b.sum(x, [])).toBe(x)
  expect(b.sumTo(x, [2, 3])).toBe(x)
})
