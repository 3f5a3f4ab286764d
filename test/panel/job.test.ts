import { describe, expect, test } from 'vitest'
import { BridgeError } from '../../src/engine/errors.ts'
import { readRecipe } from '../../src/engine/output/recipe.ts'
import { makeAttention } from '../../src/panel/attention.ts'
import { DocumentError, type DocumentProblem } from '../../src/panel/document.ts'
import type { EarlierPainting } from '../../src/panel/earlier-painting.ts'
import { makeEngineClient } from '../../src/panel/engine-client.ts'
import { hashOf } from '../../src/panel/hash.ts'
import { type Job, type JobState, makeJob } from '../../src/panel/job.ts'
import { makeLog } from '../../src/panel/log.ts'
import { runSettings } from '../../src/panel/recorded-step.ts'
import { DEFAULT_SETTINGS } from '../../src/panel/settings.ts'
import type { StyleSetting } from '../../src/panel/style-settings.ts'
import {
  COVERAGE,
  HASH,
  layerChoice,
  makeConnection,
  makeDocuments,
  makeLongRun,
  OUTCOME,
  OVER,
  PIXELS,
  PROGRESS,
} from './stand-ins.ts'

const SETTINGS = runSettings({ ...DEFAULT_SETTINGS, size: 'layer' }, [])

function setUp() {
  const documents = makeDocuments()
  const connection = makeConnection()
  const states: JobState[] = []
  const lost: string[] = []
  const engine = makeEngineClient({
    connect: connection.connect,
    isOnDeadNetworkPath: async () => false,
    attention: makeAttention(),
    onPause() {},
    reloadPage() {},
    readPluginFile: async () => new Uint8Array(),
    onState() {},
    log: makeLog(),
  })
  const job: Job = makeJob({
    documents,
    engine,
    readStyle: async (style) => ({ name: `${style.name}.jpg`, bytes: new Uint8Array() }),
    layerName: () => 'Oil · Default',
    version: () => '1.2.3',
    onState: (state) => states.push(state),
    onRecipeLost: (reason) => lost.push(reason),
  })
  return {
    documents,
    connection,
    job,
    states,
    lost,
    phases: () => states.map(({ phase }) => phase),
  }
}

describe('a run', () => {
  test('goes from the layer to a new layer', async () => {
    const { documents, job, phases } = setUp()
    const end = await job.run(SETTINGS)
    expect(end.phase).toBe('done')
    expect(phases()).toEqual(['reading', 'opening', 'painting', 'inserting', 'done'])
    expect(documents.insertions).toMatchObject([
      { layerName: 'Oil · Default', placement: 'above-source', pixels: PIXELS },
    ])
  })

  test('paints at the layer’s own long edge where that is wanted', async () => {
    const { connection, job } = setUp()
    let size: number | undefined
    connection.answers.stylize = async ({ options }) => {
      size = options.size
      return OUTCOME
    }
    await job.run(SETTINGS)
    expect(size).toBe(300)
  })

  test('tells the engine of which profile the colours are', async () => {
    const { connection, documents, job } = setUp()
    const { read } = documents
    documents.read = async (...given) => ({ ...(await read(...given)), profile: 'Display P3' })
    let profile: unknown
    connection.answers.stylize = async (given) => {
      profile = given.profile
      return OUTCOME
    }
    await job.run(SETTINGS)
    expect(profile).toBe('Display P3')
  })

  test('shows the progress that the engine reports', async () => {
    const { connection, job, states } = setUp()
    connection.answers.stylize = async () => {
      connection.handlers.events.progress(PROGRESS)
      return OUTCOME
    }
    await job.run(SETTINGS)
    expect(states).toContainEqual(expect.objectContaining({ progress: PROGRESS }))
  })

  test('asks the engine to stop once, and inserts what it gives', async () => {
    const { connection, documents, job } = setUp()
    const long = makeLongRun()
    connection.answers.stylize = long.answer
    const run = job.run(SETTINGS)
    await long.begun
    job.stop()
    job.stop()
    long.end({ ...OUTCOME, isFinished: false })
    expect((await run).phase).toBe('done')
    expect(connection.requests.filter((name) => name === 'stop')).toHaveLength(1)
    expect(documents.insertions).toHaveLength(1)
  })

  test('that is started while another is under way changes nothing', async () => {
    const { connection, documents, job } = setUp()
    const long = makeLongRun()
    connection.answers.stylize = long.answer
    const run = job.run(SETTINGS)
    await long.begun
    expect((await job.run(SETTINGS)).phase).toBe('painting')
    long.end(OUTCOME)
    await run
    expect(documents.insertions).toHaveLength(1)
  })

  test('says why it failed, and the next one works', async () => {
    const { connection, documents, job } = setUp()
    const error = new BridgeError('the engine page began anew')
    connection.answers.stylize = async () => {
      throw error
    }
    expect(await job.run(SETTINGS)).toEqual({ phase: 'failed', error })
    expect(documents.insertions).toHaveLength(0)
    connection.answers.stylize = async () => OUTCOME
    expect((await job.run(SETTINGS)).phase).toBe('done')
  })

  test('does not start the engine when the layer cannot be read', async () => {
    const { connection, documents, job } = setUp()
    documents.failNext('read', new DocumentError('empty-layer', 'empty'))
    expect((await job.run(SETTINGS)).phase).toBe('failed')
    expect(connection.requests).toEqual([])
  })
})

