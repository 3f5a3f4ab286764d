/** How long a run will take, and how fast the last ones were. */

import type { StylizeOptions } from '../engine/options.ts'
import type { Size } from '../engine/picture/image.ts'
import { fitLongEdge, scalesFor } from '../engine/picture/pyramid.ts'

/**
 * Estimates the work of a run, megapixels times evaluations summed over all scales, as long as no
 * engine has planned it. It knows nothing of tiles, nor of layers left out.
 */
export function roughWork(options: StylizeOptions, content: Size): number {
  return scalesFor(content, options).reduce((work, { longEdge, iterations }) => {
    const { width, height } = fitLongEdge(content, longEdge)
    return work + (iterations * width * height) / 1e6
  }, 0)
}

/**
 * Speed measured on real runs, by the device's description: calibration is short and does not see
 * what a large picture costs.
 */
export type Speeds = Readonly<Record<string, number>>

const MAX_DEVICES = 8
/** Megapixel evaluations. A run that did less says little; one step at 256 px is some 0.05. */
const MIN_WORK = 0.5

/** Sets the speed of a device to the mean of the known speed and that of a finished run. */
export function withMeasured(
  speeds: Speeds,
  device: string,
  run: { readonly work: number; readonly seconds: number },
): Speeds {
  if (run.work < MIN_WORK || !(run.seconds > 0)) return speeds
  const measured = run.seconds / run.work
  const { [device]: known = measured, ...others } = speeds
  const kept = Object.entries(others).slice(-(MAX_DEVICES - 1))
  return { ...Object.fromEntries(kept), [device]: (known + measured) / 2 }
}

/** Reads what was remembered and leaves out what is damaged. */
export function readSpeeds(value: unknown): Speeds {
  if (typeof value !== 'object' || value === null) return {}
  const isSpeed = (speed: unknown): boolean => typeof speed === 'number' && speed > 0
  return Object.fromEntries(
    Object.entries(value as Speeds)
      .filter(([, speed]) => isSpeed(speed))
      .slice(-MAX_DEVICES),
  )
}
