import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Layer, writePsdBuffer } from 'ag-psd'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ImageError } from '../../src/engine/errors.ts'
import { photographDocument, plainLayer } from '../../src/host/photograph.ts'
import { readPsd, writePsd } from '../../src/host/psd-file.ts'
import { convertMode } from '../../src/host/render.ts'
import type { DocumentState, LayerState, MaskState, Raster } from '../../src/host/state.ts'
import { type PsdDocument, parsePsd } from '../../src/psd/document.ts'
import { readByAgPsd } from '../psd/ag-psd.ts'
import { documents, withoutOrigins } from './documents.ts'

const LAYERED = ['layered.psd', 'layered-16.psd', 'layered-32.psd', 'layered.psb'] as const
const FIXTURES = [
  ...LAYERED,
  ...['flat', 'gray', 'cmyk', 'lab', 'indexed', 'bitmap', 'multichannel', 'duotone'].map(
    (name) => `${name}.psd`,
  ),
]

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(
    readFileSync(fileURLToPath(new URL(`../fixtures/psd/${name}`, import.meta.url))),
  )
}

function open(name: string): DocumentState {
  return readPsd(name, bytesOf(name))
}

function reopened(state: DocumentState): DocumentState {
  return readPsd('again.psd', writePsd(state))
}

function find(layers: readonly LayerState[], name: string): LayerState {
  for (const layer of layers) {
    if (layer.name === name) return layer
    const found = layer.children?.find((child) => child.name === name)
    if (found) return found
  }
  throw new Error(`no layer "${name}"`)
}

/** The document with one layer, found at any depth, replaced by what `change` gives for it. */
function changing(
  state: DocumentState,
  name: string,
  change: (layer: LayerState) => readonly LayerState[],
): DocumentState {
  const within = (layers: readonly LayerState[]): LayerState[] =>
    layers.flatMap((layer) => {
      if (layer.name === name) return change(layer)
      return layer.children ? [{ ...layer, children: within(layer.children) }] : [layer]
    })
  return { ...state, layers: within(state.layers) }
}

function outline(layers: readonly LayerState[]): unknown[] {
  return layers.map(({ name, children }) => (children ? [name, outline(children)] : name))
}

/** Record and channels of every layer in the file, by name and position. */
function recordsOf(bytes: Uint8Array): Map<string, string> {
  const document: PsdDocument = parsePsd('a.psd', bytes)
  const hex = ({ start, end }: { start: number; end: number }) =>
    Buffer.from(bytes.subarray(start, end)).toString('hex')
  return new Map(
    document.layerInfo!.layers.map((layer) => [
      `${layer.kind} ${layer.name} ${layer.id}`,
      [layer.record, ...layer.channels.map(({ data }) => data)].map(hex).join(' '),
    ]),
  )
}

function patternRaster(left: number, top: number, width: number, height: number): Raster {
  const plane = (step: number) =>
    Uint8Array.from({ length: width * height }, (_, i) => (i * step) % 256)
  return {
    bounds: { left, top, right: left + width, bottom: top + height },
    color: [plane(5), plane(3), plane(7)],
    alpha: plane(2),
  }
}

const mask: MaskState = {
  bounds: { left: -1, top: 2, right: 5, bottom: 6 },
  samples: Uint8Array.from({ length: 24 }, (_, i) => i * 10),
  outside: 255,
  isEnabled: true,
}

const LEVELS = {
  shadowInput: 0,
  highlightInput: 255,
  shadowOutput: 0,
  highlightOutput: 255,
  midtoneInput: 1,
}

const added: LayerState = { ...plainLayer(99, 'Öl – 유화', patternRaster(-3, 4, 11, 7)), mask }

describe('a document that is not changed', () => {
  test.each(FIXTURES)('%s is written as the bytes of its file', (name) => {
    const state = open(name)
    expect(Buffer.from(writePsd(state)).equals(bytesOf(name))).toBe(true)
    const selection = {
      bounds: { left: 0, top: 0, right: 1, bottom: 1 },
      coverage: Uint8Array.of(255),
    }
    const toggled = changing({ ...state, selection }, state.layers[0]!.name, (layer) => [
      { ...layer, isVisible: layer.isVisible, locks: { ...layer.locks } },
    ])
    expect(Buffer.from(writePsd(toggled)).equals(bytesOf(name))).toBe(true)
  })
})

