/** Does the iterations of one scale, whatever happens to its device meanwhile. */

import { CancelledError, RuntimeError, throwIfCancelled } from '../errors.ts'
import type { StyleRegion } from '../input/regions.ts'
import { type Terms, totalOf } from '../objective/losses/objective.ts'
import type { StylizeOptions } from '../options.ts'
import type { PlanarImage } from '../picture/image.ts'
import { anyOf } from '../runtime/abort.ts'
import { failureOf } from '../runtime/failure.ts'
import type { Device } from '../runtime/runtime.ts'
import type { Network } from '../vgg/features.ts'
import { makePainter, type Painter } from './painter.ts'
import type { Recovery } from './recovery.ts'

export interface RunControl {
  /** Aborting ends the run within one evaluation; it rejects with a CancelledError. */
  readonly signal?: AbortSignal
  /** Aborting ends the run within one evaluation; it ends with the picture so far. */
  readonly stop?: AbortSignal
  /** Told, in a sentence, how the run went on after a failure. */
  readonly onNote?: (note: string) => void
}

interface ScaleInput {
  /** At this scale's size and opaque, like the start. Large pictures are made when needed, and not kept. */
  readonly content: () => PlanarImage
  readonly regions: readonly StyleRegion[]
  readonly start: () => PlanarImage
  readonly scaleIndex: number
  readonly iterations: number
  /** Whether there is no picture yet that a failure could leave. */
  readonly isFirst: boolean
  readonly settings: StylizeOptions
  readonly network: Network
  readonly recovery: Recovery
  readonly context: RunControl
  /** Awaited after every iteration, counted from 1; `preview` may be called while it runs. */
  readonly onIteration: (
    iteration: number,
    terms: Terms,
    preview: () => Promise<PlanarImage>,
  ) => Promise<void>
}

export interface Best {
  readonly image: PlanarImage
  readonly terms: Terms
}

/**
 * How often the picture is fetched, in case the device is lost. WebAssembly may run in a worker,
 * which may end; fetching takes no time there compared to an evaluation. What the CPU provider
 * holds is in our own memory and outlives a failure.
 */
const CHECKPOINT_MS: Readonly<Record<Device, number>> = {
  webgpu: 15_000,
  wasm: 0,
  cpu: Number.POSITIVE_INFINITY,
}

interface ScaleOutcome {
  /** The evaluated picture of the lowest loss; absent when nothing was evaluated. */
  readonly best?: Best
  /** False when the device failed for good on the way. */
  readonly isAlive: boolean
}

/**
 * @throws RuntimeError when the device fails for good before there is a picture; CancelledError after
 * `signal`.
 */
export async function paintScale(input: ScaleInput): Promise<ScaleOutcome> {
  const { signal, stop } = input.context
  const ending = anyOf([signal, stop])
  try {
    return await paint(input, ending.signal)
  } finally {
    ending.end()
  }
}

/** @param ending aborts when the run is to end, with its picture or without. */
async function paint(input: ScaleInput, ending: AbortSignal): Promise<ScaleOutcome> {
  const { scaleIndex, iterations, recovery, context } = input
  const state: State = { done: 0 }
  const endEarly = (error: RuntimeError): ScaleOutcome => {
    if (input.isFirst && !state.best) throw error
    context.onNote?.(
      `the run ended early; this is the picture that it had reached. ${error.message}`,
    )
    return { best: state.best, isAlive: false }
  }
  for (;;) {
    let start: PlanarImage
    try {
      start = state.best?.image ?? input.start()
    } catch (thrown) {
      return endEarly(toRuntimeError(thrown))
    }
    let painter: Painter | undefined
    try {
      painter = await makePainter({
        ...input,
        start,
        plan: recovery.scale(scaleIndex),
        runtime: recovery.runtime(),
        signal: ending,
      })
      await iterate(painter, state, input, ending)
      return { best: state.best, isAlive: true }
    } catch (thrown) {
      const isStopped = thrown instanceof CancelledError && !context.signal?.aborted
      if (isStopped) return { best: state.best, isAlive: true }
      const error = toRuntimeError(thrown)
      throwIfCancelled(context.signal)
      // What was painted since the last checkpoint, if the device still gives it.
      state.best = lower(state.best, await painter?.best().catch(() => undefined))
      await release(painter)
      painter = undefined
      const isDone = context.stop?.aborted || state.done >= iterations
      if (isDone && state.best) return { best: state.best, isAlive: true }
      const isRecovered = await recovery.recover(error, scaleIndex)
      throwIfCancelled(context.signal)
      if (!isRecovered) return endEarly(error)
    } finally {
      await release(painter)
    }
  }
}

/** A device that is gone takes with it what it held, and must not take the picture. */
const release = async (painter?: Painter): Promise<void> => painter?.release().catch(() => {})

/** What was reached before a failure may be better than what has followed. */
function lower(known?: Best, next?: Best): Best | undefined {
  if (!known || !next) return next ?? known
  return totalOf(next.terms) <= totalOf(known.terms) ? next : known
}

interface State {
  best?: Best
  /** Iterations done, by all painters together. */
  done: number
}

async function iterate(
  painter: Painter,
  state: State,
  { iterations, recovery, context: { signal }, onIteration }: ScaleInput,
  ending: AbortSignal,
): Promise<void> {
  const interval = CHECKPOINT_MS[recovery.runtime().device]
  let checkpointAt = performance.now() + interval
  let isFetched = true
  const checkpoint = async (): Promise<void> => {
    if (!isFetched) state.best = lower(state.best, await painter.best())
    isFetched = true
    checkpointAt = performance.now() + interval
  }
  try {
    while (state.done < iterations && !ending.aborted) {
      const terms = await painter.step(ending)
      state.done++
      isFetched = false
      await onIteration(state.done, terms, async () => {
        await checkpoint()
        return state.best!.image
      })
      if (performance.now() >= checkpointAt) await checkpoint()
    }
  } catch (error) {
    // It was aborted within an evaluation; the picture before that is still there.
    if (!(error instanceof CancelledError)) throw error
  }
  throwIfCancelled(signal)
  await checkpoint()
}

/** When memory runs out JavaScript throws an error of another class. */
function toRuntimeError(error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error
  if (error instanceof RangeError && failureOf(error) === 'memory') {
    return new RuntimeError(`memory ran out (${error.message}); choose a smaller size`, {
      cause: error,
      failure: 'memory',
    })
  }
  throw error
}
