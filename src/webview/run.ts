/** One run: from Photoshop's pixels to Photoshop's pixels, with everything shown in between. */
import type { ProgressReport, StylizeJob, StylizeOutcome } from '../bridge/messages.ts'
import { type PlanarImage, resize } from '../engine/image.ts'
import { resolveOptions } from '../engine/options.ts'
import { type Progress, type StylizeContext, stylize } from '../engine/stylize.ts'
import { brief } from './brief.ts'
import type { StyleDecoder } from './pictures.ts'
import { toPixels, toPlanar } from './pixels.ts'
import { cut, extendThin, type Region } from './thin.ts'
import { makeThrottle } from './throttle.ts'
import type { View } from './view.ts'
import { yieldToEvents } from './yield.ts'

export interface RunContext
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
  const { image: content, region } = extendThin(toPlanar(job.content), size)
  const pictures = await context.decoder.decode(job.styles)
  const styles = pictures.map((image, i) => ({ image, weight: job.styles[i]!.weight }))
  const finish = (picture: PlanarImage) =>
    toPixels(cut(resize(picture, content.width, content.height), region), job.content)

  const reports = makeThrottle(context.onProgress, PROGRESS_INTERVAL_MS)
  const alphaAt = makeAlpha(content)
  const notes: string[] = []
  let nextPreviewAt = 0
  const show = (image: PlanarImage): void => {
    const alpha = alphaAt(image.width, image.height)
    view.showPicture({ ...image, alpha }, scaleRegion(region, content, image))
  }

  view.begin()
  try {
    const result = await stylize(content, styles, job.options, {
      ...context,
      onNote: (note) => notes.push(note),
      onProgress: async (progress) => {
        view.addLoss(progress)
        if (view.isVisible() && performance.now() >= nextPreviewAt) {
          show(await progress.preview())
          nextPreviewAt = performance.now() + PREVIEW_INTERVAL_MS
        }
        // A loss that ran away cannot travel; the optimiser will take the step back.
        if (Number.isFinite(progress.total)) reports.report(toReport(job.run, progress))
        await yieldToEvents()
      },
    })
    show(result.image)
    const { terms, total, evaluations, seconds, isFinished } = result
    return {
      pixels: finish(result.image),
      isFinished,
      ...(notes.length > 0 && { warning: brief(notes.join('. ')) }),
      terms,
      total,
      evaluations: evaluations.length,
      seconds,
      work: result.plan.work,
    }
  } finally {
    reports.flush()
  }
}

const toReport = (run: number, { preview, ...report }: Progress): ProgressReport => ({
  run,
  ...report,
})

/** The alpha of the content at the size of a preview, which changes with the scale alone. */
function makeAlpha(content: PlanarImage) {
  let known: PlanarImage | undefined
  return (width: number, height: number): Float32Array | undefined => {
    if (!content.alpha) return undefined
    if (known?.width !== width || known.height !== height) known = resize(content, width, height)
    return known.alpha
  }
}

type Size = Pick<Region, 'width' | 'height'>

function scaleRegion({ left, top, width, height }: Region, from: Size, to: Size): Region {
  const [x, y] = [to.width / from.width, to.height / from.height]
  return { left: left * x, top: top * y, width: width * x, height: height * y }
}
