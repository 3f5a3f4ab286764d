/** Checks of the bridge and the engine page, and how fast they are. */
import type { KnownWays } from '../../bridge/ways.ts'
import type { EngineClient } from '../engine-client.ts'
import { type Group, outcomeOf } from './check.ts'

/** There and back. */
const PROBE_BYTES = 2 ** 22
const SLOWEST_TRIP_MS = 100
const SLOWEST_MB_PER_SECOND = 10
/** Of timers of half a second. */
const LONGEST_GAP_MS = 5000
/** Long edge of a small square picture, whose one evaluation is timed. */
const EDGE = 128

const DOCUMENTED =
  'panel hears window, data, an object; posts postMessage; page hears window, data, an object; posts object'

interface EngineCheckContext {
  readonly engine: Pick<EngineClient, 'examine' | 'measure' | 'beginsAnewBySource'>
  ways(): KnownWays | undefined
  readonly model: string
  wasHidden(): boolean
  readonly now: () => number
}

export function engineChecks(context: EngineCheckContext): readonly Group[] {
  const { engine, ways, model, wasHidden, now } = context
  const nothing = new Uint8Array(0)

  const bridge: Group = {
    ids: ['bridgeChannel', 'bridgeTrip', 'bridgeSpeed'],
    async run(tell) {
      const { facts } = await engine.examine(nothing)
      const told = ({ hears, posts }: KnownWays): string => `hears ${hears}; posts ${posts}`
      const found = `panel ${told(ways()!)}; page ${told(facts)}`
      tell('bridgeChannel', found, found === DOCUMENTED)
      // The page's facts take their time: they are asked for apart from what is timed.
      const from = now()
      await engine.examine(nothing, { isEcho: true })
      const tripMs = now() - from
      tell('bridgeTrip', `${tripMs.toFixed(0)} ms`, tripMs < SLOWEST_TRIP_MS)
      const start = now()
      await engine.examine(new Uint8Array(PROBE_BYTES), { isEcho: true })
      const speed = (2 * PROBE_BYTES) / 1e3 / (now() - start)
      tell('bridgeSpeed', `${speed.toFixed(0)} MB/s`, speed > SLOWEST_MB_PER_SECOND)
    },
  }

  const page: Group = {
    ids: [
      'secureContext',
      'webgpu',
      'wasm',
      'workers',
      'sharedMemory',
      'fetch',
      'offscreenCanvas',
      'pageVisible',
    ],
    async run(tell) {
      const { facts } = await engine.examine(nothing)
      const yes = (is: boolean): string => (is ? 'yes' : 'no')
      tell('secureContext', yes(facts.isSecureContext), facts.isSecureContext)
      tell('webgpu', facts.gpu, facts.gpu.startsWith('adapter'))
      tell('wasm', facts.wasm, facts.wasm === 'WebAssembly with SIMD')
      tell('workers', facts.worker, facts.worker === 'works')
      tell('sharedMemory', yes(facts.sharedArrayBuffer), !facts.sharedArrayBuffer)
      tell('fetch', facts.fetch, facts.fetch !== 'works')
      tell('offscreenCanvas', facts.offscreenCanvas, facts.offscreenCanvas === 'works')
      tell('pageVisible', `${facts.visibility}; ${facts.userAgent}`, facts.visibility === 'visible')
    },
  }

  const hidden: Group = {
    ids: ['hiddenTimers'],
    async run(tell) {
      if (!wasHidden()) throw new Error('hide the panel for ten seconds, show it, and test again')
      const { longestGapMs } = (await engine.examine(nothing)).facts
      tell(
        'hiddenTimers',
        `longest gap ${(longestGapMs / 1000).toFixed(1)} s`,
        longestGapMs < LONGEST_GAP_MS,
      )
    },
  }

  const speed = (id: 'gpuSpeed' | 'processorSpeed', device: 'webgpu' | 'wasm'): Group => ({
    ids: [id],
    async run(tell) {
      const { works, text } = await outcomeOf(async () => {
        const { description, secondsPerMegapixel } = await engine.measure(device, model)
        const seconds = (secondsPerMegapixel * EDGE * EDGE) / 1e6
        return `${seconds.toFixed(3)} s; ${description}`
      })
      tell(id, text, works)
    },
  })

  const reload: Group = {
    ids: ['reload'],
    async run(tell) {
      const begins = await engine.beginsAnewBySource()
      tell('reload', begins ? 'begins anew' : 'stays as it is', begins)
    },
  }
  return [
    bridge,
    page,
    hidden,
    speed('gpuSpeed', 'webgpu'),
    speed('processorSpeed', 'wasm'),
    reload,
  ]
}