describe('cancelling', () => {
  // Each number is a point between two turns of the event loop's microtasks.
  test.each(Array.from({ length: 24 }, (_, turns) => turns))(
    'after %i turns either leaves the document alone or comes too late',
    async (turns) => {
      const { documents, job, phases } = setUp()
      const run = job.run(SETTINGS)
      for (let i = 0; i < turns; i++) await Promise.resolve()
      const wasTooLate = phases().includes('inserting')
      job.cancel()
      const end = await run
      expect(end.phase).toBe(wasTooLate ? 'done' : 'idle')
      expect(documents.insertions).toHaveLength(wasTooLate ? 1 : 0)
      expect((await job.run(SETTINGS)).phase).toBe('done')
    },
  )

  test('while painting aborts the engine’s run at once', async () => {
    const { connection, documents, job } = setUp()
    const long = makeLongRun()
    connection.answers.stylize = long.answer
    const run = job.run(SETTINGS)
    await long.begun
    job.cancel()
    expect(job.state.phase).toBe('idle')
    expect((await run).phase).toBe('idle')
    expect(documents.insertions).toHaveLength(0)
  })

  test('while the engine loads does not wait for it', async () => {
    const { connection, job, phases } = setUp()
    connection.answers.open = () => new Promise(() => undefined)
    const run = job.run(SETTINGS)
    while (!phases().includes('opening')) await Promise.resolve()
    job.cancel()
    expect((await run).phase).toBe('idle')
  })

  test('lets a new run wait until the old one has let go', async () => {
    const { documents, job } = setUp()
    let release: () => void = () => undefined
    const { read } = documents
    documents.read = () =>
      new Promise((resolve) => {
        release = () => resolve(read())
      })
    const first = job.run(SETTINGS)
    await new Promise((resolve) => setTimeout(resolve))
    job.cancel()
    documents.read = read
    const second = job.run(SETTINGS)
    await new Promise((resolve) => setTimeout(resolve))
    expect(job.state.phase).toBe('reading')
    release()
    expect((await first).phase).toBe('idle')
    expect((await second).phase).toBe('done')
    expect(documents.insertions).toHaveLength(1)
  })
})