describe('reading', () => {
  test.each(LAYERED)('%s gives its tree, top first', (name) => {
    const state = open(name)
    expect(state).toMatchObject({ width: 40, height: 30, resolution: 300, mode: 'rgb' })
    expect(outline(state.layers)).toEqual([
      'Empty',
      'Clear',
      'Brighter',
      'Title',
      'Portrait',
      ['Spare', ['Hidden by group']],
      ['Scenery', ['Hill', 'Clipped', 'Himmel über Köln']],
      'Background',
    ])
    expect(find(state.layers, 'Scenery')).toMatchObject({ kind: 'group', blendMode: 'passThrough' })
    expect(find(state.layers, 'Spare')).toMatchObject({ isVisible: false })
    expect(find(state.layers, 'Title')).toMatchObject({ kind: 'text' })
    expect(find(state.layers, 'Brighter')).toMatchObject({ kind: 'brightnessContrast' })
    expect(find(state.layers, 'Brighter').raster).toBeUndefined()
    expect(find(state.layers, 'Hill')).toMatchObject({ opacity: 50, isBackground: false })
    expect(find(state.layers, 'Clipped')).toMatchObject({ isClipped: true })
    expect(find(state.layers, 'Background')).toMatchObject({ isBackground: true })
    expect(find(state.layers, 'Background').raster!.alpha).toBeUndefined()
    const { raster, mask: found } = find(state.layers, 'Himmel über Köln')
    expect(raster!.bounds).toEqual({ left: -5, top: -4, right: 20, bottom: 15 })
    expect(found).toMatchObject({ bounds: { left: 0, top: 2, right: 12, bottom: 10 } })
  })

  test('16 and 32 bits hold the colors of 8', () => {
    const [at8, at16, at32] = (['layered.psd', 'layered-16.psd', 'layered-32.psd'] as const).map(
      (name) => find(open(name).layers, 'Himmel über Köln'),
    )
    at8!.raster!.color[1]!.forEach((value, i) => {
      const low = ((value * 37 + 11) % 256) / 65_535
      const deep = at16!.raster!.color[1]![i]! / 32_768
      expect(Math.abs(deep - (value * 256) / 65_535 - low)).toBeLessThan(1 / 65_536)
      expect(at32!.raster!.color[1]![i]).toBe(Math.fround(value / 255))
    })
    expect([at8, at16, at32].map((layer) => layer!.mask!.outside)).toEqual([255, 32_768, 1])
  })

  test.each([
    ['gray.psd', 'grayscale', 8, 1],
    ['cmyk.psd', 'cmyk', 8, 4],
    ['lab.psd', 'lab', 8, 3],
    ['indexed.psd', 'indexed', 8, 1],
    ['bitmap.psd', 'bitmap', 1, 1],
    ['multichannel.psd', 'multichannel', 8, 3],
    ['duotone.psd', 'duotone', 8, 1],
  ] as const)('%s is a background in %s of %i bits', (name, mode, depth, colors) => {
    const { layers, ...state } = open(name)
    expect(state).toMatchObject({ width: 8, height: 6, mode, depth })
    expect(layers).toHaveLength(1)
    expect(layers[0]).toMatchObject({ name: 'Background', isBackground: true })
    expect(layers[0]!.raster!.color).toHaveLength(colors)
  })

  test('artboards, locks and adjustments are those that ag-psd writes', () => {
    const bytes = writePsdBuffer({
      width: 9,
      height: 9,
      children: [
        {
          name: 'Board',
          artboard: { rect: { top: 0, left: 0, bottom: 9, right: 9 } },
          children: [
            { name: 'Levels', adjustment: { type: 'levels', rgb: LEVELS } },
            { name: 'Invert', adjustment: { type: 'invert' }, clipping: true },
          ],
        },
        { name: 'Locked', protected: { position: true, composite: true }, blendMode: 'pin light' },
      ],
    })
    const state = readPsd('made.psd', new Uint8Array(bytes))
    expect(find(state.layers, 'Board')).toMatchObject({ kind: 'group', isArtboard: true })
    expect(find(state.layers, 'Levels')).toMatchObject({ kind: 'levels', isArtboard: false })
    expect(find(state.layers, 'Invert')).toMatchObject({ kind: 'inversion', isClipped: true })
    expect(find(state.layers, 'Locked')).toMatchObject({
      blendMode: 'pinLight',
      locks: { all: false, pixels: true, position: true, transparency: false },
    })
    const renamed = changing(state, 'Board', (board) => [{ ...board, name: 'Tafel' }])
    expect(find(reopened(renamed).layers, 'Tafel')).toMatchObject({ isArtboard: true })
  })

  test('a bitmap is white where its bits are not set', () => {
    const [plane] = open('bitmap.psd').layers[0]!.raster!.color
    const row = (byte: number) =>
      Array.from({ length: 8 }, (_, x) => ((byte >> (7 - x)) & 1 ? 0 : 255))
    expect(Array.from(plane!)).toEqual([0xf0, 0x0f, 0xaa, 0x55, 0xff, 0x01].flatMap(row))
  })

  test('the palette of indexed color is turned to triples', () => {
    const { palette } = open('indexed.psd')
    const stored = (i: number) => (i * 7 + Math.floor(i / 256)) % 256
    expect(Array.from(palette!.subarray(3, 6))).toEqual([stored(1), stored(257), stored(513)])
  })

  test('layers that are too large together are refused before any is decoded', () => {
    const bytes = bytesOf('layered.psd')
    const view = new DataView(bytes.buffer)
    for (const { record } of parsePsd('a.psd', bytes).layerInfo!.layers.slice(1, 3)) {
      view.setInt32(record.start + 8, 15_000)
      view.setInt32(record.start + 12, 15_000)
    }
    expect(() => readPsd('a.psd', bytes)).toThrow(/its layers have \d+ pixels together/)

    // A mask whose edges are swapped is empty, and takes nothing off the sum.
    const masked = parsePsd('a.psd', bytes).layerInfo!.layers.find(({ mask }) => mask)!
    const [top, left, bottom, right] = [0, 20_000, 20_000, 0]
    for (const [i, edge] of [top, left, bottom, right].entries()) {
      view.setInt32(masked.maskData.start + 4 * i, edge)
    }
    expect(() => readPsd('a.psd', bytes)).toThrow(/its layers have \d+ pixels together/)
  })

  test('altered bytes give an ImageError or a document, nothing else', () => {
    for (const name of ['layered.psd', 'layered-32.psd', 'indexed.psd']) {
      const original = bytesOf(name)
      for (let i = 0; i < 120; i++) {
        const bytes = original.slice()
        bytes[(i * 7919) % Math.min(bytes.length, 6000)] = [255, 128, 0, 127][i % 4]!
        try {
          readPsd(name, bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ImageError)
        }
      }
    }
  })
})

