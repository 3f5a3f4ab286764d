import { describe, expect, test } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import type { LayerState } from '../../../src/host/state.ts'
import { DEFAULT_SWITCHES, type Switches } from '../../../src/host/switches.ts'
import type { Photoshop } from '../../../src/panel/document/photoshop-types.ts'
import { makeDocumentWork } from '../../../src/panel/document/work.ts'
import type { InsertedLayer } from '../../../src/panel/document.ts'
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
  RECIPE,
  snapshot,
} from './support.ts'

/** Every switch at every value, each alone; those of pages and pickers change nothing here. */
const SETTINGS: readonly Partial<Switches>[] = [
  ...Object.entries(DEFAULT_SWITCHES).flatMap(([name, value]) =>
    typeof value === 'boolean' ? [{ [name]: true }, { [name]: false }] : [{ [name]: value }],
  ),
  { maskWrites: 'lost' },
  { layerTree: 'nested' },
  { layerTree: 'absent' },
  { maskWrites: 'black-turns-white' },
]

const sources: Readonly<Record<string, () => LayerState>> = {
  'a pixel layer': () => layer({ raster: painted({ depth: 16 }) }),
  'a text layer': () => layer({ kind: 'text', raster: painted({ depth: 16 }) }),
  'a group': () => group([layer({ raster: painted({ depth: 16 }) })]),
}

async function stylize(bench: Bench): Promise<InsertedLayer> {
  const read = await bench.work.read()
  return bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE)
}

function expectResult(bench: Bench, source: LayerState): void {
  const { layers } = bench.document().state
  expect(layers.map(({ name }) => name)).toEqual(['Top', 'Result', source.name, 'Background'])
  const [, result] = layers
  expect(result!.raster).toMatchObject({ bounds: INSIDE })
  expect(result!.mask?.bounds).toEqual(INSIDE)
  expect(bench.document().history).toHaveLength(2)
  expect(bench.host.documents).toHaveLength(1)
  expectClean(bench)
}

/** Where no layer can be made, the result is not lost. */
async function expectNewDocument(bench: Bench): Promise<void> {
  const read = await bench.work.read()
  const before = snapshot(bench)
  const error = await errorOf(
    bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE),
  )
  expect(error.placements).toContain('new-document')
  expectUntouched(bench, before)
  await bench.work.insert(read, read.pixels, 'Result', 'new-document', RECIPE)
  expect(bench.host.documents).toHaveLength(2)
  expectClean(bench)
}

describe.each(SETTINGS)('with %o', (switches) => {
  test.each(Object.entries(sources))('%s is read, and its result inserted', async (_, make) => {
    const source = make()
    const state = documentOf(
      [layer({ name: 'Top' }), source, background({ depth: 16 })],
      { depth: 16 },
      { selection: feathered(INSIDE) },
    )
    const bench = open(state, source.id, switches)
    if (switches.createPixelLayerFails) {
      await expectNewDocument(bench)
    } else {
      const { layerId, recipeFailure } = await stylize(bench)
      expectResult(bench, source)
      const isStored = switches.setsLayerXmp ?? true
      expect(await bench.work.readRecipe(layerId)).toBe(isStored ? RECIPE : undefined)
      expect(recipeFailure === undefined).toBe(isStored)
      expect(await bench.work.readRecipe(source.id)).toBeUndefined()
    }
  })

  test('an action plays the whole flow as one history state', async () => {
    const source = layer({ raster: painted() })
    const bench = open(documentOf([source]), source.id, switches)
    const problem = await played(bench.host, () => stylize(bench))
    if (switches.createPixelLayerFails) {
      expect(problem).toMatchObject({ problem: 'failed' })
      expect(bench.document().state.layers).toEqual([source])
    } else {
      expect(problem).toBeUndefined()
      expect(bench.document().state.layers.map(({ name }) => name)).toEqual(['Result', source.name])
      expect(bench.document().history).toHaveLength(2)
    }
    expectClean(bench)
  })
})

/** Plays `body` as a step of an action. @returns what it threw. */
async function played(host: Host, body: () => Promise<unknown>): Promise<unknown> {
  const scope = globalThis as { playedStep?: () => Promise<void> }
  let thrown: unknown
  scope.playedStep = async () => {
    thrown = await body().then(
      () => undefined,
      (error: unknown) => error,
    )
  }
  try {
    await host.play([{ name: 'Stylize', methodName: 'playedStep', info: {} }])
  } finally {
    delete scope.playedStep
  }
  return thrown
}

test.each([
  [
    'is refused by value',
    async () => [{ _obj: 'error', message: 'Not available', result: -25922 }],
  ],
  [
    'throws',
    async () => {
      throw new Error('The command “Make” is not currently available.')
    },
  ],
] as const)('when making a mask %s, the selection goes into the alpha', async (_, batchPlay) => {
  const source = layer({ raster: painted({ isOpaque: true }) })
  const selection = feathered(INSIDE)
  const bench = open(documentOf([source, background()], {}, { selection }), source.id, {
    putLayerMaskCreates: false,
  })
  const photoshop = bench.host.modules.photoshop as Photoshop
  const action = { ...photoshop.action, batchPlay }
  await stylize({ ...bench, work: makeDocumentWork({ ...photoshop, action }) })
  const [result] = bench.document().state.layers
  expect(result!.mask).toBeUndefined()
  expect(result!.raster!.alpha).toEqual(selection.coverage)
  expect(bench.document().history).toHaveLength(2)
  expectClean(bench)
})

describe('a failure', () => {
  test('at any call of the flow leaves everything as it was, or is made good', async () => {
    for (const make of [sources['a pixel layer']!, sources['a group']!]) {
      for (let failAt = 1; ; failAt++) {
        let calls = 0
        let isArmed = true
        const source = make()
        const bench = open(
          documentOf(
            [source, background({ depth: 16 })],
            { depth: 16 },
            { selection: feathered(INSIDE) },
          ),
          source.id,
          {},
          () => {
            calls++
            if (isArmed && calls === failAt) throw new Error('Photoshop Error. Code: -1')
          },
        )
        const before = snapshot(bench)
        const error = await stylize(bench).then(
          () => undefined,
          (reason: unknown) => reason,
        )
        isArmed = false
        if (error) {
          expect(error).toMatchObject({ name: 'DocumentError' })
          expectUntouched(bench, before)
          await stylize(bench)
        }
        expect(bench.document().state.layers.map(({ name }) => name)).toEqual([
          'Result',
          source.name,
          'Background',
        ])
        expectClean(bench)
        if (calls < failAt) break
      }
    }
  })

  test('within a playing action that suspended the history takes the layer away again', async () => {
    const source = layer({ raster: painted() })
    let isArmed = false
    const bench = open(documentOf([source]), source.id, { suspendedWhilePlaying: true }, (name) => {
      if (isArmed && name === 'move') throw new Error('Photoshop Error. Code: -1')
    })
    const read = await bench.work.read()
    isArmed = true
    const problem = await played(bench.host, () =>
      bench.work.insert(read, read.pixels, 'Result', 'above-source', RECIPE),
    )
    expect(problem).toMatchObject({ problem: 'failed' })
    expect(bench.document().state.layers).toEqual([source])
    expectClean(bench)
  })
})
