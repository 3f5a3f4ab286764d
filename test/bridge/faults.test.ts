/** What the bridge promises whatever becomes of its messages. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CancelledError, ImpastoError } from '../../src/engine/errors.ts'
import {
  areEqual,
  jobFor,
  makeEnds,
  makeRandom,
  outcome,
  picture,
  startEngine,
  watchFortune,
} from './ends.ts'
import type { Arrival, Fate, Message } from './ports.ts'

describe('whatever the port does', () => {
  interface Weather {
    readonly lose: number
    readonly repeat: number
    readonly late: number
    readonly spoil: number
    readonly split: number
  }

  /** Loses, repeats, delays, changes or splits messages, each with its probability. */
  const makeFate =
    ({ lose, repeat, late, spoil, split }: Weather, random: () => number): Fate =>
    (message) => {
      const arrival = (given: unknown): Arrival => ({
        message: given,
        delayMs: random() < late ? 1 + random() * 300 : 1,
      })
      if (random() < lose) return []
      if (random() < split) return halves(message).map(arrival)
      const arrivals = [arrival(random() < spoil ? spoilt(message, random) : message)]
      return random() < repeat ? [...arrivals, arrival(message)] : arrivals
    }

  /** As if a long text had been cut in two on the way. */
  const halves = (message: Message): unknown[] => {
    const { data } = message
    if (typeof data !== 'string') return [message]
    const middle = (data.length >> 3) * 4
    return [data.slice(0, middle), data.slice(middle)].map((half) => ({ ...message, data: half }))
  }

  /** One field gone, or another value in it. */
  const spoilt = (message: Message, random: () => number): unknown => {
    const fields = Object.keys(message)
    const field = fields[Math.floor(random() * fields.length)]!
    const values = [
      undefined,
      null,
      -1,
      2 ** 60,
      'x',
      'y'.repeat(2 ** 20),
      [],
      {},
      { byteLength: 2 ** 50 },
    ]
    const value = values[Math.floor(random() * values.length)]
    return JSON.parse(JSON.stringify({ ...message, [field]: value }))
  }

  const share = fc.constantFrom(0, 0, 0.02, 0.2)
  const weather = fc.record<Weather>({
    lose: share,
    repeat: share,
    late: share,
    spoil: share,
    split: share,
  })
  /** When each request is aborted, ms; never, if long. */
  const aborts = fc.array(fc.nat(400), { minLength: 1, maxLength: 4 })

  test('every request settles, what arrives is what was sent, and nothing is held', async () => {
    const outcomes = { result: 0, cancelled: 0, failed: 0 }
    await fc.assert(
      fc.asyncProperty(weather, weather, aborts, fc.nat(), async (there, back, times, seed) => {
        const random = makeRandom(seed)
        const ends = makeEnds({
          prepare: (ports) => {
            ports.panel.fate = makeFate(there, random)
            ports.engine.fate = makeFate(back, random)
          },
          engine: {
            stylize: async ({ content }) => {
              await new Promise<void>((resolve) => ends.clock.after(random() * 50, resolve))
              return outcome(content)
            },
          },
        })
        const { panel, clock } = ends
        const requests = times.map((time, i) => {
          const content = picture(1024, 1 + Math.floor(random() * 900), i)
          const aborter = new AbortController()
          clock.after(time, () => {
            if (time < 300) aborter.abort()
          })
          const options = { signal: aborter.signal, timeoutMs: 4000 }
          return {
            content,
            fortune: watchFortune(panel.request('stylize', jobFor(content), options)),
          }
        })
        await clock.pass(30_000)
        for (const { content, fortune } of requests) {
          expect(fortune.isSettled).toBe(true)
          if (fortune.error === undefined) {
            const { pixels } = fortune.value as ReturnType<typeof outcome>
            expect(areEqual(pixels.bytes, content.bytes)).toBe(true)
            outcomes.result += 1
          } else {
            expect(fortune.error).toBeInstanceOf(ImpastoError)
            outcomes[fortune.error instanceof CancelledError ? 'cancelled' : 'failed'] += 1
          }
        }
        // Good weather again: the engine page hears of nothing that came to grief here.
        for (const port of [ends.ports.panel, ends.ports.engine]) {
          port.fate = (message) => [{ message, delayMs: 1 }]
        }
        await clock.pass(1000)
        const next = watchFortune(panel.request('stop', {}))
        await clock.pass(1000)
        expect(next.value).toEqual({})
        // Jobs whose requester could not be heard are given up when their transfers stand still.
        await clock.pass(20 * 60_000)
        expect(clock.pending).toBe(0)
      }),
      { seed: 4, numRuns: 40 },
    )
    // The weather was neither too good nor too bad to show anything.
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(10)
  })

  test('with messages only late, repeated and in another order every request succeeds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = makeRandom(seed)
        const fate = makeFate({ lose: 0, repeat: 0.3, late: 0.3, spoil: 0, split: 0 }, random)
        const { panel, clock } = makeEnds({
          prepare: (ports) => {
            ports.panel.fate = fate
            ports.engine.fate = fate
          },
        })
        const content = picture(1024, 1500, seed)
        const fortune = watchFortune(panel.request('stylize', jobFor(content)))
        await clock.pass(60_000)
        const { pixels } = fortune.value as ReturnType<typeof outcome>
        expect(areEqual(pixels.bytes, content.bytes)).toBe(true)
      }),
      { seed: 5, numRuns: 15 },
    )
  })

  test('the ends find each other again however often the page is reloaded', async () => {
    await fc.assert(
      fc.asyncProperty(
        weather,
        fc.array(fc.nat(800), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        async (bad, pauses, seed) => {
          const random = makeRandom(seed)
          const fate = makeFate({ ...bad, late: 0.3, spoil: 0 }, random)
          const ends = makeEnds({
            prepare: (ports) => {
              ports.panel.fate = fate
              ports.engine.fate = fate
            },
          })
          const { panel, clock, ports } = ends
          let page = ends.engine
          for (const pause of pauses) {
            await clock.pass(pause)
            page.close()
            page = startEngine(ports, clock)
          }
          await clock.pass(5000)
          ports.panel.fate = (message) => [{ message, delayMs: 1 }]
          ports.engine.fate = ports.panel.fate
          await clock.pass(5000)
          const next = watchFortune(panel.request('stop', {}))
          await clock.pass(10)
          expect(next.value).toEqual({})
          expect(ends.restarts).toBeLessThanOrEqual(pauses.length)
          await clock.pass(20 * 60_000)
          expect(clock.pending).toBe(0)
        },
      ),
      { seed: 7, numRuns: 50 },
    )
  })

  test('noise harms nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 20 }), async (noise) => {
        const { panel, clock, ports } = makeEnds()
        const content = picture(1024, 700)
        const fortune = watchFortune(panel.request('stylize', jobFor(content)))
        for (const message of noise) {
          await clock.pass(1)
          ports.panel.receive(message)
          ports.engine.receive(message)
        }
        await clock.pass(1000)
        expect(
          areEqual((fortune.value as ReturnType<typeof outcome>).pixels.bytes, content.bytes),
        ).toBe(true)
      }),
      { seed: 6, numRuns: 30 },
    )
  })
})
