/**
 * One run from the layer to the new layer: input → open → paint → insert. The document is touched
 * in the last step alone, so that cancelling or failing before it leaves no trace.
 */
import { makeAborter } from '../bridge/abort.ts'
import type { ProgressReport, StylizeOutcome } from '../bridge/messages.ts'
import { throwIfCancelled } from '../engine/errors.ts'
import { type FileIdentity, writeRecipe } from '../engine/output/recipe.ts'
import type { Size } from '../engine/picture/image.ts'
import {
  DocumentError,
  type DocumentWork,
  type InsertedLayer,
  type LayerChoice,
  PLACEMENTS,
  type Placement,
  type SourceLayer,
} from './document.ts'
import { type EarlierPainting, readEarlier, readToPaint } from './earlier-painting.ts'
import type { EngineClient, PaintJob } from './engine-client.ts'
import { type GoingOn, goOnBy } from './going-on.ts'
import { type Painted, recipeOf } from './recipes.ts'
import type { RunSettings } from './recorded-step.ts'
import { inPlaceOf, insertAbove, type Result } from './result.ts'
import { type InputContext, optionsFor, type RunInput, readInput } from './run-input.ts'
import { edgeOf } from './settings.ts'

/** The result could not be inserted, and is kept until it is placed or discarded. */
export interface HeldState {
  readonly phase: 'held'
  readonly error: unknown
  readonly result: Result
  readonly placements: readonly Placement[]
}

interface DoneState {
  readonly phase: 'done'
  readonly layerName: string
  readonly outcome: StylizeOutcome
  readonly result: Result
  /** The new layer, as the source of a run that goes on from it. */
  readonly inserted: SourceLayer
  /** Whether the recipe is stored with the new layer. */
  readonly hasRecipe: boolean
}

/** What is painted: size of its pixels and names. */
export type PaintedLayer = Size & Pick<SourceLayer, 'layerName' | 'documentTitle'>

export type JobState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'reading' | 'opening' | 'inserting'; readonly layer?: PaintedLayer }
  | {
      readonly phase: 'painting'
      readonly layer: PaintedLayer
      readonly progress?: ProgressReport
      readonly isStopping: boolean
    }
  | DoneState
  | HeldState
  /** `before`: the run that was done before, from which one may still go on. */
  | { readonly phase: 'failed'; readonly error: unknown; readonly before?: DoneState }

interface JobContext extends InputContext {
  readonly documents: InputContext['documents'] &
    Pick<DocumentWork, 'insert' | 'layers' | 'read' | 'readOver'>
  readonly engine: Pick<EngineClient, 'open' | 'stylize' | 'stop'>
  /** @param edge long edge at which it was painted, px. */
  layerName(run: RunSettings, edge: number): string
  /** Version of the plug-in. */
  version(): string
  onState(state: JobState): void
  /** A recipe could not be written, or not be stored with its layer. */
  onRecipeLost(reason: string): void
}

export interface Job {
  readonly state: JobState
  /** Whether a run is under way. */
  readonly isRunning: boolean
  /**
   * Does nothing while a run is under way or a result is held. Never rejects: the state says how the
   * run ended.
   * @param layer by default the active one.
   * @param findOrigin finds the layer from which Impasto painted `layer`: where that is still there, it
   * is painted anew, to a layer above `layer`.
   */
  run(
    settings: RunSettings,
    layer?: LayerChoice,
    findOrigin?: () => Promise<FileIdentity | undefined>,
  ): Promise<JobState>
  /** Goes on from the picture of the run that is done, where there is a scale to go on with. */
  goOn(how: GoingOn): Promise<JobState>
  /** Goes on from a layer that Impasto painted; otherwise like `run`. */
  goOnFrom(
    layer: LayerChoice,
    how: GoingOn,
    readEarlierPainting: () => Promise<EarlierPainting>,
  ): Promise<JobState>
  /** Ends painting with the best picture so far. */
  stop(): void
  /** No effect once the result is being inserted. A run that was done before is there again. */
  cancel(): void
  /** Tries again to insert a held result. */
  place(placement: Placement): Promise<void>
  /** Holds a result that was held before, when nothing else is under way or held. */
  hold(held: HeldState): void
  discard(): void
}