describe('a changed document', () => {
  test.each(LAYERED)('%s keeps every other layer byte for byte beside a new one', (name) => {
    const state = open(name)
    const pixels = find(state.layers, 'Hill').raster!
    const layer = { ...plainLayer(99, 'New'), raster: { ...pixels, bounds: pixels.bounds } }
    const written = writePsd(changing(state, 'Hill', (hill) => [layer, hill]))
    const before = recordsOf(bytesOf(name))
    const after = recordsOf(written)
    expect(after.size).toBe(before.size + 1)
    for (const [key, record] of before) expect(after.get(key)).toBe(record)
    const again = readPsd(name, written)
    expect(outline(find(again.layers, 'Scenery').children!)).toEqual([
      'New',
      'Hill',
      'Clipped',
      'Himmel über Köln',
    ])
    expect(find(again.layers, 'New').raster).toEqual(pixels)
  })

  test('only says anew what was changed of a text layer', () => {
    const state = open('layered.psd')
    const hidden = changing(state, 'Title', (title) => [
      {
        ...title,
        isVisible: false,
        opacity: 40,
        fillOpacity: 30,
        blendMode: 'screen',
        name: 'Ölbild',
      },
    ])
    const again = reopened(hidden)
    expect(find(again.layers, 'Ölbild')).toMatchObject({
      kind: 'text',
      isVisible: false,
      opacity: 40,
      fillOpacity: 30,
      blendMode: 'screen',
    })
    const read = readByAgPsd(writePsd(hidden))
    expect(read.children!.find(({ name }) => name === 'Ölbild')!.text!.text).toBe('Impasto')
    const shown = changing(again, 'Ölbild', (title) => [
      {
        ...title,
        isVisible: true,
        opacity: 100,
        fillOpacity: 100,
        blendMode: 'normal',
        name: 'Title',
      },
    ])
    expect(withoutOrigins(reopened(shown))).toEqual(withoutOrigins(state))
  })

  test('a text layer that was rasterised is one of pixels and keeps the rest of what it had', () => {
    const state = changing(open('layered.psd'), 'Title', (title) => [{ ...title, kind: 'pixel' }])
    expect(find(reopened(state).layers, 'Title')).toMatchObject({ kind: 'pixel', id: 9 })
  })

  test('layers move, go, and get into new groups', () => {
    const state = open('layered.psd')
    const [empty, clear, , title, portrait, , scenery, background] = state.layers
    const group: LayerState = {
      ...plainLayer(50, 'Gruppe'),
      kind: 'group',
      blendMode: 'passThrough',
      children: [scenery!, title!],
    }
    const layers = [portrait!, group, empty!, clear!, background!]
    const again = reopened({ ...state, layers })
    // Its layers have no ids in the file, so they are numbered anew.
    expect(renumbered(withoutOrigins(again).layers)).toEqual(
      renumbered(withoutOrigins({ ...state, layers }).layers),
    )
    const effects = readByAgPsd(writePsd({ ...state, layers })).children!
    expect(effects.at(-1)!.effects!.dropShadow).toHaveLength(1)
  })

  test('a background becomes a layer like others, with transparency and no locks', () => {
    const state = changing(open('layered.psd'), 'Background', (layer) => [
      { ...layer, isBackground: false, locks: plainLayer(1, '').locks },
    ])
    const layer = find(reopened(state).layers, 'Background')
    expect(layer).toMatchObject({ isBackground: false, locks: plainLayer(1, '').locks })
    expect(layer.raster!.alpha!.every((value) => value === 255)).toBe(true)
  })

  test('a moved layer with a mask of relative position keeps the mask where it was', () => {
    const bytes = bytesOf('layered.psd')
    const { layers } = parsePsd('a.psd', bytes).layerInfo!
    const masked = layers.find((layer) => layer.mask !== undefined)!
    bytes[masked.maskData.start + 17] = 1
    const state = readPsd('a.psd', bytes)
    const { mask: before } = find(state.layers, masked.name)
    const moved = changing(state, masked.name, (layer) => [
      { ...layer, raster: patternRaster(7, 8, 5, 4) },
    ])
    expect(find(reopened(moved).layers, masked.name).mask).toEqual(before)
  })

  test.each(FIXTURES)('%s takes another size, resolution and mode', (name) => {
    const state = open(name)
    const layers = state.layers.map((layer) => ({ ...layer, isBackground: false }))
    const isFlat = ['indexed', 'bitmap', 'multichannel'].includes(state.mode)
    const larger = {
      ...state,
      width: 50,
      height: 35,
      resolution: 96.5,
      ...(isFlat ? {} : { layers }),
    }
    expect(reopened(larger)).toMatchObject({ width: 50, height: 35, resolution: 96.5 })
    for (const mode of ['rgb', 'cmyk', 'grayscale'] as const) {
      const converted = convertMode(state, mode)
      const bytes = writePsd(converted)
      const again = readPsd('again.psd', bytes)
      expect(again.mode).toBe(mode)
      // Those numbered the layers of the other file.
      const ids = parsePsd('a.psd', bytes).resources.entries.map(({ id }) => id)
      if (mode !== state.mode) expect(ids).not.toContain(1026)
      expect(outline(again.layers)).toEqual(outline(state.layers))
    }
  })

  test('further alpha channels stay in the composite', () => {
    const base = photographDocument(4, 3, new Uint8Array(36).fill(9))
    const bytes = writePsd(base)
    const { composite, colorModeData } = parsePsd('a.psd', bytes)
    const planes = Array.from({ length: 4 }, (_, c) => new Uint8Array(12).fill(c === 3 ? 77 : 9))
    const raw = Buffer.concat([bytes.subarray(0, composite.start), Buffer.from([0, 0]), ...planes])
    raw[13] = 4
    expect(colorModeData.end).toBe(colorModeData.start)
    const state = readPsd('spot.psd', new Uint8Array(raw))
    const more = writePsd({ ...state, layers: [added, ...state.layers] })
    expect(parsePsd('a.psd', more)).toMatchObject({ channelCount: 4 })
    expect(readByAgPsd(more).channels).toBe(4)
  })
})

