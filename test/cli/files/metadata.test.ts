import { readFileSync, writeFileSync } from 'node:fs'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { openContent } from '../../../src/cli/files/index.ts'
import { readMetadata } from '../../../src/cli/files/metadata.ts'
import { type Field, readFields, textIn, writeExif } from '../../../src/cli/files/tiff-fields.ts'
import { parsePsd, resourceData } from '../../../src/psd/document.ts'
import { caseFile, patternSamples, run, runs, temporaryFolder } from './support.ts'

const inFolder = temporaryFolder()
const hasExiftool = runs('exiftool', ['-ver'])
const ENDINGS = ['png', 'tif', 'jpg', 'webp', 'psd'] as const
const options = { layerName: 'Painted', recipe: '{"a":1}' }

/** What exiftool finds in each file, by group and name; it takes a while to start. */
const said = (...paths: readonly string[]): Record<string, unknown>[] =>
  JSON.parse(run('exiftool', ['-j', '-G1', '-a', '-n', '-struct', ...paths]))

async function saved(source: string, ending: string, strip = false) {
  const content = await openContent(source)
  const out = inFolder(`${source.replace(/.*[\\/]/, '')}${strip ? '-strip' : ''}.${ending}`)
  const notes = await content.save(content.image, out, { ...options, strip })
  return { out, notes }
}

describe('the resolution', () => {
  test.each(['print300.png', 'print300.tif', 'print300.jpg'])('of %s is kept', async (name) => {
    for (const ending of ['png', 'tif', 'jpg'] as const) {
      const { out } = await saved(caseFile(name), ending)
      expect((await sharp(out).metadata()).density, ending).toBe(300)
    }
    const bytes = readFileSync((await saved(caseFile(name), 'psd')).out)
    const resolution = Buffer.from(resourceData(parsePsd('', bytes), 1005)!)
    expect([resolution.readUInt32BE(0), resolution.readUInt32BE(8)]).toEqual([300 << 16, 300 << 16])
  })

  test.skipIf(!hasExiftool)(
    'is found by exiftool, turns with the picture, and none is made up',
    async () => {
      const turned = inFolder('fax.tif')
      await sharp(caseFile('print300.png')).tiff({ xres: 8, yres: 4 }).toFile(turned)
      run('exiftool', ['-q', '-overwrite_original', '-Orientation#=6', turned])
      const files = [
        await saved(caseFile('print300.png'), 'jpg'),
        await saved(turned, 'png'),
        await saved(caseFile('cicp-p3.png'), 'png'),
        await saved(caseFile('cicp-p3.png'), 'tif'),
      ]
      const [jpeg, fax, png, tiff] = said(...files.map(({ out }) => out))
      expect(jpeg).toMatchObject({ 'JFIF:XResolution': 300, 'JFIF:ResolutionUnit': 1 })
      expect(fax).toMatchObject({
        'PNG-pHYs:PixelsPerUnitX': 4000,
        'PNG-pHYs:PixelsPerUnitY': 8000,
      })
      expect(png).not.toHaveProperty('PNG-pHYs:PixelsPerUnitX')
      // 1 is no unit.
      expect(tiff).toMatchObject({ 'IFD0:ResolutionUnit': 1 })
    },
  )
})

