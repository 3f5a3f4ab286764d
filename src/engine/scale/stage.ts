/** The stages of a run: its scales, and the last steps of the finest on the picture moved by a pixel. */

import type { StyleRegion } from '../input/regions.ts'
import type { StylizeOptions } from '../options.ts'
import { type Beyond, type PlanarImage, resize, resizeMask, type Size } from '../picture/image.ts'
import type { Scale } from '../picture/pyramid.ts'
import { type Planes, shifted, unshifted } from './shift.ts'
import { enlarge } from './start.ts'

/** Iterations of a scale on the picture as it is, or moved by a pixel. */
export interface Stage {
  readonly scaleIndex: number
  /** Iterations of the scale before this stage, and in it. */
  readonly before: number
  readonly iterations: number
  readonly isShifted: boolean
}

/** What stages are painted from, in the size in which it was given. */
export interface Source {
  /** Opaque. */
  readonly content: PlanarImage
  readonly regions: readonly StyleRegion[]
  readonly beyond: Beyond
}

/** What a stage sees: everything at its scale's size, and moved by a pixel where the stage is. */
interface StageView {
  content(): PlanarImage
  readonly regions: readonly StyleRegion[]
  /**
   * @param before what the stage before ended with; for the first stage, what the run starts from.
   */
  start(before: PlanarImage): PlanarImage
  /** A picture that the stage has painted, moved back. */
  back(painted: PlanarImage): PlanarImage
}

export function viewOf(
  { scaleIndex, isShifted }: Stage,
  size: Size,
  { content, regions, beyond }: Source,
  { init }: Pick<StylizeOptions, 'init'>,
): StageView {
  const { width, height } = size
  const into = (planes: Planes): Planes => (isShifted ? shifted(planes, beyond) : planes)
  return {
    content: () => into(resize(content, width, height, beyond)),
    regions: regions.map(({ styles, coverage }) => ({
      styles,
      coverage: coverage && isShifted ? into(resizeMask(coverage, width, height)) : coverage,
    })),
    start: (before) =>
      scaleIndex > 0 && !isShifted
        ? enlarge(before, init === 'content' ? content : undefined, size, beyond)
        : into(resize(before, width, height, beyond)),
    back: (painted) => (isShifted ? unshifted(painted, beyond) : painted),
  }
}

/** With fewer steps the optimiser's new start does not pay (see "The lattice" in bench/README.md). */
const MIN_STEPS = 20

/** One stage for each scale; at the finest, the last share of the steps is a stage of its own. */
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
