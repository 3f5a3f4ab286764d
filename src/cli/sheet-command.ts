/**
 * `impasto sheet`: one photograph painted small in many ways, on a contact sheet: by every preset in
 * the given style, or in every built-in style.
 */

import { basename, dirname, extname, join } from 'node:path'
import type { Command } from 'commander'
import { CancelledError, OptionError } from '../engine/errors.ts'
import type { StyleImage } from '../engine/input/regions.ts'
import { parseOption, resolveOptions } from '../engine/options.ts'
import { type PlanarImage, resize } from '../engine/picture/image.ts'
import { fitLongEdge } from '../engine/picture/pyramid.ts'
import { PRESETS } from '../engine/presets.ts'
import type { Device } from '../engine/runtime/runtime.ts'
import { stylize } from '../engine/stylize.ts'
import type { VggModel } from '../engine/vgg/model.ts'
import type { UserPreset } from '../panel/presets-file.ts'
import { BUILT_IN_STYLES } from '../panel/styles.ts'
import {
  assertSheetFits,
  assertSheetName,
  columnsFor,
  contactSheet,
  type SheetCell,
} from './contact-sheet.ts'
import { openRuntimes } from './devices.ts'
import { openContent, readPicture } from './files/index.ts'
import { assertPlaceWritable, writeFileAtomic } from './files/write-file.ts'
import { listenForInterrupts } from './interrupts.ts'
import { memoryBytes } from './memory.ts'
import { loadModel } from './models/store.ts'
import { assertApart, type NamedPath } from './overwriting.ts'
import { builtInPath, carriedPictures, presetsWith } from './preset-choice.ts'
import { makeProgressLine } from './progress-line.ts'
import { type ReusingRuntime, reusingPrograms } from './reuse-programs.ts'
import { DEVICE, LAYER, THREADS } from './run-flags.ts'
import { type StyleSource, styleSources } from './style-flags.ts'

interface SheetArguments {
  readonly content: string
  /** FILE or FILE:WEIGHT, or built-in names, blended; none: each built-in style by itself. */
  readonly styles: readonly string[]
  /** Names; none: all presets that are not slow in a given style, the fast one in all styles. */
  readonly presets?: readonly string[]
  readonly presetFile?: string
  /** Long edge of each picture, px. */
  readonly size: number
  readonly out?: string
  readonly layer?: string
  readonly device: Device
  readonly threads?: string
  readonly quiet: boolean
}

/** One way to paint the photograph. */
interface Way {
  readonly label: string
  readonly preset: UserPreset
  readonly styles: () => Promise<readonly StyleImage[]>
}

const PRESET_FOR_STYLES = 'fast'
const DEFAULT_SIZE_PX = 256

export function addSheetCommand(program: Command): void {
  program
    .command('sheet')
    .description(
      'Paint CONTENT small by every preset in the given style, or in every built-in style, on one sheet.',
    )
    .argument('<content>', 'JPEG, PNG, WebP, TIFF or PSD')
    .option(
      '-s, --style <files...>',
      'style pictures, or built-in styles by name (default: each built-in one by itself)',
    )
    .option(
      '--presets <names>',
      `comma-separated (default: with --style all but the slow ones, else ${PRESET_FOR_STYLES})`,
    )
    .option('--preset-file <file.json>', 'presets of your own, as the panel exports them')
    .option('--size <px>', `long edge of each picture (default: ${DEFAULT_SIZE_PX})`)
    .option('-o, --out <file>', 'JPEG, PNG or WebP (default: beside the content, "-sheet" added)')
    .addOption(LAYER)
    .addOption(DEVICE)
    .addOption(THREADS)
    .option('--quiet', 'print only what went wrong')
    .action((content: string, flags: Record<string, string> & { style?: string[] }) =>
      sheetCommand({
        content,
        styles: flags.style ?? [],
        presets: flags.presets?.split(',').map((name) => name.trim()),
        presetFile: flags.presetFile,
        size: flags.size === undefined ? DEFAULT_SIZE_PX : Number(parseOption('size', flags.size)),
        out: flags.out,
        layer: flags.layer,
        device: flags.device as Device,
        threads: flags.threads,
        quiet: Boolean(flags.quiet),
      }),
    )
}

/**
 * What was painted before a failure is written.
 * @throws CancelledError when it was stopped before the first picture was done.
 */
