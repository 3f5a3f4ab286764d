import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Layer, type PixelData, type Psd, writePsdBuffer } from 'ag-psd'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import {
  type ContentFile,
  createPsd,
  openContent,
  readStyle,
} from '../../../src/cli/files/index.ts'
import { parseRgbPsd, type RgbDocument } from '../../../src/cli/files/rgb-document.ts'
import { ImageError } from '../../../src/engine/errors.ts'
import { type PlanarImage, resize, rowsOf } from '../../../src/engine/picture/image.ts'
import type { Range } from '../../../src/psd/layer-record.ts'
import { readByAgPsd } from '../../psd/ag-psd.ts'
import {
  adobeRgb,
  fixture,
  inverted,
  patternSamples,
  run,
  runs,
  storedSamples,
  temporaryFolder,
} from './support.ts'

const inFolder = temporaryFolder()
const layerName = 'Öl – Result'
const documents = ['layered.psd', 'layered-16.psd', 'layered.psb'] as const

async function saved(name: string, layer?: string): Promise<{ content: ContentFile; out: string }> {
  const content = await openContent(fixture(name), { layer })
  const out = inFolder(`${layer ?? 'top'}-${name}`)
  await content.save(inverted(content.image), out, { layerName })
  return { content, out }
}

function read(path: string): Psd {
  return readByAgPsd(readFileSync(path))
}

function outline(layers: readonly Layer[] = []): unknown[] {
  return layers.map(({ name, children }) => (children ? [name, outline(children)] : name))
}

function withoutResult(layers: readonly Layer[] = []): Layer[] {
  return layers
    .filter(({ name }) => name !== layerName)
    .map((layer) =>
      layer.children ? { ...layer, children: withoutResult(layer.children) } : layer,
    )
}

function find(layers: readonly Layer[] = [], name: string): Layer | undefined {
  for (const layer of layers) {
    const found = layer.name === name ? layer : find(layer.children, name)
    if (found) return found
  }
  return undefined
}

function parsed(path: string): RgbDocument {
  return parseRgbPsd(path, readFileSync(path))
}

function bytesOf({ bytes }: RgbDocument, { start, end }: Range): Buffer {
  return Buffer.from(bytes.subarray(start, end))
}

describe('choosing a layer', () => {
  test.each(documents)('the topmost visible pixel layer of %s is taken', async (name) => {
    const content = await openContent(fixture(name))
    expect(content).toMatchObject({
      kind: 'psd',
      layerName: 'Portrait',
      bitsPerChannel: name === 'layered-16.psd' ? 16 : 8,
      image: { width: 16, height: 20 },
    })
  })

  test('pixels and alpha are those that ag-psd reads', async () => {
    const { image } = await openContent(fixture('layered.psd'), { layer: 'Himmel über Köln' })
    const { data } = find(read(fixture('layered.psd')).children, 'Himmel über Köln')!.imageData!
    const size = image.width * image.height
    const interleaved = Array.from({ length: 4 * size }, (_, i) => {
      const at = i >> 2
      const value = i % 4 === 3 ? image.alpha![at]! : image.data[(i % 4) * size + at]!
      return Math.round(value * 255)
    })
    expect(interleaved).toEqual(Array.from(data))
  })

  test('a text layer is taken by its name', async () => {
    const { layerName: name } = await openContent(fixture('layered.psd'), { layer: 'Title' })
    expect(name).toBe('Title')
  })

  test.each([
    ['Wolken', /has no layer "Wolken"; its layers with pixels: "Clear", "Title", "Portrait"/],
    ['Scenery', /"Scenery" is a group, expected a layer with pixels/],
    ['Brighter', /"Brighter" is an adjustment or fill layer/],
    ['Clear', /the layer "Clear" is fully transparent/],
    ['Empty', /the layer "Empty" is empty/],
  ])('"%s" is refused with the names to choose from', async (layer, message) => {
    const failure = openContent(fixture('layered.psd'), { layer })
    await expect(failure).rejects.toThrow(ImageError)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toThrow(/"Himmel über Köln", "Background"/)
  })

  test.each([
    ['cmyk.psd', /cmyk\.psd: is in CMYK Color, expected RGB Color; .*Image > Mode > RGB Color/],
    ['gray.psd', /is in Grayscale, expected RGB Color/],
  ])('%s is refused with the mode that came', async (name, message) => {
    await expect(openContent(fixture(name))).rejects.toThrow(message)
  })

  test('32 bits per channel are refused', async () => {
    const bytes = Buffer.from(readFileSync(fixture('flat.psd')))
    bytes.writeUInt16BE(32, 22)
    writeFileSync(inFolder('float.psd'), bytes)
    await expect(openContent(inFolder('float.psd'))).rejects.toThrow(/has 32 bits per channel/)
  })
})

