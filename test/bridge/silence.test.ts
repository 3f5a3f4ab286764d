import { expect, test } from 'vitest'
import { BridgeError } from '../../src/engine/errors.ts'
import { dropAll, jobFor, makeEnds, never, outcome, picture, watchFortune } from './ends.ts'
import type { Fate } from './ports.ts'

const HOUR_MS = 3_600_000
const arrives: Fate = (message) => [{ message, delayMs: 1 }]

/** A run that lasts until `end` is called. */
function setUp(mayBeAsleep?: () => boolean) {
  let end: () => void = () => undefined
  const content = picture(8)
  const ends = makeEnds({
    mayBeAsleep,
    engine: {
      stylize: () =>
        new Promise((resolve) => {
          end = () => resolve(outcome(content))
        }),
    },
  })
  return {
    ...ends,
    run: watchFortune(ends.panel.request('stylize', jobFor(content))),
    end: () => end(),
  }
}

test('an end that works is not silent, however long it takes', async () => {
  const { clock, silences, run } = setUp()
  await clock.pass(60_000)
  expect(silences).toEqual([])
  expect(run.isSettled).toBe(false)
})

test('a request of an end that may be asleep waits for hours, and goes on when that wakes', async () => {
  const { clock, ports, silences, run, end } = setUp(() => true)
  await clock.pass(1000)
  ports.engine.fate = dropAll
  await clock.pass(6000)
  expect(silences).toEqual([true])
  await clock.pass(2 * HOUR_MS)
  expect(run.isSettled).toBe(false)
  ports.engine.fate = arrives
  await clock.pass(1000)
  expect(silences).toEqual([true, false])
  end()
  await clock.pass(1000)
  expect(run.error).toBeUndefined()
  expect(run.isSettled).toBe(true)
})

test('a request of an end that cannot be asleep fails in time, and silence ends with it', async () => {
  const { clock, ports, silences, run } = setUp(() => false)
  await clock.pass(1000)
  ports.engine.fate = dropAll
  await clock.pass(HOUR_MS)
  expect(run.error).toBeInstanceOf(BridgeError)
  expect(silences).toEqual([true, false])
})

test('nothing is expected of an end that is asked nothing', async () => {
  const { panel, clock, silences, run, end } = setUp()
  await clock.pass(100)
  end()
  await clock.pass(60_000)
  expect(run.isSettled).toBe(true)
  expect(silences).toEqual([])
  panel.close()
  await clock.pass(100)
})

test('what never settles is not silent at an end that never connected', async () => {
  const ends = makeEnds({
    engine: { stop: () => never },
    prepare: ({ engine }) => {
      engine.fate = dropAll
    },
  })
  const stop = watchFortune(ends.panel.request('stop', {}))
  await ends.clock.pass(30_000)
  expect(ends.silences).toEqual([])
  await ends.clock.pass(60_000)
  expect(stop.error).toBeInstanceOf(BridgeError)
})
