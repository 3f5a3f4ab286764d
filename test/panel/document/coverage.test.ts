import { describe, expect, test } from 'vitest'
import type { LayerState, MaskState, Rect, Samples } from '../../../src/host/state.ts'
import type { Photoshop } from '../../../src/panel/document/photoshop-types.ts'
import { makeDocumentWork } from '../../../src/panel/document/work.ts'
import type { CoverageSource, SourceLayer } from '../../../src/panel/document.ts'
import {
  type Bench,
  background,
  CANVAS,
  documentOf,
  errorOf,
  expectUntouched,
  feathered,
  group,
  INSIDE,
  layer,
  OFF_CANVAS,
  open,
  painted,
  snapshot,
} from './support.ts'

const DEPTHS = [8, 16, 32] as const
const FULL = { 8: 255, 16: 32768, 32: 1 } as const

/** Coverage that differs from pixel to pixel. */
const valueAt = (x: number, y: number): number => (((x + 40) * 13 + (y + 40) * 29) % 86) * 3

const isIn = ({ left, top, right, bottom }: Rect, x: number, y: number): boolean =>
  x >= left && x < right && y >= top && y < bottom

function perPixel(bounds: Rect, value: (x: number, y: number) => number): number[] {
  const values: number[] = []
  for (let y = bounds.top; y < bounds.bottom; y++)
    for (let x = bounds.left; x < bounds.right; x++) values.push(value(x, y))
  return values
}

/** Of 0 … 255. */
function atDepth(depth: 8 | 16 | 32, values: readonly number[]): Samples {
  const scaled = values.map((value) => (value / 255) * FULL[depth])
  if (depth === 32) return Float32Array.from(scaled)
  return depth === 16 ? Uint16Array.from(scaled, Math.round) : Uint8Array.from(scaled, Math.round)
}

function maskOf(bounds: Rect, depth: 8 | 16 | 32, outside: 'hides' | 'shows'): MaskState {
  return {
    bounds,
    samples: atDepth(depth, perPixel(bounds, valueAt)),
    outside: outside === 'shows' ? FULL[depth] : 0,
    isEnabled: true,
  }
}

async function coverageOf(bench: Bench, from: CoverageSource): Promise<number[]> {
  const before = snapshot(bench)
  const over = await bench.work.read(undefined, { ignoreSelection: true })
  const coverage = await bench.work.readCoverage(from, over)
  expect(coverage).toMatchObject({ width: over.pixels.width, height: over.pixels.height })
  expectUntouched(bench, before)
  return [...coverage.bytes]
}

const SOURCES: readonly (readonly [string, Rect])[] = [
  ['inside the canvas', INSIDE],
  ['beyond the canvas on every side', OFF_CANVAS],
]

