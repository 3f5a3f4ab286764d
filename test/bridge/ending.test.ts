import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { makeAborter } from '../../src/bridge/abort.ts'
import { type Timers, watch } from '../../src/bridge/timers.ts'
import { BridgeError, CancelledError } from '../../src/engine/errors.ts'
import { dropAll, jobFor, makeEnds, never, picture, ROWS, WIDTH, watchFortune } from './ends.ts'
import type { Message } from './ports.ts'

describe('aborting', () => {
  test('rejects at once and aborts the handler', async () => {
    let signal: AbortSignal | undefined
    const { panel, clock, refused } = makeEnds({
      engine: {
        stylize: (_, context) => {
          signal = context.signal
          return never
        },
      },
    })
    const aborter = new AbortController()
    const { signal: given } = aborter
    const fortune = watchFortune(panel.request('stylize', jobFor(picture(9)), { signal: given }))
    await clock.pass(100)
    expect(signal?.aborted).toBe(false)
    aborter.abort()
    await clock.pass(10)
    expect(fortune.error).toBeInstanceOf(CancelledError)
    expect(signal?.aborted).toBe(true)
    expect(refused).toEqual({ panel: [], engine: [] })
    expect(clock.pending).toBe(0)
  })

  test('works where the platform has no AbortController', async () => {
    vi.stubGlobal('AbortController', undefined)
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
    let wasAborted = (): boolean => false
    const { engine, clock } = makeEnds({
      panel: {
        readAsset: (_, { signal }) => {
          let isAborted = false
          signal.addEventListener('abort', () => {
            isAborted = true
          })
          wasAborted = () => isAborted && signal.aborted
          return never
        },
      },
    })
    const aborter = makeAborter()
    const options = { signal: aborter.signal }
    const fortune = watchFortune(engine.request('readAsset', { name: 'a' }, options))
    await clock.pass(10)
    aborter.abort()
    await clock.pass(10)
    expect(fortune.error).toBeInstanceOf(CancelledError)
    expect(wasAborted()).toBe(true)
  })

  test('before it was asked rejects and posts nothing', async () => {
    const { panel, clock, ports } = makeEnds()
    const fortune = watchFortune(panel.request('stop', {}, { signal: AbortSignal.abort() }))
    await clock.pass(100)
    expect(fortune.error).toBeInstanceOf(CancelledError)
    expect(ports.panel.posted.every(({ kind }) => kind === 'ready')).toBe(true)
  })

  test.each(['panel', 'engine'] as const)(
    'while the %s sends pixels stops them, and what still comes is late',
    async (sender) => {
      const { panel, clock, ports, refused } = makeEnds()
      const receiver = sender === 'panel' ? 'engine' : 'panel'
      await clock.pass(10)
      const aborter = new AbortController()
      const chunks = (): Message[] => ports[sender].posted.filter(({ kind }) => kind === 'chunk')
      const content = picture(WIDTH, 40 * ROWS)
      const fortune = watchFortune(
        panel.request('stylize', jobFor(content), { signal: aborter.signal }),
      )
      while (chunks().length < 8) await clock.pass(1)
      aborter.abort()
      await clock.pass(100)
      expect(fortune.error).toBeInstanceOf(CancelledError)
      expect(chunks().length).toBeLessThan(16)
      expect(clock.pending).toBe(0)
      const codes = refused[receiver].length
      ports[receiver].receive(chunks().at(-1))
      const acknowledgement = ports[receiver].posted.findLast(({ kind }) => kind === 'ack')
      ports[sender].receive(acknowledgement)
      expect(refused[receiver].slice(codes)).toEqual(['late'])
      expect(refused[sender].at(-1)).toBe('late')
    },
  )

  test('an abort that overtakes its request keeps it from being done', async () => {
    let isDone = false
    const { panel, clock, ports } = makeEnds({
      engine: {
        stop: async () => {
          isDone = true
          return {}
        },
      },
    })
    await clock.pass(10)
    ports.panel.fate = (message) => [{ message, delayMs: message.kind === 'request' ? 50 : 1 }]
    const aborter = new AbortController()
    const fortune = watchFortune(panel.request('stop', {}, { signal: aborter.signal }))
    aborter.abort()
    await clock.pass(100)
    expect(fortune.error).toBeInstanceOf(CancelledError)
    expect(isDone).toBe(false)
  })
})

describe('time', () => {
  test('a handler that is at work may take as long as it likes', async () => {
    let finish = (): void => undefined
    const { panel, clock } = makeEnds({
      engine: {
        stop: () =>
          new Promise((resolve) => {
            finish = () => resolve({})
          }),
      },
    })
    const fortune = watchFortune(panel.request('stop', {}, { timeoutMs: 5000 }))
    await clock.pass(60_000)
    expect(fortune.isSettled).toBe(false)
    finish()
    await clock.pass(10)
    expect(fortune.value).toEqual({})
  })

  test.each(['panel', 'engine'] as const)(
    'a request times out when all that the %s posts is lost',
    async (end) => {
      const { panel, clock, ports } = makeEnds({ engine: { stop: () => never } })
      await clock.pass(10)
      ports[end].fate = dropAll
      const fortune = watchFortune(panel.request('stop', {}, { timeoutMs: 5000 }))
      await clock.pass(3700)
      expect(fortune.isSettled).toBe(false)
      await clock.pass(1400)
      expect(fortune.error).toBeInstanceOf(BridgeError)
      expect((fortune.error as Error).message).toMatch(/stop: no sign of life.* for 5 s/)
    },
  )

  test('a request times out when nobody is at the other end', async () => {
    const { panel, clock } = makeEnds({
      prepare: (ports) => {
        ports.engine.fate = dropAll
      },
    })
    const ready = watchFortune(panel.ready)
    const fortune = watchFortune(panel.request('stylize', jobFor(picture(1))))
    await clock.pass(61_000)
    expect(fortune.error).toBeInstanceOf(BridgeError)
    expect(ready.isSettled).toBe(false)
  })

  test('is not up when this end’s own thread was blocked for as long', () => {
    let tick = (): void => undefined
    const timers: Timers = {
      after(_, run) {
        tick = run
        return () => undefined
      },
    }
    const expire = vi.fn()
    const { touch } = watch(timers, 1000, expire)
    // A timer that was due long ago runs once; what came meanwhile is heard next.
    tick()
    touch()
    for (let i = 0; i < 3; i++) tick()
    expect(expire).not.toHaveBeenCalled()
    tick()
    expect(expire).toHaveBeenCalledOnce()
  })

  test('a lost chunk is noticed at both ends, which then hold nothing', async () => {
    const { panel, clock, ports } = makeEnds()
    await clock.pass(10)
    ports.panel.fate = (message) =>
      message.kind === 'chunk' && message.index === 2 ? [] : [{ message, delayMs: 1 }]
    const fortune = watchFortune(
      panel.request('stylize', jobFor(picture(WIDTH, 8 * ROWS)), { timeoutMs: 5000 }),
    )
    await clock.pass(6000)
    expect(fortune.error).toBeInstanceOf(BridgeError)
    expect(clock.pending).toBe(0)
  })
})
