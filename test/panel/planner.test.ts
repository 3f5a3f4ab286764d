import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PlanQuestion, PlanSummary } from '../../src/bridge/messages.ts'
import { BridgeError, OptionError } from '../../src/engine/errors.ts'
import { makeLog } from '../../src/panel/log.ts'
import { keepPlan } from '../../src/panel/planner.ts'
import { DEFAULT_SETTINGS } from '../../src/panel/settings.ts'
import type { PanelState } from '../../src/panel/state.ts'
import { makeStore } from '../../src/panel/store.ts'
import { FACTS, PLAN } from './stand-ins.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const READY = { phase: 'ready', facts: FACTS } as const

function setUp() {
  const store = makeStore<PanelState>({
    settings: DEFAULT_SETTINGS,
    userPresets: [],
    recent: [],
    favourites: [],
    gallery: 'built-in',
    otherDocuments: [],
    layer: { layerCount: 1, layerWidth: 300.4, layerHeight: 200 },
    maskLayers: [],
    editing: { index: 0, isOpen: false },
    drafts: {},
    openGroups: [],
    isOnTop: false,
    engine: { phase: 'asleep' },
    speeds: {},
    calibrated: {},
    job: { phase: 'idle' },
  })
  const asked: PlanQuestion[] = []
  const answers: { resolve(plan: PlanSummary): void; reject(error: unknown): void }[] = []
  keepPlan({
    store,
    log: makeLog(),
    plan(question) {
      asked.push(question)
      return new Promise((resolve, reject) => answers.push({ resolve, reject }))
    },
  })
  const setSize = (size: number) => store.update({ settings: { ...DEFAULT_SETTINGS, size } })
  return { store, asked, answers, setSize, wait: () => vi.advanceTimersByTimeAsync(1000) }
}

test('a plan is asked for when the engine is ready, and kept in the state', async () => {
  const { store, asked, answers, wait } = setUp()
  await wait()
  expect(asked).toEqual([])
  store.update({ engine: READY })
  await wait()
  expect(asked).toMatchObject([
    { content: { width: 300, height: 200 }, options: { size: 512 }, device: 'auto' },
  ])
  answers[0]!.resolve(PLAN)
  await wait()
  expect(store.get().plan).toEqual({ summary: PLAN })
})

test('what styles and strength follow is part of the question: regions take memory', async () => {
  const { store, asked, wait } = setUp()
  store.update({ engine: READY })
  const [oil] = DEFAULT_SETTINGS.styles
  const styles = [
    oil!,
    { ...oil!, weight: 2, scale: 3, rotation: 30, where: { kind: 'selection' } as const },
  ]
  store.update({ settings: { ...DEFAULT_SETTINGS, styles, strengthMap: { kind: 'layer-mask' } } })
  await wait()
  expect(asked).toMatchObject([
    {
      styles: [
        { weight: 1, scale: 1, rotation: 0 },
        { weight: 2, scale: 3, rotation: 30 },
      ],
      hasStrength: true,
    },
  ])
  expect(asked[0]!.styles.map(({ mask }) => mask !== undefined)).toEqual([false, true])
})

test('many changes in a row are one question, and what does not matter is none', async () => {
  const { store, asked, setSize, wait } = setUp()
  store.update({ engine: READY })
  for (const size of [256, 384, 768]) setSize(size)
  await wait()
  store.update({ notice: { text: 'something else', isError: false } })
  await wait()
  expect(asked.map(({ options }) => options.size)).toEqual([768])
})

test('the answer to an older question is not heard, whenever it comes', async () => {
  const { store, answers, setSize, wait } = setUp()
  store.update({ engine: READY })
  await wait()
  setSize(1024)
  await wait()
  answers[1]!.resolve({ ...PLAN, work: 2 })
  await wait()
  answers[0]!.resolve({ ...PLAN, work: 1 })
  await wait()
  expect(store.get().plan).toMatchObject({ summary: { work: 2 } })
})

test('a run that would not fit is told of in place of a plan; a broken connection is not', async () => {
  const { store, answers, setSize, wait } = setUp()
  store.update({ engine: READY })
  await wait()
  answers[0]!.reject(new OptionError('memory: takes 5000 MB'))
  await wait()
  expect(store.get().plan).toEqual({ error: 'memory: takes 5000 MB' })
  setSize(1024)
  await wait()
  answers[1]!.reject(new BridgeError('interrupted'))
  await wait()
  expect(store.get().plan).toBeUndefined()
})

test('a plan ends with the engine that made it, and is asked for anew of the next', async () => {
  const { store, asked, answers, wait } = setUp()
  store.update({ engine: READY })
  await wait()
  answers[0]!.resolve(PLAN)
  await wait()
  store.update({ engine: { phase: 'asleep' } })
  expect(store.get().plan).toBeUndefined()
  store.update({ engine: READY })
  await wait()
  expect(asked).toHaveLength(2)
})

test('nothing is asked while a run is under way; what was to be asked is asked afterwards', async () => {
  const { store, asked, setSize, wait } = setUp()
  store.update({ engine: READY })
  store.update({ job: { phase: 'reading' } })
  setSize(1024)
  await wait()
  expect(asked).toEqual([])
  store.update({ job: { phase: 'idle' } })
  await wait()
  expect(asked.map(({ options }) => options.size)).toEqual([1024])
})
