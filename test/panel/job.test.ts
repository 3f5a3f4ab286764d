import { describe, expect, test } from 'vitest'
import { BridgeError } from '../../src/engine/errors.ts'
import { DocumentError } from '../../src/panel/document.ts'
import { makeEngineClient } from '../../src/panel/engine-client.ts'
import { type Job, type JobState, makeJob } from '../../src/panel/job.ts'
import { makeLog } from '../../src/panel/log.ts'
import { runSettings } from '../../src/panel/recorded-step.ts'
import { DEFAULT_SETTINGS } from '../../src/panel/settings.ts'
import {
  makeConnection,
  makeDocuments,
  makeLongRun,
  OUTCOME,
  PIXELS,
  PROGRESS,
} from './stand-ins.ts'

const SETTINGS = runSettings({ ...DEFAULT_SETTINGS, size: 'layer' }, [])

function setUp() {
  const documents = makeDocuments()
  const connection = makeConnection()
  const states: JobState[] = []
  const engine = makeEngineClient({
    connect: connection.connect,
    reloadPage() {},
    readPluginFile: async () => new Uint8Array(),
    onState() {},
    log: makeLog(),
  })
  const job: Job = makeJob({
    documents,
    engine,
    readStyle: async () => ({ name: 'oil.jpg', bytes: new Uint8Array(), weight: 1 }),
    layerName: () => 'Oil · Default',
    onState: (state) => states.push(state),
  })
  return { documents, connection, job, states, phases: () => states.map(({ phase }) => phase) }
}

describe('a run', () => {
  test('goes from the layer to a new layer', async () => {
    const { documents, job, phases } = setUp()
    const end = await job.run(SETTINGS)
    expect(end.phase).toBe('done')
    expect(phases()).toEqual(['reading', 'opening', 'painting', 'inserting', 'done'])
    expect(documents.insertions).toEqual([
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