describe.each(DEPTHS)('at %i bits', (depth) => {
  describe.each(SOURCES)('over a layer %s', (_, bounds) => {
    const source = (change: Partial<LayerState> = {}): LayerState =>
      layer({ raster: painted({ depth, bounds }), ...change })
    const MASK: Rect = { left: -2, top: -1, right: 9, bottom: 7 }

    test('the selection is told as it is, and 0 beyond the canvas', async () => {
      const selection = feathered({ left: 1, top: 1, right: 15, bottom: 8 })
      const bench = open(documentOf([source()], { depth }, { selection }))
      const wanted = perPixel(bounds, (x, y) => {
        const { left, top, right } = selection.bounds
        if (!isIn(selection.bounds, x, y)) return 0
        return selection.coverage[(y - top) * (right - left) + x - left]!
      })
      expect(await coverageOf(bench, { kind: 'selection' })).toEqual(wanted)
    })

    test('the layer’s mask is told as it is, and 0 beyond it where it hides', async () => {
      const mask = maskOf(MASK, depth, 'hides')
      const bench = open(documentOf([source({ mask })], { depth }))
      expect(await coverageOf(bench, { kind: 'layer-mask' })).toEqual(
        perPixel(bounds, (x, y) => (isIn(MASK, x, y) ? valueAt(x, y) : 0)),
      )
    })

    test('a mask that shows beyond its samples covers the canvas fully', async () => {
      const mask = maskOf(MASK, depth, 'shows')
      const bench = open(documentOf([source({ mask })], { depth }))
      const got = await coverageOf(bench, { kind: 'layer-mask' })
      const wanted = perPixel(bounds, (x, y) => (isIn(MASK, x, y) ? valueAt(x, y) : 255))
      perPixel(bounds, (x, y) => (isIn(CANVAS, x, y) ? 1 : 0)).forEach((isShown, i) => {
        if (isShown) expect(got[i]).toBe(wanted[i])
      })
    })

    test('another layer covers by its luma times its opacity, and 0 beyond its pixels', async () => {
      const values = perPixel(MASK, valueAt)
      const full = values.map(() => 255)
      const white = atDepth(depth, full)
      const byAlpha = layer({
        raster: { bounds: MASK, color: [white, white, white], alpha: atDepth(depth, values) },
      })
      const green = layer({
        isVisible: false,
        raster: {
          bounds: MASK,
          color: [
            atDepth(
              depth,
              full.map(() => 0),
            ),
            white,
            white,
          ],
          alpha: atDepth(
            depth,
            full.map(() => 128),
          ),
        },
      })
      const bench = open(
        documentOf([byAlpha, group([green]), source({ id: 9 }), background({ depth })], { depth }),
        9,
      )
      const from = (id: number): CoverageSource => ({ kind: 'layer', layerId: id })
      expect(await coverageOf(bench, from(byAlpha.id))).toEqual(
        perPixel(bounds, (x, y) => (isIn(MASK, x, y) ? valueAt(x, y) : 0)),
      )
      // Green and blue of Rec. 709, half opaque.
      const level = Math.round((0.7152 + 0.0722) * 128)
      expect(await coverageOf(bench, from(green.id))).toEqual(
        perPixel(bounds, (x, y) => (isIn(MASK, x, y) ? level : 0)),
      )
    })
  })
})

test('a grayscale layer covers by its gray, and one in CMYK by way of a duplicate', async () => {
  const gray = { mode: 'grayscale', depth: 8 } as const
  const mask = layer({ raster: painted({ ...gray, isOpaque: true }) })
  const inGray = open(documentOf([mask, layer({ id: 9, raster: painted(gray) })], gray), 9)
  expect(await coverageOf(inGray, { kind: 'layer', layerId: mask.id })).toEqual([
    ...mask.raster!.color[0]!,
  ])

  const cmyk = { mode: 'cmyk', depth: 8 } as const
  const plate = painted({ ...cmyk, isOpaque: true })
  const flat = (value: number): LayerState => {
    const color = plate.color.map((plane) => new Uint8Array(plane.length).fill(value))
    return layer({ raster: { ...plate, color } })
  }
  const [ink, paper] = [flat(0), flat(255)]
  const inCmyk = open(documentOf([ink, paper, layer({ id: 9, raster: painted(cmyk) })], cmyk), 9)
  const wanted = { [ink.id]: 0, [paper.id]: 255 }
  for (const [id, value] of Object.entries(wanted)) {
    const got = await coverageOf(inCmyk, { kind: 'layer', layerId: Number(id) })
    expect(new Set(got)).toEqual(new Set([value]))
  }
})

