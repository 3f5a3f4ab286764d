/**
 * The picture moved against the grid of the poolings. A pooling hands one gradient to all that it
 * pools, so neighbours within a cell end up more alike than those across its border: a lattice of two
 * pixels. On the picture moved by one pixel borders and insides change places, and steps that are
 * painted there level what the others left.
 */

import type { StylizeOptions } from '../options.ts'
import { type Beyond, placeWithin } from '../picture/image.ts'
import type { Scale } from '../picture/pyramid.ts'

/** Iterations of a scale on the picture as it is, or moved by a pixel. */
export interface Stage {
  readonly scaleIndex: number
  /** Iterations of the scale before this stage, and in it. */
  readonly before: number
  readonly iterations: number
  readonly isShifted: boolean
}

/** Fewer steps do not pay for the optimiser's new start (see "The lattice" in bench/README.md). */
const MIN_STEPS = 20

/** One a scale, and at the finest the last share of the steps apart. */
export function stagesOf(
  scales: readonly Scale[],
  settings: Pick<StylizeOptions, 'shiftShare' | 'optimizer'>,
): Stage[] {
  return scales.flatMap(({ iterations }, scaleIndex): Stage[] => {
    const isFinest = scaleIndex === scales.length - 1
    const shifted = isFinest ? shiftedSteps(iterations, settings) : 0
    const before = iterations - shifted
    const first = { scaleIndex, before: 0, iterations: before, isShifted: false }
    return shifted === 0
      ? [first]
      : [first, { scaleIndex, before, iterations: shifted, isShifted: true }]
  })
}

/** Adam, which begins with its longest steps, would undo more than it levels. */
function shiftedSteps(
  iterations: number,
  { shiftShare, optimizer }: Pick<StylizeOptions, 'shiftShare' | 'optimizer'>,
): number {
  const steps = Math.round(iterations * shiftShare)
  return steps < MIN_STEPS || optimizer === 'adam' ? 0 : steps
}

/** height·width values, or several such planes one after the other. */
export interface Planes {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

/** A pixel to the left and up; at the end comes what lies beyond the edge. */
export const shifted = (planes: Planes, beyond: Beyond): Planes => moved(planes, 1, beyond)

/** Back again; with edges that are repeated, the first row and column are those beside them. */
export const unshifted = (planes: Planes, beyond: Beyond): Planes => moved(planes, -1, beyond)

/** @param by where the pixel comes from that gets to a place, to its right and below. */
function moved({ width, height, data }: Planes, by: 1 | -1, beyond: Beyond): Planes {
  const result = new Float32Array(data.length)
  for (let row = 0; row < data.length / width; row++) {
    const y = row % height
    const from = (row - y + placeWithin(y + by, height, beyond)) * width
    const to = row * width
    if (by > 0) result.set(data.subarray(from + 1, from + width), to)
    else result.set(data.subarray(from, from + width - 1), to + 1)
    const edge = by > 0 ? width - 1 : 0
    result[to + edge] = data[from + placeWithin(edge + by, width, beyond)]!
  }
  return { width, height, data: result }
}
