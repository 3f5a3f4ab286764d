/** `impasto stylize`: files in, engine, files out. */
import { basename, dirname, extname, join } from 'node:path'
import { OptionError } from '../engine/errors.ts'
import { type PlanarImage, resize } from '../engine/image.ts'
import { resolveOptions, type StylizeOptions } from '../engine/options.ts'
import { PRESETS, type Preset } from '../engine/presets.ts'
import type { Device } from '../engine/runtime/runtime.ts'
import { type StyleImage, stylize } from '../engine/stylize.ts'
import { rememberedSpeed } from './calibration.ts'
import { openRuntimes } from './devices.ts'
import { assertWritable, type ContentFile, openContent, readStyle } from './files/index.ts'
import { assertPlaceWritable, writeFileAtomic } from './files/write-file.ts'
import { memoryBytes } from './memory.ts'
import { loadModel } from './models/store.ts'
import { inShort } from './planning.ts'
import { plotSvg } from './plot.ts'
import { makeProgressLine } from './progress-line.ts'
import { makeReport } from './report.ts'

export interface StylizeArguments {
  readonly content: string
  /** FILE or FILE:WEIGHT */
  readonly styles: readonly string[]
  readonly out?: string
  readonly preset: string
  readonly layer?: string
  readonly device: Device
  readonly threads?: string
  readonly report?: string
  readonly plot?: string
  readonly quiet: boolean
  readonly options: Partial<StylizeOptions>
  readonly initFile?: string
}

export async function stylizeCommand(given: StylizeArguments): Promise<void> {
  const preset = findPreset(given.preset)
  const settings = resolveOptions(preset.options, given.options)
  const out = given.out ?? defaultOutput(given.content)
  // Whatever can fail is tried before the long part.
  await assertWritable(out)
  for (const extra of [given.report, given.plot]) if (extra) await assertPlaceWritable(extra)
  const content = await openContent(given.content, { layer: given.layer })
  const styles: StyleImage[] = []
  for (const text of given.styles) {
    const { file, weight } = parseStyle(text)
    styles.push({ image: await readStyle(file), weight })
  }
  const initImage = given.initFile ? await readStyle(given.initFile) : undefined
  const model = await loadModel(settings.model)
  const runtimes = await openRuntimes(given.device, given.threads)
  const line = makeProgressLine(given.quiet)
  const interrupts = listenForInterrupts(line.note)
  const notes: string[] = []
  let secondsPerMegapixel: number | undefined

  try {
    const result = await stylize(content.image, styles, settings, {
      runtime: runtimes.first,
      model,
      initImage,
      memoryBytes,
      replaceRuntime: runtimes.replace,
      async onPlan(plan) {
        const { precision } = plan.scales[0]!
        const subject = { runtime: runtimes.first, model, precision, threads: given.threads }
        secondsPerMegapixel = await rememberedSpeed(subject)
        line.note(inShort(plan, secondsPerMegapixel))
      },
      onNote(note) {
        notes.push(note)
        line.warn(note)
      },
      stop: interrupts.stop,
      signal: interrupts.cancel,
      onProgress: line.show,
    })
    line.end()
    const style = given.styles.map((text) => basename(parseStyle(text).file)).join(' + ')
    await content.save(atContentSize(result.image, content, out), out, {
      layerName: `Impasto: ${style} (${preset.name})`,
    })
    line.note(
      `${result.isFinished ? 'painted' : 'stopped, kept the best picture'}: ${out} in ${result.seconds.toFixed(1)} s, loss ${result.total.toPrecision(5)}`,
    )
    const report = makeReport({
      given,
      settings,
      preset: preset.name,
      model,
      runtime: runtimes.last,
      result,
      notes,
      secondsPerMegapixel,
    })
    if (given.report) {
      await writeFileAtomic(given.report, Buffer.from(`${JSON.stringify(report, null, 2)}\n`))
      line.note(`report: ${given.report}`)
    }
    if (given.plot) {
      await writeFileAtomic(given.plot, Buffer.from(plotSvg(report)))
      line.note(`plot: ${given.plot}`)
    }
  } finally {
    interrupts.release()
    await runtimes.release()
  }
}

/** @throws OptionError that lists the presets. */
export function findPreset(name: string): Preset {
  const preset = PRESETS.find((candidate) => candidate.name === name)
  if (preset) return preset
  throw new OptionError(
    `--preset: no preset "${name}"; choose from ${PRESETS.map((known) => known.name).join(', ')}`,
  )
}

/** `picture.jpg:0.3` → file and weight; without a number the weight is 1. */
export function parseStyle(text: string): { file: string; weight: number } {
  const match = /^(.+):([^:/\\]*)$/.exec(text)
  const looksLikeWeight = match && (match[2] === '' || /^[-+.\d]|^nan$|^inf/i.test(match[2]!))
  if (!match || !looksLikeWeight) return { file: text, weight: 1 }
  const weight = match[2] === '' ? Number.NaN : Number(match[2])
  if (!(Number.isFinite(weight) && weight >= 0)) {
    throw new OptionError(
      `--style ${text}: expected a weight ≥ 0 behind the colon, got "${match[2]}"`,
    )
  }
  return { file: match[1]!, weight }
}

function defaultOutput(content: string): string {
  const extension = extname(content)
  return join(dirname(content), `${basename(content, extension)}-impasto${extension || '.png'}`)
}

/** A layer covers the bounds of the layer it was made from; a picture keeps the painted size. */
function atContentSize(image: PlanarImage, content: ContentFile, out: string): PlanarImage {
  const isLayer = content.kind === 'psd' || ['.psd', '.psb'].includes(extname(out).toLowerCase())
  return isLayer ? resize(image, content.image.width, content.image.height) : image
}

/** Ctrl-C once keeps the best picture so far; twice gives up and writes nothing. */
function listenForInterrupts(note: (line: string) => void) {
  const stop = new AbortController()
  const cancel = new AbortController()
  const onInterrupt = (): void => {
    if (stop.signal.aborted) cancel.abort()
    else note('stopping: the best picture so far is kept (Ctrl-C again gives up)')
    stop.abort()
  }
  process.on('SIGINT', onInterrupt)
  return {
    stop: stop.signal,
    cancel: cancel.signal,
    release: () => process.off('SIGINT', onInterrupt),
  }
}
