/**
 * Neural style transfer by optimisation (Gatys, Ecker & Bethge 2015), from top to bottom: coarse to
 * fine, at each scale targets are measured, then the picture is moved until its features agree.
 */

import { checkInput, type FurtherInput } from './input/check-input.ts'
import { prepareStyles } from './input/prepare-styles.ts'
import { makeRegions, type StyleImage } from './input/regions.ts'
import { regionCount } from './objective/targets.ts'
import { resolveOptions, type StylizeOptions } from './options.ts'
import { makeComposite } from './output/composite.ts'
import { makeFlatColors } from './output/flat-styles.ts'
import { makeRecord, type Progress } from './output/progress.ts'
import { recolored, type StylizeResult } from './output/result.ts'
import { toGray } from './picture/color.ts'
import { type Beyond, fillTransparent, type PlanarImage, resize } from './picture/image.ts'
import { fitLongEdge } from './picture/pyramid.ts'
import { idlePlan, type RunPlan } from './plan/plan.ts'
import { type Best, paintScale, type RunControl } from './scale/paint-scale.ts'
import { type Devices, makeRecovery } from './scale/recovery.ts'
import { stagesOf, viewOf } from './scale/stage.ts'
import { initialImage } from './scale/start.ts'
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
    const plan = idlePlan(content, context.runtime.device)
    await context.onPlan?.(plan)
    if (regions.length === 0) {
      context.onNote?.('masks and strength leave nothing to paint; the picture is as it was')
    }
    return recolored(visible, regions, composite, plan)
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
  const record = makeRecord(plan, context.onProgress, (picture) =>
    composite.put(inFlatColors(picture)),
  )
  const source = { content: opaque, regions: prepared, beyond }
  let reached = plan.scales[0]!
  let best: Best = { image: initialImage(opaque, settings, context.initImage, reached), terms: {} }

  for (const stage of stagesOf(plan.scales, settings)) {
    const isFirst = stage.scaleIndex === 0 && !stage.isShifted
    if (!isFirst && context.stop?.aborted) break
    const scale = plan.scales[stage.scaleIndex]!
    const view = viewOf(stage, scale, source, settings)
    const { image: before } = best
    const start = (): PlanarImage => view.start(before)
    const outcome = await paintScale({
      ...stage,
      ...view,
      start,
      isFirst,
      settings,
      network,
      recovery,
      context,
      onIteration: (iteration, terms, preview) =>
        record.add(stage, iteration, terms, async () => view.back(await preview())),
    })
    // An enlarged picture on which nothing was done is none that a stopped run should end with.
    const isStart = outcome.isAlive && (isFirst || scale.iterations === 0)
    if (outcome.best) best = { ...outcome.best, image: view.back(outcome.best.image) }
    else if (isStart) best = { image: start(), terms: {} }
    if (outcome.best || isStart) reached = scale
    if (!outcome.isAlive) break
  }

  const image = inFlatColors(best.image)
  const { width, height } = fitLongEdge(content, reached.longEdge)
  return {
    image: composite.put(resize(image, width, height, beyond)),
    atContentSize: () => composite.putRows(image, 0, content.height),
    rowsAtContentSize: (top, bottom) => composite.putRows(image, top, bottom),
    ...record.summary(best.terms),
  }
}