describe('damaged documents', () => {
  test.each(documents)('%s is refused wherever it is cut', async (name) => {
    const bytes = readFileSync(fixture(name))
    const path = inFolder(`cut-${name}`)
    for (let part = 0.001; part < 1; part += 0.05) {
      writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * part)))
      await expect(openContent(path)).rejects.toThrow(ImageError)
    }
  })

  test('altered bytes give an ImageError or a picture, nothing else', async () => {
    const original = readFileSync(fixture('layered.psd'))
    const path = inFolder('altered.psd')
    for (let i = 0; i < 400; i++) {
      const bytes = Buffer.from(original)
      // Over the structure, which is dense in lengths, and with values that break them.
      bytes[(i * 7919) % 6000] = [255, 128, 0, 127][i % 4]!
      writeFileSync(path, bytes)
      const outcome = await openContent(path).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ImageError)
    }
  })

  test('a canvas too large to hold is refused before it is allocated', async () => {
    const bytes = Buffer.from(readFileSync(fixture('flat.psd')))
    bytes.writeUInt32BE(30_000, 14)
    bytes.writeUInt32BE(30_000, 18)
    writeFileSync(inFolder('huge.psd'), bytes)
    await expect(openContent(inFolder('huge.psd'))).rejects.toThrow(
      /has 30000×30000 pixels, at most 400000000/,
    )
  })
})

describe('the new layer', () => {
  test('stands directly above its source, in the same group', async () => {
    const { out } = await saved('layered.psd', 'Hill')
    expect(outline(read(out).children)).toEqual([
      'Background',
      ['Scenery', ['Himmel über Köln', 'Clipped', 'Hill', layerName]],
      ['Spare', ['Hidden by group']],
      'Portrait',
      'Title',
      'Brighter',
      'Clear',
      'Empty',
    ])
  })

  test.each([
    ['layered.psd', 'Portrait', [10, 5, 26, 25]],
    ['layered.psd', 'Himmel über Köln', [-5, -4, 20, 15]],
    ['layered.psb', 'Himmel über Köln', [-5, -4, 20, 15]],
    ['layered-16.psd', 'Himmel über Köln', [-5, -4, 20, 15]],
  ] as const)(
    'has in %s the bounds, alpha and inverted colors of "%s"',
    async (name, layer, at) => {
      const { content, out } = await saved(name, layer)
      const { layers } = parsed(out).layerInfo!
      const { left, top, right, bottom } = layers.find((found) => found.name === layerName)!
      expect([left, top, right, bottom]).toEqual(at)
      const result = await openContent(out, { layer: layerName })
      const max = content.bitsPerChannel === 16 ? 65_535 : 255
      const stored = (data: Float32Array) => Array.from(data, (value) => Math.round(value * max))
      expect(stored(result.image.data)).toEqual(stored(inverted(content.image).data))
      expect(result.image.alpha).toEqual(content.image.alpha)
    },
  )

  test('is clipped where it stands among clipped layers, which stay clipped to theirs', async () => {
    const above = async (layer: string) => {
      const { out } = await saved('layered.psd', layer)
      return find(read(out).children, layerName)!.clipping
    }
    expect(await above('Himmel über Köln')).toBe(true)
    expect(await above('Clipped')).toBe(true)
    expect(await above('Hill')).toBe(false)
  })

  test('may be added again above the first', async () => {
    const { out } = await saved('layered.psd')
    const content = await openContent(out, { layer: layerName })
    const again = inFolder('again.psd')
    await content.save(content.image, again, { layerName: 'Second' })
    expect(outline(read(again).children).slice(3, 6)).toEqual(['Portrait', layerName, 'Second'])
    const ids = parsed(again).layerInfo!.layers.map(({ id }) => id)
    const given = ids.filter((id) => id > 0)
    expect(new Set(given).size).toBe(given.length)
  })

  test('has the size of its source or is refused', async () => {
    const content = await openContent(fixture('layered.psd'))
    const small: PlanarImage = { width: 2, height: 2, data: new Float32Array(12) }
    await expect(content.save(small, inFolder('small.psd'), { layerName })).rejects.toThrow(
      /in the size of its source, 16×20, and the result has 2×2/,
    )
  })

  test.each([
    ['layered.psd', 'a.psb', /a \.psb is written only from a PSB/],
    ['layered.psb', 'a.psd', /is a PSB and stays one/],
  ])('%s is not written as %s', async (name, out, message) => {
    const content = await openContent(fixture(name))
    await expect(content.save(content.image, inFolder(out), { layerName })).rejects.toThrow(message)
  })
})