describe('a result that finds no place', () => {
  const closed = new DocumentError('document-closed', 'closed', ['new-document'])

  test('is kept, with the places that are left', async () => {
    const { documents, job } = setUp()
    documents.failNext('insert', closed)
    expect(await job.run(SETTINGS)).toMatchObject({ phase: 'held', placements: ['new-document'] })
  })

  test('is inserted where the user says', async () => {
    const { documents, job } = setUp()
    documents.failNext('insert', closed)
    await job.run(SETTINGS)
    await job.place('new-document')
    expect(job.state.phase).toBe('done')
    expect(documents.insertions).toMatchObject([{ placement: 'new-document' }])
  })

  test('stays when placing it fails again', async () => {
    const { documents, job } = setUp()
    documents.failNext('insert', closed)
    await job.run(SETTINGS)
    documents.failNext('insert', new Error('no memory'))
    await job.place('new-document')
    expect(job.state.phase).toBe('held')
  })

  test('is not lost to an error that offers no place', async () => {
    const { documents, job } = setUp()
    documents.failNext('insert', new Error('unforeseen'))
    const end = await job.run(SETTINGS)
    expect(end).toMatchObject({ phase: 'held' })
    expect('placements' in end && end.placements).toContain('above-source')
  })

  test('is not lost to a new run', async () => {
    const { documents, job } = setUp()
    documents.failNext('insert', closed)
    await job.run(SETTINGS)
    expect((await job.run(SETTINGS)).phase).toBe('held')
    expect(documents.insertions).toHaveLength(0)
  })

  test('is gone once it is discarded', async () => {
    const { documents, job } = setUp()
    documents.failNext('insert', closed)
    await job.run(SETTINGS)
    job.discard()
    await job.place('new-document')
    expect(job.state.phase).toBe('idle')
    expect(documents.insertions).toHaveLength(0)
  })
})

describe('what a style or the strength follows', () => {
  const [oil] = DEFAULT_SETTINGS.styles
  const SKY = { kind: 'layer', layerId: 7, name: 'Sky' } as const
  const withPlaces = (styles: readonly StyleSetting[], strengthMap?: StyleSetting['where']) =>
    runSettings({ ...DEFAULT_SETTINGS, styles, strengthMap }, [])

  test('goes to the engine as a map over the layer, read once for all that follow it', async () => {
    const { connection, documents, job } = setUp()
    documents.maskLayers = [layerChoice(9, 'Sky')]
    const jobs: unknown[] = []
    connection.answers.stylize = async (given) => {
      jobs.push(given)
      return OUTCOME
    }
    const ink = { ...oil!, choice: { kind: 'built-in', name: 'ink' }, rotation: 30 } as const
    await job.run(withPlaces([{ ...oil!, where: SKY }, ink], SKY))
    expect(jobs).toMatchObject([
      {
        styles: [
          { name: 'oil.jpg', mask: COVERAGE },
          { name: 'ink.jpg', weight: 1, scale: 1, rotation: 30 },
        ],
        strength: COVERAGE,
      },
    ])
    expect((jobs as { styles: object[] }[])[0]!.styles[1]).not.toHaveProperty('mask')
    // Of another number than when it was set, but of that name.
    expect(documents.coverageReads).toEqual([{ from: { kind: 'layer', layerId: 9 }, over: 2 }])
  })

  test('is not painted without: a layer that is gone fails the run', async () => {
    const { connection, job } = setUp()
    const end = await job.run(withPlaces([{ ...oil!, where: SKY }]))
    expect(end).toMatchObject({ phase: 'failed', error: { problem: 'mask-layer-gone' } })
    expect(connection.requests).toEqual([])
  })

  test('the selection then limits no new layer', async () => {
    const { documents, job } = setUp()
    const sources: boolean[] = []
    const { insert } = documents
    documents.insert = (source, ...rest) => {
      sources.push(source.selection !== undefined)
      return insert(source, ...rest)
    }
    await job.run(SETTINGS)
    await job.run(withPlaces([oil!], { kind: 'selection' }))
    expect(sources).toEqual([true, false])
  })
})

