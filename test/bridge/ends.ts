/** Both ends of a bridge with handlers that a test may replace, and what they were told. */
import {
  connectToEngine,
  connectToPanel,
  type EngineConnection,
  type EngineHandlers,
  type PanelConnection,
  type PanelHandlers,
} from '../../src/bridge/connection.ts'
import type { Pixels, StylizeJob, StylizeOutcome } from '../../src/bridge/messages.ts'
import { type Clock, type Fate, makeClock, makePorts, type PortPair } from './ports.ts'

export const CHUNK = 2 ** 18
/** A picture of these columns and rows, one byte each, makes a chunk. */
export const WIDTH = 1024
export const ROWS = CHUNK / WIDTH

export const never = new Promise<never>(() => undefined)
export const dropAll: Fate = () => []

/** Whether two arrays are equal; a test framework's own comparison takes seconds. */
export const areEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

interface Ends {
  readonly clock: Clock
  readonly ports: PortPair
  readonly panel: EngineConnection
  readonly engine: PanelConnection
  /** Codes, by the end that refused. */
  readonly refused: { readonly panel: string[]; readonly engine: string[] }
  /** Names and data, as they came. */
  readonly heard: unknown[]
  /** What the panel's end was told of the other one. */
  readonly silences: readonly boolean[]
  restarts: number
}

interface Setting {
  readonly engine?: Partial<EngineHandlers['requests']>
  readonly panel?: Partial<PanelHandlers['requests']>
  /** Called with the ports before either end exists. */
  readonly prepare?: (ports: PortPair) => void
  readonly mayBeAsleep?: () => boolean
}

export function makeEnds({ engine, panel, prepare, mayBeAsleep }: Setting = {}): Ends {
  const clock = makeClock()
  const ports = makePorts(clock)
  prepare?.(ports)
  const refused: Ends['refused'] = { panel: [], engine: [] }
  const heard: unknown[] = []
  const silences: boolean[] = []
  const hear =
    (name: string) =>
    (data: unknown): void => {
      heard.push([name, data])
    }
  const ends: Ends = {
    clock,
    ports,
    refused,
    heard,
    silences,
    restarts: 0,
    panel: connectToEngine(
      ports.panel,
      {
        requests: { readAsset: async () => ({ bytes: new Uint8Array(0) }), ...panel },
        events: { loading: hear('loading'), progress: hear('progress'), log: hear('log') },
        onRestart: () => {
          ends.restarts += 1
        },
        onRefused: (code) => refused.panel.push(code),
        onSilence: (isSilent) => silences.push(isSilent),
        mayBeAsleep,
      },
      clock,
    ),
    engine: startEngine(ports, clock, engine, refused.engine, hear),
  }
  return ends
}

/** Another engine page in place of the one before, as after a reload. */
export function startEngine(
  ports: PortPair,
  clock: Clock,
  requests: Partial<EngineHandlers['requests']> = {},
  refused: string[] = [],
  hear: (name: string) => (data: unknown) => void = () => () => undefined,
): PanelConnection {
  return connectToPanel(
    ports.engine,
    {
      requests: {
        open: () => Promise.reject(new Error('not part of this test')),
        measure: () => Promise.reject(new Error('not part of this test')),
        plan: () => Promise.reject(new Error('not part of this test')),
        thumbnail: async ({ bytes }) => ({ width: 1, height: 1, png: bytes, sha256: HASH }),
        stylize: async ({ content }) => outcome(content),
        examine: async ({ bytes }) => ({ bytes }),
        stop: async () => ({}),
        ...requests,
      },
      events: {
        appearance: hear('appearance'),
        visibility: hear('visibility'),
        reload: hear('reload'),
      },
      onRefused: (code) => refused.push(code),
    },
    clock,
  )
}

const HASH = 'a'.repeat(64)

/** A gray picture whose bytes depend on their place and the seed. */
export const picture = (width: number, height = 1, seed = 1): Pixels => ({
  width,
  height,
  components: 1,
  bits: 8,
  bytes: someBytes(width * height, seed),
})

export const someBytes = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 15)

export const jobFor = (content: Pixels): StylizeJob => ({
  run: 1,
  content,
  styles: [
    { name: 'style.jpg', bytes: new Uint8Array([1, 2, 3]), weight: 1, scale: 1, rotation: 0 },
  ],
  options: { size: 64, iterations: [3], styleLayers: ['relu1_1'] },
  device: 'auto',
})

export const outcome = (pixels: Pixels): StylizeOutcome => ({
  pixels,
  isFinished: true,
  total: 1.5,
  terms: { 'content.relu4_2': 1, tv: 0.5 },
  evaluations: 3,
  seconds: 0.25,
  work: 3,
  origin: {
    content: HASH,
    styles: [{ file: HASH }],
    model: { name: 'tiny', sha256: HASH },
    device: 'wasm',
  },
})

/** What became of a promise so far. */
interface Fortune {
  value?: unknown
  error?: unknown
  isSettled: boolean
}

export function watchFortune(promise: Promise<unknown>): Fortune {
  const fortune: Fortune = { isSettled: false }
  promise.then(
    (value) => Object.assign(fortune, { value, isSettled: true }),
    (error: unknown) => Object.assign(fortune, { error, isSettled: true }),
  )
  return fortune
}

/** Numbers below 1, the same for a seed. */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
