import { describe, expect, test } from 'vitest'
import type { ColorMode, LayerState } from '../../../src/host/state.ts'
import type { DocumentProblem } from '../../../src/panel/document.ts'
import {
  background,
  documentOf,
  errorOf,
  expectClean,
  expectUntouched,
  feathered,
  group,
  INSIDE,
  layer,
  open,
  painted,
  RECIPE,
  snapshot,
} from './support.ts'

const RASTERISED = [
  'text',
  'smartObject',
  'solidColor',
  'gradientFill',
  'pattern',
  'video',
  'threeD',
] as const

describe.each([true, false])('getPixels of pixel layers only: %s', (getPixelsNeedsPixelLayer) => {
  test.each(RASTERISED)('a layer of kind %s is rasterised in a duplicate', async (kind) => {
    const raster = painted()
    const source = layer({ kind, raster })
    const bench = open(
      documentOf([layer({ name: 'Top' }), group([source]), background()]),
      source.id,
      { getPixelsNeedsPixelLayer },
    )
    const before = snapshot(bench)
    const read = await bench.work.read()
    expect(read).toMatchObject({ bounds: raster.bounds, layerId: source.id, documentId: bench.id })
    expect([...read.pixels.bytes].filter((_, i) => i % 4 === 2)).toEqual([...raster.color[2]!])
    expectUntouched(bench, before)
  })

  test('a group is merged in a duplicate, though it is hidden', async () => {
    const [upper, lower] = [
      painted({ bounds: INSIDE, isOpaque: true }),
      painted({ bounds: { left: -3, top: -3, right: 5, bottom: 5 } }),
    ]
    const source = group([layer({ raster: upper }), layer({ raster: lower })], { isVisible: false })
    const bench = open(documentOf([source, background()]), source.id, { getPixelsNeedsPixelLayer })
    const before = snapshot(bench)
    const read = await bench.work.read()
    expect(read.bounds).toEqual({ left: -3, top: -3, right: 12, bottom: 9 })
    expect(read.pixels.components).toBe(4)
    expectUntouched(bench, before)
    await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    expect(bench.document().state.layers.map(({ name }) => name)).toEqual([
      'Result',
      source.name,
      'Background',
    ])
    expectClean(bench)
  })

  test('the document stays the active one, whichever was opened last', async () => {
    const bench = open(documentOf([layer({ kind: 'text', raster: painted() })]), undefined, {
      getPixelsNeedsPixelLayer,
    })
    bench.host.openDocument('other.psd', documentOf([layer({ raster: painted() })]))
    bench.host.activateDocument(bench.id)
    const before = snapshot(bench)
    await bench.work.read()
    expectUntouched(bench, before)
  })

  test('a locked text layer is rasterised all the same', async () => {
    const locks = { all: true, pixels: true, position: true, transparency: true }
    const bench = open(documentOf([layer({ kind: 'text', locks, raster: painted() })]), undefined, {
      getPixelsNeedsPixelLayer,
    })
    const before = snapshot(bench)
    expect((await bench.work.read()).bounds).toEqual(INSIDE)
    expectUntouched(bench, before)
  })
})

const MODES: readonly (readonly [ColorMode, 8 | 1, 'pixel layer' | 'background'])[] = [
  ['cmyk', 8, 'pixel layer'],
  ['lab', 8, 'pixel layer'],
  ['duotone', 8, 'pixel layer'],
  ['indexed', 8, 'background'],
  ['multichannel', 8, 'background'],
  ['bitmap', 1, 'background'],
]

describe.each(MODES)('a document in %s', (mode, depth, kind) => {
  const source = (): LayerState =>
    kind === 'background'
      ? background({ mode, depth })
      : layer({ raster: painted({ mode, depth }) })

  test('is read by way of a converted duplicate', async () => {
    const bench = open(documentOf([source()], { mode, depth }, { selection: feathered(INSIDE) }))
    const before = snapshot(bench)
    const read = await bench.work.read()
    expect(read.pixels.bits).toBe(8)
    expect(read.pixels.components).toBe(
      (mode === 'bitmap' ? 1 : 3) + (kind === 'background' ? 0 : 1),
    )
    expect(read.selection).toBeDefined()
    expectUntouched(bench, before)
  })

  test('takes the result, or where it holds no further layer, a new document does', async () => {
    const bench = open(documentOf([source()], { mode, depth }))
    const read = await bench.work.read()
    if (mode === 'cmyk' || mode === 'lab') {
      await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
      const [result] = bench.document().state.layers
      expect(result).toMatchObject({ name: 'Result', raster: { bounds: INSIDE } })
      expect(result!.raster!.color).toHaveLength(mode === 'cmyk' ? 4 : 3)
    } else {
      const { state, history } = bench.document()
      const at = await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
      expect(bench.document()).toMatchObject({ state, history })
      const made = bench.host.documents.find(({ id }) => id === at.documentId)!
      expect(made.id).not.toBe(bench.id)
      expect(made.state.mode).toBe(mode === 'bitmap' ? 'grayscale' : 'rgb')
      const [result] = made.state.layers
      expect(result).toMatchObject({ id: at.layerId, name: 'Result' })
      expect(result!.raster!.color).toHaveLength(mode === 'bitmap' ? 1 : 3)
      expect(bench.host.documents).toHaveLength(2)
    }
    expectClean(bench)
  })
})

