import { describe, expect, test } from 'vitest'
import { BridgeError, ImpastoError } from '../../src/engine/errors.ts'
import { jobFor, makeEnds, picture, ROWS, WIDTH, watchFortune } from './ends.ts'
import type { Message } from './ports.ts'

describe('a message is refused, told apart and harms nothing', () => {
  /** The engine page's end after a message of a live session, made from a good one, has come. */
  async function refusalOf(bad: (good: Message) => unknown) {
    const { panel, clock, ports, refused } = makeEnds()
    const first = watchFortune(panel.request('stop', {}))
    await clock.pass(10)
    expect(first.value).toEqual({})
    const good = ports.panel.posted.find(({ kind }) => kind === 'request')!
    ports.engine.receive(bad(good))
    await clock.pass(10)
    const next = watchFortune(panel.request('stop', {}))
    await clock.pass(10)
    expect(next.value).toEqual({})
    return refused.engine
  }
  const inSession =
    (fields: object) =>
    ({ from, to }: Message) => ({ from, to, ...fields })
  const oversized = {
    ...jobFor(picture(1)),
    content: {
      width: 2 ** 15,
      height: 2 ** 15,
      components: 4,
      bits: 8,
      bytes: { byteLength: 2 ** 32 },
    },
  }
  const style = { name: 'a', bytes: { byteLength: 2 ** 29 }, weight: 1, scale: 1, rotation: 0 }

  test.each<[string, string, (good: Message) => unknown]>([
    ['no object', 'unknown', () => 'hello'],
    ['null', 'unknown', () => null],
    ['an unknown kind', 'unknown', inSession({ kind: 'constructor' })],
    ['a request twice', 'repeated', (good) => good],
    [
      'an unknown request',
      'unknown',
      inSession({ kind: 'request', id: 50, name: 'toString', body: {} }),
    ],
    ['an unknown event', 'unknown', inSession({ kind: 'event', name: 'valueOf', body: {} })],
    ['a field too many', 'malformed', (good) => ({ ...good, id: 50, extra: 1 })],
    ['a param too many', 'malformed', (good) => ({ ...good, id: 50, body: { extra: 1 } })],
    ['a field too few', 'malformed', ({ body: _, ...rest }) => ({ ...rest, id: 50 })],
    ['an id that is no whole number', 'malformed', (good) => ({ ...good, id: 2.5 })],
    [
      'a transfer without bytes',
      'malformed',
      inSession({ kind: 'request', id: 50, name: 'stop', body: {}, transfer: 1 }),
    ],
    [
      'one array of too many bytes',
      'malformed',
      inSession({ kind: 'request', id: 50, name: 'stylize', body: oversized, transfer: 9 }),
    ],
    [
      'too many bytes in all',
      'oversized',
      inSession({
        kind: 'request',
        id: 50,
        name: 'stylize',
        body: {
          ...jobFor(picture(1)),
          content: { ...picture(1), bytes: { byteLength: 1 } },
          styles: [style, style, style, style, style],
        },
        transfer: 9,
      }),
    ],
    [
      'a chunk of no transfer',
      'unknown',
      inSession({ kind: 'chunk', transfer: 7, index: 0, data: '', checksum: 1 }),
    ],
    [
      'a chunk that is too long',
      'malformed',
      inSession({ kind: 'chunk', transfer: 1, index: 0, data: 'A'.repeat(400_000), checksum: 1 }),
    ],
    [
      'an acknowledgement of no transfer',
      'unknown',
      inSession({ kind: 'ack', transfer: 7, next: 0 }),
    ],
    ['a reply to nothing', 'unknown', inSession({ kind: 'reply', id: 7, body: {} })],
    ['an abort of what is done', 'late', inSession({ kind: 'abort', id: 1 })],
    ['a request of another session', 'stale', (good) => ({ ...good, id: 50, from: 'x' })],
    ['a request for another session', 'stale', (good) => ({ ...good, id: 50, to: 'x' })],
  ])('%s: %s', async (_, code, bad) => {
    expect(await refusalOf(bad)).toEqual([code])
  })

  test('a request that names the transfer of another is refused, and the other goes on', async () => {
    const { panel, clock, ports, refused } = makeEnds()
    await clock.pass(10)
    const fortune = watchFortune(panel.request('stylize', jobFor(picture(WIDTH, 9 * ROWS))))
    await clock.pass(5)
    const request = ports.panel.posted.find(({ kind }) => kind === 'request')!
    ports.engine.receive({ ...request, id: 50 })
    await clock.pass(200)
    expect(fortune.value).toBeDefined()
    expect(refused.engine).toEqual(['repeated'])
  })

  test('who asked is told that the request was refused', async () => {
    const { panel, clock, ports } = makeEnds()
    await clock.pass(10)
    ports.panel.fate = (message) => [
      {
        message: message.kind === 'request' ? { ...message, body: { x: 1 } } : message,
        delayMs: 1,
      },
    ]
    const fortune = watchFortune(panel.request('stop', {}))
    await clock.pass(10)
    expect(fortune.error).toBeInstanceOf(ImpastoError)
    expect((fortune.error as Error).message).toBe('stop: "x" is unknown here')
  })

  test('a malformed reply rejects its request alone', async () => {
    const { panel, clock, ports, refused } = makeEnds()
    await clock.pass(10)
    ports.engine.fate = (message) => [
      { message: message.id === 1 ? { ...message, body: [] } : message, delayMs: 1 },
    ]
    const bad = watchFortune(panel.request('stop', {}))
    const good = watchFortune(panel.request('stop', {}))
    await clock.pass(10)
    expect(bad.error).toBeInstanceOf(BridgeError)
    expect(good.value).toEqual({})
    expect(refused.panel).toEqual(['malformed'])
  })

  test('a damaged chunk rejects its request alone', async () => {
    const { panel, clock, ports, refused } = makeEnds()
    await clock.pass(10)
    ports.panel.fate = (message) => {
      const isSpoilt = message.kind === 'chunk' && message.transfer === 1
      const spoilt = { ...message, data: `BBBB${String(message.data).slice(4)}` }
      return [{ message: isSpoilt ? spoilt : message, delayMs: 1 }]
    }
    const bad = watchFortune(panel.request('stylize', jobFor(picture(WIDTH, ROWS, 1))))
    const good = watchFortune(panel.request('stylize', jobFor(picture(WIDTH, ROWS, 2))))
    await clock.pass(100)
    expect(bad.error).toBeInstanceOf(BridgeError)
    expect(good.value).toBeDefined()
    expect(refused.engine).toContain('damaged')
  })
})
