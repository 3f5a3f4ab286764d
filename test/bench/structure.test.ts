import { describe, expect, test } from 'vitest'
import { correlation, structure } from '../../bench/structure.ts'
import { type PlanarImage, resize } from '../../src/engine/picture/image.ts'

const gray = (
  width: number,
  height: number,
  value: (x: number, y: number) => number,
): PlanarImage => {
  const plane = Float32Array.from({ length: width * height }, (_, i) =>
    value(i % width, Math.floor(i / width)),
  )
  const data = new Float32Array(3 * plane.length)
  for (let channel = 0; channel < 3; channel++) data.set(plane, channel * plane.length)
  return { width, height, data }
}
const house = gray(96, 64, (x, y) => (x > 30 && x < 60 && y > 20 ? 0.9 : 0.2))

describe('structure', () => {
  test('is all there in the photograph itself, in its negative and in another size', () => {
    expect(structure(house, house)).toBeCloseTo(1)
    expect(structure({ ...house, data: house.data.map((value) => 1 - value) }, house)).toBeCloseTo(
      1,
    )
    expect(structure(resize(house, 192, 128), house)).toBeGreaterThan(0.9)
  })

  test('is lost where the edges are elsewhere', () => {
    const other = gray(96, 64, (x, y) => (x > 70 && y < 15 ? 0.9 : 0.2))
    expect(structure(other, house)).toBeLessThan(0.1)
  })
})

test('correlation is that of Pearson', () => {
  expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1)
  expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1)
  expect(correlation([1, 2, 3, 4], [1, -1, -1, 1])).toBeCloseTo(0)
  expect(correlation([1, 2, 4, 1], [3, 1, 5, 2])).toBeCloseTo(0.6901, 4)
})
