/** What a run tells while it goes on: its records, and how long it has taken and will take. */

import { type Terms, totalOf } from '../objective/losses/objective.ts'
import type { PlanarImage, Size } from '../picture/image.ts'
import type { RunPlan } from '../plan/plan.ts'
import type { Stage } from '../scale/stage.ts'

export interface Progress extends Size {
  /** Which of the scales, from 0. */
  readonly scaleIndex: number
  readonly scaleCount: number
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
 * Every evaluation of a run, told to `onProgress` as it comes and summed up at the end.
 * @param shown makes of the picture that is being painted the one to show.
 */
export function makeRecord(
  plan: RunPlan,
  onProgress?: (progress: Progress) => void | Promise<void>,
  shown: (picture: PlanarImage) => PlanarImage = (picture) => picture,
) {
  const clock = makeClock(plan)
  const evaluations: EvaluationRecord[] = []
  return {
    /** @param iteration of the stage, from 1. */
    async add(
      { scaleIndex, before }: Stage,
      iteration: number,
      terms: Terms,
      preview: () => Promise<PlanarImage>,
    ): Promise<void> {
      const { width, height, longEdge, iterations } = plan.scales[scaleIndex]!
      const total = totalOf(terms)
      evaluations.push({ scale: longEdge, total, terms })
      clock.tick(scaleIndex)
      await onProgress?.({
        width,
        height,
        ...clock.read(),
        scaleIndex,
        scaleCount: plan.scales.length,
        iteration: before + iteration,
        iterations,
        evaluations: evaluations.length,
        terms,
        total,
        preview: async () => shown(await preview()),
      })
    },
    /** @param terms of the picture that the run ends with. */
    summary: (terms: Terms) => ({
      terms,
      total: totalOf(terms),
      evaluations,
      seconds: clock.read().seconds,
      isFinished:
        evaluations.length === plan.scales.reduce((total, { iterations }) => total + iterations, 0),
      plan,
    }),
  }
}

/**
 * Tells the time left from the work still to be done and the speed so far. From the second iteration on
 * the speed is that since the first, because graphs and targets are made before it.
 */
function makeClock(plan: RunPlan) {
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
      // Many small parts need not add up to the whole to the last digit.
      const isOver = plan.work - done <= 1e-9 * plan.work
      const fraction = isOver ? 1 : done / plan.work
      return {
        seconds,
        fraction,
        secondsLeft: done === 0 ? 0 : Math.max(0, secondsPerWork * (plan.work - done)),
      }
    },
  }
}
