import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { openContent, readStyle, writeRaster } from '../../../src/cli/files/index.ts'
import { ImageError } from '../../../src/engine/errors.ts'
import {
  adobeRgb,
  inverted,
  patternSamples,
  run,
  runs,
  storedSamples,
  temporaryFolder,
} from './support.ts'

const inFolder = temporaryFolder()
const layerName = 'Result'

async function makePng(name: string, bits: 8 | 16, channels: 3 | 4): Promise<string> {
  const path = inFolder(name)
  const samples = patternSamples(24 * 17 * channels, bits)
  await sharp(samples, { raw: { width: 24, height: 17, channels } })
    .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
    .png()
    .toFile(path)
  return path
}

describe('pictures', () => {
  test.each([
    [8, 3],
    [8, 4],
    [16, 3],
    [16, 4],
  ] as const)(
    'a PNG of %i bits and %i channels is written as it was read',
    async (bits, channels) => {
      const path = await makePng(`same-${bits}-${channels}.png`, bits, channels)
      const content = await openContent(path)
      expect(content).toMatchObject({ kind: 'raster', bitsPerChannel: bits })
      expect(content.image).toMatchObject({ width: 24, height: 17 })
      for (const extension of ['png', 'tif']) {
        const out = inFolder(`same-out-${bits}-${channels}.${extension}`)
        await content.save(content.image, out, { layerName })
        expect(await storedSamples(out)).toEqual(await storedSamples(path))
      }
    },
  )

  test('transparency is kept exactly where the result brings none', async () => {
    const path = await makePng('alpha.png', 16, 4)
    const content = await openContent(path)
    const { width, height, data } = inverted(content.image)
    const out = inFolder('alpha-out.png')
    await content.save({ width, height, data }, out, { layerName })
    const before = await storedSamples(path)
    const after = await storedSamples(out)
    const expected = before.samples.map((value, i) => (i % 4 === 3 ? value : 65_535 - value))
    expect(after.samples).toEqual(expected)
  })

  test('a result of another size carries its own transparency', async () => {
    const content = await openContent(await makePng('resized.png', 8, 4))
    const small = {
      width: 2,
      height: 1,
      data: new Float32Array(6),
      alpha: new Float32Array([1, 0.2]),
    }
    const out = inFolder('resized-out.png')
    await content.save(small, out, { layerName })
    expect(Array.from((await storedSamples(out)).samples)).toEqual([0, 0, 0, 255, 0, 0, 0, 51])
  })

  test('WebP is lossless, JPEG is laid on white and close', async () => {
    const flat = { width: 16, height: 16, data: new Float32Array(768).fill(0.4) }
    const alpha = new Float32Array(256)
    await writeRaster({ ...flat, alpha }, inFolder('clear.jpg'))
    const clear = await sharp(inFolder('clear.jpg')).raw().toBuffer()
    expect(Math.min(...clear)).toBeGreaterThan(253)

    const path = await makePng('lossless.png', 8, 3)
    const content = await openContent(path)
    await content.save(content.image, inFolder('lossless.webp'), { layerName })
    expect(await storedSamples(inFolder('lossless.webp'))).toEqual(await storedSamples(path))
  })

  test('the orientation in EXIF is applied', async () => {
    const path = inFolder('turned.jpg')
    await sharp(patternSamples(3 * 40 * 20, 8), { raw: { width: 40, height: 20, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(path)
    const { image } = await openContent(path)
    expect([image.width, image.height]).toEqual([20, 40])
  })

  test.each(['gray.png', 'gray16.png', 'palette.png'])('%s is read as RGB', async (name) => {
    const path = inFolder(name)
    const picture = sharp({ create: { width: 5, height: 4, channels: 3, background: '#808080' } })
    if (name === 'gray16.png') picture.toColourspace('grey16')
    if (name === 'gray.png') picture.toColourspace('b-w')
    await picture.png({ palette: name === 'palette.png' }).toFile(path)
    const { image } = await openContent(path)
    expect(image.data).toHaveLength(60)
    for (const value of image.data) expect(value).toBeCloseTo(128 / 255, 2)
  })

  test.each([8, 16] as const)('an Adobe RGB picture of %i bits keeps its profile', async (bits) => {
    const plain = await makePng('plain-8.png', 8, 3)
    const path = inFolder(`adobe-${bits}.png`)
    const icc = inFolder('adobe.icc')
    writeFileSync(icc, adobeRgb)
    const converted = await sharp(plain).withIccProfile(icc).png().toBuffer()
    await sharp(converted, { ignoreIcc: true })
      .keepIccProfile()
      .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
      .png()
      .toFile(path)
    const content = await openContent(path)

    // The pixels were sRGB before they were converted, which is what the engine gets again.
    const srgb = await openContent(plain)
    const error = content.image.data.map((value, i) => Math.abs(value - srgb.image.data[i]!))
    const mean = error.reduce((sum, value) => sum + value, 0) / error.length
    // Rounding to 8 bits costs half a level and more where the curves are steep.
    expect(mean).toBeLessThan(0.004)

    for (const extension of ['png', 'tif', 'jpg', 'webp']) {
      const out = inFolder(`adobe-${bits}-out.${extension}`)
      await content.save(content.image, out, { layerName })
      expect((await sharp(out).metadata()).icc).toEqual(adobeRgb)
    }
    const before = (await storedSamples(path)).samples
    const after = (await storedSamples(inFolder(`adobe-${bits}-out.png`))).samples
    const worst = Math.max(...Array.from(before, (value, i) => Math.abs(value - after[i]!)))
    // Float32 between two power curves, and rounding above put some colors just outside sRGB.
    expect(worst).toBeLessThanOrEqual(bits === 16 ? 4 : 0)
  })

  test('CMYK is converted by its profile and refused without one', async () => {
    const bare = inFolder('cmyk.jpg')
    const red = sharp({ create: { width: 9, height: 9, channels: 3, background: '#d01020' } })
    await red.clone().toColourspace('cmyk').jpeg().toFile(bare)
    await expect(openContent(bare)).rejects.toThrow(/cmyk\.jpg: is CMYK without a color profile/)

    const tagged = inFolder('cmyk-tagged.jpg')
    await red.clone().withIccProfile('cmyk').jpeg({ quality: 100 }).toFile(tagged)
    const { image } = await openContent(tagged)
    expect(image.data[0]).toBeGreaterThan(0.7)
    expect(image.data[81]).toBeLessThan(0.25)
  })
})

describe('pictures that cannot be read', () => {
  test('the content is judged, not the name', async () => {
    const path = inFolder('photo.jpg')
    writeFileSync(path, 'Dear diary, today')
    await expect(openContent(path)).rejects.toThrow(
      /photo\.jpg: is not a picture that can be read: it starts with "Dear diary, "; JPEG, PNG/,
    )
    const binary = inFolder('binary.png')
    writeFileSync(binary, Buffer.from([0, 1, 2, 255]))
    await expect(openContent(binary)).rejects.toThrow(/it starts with the bytes 00 01 02 ff;/)
    const empty = inFolder('empty.png')
    writeFileSync(empty, '')
    await expect(openContent(empty)).rejects.toThrow(/is an empty file/)

    const png = await makePng('real.png', 8, 3)
    copyFileSync(png, inFolder('named.jpg'))
    expect((await openContent(inFolder('named.jpg'))).image.width).toBe(24)
  })

  test.each(['jpg', 'png', 'tif', 'webp'])('a truncated .%s is refused', async (extension) => {
    const path = inFolder(`whole.${extension}`)
    await writeRaster((await openContent(await makePng('whole.png', 8, 3))).image, path)
    const bytes = readFileSync(path)
    const cut = inFolder(`cut.${extension}`)
    writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length * 0.7)))
    const failure = await openContent(cut).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ImageError)
    expect((failure as Error).message).toContain(`cut.${extension}: is damaged or cut short`)
  })

  test('missing files and folders are told apart', async () => {
    await expect(openContent(inFolder('none.png'))).rejects.toThrow(/there is no such file/)
    await expect(openContent(inFolder('.'))).rejects.toThrow(/it is a folder/)
  })

  test('a picture has no layers to choose from', async () => {
    const path = await makePng('layerless.png', 8, 3)
    await expect(openContent(path, { layer: 'Sky' })).rejects.toThrow(/has no layer "Sky"/)
  })

  test('floating-point pictures are refused with what helps', async () => {
    const path = inFolder('float.tif')
    await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .linear(1.0001, 0)
      .toColourspace('scrgb')
      .tiff({ compression: 'none' })
      .toFile(path)
    expect((await sharp(path).metadata()).depth).toBe('float')
    await expect(openContent(path)).rejects.toThrow(
      /floating-point samples, expected RGB or gray of 8 or 16 bits/,
    )
  })
})

test('a style is read in sRGB', async () => {
  const style = await readStyle(await makePng('style.png', 8, 3))
  expect([style.width, style.height, style.data.length]).toEqual([24, 17, 3 * 24 * 17])
})

test.skipIf(!runs('identify', ['-version']))(
  'ImageMagick finds 16 bits and a profile',
  async () => {
    const path = await makePng('peer.png', 16, 4)
    const content = await openContent(path)
    const out = inFolder('peer-out.tif')
    await content.save(content.image, out, { layerName })
    expect(run('identify', ['-format', '%wx%h %z %A', out])).toMatch(/^24x17 16 (True|Blend)/)
  },
)
