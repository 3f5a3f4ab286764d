import { expect, test } from 'vitest'
import { ShapeError } from '../../../src/engine/errors.ts'
import * as b from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import { gradient } from '../../../src/engine/graph/gradient.ts'
import { isOp, makeGraph, type Node, topologicalOrder } from '../../../src/engine/graph/node.ts'
import { checkGradient } from '../../reference/check-gradient.ts'
import { evaluate, tensor } from '../../reference/interpreter.ts'

const x = b.input('x', [2, 3])
const y = b.input('y', [2, 3])

test('refuses what is no scalar', () => {
  expect(() => gradient(b.mul(x, x), [x])).toThrow(ShapeError)
  expect(() => gradient(b.mul(x, x), [x])).toThrow('gradient: expected a scalar, got [2,3]')
})

test('refuses a node on which the scalar does not depend', () => {
  const message = 'gradient: the scalar does not depend on the given node'
  expect(() => gradient(b.sumAll(x), [y])).toThrow(message)
  // A comparison passes no gradient on.
  const counted = b.where(b.greater(x, b.scalar(0)), b.scalar(1), b.scalar(0))
  expect(() => gradient(b.sumAll(counted), [x])).toThrow(message)
})

test('adds up what reaches a node on several ways', () => {
  checkGradient(
    ([p, q]) => {
      const shared = b.mul(p!, q!)
      return b.add(b.mul(shared, shared), b.sub(b.relu(shared), b.mul(p!, b.scalar(3))))
    },
    [
      [2, 3],
      [2, 3],
    ],
  )
})

test('the gradient with respect to the scalar itself is one', () => {
  const total = b.sumAll(x)
  const graph = makeGraph({ gradient: gradient(total, [total])[0]! })
  expect([...evaluate(graph, {}).gradient!.data]).toEqual([1])
})

test('takes gradients at nodes within the graph, whose own inputs are left alone', () => {
  const inner = b.relu(x)
  const [atInner] = gradient(b.sumAll(b.mul(inner, inner)), [inner])
  const { data } = evaluate(makeGraph({ gradient: atInner! }), {
    x: tensor([2, 3], [-1, 1, 2, -2, 3, 0]),
  }).gradient!
  expect([...data]).toEqual([0, 2, 4, 0, 6, 0])
})

test('computes nothing for inputs that nobody asked for', () => {
  const weight = b.constant(new Constant('weight', [2, 1, 3, 3], new Float32Array(18)))
  const image = b.input('image', [1, 1, 5, 5])
  const features = b.conv(image, weight, undefined, 1)
  const [result] = gradient(b.sumAll(features), [image])
  const convs = topologicalOrder([result!]).filter((node) => isOp(node, 'conv'))
  // Not the one that would be the gradient of the weight.
  expect(convs).toHaveLength(1)
})

test('is no deeper in the stack for a deep graph', () => {
  let deep: Node = b.input('x', [1])
  const start = deep
  for (let i = 0; i < 20_000; i++) deep = b.relu(deep)
  expect(() => gradient(b.sumAll(deep), [start])).not.toThrow()
})
