/** What a run tells while it goes on: its records, and how long it has taken and will take. */

import type { Terms } from './objective/losses/objective.ts'
import type { PlanarImage } from './picture/image.ts'
import type { RunPlan } from './plan/plan.ts'

export interface Progress {
  /** Which of the scales, from 0. */
  readonly scaleIndex: number
  readonly scaleCount: number
  readonly width: number
  readonly height: number
  /** Iterations done at this scale, and planned. */
  readonly iteration: number
  readonly iterations: number
  /** Forward and backward passes so far, over all scales. */
  readonly evaluations: number
  /** Share of all work that is done, by pixels: 0 … 1. */
  readonly fraction: number
  readonly terms: Terms
  readonly total: number
  /** Seconds since the run began. */
  readonly seconds: number
  readonly secondsLeft: number
  /** The picture as it stands, at this scale's size; only while the callback runs. */
  preview(): Promise<PlanarImage>
}

export interface EvaluationRecord {
  /** Long edge, px. */
  readonly scale: number
  readonly total: number
  readonly terms: Terms
}

/**
 * Time left by the work still to be done, at the speed of this run so far: since the first iteration,
 * before which graphs and targets are made, as soon as there are two.
 */
export function makeClock(plan: RunPlan) {
  const started = performance.now()
  let done = 0
  let first = { at: started, done: 0 }
  return {
    tick(scaleIndex: number): void {
      const before = done
      done += plan.scales[scaleIndex]!.work
      if (before === 0) first = { at: performance.now(), done }
    },
    read() {
      const now = performance.now()
      const seconds = (now - started) / 1000
      const since = done > first.done ? first : { at: started, done: 0 }
      const secondsPerWork = (now - since.at) / 1000 / (done - since.done)
      const fraction = plan.work === 0 ? 1 : Math.min(1, done / plan.work)
      return {
        seconds,
        fraction,
        secondsLeft: done === 0 ? 0 : Math.max(0, secondsPerWork * (plan.work - done)),
      }
    },
  }
}