describe('what describes the photograph', () => {
  test.each(ENDINGS)('is written into a .%s', async (ending) => {
    const { out, notes } = await saved(caseFile('print300.jpg'), ending)
    expect(notes).toEqual([])
    const bytes = readFileSync(out)
    for (const text of ['Jane Doe', '(c) Jane Doe', 'MAKER'])
      expect(bytes.includes(text)).toBe(true)
    const again = await openContent(out, ending === 'psd' ? { layer: 'Painted' } : {})
    await again.save(again.image, inFolder(`again-${ending}.jpg`), options)
    const { exif } = await sharp(inFolder(`again-${ending}.jpg`)).metadata()
    const tree = readFields(exif!.subarray(6))!
    expect(textIn(tree.main.get(315))).toBe('Jane Doe')
    expect(tree.gps?.size).toBeGreaterThan(1)
  })

  test.each(ENDINGS)(
    'is left out of a .%s with --strip, but for the resolution',
    async (ending) => {
      const { out } = await saved(caseFile('print300.jpg'), ending, true)
      const bytes = readFileSync(out)
      for (const text of ['Jane Doe', 'MAKER']) expect(bytes.includes(text)).toBe(false)
      if (ending === 'jpg') expect((await sharp(out).metadata()).density).toBe(300)
    },
  )

  test('stays in a document, and that is said', async () => {
    const { out } = await saved(caseFile('print300.jpg'), 'psd')
    const content = await openContent(out)
    const notes = await content.save(content.image, inFolder('stripped.psd'), {
      ...options,
      strip: true,
    })
    expect(notes).toEqual([expect.stringMatching(/--strip is for pictures/)])
  })

  describe.skipIf(!hasExiftool)('as exiftool writes it', () => {
    /** Turned by a quarter, with a preview. */
    const tagged = inFolder('photo.jpg')

    beforeAll(async () => {
      const size = { width: 24, height: 16, channels: 3 } as const
      await sharp(patternSamples(24 * 16 * 3, 8), { raw: size })
        .jpeg()
        .toFile(tagged)
      const preview = inFolder('preview.jpg')
      await sharp(caseFile('print300.png')).resize(16).jpeg().toFile(preview)
      run('exiftool', [
        '-q',
        '-overwrite_original',
        '-EXIF:Artist=Jane Döe',
        '-EXIF:Orientation#=6',
        '-EXIF:ExifImageWidth=24',
        '-EXIF:FNumber=2.8',
        '-EXIF:ExposureTime=1/250',
        '-EXIF:UserComment=by hand',
        `-ThumbnailImage<=${preview}`,
        '-GPSLatitude=37.5',
        '-GPSLatitudeRef=N',
        '-IPTC:By-line=Jane',
        '-IPTC:City=Köln',
        '-IPTC:Keywords=sky',
        '-IPTC:Keywords=sea',
        '-XMP-dc:Creator=Jane',
        '-XMP-tiff:Orientation#=6',
        '-XMP-exif:ExifImageWidth=24',
        tagged,
      ])
    })

    const described = {
      'IFD0:Artist': 'Jane Döe',
      'IFD0:Orientation': 1,
      'ExifIFD:ExifImageWidth': 16,
      'ExifIFD:ExifImageHeight': 24,
      'ExifIFD:FNumber': 2.8,
      'ExifIFD:ExposureTime': 0.004,
      'ExifIFD:UserComment': 'by hand',
      'GPS:GPSLatitude': 37.5,
      'XMP-dc:Creator': ['Jane'],
      'XMP-tiff:Orientation': 1,
      'XMP-exif:ExifImageWidth': 16,
    }
    const records = { 'IPTC:By-line': 'Jane', 'IPTC:City': 'Köln', 'IPTC:Keywords': ['sky', 'sea'] }

    test('is found in every format and after the way through two, upright and of its size', async () => {
      const files: { out: string; notes: readonly string[] }[] = []
      for (const ending of ENDINGS) {
        const first = await saved(tagged, ending)
        files.push(first)
        if (ending === 'webp' || ending === 'psd') continue
        for (const other of ENDINGS) files.push(await saved(first.out, other))
      }
      expect(said(tagged)[0]).toHaveProperty('IFD1:ThumbnailLength')
      for (const [i, found] of said(...files.map(({ out }) => out)).entries()) {
        const { out, notes } = files[i]!
        expect(found, out).toMatchObject(described)
        expect(found, out).not.toHaveProperty('IFD1:ThumbnailLength')
        if (out.endsWith('.webp')) {
          expect(notes).toEqual([expect.stringMatching(/no place for IPTC/)])
        } else {
          expect(found, out).toMatchObject(records)
          expect(notes).toEqual([])
        }
      }
    })

    test('IPTC in a PNG by another program is kept', async () => {
      const path = inFolder('records.png')
      await sharp(caseFile('print300.png')).png().toFile(path)
      run('exiftool', ['-q', '-m', '-overwrite_original', '-IPTC:City=Rome', path])
      for (const ending of ['png', 'jpg'] as const) {
        expect(said((await saved(path, ending)).out)[0]).toMatchObject({ 'IPTC:City': 'Rome' })
      }
    })

    test('texts of a PNG are kept in a PNG, and named where they cannot be', async () => {
      const path = inFolder('texts.png')
      await sharp(caseFile('print300.png')).png().toFile(path)
      run('exiftool', ['-q', '-overwrite_original', '-PNG:Author=Jane', '-PNG:Title=Sea', path])
      const { out, notes } = await saved(path, 'png')
      expect(notes).toEqual([])
      expect(said(out)[0]).toMatchObject({ 'PNG:Author': 'Jane', 'PNG:Title': 'Sea' })
      expect((await saved(path, 'jpg')).notes).toEqual([expect.stringMatching(/"Author", "Title"/)])
    })
  })
})

