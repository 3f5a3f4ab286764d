/** All that the panel shows, in one piece, and what follows from it. */
import type { StylizeOptions } from '../engine/options.ts'
import type { ActiveLayerFacts } from './document.ts'
import type { EngineState } from './engine-client.ts'
import type { JobState } from './job.ts'
import { predictedSeconds, type Size, type Speeds } from './prediction.ts'
import type { UserPreset } from './presets-file.ts'
import type { Problem } from './problems.ts'
import { optionsOf, type Settings } from './settings.ts'
import type { RecentStyle } from './styles.ts'

export interface PanelState {
  readonly settings: Settings
  readonly userPresets: readonly UserPreset[]
  readonly recent: readonly RecentStyle[]
  readonly layer: ActiveLayerFacts
  readonly engine: EngineState
  /** Description of the device that ran last, for predictions before the engine has started. */
  readonly lastDevice?: string
  readonly speeds: Speeds
  readonly job: JobState
  /** A message beside those of the run. */
  readonly notice?: Problem & { readonly isError: boolean }
}

export const layerSize = ({ layer }: PanelState): Size | undefined =>
  layer.layerWidth && layer.layerHeight
    ? { width: layer.layerWidth, height: layer.layerHeight }
    : undefined

/** When no layer says otherwise. */
const USUAL_SIZE: Size = { width: 1200, height: 800 }

export const currentOptions = (state: PanelState): StylizeOptions =>
  optionsOf(state.settings, state.userPresets, layerSize(state) ?? USUAL_SIZE)

/** @returns undefined as long as nothing is known of the device. */
export function prediction(state: PanelState): number | undefined {
  const { engine, lastDevice = '', speeds } = state
  const speed =
    engine.phase === 'ready'
      ? (speeds[engine.facts.description] ?? engine.facts.secondsPerMegapixel)
      : speeds[lastDevice]
  const isKnown = speed !== undefined && (engine.phase === 'ready' || engine.phase === 'asleep')
  if (!isKnown) return undefined
  return predictedSeconds(currentOptions(state), layerSize(state) ?? USUAL_SIZE, speed)
}