describe('everything else in the document', () => {
  test.each(documents)('stays byte for byte in %s', async (name) => {
    for (const layer of ['Background', 'Himmel über Köln', 'Portrait', 'Title']) {
      const { out } = await saved(name, layer)
      const before = parsed(fixture(name))
      const after = parsed(out)
      const kept = after.layerInfo!.layers.filter((found) => found.name !== layerName)
      expect(kept).toHaveLength(before.layerInfo!.layers.length)
      before.layerInfo!.layers.forEach((old, i) => {
        const found = kept[i]!
        expect(bytesOf(after, found.record).equals(bytesOf(before, old.record))).toBe(true)
        old.channels.forEach(({ data }, c) => {
          expect(bytesOf(after, found.channels[c]!.data).equals(bytesOf(before, data))).toBe(true)
        })
      })
      const behind = ({ layerInfo, layersAndMasks }: RgbDocument) => ({
        start: layerInfo!.block.end,
        end: layersAndMasks.end,
      })
      expect(bytesOf(after, behind(after))).toEqual(bytesOf(before, behind(before)))
      expect(after.resources.entries.map(({ id }) => id)).toEqual(
        before.resources.entries.map(({ id }) => id),
      )
    }
  })

  test('reads the same in ag-psd: masks, text, adjustments, effects, guides', async () => {
    const { out } = await saved('layered.psd', 'Hill')
    const before = read(fixture('layered.psd'))
    const after = read(out)
    expect(withoutResult(after.children)).toEqual(before.children)
    expect(find(after.children, 'Himmel über Köln')!.mask).toBeDefined()
    expect(find(after.children, 'Title')!.text!.text).toBe('Impasto')
    expect(find(after.children, 'Portrait')!.effects!.dropShadow).toHaveLength(1)
    const { layerState: _, ...others } = after.imageResources!
    expect(before.imageResources).toMatchObject(others)
  })

  test('the resources that number layers follow the insertion', async () => {
    const { out } = await saved('layered.psd', 'Background')
    const after = parsed(out)
    const count = after.layerInfo!.layers.length
    const resource = (id: number) =>
      bytesOf(after, after.resources.entries.find((entry) => entry.id === id)!.data)
    expect(resource(1024).readUInt16BE(0)).toBe(5)
    expect(resource(1026)).toHaveLength(2 * count)
    expect(resource(1072)).toHaveLength(count)
  })
})

