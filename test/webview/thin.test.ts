import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noiseImage, type PlanarImage } from '../../src/engine/picture/image.ts'
import { fitLongEdge } from '../../src/engine/picture/pyramid.ts'
import { cut, extendMask, extendThin } from '../../src/webview/thin.ts'

const withAlpha = (image: PlanarImage): PlanarImage => ({
  ...image,
  alpha: image.data.slice(0, image.width * image.height),
})

test('an image that is large enough is left alone', () => {
  const image = noiseImage(40, 20, 1)
  expect(extendThin(image, 64).image).toBe(image)
})

test('what was extended is cut back to what it was', () => {
  const edge = fc.integer({ min: 1, max: 90 })
  fc.assert(
    fc.property(edge, edge, fc.integer({ min: 16, max: 100 }), (width, height, size) => {
      const image = withAlpha(noiseImage(width, height, 1))
      const extended = extendThin(image, size)
      expect(cut(extended.image, extended.region)).toEqual(image)
    }),
  )
})

test('a mask is extended as its image is, also when it has another size', () => {
  const { image, region } = extendThin(noiseImage(4, 2, 1), 16)
  const left = { width: 2, height: 1, data: Float32Array.of(1, 0) }
  const full = { width: 4, height: 2, data: Float32Array.of(1, 1, 0, 0, 1, 1, 0, 0) }
  const extended = extendMask(full, region, image)
  expect(extended).toMatchObject({ width: image.width, height: image.height })
  const row = [...extended.data.slice(0, image.width)]
  expect(row).toEqual([...new Array(8).fill(1), ...new Array(8).fill(0)])
  expect(extended.data.slice(-image.width)).toEqual(Float32Array.from(row))
  // Stretched over the image first: from its two pixels to four.
  expect(extendMask(left, region, image).data[0]).toBe(1)
  expect(extendMask(left, region, image).data.at(-1)).toBe(0)
})

test.each([
  [1, 1, 16],
  [1, 300, 512],
  [5000, 3, 512],
  [5000, 40, 5000],
  [1000, 999, 16],
])('%i×%i px at size %i becomes paintable', (width, height, size) => {
  const { image } = extendThin(noiseImage(width, height, 1), size)
  const painted = fitLongEdge(image, size)
  expect(Math.min(image.width, image.height)).toBeGreaterThanOrEqual(16)
  expect(Math.min(painted.width, painted.height)).toBeGreaterThanOrEqual(16)
  const aspect = Math.max(image.width, image.height) / Math.min(image.width, image.height)
  expect(aspect).toBeLessThanOrEqual(64)
  // No further than needed.
  expect(Math.max(image.width, image.height)).toBe(Math.max(16, width, height))
})

test('both sides are extended by their own edge', () => {
  const image = { width: 2, height: 1, data: Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6) }
  const { image: extended, region } = extendThin(image, 16)
  expect(region).toEqual({ left: 7, top: 7, width: 2, height: 1 })
  const firstRow = [...extended.data.slice(0, 16)]
  expect(firstRow).toEqual([
    ...new Array(8).fill(image.data[0]),
    ...new Array(8).fill(image.data[1]),
  ])
  expect(extended.data.slice(15 * 16, 256)).toEqual(extended.data.slice(0, 16))
})
