import { describe, expect, test } from 'vitest'
import {
  type Bench,
  background,
  documentOf,
  errorOf,
  expectClean,
  expectUntouched,
  feathered,
  group,
  INSIDE,
  layer,
  ONE_WIDE,
  open,
  painted,
  snapshot,
} from './support.ts'

/** Two pixel layers, a text in a group and a background, of which nothing is selected. */
function openStack(): Bench {
  const stack = [
    layer({ id: 1, name: 'Sky', raster: painted() }),
    group([layer({ id: 2, name: 'Title', kind: 'text', raster: painted({ bounds: ONE_WIDE }) })], {
      id: 3,
      name: 'Group',
    }),
    layer({ id: 4, name: 'Sea', raster: painted({ bounds: ONE_WIDE }) }),
    layer({ id: 5, name: 'Curves', kind: 'curves' }),
    { ...background(), id: 6 },
  ]
  const bench = open(documentOf(stack))
  bench.host.selectLayers(bench.id, [])
  return bench
}

const names = ({ work }: Bench): string[] => work.selectedLayers().map(({ name }) => name)

const recipeOf = (id: number): string => JSON.stringify({ of: id })

/** As the panel does for each in turn. */
async function paint(
  { work }: Bench,
  documentId: number,
  id: number,
  name: string,
): Promise<number> {
  const read = await work.read(id, { documentId })
  const { layerId } = await work.insert(read, read.pixels, name, 'above-source', recipeOf(id))
  return layerId
}

describe('the selected layers', () => {
  test('are told from the top down, however they were selected', () => {
    const bench = openStack()
    expect(names(bench)).toEqual([])
    for (const ids of [
      [4, 2, 1],
      [2, 1, 4],
    ]) {
      bench.host.selectLayers(bench.id, ids)
      expect(names(bench)).toEqual(['Sky', 'Title', 'Sea'])
    }
    expect(bench.work.selectedLayers()[1]).toEqual({ documentId: bench.id, id: 2, name: 'Title' })
    expect(bench.work.facts()).toMatchObject({ layerCount: 3, documentTitle: 'test.psd' })
    bench.host.closeDocument(bench.id)
    expect(names(bench)).toEqual([])
  })

  test('of which one cannot be painted give one problem, and no more', async () => {
    const bench = openStack()
    bench.host.selectLayers(bench.id, [5, 4])
    expect(bench.work.facts().problem).toBeUndefined()
    const before = snapshot(bench)
    const [sea, curves] = bench.work.selectedLayers()
    expect((await bench.work.read(sea!.id)).layerName).toBe('Sea')
    expect((await errorOf(bench.work.read(curves!.id))).problem).toBe('adjustment-layer')
    expectUntouched(bench, before)
  })

  test('are painted in turn: a history state each, that is undone alone', async () => {
    const bench = openStack()
    bench.host.selectLayers(bench.id, [4, 2])
    const original = bench.document().state
    const chosen = bench.work.selectedLayers()
    for (const { documentId, id, name } of chosen) {
      const layerId = await paint(bench, documentId, id, `${name} painted`)
      expect(await bench.work.readRecipe(layerId)).toBe(recipeOf(id))
    }
    const { state, history } = bench.document()
    expect(history.map(({ name }) => name)).toEqual(['Open', 'Title painted', 'Sea painted'])
    expect(state.layers.map(({ name }) => name)).toEqual([
      'Sky',
      'Group',
      'Sea painted',
      'Sea',
      'Curves',
      'Background',
    ])
    expect(state.layers[1]!.children!.map(({ name }) => name)).toEqual(['Title painted', 'Title'])
    bench.host.undo(bench.id)
    expect(bench.document().state.layers.map(({ name }) => name)).not.toContain('Sea painted')
    expect(bench.document().state.layers[1]!.children).toHaveLength(2)
    bench.host.undo(bench.id)
    expect(bench.document().state).toBe(original)
    expectClean(bench)
  })
})

describe('a layer is read and its result inserted by id', () => {
  test('while another layer is active, whose selection limits it all the same', async () => {
    const bench = openStack()
    bench.host.select(bench.id, feathered(INSIDE))
    bench.host.selectLayers(bench.id, [1])
    const read = await bench.work.read(4)
    expect(read).toMatchObject({ layerId: 4, layerName: 'Sea', bounds: ONE_WIDE })
    expect(read.selection).toHaveLength(17)
    expect(bench.document().selectedLayerIds).toEqual([1])
  })

  test.each([
    ['a pixel layer', 4],
    ['a text layer, by way of a duplicate', 2],
  ])('while another document is active: %s', async (_, id) => {
    const bench = openStack()
    const other = bench.host.openDocument('other.psd', documentOf([layer({ id, name: 'Other' })]))
    const layerId = await paint(bench, bench.id, id, 'Painted')
    expect(bench.host.activeDocumentId).toBe(other)
    expect(bench.host.documents).toHaveLength(2)
    expect(bench.document().history).toHaveLength(2)
    expect(bench.host.documents.find((document) => document.id === other)!.history).toHaveLength(1)
    bench.host.activateDocument(bench.id)
    expect(await bench.work.readRecipe(layerId)).toBe(recipeOf(id))
    expectClean(bench)
  })

  test('and is told when it, or its document, is gone', async () => {
    const bench = openStack()
    expect((await errorOf(bench.work.read(99))).problem).toBe('layer-deleted')
    const error = await errorOf(bench.work.read(4, { documentId: 99 }))
    expect(error.problem).toBe('document-closed')
    bench.host.closeDocument(bench.id)
    expect((await errorOf(bench.work.read(4))).problem).toBe('no-document')
  })

  test('a result is read again as it was put in', async () => {
    const bench = openStack()
    const read = await bench.work.read(4)
    const inserted = await bench.work.insert(read, read.pixels, 'Painted', 'above-source', '{}')
    const again = await bench.work.read(inserted.layerId, inserted)
    expect(again).toMatchObject({ layerName: 'Painted', bounds: read.bounds, pixels: read.pixels })
    expect(bench.document().history).toHaveLength(2)
  })
})
