/**
 * Both ends of the bridge in a browser: the page is the panel, a frame in it, of another origin and
 * so in another process as in Photoshop, is the engine page.
 */
import { connectToEngine, connectToPanel } from '../src/bridge/connection.ts'
import type { Pixels, StylizeOutcome } from '../src/bridge/messages.ts'
import type { Port } from '../src/bridge/port.ts'

export interface BridgeTimes {
  /** From the panel to the engine page. */
  readonly secondsThere: number
  readonly secondsBack: number
  /** In the panel's thread. */
  readonly longestTaskMs: number
}

/** As the platform's: what passes is a JSON text. */
const portTo = (other: Window): Port => ({
  post: (message) => other.postMessage(JSON.stringify(message), '*'),
  listen(receive) {
    const onMessage = ({ source, data }: MessageEvent): void => {
      if (source === other) receive(JSON.parse(data))
    }
    addEventListener('message', onMessage)
    return () => removeEventListener('message', onMessage)
  },
})

const pixels = (width: number, height: number): Pixels => ({
  width,
  height,
  components: 4,
  bits: 8,
  bytes: Uint8Array.from({ length: width * height * 4 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 13),
})

const HASH = '0'.repeat(64)
const ORIGIN = {
  content: HASH,
  styles: [{ file: HASH }],
  model: { name: 'none', sha256: HASH },
  device: 'none',
}

function startEngine(): void {
  let picture = pixels(1, 1)
  connectToPanel(portTo(parent), {
    requests: {
      open: () => Promise.reject(new Error('not in this bench')),
      measure: () => Promise.reject(new Error('not in this bench')),
      plan: () => Promise.reject(new Error('not in this bench')),
      examine: async ({ bytes }) => ({ bytes }),
      stop: async () => ({}),
      thumbnail: async () => ({ width: 1, height: 1, png: new Uint8Array(1), sha256: HASH }),
      // Keeps the picture, and answers with the one it kept before.
      async stylize({ content }): Promise<StylizeOutcome> {
        const kept = picture
        picture = content
        const nothing = { total: 0, terms: {}, evaluations: 0, seconds: 0, work: 0, origin: ORIGIN }
        return { pixels: kept, isFinished: true, ...nothing }
      },
    },
    events: { appearance() {}, visibility() {}, reload() {} },
  })
}

/** ms that the thread left other tasks waiting at most while `work` went on: one task, or a few. */
async function longestWait(work: () => Promise<unknown>): Promise<number> {
  const { port1, port2 } = new MessageChannel()
  let longest = 0
  let last = performance.now()
  port1.onmessage = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    port2.postMessage(0)
  }
  port2.postMessage(0)
  await work()
  port1.close()
  return longest
}

function startPanel(): void {
  const frame = document.createElement('iframe')
  frame.src = location.href.replace('127.0.0.1', 'localhost')
  document.documentElement.append(frame)
  const engine = connectToEngine(portTo(frame.contentWindow!), {
    requests: { readAsset: () => Promise.reject(new Error('not in this bench')) },
    events: { loading() {}, progress() {}, log() {} },
  })

  const style = { name: 'none', bytes: new Uint8Array(0), weight: 1, scale: 1, rotation: 0 }
  const exchange = async (content: Pixels): Promise<Pixels> => {
    const job = { run: 1, content, styles: [style], options: {}, device: 'auto' } as const
    return (await engine.request('stylize', job)).pixels
  }
  const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now()
    await work()
    return (performance.now() - start) / 1000
  }

  const measure = async (width: number, height: number): Promise<BridgeTimes> => {
    const tiny = pixels(1, 1)
    const picture = pixels(width, height)
    await exchange(tiny)
    const secondsThere = await seconds(() => exchange(picture))
    const secondsBack = await seconds(() => exchange(tiny))
    let returned = tiny
    const longestTaskMs = await longestWait(async () => {
      await exchange(picture)
      returned = await exchange(tiny)
    })
    if (returned.bytes.some((value, i) => value !== picture.bytes[i])) {
      throw new Error('internal: the picture came back changed')
    }
    return { secondsThere, secondsBack, longestTaskMs }
  }
  Object.assign(globalThis, { measure })
}

if (parent === window) startPanel()
else startEngine()
