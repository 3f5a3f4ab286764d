/** The iterations of one scale, carried over whatever its device does meanwhile. */
import { RuntimeError, throwIfCancelled } from './errors.ts'
import type { Beyond, PlanarImage } from './image.ts'
import type { StylizeOptions } from './options.ts'
import { makePainter, type Painter } from './painter.ts'
import type { Recovery } from './recovery.ts'
import type { StyleRegion } from './regions.ts'
import { failureOf } from './runtime/failure.ts'
import { shifted, unshifted } from './shift.ts'
import type { StylizeContext, Terms } from './stylize.ts'
import type { Network } from './vgg/features.ts'

export interface ScaleInput {
  /** At this scale's size, opaque; so is the start. Large pictures are made when needed, and not kept. */
  readonly content: () => PlanarImage
  readonly regions: readonly StyleRegion[]
  readonly start: () => PlanarImage
  readonly scaleIndex: number
  /** How many of its iterations, the last ones, are painted on the picture moved by a pixel. */
  readonly shiftedIterations: number
  readonly beyond: Beyond
  readonly settings: StylizeOptions
  readonly network: Network
  readonly recovery: Recovery
  readonly context: StylizeContext
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
 * A picture in a GPU's memory is fetched this often, in case the device is lost; what the processors
 * hold is in our own memory and outlives a failure.
 */
const CHECKPOINT_MS = 15_000

export interface ScaleOutcome {
  /** The evaluated picture of the lowest loss; absent when nothing was evaluated at this scale. */
  readonly best?: Best
  /** What this scale began with; absent when there was no memory to make it. */
  readonly start?: PlanarImage
  /** False when the device failed for good on the way. */
  readonly isAlive: boolean
}

/**
 * @throws RuntimeError when the device fails for good before the first evaluation of the first
 * scale; CancelledError after `signal`.
 */
export async function paintScale(input: ScaleInput): Promise<ScaleOutcome> {
  const { scaleIndex, recovery, context } = input
  const endEarly = (error: RuntimeError, reached: Pick<ScaleOutcome, 'best' | 'start'> = {}) => {
    context.onNote?.(
      `the run ended early; this is the picture that it had reached. ${error.message}`,
    )
    return { ...reached, isAlive: false }
  }
  let start: PlanarImage
  try {
    start = input.start()
  } catch (thrown) {
    const error = toRuntimeError(thrown)
    if (scaleIndex === 0) throw error
    return endEarly(error)
  }
  const state: State = { done: 0 }
  for (;;) {
    let painter: Painter | undefined
    const plan = recovery.scale(scaleIndex)
    const stage = enterStage(state, plan.iterations, input)
    const reached = (): Best | undefined => state.best ?? state.before
    try {
      const { into, back } = placesOf(stage, state.before?.image ?? start, input.beyond)
      const placed = await makePainter({
        ...input,
        content: () => into(input.content()),
        start: into(reached()?.image ?? start),
        plan,
        runtime: recovery.runtime(),
        signal: context.signal,
      })
      painter = { ...placed, best: async () => mapped(await placed.best(), back) }
      await iterate(painter, state, stage.end, input)
      if (state.done < plan.iterations && !context.stop?.aborted) continue
      return { best: reached(), start, isAlive: true }
    } catch (thrown) {
      const error = toRuntimeError(thrown)
      throwIfCancelled(context.signal)
      // What was painted since the last checkpoint, if the device still gives it.
      state.best = lower(state.best, await painter?.best().catch(() => undefined))
      await release(painter)
      painter = undefined
      const isDone = context.stop?.aborted || state.done >= plan.iterations
      if (isDone && reached()) return { best: reached(), start, isAlive: true }
      const isRecovered = await recovery.recover(error, scaleIndex)
      throwIfCancelled(context.signal)
      if (isRecovered) continue
      if (scaleIndex === 0 && !reached()) throw error
      return endEarly(error, { best: reached(), start })
    } finally {
      await release(painter)
    }
  }
}

/** A device that is gone takes what it held with it, and must not take the picture. */
const release = async (painter?: Painter): Promise<void> => painter?.release().catch(() => {})

/** Of weighted terms. */
export const totalOf = (terms: Terms): number =>
  Object.values(terms).reduce((total, term) => total + term, 0)

/** What was reached before a failure may be better than what has followed. */
function lower(known?: Best, next?: Best): Best | undefined {
  if (!known || !next) return next ?? known
  return totalOf(next.terms) <= totalOf(known.terms) ? next : known
}

interface State {
  /** What the steps before the picture was moved ended with. */
  before?: Best
  /** Of the stage. */
  best?: Best
  /** Iterations, over all painters of this scale. */
  done: number
}

/** A scale's iterations up to `end`, on the picture as it is or moved by a pixel. */
interface Stage {
  readonly end: number
  readonly isShifted: boolean
}

/** Losses of the moved picture do not compare with those of the stage before it. */
function enterStage(
  state: State,
  iterations: number,
  { shiftedIterations }: Pick<ScaleInput, 'shiftedIterations'>,
): Stage {
  const end = iterations - shiftedIterations
  if (shiftedIterations === 0 || state.done < end) return { end, isShifted: false }
  if (!state.before) {
    state.before = state.best
    state.best = undefined
  }
  return { end: iterations, isShifted: true }
}

/**
 * Masks stay where they are: their borders are softer than a pixel.
 * @param before the picture before it was moved.
 */
function placesOf({ isShifted }: Stage, before: PlanarImage, beyond: Beyond) {
  return {
    into: (image: PlanarImage) => (isShifted ? shifted(image, beyond) : image),
    back: (image: PlanarImage) => (isShifted ? unshifted(image, before, beyond) : image),
  }
}

const mapped = (best: Best | undefined, change: (image: PlanarImage) => PlanarImage) =>
  best && { ...best, image: change(best.image) }

async function iterate(
  painter: Painter,
  state: State,
  end: number,
  { recovery, context: { signal, stop }, onIteration }: ScaleInput,
): Promise<void> {
  const interval = recovery.runtime().device === 'webgpu' ? CHECKPOINT_MS : Number.POSITIVE_INFINITY
  let checkpointAt = performance.now() + interval
  const checkpoint = async (): Promise<void> => {
    state.best = lower(state.best, await painter.best())
    checkpointAt = performance.now() + interval
  }
  while (state.done < end) {
    throwIfCancelled(signal)
    if (stop?.aborted) break
    const terms = await painter.step(signal)
    state.done++
    await onIteration(state.done, terms, async () => {
      await checkpoint()
      return state.best!.image
    })
    if (performance.now() >= checkpointAt) await checkpoint()
  }
  throwIfCancelled(signal)
  await checkpoint()
}

/** What JavaScript throws when memory runs out has a class of its own. */
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