describe('documents without a file', () => {
  test('any document comes back from its file as it was', () => {
    fc.assert(
      fc.property(documents, (state) => {
        expect(withoutOrigins(reopened(state))).toEqual(state)
      }),
      { seed: 11, numRuns: 150 },
    )
  })

  test('any document read from a file may be edited again and comes back', () => {
    fc.assert(
      fc.property(documents, documents, (first, second) => {
        const state = reopened(first)
        const foreign = second.mode === first.mode && second.depth === first.depth
        const edited = {
          ...state,
          layers:
            foreign && !['indexed', 'bitmap', 'multichannel'].includes(first.mode)
              ? renumbered([...second.layers.filter((l) => !l.isBackground), ...state.layers])
              : state.layers,
        }
        expect(withoutOrigins(reopened(edited)).layers).toEqual(withoutOrigins(edited).layers)
      }),
      { seed: 12, numRuns: 120 },
    )
  })

  test('ag-psd reads names, bounds, masks and pixels', () => {
    const photograph = photographDocument(20, 15, new Uint8Array(900).fill(120), 144)
    const hidden = { ...plainLayer(7, 'Hidden', patternRaster(2, 2, 3, 3)), isVisible: false }
    const group: LayerState = { ...plainLayer(8, 'Group'), kind: 'group', children: [hidden] }
    const bytes = writePsd({ ...photograph, layers: [added, group, ...photograph.layers] })
    const { children, imageResources } = readByAgPsd(bytes)
    const [below, folder, top] = children as [Layer, Layer, Layer]
    expect(imageResources!.resolutionInfo).toMatchObject({ horizontalResolution: 144 })
    expect([below.name, folder.name, top.name]).toEqual(['Background', 'Group', added.name])
    expect(folder.children![0]).toMatchObject({ name: 'Hidden', hidden: true, left: 2, bottom: 5 })
    expect(top).toMatchObject({ left: -3, top: 4, right: 8, bottom: 11 })
    expect(top.mask).toMatchObject({ left: -1, top: 2, right: 5, bottom: 6, defaultColor: 255 })
    const { color, alpha } = added.raster!
    expect(Array.from(top.imageData!.data)).toEqual(
      Array.from(alpha!, (a, i) => [...color.map((plane) => plane[i]!), a]).flat(),
    )
    const gray = Array.from(top.mask!.imageData!.data).filter((_, i) => i % 4 === 0)
    expect(gray).toEqual(Array.from(mask.samples))
  })

  test('a photograph is one background in sRGB, a transparent picture one layer', () => {
    const opaque = reopened(photographDocument(2, 1, Uint8Array.of(1, 2, 3, 4, 5, 6)))
    expect(opaque.layers[0]).toMatchObject({ name: 'Background', isBackground: true })
    expect(opaque.layers[0]!.raster!.color.map((plane) => [...plane])).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ])
    expect(opaque.profile!.name).toBe('sRGB IEC61966-2.1')
    const cut = photographDocument(2, 1, Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 128))
    expect(cut.layers[0]).toMatchObject({ name: 'Layer 0', isBackground: false })
    expect([...reopened(cut).layers[0]!.raster!.alpha!]).toEqual([255, 128])
    expect(() => photographDocument(2, 2, new Uint8Array(5))).toThrow(/expected 12 or 16/)
  })

  test('a canvas beyond the limits of the format is refused', () => {
    const state = { ...photographDocument(1, 1, new Uint8Array(3)), width: 300_001, height: 1 }
    expect(() => writePsd(state)).toThrow(/a PSB holds at most 300000 pixels per edge/)
  })
})

