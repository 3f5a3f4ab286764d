/** Several layers, one run after the other: what fails is reported, and the rest go on. */
import type { LayerChoice } from './document.ts'
import type { HeldState, Job, JobState } from './job.ts'
import type { RunSettings } from './recorded-step.ts'

export interface BatchState {
  readonly count: number
  /** Which layer is being painted, from 0. */
  readonly index: number
  readonly layerName: string
  readonly painted: number
  readonly failures: readonly BatchFailure[]
  /** Whether each new layer has its recipe stored with it. */
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
   * Never rejects. No picture is kept to go on from.
   * @returns a failed state where any run has failed; else the state of the last run, which is idle
   * when the batch was cancelled.
   */
  run(settings: RunSettings, layers: readonly LayerChoice[]): Promise<JobState>
  /** Ends the batch after the current run, which the job cancels by itself. */
  cancel(): void
  /** Once a held result is placed or discarded: holds the next that could not be inserted. */
  holdNext(): void
}

interface BatchContext {
  readonly job: Pick<Job, 'run' | 'discard' | 'hold'>
  onState(state: BatchState): void
}

export function makeBatch({ job, onState }: BatchContext): Batch {
  let state: BatchState | undefined
  /** Results that could not be inserted, until the batch is over. */
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
