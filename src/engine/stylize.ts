/**
 * Neural style transfer by optimisation (Gatys, Ecker & Bethge 2015), from top to bottom: coarse to
 * fine, at each scale targets are measured, then the picture is moved until its features agree.
 */

import { checkInput, type FurtherInput } from './input/check-input.ts'
import { prepareStyles } from './input/prepare-styles.ts'
import { recolorContent } from './input/recolor-content.ts'
import { makeRegions, type StyleImage, type StyleRegion } from './input/regions.ts'
import { type Terms, totalOf } from './objective/losses/objective.ts'
import { regionCount } from './objective/targets.ts'
import { resolveOptions, type StylizeOptions } from './options.ts'
import { type Composite, makeComposite } from './output/composite.ts'
import { makeFlatColors } from './output/flat-styles.ts'
import { toGray } from './picture/color.ts'
import {
  type Beyond,
  fillTransparent,
  type PlanarImage,
  resize,
  resizeMask,
  rowsOf,
} from './picture/image.ts'
import { fitLongEdge } from './picture/pyramid.ts'
import { idlePlan, type RunPlan } from './plan/plan.ts'
import { type EvaluationRecord, makeClock, type Progress } from './progress.ts'
import { type Best, paintScale, type RunControl } from './scale/paint-scale.ts'
import { type Devices, makeRecovery } from './scale/recovery.ts'
import { type Planes, shifted, stagesOf, unshifted } from './scale/shift.ts'
import { enlarge, initialImage } from './scale/start.ts'
import { makeNetwork } from './vgg/features.ts'
import type { VggModel } from './vgg/model.ts'

export interface StylizeContext extends Devices, FurtherInput, RunControl {
  readonly model: VggModel
  /** Bytes that the caller holds beside the content, such as its file, for the plan; default 0. */
  readonly heldBytes?: number
  /** Told what the run will do before anything is done, and awaited. */
  readonly onPlan?: (plan: RunPlan) => void | Promise<void>
  /** Called after every iteration and awaited. */
  readonly onProgress?: (progress: Progress) => void | Promise<void>
}

