/**
 * The engine as the panel uses it: one connection to the engine page, opened when first needed,
 * and told again what it must know whenever the page begins anew.
 */
import type { EngineConnection, PanelHandlers } from '../bridge/connection.ts'
import type {
  DeviceChoice,
  EngineEvents,
  EngineFacts,
  EngineRequests,
  PageFacts,
  PanelEvents,
  PlanQuestion,
  PlanSummary,
  ProgressReport,
  Speed,
  StylizeJob,
  StylizeOutcome,
} from '../bridge/messages.ts'
import { BridgeError, ModelError, RuntimeError, reasonOf, untilAborted } from '../engine/errors.ts'
import type { Attention } from './attention.ts'
import type { Log } from './log.ts'
import { NetworkProfileError } from './problems.ts'
import type { ReloadMeans } from './webview.ts'

export type EngineState =
  | { readonly phase: 'asleep' }
  | { readonly phase: 'loading'; readonly progress?: EngineEvents['loading'] }
  | { readonly phase: 'ready'; readonly facts: EngineFacts }
  | { readonly phase: 'failed'; readonly error: unknown }

/** A job as the panel makes it; the client gives each its number. */
export type PaintJob = Omit<StylizeJob, 'run'>

export interface EngineClient {
  /** Loads what is not loaded yet. @throws BridgeError, RuntimeError … */
  open(device: DeviceChoice, model: string, signal?: AbortSignal): Promise<EngineFacts>
  thumbnail(name: string, bytes: Uint8Array, edge: number): Promise<Thumbnail>
  /** @throws OptionError when a run would not fit, and all that would make a run fail at its start. */
  plan(question: PlanQuestion): Promise<PlanSummary>
  /** For the self-test: sends bytes there and back; unless it is an echo, with facts about the page. */
  examine(bytes: Uint8Array, how?: { readonly isEcho: true }): Promise<{ facts: PageFacts }>
  /**
   * Opens a device and measures it, and leaves the state as it is. @throws RuntimeError where it
   * does not start.
   */
  measure(device: DeviceChoice, model: string, signal?: AbortSignal): Promise<Speed>
  /** Sets the page's address to what it is already. @returns whether that made the page begin anew. */
  beginsAnewBySource(): Promise<boolean>
  stylize(
    job: PaintJob,
    options: {
      readonly signal: AbortSignal
      readonly onProgress: (progress: ProgressReport) => void
    },
  ): Promise<StylizeOutcome>
  stop(): Promise<void>
  setAppearance(appearance: PanelEvents['appearance']): void
  setVisible(isVisible: boolean): void
  /** The user is seen in the panel. */
  notice(): void
  /** The computer slept: what is known of the device may not be true any more. */
  probeAgain(): void
  /** The page could not be loaded; this is tried again when the page is next needed. */
  pageFailed(message: string): void
}

export type Thumbnail = EngineRequests['thumbnail']['result']

export interface EngineClientContext {
  connect(handlers: PanelHandlers): EngineConnection
  /** Makes a page begin anew that does not do so when asked. */
  reloadPage(by: ReloadMeans): void
  /** Whether the plug-in lies in a place from which its page cannot be loaded. */
  isOnDeadNetworkPath(): Promise<boolean>
  /** A file of the plug-in folder. */
  readPluginFile(path: string): Promise<Uint8Array>
  onState(state: EngineState): void
  /** Told when the page seems to be asleep while something is asked of it, and when it goes on. */
  onPause(isPaused: boolean): void
  readonly attention: Attention
  readonly log: Log
  /** How long the page may take to say its first word. */
  readonly startTimeoutMs?: number
  /** How long each way to make the page begin anew may take before the next is tried. */
  readonly reloadTimeoutMs?: number
}

/** Unless the panel is known to be hidden, a shorter silence may only mean that the page is busy. */
const SURELY_SILENT_MS = 20_000

/** How long the page, which was loaded before, may take when its address is set again. */
const SOURCE_PATIENCE_MS = 5000

/** A bare file name, so that nothing outside the folder can be read. */
const ASSET_NAME = /^[a-z0-9][\w-]*(\.[\w-]+)+$/i