describe('what cannot be read is refused with its reason, and facts say so first', () => {
  const pixels = (change: Partial<LayerState> = {}): LayerState =>
    layer({ raster: painted(), ...change })
  const cases: readonly (readonly [string, DocumentProblem, readonly LayerState[]])[] = [
    ['an adjustment layer', 'adjustment-layer', [layer({ kind: 'curves' })]],
    ['a kind of adjustment that is yet to come', 'adjustment-layer', [layer({ kind: 'clarity' })]],
    ['an empty layer', 'empty-layer', [layer()]],
    ['an empty group', 'empty-layer', [group([])]],
    ['an artboard', 'artboard', [group([pixels()], { isArtboard: true })]],
  ]

  test.each(cases)('%s: %s', async (_, problem, layers) => {
    const bench = open(documentOf(layers))
    const before = snapshot(bench)
    expect(bench.work.facts()).toMatchObject({ documentTitle: 'test.psd', problem })
    expect((await errorOf(bench.work.read())).problem).toBe(problem)
    expectUntouched(bench, before)
  })

  test('several layers, and none', async () => {
    const layers = [pixels(), pixels()]
    const bench = open(documentOf(layers))
    bench.host.selectLayers(
      bench.id,
      layers.map(({ id }) => id),
    )
    expect(bench.work.facts().layerCount).toBe(2)
    expect(bench.work.facts().layerName).toBeUndefined()
    expect(bench.work.facts().problem).toBeUndefined()
    expect((await errorOf(bench.work.read())).problem).toBe('several-layers')
    bench.host.selectLayers(bench.id, [])
    expect(bench.work.facts().problem).toBe('no-layer')
    expect((await errorOf(bench.work.read())).problem).toBe('no-layer')
    expectClean(bench)
  })

  test.each([true, false])('no document, when asking for it throws: %s', async (isThrown) => {
    const bench = open(documentOf([pixels()]), undefined, { activeDocumentThrows: isThrown })
    bench.host.closeDocument(bench.id)
    expect(bench.work.facts()).toEqual({ layerCount: 0, problem: 'no-document' })
    expect((await errorOf(bench.work.read())).problem).toBe('no-document')
    expectClean(bench)
  })

  test.each([
    ['beside the layer', { left: 14, top: 10, right: 18, bottom: 15 }, false],
    [
      'beside the layer, and getSelection rejects',
      { left: 14, top: 10, right: 18, bottom: 15 },
      true,
    ],
  ])('a selection %s', async (_, bounds, getSelectionRejects) => {
    const selection = feathered(bounds)
    const bench = open(documentOf([pixels()], {}, { selection }), undefined, {
      getSelectionRejects,
    })
    const before = snapshot(bench)
    expect((await errorOf(bench.work.read())).problem).toBe('selection-outside')
    expectUntouched(bench, before)
  })

  test('a layer that lies beyond the canvas with a selection on it', async () => {
    const raster = painted({ bounds: { left: -9, top: -9, right: -2, bottom: -1 } })
    const bench = open(documentOf([layer({ raster })], {}, { selection: feathered(INSIDE) }))
    expect((await errorOf(bench.work.read())).problem).toBe('selection-outside')
    bench.host.select(bench.id, undefined)
    expect((await bench.work.read()).bounds).toEqual(raster.bounds)
    expectClean(bench)
  })
})

test('facts tell the size of the active layer without a modal scope', () => {
  const bench = open(documentOf([layer({ name: 'Photo', raster: painted() })]))
  const release = bench.host.holdModal('Another plug-in')
  expect(bench.work.facts()).toEqual({
    documentTitle: 'test.psd',
    documentWidth: 20,
    documentHeight: 16,
    layerCount: 1,
    layerName: 'Photo',
    layerWidth: 9,
    layerHeight: 7,
    problem: undefined,
  })
  release()
})