/** Written by another program, with flat colors; `shape` of a mask is 255 on its left half. */
async function documentOf(children: readonly Layer[], name: string): Promise<string> {
  const [width, height] = [8, 4]
  const psd = { width, height, imageData: filled([0, 0, 0]), children: [...children] }
  writeFileSync(inFolder(name), writePsdBuffer(psd))
  return inFolder(name)
}

function filled([red, green, blue]: readonly number[], alpha = 255): PixelData {
  const data = new Uint8ClampedArray(8 * 4 * 4)
  for (let i = 0; i < data.length; i += 4) data.set([red!, green!, blue!, alpha], i)
  return { width: 8, height: 4, data }
}

function leftHalf(): Layer['mask'] {
  const data = filled([0, 0, 0])
  data.data.forEach((_, i) => {
    if (i % 32 < 16 && i % 4 < 3) data.data[i] = 255
  })
  return { left: 0, top: 0, defaultColor: 0, imageData: data }
}

/** Red, green and blue of the flattened picture's topmost row, where the document's merge has them. */
const merged = async (path: string): Promise<number[][]> => {
  const { width, height, data } = await readStyle(path)
  return Array.from({ length: width }, (_, x) =>
    [0, 1, 2].map((c) => Math.round(data[c * width * height + x]! * 255)),
  )
}

const [painted, white, gray] = [
  [200, 40, 90],
  [255, 255, 255],
  [128, 128, 128],
] as const

/** Paints the layer "photo" in one color. */
async function paintFlat(path: string, options: { likeSource?: boolean } = {}): Promise<string[]> {
  const content = await openContent(path, { layer: 'photo' })
  const { width, height } = content.image
  const data = new Float32Array(3 * width * height)
  painted.forEach((value, c) => {
    data.fill(value / 255, c * width * height, (c + 1) * width * height)
  })
  const result = { ...content.image, data }
  return [...(await content.save(result, inFolder('flat-out.psd'), { layerName, ...options }))]
}

describe("the source's mask, opacity and blend mode", () => {
  test('the mask goes with the painting, byte for byte', async () => {
    expect(await paintFlat(fixture('layermask.psd'))).toEqual([])
    const { layers } = parsed(inFolder('flat-out.psd')).layerInfo!
    const [source, result] = ['photo', layerName].map(
      (name) => layers.find((layer) => layer.name === name)!,
    )
    const document = parsed(inFolder('flat-out.psd'))
    expect(result!.mask).toEqual(source!.mask)
    const maskOf = (layer: typeof source) =>
      bytesOf(document, layer!.channels.find(({ id }) => id === -2)!.data)
    expect(maskOf(result)).toEqual(maskOf(source))
    // By psd-tools: the mask hides the right half, where the gray background is seen.
    const row = await merged(inFolder('flat-out.psd'))
    expect([row[0], row[79], row[80], row[159]]).toEqual([painted, painted, gray, gray])
  })

  test('a picture made of a layer is transparent where the mask hides it', async () => {
    const content = await openContent(fixture('layermask.psd'))
    const half = { ...resize(content.image, 80, 60) }
    for (const [image, width] of [[content.image, 160] as const, [half, 80] as const]) {
      await content.save(image, inFolder('masked.png'), { layerName })
      const { samples } = await storedSamples(inFolder('masked.png'))
      const alpha = Array.from({ length: width }, (_, x) => samples[4 * x + 3])
      expect(alpha).toEqual([...Array(width / 2).fill(255), ...Array(width / 2).fill(0)])
    }
  })

  test('what is seen through the source is told, as the painting covers it', async () => {
    expect(await paintFlat(fixture('opacity.psd'))).toEqual([
      'the layer "photo" has opacity 30 %; the painting covers it at 100 %, normal: --like-source gives it the same',
    ])
    expect((await merged(inFolder('flat-out.psd')))[0]).toEqual(painted)
    expect(await paintFlat(fixture('multiply.psd'))).toEqual([
      expect.stringMatching(/"photo" has blend mode multiply; .*--like-source/),
    ])
    expect((await merged(inFolder('flat-out.psd')))[0]).toEqual(painted)
  })

  test.each([
    // By psd-tools' own compositing of the document.
    ['opacity.psd', { blendMode: 'norm', opacity: 77 }, [148, 110, 108]],
    ['multiply.psd', { blendMode: 'mul ', opacity: 255 }, [47, 13, 15]],
  ] as const)('on request they are those of the source: %s', async (name, blending, color) => {
    expect(await paintFlat(fixture(name), { likeSource: true })).toEqual([])
    const { layers } = parsed(inFolder('flat-out.psd')).layerInfo!
    expect(layers.at(-1)).toMatchObject({ name: layerName, ...blending })
    const [seen] = await merged(inFolder('flat-out.psd'))
    seen!.forEach((value, c) => {
      expect(Math.abs(value - color[c]!)).toBeLessThanOrEqual(1)
    })
  })

  test('fill opacity is among them', async () => {
    const photo = { name: 'photo', fillOpacity: 0.4, imageData: filled(white) }
    const path = await documentOf([photo], 'fill.psd')
    expect(await paintFlat(path)).toEqual([expect.stringContaining('has fill 40 %')])
    await paintFlat(path, { likeSource: true })
    expect(parsed(inFolder('flat-out.psd')).layerInfo!.layers.at(-1)!.fillOpacity).toBe(102)
  })
})

