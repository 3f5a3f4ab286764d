import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pyramid } from '../../src/engine/pyramid.ts'

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

test('neighbours differ by the ratio, and another scale would be too small', () => {
  fc.assert(
    fc.property(given, (options) => {
      const edges = pyramid(options).map(({ longEdge }) => longEdge)
      edges.forEach((edge, i) => {
        const exact = options.size / options.scaleRatio ** (edges.length - 1 - i)
        expect(Math.abs(edge - exact)).toBeLessThanOrEqual(0.5 + 1e-6)
      })
      const next = options.size / options.scaleRatio ** edges.length
      expect(Math.round(next)).toBeLessThanOrEqual(options.minScale)
    }),
    { seed: 2 },
  )
})

test('the defaults at 512 px', () => {
  const scales = pyramid({
    size: 512,
    minScale: 128,
    scaleRatio: Math.SQRT2,
    iterations: [60, 40, 30],
  })
  expect(scales).toEqual([
    { longEdge: 128, iterations: 60 },
    { longEdge: 181, iterations: 40 },
    { longEdge: 256, iterations: 30 },
    { longEdge: 362, iterations: 30 },
    { longEdge: 512, iterations: 30 },
  ])
})

test('a smallest scale at or above the size leaves a single scale', () => {
  const single = { size: 256, scaleRatio: 2, iterations: [7, 8] }
  expect(pyramid({ ...single, minScale: 256 })).toEqual([{ longEdge: 256, iterations: 7 }])
  expect(pyramid({ ...single, minScale: 9999 })).toEqual([{ longEdge: 256, iterations: 7 }])
})
