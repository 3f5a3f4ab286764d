import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openContent } from '../../../src/cli/files/index.ts'
import { readRecipes } from '../../../src/cli/files/recipes.ts'
import { packetOf } from '../../../src/engine/output/xmp.ts'
import { readPsd, writePsd } from '../../../src/host/psd-file.ts'
import type { DocumentState, LayerState } from '../../../src/host/state.ts'
import type { Photoshop } from '../../../src/panel/document/photoshop-types.ts'
import { makeDocumentWork } from '../../../src/panel/document/work.ts'
import type { InsertedLayer } from '../../../src/panel/document.ts'
import { hashOf } from '../../../src/panel/hash.ts'
import { fixture, temporaryFolder } from '../../cli/files/support.ts'
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
  open,
  painted,
  snapshot,
} from './support.ts'

const inFolder = temporaryFolder()
const RECIPE = JSON.stringify({ preset: 'Öl & <Tusche>', note: 'two\nlines', weights: [1, 0.5] })

async function insertResult(bench: Bench, recipe = RECIPE): Promise<InsertedLayer> {
  const read = await bench.work.read()
  return bench.work.insert(read, read.pixels, 'Result', 'above-source', recipe)
}

const topLayer = ({ layers }: DocumentState): LayerState => layers[0]!

describe.each([8, 16] as const)('a recipe at %i bits', (depth) => {
  const source = (): LayerState => layer({ raster: painted({ depth }) })

  test('goes with its layer through saving and opening', async () => {
    const bench = open(documentOf([source(), background({ depth })], { depth }))
    await insertResult(bench)
    const saved = readPsd('saved.psd', writePsd(bench.document().state))
    const again = open(saved)
    expect(topLayer(saved).name).toBe('Result')
    expect(await again.work.readRecipe()).toBe(RECIPE)
    const others = saved.layers.slice(1).map(({ id }) => again.work.readRecipe(id))
    expect(await Promise.all(others)).toEqual([undefined, undefined])

    // Once more, so that the layer is one that came from a file.
    const second = 'another recipe'
    await insertResult(again, JSON.stringify(second))
    const twice = open(readPsd('twice.psd', writePsd(again.document().state)))
    const { layers } = twice.document().state
    expect(await twice.work.readRecipe(layers[0]!.id)).toBe(JSON.stringify(second))
    expect(await twice.work.readRecipe(layers[1]!.id)).toBe(RECIPE)
  })

  test('knows its original by the checksum that the command line has of it', async () => {
    const original = source()
    const bench = open(documentOf([original, background({ depth })], { depth }))
    const { pixels } = await bench.work.read(original.id)
    const path = inFolder(`original-${depth}.psd`)
    writeFileSync(path, writePsd(bench.document().state))
    const { identity } = await openContent(path, { layer: original.name })
    expect(identity.sha256).toBe(hashOf(pixels.bytes))
  })

  test('and its layer are one history state: one undo takes both, one redo brings both', async () => {
    const selection = feathered(INSIDE)
    const bench = open(documentOf([source()], { depth }, { selection }))
    const before = bench.document().state
    const { layerId } = await insertResult(bench)
    expect(bench.document().history.map(({ name }) => name)).toEqual(['Open', 'Result'])
    expect(topLayer(bench.document().state).mask).toBeDefined()
    bench.host.undo(bench.id)
    expect(bench.document().state).toBe(before)
    expect(await bench.work.readRecipe(layerId)).toBeUndefined()
    bench.host.redo(bench.id)
    expect(await bench.work.readRecipe(layerId)).toBe(RECIPE)
    expectClean(bench)
  })
})

test('a new document’s layer has the recipe, too', async () => {
  const bench = open(documentOf([layer({ raster: painted() })]))
  const read = await bench.work.read()
  const inserted = await bench.work.insert(read, read.pixels, 'Result', 'new-document', RECIPE)
  expect(inserted).toEqual({
    documentId: bench.host.activeDocumentId,
    layerId: expect.any(Number),
  })
  expect(inserted.documentId).not.toBe(bench.id)
  expect(await bench.work.readRecipe()).toBe(RECIPE)
})

test('a result without a recipe is inserted, and nothing has failed', async () => {
  const bench = open(documentOf([layer({ raster: painted() })]))
  const read = await bench.work.read()
  const inserted = await bench.work.insert(read, read.pixels, 'Result', 'above-source', undefined)
  expect(inserted).not.toHaveProperty('recipeFailure')
  expect(topLayer(bench.document().state).name).toBe('Result')
  expect(topLayer(bench.document().state)).not.toHaveProperty('xmp')
})