export interface StylizeResult {
  /**
   * At the finest scale that was reached, with the content's alpha; where nothing is painted at all,
   * with `colorsOnly` or strength 0, of the content's size.
   */
  readonly image: PlanarImage
  /**
   * Of the content's size: what was painted is resized, and what was not, under alpha 0 and where
   * strength is 0, is the content to the bit.
   */
  atContentSize(): PlanarImage
  /** Rows `top` to `bottom` of it, for pictures that are better not held twice. */
  rowsAtContentSize(top: number, bottom: number): PlanarImage
  /**
   * Losses of `image`, moved by a pixel where its last steps were painted so, or with `clamp` off of
   * the unclamped values behind it; empty when nothing was evaluated.
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

/**
 * Paints `content` in the manner of `styles`; with `colorsOnly` gives it their colours.
 * @throws OptionError, ImageError for unusable input; ModelError when the weights lack a layer;
 * RuntimeError when the device fails before there is a picture; CancelledError after `signal`.
 */
export async function stylize(
  content: PlanarImage,
  styles: readonly StyleImage[],
  options: Partial<StylizeOptions>,
  context: StylizeContext,
): Promise<StylizeResult> {
  const settings = resolveOptions(options)
  checkInput(content, styles, settings, context)
  const visible = fillTransparent(content)
  const { regions, painted } = makeRegions(content, styles, context.strength)
  const keepsColors = settings.colors === 'content-luminance'
  const beyond: Beyond = settings.padding === 'wrap' ? 'opposite' : 'edge'
  const composite = makeComposite({ content, visible, painted, keepsColors, beyond })
  if (settings.colorsOnly || regions.length === 0) {
    return recolor(visible, regions, composite, context)
  }
  const opaque = keepsColors ? toGray(visible) : visible
  const prepared = prepareStyles(regions, opaque, settings)
  const inFlatColors = makeFlatColors(regions, settings)
  const network = makeNetwork(context.model, settings.pooling, settings.padding)
  const recovery = makeRecovery(
    {
      content,
      styles: prepared.flatMap((region) => region.styles),
      settings,
      model: context.model,
      init: context.initImage,
      regions: regionCount(prepared),
      ...(context.heldBytes !== undefined && { heldBytes: context.heldBytes }),
    },
    context,
  )
  const { plan } = recovery
  await context.onPlan?.(plan)
  const clock = makeClock(plan)
  const records: EvaluationRecord[] = []
  const first = plan.scales[0]!
  let best: Best = { image: initialImage(opaque, settings, context.initImage, first), terms: {} }
  let reached = first

  for (const stage of stagesOf(plan.scales, settings)) {
    const { scaleIndex, isShifted } = stage
    const isFirst = scaleIndex === 0 && !isShifted
    if (!isFirst && context.stop?.aborted) break
    const scale = plan.scales[scaleIndex]!
    const { width, height } = scale
    const into = (planes: Planes): Planes => (isShifted ? shifted(planes, beyond) : planes)
    const back = (planes: Planes): Planes => (isShifted ? unshifted(planes, beyond) : planes)
    const { image: before } = best
    const start = (): PlanarImage =>
      scaleIndex > 0 && !isShifted
        ? enlarge(before, settings.init === 'content' ? opaque : undefined, scale, beyond)
        : into(resize(before, width, height, beyond))
    const outcome = await paintScale({
      content: () => into(resize(opaque, width, height, beyond)),
      regions: prepared.map(({ styles, coverage }) => ({
        styles,
        coverage: coverage && isShifted ? into(resizeMask(coverage, width, height)) : coverage,
      })),
      start,
      scaleIndex,
      iterations: stage.iterations,
      isFirst,
      settings,
      network,
      recovery,
      context,
      async onIteration(iteration, terms, preview) {
        records.push({ scale: scale.longEdge, total: totalOf(terms), terms })
        clock.tick(scaleIndex)
        await context.onProgress?.({
          width,
          height,
          ...clock.read(),
          scaleIndex,
          scaleCount: plan.scales.length,
          iteration: stage.before + iteration,
          iterations: scale.iterations,
          evaluations: records.length,
          terms,
          total: totalOf(terms),
          preview: async () => composite.put(inFlatColors(back(await preview()))),
        })
      },
    })
    // An enlarged picture on which nothing was done is none that a stopped run should end with.
    const isStart = outcome.isAlive && (isFirst || scale.iterations === 0)
    if (outcome.best) best = { ...outcome.best, image: back(outcome.best.image) }
    else if (isStart) best = { image: start(), terms: {} }
    if (outcome.best || isStart) reached = scale
    if (!outcome.isAlive) break
  }

  const { terms } = best
  const image = inFlatColors(best.image)
  const { width, height } = fitLongEdge(content, reached.longEdge)
  return {
    image: composite.put(resize(image, width, height, beyond)),
    atContentSize: () => composite.putRows(image, 0, content.height),
    rowsAtContentSize: (top, bottom) => composite.putRows(image, top, bottom),
    terms,
    total: totalOf(terms),
    evaluations: records,
    seconds: clock.read().seconds,
    isFinished:
      records.length === plan.scales.reduce((total, { iterations }) => total + iterations, 0),
    plan,
  }
}

/** What a run returns that paints nothing: colours moved, or the content where there is no region. */
async function recolor(
  content: PlanarImage,
  regions: readonly StyleRegion[],
  composite: Composite,
  { runtime, onPlan, onNote }: StylizeContext,
): Promise<StylizeResult> {
  const plan = idlePlan(content, runtime.device)
  await onPlan?.(plan)
  if (regions.length === 0) {
    onNote?.('masks and strength leave nothing to paint; the picture is as it was')
  }
  const clock = makeClock(plan)
  const image = composite.put(recolorContent(content, regions))
  return {
    image,
    atContentSize: () => image,
    rowsAtContentSize: (top, bottom) => rowsOf(image, top, bottom),
    terms: {},
    total: 0,
    evaluations: [],
    seconds: clock.read().seconds,
    isFinished: true,
    plan,
  }
}
