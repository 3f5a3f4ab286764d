import { expect, test } from 'vitest'
import { curvePoints } from '../../src/webview/curve.ts'

test('equal ratios of loss are equal heights', () => {
  const losses = [1000, 100, 10].map((total, i) => ({ fraction: i / 2, total }))
  expect(curvePoints(losses, 100, 40)).toEqual([
    { x: 0, y: 0 },
    { x: 50, y: expect.closeTo(20) },
    { x: 100, y: 40 },
  ])
})

test('losses that share a pixel are drawn as the lowest of them', () => {
  const losses = [8, 4, 2, 1].map((total, i) => ({ fraction: i < 3 ? i / 1000 : 1, total }))
  expect(curvePoints(losses, 10, 10)).toEqual([
    { x: 0, y: 0 },
    { x: 10, y: 10 },
  ])
})

test('a level curve lies in the middle, no losses give no points, and what has no logarithm is left out', () => {
  expect(curvePoints([{ fraction: 0.5, total: 3 }], 10, 10)).toEqual([{ x: 5, y: 5 }])
  expect(curvePoints([], 10, 10)).toEqual([])
  const odd = [0, -1, Number.NaN, Number.POSITIVE_INFINITY].map((total) => ({ fraction: 0, total }))
  expect(curvePoints(odd, 10, 10)).toEqual([])
})
