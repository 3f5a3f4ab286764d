import { describe, expect, test } from 'vitest'
import {
  BridgeError,
  CancelledError,
  ImageError,
  ModelError,
  OptionError,
  RuntimeError,
  ShapeError,
} from '../../src/engine/errors.ts'
import {
  areEqual,
  CHUNK,
  jobFor,
  makeEnds,
  outcome,
  picture,
  ROWS,
  someBytes,
  WIDTH,
  watchFortune,
} from './ends.ts'
import type { Fate } from './ports.ts'

describe('requests and events', () => {
  test('a request brings pixels there and back to the bit', async () => {
    const { panel, clock } = makeEnds()
    const content = picture(1021, 800)
    const fortune = watchFortune(panel.request('stylize', jobFor(content)))
    await clock.pass(1000)
    const { pixels, ...rest } = fortune.value as ReturnType<typeof outcome>
    expect(areEqual(pixels.bytes, content.bytes)).toBe(true)
    expect({ pixels: { ...pixels, bytes: 0 }, ...rest }).toEqual(
      outcome({ ...content, bytes: 0 as never }),
    )
  })

  test('the engine page asks the panel as well', async () => {
    const asset = someBytes(CHUNK + 1)
    const { engine, clock } = makeEnds({
      panel: {
        readAsset: async ({ name }) => ({ bytes: name === 'ort.wasm' ? asset : someBytes(1) }),
      },
    })
    const fortune = watchFortune(engine.request('readAsset', { name: 'ort.wasm' }))
    await clock.pass(1000)
    expect(areEqual((fortune.value as { bytes: Uint8Array }).bytes, asset)).toBe(true)
  })

  test('events come in order, those from before the other end was there too', async () => {
    const { panel, engine, clock, heard } = makeEnds()
    panel.emit('visibility', { isVisible: false })
    await clock.pass(100)
    panel.emit('visibility', { isVisible: true })
    engine.emit('log', { level: 'info', text: 'ready' })
    await clock.pass(100)
    expect(heard).toEqual([
      ['visibility', { isVisible: false }],
      ['visibility', { isVisible: true }],
      ['log', { level: 'info', text: 'ready' }],
    ])
  })

  test('nothing but JSON is posted, in messages of bounded size', async () => {
    const { panel, clock, ports } = makeEnds()
    void panel.request('stylize', jobFor(picture(WIDTH, 5 * ROWS)))
    await clock.pass(1000)
    for (const message of [...ports.panel.posted, ...ports.engine.posted]) {
      expect(JSON.stringify(message).length).toBeLessThan(CHUNK * 1.5)
    }
  })

  test('no more chunks are under way than the window allows', async () => {
    const { panel, clock, ports } = makeEnds()
    let underWay = 0
    let most = 0
    const arrive: Fate = (message) => [{ message, delayMs: 5 }]
    ports.panel.fate = (message) => {
      if (message.kind === 'chunk') most = Math.max(most, ++underWay)
      return arrive(message)
    }
    ports.engine.fate = (message) => {
      if (message.kind === 'ack' && message.next !== 0) underWay -= 1
      return arrive(message)
    }
    const fortune = watchFortune(panel.request('stylize', jobFor(picture(WIDTH, 20 * ROWS))))
    await clock.pass(2000)
    expect(fortune.isSettled).toBe(true)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(4)
  })

  test('an undefined option counts as one that is not there', async () => {
    let got: unknown
    const { panel, clock } = makeEnds({
      engine: {
        stylize: async ({ options, content }) => {
          got = options
          return outcome(content)
        },
      },
    })
    const job = { ...jobFor(picture(1)), options: { size: 64, seed: undefined } }
    void panel.request('stylize', job)
    await clock.pass(100)
    expect(got).toEqual({ size: 64 })
  })
})

describe('errors', () => {
  test.each([
    ShapeError,
    OptionError,
    ImageError,
    ModelError,
    RuntimeError,
    CancelledError,
    BridgeError,
  ])('a %o of the handler arrives as what it was', async (Class) => {
    const { panel, clock } = makeEnds({ engine: { stop: () => Promise.reject(new Class('why')) } })
    const fortune = watchFortune(panel.request('stop', {}))
    await clock.pass(100)
    expect(fortune.error).toBeInstanceOf(Class)
    expect(fortune.error).toHaveProperty('message', 'why')
  })

  test('any other error is a fault of our own and arrives as a BridgeError', async () => {
    const { panel, clock } = makeEnds({
      engine: {
        stop: () => {
          throw new TypeError('x is not a function')
        },
      },
    })
    const fortune = watchFortune(panel.request('stop', {}))
    await clock.pass(100)
    expect(fortune.error).toBeInstanceOf(BridgeError)
    expect(fortune.error).toHaveProperty('message', 'internal: x is not a function')
  })

  test('a request whose params do not fit its type is not even sent', async () => {
    const { panel, clock, ports } = makeEnds()
    const content = { ...picture(4), width: 5 }
    const fortune = watchFortune(panel.request('stylize', jobFor(content)))
    await clock.pass(100)
    expect(fortune.error).toBeInstanceOf(BridgeError)
    expect((fortune.error as Error).message).toMatch(/expected 5 bytes for 5×1.*got 4/)
    expect(ports.panel.posted.map(({ kind }) => kind)).not.toContain('request')
  })

  test('a result that does not fit its type is an error of the handler', async () => {
    const { panel, clock } = makeEnds({
      engine: { stylize: async ({ content }) => ({ ...outcome(content), total: Number.NaN }) },
    })
    const fortune = watchFortune(panel.request('stylize', jobFor(picture(1))))
    await clock.pass(100)
    expect(fortune.error).toBeInstanceOf(BridgeError)
    expect((fortune.error as Error).message).toMatch(
      /internal: .*total: expected a number, got NaN/,
    )
  })

  test('an event that does not fit its type throws', () => {
    const { engine } = makeEnds()
    expect(() => engine.emit('loading', { what: 'x', loadedBytes: -1, totalBytes: 1 })).toThrow(
      BridgeError,
    )
  })
})
