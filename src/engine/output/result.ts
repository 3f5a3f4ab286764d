/** What a run returns. */

import { recolorContent } from '../input/recolor-content.ts'
import type { StyleRegion } from '../input/regions.ts'
import type { Terms } from '../objective/losses/objective.ts'
import { type PlanarImage, rowsOf } from '../picture/image.ts'
import type { RunPlan } from '../plan/plan.ts'
import type { Composite } from './composite.ts'
import { type EvaluationRecord, makeRecord } from './progress.ts'

export interface StylizeResult {
  /**
   * At the finest scale that was reached, with the content's alpha. Where nothing is painted at all,
   * with `colorsOnly` or strength 0, it has the content's size.
   */
  readonly image: PlanarImage
  /**
   * At the content's size. What was painted is resized; what was not, under alpha 0 and where
   * strength is 0, is the content to the bit.
   */
  atContentSize(): PlanarImage
  /** Rows `top` to `bottom` of it, for pictures that are better not held twice. */
  rowsAtContentSize(top: number, bottom: number): PlanarImage
  /**
   * Losses of `image`. Where the last steps were painted on the picture moved by a pixel, they are
   * those of the moved picture; with `clamp` off, those of the values before clamping. Empty when
   * nothing was evaluated.
   */
  readonly terms: Terms
  readonly total: number
  readonly evaluations: readonly EvaluationRecord[]
  readonly seconds: number
  /** False when the run was stopped, or failed for good, before its last iteration. */
  readonly isFinished: boolean
  /** What was planned at the start. */
  readonly plan: RunPlan
}

/** The result of a run that moves colours and paints nothing: without regions it is the content. */
export function recolored(
  visible: PlanarImage,
  regions: readonly StyleRegion[],
  composite: Composite,
  plan: RunPlan,
): StylizeResult {
  const record = makeRecord(plan)
  const image = composite.put(recolorContent(visible, regions))
  return {
    image,
    atContentSize: () => image,
    rowsAtContentSize: (top, bottom) => rowsOf(image, top, bottom),
    ...record.summary({}),
  }
}
