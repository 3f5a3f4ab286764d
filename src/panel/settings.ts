/** What the user set: a preset, what departs from it, and the engine's options that follow. */
import type { DeviceChoice } from '../bridge/messages.ts'
import {
  checkOption,
  OPTIONS,
  type OptionName,
  resolveOptions,
  type StylizeOptions,
} from '../engine/options.ts'
import { MAX_STYLES } from '../engine/output/recipe.ts'
import type { Size } from '../engine/picture/image.ts'
import { MIN_SIDE } from '../engine/picture/pyramid.ts'
import { PRESETS } from '../engine/presets.ts'
import type { UserPreset } from './presets-file.ts'
import {
  type Place,
  readPlace,
  readStyleSetting,
  type StyleSetting,
  settingOfCarried,
  styleSetting,
  withStylesOfVersion1,
} from './style-settings.ts'

/** Long edge of the painting, px; or the layer's own. */
export type TargetSize = number | 'layer'

export interface Settings {
  /** One to eight. */
  readonly styles: readonly StyleSetting[]
  /** How far the layer is stylised; absent: all of it fully. */
  readonly strengthMap?: Place
  /** Name of a built-in preset or of one's own. */
  readonly preset: string
  /** Options that differ from the preset's; never the size. */
  readonly overrides: Partial<StylizeOptions>
  readonly size: TargetSize
  readonly device: DeviceChoice
  readonly isAdvancedOpen: boolean
}

export const DEVICE_CHOICES = ['auto', 'webgpu', 'wasm'] as const satisfies DeviceChoice[]
/** The sizes offered, px; the one in use is added when it is none of them. */
const OFFERED_SIZES = [256, 384, 512, 768, 1024, 1536, 2048]

export const DEFAULT_SETTINGS: Settings = {
  styles: [styleSetting({ kind: 'built-in', name: 'oil' })],
  preset: PRESETS[0]!.name,
  overrides: {},
  size: OPTIONS.size.default,
  device: 'auto',
  isAdvancedOpen: false,
}

const presetNamed = (name: string, own: readonly UserPreset[]): Partial<StylizeOptions> =>
  [...PRESETS, ...own].find((preset) => preset.name === name)?.options ?? {}

export const presetOptions = (settings: Settings, own: readonly UserPreset[]): StylizeOptions =>
  resolveOptions(presetNamed(settings.preset, own))

/** @param layer its size is taken where the settings ask for the layer's own. */
export function optionsOf(
  settings: Settings,
  own: readonly UserPreset[],
  layer: Size,
): StylizeOptions {
  return resolveOptions(presetNamed(settings.preset, own), settings.overrides, {
    size: edgeOf(settings.size, layer),
  })
}

/** The option `size` says 0 for the picture's own size. */
export const targetSize = (size: number): TargetSize => (size === 0 ? 'layer' : size)

export function edgeOf(size: TargetSize, layer: Size): number {
  const edge = size === 'layer' ? Math.round(Math.max(layer.width, layer.height)) : size
  return Math.min(OPTIONS.size.max, Math.max(MIN_SIDE, edge))
}

export const sizeChoices = (current: TargetSize): TargetSize[] => [
  ...[...new Set([...OFFERED_SIZES, ...(current === 'layer' ? [] : [current])])].sort(
    (a, b) => a - b,
  ),
  'layer',
]

/**
 * Chooses a preset, which ends all overrides but one: the option `colors` is about the photograph
 * and stays. The styles stay unless the preset carries some, and the size stays unless the new or
 * the old preset has a size of its own.
 */
export function withPreset(
  settings: Settings,
  preset: string,
  own: readonly UserPreset[],
): Settings {
  const next = presetNamed(preset, own)
  const carried = own.find(({ name }) => name === preset)?.styles
  const hadOwnSize = presetNamed(settings.preset, own).size !== undefined
  return {
    ...withoutChanges(settings),
    ...(carried && { styles: carried.map(settingOfCarried) }),
    preset,
    size:
      next.size !== undefined
        ? targetSize(next.size)
        : hadOwnSize
          ? OPTIONS.size.default
          : settings.size,
  }
}

