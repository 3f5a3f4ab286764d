import { describe, expect, test } from 'vitest'
import { connectToEngine, connectToPanel } from '../../src/bridge/connection.ts'
import { fragmentReader, fragmentWriter } from '../../src/bridge/fragment.ts'
import { PROTOCOL_VERSION } from '../../src/bridge/messages.ts'
import { makePort, type WayIn, type WayOut } from '../../src/bridge/ways.ts'
import { jobFor, outcome, picture, ROWS, someBytes, WIDTH, watchFortune } from './ends.ts'
import { makeClock } from './ports.ts'

const HASH = 'a'.repeat(64)

interface Pipe {
  readonly wayIn: WayIn
  /** Undefined loses what is posted. */
  deliver: ((message: object) => object | undefined) | undefined
  hear(event: object): void
}

/** Ways that a test may spoil, between the two ends of a bridge. */
function setUp() {
  const clock = makeClock()
  const refused: string[] = []
  const pipe = (name: string): Pipe => {
    const listeners = new Set<(event: object) => void>()
    return {
      wayIn: {
        name,
        listen(hear) {
          listeners.add(hear)
          return () => listeners.delete(hear)
        },
      },
      deliver: (data) => ({ data }),
      hear: (event) => listeners.forEach((hear) => void hear(event)),
    }
  }
  const out = (name: string, into: () => readonly Pipe[]): WayOut => ({
    name,
    post(message) {
      const copy = JSON.parse(JSON.stringify(message)) as object
      for (const target of into()) {
        const event = target.deliver?.(copy)
        if (event) clock.after(1, () => target.hear(event))
      }
    },
  })
  const panelWindow = pipe('window')
  const panelElement = pipe('element')
  const pageWindow = pipe('window')
  panelElement.deliver = undefined

  const address = { hash: '', listeners: new Set<() => void>(), changes: 0 }
  const page = {
    location: {
      get hash() {
        return address.hash
      },
    },
    addEventListener: (_: string, listener: () => void) => address.listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => address.listeners.delete(listener),
  } as unknown as Window
  const setFragment = (fragment: string): void => {
    address.changes++
    const hash = `#${fragment}`
    if (address.hash === hash) return
    address.hash = hash
    clock.after(1, () => address.listeners.forEach((listener) => void listener()))
  }

  const toPage = out('postMessage', () => [pageWindow])
  const toPanel = out('object', () => [panelWindow, panelElement])
  const panelPort = makePort(
    [panelWindow.wayIn, panelElement.wayIn],
    [toPage, fragmentWriter(setFragment, clock)],
  )
  const pagePort = makePort(
    [pageWindow.wayIn, fragmentReader(page, (taken) => pagePort.post(taken))],
    [toPanel, { name: 'text', post: (message) => toPanel.post(JSON.stringify(message) as never) }],
  )
  const start = () => ({
    panel: connectToEngine(
      panelPort,
      {
        requests: { readAsset: async () => ({ bytes: someBytes(1000) }) },
        events: { loading() {}, progress() {}, log() {} },
        onRefused: (code) => refused.push(code),
      },
      clock,
    ),
    page: connectToPanel(
      pagePort,
      {
        requests: {
          open: () => Promise.reject(new Error('not part of this test')),
          measure: () => Promise.reject(new Error('not part of this test')),
          plan: () => Promise.reject(new Error('not part of this test')),
          thumbnail: async ({ bytes }) => ({ width: 1, height: 1, png: bytes, sha256: HASH }),
          stylize: async ({ content }) => outcome(content),
          examine: async ({ bytes }) => ({ bytes }),
          stop: async () => ({}),
        },
        events: { appearance() {}, visibility() {}, reload() {} },
      },
      clock,
    ),
  })
  return {
    clock,
    panelWindow,
    panelElement,
    pageWindow,
    panelPort,
    pagePort,
    start,
    refused,
    address,
  }
}

