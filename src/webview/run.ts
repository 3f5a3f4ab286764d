/** Does one run: from Photoshop's pixels to Photoshop's pixels, with everything shown in between. */

import type {
  CoverageMap,
  ProgressReport,
  StartPicture,
  StylizeJob,
  StylizeOutcome,
} from '../bridge/messages.ts'
import type { ColorConversion } from '../color/icc.ts'
import { conversionOf } from '../color/rgb-spaces.ts'
import { ImageError } from '../engine/errors.ts'
import { resolveOptions } from '../engine/options.ts'
import type { Progress } from '../engine/output/progress.ts'
import type { StylizeResult } from '../engine/output/result.ts'
import { type PlanarImage, resize, type Size } from '../engine/picture/image.ts'
import { fitLongEdge } from '../engine/picture/pyramid.ts'
import { type StylizeContext, stylize } from '../engine/stylize.ts'
import { brief } from './brief.ts'
import { originOf } from './origin.ts'
import type { StyleDecoder } from './pictures.ts'
import { toMask, toPixels, toPlanar } from './pixels.ts'
import { cut, extendMask, extendThin, type Region } from './thin.ts'
import { makeThrottle } from './throttle.ts'
import type { View } from './view.ts'
import { yieldToEvents } from './yield.ts'

interface RunContext
  extends Pick<StylizeContext, 'runtime' | 'model' | 'memoryBytes' | 'replaceRuntime'> {
  readonly decoder: StyleDecoder
  readonly view: View
  readonly signal: AbortSignal
  readonly stop: AbortSignal
  readonly onProgress: (report: ProgressReport) => void
}

const PREVIEW_INTERVAL_MS = 250
const PROGRESS_INTERVAL_MS = 100

/** @throws ImpastoError; nothing is left to clean up. */
export async function run(job: StylizeJob, context: RunContext): Promise<StylizeOutcome> {
  const { view } = context
  const { size } = resolveOptions(job.options)
  const conversion = conversionOf(job.profile ?? '')
  const { image: content, region } = extendThin(toPlanar(job.content, conversion), size)
  const maskOf = (map: CoverageMap | undefined) => map && extendMask(toMask(map), region, content)
  const pictures = await context.decoder.decode(job.styles)
  const styles = pictures.map((image, i) => {
    const { weight, scale, rotation, mask } = job.styles[i]!
    return { image, weight, scale, rotation, mask: maskOf(mask) }
  })
  const initImage = job.init && startFrom(job.init, job.content, conversion, size)
  let latest = context.runtime

  const reports = makeThrottle(context.onProgress, PROGRESS_INTERVAL_MS)
  const notes: string[] = []
  let nextPreviewAt = 0
  const show = (image: PlanarImage): void =>
    view.showPicture(image, scaleRegion(region, content, image))

  view.begin(content, region)
  try {
    const options = initImage ? { ...job.options, init: 'image' as const } : job.options
    const result = await stylize(content, styles, options, {
      ...context,
      initImage,
      strength: maskOf(job.strength),
      async replaceRuntime(failed, error) {
        const next = await context.replaceRuntime?.(failed, error)
        if (next) latest = next
        return next
      },
      onNote: (note) => notes.push(note),
      onProgress: async (progress) => {
        view.addLoss(progress)
        if (view.isVisible() && performance.now() >= nextPreviewAt) {
          show(await progress.preview())
          nextPreviewAt = performance.now() + PREVIEW_INTERVAL_MS
        }
        // JSON has no infinite loss; the optimiser will take such a step back.
        if (Number.isFinite(progress.total)) reports.report(toReport(job.run, progress))
        await yieldToEvents()
      },
    })
    show(result.image)
    const { terms, total, evaluations, seconds, isFinished } = result
    return {
      pixels: toPixels(cut(result.atContentSize(), region), job.content, conversion),
      isFinished,
      ...(notes.length > 0 && { warning: brief(notes.join('. ')) }),
      terms,
      total,
      evaluations: evaluations.length,
      seconds,
      work: result.plan.work,
      continueAt: nextEdge(result),
      origin: await originOf(job, context.model, latest),
    }
  } finally {
    reports.flush()
  }
}

/** Extends an earlier result as the content is, and resizes it to the scale where painting goes on. */
function startFrom(
  { pixels, edge }: StartPicture,
  content: StylizeJob['content'],
  conversion: ColorConversion | undefined,
  size: number,
): PlanarImage {
  if (pixels.width !== content.width || pixels.height !== content.height) {
    throw new ImageError(
      `initial image: expected ${content.width}×${content.height} px as the layer has, got ${pixels.width}×${pixels.height}; stylize the layer anew`,
    )
  }
  const { image } = extendThin(toPlanar(pixels, conversion), size)
  const target = size || Math.max(image.width, image.height)
  const { width, height } = fitLongEdge(image, Math.min(edge, target))
  return resize(image, width, height)
}

/** Long edge of the first scale finer than the picture, or of the finest scale; px. */
function nextEdge({ image, plan }: StylizeResult): number | undefined {
  if (plan.work === 0) return undefined
  const painted = Math.max(image.width, image.height)
  const edges = plan.scales.map(({ width, height }) => Math.max(width, height))
  return edges.find((edge) => edge > painted) ?? edges.at(-1)
}

const toReport = (run: number, { preview, ...report }: Progress): ProgressReport => ({
  run,
  ...report,
})

function scaleRegion({ left, top, width, height }: Region, from: Size, to: Size): Region {
  const [x, y] = [to.width / from.width, to.height / from.height]
  return { left: left * x, top: top * y, width: width * x, height: height * y }
}