describe('the flattened picture', () => {
  const pixel = (image: PlanarImage, x: number, y: number) =>
    [0, 1, 2].map((c) => image.data[(c * image.height + y) * image.width + x]!)

  test.each(documents)('shows the result in %s where it is on top', async (name) => {
    const { content, out } = await saved(name, 'Portrait')
    const composite = await readStyle(out)
    const result = inverted(content.image)
    const opaque = (x: number, y: number) => content.image.alpha![y * 16 + x]! > 0.996
    let seen = 0
    for (let y = 4; y < 20; y++) {
      for (let x = 0; x < 16; x++) {
        if (!opaque(x, y)) continue
        seen++
        pixel(composite, x + 10, y + 5).forEach((value, c) => {
          expect(value).toBeCloseTo(pixel(result, x, y)[c]!, 2)
        })
      }
    }
    expect(seen).toBeGreaterThan(10)
  })

  test('draws the layers above the result over it', async () => {
    const { out } = await saved('layered.psd', 'Background')
    const composite = await readStyle(out)
    const hill = await openContent(fixture('layered.psd'), { layer: 'Hill' })
    const below = inverted(
      (await openContent(fixture('layered.psd'), { layer: 'Background' })).image,
    )
    const expected = pixel(hill.image, 14, 9).map(
      (value, c) => (value * 128 + pixel(below, 34, 27)[c]! * 127) / 255,
    )
    pixel(composite, 34, 27).forEach((value, c) => {
      expect(value).toBeCloseTo(expected[c]!, 2)
    })
  })

  test("shows the result through its groups' masks and opacity", async () => {
    const photo = { name: 'photo', imageData: filled(white) }
    const group = { name: 'group', mask: leftHalf(), opacity: 0.5, children: [photo] }
    const path = await documentOf([{ name: 'paper', imageData: filled(white) }, group], 'g.psd')
    await paintFlat(path)
    const row = await merged(inFolder('flat-out.psd'))
    // The file was saved with a black composite: what the masks hide is left of it.
    expect(row[0]).toEqual([100, 20, 45])
    expect(row[7]).toEqual([0, 0, 0])
  })

  test('draws what is above through the masks of its groups', async () => {
    const cover = { name: 'cover', imageData: filled(white) }
    const path = await documentOf(
      [
        { name: 'photo', imageData: filled(gray) },
        { name: 'group', mask: leftHalf(), children: [cover] },
      ],
      'above.psd',
    )
    await paintFlat(path)
    const row = await merged(inFolder('flat-out.psd'))
    expect([row[0], row[7]]).toEqual([white, painted])
  })

  test('stays as it was beside the result, under layers that let half of it through', async () => {
    const veil = { name: 'veil', opacity: 0.5, imageData: filled(white) }
    const photo = { name: 'photo', mask: leftHalf(), imageData: filled(gray) }
    const path = await documentOf([photo, veil], 'veil.psd')
    await paintFlat(path)
    const row = await merged(inFolder('flat-out.psd'))
    // Half of white over the painting; what was merged before is not covered once more.
    expect(row[0]).toEqual(painted.map((value) => Math.round(value * (127 / 255) + 128)))
    expect(row[7]).toEqual([0, 0, 0])
  })

  test('multiplies where a layer above does', async () => {
    const shade = { name: 'shade', blendMode: 'multiply' as const, imageData: filled(gray) }
    const path = await documentOf([{ name: 'photo', imageData: filled(white) }, shade], 'm.psd')
    await paintFlat(path)
    const [seen] = await merged(inFolder('flat-out.psd'))
    expect(seen).toEqual(painted.map((value) => Math.round((value * 128) / 255)))
  })

  test('leaves out a layer above whose mask is damaged, and the document is written', async () => {
    const document = parsed(fixture('layered.psd'))
    const masked = document.layerInfo!.layers.find(({ mask }) => mask !== undefined)!
    const bytes = Buffer.from(document.bytes)
    bytes.writeUInt16BE(9, masked.channels.find(({ id }) => id === -2)!.data.start)
    const path = inFolder('bad-mask.psd')
    writeFileSync(path, bytes)
    const content = await openContent(path, { layer: 'Background' })
    await content.save(content.image, inFolder('bad-mask-out.psd'), { layerName })
    expect(parsed(inFolder('bad-mask-out.psd')).layerInfo!.layers[1]!.name).toBe(layerName)
  })

  test('stays as it was where the result is in a hidden group', async () => {
    const { out } = await saved('layered.psd', 'Hidden by group')
    const before = parsed(fixture('layered.psd'))
    const after = parsed(out)
    expect(bytesOf(after, after.composite)).toEqual(bytesOf(before, before.composite))
  })
})

