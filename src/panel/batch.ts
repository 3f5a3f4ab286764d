/** Several layers, one run after the other: what fails is reported, and the rest go on. */
import type { LayerChoice } from './document.ts'
import type { HeldState, Job, JobState } from './job.ts'
import type { RunSettings } from './recorded-step.ts'

export interface BatchState {
  readonly count: number
  /** Of the layer that is being painted, from 0. */
  readonly index: number
  readonly layerName: string
  readonly painted: number
  readonly failures: readonly BatchFailure[]
  /** Whether it is stored with each new layer what that was painted with. */
  readonly hasRecipes: boolean
  readonly isRunning: boolean
  /** Ended before its last layer. */
  readonly isCancelled: boolean
}

interface BatchFailure {
  readonly layerName: string
  readonly error: unknown
}

interface Batch {
  readonly isRunning: boolean
  /**
   * Never rejects. The last picture is not kept to go on from.
   * @returns the state of the last run, an idle one when it was cancelled, or a failed one where any
   * has failed.
   */
  run(settings: RunSettings, layers: readonly LayerChoice[]): Promise<JobState>
  /** With the run that is under way, which the job cancels. */
  cancel(): void
  /** Once a held result is placed or discarded: the next of those that found no place. */
  holdNext(): void
}

interface BatchContext {
  readonly job: Pick<Job, 'run' | 'discard' | 'hold'>
  onState(state: BatchState): void
}

export function makeBatch({ job, onState }: BatchContext): Batch {
  let state: BatchState | undefined
  /** Results that found no place, until the batch is over. */
  const aside: HeldState[] = []

  const change = (fields: Partial<BatchState>): void => {
    if (!state) return
    state = { ...state, ...fields }
    onState(state)
  }
  const holdNext = (): void => {
    const held = aside.shift()
    if (held) job.hold(held)
  }

  return {
    get isRunning() {
      return state?.isRunning === true
    },
    async run(settings, layers) {
      state = {
        count: layers.length,
        index: 0,
        layerName: layers[0]!.name,
        painted: 0,
        failures: [],
        hasRecipes: true,
        isRunning: true,
        isCancelled: false,
      }
      let last: JobState = { phase: 'idle' }
      for (const [index, layer] of layers.entries()) {
        if (state.isCancelled) {
          last = { phase: 'idle' }
          break
        }
        change({ index, layerName: layer.name })
        last = await job.run(settings, layer)
        const { painted, failures, hasRecipes } = state
        if (last.phase === 'done') {
          change({ painted: painted + 1, hasRecipes: hasRecipes && last.hasRecipe })
        }
        if (last.phase === 'idle') change({ isCancelled: true })
        if (last.phase === 'failed' || last.phase === 'held') {
          const { error } = last
          change({ failures: [...failures, { layerName: layer.name, error }] })
        }
        if (last.phase === 'held') aside.push(last)
        job.discard()
      }
      // A cancel during the last insertion came too late.
      const isCancelled = last.phase === 'idle'
      change({ isRunning: false, isCancelled })
      const [failure] = state.failures
      holdNext()
      return failure ? { phase: 'failed', error: failure.error } : last
    },
    cancel() {
      if (state?.isRunning) change({ isCancelled: true })
    },
    holdNext,
  }
}
