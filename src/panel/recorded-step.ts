/** A run as an action records it and plays it back: style and all settings, as plain data. */

import type { DeviceChoice } from '../bridge/messages.ts'
import { OptionError } from '../engine/errors.ts'
import type { StylizeOptions } from '../engine/options.ts'
import { resolveOptions } from '../engine/options.ts'
import type { UserPreset } from './presets-file.ts'
import { DEVICE_CHOICES, optionsOf, readSize, type Settings, type TargetSize } from './settings.ts'
import { readStyleChoice, type StyleChoice } from './styles.ts'

/** What a run needs to know beside the document. */
export interface RunSettings {
  readonly style: StyleChoice
  /** For the layer's name. */
  readonly preset: string
  readonly size: TargetSize
  readonly device: DeviceChoice
  /** Its size is replaced by `size`. */
  readonly options: StylizeOptions
}

/** Global handler that Photoshop calls by this name when an action plays. */
export const PLAYBACK_HANDLER = 'impastoStylize'

const VERSION = 1

export function runSettings(settings: Settings, own: readonly UserPreset[]): RunSettings {
  const { style, preset, size, device } = settings
  return { style, preset, size, device, options: optionsOf(settings, own, { width: 1, height: 1 }) }
}

export const writeStep = (run: RunSettings): object => ({ version: VERSION, ...run })

/** @throws OptionError when the step is of a newer version or damaged. */
export function readStep(info: unknown): RunSettings {
  const step = (info ?? {}) as Record<string, unknown>
  if (step.version !== VERSION) {
    throw new OptionError(
      `recorded step: expected version ${VERSION}, got ${String(step.version)}; record it again`,
    )
  }
  const style = readStyleChoice(step.style)
  const size = readSize(step.size)
  const device = DEVICE_CHOICES.find((choice) => choice === step.device)
  if (!style || size === undefined || !device || typeof step.preset !== 'string') {
    throw new OptionError('recorded step: its style or settings are damaged; record it again')
  }
  const options = resolveOptions((step.options ?? {}) as Partial<StylizeOptions>)
  return { style, preset: step.preset, size, device, options }
}
