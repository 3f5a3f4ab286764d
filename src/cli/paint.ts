/** Painting one picture: the engine on what was read, and the result with its recipe in a file. */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join } from 'node:path'
import { ImageError } from '../engine/errors.ts'
import { writeRecipe } from '../engine/output/recipe.ts'
import type { StylizeResult } from '../engine/output/result.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import { stylize } from '../engine/stylize.ts'
import { rememberedSpeed } from './calibration.ts'
import type { openRuntimes } from './devices.ts'
import type { ContentFile, SaveOptions } from './files/index.ts'
import { isPlaceAtFault } from './files/write-file.ts'
import { type RunInputs, recipeOf } from './inputs.ts'
import { memoryBytes } from './memory.ts'
import { duration, inShort, savingSeconds } from './planning.ts'
import type { makeProgressLine } from './progress-line.ts'

/** What pictures share that are painted one after the other. */
export interface Studio {
  readonly runtimes: Awaited<ReturnType<typeof openRuntimes>>
  readonly line: ReturnType<typeof makeProgressLine>
  readonly threads?: string | undefined
  /** A painted layer has the opacity and blend mode of its source. */
  readonly likeSource?: boolean | undefined
  /** Nothing that its content says of itself goes into a picture. */
  readonly strip?: boolean | undefined
  readonly stop?: AbortSignal
  readonly cancel: AbortSignal
}

export interface Painted {
  readonly result: StylizeResult
  /** How the run went on after failures, and what could not be stored, in sentences. */
  readonly notes: readonly string[]
  /** Speed of the first device, where it is known. */
  readonly secondsPerMegapixel?: number | undefined
  /** Time that painting and saving took. */
  readonly seconds: number
}

/**
 * @throws as `stylize` and `ContentFile.save` do, and CancelledError when it was stopped before there
 * was anything to keep; nothing is written then.
 */
export async function paint(inputs: RunInputs, out: string, studio: Studio): Promise<Painted> {
  const { manner, content, styles, initImage, strength } = inputs
  const { settings, model } = manner
  const { runtimes, line, threads, likeSource, strip, stop, cancel } = studio
  const runtime = runtimes.last
  const startedAt = performance.now()
  const isLayered = isLayer(content, out)
  const notes: string[] = []
  const onNote = (note: string): void => {
    notes.push(note)
    line.warn(note)
  }
  let evaluations = 0
  const giveUp = new AbortController()
  const onStop = (): void => {
    // The first picture that is evaluated is the one that painting starts from.
    if (evaluations < 2) giveUp.abort()
    else line.note('stopping: the best picture so far is kept (Ctrl-C again gives up)')
  }
  if (stop?.aborted) onStop()
  stop?.addEventListener('abort', onStop)
  let allowance = 0
  let secondsPerMegapixel: number | undefined
  const result = await stylize(content.image, styles, settings, {
    runtime,
    model,
    initImage,
    strength,
    heldBytes: content.heldBytes,
    memoryBytes(on: Runtime) {
      allowance = wholeMegabytes(memoryBytes(on))
      return allowance * 1e6
    },
    replaceRuntime: runtimes.replace,
    async onPlan(plan) {
      const { precision } = plan.scales[0]!
      secondsPerMegapixel = await rememberedSpeed({ runtime, model, precision, threads })
      line.note(inShort(plan, secondsPerMegapixel, isLayered ? savingSeconds(content.image) : 0))
    },
    onNote,
    stop,
    signal: AbortSignal.any([cancel, giveUp.signal]),
    onProgress(progress) {
      evaluations = progress.evaluations
      line.show(progress)
    },
  })
  line.end()
  const recipe = recipeOf(inputs, runtimes.last, {
    isFinished: result.isFinished,
    memory: settings.memory || (isBoundByMemory(result, inputs) ? allowance : 0),
  })
  const names = recipe.styles.map(({ name }) => name).join(' + ')
  const { width, height } = content.image
  const saving = isLayered ? savingSeconds(content.image) : 0
  if (saving > TOLD_SECONDS) line.note(`writing ${out}, about ${duration(saving)}`)
  const picture = isLayered ? { width, height, rows: result.rowsAtContentSize } : result.image
  const unsaid = await saveSomewhere(content, picture, out, {
    layerName: `Impasto: ${names} (${manner.preset})`,
    recipe: writeRecipe(recipe),
    likeSource,
    strip,
  })
  for (const note of unsaid) onNote(note)
  const seconds = (performance.now() - startedAt) / 1000
  return { result, notes, secondsPerMegapixel, seconds }
}

/**
 * Keeps the result in another folder where it cannot be written after all, because of a full disk
 * perhaps. @throws ImageError all the same: it says where the result is.
 */
async function saveSomewhere(
  content: ContentFile,
  picture: Parameters<ContentFile['save']>[0],
  out: string,
  options: SaveOptions,
): Promise<readonly string[]> {
  try {
    return await content.save(picture, out, options)
  } catch (error) {
    if (!isPlaceAtFault(error)) throw error
    for (const folder of [dirname(content.path), tmpdir()]) {
      const kept = freeName(folder, basename(out))
      const isSaved = await content.save(picture, kept, options).then(
        () => true,
        () => false,
      )
      if (isSaved) {
        throw new ImageError(`${(error as Error).message}; the painting is kept in ${kept}`, {
          cause: error,
        })
      }
    }
    throw error
  }
}

/** A path in the folder at which no file exists yet. */
function freeName(folder: string, name: string): string {
  const extension = extname(name)
  for (let i = 1; ; i++) {
    const path = join(folder, i === 1 ? name : `${basename(name, extension)}-${i}${extension}`)
    if (!existsSync(path)) return path
  }
}

/** Saving that takes longer than this is told of. */
const TOLD_SECONDS = 2

/** Rounded down, since the option `memory` takes whole megabytes. */
const wholeMegabytes = (bytes: number): number => Math.floor(bytes / 1e6)

/** Tiles and pairs were chosen by memory; with more or less of it the bits would differ. */
function isBoundByMemory({ plan }: StylizeResult, { manner }: RunInputs): boolean {
  const { optimizer, lbfgsMemory } = manner.settings
  return plan.scales.some(
    (scale) => scale.tile || (optimizer === 'lbfgs' && scale.lbfgsMemory < lbfgsMemory),
  )
}

/** A layer covers the bounds of the layer it was made from; a picture keeps the painted size. */
const isLayer = ({ kind }: ContentFile, out: string): boolean =>
  kind === 'psd' || ['.psd', '.psb'].includes(extname(out).toLowerCase())

/**
 * Beside the content, or in a folder.
 * @param ending by default the content's.
 */
export function outputFor(content: string, folder = dirname(content), ending?: string): string {
  const extension = extname(content)
  const name = basename(content, extension)
  return join(folder, `${name}-impasto${ending ? `.${ending}` : extension || '.png'}`)
}