async function sheetCommand(given: SheetArguments): Promise<void> {
  const out = given.out ?? defaultOutput(given.content)
  assertSheetName(out)
  await assertPlaceWritable(out)
  await assertApart(
    [['--out', out]],
    [
      ['CONTENT', given.content],
      ['--preset-file', given.presetFile],
      ...styleSources(given).map(({ path }): NamedPath => ['--style', path]),
    ],
  )
  const ways = await waysToPaint(given)
  const settings = ways.map(({ preset }) => resolveOptions(preset.options, { size: given.size }))
  for (const [i, { init }] of settings.entries()) {
    if (init !== 'image') continue
    throw new OptionError(
      `--presets: "${ways[i]!.preset.name}" starts from an image of your own, which a sheet has not; name other ones`,
    )
  }
  const content = (await openContent(given.content, { layer: given.layer })).image
  const extents = given.size === 0 ? content : fitLongEdge(content, given.size)
  assertSheetFits(ways.length + 1, extents, out)
  const cellOf = (image: PlanarImage, label: string, detail?: string): SheetCell => ({
    image: resize(image, extents.width, extents.height),
    label,
    detail,
  })
  const cells = [cellOf(content, basename(given.content))]
  const models = new Map<string, VggModel>()
  for (const { model } of settings) {
    if (!models.has(model)) models.set(model, await loadModel(model))
  }
  // Graphs can be kept only as long as all are of one network.
  const isOneNetwork = new Set([...models.values()].map(({ sha256 }) => sha256)).size === 1
  const runtimes = await openRuntimes(
    given.device,
    given.threads,
    isOneNetwork ? reusingPrograms : undefined,
  )
  const { note, warn } = makeProgressLine(given.quiet)
  const interrupts = listenForInterrupts()
  interrupts.first.addEventListener('abort', () =>
    note('stopping: the pictures that are done are kept'),
  )

  let failure: unknown
  try {
    for (const [index, { label, styles }] of ways.entries()) {
      const options = settings[index]!
      note(`${index + 1}/${ways.length}  ${label}`)
      const line = makeProgressLine(given.quiet)
      const result = await stylize(content, await styles(), options, {
        runtime: runtimes.last,
        model: models.get(options.model)!,
        memoryBytes,
        replaceRuntime: runtimes.replace,
        signal: interrupts.first,
        onNote: warn,
        onProgress: line.show,
      })
      line.end()
      if (isOneNetwork) await (runtimes.last as ReusingRuntime).endPicture()
      cells.push(cellOf(result.image, label, `${result.seconds.toFixed(1)} s`))
    }
  } catch (error) {
    if (cells.length === 1) throw error
    failure = error
  } finally {
    await runtimes.release()
    interrupts.release()
  }
  const sheet = await contactSheet(cells, columnsFor(cells.length, extents), out)
  await writeFileAtomic(out, sheet)
  note(`sheet: ${out}, ${cells.length - 1} of ${ways.length} painted`)
  if (failure && !(failure instanceof CancelledError)) throw failure
}

/** Styles times presets; the label tells which of them differ from cell to cell. */
async function waysToPaint(given: SheetArguments): Promise<Way[]> {
  const known = await presetsWith(given.presetFile)
  if (given.styles.length > 0) {
    const blend = await readStyles(styleSources({ styles: given.styles }))
    const slow = PRESETS.filter(({ isSlow }) => isSlow).map(({ name }) => name)
    const quick = known.map(({ name }) => name).filter((name) => !slow.includes(name))
    return presetsNamed(given.presets ?? quick, known).map((preset) => ({
      label: preset.name,
      preset,
      styles: async () => blend,
    }))
  }
  const presets = presetsNamed(given.presets ?? [PRESET_FOR_STYLES], known)
  return presets.flatMap((preset) => {
    const behind = presets.length > 1 ? `, ${preset.name}` : ''
    const { styles: carried } = preset
    if (carried) return { label: preset.name, preset, styles: () => carriedPictures(carried) }
    return BUILT_IN_STYLES.map((name) => ({
      label: `${name}${behind}`,
      preset,
      styles: () => readStyles([{ path: builtInPath(name), weight: 1, scale: 1, rotation: 0 }]),
    }))
  })
}

const readStyles = (sources: readonly StyleSource[]): Promise<StyleImage[]> =>
  Promise.all(
    sources.map(async ({ path, weight, scale, rotation }) => {
      const { image } = await readPicture(path)
      return { image, weight, scale, rotation }
    }),
  )

/** @throws OptionError that lists the presets. */
function presetsNamed(names: readonly string[], known: readonly UserPreset[]): UserPreset[] {
  return names.map((name) => {
    const preset = known.find((candidate) => candidate.name === name)
    if (preset) return preset
    throw new OptionError(
      `--presets: no preset "${name}"; choose from ${known.map((other) => other.name).join(', ')}`,
    )
  })
}

function defaultOutput(content: string): string {
  return join(dirname(content), `${basename(content, extname(content))}-sheet.jpg`)
}