describe('a mask that is not there is told apart', () => {
  const read = (bench: Bench): Promise<SourceLayer> =>
    bench.work.read(undefined, { ignoreSelection: true })

  test.each([
    ['nothing is selected', { kind: 'selection' }, 'no-selection'],
    ['the layer has no mask', { kind: 'layer-mask' }, 'no-layer-mask'],
    ['the layer is gone', { kind: 'layer', layerId: 777 }, 'mask-layer-gone'],
    ['the layer is empty', { kind: 'layer', layerId: 8 }, 'mask-layer-gone'],
    ['it has become an adjustment', { kind: 'layer', layerId: 7 }, 'mask-layer-gone'],
  ] as const)('%s', async (_, from, problem) => {
    const layers = [
      layer({ raster: painted() }),
      layer({ id: 8 }),
      layer({ id: 7, kind: 'curves' }),
    ]
    const bench = open(documentOf(layers))
    const over = await read(bench)
    const before = snapshot(bench)
    expect((await errorOf(bench.work.readCoverage(from, over))).problem).toBe(problem)
    expectUntouched(bench, before)
  })

  test('the selection lies beside the layer', async () => {
    const selection = feathered({ left: 14, top: 10, right: 18, bottom: 15 })
    const bench = open(documentOf([layer({ raster: painted() })], {}, { selection }))
    const error = await errorOf(bench.work.readCoverage({ kind: 'selection' }, await read(bench)))
    expect(error.problem).toBe('selection-outside')
  })

  test('the painted layer or its document was closed meanwhile', async () => {
    const bench = open(documentOf([layer({ id: 5, raster: painted() }), background()]), 5)
    const over = await read(bench)
    bench.host.edit(bench.id, 'Delete', (state) => ({ ...state, layers: state.layers.slice(1) }))
    const ofMask = bench.work.readCoverage({ kind: 'layer-mask' }, over)
    expect((await errorOf(ofMask)).problem).toBe('layer-deleted')
    bench.host.closeDocument(bench.id)
    const ofSelection = bench.work.readCoverage({ kind: 'selection' }, over)
    expect((await errorOf(ofSelection)).problem).toBe('document-closed')
  })
})

describe('what may serve as a mask', () => {
  const names = async ({ work }: Bench): Promise<string[]> =>
    (await work.coverageChoices()).map(({ name }) => name)

  test.each(['documented', 'nested', 'absent'] as const)(
    'are the pixel layers that have pixels, from the top down, also in groups, the tree being %s',
    async (layerTree) => {
      const raster = painted()
      const bench = open(
        documentOf([
          layer({ name: 'Mask', raster, isVisible: false }),
          layer({ name: 'Empty' }),
          group([layer({ name: 'Inner', raster }), layer({ name: 'Text', kind: 'text', raster })], {
            name: 'Group',
          }),
          layer({ name: 'Curves', kind: 'curves' }),
          background(),
        ]),
        undefined,
        { layerTree },
      )
      expect(await names(bench)).toEqual(['Mask', 'Inner', 'Background'])
      expect((await bench.work.coverageChoices())[0]).toMatchObject({ documentId: bench.id })
    },
  )

  test('are no more than fill a menu, and none without a document', async () => {
    const raster = painted()
    const bench = open(documentOf(Array.from({ length: 80 }, () => layer({ raster }))))
    expect(await names(bench)).toHaveLength(50)
    bench.host.closeDocument(bench.id)
    expect(await names(bench)).toEqual([])
  })

  test('are those of the document that is meant, and none where it cannot be asked', async () => {
    const bench = open(documentOf([layer({ name: 'Mask', raster: painted() })]))
    bench.host.openDocument('other.psd', documentOf([layer({ raster: painted() })]))
    const [mask] = await bench.work.coverageChoices(bench.id)
    expect(mask).toMatchObject({ documentId: bench.id, name: 'Mask' })
    const broken = makeDocumentWork(
      new Proxy(
        {},
        {
          get() {
            throw new Error('closing')
          },
        },
      ) as Photoshop,
    )
    expect(await broken.coverageChoices()).toEqual([])
    expect(broken.selectedLayers()).toEqual([])
  })
})

test('a selection that is a region masks no result; else it does', async () => {
  const selection = feathered(INSIDE)
  const bench = open(documentOf([layer({ raster: painted() })], {}, { selection }))
  expect((await bench.work.read()).selection).toHaveLength(63)
  const read = await bench.work.read(undefined, { ignoreSelection: true })
  expect(read.selection).toBeUndefined()
  const { layerId } = await bench.work.insert(read, read.pixels, 'Result', 'above-source', '{}')
  const result = bench.document().state.layers.find(({ id }) => id === layerId)
  expect(result).toMatchObject({ name: 'Result', raster: { bounds: INSIDE } })
  expect(result!.mask).toBeUndefined()
})