describe('a large picture', () => {
  const [width, height] = [700, 900]
  /** Remembers the most rows that were asked for at once. */
  function rowSource(image: PlanarImage) {
    const asked = { most: 0 }
    const rows = (top: number, bottom: number): PlanarImage => {
      asked.most = Math.max(asked.most, bottom - top)
      return rowsOf(image, top, bottom)
    }
    return { asked, source: { width: image.width, height: image.height, rows } }
  }
  /** As 8-bit samples; `toEqual` takes its time over millions of values. */
  const isSame = (a: PlanarImage, b: PlanarImage): boolean =>
    a.data.length === b.data.length &&
    a.data.every((value, i) => Math.round(value * 255) === Math.round(b.data[i]! * 255))
  const ramp = (seed: number): PixelData => {
    const data = new Uint8ClampedArray(4 * width * height)
    for (let i = 0; i < data.length; i++) data[i] = i % 4 === 3 ? 255 : (i >> 2) * seed + (i % 4)
    return { width, height, data }
  }

  test('becomes a new layer some rows at a time, in its place beyond the canvas', async () => {
    const path = inFolder('large.psd')
    const photo = { name: 'photo', left: -20, top: -450, imageData: ramp(3) }
    const veil = { name: 'veil', left: 100, top: 200, opacity: 0.5, imageData: ramp(5) }
    const psd = { width, height, imageData: ramp(0), children: [photo, veil] }
    writeFileSync(path, writePsdBuffer(psd))
    const content = await openContent(path, { layer: 'photo' })
    const result = inverted(content.image)
    const { asked, source } = rowSource(result)
    const out = inFolder('large-out.psd')
    await content.save(source, out, { layerName })
    expect(asked.most).toBeLessThan(height / 2)
    const again = await openContent(out, { layer: layerName })
    expect(isSame(again.image, result)).toBe(true)
    const at = (image: PlanarImage, x: number, y: number) =>
      Math.round(image.data[y * image.width + x]! * 255)
    const merged = await readStyle(out)
    const veiled = await openContent(path, { layer: 'veil' })
    for (const y of [0, 199, 200, 300, 374, 375, 449]) {
      expect(at(merged, 50, y)).toBe(at(result, 70, y + 450))
      const above = y < 200 ? 0 : 128 / 255
      const expected =
        (1 - above) * at(result, 320, y + 450) + above * at(veiled.image, 200, Math.max(0, y - 200))
      expect(Math.abs(at(merged, 300, y) - expected)).toBeLessThanOrEqual(1)
    }
    // Below the result the picture is as it was.
    expect(at(merged, 300, 460)).toBe(0)
  })

  test('becomes a document some rows at a time', async () => {
    const png = inFolder('large.png')
    const raw = { width, height, channels: 3 as const }
    await sharp(patternSamples(3 * width * height, 8), { raw })
      .png()
      .toFile(png)
    const content = await openContent(png)
    const result = inverted(content.image)
    const { asked, source } = rowSource(result)
    const out = inFolder('large-two.psd')
    await content.save(source, out, { layerName })
    expect(asked.most).toBeLessThan(height / 2)
    expect(isSame((await openContent(out, { layer: layerName })).image, result)).toBe(true)
    const background = await openContent(out, { layer: 'Background' })
    expect(isSame(background.image, content.image)).toBe(true)
    expect(isSame(await readStyle(out), result)).toBe(true)
  })
})

