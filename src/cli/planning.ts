/** Says in words what a run will do and need. */
import type { RunPlan } from '../engine/plan/plan.ts'

/**
 * Seconds that a megapixel of a layer takes to be composed, encoded and written, roughly: into a
 * document of two layers of 63 megapixels a run took 46 s of an AMD EPYC's time, reading and a short
 * painting included.
 */
const SECONDS_PER_LAYER_MEGAPIXEL = 0.5

/** Seconds beyond painting. */
export const savingSeconds = ({ width, height }: { width: number; height: number }): number =>
  (SECONDS_PER_LAYER_MEGAPIXEL * width * height) / 1e6

/**
 * In a line.
 * @param speed seconds per unit of work, where it is known.
 * @param saving seconds.
 */
export function inShort(
  { scales, predictedBytes, work }: RunPlan,
  speed?: number,
  saving = 0,
): string {
  const { width, height, tile, tiles } = scales.at(-1)!
  const upTo = scales.length === 1 ? '1 scale of' : `${scales.length} scales up to`
  return [
    `plan: ${upTo} ${width}×${height} px`,
    ...(tile ? [`${tiles} tiles at the top`] : []),
    `at most ${megabytes(predictedBytes)}`,
    ...(speed === undefined ? [] : [`about ${duration(work * speed + saving)}`]),
  ].join(', ')
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

/** `45 s`, `12 min`, `3.5 h`: no more digits than a prediction is worth. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toPrecision(2)} s`
  if (seconds < 100) return `${Math.round(seconds)} s`
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
