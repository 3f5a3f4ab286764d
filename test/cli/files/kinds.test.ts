import { readFileSync, writeFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { openContent } from '../../../src/cli/files/index.ts'
import { caseFile, patternSamples, run, runs, temporaryFolder } from './support.ts'
import { type TiffTraits, tiffOf } from './tiff.ts'

const inFolder = temporaryFolder()
const layerName = ''

async function refusal(name: string, bytes: string | Uint8Array): Promise<string> {
  const path = inFolder(name)
  writeFileSync(path, bytes)
  return openContent(path).then(
    () => 'it was read',
    (error: Error) => error.message,
  )
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

describe('files of other formats are named', () => {
  test.each([
    ['cat.gif', latin1('GIF89a\x01\0\x01\0'), 'a GIF picture'],
    ['cat.bmp', latin1('BM\x3a\0\0\0\0\0\0\0'), 'a BMP picture'],
    ['IMG_1.HEIC', latin1('\0\0\0\x18ftypheic\0\0\0\0mif1'), 'a HEIC picture'],
    ['a.heif', latin1('\0\0\0\x18ftypmif1\0\0\0\0'), 'a HEIF picture'],
    ['a.avif', latin1('\0\0\0\x18ftypavif\0\0\0\0'), 'an AVIF picture'],
    ['a.mov', latin1('\0\0\0\x14ftypqt  '), 'a film'],
    ['a.jp2', latin1('\0\0\0\x0cjP  \r\n\x87\n'), 'a JPEG 2000 picture'],
    ['a.jxl', latin1('\xff\x0a\0\0'), 'a JPEG XL picture'],
    ['a.svg', '<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns=""/>', 'an SVG drawing'],
    ['saved.jpg', '\n<!DOCTYPE html>\n<html lang="en">', 'a web page'],
    ['a.pdf', '%PDF-1.7', 'a PDF document'],
    ['a.cr3', latin1('\0\0\0\x18ftypcrx \0\0\0\0'), "a camera's raw file"],
  ])('%s', async (name, bytes, kind) => {
    expect(await refusal(name, bytes)).toBe(
      `${inFolder(name)}: is ${kind}, which cannot be read; ` +
        'JPEG, PNG, WebP, TIFF and PSD files are read: save it as one of these',
    )
  })
})

describe('kinds of JPEG and TIFF that cannot be read are named', () => {
  test.each([
    ['12 bits', 0xc1, 12, /: is a JPEG of 12 bits, which cannot be read; save it as a common JPEG/],
    ['lossless', 0xc3, 8, /: is a lossless JPEG, which cannot be read/],
    ['JPEG-LS', 0xf7, 8, /: is a JPEG-LS picture, which cannot be read/],
  ])('a JPEG: %s', async (name, marker, precision, message) => {
    const bytes = Buffer.from(readFileSync(caseFile('print300.jpg')))
    const frame = bytes.indexOf(Buffer.from([0xff, 0xc0, 0, 17, 8]))
    bytes[frame + 1] = marker
    bytes[frame + 4] = precision
    expect(await refusal(`${name}.jpg`, bytes)).toMatch(message)
  })

  test.each<[string, TiffTraits, RegExp]>([
    ['Lab', { photometric: 8, bits: 16 }, /CIE L\*a\*b\*/],
    ['LZMA', { compression: 34_925 }, /\(compressed by LZMA\), or damaged/],
    ['old JPEG', { compression: 6 }, /compressed by old-style JPEG/],
    ['many channels', { extra: [0, 0, 2] }, /\(6 channels\).*without further channels/],
    ['raw', { photometric: 32_803 }, /the raw data of a camera/],
    [
      'planar-tiled',
      {
        planar: true,
        fields: [
          [322, 16],
          [323, 16],
          [324, 8],
          [325, 256],
        ],
      },
      /: is a TIFF that cannot be read \(in planes and tiles\).*; save it as RGB of 8 or 16 bits/,
    ],
  ])('a TIFF: %s', async (name, traits, message) => {
    const channels = 3 + (traits.extra?.length ?? 0)
    const pixel = Array.from({ length: channels * ((traits.bits ?? 8) / 8) }, (_, i) => i)
    expect(await refusal(`${name}.tif`, tiffOf(pixel, { ...traits, channels }))).toMatch(message)
  })

  test("a camera's raw file is not painted from its preview", async () => {
    const fields = [[50_706, 0x0401]] as const
    expect(await refusal('raw.dng', tiffOf([1, 2, 3], { fields }))).toMatch(
      /raw\.dng: is a camera's raw file, expected a developed picture/,
    )
    const preview = {
      fields: [
        [254, 1],
        [330, 8],
      ] as const,
    }
    expect(await refusal('raw.nef', tiffOf([1, 2, 3], preview))).toMatch(/is a camera's raw file/)
  })

  test('a message of the library is cut', async () => {
    // The library says of each strip anew that it does not know the compression.
    const fields = Array.from({ length: 100 }, () => [0, 1] as const)
    const bytes = tiffOf([1, 2, 3], { fields, compression: 34_925 })
    const message = await refusal('long.tif', bytes)
    expect(message.replace(inFolder('long.tif'), '').length).toBeLessThan(400)
    expect(message).not.toContain('\n')
  })
})

/** A PNG with these chunks behind its header. */
function pngWith(png: Buffer, ...chunks: readonly (readonly [type: string, data: Uint8Array])[]) {
  const made = chunks.map(([type, data]) => {
    const body = Buffer.concat([latin1(type), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  })
  return Buffer.concat([png.subarray(0, 33), ...made, png.subarray(33)])
}

describe('chunks of a PNG', () => {
  test('a transparent color that no pixel has leaves the picture opaque', async () => {
    const { image } = await openContent(caseFile('badtrns.png'))
    expect(image.alpha?.every((value) => value === 1) ?? true).toBe(true)
  })

  test('a damaged one is left out and named, as other programs read the picture', async () => {
    const path = inFolder('trns.png')
    const bytes = pngWith(readFileSync(caseFile('print300.png')), ['tRNS', Buffer.alloc(3)])
    writeFileSync(path, bytes)
    const whole = await openContent(caseFile('print300.png'))
    const content = await openContent(path)
    expect(content.image).toEqual(whole.image)
    expect(await content.save(content.image, inFolder('out.png'), { layerName })).toEqual([
      "the PNG's tRNS is damaged, and the picture is read without it",
    ])
  })
})

describe('an orientation that only', () => {
  const size = { width: 4, height: 2, channels: 3 } as const
  const stored = () => sharp(patternSamples(24, 8), { raw: size })
  const XMP =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"><tiff:Orientation>6</tiff:Orientation>' +
    '</rdf:Description></rdf:RDF></x:xmpmeta>'

  test.each(['png', 'jpg', 'webp'])('XMP holds is applied: .%s', async (ending) => {
    const path = inFolder(`xmp.${ending}`)
    const picture = stored().withXmp(XMP)
    await (ending === 'webp' ? picture.webp({ lossless: true }) : picture).toFile(path)
    const { image } = await openContent(path)
    const upright = await sharp(path, { ignoreIcc: true })
      .rotate(90)
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect([image.width, image.height]).toEqual([upright.info.width, upright.info.height])
    const plane = (c: number) => Array.from({ length: 8 }, (_, i) => upright.data[3 * i + c]! / 255)
    expect(Array.from(image.data)).toEqual(
      [0, 1, 2].flatMap(plane).map((value) => expect.closeTo(value, 5)),
    )
  })

  test('a raw profile in a text of a PNG holds is applied', async () => {
    const exif = Buffer.from('4d4d002a00000008000101120003000000010006000000000000', 'hex')
    const blob = Buffer.concat([latin1('Exif\0\0'), exif])
    const text = `\nexif\n    ${blob.length}\n${blob.toString('hex')}\n`
    const data = Buffer.concat([latin1('Raw profile type exif\0\0'), deflateSync(latin1(text))])
    const path = inFolder('profile.png')
    writeFileSync(path, pngWith(await stored().png().toBuffer(), ['zTXt', data]))
    const { image } = await openContent(path)
    expect([image.width, image.height]).toEqual([2, 4])
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'EXIF holds is applied as by the library: %i',
    async (turn) => {
      const path = inFolder(`turn-${turn}.png`)
      await stored().withMetadata({ orientation: turn }).png().toFile(path)
      const { image } = await openContent(path)
      const { data, info } = await sharp(path)
        .autoOrient()
        .raw()
        .toBuffer({ resolveWithObject: true })
      expect([image.width, image.height]).toEqual([info.width, info.height])
      const red = Array.from({ length: 8 }, (_, i) => expect.closeTo(data[3 * i]! / 255, 5))
      expect(Array.from(image.data.subarray(0, 8))).toEqual(red)
    },
  )

  test.skipIf(!runs('exiftool', ['-ver']))('exiftool has put into a PNG is applied', async () => {
    const path = inFolder('exiftool.png')
    await stored().png().toFile(path)
    run('exiftool', ['-q', '-overwrite_original', '-XMP-tiff:Orientation#=8', path])
    const { image } = await openContent(path)
    expect([image.width, image.height]).toEqual([2, 4])
  })
})
