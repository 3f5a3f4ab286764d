/**
 * One run from the layer to the new layer: style → read → open → paint → insert. The document is
 * touched in the last step alone, so that cancelling or failing before it leaves no trace.
 */
import { makeAborter } from '../bridge/abort.ts'
import type { ProgressReport, StyleFile, StylizeOutcome } from '../bridge/messages.ts'
import { throwIfCancelled } from '../engine/errors.ts'
import {
  DocumentError,
  type DocumentWork,
  PLACEMENTS,
  type Placement,
  type SourceLayer,
} from './document.ts'
import type { EngineClient } from './engine-client.ts'
import type { Size } from './prediction.ts'
import type { RunSettings } from './recorded-step.ts'
import { edgeOf } from './settings.ts'

/** A result that found no place yet. */
export interface HeldResult {
  readonly source: SourceLayer
  readonly outcome: StylizeOutcome
  readonly layerName: string
}

export type JobState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'reading' | 'opening' | 'inserting'; readonly layer?: Size }
  | {
      readonly phase: 'painting'
      readonly layer: Size
      readonly progress?: ProgressReport
      readonly isStopping: boolean
    }
  | { readonly phase: 'done'; readonly layerName: string; readonly outcome: StylizeOutcome }
  /** The result could not be inserted, and is kept until it is placed or discarded. */
  | {
      readonly phase: 'held'
      readonly error: unknown
      readonly result: HeldResult
      readonly placements: readonly Placement[]
    }
  | { readonly phase: 'failed'; readonly error: unknown }

export interface JobContext {
  readonly documents: Pick<DocumentWork, 'read' | 'insert'>
  readonly engine: Pick<EngineClient, 'open' | 'stylize' | 'stop'>
  readStyle(style: RunSettings['style']): Promise<StyleFile>
  layerName(run: RunSettings): string
  onState(state: JobState): void
}

export interface Job {
  readonly state: JobState
  /** Whether a run is under way. */
  readonly isRunning: boolean
  /** Does nothing while a run is under way or a result is held. Never rejects: how it ended is the state. */
  run(settings: RunSettings): Promise<JobState>
  /** Ends painting with the best picture so far. */
  stop(): void
  /** Without effect once the result is being inserted. */
  cancel(): void
  /** Tries a held result again. */
  place(placement: Placement): Promise<void>
  discard(): void
}

export const isRunning = ({ phase }: JobState): boolean =>
  phase !== 'idle' && phase !== 'done' && phase !== 'held' && phase !== 'failed'

export function makeJob(context: JobContext): Job {
  let state: JobState = { phase: 'idle' }
  let aborter = makeAborter()
  let settled: Promise<unknown> = Promise.resolve()

  const enter = (next: JobState): JobState => {
    state = next
    context.onState(next)
    return next
  }
  const paint = async (
    settings: RunSettings,
    source: SourceLayer,
    style: StyleFile,
    signal: AbortSignal,
  ): Promise<StylizeOutcome> => {
    const { pixels: content } = source
    enter({ phase: 'painting', layer: content, isStopping: false })
    return context.engine.stylize(
      {
        content,
        styles: [style],
        options: { ...settings.options, size: edgeOf(settings.size, content) },
        device: settings.device,
      },
      {
        signal,
        onProgress(progress) {
          if (state.phase === 'painting' && !signal.aborted) enter({ ...state, progress })
        },
      },
    )
  }

  const insert = async (result: HeldResult, placement: Placement): Promise<JobState> => {
    const { source, outcome, layerName } = result
    enter({ phase: 'inserting', layer: outcome.pixels })
    try {
      await context.documents.insert(source, outcome.pixels, layerName, placement)
      return enter({ phase: 'done', layerName, outcome })
    } catch (error) {
      const offered = error instanceof DocumentError ? error.placements : []
      // Nothing is known to be better, and hours of painting are never thrown away.
      const placements = offered.length > 0 ? offered : PLACEMENTS
      return enter({ phase: 'held', error, result, placements })
    }
  }

  const go = async (settings: RunSettings, signal: AbortSignal): Promise<JobState> => {
    // After every wait, in the same turn in which the next phase is entered.
    const goOn = (): void => {
      throwIfCancelled(signal)
    }
    try {
      const style = await context.readStyle(settings.style)
      goOn()
      const source = await context.documents.read()
      goOn()
      enter({ phase: 'opening', layer: source.pixels })
      await context.engine.open(settings.device, settings.options.model, signal)
      goOn()
      const outcome = await paint(settings, source, style, signal)
      goOn()
      const layerName = context.layerName(settings)
      return await insert({ source, outcome, layerName }, 'above-source')
    } catch (error) {
      // cancel() has already entered the idle state.
      return signal.aborted ? { phase: 'idle' } : enter({ phase: 'failed', error })
    }
  }

  return {
    get state() {
      return state
    },
    get isRunning() {
      return isRunning(state)
    },
    async run(settings) {
      if (isRunning(state) || state.phase === 'held') return state
      aborter = makeAborter()
      const { signal } = aborter
      enter({ phase: 'reading' })
      // A cancelled run may still wait for Photoshop or the engine to let go.
      const run = settled.then(() => (signal.aborted ? state : go(settings, signal)))
      settled = run
      return run
    },
    stop() {
      if (state.phase !== 'painting' || state.isStopping) return
      enter({ ...state, isStopping: true })
      // When it fails, so does the run itself, which reports it.
      context.engine.stop().catch(() => undefined)
    },
    cancel() {
      if (!isRunning(state) || state.phase === 'inserting') return
      aborter.abort()
      enter({ phase: 'idle' })
    },
    async place(placement) {
      if (state.phase === 'held') await insert(state.result, placement)
    },
    discard() {
      if (!isRunning(state)) enter({ phase: 'idle' })
    },
  }
}
