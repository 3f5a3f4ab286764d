import { describe, expect, test } from 'vitest'
import type { ColorMode, Depth, LayerState, Raster, Rect } from '../../../src/host/state.ts'
import {
  background,
  documentOf,
  expectClean,
  feathered,
  group,
  INSIDE,
  layer,
  OFF_CANVAS,
  ONE_WIDE,
  open,
  painted,
  RECIPE,
} from './support.ts'

/** 16 bit may round by one step of 32768; the others not at all. */
const TOLERANCES = { 1: 0, 8: 0, 16: 1, 32: 0 } as const satisfies Record<Depth, number>

function expectSame(actual: Raster | undefined, expected: Raster, depth: Depth): void {
  expect(actual?.bounds).toEqual(expected.bounds)
  const planes = (raster: Raster): readonly (readonly number[])[] =>
    [...raster.color, ...(raster.alpha ? [raster.alpha] : [])].map((plane) => [...plane])
  const [got, wanted] = [planes(actual!), planes(expected)]
  expect(got).toHaveLength(wanted.length)
  const worst = wanted.flatMap((plane, component) =>
    plane.map((value, i) => Math.abs(value - got[component]![i]!)),
  )
  expect(Math.max(...worst)).toBeLessThanOrEqual(TOLERANCES[depth])
}

const MODES: readonly ColorMode[] = ['rgb', 'grayscale']
const DEPTHS: readonly Depth[] = [8, 16, 32]
const SHAPES: readonly (readonly [string, Rect])[] = [
  ['inside the canvas', INSIDE],
  ['beyond the canvas on every side', OFF_CANVAS],
  ['one pixel wide', ONE_WIDE],
]

describe.each(MODES)('%s', (mode) => {
  describe.each(DEPTHS)('at %i bits', (depth) => {
    test.each(SHAPES)('a layer %s comes back as it is, directly above', async (_, bounds) => {
      const source = layer({ raster: painted({ mode, depth, bounds }) })
      const bench = open(
        documentOf([layer(), source, background({ mode, depth })], { mode, depth }),
        source.id,
      )
      const before = bench.document().state

      const read = await bench.work.read()
      expect(read.bounds).toEqual(bounds)
      expect(read.pixels).toMatchObject({ bits: depth, components: mode === 'rgb' ? 4 : 2 })
      await bench.work.insert(read, read.pixels, 'Night, bold', 'above-source', RECIPE)

      const { layers } = bench.document().state
      expect(layers.map(({ name }) => name)).toEqual([
        before.layers[0]!.name,
        'Night, bold',
        source.name,
        'Background',
      ])
      expectSame(layers[1]!.raster, source.raster!, depth)
      expect(layers[1]).toMatchObject({ kind: 'pixel', isVisible: true, isClipped: false })
      expect([layers[0], layers[2], layers[3]]).toEqual(before.layers)
      expectClean(bench)
    })

    test('a background comes back opaque', async () => {
      const source = background({ mode, depth })
      const bench = open(documentOf([source], { mode, depth }))
      const read = await bench.work.read()
      expect(read.pixels.components).toBe(mode === 'rgb' ? 3 : 1)
      await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
      const [result, below] = bench.document().state.layers
      expect(below).toBe(source)
      expectSame({ ...result!.raster!, alpha: undefined }, source.raster!, depth)
      expectClean(bench)
    })

    test('a feathered selection becomes the mask, and the pixels stay whole', async () => {
      const source = layer({ raster: painted({ mode, depth, bounds: OFF_CANVAS }) })
      const selection = feathered({ left: 2, top: 1, right: 11, bottom: 8 })
      const bench = open(documentOf([source], { mode, depth }, { selection }))
      const read = await bench.work.read()
      const coverageAt = (coverage: Uint8Array, { left, top, right }: Rect, x: number, y: number) =>
        coverage[(y - top) * (right - left) + x - left]
      for (let y = OFF_CANVAS.top; y < OFF_CANVAS.bottom; y++) {
        for (let x = OFF_CANVAS.left; x < OFF_CANVAS.right; x++) {
          const isInside = x >= 2 && x < 11 && y >= 1 && y < 8
          expect(coverageAt(read.selection!, OFF_CANVAS, x, y)).toBe(
            isInside ? coverageAt(selection.coverage, selection.bounds, x, y) : 0,
          )
        }
      }

      await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
      const [result] = bench.document().state.layers
      expectSame(result!.raster, source.raster!, depth)
      const full = depth === 16 ? 32768 : depth === 32 ? 1 : 255
      const { bounds, samples } = result!.mask!
      expect(bounds).toEqual(OFF_CANVAS)
      const worst = [...samples].map((value, i) =>
        Math.abs(value / full - read.selection![i]! / 255),
      )
      expect(Math.max(...worst)).toBeLessThanOrEqual(1 / 32768)
      expect(bench.document().state.selection).toBe(selection)
      expectClean(bench)
    })
  })
})

