import { readFileSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { openContent } from '../../../src/cli/files/index.ts'
import { describeProfile, readProfile } from '../../../src/color/icc.ts'
import type { PlanarImage } from '../../../src/engine/picture/image.ts'
import { caseFile, storedSamples, temporaryFolder } from './support.ts'

const inFolder = temporaryFolder()
const layerName = ''

/** Red, green and blue of a pixel, 0 to 255. */
const at = ({ width, height, data }: PlanarImage, x: number, y: number): number[] =>
  [0, 1, 2].map((c) => data[c * width * height + y * width + x]! * 255)

const near = (values: readonly number[], digits = 0) =>
  values.map((value) => expect.closeTo(value, digits))

describe('colors that a file describes without a profile', () => {
  // By Little CMS through Pillow, from the profiles that the results carry; Lindbloom's matrices
  // give the same to 0.1.
  test.each([
    ['adobergb-dcf.jpg', 'Adobe RGB (1998)', [253.2, 57.4, 32.7], [254.9, 12.1, 34.8]],
    ['cicp-p3.png', 'Display P3', [176.4, 173.9, 166.3], [89.1, 202.5, 85]],
    ['gamma-linear.png', 'PNG, gamma 1.00', [176.2, 174, 167.4], [120.1, 199.8, 99.3]],
  ])('%s is read as %s and written back so', async (name, profile, right, left) => {
    const content = await openContent(caseFile(name))
    expect(at(content.image, 150, 10)).toEqual(near(right, 0.3))
    expect(at(content.image, 0, 0)).toEqual(near(left, 0.3))
    for (const ending of ['png', 'jpg', 'tif', 'webp', 'psd']) {
      const out = inFolder(`${name}.${ending}`)
      await content.save(content.image, out, { layerName })
      const again = await openContent(out, ending === 'psd' ? { layer: 'Background' } : {})
      if (ending !== 'jpg') expect(at(again.image, 150, 10)).toEqual(near(right, 0.3))
      if (ending === 'psd') continue
      const { icc } = await sharp(out).metadata()
      expect(describeProfile(icc!)?.description).toBe(profile)
    }
    if (name.endsWith('.png')) {
      expect(await storedSamples(inFolder(`${name}.png`))).toEqual(
        await storedSamples(caseFile(name)),
      )
    }
  })

  test('a profile in the file goes before EXIF that names Adobe RGB', async () => {
    const path = inFolder('tagged.jpg')
    await sharp(caseFile('adobergb-dcf.jpg')).keepExif().withIccProfile('p3').jpeg().toFile(path)
    const content = await openContent(path)
    await content.save(content.image, inFolder('tagged.png'), { layerName })
    const { icc } = await sharp(inFolder('tagged.png')).metadata()
    expect(readProfile('', icc)!.description).not.toContain('Adobe')
  })
})

describe('chunks of a PNG', () => {
  async function png(name: string, ...chunks: readonly (readonly [string, readonly number[]])[]) {
    const gray = { create: { width: 1, height: 1, channels: 3, background: '#808080' } } as const
    const bytes = await sharp(gray).png().toBuffer()
    const made = chunks.map(([type, data]) => {
      const body = Buffer.concat([Buffer.from(type), Uint8Array.from(data)])
      const ends = Buffer.alloc(8)
      ends.writeUInt32BE(data.length)
      ends.writeUInt32BE(crc32(body), 4)
      return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
    })
    const path = inFolder(`${name}.png`)
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 33), ...made, bytes.subarray(33)]))
    return path
  }

  const hundredThousandths = (...values: readonly number[]): number[] =>
    values.flatMap((value) => [
      value >>> 24,
      (value >>> 16) & 255,
      (value >>> 8) & 255,
      value & 255,
    ])
  const SRGB = hundredThousandths(31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000)

  test.each([
    ['PQ', [9, 16, 0, 1]],
    ['HLG', [9, 18, 0, 1]],
  ])('an HDR picture is refused by its transfer curve, %s', async (curve, codes) => {
    await expect(openContent(await png(curve, ['cICP', codes]))).rejects.toThrow(
      new RegExp(
        `is a picture of high dynamic range \\(${curve}\\), expected one of standard dynamic range`,
      ),
    )
  })

  test('codes that mean nothing here are told, and unspecified ones passed over', async () => {
    await expect(openContent(await png('narrow', ['cICP', [1, 13, 0, 0]]))).rejects.toThrow(
      /code points 1, 13, 0, 0 of ITU-T H\.273/,
    )
    const { image } = await openContent(await png('open', ['cICP', [2, 2, 0, 1]]))
    expect(at(image, 0, 0)).toEqual(near([128, 128, 128], 3))
  })

  test('gAMA and cHRM of sRGB are sRGB', async () => {
    const path = await png('srgb', ['gAMA', hundredThousandths(45_455)], ['cHRM', SRGB])
    const content = await openContent(path)
    expect(at(content.image, 0, 0)).toEqual(near([128, 128, 128], 3))
    await content.save(content.image, inFolder('srgb-out.png'), { layerName })
    expect((await sharp(inFolder('srgb-out.png')).metadata()).icc).toBeUndefined()
  })

  test('sRGB goes before gAMA, and cICP before both', async () => {
    const gamma = ['gAMA', hundredThousandths(100_000)] as const
    const named = await openContent(await png('named', ['sRGB', [0]], gamma))
    expect(at(named.image, 0, 0)).toEqual(near([128, 128, 128], 3))
    const coded = await openContent(await png('coded', ['cICP', [1, 8, 0, 1]], ['sRGB', [0]]))
    // 255 times 1.055·(128/255)^(1/2.4) − 0.055.
    expect(at(coded.image, 0, 0)).toEqual(near([187.84, 187.84, 187.84], 0.5))
  })

  test('a gamma of its own is applied to grays, too', async () => {
    const { image } = await openContent(await png('gamma', ['gAMA', hundredThousandths(55_556)]))
    // (128/255)^1.8 is 0.2892 of the light, which sRGB encodes as 0.5744.
    expect(at(image, 0, 0)).toEqual(near([146.5, 146.5, 146.5], 0.5))
  })

  test('numbers beyond reason are passed over', async () => {
    const path = await png('zero', ['gAMA', hundredThousandths(0)], ['cHRM', SRGB.map(() => 0)])
    expect(at((await openContent(path)).image, 0, 0)).toEqual(near([128, 128, 128], 3))
  })
})

test('the profile of an HDR picture in a JPEG is told as such', async () => {
  const path = inFolder('hdr.jpg')
  const icc = inFolder('hdr.icc')
  const jpeg = sharp(readFileSync(caseFile('print300.jpg')))
  await jpeg.clone().withIccProfile('p3').jpeg().toFile(path)
  const profile = Buffer.from((await sharp(path).metadata()).icc!)
  // Its copyright becomes a tag of code points: BT.2020 and PQ.
  const count = profile.readUInt32BE(128)
  const entries = Array.from({ length: count }, (_, i) => 132 + 12 * i)
  const entry = entries.find((from) => profile.toString('latin1', from, from + 4) === 'cprt')!
  profile.write('cicp', entry, 'latin1')
  const from = profile.readUInt32BE(entry + 4)
  profile.write('cicp\0\0\0\0\x09\x10\0\x01', from, 'latin1')
  writeFileSync(icc, profile)
  await jpeg.withIccProfile(icc).jpeg().toFile(path)
  await expect(openContent(path)).rejects.toThrow(/is a picture of high dynamic range \(PQ\)/)
})