describe('other ways of saving', () => {
  test('a flattened document becomes a background with the result above', async () => {
    const { out } = await saved('flat.psd')
    const { children } = read(out)
    expect(outline(children)).toEqual(['Background', layerName])
    expect(Array.from(children![1]!.imageData!.data.slice(0, 4))).toEqual([165, 165, 165, 255])
    expect((await readStyle(out)).data[0]).toBeCloseTo(165 / 255, 6)
  })

  test.each([8, 16] as const)('a %i-bit picture becomes a document of two layers', async (bits) => {
    const png = inFolder(`source-${bits}.png`)
    const samples =
      bits === 16
        ? Uint16Array.from({ length: 300 }, (_, i) => i * 217)
        : Uint8Array.from({ length: 300 }, (_, i) => (i * 5) % 256)
    await sharp(samples, { raw: { width: 10, height: 10, channels: 3 } })
      .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
      .png()
      .toFile(png)
    const content = await openContent(png)
    const out = inFolder(`two-${bits}.psd`)
    await content.save(inverted(content.image), out, { layerName })
    expect(outline(read(out).children)).toEqual(['Background', layerName])
    const below = await openContent(out, { layer: 'Background' })
    const above = await openContent(out, { layer: layerName })
    expect(below.bitsPerChannel).toBe(bits)
    expect(below.image.data).toEqual(content.image.data)
    const worst = inverted(content.image).data.reduce(
      (max, value, i) => Math.max(max, Math.abs(value - above.image.data[i]!)),
      0,
    )
    expect(worst).toBeLessThan(1e-6)
  })

  test('a transparent Adobe RGB picture keeps alpha and profile as a document', async () => {
    const png = inFolder('wide.png')
    const icc = inFolder('wide.icc')
    writeFileSync(icc, adobeRgb)
    await sharp({ create: { width: 6, height: 5, channels: 4, background: '#c8641e80' } })
      .withIccProfile(icc)
      .png()
      .toFile(png)
    const content = await openContent(png)
    const out = inFolder('wide.psd')
    await content.save(content.image, out, { layerName })
    const document = parsed(out)
    expect(document.profile!.bytes).toEqual(adobeRgb)
    const layers = read(out).children!
    expect(layers.map(({ name }) => name)).toEqual(['Content', layerName])
    const { samples } = await storedSamples(png)
    for (const layer of layers) {
      expect(Array.from(layer.imageData!.data)).toEqual(Array.from(samples))
    }
    const back = inFolder('wide-back.png')
    const again = await openContent(out)
    await again.save(again.image, back, { layerName })
    expect((await sharp(back).metadata()).icc).toEqual(adobeRgb)
    expect((await storedSamples(back)).samples).toEqual(samples)
  })

  test.each(['png', 'tif', 'webp'])('a layer is written alone as .%s', async (extension) => {
    const content = await openContent(fixture('layered.psd'))
    const out = inFolder(`layer.${extension}`)
    await content.save(content.image, out, { layerName })
    const { width, height, hasAlpha } = await sharp(out).metadata()
    expect({ width, height, hasAlpha }).toEqual({ width: 16, height: 20, hasAlpha: true })
  })

  test('a picture becomes a document of one layer', async () => {
    const image = { width: 3, height: 2, data: Float32Array.from({ length: 18 }, (_, i) => i / 17) }
    const out = inFolder('one.psd')
    await createPsd(image, 'Photo', out)
    expect(outline(read(out).children)).toEqual(['Photo'])
    const { image: again } = await openContent(out)
    again.data.forEach((value, i) => {
      expect(value).toBeCloseTo(i / 17, 2)
    })
    await expect(createPsd(image, 'Photo', inFolder('one.png'))).rejects.toThrow(/ends in \.psd/)
  })
})