/** A picture there and back: all kinds of packets pass. */
async function expectToWork({ clock, start }: ReturnType<typeof setUp>): Promise<void> {
  const { panel } = start()
  const content = picture(WIDTH, 3 * ROWS)
  const run = watchFortune(panel.request('stylize', jobFor(content)))
  await clock.pass(20_000)
  expect(run.error).toBeUndefined()
  const { pixels } = run.value as { pixels: { bytes: Uint8Array } }
  expect(Buffer.compare(pixels.bytes, content.bytes)).toBe(0)
}

describe('the ends find one another, and say by what', () => {
  test('as documented', async () => {
    const parts = setUp()
    await expectToWork(parts)
    expect(parts.panelPort.ways).toEqual({ hears: 'window, data, an object', posts: 'postMessage' })
    expect(parts.pagePort.ways).toEqual({ hears: 'window, data, an object', posts: 'object' })
    expect(parts.refused).toEqual([])
    expect(parts.address.changes, 'the last resort is left alone').toBe(0)
  })

  test('where the element hears, in message, a text in a text', async () => {
    const parts = setUp()
    parts.panelWindow.deliver = undefined
    parts.panelElement.deliver = (message) => ({
      message: JSON.stringify(JSON.stringify(message)),
    })
    await expectToWork(parts)
    expect(parts.panelPort.ways?.hears).toBe('element, message, a text in a text')
    expect(parts.refused).toEqual([])
  })

  test('where window and element both hear: each message counts once', async () => {
    const parts = setUp()
    parts.panelElement.deliver = (data) => ({ data })
    await expectToWork(parts)
    expect(parts.refused).toEqual([])
  })

  test('where objects do not pass, by texts', async () => {
    const parts = setUp()
    parts.panelWindow.deliver = (message) =>
      typeof message === 'string' ? { data: message } : undefined
    await expectToWork(parts)
    expect(parts.pagePort.ways?.posts).toBe('text')
  })

  test('where posts to the page are lost, by its address', async () => {
    const parts = setUp()
    parts.pageWindow.deliver = undefined
    await expectToWork(parts)
    expect(parts.panelPort.ways?.posts).toBe('address fragment')
    expect(parts.pagePort.ways?.hears).toBe('address fragment, data, an object')
  })

  test('where posting throws until the page is there', async () => {
    const parts = setUp()
    let isThere = false
    parts.pageWindow.deliver = (data) => {
      if (!isThere) throw new Error('not ready')
      return { data }
    }
    parts.clock.after(3000, () => {
      isThere = true
    })
    await expectToWork(parts)
  })
})

describe('nothing else is loosened', () => {
  test('a stranger’s announcement keeps no way, and its packets are refused', async () => {
    const parts = setUp()
    const { panel } = parts.start()
    const stranger = { kind: 'ready', version: PROTOCOL_VERSION, from: 'stranger' }
    parts.panelElement.hear({ data: { ...stranger, answers: 'guess:0' } })
    parts.panelElement.hear({ data: { ...stranger, answers: 'guess:1', heard: 'guess' } })
    expect(parts.panelPort.ways).toBeUndefined()
    await parts.clock.pass(1000)
    expect(parts.panelPort.ways?.hears).toBe('window, data, an object')
    const fortune = watchFortune(panel.request('stop', {}))
    parts.panelWindow.hear({
      data: { kind: 'reply', from: 'stranger', to: 'panel', id: 1, body: {} },
    })
    expect(parts.refused).toContain('stale')
    await parts.clock.pass(1000)
    expect(fortune.value).toEqual({})
  })

  test('what is no JSON, or too long, is no message', async () => {
    const parts = setUp()
    parts.start()
    parts.panelWindow.hear({ data: '{"kind":' })
    parts.panelWindow.hear({ data: `"${'x'.repeat(2 ** 22)}"` })
    expect(parts.refused).toEqual(['unknown', 'unknown'])
  })
})
