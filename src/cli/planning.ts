/** What a run will do and need on this machine, and how that is said. */
import { checkInput } from '../engine/check-input.ts'
import { limitsOf } from '../engine/plan/limits.ts'
import { type Limits, type PlanInput, planRun, type RunPlan } from '../engine/plan/plan.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import type { StyleImage, StylizeContext } from '../engine/stylize.ts'
import { memoryBytes } from './memory.ts'

export interface PlannedRun extends PlanInput, Pick<StylizeContext, 'initImage'> {
  readonly content: Parameters<typeof checkInput>[0]
  readonly styles: readonly StyleImage[]
}

/** @throws OptionError, ImageError for what `stylize` would refuse; RuntimeError as `planRun` does. */
export function planOn(runtime: Runtime, run: PlannedRun): { plan: RunPlan; limits: Limits } {
  checkInput(run.content, run.styles, run.settings, run)
  const limits = limitsOf(runtime, run.settings, memoryBytes(runtime))
  return { plan: planRun(run, limits), limits }
}

/** In a line. @param speed seconds per unit of work, where it is known. */
export function inShort({ scales, predictedBytes, work }: RunPlan, speed?: number): string {
  const { width, height, tile, tiles } = scales.at(-1)!
  const upTo = scales.length === 1 ? '1 scale of' : `${scales.length} scales up to`
  return [
    `plan: ${upTo} ${width}×${height} px`,
    ...(tile ? [`${tiles} tiles at the top`] : []),
    `at most ${megabytes(predictedBytes)}`,
    ...(speed === undefined ? [] : [`about ${duration(work * speed)}`]),
  ].join(', ')
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

/** `45 s`, `12 min`, `3.5 h`: no more digits than a prediction is worth. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toPrecision(2)} s`
  if (seconds < 100) return `${Math.round(seconds)} s`
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
