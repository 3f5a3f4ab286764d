/** Flags that say what a run is made of: those of `stylize`, `plan` and `batch` alike. */
import { type Command, Option as Flag } from 'commander'
import {
  flagName,
  OPTIONS,
  type Option,
  type OptionName,
  parseOption,
  type StylizeOptions,
} from '../engine/options.ts'
import { MAX_STYLES, STYLE_ROTATION, STYLE_SCALE, STYLE_WEIGHT } from '../engine/output/recipe.ts'
import { PRESETS } from '../engine/presets.ts'
import type { Device } from '../engine/runtime/runtime.ts'
import type { MannerArguments } from './inputs.ts'
import { inMegabytes } from './memory.ts'

/** Flags as commander gives them: texts, lists of texts, and true for a flag without a value. */
export type TypedFlags = Readonly<Record<string, unknown>>

export interface RunArguments extends MannerArguments {
  readonly layer?: string | undefined
  readonly likeSource?: boolean
  readonly strip?: boolean
  readonly device: Device
  readonly threads?: string | undefined
}

export const LAYER = new Flag(
  '--layer <name>',
  'layer of a PSD (default: its topmost visible pixel layer)',
)
export const DEVICE = new Flag('--device <name>', 'where it is computed')
  .choices(['cpu', 'webgpu', 'wasm'])
  .default('cpu')
export const THREADS = new Flag('--threads <n>', 'threads of the CPU (default: one a core)')

/** Adds the flags that say how the picture is painted and where it is computed, and every option. */
export function addRunFlags(command: Command): void {
  command
    .option(
      '-s, --style <files...>',
      `1 to ${MAX_STYLES} style pictures, or built-in styles by name; FILE:WEIGHT sets the share of one in a blend [${STYLE_WEIGHT.min} … ${STYLE_WEIGHT.max}]`,
    )
    .option(
      '--style-scales <numbers>',
      `size of each style's strokes, times --style-scale: in the order of --style, comma-separated, or one for all [${STYLE_SCALE.min} … ${STYLE_SCALE.max}] (default: 1)`,
    )
    .option(
      '--style-rotations <degrees>',
      `how far each style is turned, clockwise: comma-separated, or one for all [${STYLE_ROTATION.min} … ${STYLE_ROTATION.max}] (default: 0)`,
    )
    .option(
      '--mask <files...>',
      'where each style paints: pictures over the content, white where it does, - for none; what the masks leave is painted by the styles without one',
    )
    .option(
      '--strength-map <file>',
      'gray picture over the content: how far each part is painted, from black, which stays as it is, to white; - for none, with --from',
    )
    .option(
      '-p, --preset <name>',
      `${PRESETS.map(({ name }) => name).join(', ')} (default: default, or the only one of --preset-file)`,
    )
    .option('--preset-file <file.json>', 'presets of your own, as the panel exports them')
    .option(
      '--from <result>',
      'take settings, styles and content from an earlier result; flags given here come first',
    )
    .option('--from-layer <name>', 'painted layer of that PSD (default: the topmost)')
    .addOption(LAYER)
    .option(
      '--like-source',
      'of a PSD: give the painting the opacity and blend mode of its layer (default: 100 %, normal)',
    )
    .option(
      '--strip',
      'write nothing that the content says of itself (EXIF, IPTC, XMP) into a picture; profile, resolution and the settings of the painting stay',
    )
    .addOption(DEVICE)
    .addOption(THREADS)
  for (const [name, option] of Object.entries(OPTIONS)) command.addOption(toFlag(name, option))
}

/** @throws OptionError for an option out of its range. */
export function runArguments(flags: TypedFlags): RunArguments {
  const text = (name: string) => flags[name] as string | undefined
  return {
    styles: (flags.style as string[] | undefined) ?? [],
    styleScales: text('styleScales'),
    styleRotations: text('styleRotations'),
    masks: flags.mask as string[] | undefined,
    strengthMap: text('strengthMap'),
    preset: text('preset'),
    presetFile: text('presetFile'),
    from: text('from'),
    fromLayer: text('fromLayer'),
    layer: text('layer'),
    likeSource: Boolean(flags.likeSource),
    strip: Boolean(flags.strip),
    device: flags.device as Device,
    threads: text('threads'),
    options: givenOptions(flags),
    initFile: initFile(flags.init),
  }
}

/** One flag per row of the option table: name, range, default and help come from there. */
function toFlag(name: string, option: Option): Flag {
  const flag = `--${flagName(name)}`
  if (name === 'init') {
    return new Flag(
      `${flag} <start>`,
      `${option.help} content, random or a file (default: content)`,
    )
  }
  if (name === 'memory') {
    return new Flag(`${flag} <size>`, `${option.help} Such as 4G, 800M or 800 (MB) (default: 0)`)
  }
  const value = option.kind === 'flag' ? '[true|false]' : `<${option.kind}>`
  const range =
    'min' in option
      ? ` [${option.min} … ${option.max}${'unit' in option && option.unit ? ` ${option.unit}` : ''}]`
      : ''
  const choices = 'choices' in option ? ` (${option.choices.join(', ')})` : ''
  return new Flag(
    `${flag} ${value}`,
    `${option.help}${choices}${range} (default: ${option.default})`,
  )
}

const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[]
const SWITCHES = new Set(
  OPTION_NAMES.filter((name) => OPTIONS[name].kind === 'flag').map((name) => `--${flagName(name)}`),
)

/**
 * The command line with `--flag` and `--flag true` as `--flag=true`: so that what stands behind a
 * flag alone, the content perhaps, is not taken for its value.
 */
export function withSwitchValues(args: readonly string[]): string[] {
  const result: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    const next = args[i + 1]
    const hasValue = next === 'true' || next === 'false'
    result.push(SWITCHES.has(arg) ? `${arg}=${hasValue ? next : true}` : arg)
    if (SWITCHES.has(arg) && hasValue) i++
  }
  return result
}

function givenOptions(flags: TypedFlags): Partial<StylizeOptions> {
  const given: Record<string, unknown> = {}
  for (const name of OPTION_NAMES) {
    const typed = flags[name]
    if (typeof typed !== 'string') continue
    const text = name === 'memory' ? inMegabytes(typed) : typed
    given[name] = name === 'init' && initFile(text) ? 'image' : parseOption(name, text)
  }
  return given
}

/** `--init` takes a file where it is none of the words. */
const initFile = (init: unknown): string | undefined =>
  typeof init === 'string' && !['content', 'random'].includes(init) ? init : undefined
