import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  fitLongEdge,
  MIN_SIDE,
  paintedSize,
  pyramid,
  scalesFor,
  scalesToSkip,
} from '../../../src/engine/picture/pyramid.ts'

const given = fc.record({
  size: fc.integer({ min: 16, max: 4096 }),
  minScale: fc.integer({ min: 16, max: 4096 }),
  scaleRatio: fc.double({ min: 1.1, max: 8, noNaN: true }),
  iterations: fc.array(fc.nat(500), { minLength: 1, maxLength: 5 }),
})

test('scales ascend, end at the size, and none but it is below the smallest', () => {
  fc.assert(
    fc.property(given, (options) => {
      const edges = pyramid(options).map(({ longEdge }) => longEdge)
      expect(edges.at(-1)).toBe(options.size)
      for (let i = 1; i < edges.length; i++) expect(edges[i]!).toBeGreaterThan(edges[i - 1]!)
      for (const edge of edges.slice(0, -1)) expect(edge).toBeGreaterThanOrEqual(options.minScale)
      expect(edges.every(Number.isInteger)).toBe(true)
    }),
    { seed: 1 },
  )
})

test('scales start at the smallest and grow by the ratio, the last two by something near it', () => {
  fc.assert(
    fc.property(given, (options) => {
      const edges = pyramid(options).map(({ longEdge }) => longEdge)
      edges.slice(0, -1).forEach((edge, i) => {
        expect(Math.abs(edge - options.minScale * options.scaleRatio ** i)).toBeLessThanOrEqual(0.5)
      })
      if (edges.length > 1) {
        const last = options.size / edges.at(-2)!
        // Edges are whole pixels.
        const rounding = 0.5 / edges.at(-2)! + 1e-9
        expect(last).toBeGreaterThanOrEqual(Math.sqrt(options.scaleRatio) * (1 - rounding))
        expect(last).toBeLessThanOrEqual(options.scaleRatio ** 1.5 * (1 + rounding))
      }
    }),
    { seed: 2 },
  )
})

test('the same scales lead to a small picture and to a large one', () => {
  const options = { minScale: 128, scaleRatio: 2, iterations: [60, 110, 40] }
  expect(pyramid({ ...options, size: 512 })).toEqual([
    { longEdge: 128, iterations: 60 },
    { longEdge: 256, iterations: 110 },
    { longEdge: 512, iterations: 40 },
  ])
  expect(pyramid({ ...options, size: 1500 }).map(({ longEdge }) => longEdge)).toEqual([
    128, 256, 512, 1024, 1500,
  ])
  // 1024 is too near to be worth a scale of its own.
  expect(pyramid({ ...options, size: 1400 }).map(({ longEdge }) => longEdge)).toEqual([
    128, 256, 512, 1400,
  ])
})

test('a smallest scale at or above the size leaves a single scale', () => {
  const single = { size: 256, scaleRatio: 2, iterations: [7, 8] }
  expect(pyramid({ ...single, minScale: 256 })).toEqual([{ longEdge: 256, iterations: 7 }])
  expect(pyramid({ ...single, minScale: 9999 })).toEqual([{ longEdge: 256, iterations: 7 }])
})

test('the scales of a picture: its own size for 0, and a short side that survives the poolings', () => {
  const options = { size: 0, minScale: 16, scaleRatio: 2, iterations: [1] }
  const wide = scalesFor({ width: 1600, height: 200 }, options)
  expect(wide.map(({ longEdge }) => longEdge)).toEqual([128, 256, 512, 1024, 1600])
  expect((wide[0]!.longEdge * 200) / 1600).toBeGreaterThanOrEqual(MIN_SIDE)
  expect(scalesFor({ width: 30, height: 1000 }, { ...options, size: 64 })).toHaveLength(1)
})

test('with opposite edges joined sides are multiples of 16, as near as can be', () => {
  const edges = fc.integer({ min: 16, max: 4096 })
  fc.assert(
    fc.property(edges, edges, edges, (width, height, longEdge) => {
      const wanted = fitLongEdge({ width, height }, longEdge)
      expect(paintedSize({ width, height }, longEdge, { padding: 'replicate' })).toEqual(wanted)
      const wrapped = paintedSize({ width, height }, longEdge, { padding: 'wrap' })
      for (const side of ['width', 'height'] as const) {
        expect(wrapped[side] % 16).toBe(0)
        expect(Math.abs(wrapped[side] - Math.max(16, wanted[side]))).toBeLessThanOrEqual(8)
      }
    }),
    { seed: 5 },
  )
})

test('a run goes on from a picture at the first scale that is not coarser, or at the last', () => {
  const scales = pyramid({ size: 1024, minScale: 128, scaleRatio: 2, iterations: [1] })
  const skipped = (width: number, height: number) => scalesToSkip(scales, { width, height })
  expect(scales.map(({ longEdge }) => longEdge)).toEqual([128, 256, 512, 1024])
  expect(skipped(256, 100)).toBe(1)
  expect(skipped(100, 257)).toBe(1)
  // Within a tenth it is the same scale.
  expect(skipped(284, 284)).toBe(1)
  expect(skipped(285, 285)).toBe(2)
  expect(skipped(50, 20)).toBe(0)
  expect(skipped(1024, 700)).toBe(3)
  expect(skipped(4000, 3000)).toBe(3)
})