export function makeEngineClient(context: EngineClientContext): EngineClient {
  const { log } = context
  let opening: { readonly key: string; readonly facts: Promise<EngineFacts> } | undefined
  let onProgress: ((progress: ProgressReport) => void) | undefined
  let lastRun = 0
  let appearance: PanelEvents['appearance'] | undefined
  const { attention } = context
  let isRunning = false
  let isProbeDue = false
  let silentSince: number | undefined
  let isPaused = false
  let pauseTimer: ReturnType<typeof setTimeout> | undefined
  let isOpen = false
  let hasPageFailed = false
  /** Set from when the page is asked to begin anew until it has. */
  let restart: { readonly done: Promise<void>; end(): void } | undefined
  /** Those who wait for the page. */
  const waiting = new Set<(error: Error) => void>()

  let hasConnected = false
  let stopReloading: () => void = () => undefined

  const forget = (): void => {
    opening = undefined
    isOpen = false
    context.onState({ phase: 'asleep' })
  }

  /**
   * Tries one way after the other until the page begins anew: which of them UXP heeds is not
   * documented, and setting the same address again has been seen to do nothing.
   */
  const reload = (...means: readonly ('itself' | ReloadMeans)[]): void => {
    stopReloading()
    const [next, ...others] = means
    if (next === undefined) return
    log.add('info', `the engine page is to begin anew: ${next}`)
    if (next === 'itself') connection.emit('reload', {})
    else context.reloadPage(next)
    const timer = setTimeout(() => reload(...others), context.reloadTimeoutMs ?? 2000)
    stopReloading = () => clearTimeout(timer)
  }

  const awaitRestart = (): void => {
    if (restart) return
    let end: () => void = () => undefined
    const done = new Promise<void>((resolve) => {
      end = resolve
    })
    restart = { done, end }
  }

  /** A run that failed for good may leave WebAssembly broken, and its memory full. */
  const beginAnew = (): void => {
    forget()
    awaitRestart()
    reload('itself', 'query', 'element')
  }

  const tellPause = (): void => {
    clearTimeout(pauseTimer)
    const isAsleep = silentSince !== undefined && attention.isUnseenSince(silentSince)
    const silentMs = Date.now() - (silentSince ?? Date.now())
    const isSure = !attention.isVisible || silentMs >= SURELY_SILENT_MS
    if (isAsleep && !isSure) pauseTimer = setTimeout(tellPause, SURELY_SILENT_MS - silentMs)
    const next = isAsleep && isSure
    if (next === isPaused) return
    isPaused = next
    log.add('info', isPaused ? 'the engine page is silent' : 'the engine page goes on')
    context.onPause(isPaused)
  }

  const connection = context.connect({
    requests: {
      async readAsset({ name }) {
        if (!ASSET_NAME.test(name)) {
          throw new BridgeError(`readAsset: expected the name of a file, got "${name}"`)
        }
        try {
          return { bytes: await context.readPluginFile(`webview/${name}`) }
        } catch (cause) {
          throw new ModelError(
            `${name}: cannot be read from the plug-in’s folder (${reasonOf(cause)}); install the plug-in again`,
            { cause },
          )
        }
      },
    },
    events: {
      loading(progress) {
        if (opening && !isOpen) context.onState({ phase: 'loading', progress })
      },
      progress(progress) {
        // A cancelled run still ends its current evaluation, and may report it.
        if (progress.run === lastRun) onProgress?.(progress)
      },
      log: ({ level, text }) => log.add(level, `engine page: ${text}`),
    },
    onRestart() {
      log.add('warning', 'the engine page began anew')
      stopReloading()
      restart?.end()
      restart = undefined
      forget()
      if (appearance) connection.emit('appearance', appearance)
      connection.emit('visibility', { isVisible: attention.isVisible })
    },
    mayBeAsleep: () => silentSince !== undefined && attention.isUnseenSince(silentSince),
    onSilence(isSilent) {
      silentSince = isSilent ? Date.now() : undefined
      tellPause()
    },
    onRefused: (code, detail) => log.add('warning', `message refused (${code}): ${detail}`),
  })

  connection.ready.then(
    () => {
      hasConnected = true
      stopReloading()
    },
    // Each request hears of it.
    () => undefined,
  )

  const failPage = (error: Error): void => {
    hasPageFailed = true
    stopReloading()
    const fail = (reason: Error): void => {
      for (const reject of waiting) reject(reason)
    }
    context.isOnDeadNetworkPath().then(
      (isDead) => {
        if (isDead) log.add('error', String(new NetworkProfileError()))
        fail(isDead ? new NetworkProfileError() : error)
      },
      () => fail(error),
    )
  }

  const ready = (): Promise<void> => {
    if (hasPageFailed) {
      hasPageFailed = false
      if (hasConnected) awaitRestart()
      reload('query', 'element')
    }
    return new Promise((resolve, reject) => {
      const settle = (how: () => void): void => {
        clearTimeout(timer)
        waiting.delete(fail)
        how()
      }
      const fail = (error: unknown): void => settle(() => reject(error))
      const timer = setTimeout(
        () => failPage(new BridgeError('the engine page did not start; try again')),
        context.startTimeoutMs ?? 30_000,
      )
      waiting.add(fail)
      const there = restart?.done ?? connection.ready
      there.then(() => settle(resolve), fail)
    })
  }

  /** Waits for the end of a run, which notices by itself what it has lost. */
  const probeAgain = (): void => {
    isProbeDue = isRunning
    if (isRunning || !opening) return
    log.add('info', 'the computer slept: the device is probed again')
    const [device, model] = opening.key.split(' ') as [DeviceChoice, string]
    forget()
    // A failure shows in the engine's state.
    open(device, model).catch(() => undefined)
  }

  const load = async (device: DeviceChoice, model: string): Promise<EngineFacts> => {
    context.onState({ phase: 'loading' })
    await ready()
    return connection.request('open', { device, model })
  }

  const open: EngineClient['open'] = (device, model, signal) => {
    const key = `${device} ${model}`
    if (opening?.key !== key) {
      const attempt = { key, facts: load(device, model) }
      opening = attempt
      isOpen = false
      attempt.facts.then(
        (facts) => {
          if (opening !== attempt) return
          isOpen = true
          log.add('info', `engine: ${facts.description}`)
          context.onState({ phase: 'ready', facts })
        },
        (error: unknown) => {
          if (opening !== attempt) return
          opening = undefined
          log.add('error', `engine: ${String(error)}`)
          context.onState({ phase: 'failed', error })
        },
      )
    }
    // Loading goes on when a run is cancelled: the next one will want it.
    return signal ? untilAborted(opening.facts, signal) : opening.facts
  }

  return {
    open,
    async thumbnail(name, bytes, edge) {
      await ready()
      return connection.request('thumbnail', { name, bytes, edge })
    },
    async plan(question) {
      await ready()
      return connection.request('plan', question)
    },
    async examine(bytes, how) {
      await ready()
      const wantsFacts = !how?.isEcho
      const { facts, bytes: back } = await connection.request('examine', { bytes, wantsFacts })
      if (back.length !== bytes.length) throw new BridgeError('the bytes that came back are others')
      return { facts: facts as PageFacts }
    },
    async measure(device, model, signal) {
      await ready()
      return connection.request('measure', { device, model }, signal && { signal })
    },
    async beginsAnewBySource() {
      await ready()
      awaitRestart()
      context.reloadPage('source')
      const late = new Promise<'late'>((resolve) =>
        setTimeout(() => resolve('late'), SOURCE_PATIENCE_MS),
      )
      if ((await Promise.race([restart!.done, late])) !== 'late') return true
      restart = undefined
      return false
    },
    async stylize(job, options) {
      isRunning = true
      onProgress = options.onProgress
      const run = ++lastRun
      try {
        const { signal } = options
        const outcome = await connection.request('stylize', { ...job, run }, { signal })
        // Another device may have taken the place of a lost one, so its facts are asked for anew.
        if (outcome.warning !== undefined) {
          if (outcome.isFinished) forget()
          else beginAnew()
        }
        return outcome
      } catch (error) {
        if (error instanceof RuntimeError) beginAnew()
        throw error
      } finally {
        onProgress = undefined
        isRunning = false
        if (isProbeDue) probeAgain()
      }
    },
    async stop() {
      await connection.request('stop', {})
    },
    setAppearance(next) {
      if (JSON.stringify(next) === JSON.stringify(appearance)) return
      appearance = next
      connection.emit('appearance', next)
    },
    setVisible(isVisible) {
      const before = attention.isVisible
      attention.setVisible(isVisible)
      tellPause()
      if (isVisible !== before) connection.emit('visibility', { isVisible })
    },
    notice() {
      if (!attention.isVisible) connection.emit('visibility', { isVisible: true })
      attention.notice()
      tellPause()
    },
    probeAgain,
    pageFailed(message) {
      log.add('error', message)
      failPage(new BridgeError(message))
    },
  }
}
