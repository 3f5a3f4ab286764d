import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readProfile } from '../../src/color/icc.ts'
import { conversionOf, RGB_SPACES, SRGB_NAME } from '../../src/color/rgb-spaces.ts'

/** D50, the white of profiles. */
const WHITE = [0.9642, 1, 0.8252]

describe.each(Object.entries(RGB_SPACES))('%s', (name, { toXyz, curve }) => {
  test('has its white at D50', () => {
    const white = [0, 3, 6].map((row) => toXyz[row]! + toXyz[row + 1]! + toXyz[row + 2]!)
    for (const [i, value] of white.entries()) expect(value).toBeCloseTo(WHITE[i]!, 3)
  })

  test('has a curve from 0 to 1 that is undone by its inverse', () => {
    expect([curve.decode(0), curve.decode(1)]).toEqual([0, 1])
    for (const value of [0.01, 0.2, 0.5, 0.9]) {
      expect(curve.encode(curve.decode(value))).toBeCloseTo(value, 9)
    }
  })

  test('leaves gray neutral, as it comes to sRGB and back', () => {
    const conversion = conversionOf(name)
    if (name === SRGB_NAME) return expect(conversion).toBeUndefined()
    for (const matrix of [conversion!.toSrgb, conversion!.fromSrgb]) {
      for (const row of [0, 3, 6]) {
        expect(matrix[row]! + matrix[row + 1]! + matrix[row + 2]!).toBeCloseTo(1, 3)
      }
    }
  })
})

test('Display P3 is what an ICC profile of it says', async () => {
  const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
    .withIccProfile('p3')
    .png()
    .toBuffer()
  const profile = readProfile('p3.png', (await sharp(png).metadata()).icc)!
  const { toSrgb, curves } = conversionOf('Display P3')!
  for (const [i, value] of toSrgb.entries())
    expect(Math.abs(value - profile.toSrgb[i]!)).toBeLessThan(0.002)
  for (const value of [0.02, 0.3, 0.8]) {
    expect(curves[0].decode(value)).toBeCloseTo(profile.curves[0].decode(value), 3)
  }
})

test.each(['', 'Monitor of mine', 'toString'])(
  'nothing is known of a profile named "%s"',
  (name) => {
    expect(conversionOf(name)).toBeUndefined()
  },
)
