import { describe, expect, test } from 'vitest'
import { PROTOCOL_VERSION } from '../../src/bridge/messages.ts'
import { BridgeError } from '../../src/engine/errors.ts'
import {
  dropAll,
  jobFor,
  makeEnds,
  never,
  picture,
  ROWS,
  startEngine,
  WIDTH,
  watchFortune,
} from './ends.ts'
import type { Fate } from './ports.ts'

describe('finding one another', () => {
  test('announcements are repeated until one is heard', async () => {
    const { panel, engine, clock, ports } = makeEnds({
      prepare: ({ panel: panelPort, engine: enginePort }) => {
        panelPort.fate = dropAll
        enginePort.fate = dropAll
      },
    })
    const ready = [watchFortune(panel.ready), watchFortune(engine.ready)]
    await clock.pass(5000)
    expect(ready.map(({ isSettled }) => isSettled)).toEqual([false, false])
    for (const port of [ports.panel, ports.engine])
      port.fate = (message) => [{ message, delayMs: 1 }]
    await clock.pass(500)
    expect(ready.map(({ isSettled }) => isSettled)).toEqual([true, true])
    const { length } = ports.panel.posted
    await clock.pass(60_000)
    expect(ports.panel.posted).toHaveLength(length)
  })

  test('ends of different versions refuse one another and say which', async () => {
    const later: Fate = (message) => [
      {
        message: message.kind === 'ready' ? { ...message, version: PROTOCOL_VERSION + 1 } : message,
        delayMs: 1,
      },
    ]
    const { panel, engine, clock, ports, refused } = makeEnds({
      prepare: ({ panel: panelPort, engine: enginePort }) => {
        panelPort.fate = later
        enginePort.fate = later
      },
    })
    const fortunes = [
      watchFortune(panel.ready),
      watchFortune(engine.ready),
      watchFortune(panel.request('stop', {})),
    ]
    await clock.pass(1000)
    fortunes.push(watchFortune(engine.request('readAsset', { name: 'a' })))
    await clock.pass(10)
    for (const { error } of fortunes) {
      expect(error).toBeInstanceOf(BridgeError)
      expect((error as Error).message).toContain(
        `version ${PROTOCOL_VERSION}, got ${PROTOCOL_VERSION + 1}`,
      )
    }
    expect(refused.panel).toContain('version')
    const { length } = ports.panel.posted
    await clock.pass(60_000)
    expect(ports.panel.posted).toHaveLength(length)
  })

  test('a reloaded page is noticed: what was under way rejects, what is asked then works', async () => {
    const ends = makeEnds({ engine: { stylize: () => never } })
    const { panel, clock, ports } = ends
    const lost = watchFortune(panel.request('stylize', jobFor(picture(WIDTH, 3 * ROWS))))
    await clock.pass(1000)
    ports.engine.listen(() => undefined)
    const before = ends.engine
    before.close()
    startEngine(ports, clock)
    await clock.pass(100)
    expect(lost.error).toBeInstanceOf(BridgeError)
    expect((lost.error as Error).message).toMatch(/began anew/)
    expect(ends.restarts).toBe(1)
    const content = picture(WIDTH, ROWS)
    const next = watchFortune(panel.request('stylize', jobFor(content)))
    await clock.pass(1000)
    expect((next.value as { pixels: { width: number } }).pixels.width).toBe(WIDTH)
    expect(ends.restarts).toBe(1)
  })

  test('an announcement of the page before, come late, restarts nothing', async () => {
    const ends = makeEnds()
    const { clock, ports } = ends
    await clock.pass(100)
    const old = ports.engine.posted.find(({ kind }) => kind === 'ready')
    ends.engine.close()
    startEngine(ports, clock)
    await clock.pass(100)
    ports.panel.receive(old)
    await clock.pass(100)
    expect(ends.restarts).toBe(1)
    const next = watchFortune(ends.panel.request('stop', {}))
    await clock.pass(10)
    expect(next.value).toEqual({})
  })

  test('an end that took a stranger for the other one finds back', async () => {
    const { panel, clock, ports, refused } = makeEnds()
    await clock.pass(100)
    const { from } = ports.engine.posted.at(-1)!
    const stranger = { kind: 'ready', version: PROTOCOL_VERSION, from: 'stranger', heard: from }
    ports.engine.receive({ ...stranger, asks: 'who is there' })
    ports.engine.receive({ ...stranger, answers: ports.engine.posted.at(-2)!.asks })
    const lost = watchFortune(panel.request('stop', {}, { timeoutMs: 1000 }))
    await clock.pass(2000)
    expect(refused.engine).toContain('stale')
    expect(lost.error).toBeInstanceOf(BridgeError)
    const next = watchFortune(panel.request('stop', {}))
    await clock.pass(10)
    expect(next.value).toEqual({})
  })

  test('closing rejects what is under way and tells the other end', async () => {
    let signal: AbortSignal | undefined
    const { panel, clock } = makeEnds({
      engine: {
        stop: (_, context) => {
          signal = context.signal
          return never
        },
      },
    })
    const fortune = watchFortune(panel.request('stop', {}))
    await clock.pass(100)
    panel.close()
    await clock.pass(100)
    expect(fortune.error).toBeInstanceOf(BridgeError)
    expect(signal?.aborted).toBe(true)
    await expect(panel.request('stop', {})).rejects.toThrow(/was closed/)
    expect(clock.pending).toBe(0)
  })
})