/** Ends all overrides but the one that a preset leaves alone, too. */
export function withoutChanges(settings: Settings): Settings {
  const { colors } = settings.overrides
  return { ...settings, overrides: colors === undefined ? {} : { colors } }
}

/** Whether there is something that `withoutChanges` would end. */
export const isChanged = ({ overrides }: Settings): boolean =>
  Object.keys(overrides).some((name) => name !== 'colors')

/** Takes the default preset in place of one that does not exist. */
export function withKnownPreset(settings: Settings, own: readonly UserPreset[]): Settings {
  const isKnown = [...PRESETS, ...own].some(({ name }) => name === settings.preset)
  return isKnown ? settings : { ...settings, preset: DEFAULT_SETTINGS.preset }
}

/** Sets options; a value equal to the preset's ends its override. */
export function withOptions(
  settings: Settings,
  values: Partial<StylizeOptions>,
  own: readonly UserPreset[],
): Settings {
  const preset = presetOptions(settings, own)
  const isPresets = ([name, value]: [string, unknown]): boolean =>
    JSON.stringify(preset[name as OptionName]) === JSON.stringify(value)
  const set = Object.entries({ ...settings.overrides, ...values })
  return {
    ...settings,
    overrides: Object.fromEntries(
      set.filter((entry) => !Object.hasOwn(values, entry[0]) || !isPresets(entry)),
    ),
  }
}

/** Makes a preset of the settings. */
export const asPreset = (
  settings: Settings,
  name: string,
  own: readonly UserPreset[],
): UserPreset => ({
  name,
  options: {
    ...presetNamed(settings.preset, own),
    ...settings.overrides,
    size: settings.size === 'layer' ? 0 : settings.size,
  },
})

const VERSION = 2

export const writeSettings = (settings: Settings): object => ({ version: VERSION, ...settings })

/** Reads what was remembered, with defaults for what is missing, damaged or of a newer version. */
export function readSettings(value: unknown): Settings {
  const given = (value ?? {}) as Record<string, unknown>
  const isOlder = given.version === 1
  if (!isOlder && given.version !== VERSION) return DEFAULT_SETTINGS
  const saved = isOlder ? withStylesOfVersion1(given) : given
  const { preset, size, device, isAdvancedOpen } = saved
  const strengthMap = readPlace(saved.strengthMap)
  return {
    styles: readStyles(saved.styles) ?? DEFAULT_SETTINGS.styles,
    ...(strengthMap && { strengthMap }),
    preset: typeof preset === 'string' ? preset : DEFAULT_SETTINGS.preset,
    overrides: readOverrides(saved.overrides),
    size: readSize(size) ?? DEFAULT_SETTINGS.size,
    device: DEVICE_CHOICES.find((choice) => choice === device) ?? DEFAULT_SETTINGS.device,
    isAdvancedOpen: isAdvancedOpen === true,
  }
}

/** @returns the styles that can be read; undefined when there are none. */
function readStyles(value: unknown): StyleSetting[] | undefined {
  if (!Array.isArray(value)) return undefined
  const styles = value.map(readStyleSetting).filter((style) => style !== undefined)
  return styles.length > 0 ? styles.slice(0, MAX_STYLES) : undefined
}

export function readSize(value: unknown): TargetSize | undefined {
  if (value === 'layer') return value
  const isSize = isAllowed('size', value) && (value === 0 || (value as number) >= MIN_SIDE)
  return isSize ? targetSize(value as number) : undefined
}

function readOverrides(value: unknown): Partial<StylizeOptions> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).filter(
      ([name, item]) =>
        name !== 'size' && Object.hasOwn(OPTIONS, name) && isAllowed(name as OptionName, item),
    ),
  )
}

function isAllowed(name: OptionName, value: unknown): boolean {
  try {
    checkOption(name, value)
    return true
  } catch {
    return false
  }
}
