/** The iterations of one scale, carried over whatever its device does meanwhile. */
import { CancelledError, RuntimeError } from './errors.ts'
import type { PlanarImage } from './image.ts'
import type { StylizeOptions } from './options.ts'
import { makePainter, type Painter } from './painter.ts'
import type { Recovery } from './recovery.ts'
import type { StyleImage, StylizeContext, Terms } from './stylize.ts'
import type { Network } from './vgg/features.ts'

export interface ScaleInput {
  /** At this scale's size, opaque; so is the start. Large pictures are made when needed, and not kept. */
  readonly content: () => PlanarImage
  readonly styles: readonly StyleImage[]
  readonly start: () => PlanarImage
  readonly scaleIndex: number
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
  /** Empty when nothing was evaluated. */
  readonly terms: Terms
}

/**
 * A picture in a GPU's memory is fetched this often, in case the device is lost; what the processors
 * hold is in our own memory and outlives a failure.
 */
const CHECKPOINT_MS = 15_000

/**
 * @returns the picture of the lowest loss; `isAlive` is false when the device failed for good on
 * the way.
 * @throws RuntimeError when that happens before the first evaluation of the first scale.
 */
export async function paintScale(
  input: ScaleInput,
): Promise<{ readonly best: Best; readonly isAlive: boolean }> {
  const { scaleIndex, recovery, context } = input
  const state: State = { best: { image: input.start(), terms: {} }, done: 0 }
  for (;;) {
    let painter: Painter | undefined
    try {
      painter = await makePainter({
        ...input,
        start: state.best.image,
        plan: recovery.scale(scaleIndex),
        runtime: recovery.runtime(),
      })
      await iterate(painter, state, input)
      return { best: state.best, isAlive: true }
    } catch (thrown) {
      const error = toRuntimeError(thrown)
      // What was painted since the last checkpoint, if the device still gives it.
      state.best = (await painter?.best().catch(() => undefined)) ?? state.best
      await painter?.release().catch(() => {})
      painter = undefined
      if (await recovery.recover(error, scaleIndex)) continue
      if (scaleIndex === 0 && state.done === 0) throw error
      context.onNote?.(
        `the run ended early; this is the picture that it had reached. ${error.message}`,
      )
      return { best: state.best, isAlive: false }
    } finally {
      await painter?.release()
    }
  }
}

interface State {
  best: Best
  /** Iterations, over all painters of this scale. */
  done: number
}

async function iterate(
  painter: Painter,
  state: State,
  { scaleIndex, recovery, context: { signal, stop }, onIteration }: ScaleInput,
): Promise<void> {
  const { iterations } = recovery.scale(scaleIndex)
  const interval = recovery.runtime().device === 'webgpu' ? CHECKPOINT_MS : Number.POSITIVE_INFINITY
  let checkpointAt = performance.now() + interval
  const preview = async (): Promise<PlanarImage> => {
    state.best = await painter.best()
    checkpointAt = performance.now() + interval
    return state.best.image
  }
  const throwIfCancelled = (): void => {
    if (signal?.aborted) throw new CancelledError('cancelled: nothing was changed')
  }
  while (state.done < iterations) {
    throwIfCancelled()
    if (stop?.aborted) break
    const terms = await painter.step(signal)
    state.done++
    await onIteration(state.done, terms, preview)
    if (performance.now() >= checkpointAt) await preview()
  }
  throwIfCancelled()
  state.best = await painter.best()
}

/** What JavaScript throws when memory runs out has a class of its own. */
function toRuntimeError(error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error
  if (error instanceof RangeError) {
    return new RuntimeError(`memory ran out (${error.message}); choose a smaller size`, {
      cause: error,
      failure: 'memory',
    })
  }
  throw error
}