function renumbered(layers: readonly LayerState[], next = { id: 1 }): LayerState[] {
  return layers.map((layer) => ({
    ...layer,
    id: next.id++,
    ...(layer.children ? { children: renumbered(layer.children, next) } : {}),
  }))
}

describe('metadata', () => {
  const XMP = '<x:xmpmeta>Öl</x:xmpmeta>'

  test.each(LAYERED)('of %s and of one of its layers is written, the rest as it was', (name) => {
    const before = open(name)
    const portrait = find(before.layers, 'Portrait')
    expect(portrait.xmp).toBeUndefined()
    const state = changing(before, 'Portrait', (layer) => [{ ...layer, xmp: XMP }])
    const bytes = writePsd({ ...state, xmp: `${XMP} ` })
    const after = readPsd('after.psd', bytes)
    expect(find(after.layers, 'Portrait').xmp).toBe(XMP)
    expect(after.xmp).toBe(`${XMP} `)
    expect(withoutOrigins(after)).toEqual(withoutOrigins({ ...state, xmp: `${XMP} ` }))
    expect(writePsd(after)).toEqual(bytes)
    if (name === 'layered-32.psd') return
    const { imageResources, children } = readByAgPsd(bytes)
    expect(imageResources?.xmpMetadata).toBe(`${XMP} `)
    expect(children).toHaveLength(before.layers.length)
  })
})

