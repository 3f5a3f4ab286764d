/** A run as an action records it and plays it back: styles and all settings, as plain data. */

import type { DeviceChoice } from '../bridge/messages.ts'
import { OptionError } from '../engine/errors.ts'
import type { StylizeOptions } from '../engine/options.ts'
import { BEFORE_OPTIONS, resolveOptions } from '../engine/options.ts'
import { MAX_STYLES } from '../engine/output/recipe.ts'
import type { UserPreset } from './presets-file.ts'
import { DEVICE_CHOICES, optionsOf, readSize, type Settings, type TargetSize } from './settings.ts'
import {
  type Place,
  readPlace,
  readStyleSetting,
  type StyleSetting,
  withStylesOfVersion1,
} from './style-settings.ts'

/** What a run needs to know beside the document. */
export interface RunSettings {
  readonly styles: readonly StyleSetting[]
  /** How far the layer is stylised; absent: all of it fully. */
  readonly strengthMap?: Place
  /** For the layer's name. */
  readonly preset: string
  readonly size: TargetSize
  readonly device: DeviceChoice
  /** Its size is replaced by `size`. */
  readonly options: StylizeOptions
  /** Whether a painted layer itself is painted, in place of what it was painted from. */
  readonly isOnTop?: boolean
}

/** Global handler that Photoshop calls by this name when an action plays. */
export const PLAYBACK_HANDLER = 'impastoStylize'

const VERSION = 3

export function runSettings(settings: Settings, own: readonly UserPreset[]): RunSettings {
  const { styles, strengthMap, preset, size, device } = settings
  const options = optionsOf(settings, own, { width: 1, height: 1 })
  return { styles, ...(strengthMap && { strengthMap }), preset, size, device, options }
}

export const writeStep = (run: RunSettings): object => ({ version: VERSION, ...run })

/** @throws OptionError when the step is of a newer version or damaged. */
export function readStep(info: unknown): RunSettings {
  const given = (info ?? {}) as Record<string, unknown>
  // Before version 3 whatever layer was selected was painted.
  const step =
    given.version === 1
      ? { ...withStylesOfVersion1(given), isOnTop: true, version: VERSION }
      : given.version === 2
        ? { ...given, isOnTop: true, version: VERSION }
        : given
  if (step.version !== VERSION) {
    throw new OptionError(
      `recorded step: expected version ${VERSION} or older, got ${String(step.version)}; record it again`,
    )
  }
  const { styles, strengthMap, size, device, preset, options, isOnTop } = step as Record<
    string,
    unknown
  >
  const read = {
    styles: Array.isArray(styles) ? styles.map(readStyleSetting) : [],
    strengthMap: readPlace(strengthMap),
    size: readSize(size),
    device: DEVICE_CHOICES.find((choice) => choice === device),
  }
  const isStyle = (style: StyleSetting | undefined): style is StyleSetting => style !== undefined
  if (
    read.styles.length < 1 ||
    read.styles.length > MAX_STYLES ||
    !read.styles.every(isStyle) ||
    (strengthMap !== undefined && !read.strengthMap) ||
    read.size === undefined ||
    !read.device ||
    typeof preset !== 'string'
  ) {
    throw new OptionError('recorded step: its styles or settings are damaged; record it again')
  }
  return {
    styles: read.styles,
    ...(read.strengthMap && { strengthMap: read.strengthMap }),
    preset,
    size: read.size,
    device: read.device,
    options: resolveOptions(BEFORE_OPTIONS, (options ?? {}) as Partial<StylizeOptions>),
    ...(isOnTop === true && { isOnTop }),
  }
}
