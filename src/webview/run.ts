/** One run: from Photoshop's pixels to Photoshop's pixels, with everything shown in between. */
import type { ProgressReport, StylizeJob, StylizeOutcome } from '../bridge/messages.ts'
import { RuntimeError } from '../engine/errors.ts'
import { type PlanarImage, resize } from '../engine/image.ts'
import { resolveOptions } from '../engine/options.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import { type Progress, stylize } from '../engine/stylize.ts'
import type { VggModel } from '../engine/vgg/model.ts'
import { brief } from './brief.ts'
import type { StyleDecoder } from './pictures.ts'
import { toPixels, toPlanar } from './pixels.ts'
import { cut, extendThin, type Region } from './thin.ts'
import { makeThrottle } from './throttle.ts'
import type { View } from './view.ts'
import { yieldToEvents } from './yield.ts'

export interface RunContext {
  readonly runtime: Runtime
  readonly model: VggModel
  readonly decoder: StyleDecoder
  readonly view: View
  readonly signal: AbortSignal
  readonly stop: AbortSignal
  readonly onProgress: (report: ProgressReport) => void
  readonly onDeviceFailure: () => Promise<void>
}

const PREVIEW_INTERVAL_MS = 250
/** Of pictures that nobody sees and that are kept in case the device fails. */
const HIDDEN_INTERVAL_MS = 2000
const PROGRESS_INTERVAL_MS = 100

/** The picture at some moment, to fall back on. */
interface Snapshot {
  readonly image: PlanarImage
  /** That of the lowest loss at its scale, which is the one that the picture has. */
  readonly progress: Progress
}

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
  let lowest: Progress | undefined
  let snapshot: Snapshot | undefined
  let nextSnapshotAt = 0
  const show = (image: PlanarImage): void => {
    const alpha = alphaAt(image.width, image.height)
    view.showPicture({ ...image, alpha }, scaleRegion(region, content, image))
  }

  view.begin()
  try {
    const result = await stylize(content, styles, job.options, {
      ...context,
      onProgress: async (progress) => {
        const isFirst = progress.iteration === 1
        if (isFirst || !lowest || progress.total < lowest.total) lowest = progress
        view.addLoss(progress)
        const isVisible = view.isVisible()
        if (performance.now() >= nextSnapshotAt) {
          snapshot = { image: await progress.preview(), progress: lowest }
          if (isVisible) show(snapshot.image)
          nextSnapshotAt =
            performance.now() + (isVisible ? PREVIEW_INTERVAL_MS : HIDDEN_INTERVAL_MS)
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
      terms,
      total,
      evaluations: evaluations.length,
      seconds,
    }
  } catch (thrown) {
    const error = toRuntimeError(thrown)
    if (error instanceof RuntimeError) await context.onDeviceFailure()
    if (!(error instanceof RuntimeError) || !snapshot) throw error
    const { image, progress } = snapshot
    return {
      pixels: finish(image),
      isFinished: false,
      warning: brief(
        `The run ended early; this is the picture that it had reached. ${error.message}`,
      ),
      terms: progress.terms,
      total: progress.total,
      evaluations: progress.evaluations,
      seconds: progress.seconds,
    }
  } finally {
    reports.flush()
  }
}

/** What JavaScript throws when memory runs out has a class of its own. */
function toRuntimeError(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error
  return new RuntimeError(`memory ran out (${error.message}); choose a smaller size`, {
    cause: error,
  })
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