describe('by psd-tools', () => {
  interface Report {
    resources: Record<string, string>
    blocks: string[]
    layers: { name: string; record: string; pixels: string; colors: object; bounds: number[] }[]
    tree: [kind: string, name: string, parent: string][]
  }
  const script = fileURLToPath(new URL('psd-tools.py', import.meta.url))
  const report = (path: string) => JSON.parse(run('python3', [script, path])) as Report

  test.skipIf(!runs('python3', ['-c', 'import psd_tools'])).each(documents)(
    '%s has one layer more and is otherwise the same',
    async (name) => {
      const content = await openContent(fixture(name), { layer: 'Himmel über Köln' })
      const out = inFolder(`peer-${name}`)
      await content.save(content.image, out, { layerName })
      const before = report(fixture(name))
      const after = report(out)
      const at = after.layers.findIndex((layer) => layer.name === layerName)
      const source = after.layers[at - 1]!
      expect(source.name).toBe('Himmel über Köln')
      expect(after.layers[at]).toMatchObject({ colors: source.colors, bounds: source.bounds })
      expect(after.layers.toSpliced(at, 1)).toEqual(before.layers)
      expect(after.tree).toContainEqual(['pixel', layerName, 'Scenery'])
      expect(after.tree.filter(([, found]) => found !== layerName)).toEqual(before.tree)
      expect(after.blocks).toEqual(before.blocks)
      const numbering = ['1024', '1026', '1072']
      for (const [id, digest] of Object.entries(before.resources)) {
        if (!numbering.includes(id)) expect(after.resources[id]).toBe(digest)
      }
    },
  )
})

describe('by ImageMagick', () => {
  test.skipIf(!runs('identify', ['-version'])).each(documents)(
    'the layers of %s are where they belong',
    async (name) => {
      const { out } = await saved(name, 'Himmel über Köln')
      const pages = run('identify', ['-format', '%wx%h%X%Y\n', `psd:${out}`])
        .trim()
        .split('\n')
      expect(pages.filter((page) => page === '25x19-5-4')).toHaveLength(2)
    },
  )
})