describe('the recipe that is stored with a result', () => {
  test('says what it was painted with', async () => {
    const { documents, job } = setUp()
    documents.maskLayers = [layerChoice(9, 'Sky')]
    const [oil] = DEFAULT_SETTINGS.styles
    const where = { kind: 'layer', layerId: 9, name: 'Sky' } as const
    await job.run({ ...SETTINGS, styles: [{ ...oil!, scale: 2, where }] })
    expect(readRecipe(documents.insertions[0]!.recipe)).toMatchObject({
      impasto: '1.2.3',
      preset: 'default',
      settings: { size: 300 },
      model: { name: 'vgg16', sha256: HASH },
      content: { name: 'one', document: 'a.psd', sha256: HASH },
      styles: [{ name: 'oil.jpg', sha256: HASH, weight: 1, scale: 2, rotation: 0 }],
      device: 'a processor',
    })
  })

  test('that cannot be stored is told of, and the layer stays', async () => {
    const { documents, job, lost } = setUp()
    documents.insert = async () => ({ documentId: 1, layerId: 3, recipeFailure: 'no XMP' })
    expect((await job.run(SETTINGS)).phase).toBe('done')
    expect(lost).toEqual(['no XMP'])
    expect(job.state).toMatchObject({ hasRecipe: false })
  })

  test('that cannot be written is told of, and the picture is inserted', async () => {
    const { documents, job, lost } = setUp()
    const end = await job.run({ ...SETTINGS, preset: 'x'.repeat(300_000) })
    expect(end).toMatchObject({ phase: 'done', hasRecipe: false })
    expect(documents.insertions).toMatchObject([{ pixels: PIXELS, recipe: '' }])
    expect(lost).toEqual([expect.stringContaining('are stored')])
  })
})

describe('continuing', () => {
  test('goes on from the picture at the scale that is next, to a layer above it', async () => {
    const { connection, documents, job, phases } = setUp()
    connection.answers.stylize = async () => ({ ...OUTCOME, isFinished: false, continueAt: 256 })
    await job.run(SETTINGS)
    let init: unknown
    connection.answers.stylize = async (given) => {
      init = given.init
      return OUTCOME
    }
    expect((await job.goOn('more')).phase).toBe('done')
    expect(init).toEqual({ pixels: OUTCOME.pixels, edge: 256 })
    expect(phases().slice(-4)).toEqual(['opening', 'painting', 'inserting', 'done'])
    expect(documents.insertions.map(({ above }) => above)).toEqual([2, 101])
    const [first, second] = documents.insertions.map(({ recipe }) => readRecipe(recipe))
    expect(first).toMatchObject({ isStopped: true, settings: { init: 'content' } })
    expect(second!.settings.init).toBe('image')
    expect(second).not.toHaveProperty('isStopped')
  })

  test('again and again comes above what there is by then', async () => {
    const { documents, job } = setUp()
    await job.run(SETTINGS)
    await job.goOn('more')
    await job.goOn('more')
    expect(documents.insertions.map(({ above }) => above)).toEqual([2, 101, 102])
  })

  test('keeps the newest picture, and not that from which it went on', async () => {
    const { job } = setUp()
    await job.run(SETTINGS)
    const end = await job.goOn('more')
    if (end.phase !== 'done') throw new Error(`ended ${end.phase}`)
    expect(end.result.job).not.toHaveProperty('init')
  })

  test('comes above the source where the earlier picture is gone', async () => {
    const { documents, job } = setUp()
    await job.run(SETTINGS)
    documents.failNext('insert', new DocumentError('layer-deleted', 'undone'))
    expect((await job.goOn('more')).phase).toBe('done')
    expect(documents.insertions.map(({ above }) => above)).toEqual([2, 2])
  })

  test('does nothing when nothing is done, or no scale was painted', async () => {
    const { connection, job } = setUp()
    expect((await job.goOn('more')).phase).toBe('idle')
    const { continueAt: _, ...outcome } = OUTCOME
    connection.answers.stylize = async () => outcome
    await job.run(SETTINGS)
    const before = connection.requests.length
    expect((await job.goOn('more')).phase).toBe('done')
    expect(connection.requests).toHaveLength(before)
  })

  test('that is cancelled leaves the document alone, and can be begun again', async () => {
    const { connection, documents, job } = setUp()
    const done = await job.run(SETTINGS)
    const { stylize } = connection.answers
    const long = makeLongRun()
    connection.answers.stylize = long.answer
    const run = job.goOn('more')
    await long.begun
    job.cancel()
    expect((await run).phase).toBe('idle')
    expect(documents.insertions).toHaveLength(1)
    expect(job.state).toBe(done)
    connection.answers.stylize = stylize
    await job.goOn('more')
    expect(documents.insertions.map(({ above }) => above)).toEqual([2, 101])
  })
})

