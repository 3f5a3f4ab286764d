import { describe, expect, test, vi } from 'vitest'
import type { StylizeJob } from '../../src/bridge/messages.ts'
import { en } from '../../src/panel/labels/en.ts'
import { makeLog } from '../../src/panel/log.ts'
import { makeMemory } from '../../src/panel/memory.ts'
import { canPreview, makePreview, PREVIEW_EDGE, previewSeconds } from '../../src/panel/preview.ts'
import { recallState } from '../../src/panel/recall.ts'
import type { PanelState } from '../../src/panel/state.ts'
import { makeStore } from '../../src/panel/store.ts'
import { FACTS, makeDocuments, makeStorage, OUTCOME, PIXELS } from './stand-ins.ts'

const WIDE = { ...PIXELS, width: 600, height: 400, bytes: new Uint8Array(600 * 400 * 3) }

function setUp() {
  const log = makeLog()
  const documents = makeDocuments()
  const { read } = documents
  documents.read = async (...given) => ({ ...(await read(...given)), pixels: WIDE })
  const store = makeStore<PanelState>(recallState(makeMemory(makeStorage(), log), documents, log))
  const jobs: Omit<StylizeJob, 'run'>[] = []
  const aborted: boolean[] = []
  const engine = {
    open: async () => FACTS,
    /** Ends by itself, or, when held back, as it is aborted. */
    isSlow: false,
    async stylize(job: Omit<StylizeJob, 'run'>, { signal }: { readonly signal: AbortSignal }) {
      jobs.push(job)
      if (engine.isSlow) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      }
      aborted.push(signal.aborted)
      if (signal.aborted) throw new Error('cancelled')
      return OUTCOME
    },
  }
  const readStyle = async () => ({ name: 'oil.jpg', bytes: new Uint8Array() })
  const preview = makePreview({ store, documents, engine, readStyle, log })
  return { store, documents, engine, preview, jobs, aborted }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

describe('a preview', () => {
  test('is the run at a small size, and changes no document', async () => {
    const { store, documents, preview, jobs } = setUp()
    await preview.show()
    expect(store.get().preview).toEqual({ phase: 'shown' })
    expect(jobs).toHaveLength(1)
    const [{ content, options }] = jobs as [StylizeJob]
    expect(content).toMatchObject({ width: PREVIEW_EDGE, height: 171, bits: 8 })
    expect(options.size).toBe(PREVIEW_EDGE)
    expect(Math.max(...options.iterations!)).toBe(25)
    expect(documents.insertions).toEqual([])
  })

  test('is abandoned at the next change', async () => {
    const { store, engine, preview, aborted } = setUp()
    engine.isSlow = true
    const shown = preview.show()
    await vi.waitFor(() => expect(store.get().preview).toEqual({ phase: 'painting' }))
    await settle()
    store.update({ settings: { ...store.get().settings, preset: 'bold' } })
    await shown
    expect(aborted).toEqual([true])
    expect(store.get().preview).toBeUndefined()
  })

  test('gives way to the next one', async () => {
    const { store, engine, preview, jobs, aborted } = setUp()
    engine.isSlow = true
    void preview.show()
    await vi.waitFor(() => expect(jobs).toHaveLength(1))
    engine.isSlow = false
    await preview.show()
    expect(aborted).toEqual([true, false])
    expect(store.get().preview).toEqual({ phase: 'shown' })
  })

  test('that fails says why', async () => {
    const { store, engine, preview } = setUp()
    engine.stylize = async () => {
      throw new Error('out of memory')
    }
    await preview.show()
    expect(store.get().preview).toMatchObject({
      phase: 'failed',
      error: { message: 'out of memory' },
    })
  })

  test('is not made while a run is under way, or of what cannot be painted', async () => {
    const { store, preview, jobs } = setUp()
    expect(canPreview(store.get())).toBe(true)
    store.update({ job: { phase: 'reading' } })
    await preview.show()
    store.update({ job: { phase: 'idle' }, layer: { layerCount: 1, problem: 'empty-layer' } })
    await preview.show()
    expect(jobs).toEqual([])
  })

  test('takes as long as the device takes for a small picture', () => {
    const { store } = setUp()
    expect(previewSeconds(store.get())).toBeUndefined()
    store.update({
      engine: { phase: 'ready', facts: FACTS },
      calibrated: { [FACTS.description]: 1 },
    })
    const at256 = previewSeconds(store.get())!
    store.update({ settings: { ...store.get().settings, size: 'layer' } })
    expect(at256).toBeGreaterThan(0)
    expect(previewSeconds(store.get())).toBeCloseTo(at256)
  })
})

test('there is a text for each of its phases', () => {
  expect(Object.keys(en.previews)).toEqual(['painting', 'shown'])
})