describe('by psd-tools', () => {
  const isThere = spawnSync('python3', ['-c', 'import psd_tools']).status === 0

  test.skipIf(!isThere)('the metadata of a layer is read where Photoshop keeps it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'impasto-host-'))
    try {
      const file = join(folder, 'xmp.psd')
      const raster = {
        bounds: { left: 0, top: 0, right: 1, bottom: 1 },
        color: [new Uint8Array(1)],
      }
      const layers = [{ ...plainLayer(1, 'A', raster), xmp: 'Öl' }, plainLayer(2, 'B', raster)]
      const base = { width: 1, height: 1, resolution: 72, mode: 'grayscale', depth: 8 } as const
      writeFileSync(file, writePsd({ ...base, layers }))
      const script = `
import json, sys
from psd_tools import PSDImage
from psd_tools.constants import Tag
def xmp(layer):
    block = layer.tagged_blocks.get_data(Tag.METADATA_SETTING) or []
    return [item.data[b'layerXMP'].value.rstrip('\\0') for item in block if item.key == b'cust']
print(json.dumps([[l.name, xmp(l)] for l in reversed(list(PSDImage.open(sys.argv[1])))]))`
      const { stdout, stderr } = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' })
      expect(stderr.includes('Traceback'), stderr).toBe(false)
      expect(JSON.parse(stdout)).toEqual([
        ['A', ['Öl']],
        ['B', []],
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test.skipIf(!isThere)('documents made at random open with the same tree', () => {
    const folder = mkdtempSync(join(tmpdir(), 'impasto-host-'))
    try {
      const states = fc.sample(documents, { seed: 5, numRuns: 12 })
      states.forEach((state, i) => {
        writeFileSync(join(folder, `${i}.psd`), writePsd(state))
      })
      const script = `
import json, sys
from psd_tools import PSDImage
tree = lambda layers: [[l.name, tree(l)] if l.is_group() else [l.name, list(l.bbox)] for l in reversed(list(layers))]
print(json.dumps([tree(PSDImage.open(f"{sys.argv[1]}/{i}.psd")) for i in range(${states.length})]))`
      const { stdout, stderr } = spawnSync('python3', ['-c', script, folder], { encoding: 'utf8' })
      expect(stderr.includes('Traceback'), stderr).toBe(false)
      const tree = (layers: readonly LayerState[]): unknown[] =>
        layers.map(({ name, children, raster }) => {
          const { left = 0, top = 0, right = 0, bottom = 0 } = raster?.bounds ?? {}
          return [name, children ? tree(children) : [left, top, right, bottom]]
        })
      const isFlat = ({ layers: [layer, ...others] }: DocumentState) =>
        layer!.isBackground && others.length === 0
      expect(JSON.parse(stdout)).toEqual(
        states.map((state) => (isFlat(state) ? [] : tree(state.layers))),
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
