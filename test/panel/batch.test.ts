import { describe, expect, test } from 'vitest'
import { makeAttention } from '../../src/panel/attention.ts'
import { type BatchState, makeBatch } from '../../src/panel/batch.ts'
import { DocumentError } from '../../src/panel/document.ts'
import { makeEngineClient } from '../../src/panel/engine-client.ts'
import { makeJob } from '../../src/panel/job.ts'
import { makeLog } from '../../src/panel/log.ts'
import { runSettings } from '../../src/panel/recorded-step.ts'
import { DEFAULT_SETTINGS } from '../../src/panel/settings.ts'
import { layerChoice, makeConnection, makeDocuments, makeLongRun, OUTCOME } from './stand-ins.ts'

const SETTINGS = runSettings(DEFAULT_SETTINGS, [])
const LAYERS = [layerChoice(5, 'Sky'), layerChoice(6, 'House'), layerChoice(7, 'Sea')]

function setUp() {
  const documents = makeDocuments()
  documents.selected = LAYERS
  const connection = makeConnection()
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
  const job = makeJob({
    documents,
    engine,
    readStyle: async () => ({ name: 'oil.jpg', bytes: new Uint8Array() }),
    layerName: () => 'Oil · Default',
    version: () => '1.2.3',
    onState() {},
    onRecipeLost() {},
  })
  const states: BatchState[] = []
  const batch = makeBatch({ job, onState: (state) => states.push(state) })
  const above = (): readonly number[] => documents.insertions.map((insertion) => insertion.above)
  return { documents, connection, job, batch, states, above }
}

describe('several layers', () => {
  test('are painted in turn, each to a layer above it', async () => {
    const { batch, states, above } = setUp()
    expect((await batch.run(SETTINGS, LAYERS)).phase).toBe('done')
    expect(above()).toEqual([5, 6, 7])
    const named = states.filter(({ isRunning }) => isRunning).map(({ layerName }) => layerName)
    expect([...new Set(named)]).toEqual(['Sky', 'House', 'Sea'])
    expect(states.at(-1)).toMatchObject({
      count: 3,
      painted: 3,
      failures: [],
      hasRecipes: true,
      isRunning: false,
      isCancelled: false,
    })
  })

  test('leave no picture in memory that nothing goes on from', async () => {
    const { batch, job } = setUp()
    await batch.run(SETTINGS, LAYERS)
    expect(job.state).toEqual({ phase: 'idle' })
  })

  test('find the layer that a style follows, whichever document is active by then', async () => {
    const { batch, documents } = setUp()
    documents.maskLayers = [layerChoice(9, 'Mask')]
    documents.activeDocumentId = 2
    const where = { kind: 'layer', layerId: 9, name: 'Mask' } as const
    const styles = SETTINGS.styles.map((style) => ({ ...style, where }))
    expect((await batch.run({ ...SETTINGS, styles }, LAYERS)).phase).toBe('done')
    expect(documents.coverageReads.map(({ over }) => over)).toEqual([5, 6, 7])
  })

  test('tell of a recipe that is not stored with one of them', async () => {
    const { batch, documents, states } = setUp()
    const { insert } = documents
    documents.insert = async (source, ...rest) => ({
      ...(await insert(source, ...rest)),
      ...(source.layerId === 6 && { recipeFailure: 'no XMP' }),
    })
    await batch.run(SETTINGS, LAYERS)
    expect(states.at(-1)).toMatchObject({ painted: 3, hasRecipes: false })
  })

  test.each([
    ['ends with it', 5, { painted: 1, isCancelled: true }, 'idle'],
    ['comes too late when it is the last', 7, { painted: 3, isCancelled: false }, 'done'],
  ] as const)('cancelled while one is inserted: it %s', async (_, during, wanted, phase) => {
    const { batch, documents, job, states } = setUp()
    const { insert } = documents
    documents.insert = async (source, ...rest) => {
      if (source.layerId === during) {
        batch.cancel()
        job.cancel()
      }
      return insert(source, ...rest)
    }
    expect((await batch.run(SETTINGS, LAYERS)).phase).toBe(phase)
    expect(states.at(-1)).toMatchObject({ ...wanted, isRunning: false })
  })

  test('go on when one cannot be painted, which is told of in the end', async () => {
    const { batch, documents, states, above } = setUp()
    const error = new DocumentError('empty-layer', 'empty')
    const { read } = documents
    documents.read = async (id, options) => {
      if (id === 6) throw error
      return read(id, options)
    }
    expect(await batch.run(SETTINGS, LAYERS)).toEqual({ phase: 'failed', error })
    expect(above()).toEqual([5, 7])
    expect(states.at(-1)).toMatchObject({ painted: 2, failures: [{ layerName: 'House', error }] })
  })

  test('end with the one that is cancelled, of which nothing stays', async () => {
    const { batch, connection, job, states, above } = setUp()
    const long = makeLongRun()
    const { stylize } = connection.answers
    let runs = 0
    connection.answers.stylize = (given, signal) =>
      ++runs === 2 ? long.answer(given, signal) : stylize(given, signal)
    const run = batch.run(SETTINGS, LAYERS)
    await long.begun
    batch.cancel()
    job.cancel()
    expect((await run).phase).toBe('idle')
    expect(above()).toEqual([5])
    expect(states.at(-1)).toMatchObject({ painted: 1, isCancelled: true, isRunning: false })
  })

  test('keep the stopped one’s picture and go on to the next', async () => {
    const { batch, connection, job, above } = setUp()
    const long = makeLongRun()
    const { stylize } = connection.answers
    let runs = 0
    connection.answers.stylize = (given, signal) =>
      ++runs === 1 ? long.answer(given, signal) : stylize(given, signal)
    const run = batch.run(SETTINGS, LAYERS)
    await long.begun
    job.stop()
    long.end({ ...OUTCOME, isFinished: false })
    expect((await run).phase).toBe('done')
    expect(above()).toEqual([5, 6, 7])
  })

  test('lose no result that finds no place: each is offered when all are through', async () => {
    const { batch, documents, job, states, above } = setUp()
    const { insert } = documents
    const closed = new DocumentError('busy', 'busy', ['above-source'])
    documents.insert = async (source, ...rest) => {
      if (source.layerId !== 6) throw closed
      return insert(source, ...rest)
    }
    await batch.run(SETTINGS, LAYERS)
    expect(states.at(-1)).toMatchObject({ painted: 1, isRunning: false })
    expect(states.at(-1)!.failures.map(({ layerName }) => layerName)).toEqual(['Sky', 'Sea'])
    documents.insert = insert
    expect(job.state.phase).toBe('held')
    await job.place('above-source')
    batch.holdNext()
    expect(job.state.phase).toBe('held')
    job.discard()
    batch.holdNext()
    expect(job.state.phase).toBe('idle')
    expect(above()).toEqual([6, 5])
  })
})