describe('painting a painted layer', () => {
  const LAYER = layerChoice(9, 'Oil · Default')
  const FROM = { name: 'one', sha256: hashOf(PIXELS.bytes) }
  const painted = async (others: [id: number, name: string][], from = FROM) => {
    const { documents, job } = setUp()
    documents.selected = [LAYER]
    documents.others = others.map(([id, name]) => layerChoice(id, name))
    const end = await job.run(SETTINGS, LAYER, async () => from)
    const source = end.phase === 'done' ? end.result.source.layerId : undefined
    return { end, source, above: documents.insertions[0]?.above, documents }
  }

  test('paints its original anew, to a layer above it', async () => {
    const { source, above, documents } = await painted([
      [2, 'other'],
      [3, 'one'],
    ])
    expect({ source, above }).toEqual({ source: 3, above: 9 })
    const recipe = readRecipe(documents.insertions[0]!.recipe)
    expect(recipe).toMatchObject({ content: { name: 'one' }, settings: { init: 'content' } })
  })

  const CHANGED = { ...FROM, sha256: HASH }
  test.each<[string, [number, string][], typeof FROM, number]>([
    ['the original, also where it was changed since', [[3, 'one']], CHANGED, 3],
    ['itself where the original is gone', [[3, 'two']], FROM, 9],
    ['itself where several may have been it', [3, 4].map((id) => [id, 'one']), CHANGED, 9],
  ])('paints %s', async (_, others, from, expected) => {
    expect(await painted(others, from)).toMatchObject({ source: expected, above: 9 })
  })

  test('paints nothing where the selection is beside it', async () => {
    const { documents, job } = setUp()
    documents.selected = [LAYER]
    documents.others = [layerChoice(3, 'one')]
    documents.readCoverage = async () => ({ ...COVERAGE, bytes: new Uint8Array(300 * 200) })
    const end = await job.run(SETTINGS, LAYER, async () => FROM)
    expect(end).toMatchObject({ phase: 'failed', error: { problem: 'selection-outside' } })
  })
})