test('transparent margins are trimmed, and the origin follows', async () => {
  const raster = painted({ bounds: { left: -4, top: -4, right: 6, bottom: 6 } })
  raster.alpha!.fill(0)
  raster.alpha![2 * 10 + 3] = 255
  raster.alpha![7 * 10 + 5] = 9
  const bench = open(documentOf([layer({ raster })]))
  const read = await bench.work.read()
  expect(read.bounds).toEqual({ left: -1, top: -2, right: 2, bottom: 4 })
  expect([...read.pixels.bytes].slice(0, 4)).toEqual([
    ...raster.color.map((plane) => plane[2 * 10 + 3]),
    255,
  ])
  expectClean(bench)
})

test('the result is one history state, and undoing it gives the state before', async () => {
  const bench = open(
    documentOf([layer({ raster: painted() })], {}, { selection: feathered(INSIDE) }),
  )
  const before = bench.document()
  const [beforeState, beforeLength] = [before.state, before.history.length]
  const read = await bench.work.read()
  expect(bench.document().history).toHaveLength(beforeLength)
  await bench.work.insert(read, read.pixels, 'Night, bold', 'above-source', RECIPE)
  expect(bench.document().history).toHaveLength(beforeLength + 1)
  expect(bench.document().history.at(-1)?.name).toBe('Night, bold')
  bench.host.undo(bench.id)
  expect(bench.document().state).toBe(beforeState)
})

describe('the place of the result', () => {
  const names = (layers: readonly LayerState[]): unknown[] =>
    layers.map(({ name, children, isClipped }) =>
      children ? [name, names(children)] : isClipped ? `${name} (clipped)` : name,
    )

  async function placed(
    layers: readonly LayerState[],
    source: LayerState,
    newLayerOnTop: boolean,
  ): Promise<unknown[]> {
    const bench = open(documentOf(layers), source.id, { newLayerOnTop })
    const read = await bench.work.read()
    await bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    expectClean(bench)
    return names(bench.document().state.layers)
  }

  describe.each([true, false])('with new layers on top: %s', (newLayerOnTop) => {
    test('is above a layer deep in groups', async () => {
      const source = layer({ name: 'Source', raster: painted() })
      const layers = [
        layer({ name: 'Top' }),
        group([layer({ name: 'Sibling' }), group([source], { name: 'Inner' })], { name: 'Outer' }),
      ]
      expect(await placed(layers, source, newLayerOnTop)).toEqual([
        'Top',
        ['Outer', ['Sibling', ['Inner', ['Result', 'Source']]]],
      ])
    })

    test('is above a group, not in it', async () => {
      const source = group([layer({ name: 'Child', raster: painted() })], { name: 'Source' })
      expect(await placed([source, layer({ name: 'Below' })], source, newLayerOnTop)).toEqual([
        'Result',
        ['Source', ['Child']],
        'Below',
      ])
    })

    test('is clipped above a clipped layer', async () => {
      const source = layer({ name: 'Source', isClipped: true, raster: painted() })
      const layers = [
        layer({ name: 'Upper', isClipped: true }),
        source,
        layer({ name: 'Base', raster: painted() }),
      ]
      expect(await placed(layers, source, newLayerOnTop)).toEqual([
        'Upper (clipped)',
        'Result (clipped)',
        'Source (clipped)',
        'Base',
      ])
    })

    test('is clipped above a layer that others are clipped to', async () => {
      const source = layer({ name: 'Source', raster: painted() })
      const layers = [layer({ name: 'Upper', isClipped: true }), source]
      expect(await placed(layers, source, newLayerOnTop)).toEqual([
        'Upper (clipped)',
        'Result (clipped)',
        'Source',
      ])
    })

    test('is above a locked layer', async () => {
      const locks = { all: true, pixels: true, position: true, transparency: true }
      const source = layer({ name: 'Source', locks, raster: painted() })
      expect(await placed([source], source, newLayerOnTop)).toEqual(['Result', 'Source'])
    })
  })
})
