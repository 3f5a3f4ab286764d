import { writeFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { profileToSrgb, readProfile, srgbToProfile } from '../../src/color/icc.ts'
import { ImageError } from '../../src/engine/errors.ts'
import { adobeRgb, patternSamples, temporaryFolder } from '../cli/files/support.ts'

const inFolder = temporaryFolder()

async function builtIn(name: 'p3' | 'srgb'): Promise<Buffer> {
  const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
    .withIccProfile(name)
    .png()
    .toBuffer()
  return (await sharp(png).metadata()).icc!
}

describe('profiles', () => {
  test('sRGB is known as sRGB, other RGB profiles are not', async () => {
    expect(readProfile('a.png', await builtIn('srgb'))?.isSrgb).toBe(true)
    expect(readProfile('a.png', await builtIn('p3'))?.isSrgb).toBe(false)
    expect(readProfile('a.png', adobeRgb)).toMatchObject({
      isSrgb: false,
      description: 'Wide Gamma',
    })
  })

  test('what is no profile of RGB or gray counts as absent', () => {
    expect(readProfile('a.png', undefined)).toBeUndefined()
    expect(readProfile('a.png', Buffer.alloc(500))).toBeUndefined()
    const cmyk = Buffer.from(adobeRgb)
    cmyk.write('CMYK', 16, 'latin1')
    expect(readProfile('a.png', cmyk)).toBeUndefined()
  })

  test('a profile made of tables is refused by its name', () => {
    const tables = Buffer.from(adobeRgb)
    tables.write('A2B0', tables.indexOf('rXYZ'), 'latin1')
    expect(() => readProfile('a.png', tables)).toThrow(ImageError)
    expect(() => readProfile('a.png', tables)).toThrow(/"Wide Gamma" is made of tables.*sRGB/)
  })

  test('tags that point beyond the profile are not read', () => {
    const damaged = Buffer.from(adobeRgb)
    damaged.writeUInt32BE(0xfffffff0, damaged.indexOf('rTRC') + 4)
    expect(() => readProfile('a.png', damaged)).toThrow(/no readable rTRC curve/)
  })

  test("sRGB's primaries have their published values in Adobe RGB", () => {
    // Red, green, blue as planes: 219,0,0 · 144,255,60 · 0,0,250, of 255.
    const data = new Float32Array([1, 0, 0, 0, 1, 0, 0, 0, 1])
    srgbToProfile(data, readProfile('a.png', adobeRgb)!)
    const bytes = Array.from(data, (value) => Math.round(value * 255))
    expect(bytes).toEqual([219, 144, 0, 0, 255, 0, 0, 60, 250])
  })

  test('libvips converts Display P3 at 8 bits to the same values within one level', async () => {
    const icc = await builtIn('p3')
    const path = inFolder('p3.icc')
    writeFileSync(path, icc)
    const size = 4096
    const samples = patternSamples(3 * size, 8)
    const expected = await sharp(samples, { raw: { width: size, height: 1, channels: 3 } })
      .withIccProfile(path)
      .raw()
      .toBuffer()
    const planar = new Float32Array(3 * size)
    for (let i = 0; i < 3 * size; i++) {
      planar[(i % 3) * size + Math.floor(i / 3)] = samples[i]! / 255
    }
    srgbToProfile(planar, readProfile('a.png', icc)!)
    const differences = Array.from(expected, (value, i) =>
      Math.abs(value - planar[(i % 3) * size + Math.floor(i / 3)]! * 255),
    )
    expect(Math.max(...differences)).toBeLessThan(1.5)
  })

  test.each(['p3', 'adobe'] as const)('colors inside sRGB survive %s and back', async (name) => {
    const icc = name === 'p3' ? await builtIn('p3') : adobeRgb
    const profile = readProfile('a.png', icc)!
    const original = Float32Array.from(patternSamples(3000, 16), (value) => value / 65_535)
    const data = original.slice()
    srgbToProfile(data, profile)
    profileToSrgb(data, profile)
    const worst = original.reduce((max, value, i) => Math.max(max, Math.abs(value - data[i]!)), 0)
    // Float32 between two power curves; half a level of 16 bits is 7.6e-6.
    expect(worst).toBeLessThan(2e-5)
  })
})