describe('going on from a layer that was painted earlier', () => {
  const LAYER = layerChoice(9, 'Oil · Default')
  const EARLIER: EarlierPainting = {
    settings: SETTINGS,
    content: { name: 'one', sha256: hashOf(PIXELS.bytes) },
    continueAt: 256,
  }
  const withLayers = (...others: [id: number, name: string][]) => {
    const parts = setUp()
    parts.documents.selected = [LAYER]
    parts.documents.others = others.map(([id, name]) => layerChoice(id, name))
    const goOnFrom = (earlier: Partial<EarlierPainting> = {}) =>
      parts.job.goOnFrom(LAYER, 'more', async () => ({ ...EARLIER, ...earlier }))
    return { ...parts, goOnFrom }
  }

  test('paints its original from its picture, to a layer above it', async () => {
    const { connection, documents, goOnFrom, phases } = withLayers([2, 'other'], [3, 'one'])
    let given: unknown
    connection.answers.stylize = async (asked) => {
      given = asked
      return OUTCOME
    }
    expect((await goOnFrom()).phase).toBe('done')
    expect(phases()).toEqual(['reading', 'opening', 'painting', 'inserting', 'done'])
    expect(given).toMatchObject({ content: PIXELS, init: { pixels: OVER, edge: 256 } })
    expect(documents.insertions).toMatchObject([{ above: 9 }])
    const recipe = readRecipe(documents.insertions[0]!.recipe)
    expect(recipe).toMatchObject({ settings: { init: 'image' }, continueAt: OUTCOME.continueAt })
  })

  test.each<[string, DocumentProblem | undefined, boolean]>([
    ['by the selection', undefined, true],
    ['as the earlier layer, where nothing is selected', 'no-selection', true],
  ])('masks the new layer %s', async (_, problem, isMasked) => {
    const { documents, goOnFrom } = withLayers([3, 'one'])
    if (problem) documents.failNext('readCoverage', new DocumentError(problem, 'none'))
    const end = await goOnFrom()
    if (end.phase !== 'done') throw new Error(`ended ${end.phase}`)
    expect(end.result.source.selection !== undefined).toBe(isMasked)
    expect(documents.coverageReads).toEqual([
      { from: { kind: problem ? 'layer-mask' : 'selection' }, over: 9 },
    ])
  })

  test('leaves the selection alone that a style follows', async () => {
    const { documents, goOnFrom } = withLayers([3, 'one'])
    const [style] = SETTINGS.styles
    await goOnFrom({
      settings: { ...SETTINGS, styles: [{ ...style!, where: { kind: 'selection' } }] },
    })
    const kinds = documents.coverageReads.map(({ from, over }) => [from.kind, over])
    expect(kinds).toEqual([
      ['layer-mask', 9],
      ['selection', 3],
    ])
  })

  test('passes over layers of the same name that were never painted from', async () => {
    const { documents, goOnFrom } = withLayers([2, 'one'], [3, 'one'])
    documents.failNext('read', new DocumentError('adjustment-layer', 'no pixels'))
    expect((await goOnFrom()).phase).toBe('done')
  })

  test.each([
    ['gone', 'two', EARLIER.content.sha256],
    ['changed', 'one', HASH],
  ])('says that its original is %s', async (_, name, sha256) => {
    const { connection, documents, goOnFrom } = withLayers([3, name])
    const end = await goOnFrom({ content: { name: 'one', sha256 } })
    expect(end).toMatchObject({ phase: 'failed', error: { problem: 'original-gone' } })
    expect(connection.requests).toEqual([])
    expect(documents.insertions).toEqual([])
  })

  test.each<[string, 'read' | 'readOver', DocumentProblem]>([
    ['Photoshop is busy, in the place of passing the layer over', 'read', 'busy'],
    ['the layer was moved away', 'readOver', 'layer-moved'],
  ])('says that %s', async (_, method, problem) => {
    const { documents, goOnFrom } = withLayers([3, 'one'])
    documents.failNext(method, new DocumentError(problem, 'x'))
    expect(await goOnFrom()).toMatchObject({ phase: 'failed', error: { problem } })
  })

  test('says that the layer is gone', async () => {
    const { documents, goOnFrom } = withLayers([3, 'one'])
    documents.selected = []
    expect(await goOnFrom()).toMatchObject({ error: { problem: 'layer-deleted' } })
  })

  test.each([0, 2, 4, 8, 16, 32])(
    'ends with the user’s cancelling after %i turns, and a second one does nothing',
    async (turns) => {
      const { documents, job, goOnFrom } = withLayers([3, 'one'])
      const end = goOnFrom()
      expect((await goOnFrom()).phase).toBe('reading')
      for (let i = 0; i < turns; i++) await Promise.resolve()
      job.cancel()
      expect((await end).phase).toBe('idle')
      expect(documents.insertions).toEqual([])
    },
  )

  // Some of them fall between what is read and what comes next.
  test.each(Array.from({ length: 40 }, (_, turns) => turns))(
    'is cancelled or comes too late %i turns after its original was found',
    async (turns) => {
      const { documents, job, goOnFrom, phases } = withLayers([3, 'one'])
      const { readOver } = documents
      const found = new Promise<void>((resolve) => {
        documents.readOver = (...given) => {
          resolve()
          return readOver(...given)
        }
      })
      const end = goOnFrom()
      await found
      for (let i = 0; i < turns; i++) await Promise.resolve()
      const wasTooLate = phases().includes('inserting')
      job.cancel()
      await end
      expect(job.state.phase).toBe(wasTooLate ? 'done' : 'idle')
      expect(documents.insertions).toHaveLength(wasTooLate ? 1 : 0)
    },
  )
})