const MARKS = [
  ['http://ns.adobe.com/hdr-gain-map/1.0/', '<m:Version>1.0</m:Version>'],
  [
    'http://ns.google.com/photos/1.0/camera/',
    '<m:MotionPhoto>1</m:MotionPhoto><m:MotionPhotoVersion/>',
  ],
  [
    'http://ns.google.com/photos/1.0/container/',
    '<m:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"/></rdf:Seq></m:Directory>',
  ],
  [
    'http://ns.google.com/photos/1.0/panorama/',
    '<m:FullPanoWidthPixels>24</m:FullPanoWidthPixels>',
  ],
] as const

test('marks of gain maps, motion and panoramas go from the XMP, with a note', async () => {
  const packet =
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    MARKS.map(
      ([namespace, text]) =>
        `<rdf:Description rdf:about="" xmlns:m="${namespace}">${text}</rdf:Description>`,
    ).join('') +
    '<rdf:Description rdf:about="" xmlns:h="http://ns.adobe.com/hdr-gain-map/1.0/" h:Gamma="1.0" ' +
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:PixelXDimension="24"/></rdf:RDF></x:xmpmeta>'
  const path = inFolder('marks.jpg')
  const size = { width: 24, height: 16, channels: 3 } as const
  await sharp(patternSamples(24 * 16 * 3, 8), { raw: size })
    .withXmp(packet)
    .jpeg()
    .toFile(path)

  const same = await saved(path, 'jpg')
  expect(same.notes).toEqual([
    'left out, as it is no longer true of the painting: gain map, motion photo, pictures appended to the file',
  ])
  const kept = (await sharp(same.out).metadata()).xmpAsString!
  expect(kept).toContain('<m:FullPanoWidthPixels>24<')
  for (const gone of ['<m:Version>', 'MotionPhoto', 'Directory', 'h:Gamma=']) {
    expect(kept).not.toContain(gone)
  }

  const content = await openContent(path)
  const small = { width: 12, height: 8, data: new Float32Array(288) }
  const notes = await content.save(small, inFolder('small.jpg'), options)
  expect(notes).toEqual([expect.stringMatching(/panorama marks of another size/)])
  const scaled = (await sharp(inFolder('small.jpg')).metadata()).xmpAsString!
  expect(scaled).not.toContain('FullPano')
  expect(scaled).toContain('exif:PixelXDimension="12"')
})

test('XMP and IPTC of a JPEG are found where the library tells none, as of one with a gain map', () => {
  const segment = (marker: number, text: string) => {
    const data = Buffer.from(text, 'latin1')
    return Buffer.concat([Uint8Array.of(255, marker, 0, data.length + 2), data])
  }
  const records = '\x1c\x02\x5a\0\x04Rome'
  const bytes = Buffer.concat([
    Uint8Array.of(255, 0xd8),
    segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>'),
    segment(0xe2, 'urn:iso:std:iso:ts:21496:-1\0\0\0\0\0'),
    segment(0xed, `Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x09${records}\0`),
    Uint8Array.of(255, 0xda, 0, 2),
  ])
  const { xmp, iptc, hasGainMap } = readMetadata({ format: 'jpeg', bytes }, {})
  expect([xmp, Buffer.from(iptc!).toString('latin1'), hasGainMap]).toEqual([
    '<x:xmpmeta/>',
    records,
    true,
  ])
})

test('a maker’s note stays at the place that it refers to', () => {
  const at = 200
  const data = Buffer.from('a maker says something')
  const field = (type: number, text: Buffer): Field => ({ type, count: text.length, data: text })
  const exif = new Map([
    [37_500, { ...field(7, data), at }],
    [37_510, field(7, Buffer.from('a comment'))],
  ])
  for (const littleEndian of [true, false]) {
    const main = new Map([[315, field(2, Buffer.from('Jane Doe\0'))]])
    const bytes = Buffer.from(writeExif({ littleEndian, main, exif }))
    expect(bytes.indexOf(data)).toBe(at)
    const read = readFields(bytes)!
    expect(read.exif!.get(37_500)).toMatchObject({ at, count: data.length })
    expect(textIn(read.exif!.get(37_510))).toBe('a comment')
    expect(textIn(read.main.get(315))).toBe('Jane Doe')
  }
})

test('damaged EXIF is no obstacle', async () => {
  const whole = readFileSync(caseFile('print300.jpg'))
  const start = whole.indexOf('Exif\0\0')
  for (let i = 0; i < 146; i += 3) {
    const bytes = Buffer.from(whole)
    bytes[start + 6 + i] = 0xff
    const path = inFolder('broken.jpg')
    writeFileSync(path, bytes)
    const content = await openContent(path)
    await content.save(content.image, inFolder('broken-out.jpg'), options)
    await content.save(content.image, inFolder('broken-out.tif'), options)
    expect((await sharp(inFolder('broken-out.tif')).metadata()).width).toBeGreaterThan(0)
  }
})
