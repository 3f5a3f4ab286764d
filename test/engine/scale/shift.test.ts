import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Beyond, noiseImage, type PlanarImage } from '../../../src/engine/picture/image.ts'
import { type Planes, shifted, unshifted } from '../../../src/engine/scale/shift.ts'

/** Channels of 10, 20 and 30 and more. */
const image: PlanarImage = {
  width: 3,
  height: 2,
  data: Float32Array.of(11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26, 31, 32, 33, 34, 35, 36),
}
const extent = fc.integer({ min: 1, max: 9 })

describe('the picture moved by a pixel', () => {
  test('has its edge repeated, or its opposite edge', () => {
    expect([...shifted(image, 'edge').data.slice(6, 12)]).toEqual([25, 26, 26, 25, 26, 26])
    expect([...shifted(image, 'opposite').data.slice(6, 12)]).toEqual([25, 26, 24, 22, 23, 21])
  })

  test('moves back to where it was', () => {
    fc.assert(
      fc.property(extent, extent, (width, height) => {
        const picture = noiseImage(width, height, 1)
        const back = (beyond: Beyond) => unshifted(shifted(picture, beyond), beyond)
        expect(back('opposite')).toEqual(picture)
        const inside = ({ data }: Planes) =>
          data.filter((_, i) => i % width > 0 && Math.floor(i / width) % height > 0)
        expect(inside(back('edge'))).toEqual(inside(picture))
      }),
    )
  })

  test('repeats at its first row and column those beside them, or takes the opposite edge back', () => {
    const rows = (beyond: Beyond) => [...unshifted(image, beyond).data.slice(0, 6)]
    expect(rows('edge')).toEqual([11, 11, 12, 11, 11, 12])
    expect(rows('opposite')).toEqual([16, 14, 15, 13, 11, 12])
  })

  test('is of as many planes as it was', () => {
    const mask = { width: 3, height: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) }
    expect([...shifted(mask, 'edge').data]).toEqual([5, 6, 6, 5, 6, 6])
  })
})
