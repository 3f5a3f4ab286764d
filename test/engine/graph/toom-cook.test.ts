import { expect, test } from 'vitest'
import {
  type Matrix,
  type Transforms,
  toomCook,
  turned,
} from '../../../src/engine/graph/toom-cook.ts'

const times = (matrix: Matrix, vector: readonly number[]): number[] =>
  matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i]!, 0))

const correlated = ({ input, kernel, output }: Transforms, d: number[], g: number[]): number[] => {
  const values = times(kernel, g)
  return times(
    output,
    times(input, d).map((value, i) => value * values[i]!),
  )
}

const direct = (d: readonly number[], g: readonly number[]): number[] =>
  d.slice(2).map((_, i) => d[i]! * g[0]! + d[i + 1]! * g[1]! + d[i + 2]! * g[2]!)

const close = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 10)
}

const g = [0.4, -1.2, 0.7]

test.each([
  { points: [0, 1, -1], d: [0.3, -0.7, 1.1, 0.2] },
  { points: [0, 1, -1, 2, -0.5], d: [0.3, -0.7, 1.1, 0.2, -0.9, 0.5] },
  { points: [0, 1, -1, 2, -2, 0.5, -0.5], d: [0.3, -0.7, 1.1, 0.2, -0.9, 0.5, 0.8, -0.1] },
])('at $points and infinity, three taps are correlated with $d.length values', ({ points, d }) => {
  close(correlated(toomCook(points), d, g), direct(d, g))
})

test('what is made of a kernel serves the kernel back to front', () => {
  const points = [0, 1, -1, 2, -0.5]
  const d = [0.3, -0.7, 1.1, 0.2, -0.9, 0.5]
  expect(turned(points).kernel).toEqual(toomCook(points).kernel)
  close(correlated(turned(points), d, g), direct(d, [...g].reverse()))
})