describe('when the recipe cannot be stored the picture stays, and it is told', () => {
  async function expectPictureAlone(bench: Bench, work = bench.work): Promise<void> {
    const source = bench.document().state.layers.at(-1)!
    const read = await work.read()
    const inserted = await work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
    expect(inserted.recipeFailure).toMatch(/^the recipe is not stored with the new layer: ./)
    const { layers } = bench.document().state
    expect(layers.map(({ name }) => name)).toEqual(['Result', source.name])
    expect(topLayer(bench.document().state).raster).toEqual(source.raster)
    expect(bench.document().history).toHaveLength(2)
    expectClean(bench)
  }

  test.each([true, false])('the command fails; it throws: %s', async (batchPlayThrows) => {
    const state = documentOf([layer({ raster: painted() })])
    await expectPictureAlone(open(state, undefined, { setsLayerXmp: false, batchPlayThrows }))
  })

  test('the command does nothing and says so to nobody', async () => {
    const bench = open(documentOf([layer({ raster: painted() })]))
    const photoshop = bench.host.modules.photoshop as Photoshop
    const action = {
      ...photoshop.action,
      batchPlay: async ([command]: { _obj: string }[]) => [{ _obj: command!._obj }],
    } as unknown as Photoshop['action']
    await expectPictureAlone(bench, makeDocumentWork({ ...photoshop, action }))
  })
})

test('Esc while it is stored leaves the document as it was', async () => {
  const bench = open(
    documentOf([layer({ raster: painted() })]),
    undefined,
    {},
    (name) => name === 'set' && bench.host.cancelModal(),
  )
  const before = snapshot(bench)
  const error = await errorOf(insertResult(bench))
  expect(error).toMatchObject({ problem: 'cancelled', placements: ['above-source'] })
  expectUntouched(bench, before)
})

describe('there is no recipe', () => {
  const PLAIN = layer({ id: 1, raster: painted() })
  const RECIPED = layer({ id: 2, raster: painted(), xmp: packetOf(RECIPE) })
  const FOREIGN = layer({
    id: 3,
    raster: painted(),
    xmp: packetOf(RECIPE).replaceAll('impasto', 'other'),
  })
  const withAll = (): Bench => open(documentOf([PLAIN, RECIPED, group([FOREIGN], { id: 4 })]))

  test.each([true, false])(
    'in other layers and other metadata; absence is an error: %s',
    async (absentXmpIsError) => {
      const bench = open(documentOf([PLAIN, RECIPED, group([FOREIGN], { id: 4 })]), 1, {
        absentXmpIsError,
      })
      const before = snapshot(bench)
      expect(await bench.work.readRecipe(2)).toBe(RECIPE)
      for (const id of [undefined, 1, 3, 4, 99]) {
        expect(await bench.work.readRecipe(id)).toBeUndefined()
      }
      expectUntouched(bench, before)
    },
  )

  test('of several layers at once', async () => {
    const bench = withAll()
    bench.host.selectLayers(bench.id, [2])
    expect(await bench.work.readRecipe()).toBe(RECIPE)
    bench.host.selectLayers(bench.id, [1, 2])
    expect(await bench.work.readRecipe()).toBeUndefined()
    bench.host.selectLayers(bench.id, [])
    expect(await bench.work.readRecipe()).toBeUndefined()
  })

  test('without a document, and while Photoshop refuses to answer', async () => {
    const bench = withAll()
    const photoshop = bench.host.modules.photoshop as Photoshop
    const action = {
      ...photoshop.action,
      batchPlay: () => Promise.reject(new Error('busy')),
    } as unknown as Photoshop['action']
    expect(await makeDocumentWork({ ...photoshop, action }).readRecipe(2)).toBeUndefined()
    bench.host.closeDocument(bench.id)
    expect(await bench.work.readRecipe()).toBeUndefined()
  })
})

test('a duplicate of the layer carries the recipe', async () => {
  const bench = open(documentOf([layer({ raster: painted() })]))
  const { layerId } = await insertResult(bench)
  const { app, core } = bench.host.modules.photoshop as Photoshop
  await core.executeAsModal(
    async () => {
      await Array.from(app.activeDocument.layers)
        .find(({ id }) => id === layerId)
        ?.duplicate()
    },
    { commandName: 'Duplicate' },
  )
  const copy = topLayer(bench.document().state)
  expect(copy).toMatchObject({ name: 'Result copy' })
  expect(copy.id).not.toBe(layerId)
  expect(await bench.work.readRecipe(copy.id)).toBe(RECIPE)
})

describe('between the panel and the command line', () => {
  test('what the panel stored with a layer is found in the saved document', async () => {
    const bench = open(documentOf([group([layer({ id: 5, raster: painted() })]), background()]), 5)
    await insertResult(bench)
    const path = inFolder('panel.psd')
    writeFileSync(path, writePsd(bench.document().state))
    expect(await readRecipes(path)).toEqual([{ layer: 'Result', json: RECIPE }])
  })

  test('what the command line stored with a layer is read by the panel', async () => {
    const content = await openContent(fixture('layered.psd'), { layer: 'Portrait' })
    const path = inFolder('command.psd')
    await content.save(content.image, path, { layerName: 'Result', recipe: RECIPE })
    const bench = open(readPsd('command.psd', readFileSync(path)), undefined)
    const layers = await bench.work.coverageChoices()
    const recipes = await Promise.all(layers.map(({ id }) => bench.work.readRecipe(id)))
    expect(layers.filter((_, i) => recipes[i] !== undefined)).toMatchObject([{ name: 'Result' }])
    expect(recipes.filter((json) => json !== undefined)).toEqual([RECIPE])
  })
})
