/** How long a run will take, and how fast the last ones were. */
import type { StylizeOptions } from '../engine/options.ts'
import { pyramid } from '../engine/pyramid.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/** Evaluations times megapixels, over all scales. */
export function workOf(options: StylizeOptions, content: Size): number {
  const aspect = Math.max(content.width, content.height) / Math.min(content.width, content.height)
  return pyramid(options).reduce(
    (work, { longEdge, iterations }) => work + (iterations * longEdge ** 2) / aspect / 1e6,
    0,
  )
}

/** @param secondsPerMegapixel of one evaluation. */
export const predictedSeconds = (
  options: StylizeOptions,
  content: Size,
  secondsPerMegapixel: number,
): number => workOf(options, content) * secondsPerMegapixel

/**
 * Speed measured on real runs, by the device's description: calibration is short and does not see
 * what a large picture costs.
 */
export type Speeds = Readonly<Record<string, number>>

const MAX_DEVICES = 8
/** A run that did less says little. Megapixel evaluations; one step at 256 px is some 0.05. */
const MIN_WORK = 0.5

/** `speeds` with the mean of what was known of the device and what a finished run showed. */
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

/** What was remembered, without whatever of it is damaged. */
export function readSpeeds(value: unknown): Speeds {
  if (typeof value !== 'object' || value === null) return {}
  const isSpeed = (speed: unknown): boolean => typeof speed === 'number' && speed > 0
  return Object.fromEntries(
    Object.entries(value as Speeds)
      .filter(([, speed]) => isSpeed(speed))
      .slice(-MAX_DEVICES),
  )
}
