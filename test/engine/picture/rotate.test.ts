import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noiseImage, type PlanarImage } from '../../../src/engine/picture/image.ts'
import { rotate, rotatedSize, turnedStyle } from '../../../src/engine/picture/rotate.ts'

const image = noiseImage(5, 3, 1)
const alpha = noiseImage(5, 3, 2).data.slice(0, 15)

/** By a quarter, clockwise: the left column, from the bottom up, becomes the top row. */
function quarter({ width, height, data }: PlanarImage): Float32Array {
  return data.map((_, i) => {
    const [plane, position] = [i - (i % (width * height)), i % (width * height)]
    const [y, x] = [Math.floor(position / height), position % height]
    return data[plane + (height - 1 - x) * width + y]!
  })
}

test('quarter turns are exact, opaque, and four of them give the picture back', () => {
  const once = rotate(image, 90)
  expect([once.width, once.height, once.alpha]).toEqual([3, 5, undefined])
  expect(once.data).toEqual(quarter(image))
  expect(rotate(image, 180).data).toEqual(rotate(once, 90).data)
  expect(rotate(image, 270).data).toEqual(rotate(image, -90).data)
  expect(rotate(rotate(image, 270), 450)).toEqual(image)
  expect(rotate(image, 360)).toBe(image)
  expect(rotate({ ...image, alpha }, 90).alpha).toEqual(
    quarter({ width: 5, height: 3, data: alpha }),
  )
})

test('any other turn has corners of alpha 0 on a canvas that holds all of the picture', () => {
  const turned = rotate(noiseImage(30, 20, 3), 30)
  expect([turned.width, turned.height]).toEqual([36, 33])
  const at = (x: number, y: number): number => turned.alpha![y * turned.width + x]!
  expect([at(0, 0), at(35, 0), at(0, 32), at(35, 32)]).toEqual([0, 0, 0, 0])
  expect(at(18, 16)).toBeCloseTo(1, 6)
  // Each pixel of the picture counts once, up to how the edges are met.
  const covered = turned.alpha!.reduce((a, b) => a + b, 0)
  expect(Math.abs(covered - 600)).toBeLessThan(0.01 * 600)
})

test('turns clockwise: what was on the left is above after a turn by a little less than a quarter', () => {
  const data = Float32Array.from({ length: 3 * 21 * 21 }, (_, i) => (i % 21 < 5 ? 1 : 0))
  const turned = rotate({ width: 21, height: 21, data }, 80)
  const middle = Math.floor(turned.width / 2)
  expect(turned.data[3 * turned.width + middle]).toBeGreaterThan(0.9)
  expect(turned.data[(turned.height - 4) * turned.width + middle]).toBeLessThan(0.1)
})

test('keeps a flat picture flat wherever it lies, and values in range', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.double({ min: -720, max: 720, noNaN: true }),
      (width, height, degrees) => {
        const flat = { width, height, data: new Float32Array(3 * width * height).fill(0.25) }
        const turned = rotate(flat, degrees)
        const size = rotatedSize(flat, degrees)
        expect([turned.width, turned.height]).toEqual([size.width, size.height])
        for (const value of turned.data) expect(value).toBeCloseTo(0.25, 6)
        for (const value of turned.alpha ?? []) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1 + 1e-6)
        }
      },
    ),
    { seed: 1, numRuns: 60 },
  )
})

test('a turned style keeps the size of its strokes: its scale grows with its canvas', () => {
  const image = { width: 300, height: 200 }
  expect(turnedStyle({ image })).toEqual({ size: image, scale: 1 })
  expect(turnedStyle({ image, scale: 0.5, rotation: 90 })).toEqual({
    size: { width: 200, height: 300 },
    scale: 0.5,
  })
  const { size, scale } = turnedStyle({ image, scale: 0.5, rotation: 45 })
  expect(size.width).toBe(354)
  expect(scale).toBe((0.5 * 354) / 300)
})