export const isRunning = ({ phase }: JobState): boolean =>
  phase !== 'idle' && phase !== 'done' && phase !== 'held' && phase !== 'failed'

/** The run that is done and from which one can go on. */
export function doneRun(state: JobState): DoneState | undefined {
  const done = state.phase === 'failed' ? state.before : state
  return done?.phase === 'done' && done.outcome.continueAt !== undefined ? done : undefined
}

const paintedLayer = ({ pixels, layerName, documentTitle }: SourceLayer): PaintedLayer => {
  const { width, height } = pixels
  return { width, height, layerName, documentTitle }
}

/** The name, with a number where there is a layer of that name. */
function numbered(name: string, others: readonly LayerChoice[]): string {
  const names = new Set(others.map((layer) => layer.name))
  let unique = name
  for (let count = 2; names.has(unique); count++) unique = `${name} (${count})`
  return unique
}

/** A painted layer, as the one above which a new one comes. */
const asEarlier = (source: SourceLayer, { documentId, id, name }: LayerChoice): SourceLayer =>
  inPlaceOf(source, { documentId, layerId: id }, name)

export function makeJob(context: JobContext): Job {
  const { documents, engine } = context
  let state: JobState = { phase: 'idle' }
  let aborter = makeAborter()
  let settled: Promise<unknown> = Promise.resolve()
  /** The run that was done before this one. */
  let before: DoneState | undefined

  const enter = (next: JobState): JobState => {
    state = next
    context.onState(next)
    return next
  }
  const paint = async (
    source: SourceLayer,
    job: PaintJob,
    signal: AbortSignal,
  ): Promise<StylizeOutcome> => {
    enter({ phase: 'painting', layer: paintedLayer(source), isStopping: false })
    return engine.stylize(job, {
      signal,
      onProgress(progress) {
        if (state.phase === 'painting' && !signal.aborted) enter({ ...state, progress })
      },
    })
  }

  const insert = async (result: Result, placement: Placement): Promise<JobState> => {
    const { source, outcome, layerName } = result
    enter({ phase: 'inserting', layer: paintedLayer(source) })
    let layer: InsertedLayer
    try {
      layer = await insertAbove(documents, result, placement)
    } catch (error) {
      const offered = error instanceof DocumentError ? error.placements : []
      // Without a better proposal all are offered: hours of painting are never thrown away.
      const placements = offered.length > 0 ? offered : PLACEMENTS
      return enter({ phase: 'held', error, result, placements })
    }
    const { recipeFailure } = layer
    if (recipeFailure !== undefined) context.onRecipeLost(recipeFailure)
    const hasRecipe = result.recipe !== undefined && recipeFailure === undefined
    const inserted = inPlaceOf(source, layer, layerName)
    return enter({ phase: 'done', layerName, outcome, result, inserted, hasRecipe })
  }

  /** Never throws: the picture is worth more than its recipe. */
  const recipeFor = (painted: Painted): string | undefined => {
    try {
      return writeRecipe(recipeOf(painted))
    } catch (error) {
      context.onRecipeLost(String(error))
      return undefined
    }
  }

  /** Reads all that the run needs, and enters the next phase. */
  const readAll = async (
    settings: RunSettings,
    readSource: () => Promise<SourceLayer>,
    signal: AbortSignal,
  ): Promise<RunInput> => {
    const input = await readInput(context, settings, readSource, signal)
    throwIfCancelled(signal)
    enter({ phase: 'opening', layer: paintedLayer(input.source) })
    return input
  }

  /** Checks after every wait, in the same turn in which the next phase is entered. */
  const finish = async (
    settings: RunSettings,
    { source, job }: { readonly source: SourceLayer; readonly job: PaintJob },
    signal: AbortSignal,
    earlier?: SourceLayer,
  ): Promise<JobState> => {
    throwIfCancelled(signal)
    await engine.open(settings.device, settings.options.model, signal)
    throwIfCancelled(signal)
    const outcome = await paint(source, job, signal)
    throwIfCancelled(signal)
    const recipe = recipeFor({
      settings,
      options: { ...job.options, ...(job.init && { init: 'image' }) },
      source,
      fileNames: job.styles.map(({ name }) => name),
      initName: earlier?.layerName,
      origin: outcome.origin,
      isFinished: outcome.isFinished,
      continueAt: outcome.continueAt,
      impasto: context.version(),
    })
    const layerName = numbered(
      context.layerName(settings, edgeOf(settings.size, source.pixels)),
      documents.layers(source.documentId),
    )
    // The picture from which the run went on is not kept: the new one replaces it.
    const { init: _, ...kept } = job
    const result = { settings, source, job: kept, outcome, layerName, recipe, earlier }
    return insert(result, 'above-source')
  }

  /** Begins work once a cancelled run, which may still wait for Photoshop or the engine, has ended. */
  const begin = (
    first: JobState,
    work: (signal: AbortSignal) => Promise<JobState>,
  ): Promise<JobState> => {
    aborter = makeAborter()
    before = doneRun(state)
    const { signal } = aborter
    enter(first)
    const guarded = async (): Promise<JobState> => {
      if (signal.aborted) return { phase: 'idle' }
      try {
        return await work(signal)
      } catch (error) {
        // cancel() has already entered the state that follows.
        return signal.aborted ? { phase: 'idle' } : enter({ phase: 'failed', error, before })
      }
    }
    const run = settled.then(guarded)
    settled = run
    return run
  }

  return {
    get state() {
      return state
    },
    get isRunning() {
      return isRunning(state)
    },
    async run(settings, layer, findOrigin) {
      if (isRunning(state) || state.phase === 'held') return state
      return begin({ phase: 'reading' }, async (signal) => {
        let earlier: SourceLayer | undefined
        const readSource = async (): Promise<SourceLayer> => {
          const paintedFrom = await findOrigin?.()
          throwIfCancelled(signal)
          const read = await readToPaint(documents, settings, layer, paintedFrom, signal)
          if (layer && read.isOriginal) earlier = asEarlier(read.source, layer)
          return read.source
        }
        const input = await readAll(settings, readSource, signal)
        return finish(settings, input, signal, earlier)
      })
    },
    async goOn(how) {
      const done = doneRun(state)
      if (!done || isRunning(state)) return state
      const { outcome, inserted, result } = done
      const { source, job } = result
      const from = { settings: result.settings, continueAt: outcome.continueAt! }
      const { settings, continueAt } = goOnBy(how, from, source.pixels)
      const further = {
        ...job,
        options: optionsFor(settings, source.pixels),
        init: { pixels: outcome.pixels, edge: continueAt },
      }
      return begin({ phase: 'opening', layer: paintedLayer(source) }, (signal) =>
        finish(settings, { source, job: further }, signal, inserted),
      )
    },
    async goOnFrom(layer, how, readEarlierPainting) {
      if (isRunning(state) || state.phase === 'held') return state
      return begin({ phase: 'reading' }, async (signal) => {
        const earlier = await readEarlierPainting()
        throwIfCancelled(signal)
        const { source, init } = await readEarlier(documents, layer, earlier, signal)
        const { settings, continueAt } = goOnBy(how, earlier, source.pixels)
        const { job } = await readAll(settings, async () => source, signal)
        return finish(
          settings,
          { source, job: { ...job, init: { ...init, edge: continueAt } } },
          signal,
          asEarlier(source, layer),
        )
      })
    },
    stop() {
      if (state.phase !== 'painting' || state.isStopping) return
      enter({ ...state, isStopping: true })
      // When this fails, the run fails too and reports it.
      engine.stop().catch(() => undefined)
    },
    cancel() {
      if (!isRunning(state) || state.phase === 'inserting') return
      aborter.abort()
      enter(before ?? { phase: 'idle' })
    },
    async place(placement) {
      if (state.phase === 'held') await insert(state.result, placement)
    },
    hold(held) {
      if (!isRunning(state) && state.phase !== 'held') enter(held)
    },
    discard() {
      if (isRunning(state)) return
      enter((state.phase === 'failed' && state.before) || { phase: 'idle' })
    },
  }
}
