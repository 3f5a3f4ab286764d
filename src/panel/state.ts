/** All that the panel shows, in one piece, and what follows from it. */
import type { PlanSummary } from '../bridge/messages.ts'
import type { StylizeOptions } from '../engine/options.ts'
import type { Recipe } from '../engine/output/recipe.ts'
import type { Size } from '../engine/picture/image.ts'
import type { BatchState } from './batch.ts'
import type { ActiveLayerFacts, DocumentChoice, LayerChoice } from './document.ts'
import type { Drafts, FieldName } from './drafts.ts'
import type { EngineState } from './engine-client.ts'
import type { Favourite } from './favourites.ts'
import type { GalleryTab } from './gallery-tabs.ts'
import type { JobState } from './job.ts'
import type { Group } from './option-groups.ts'
import { roughWork, type Speeds } from './prediction.ts'
import type { UserPreset } from './presets-file.ts'
import type { Problem } from './problems.ts'
import { optionsOf, type Settings } from './settings.ts'
import type { RecentStyle } from './styles.ts'

export interface PanelState {
  readonly settings: Settings
  readonly userPresets: readonly UserPreset[]
  readonly recent: readonly RecentStyle[]
  readonly favourites: readonly Favourite[]
  /** Which styles are offered. */
  readonly gallery: GalleryTab
  /** From which a style may be taken, as of when they were last looked for. */
  readonly otherDocuments: readonly DocumentChoice[]
  readonly layer: ActiveLayerFacts
  /** Layers of the document that may serve as masks. */
  readonly maskLayers: readonly LayerChoice[]
  /** Names of the networks that are there; absent until they were looked for. */
  readonly models?: readonly string[]
  /** The recipe of the active layer, where Impasto painted it. */
  readonly layerRecipe?: Recipe
  /** The name of the layer from which the active one was painted, where that is still there. */
  readonly originalName?: string
  /** Whether a painted layer itself is painted, in place of what it was painted from. */
  readonly isOnTop: boolean
  /** Which of the styles is being chosen, and whether its details are open. */
  readonly editing: { readonly index: number; readonly isOpen: boolean }
  /** What was typed and cannot be used. */
  readonly drafts: Drafts
  /** A field that was to be shown; another object each time. */
  readonly shown?: { readonly field: FieldName }
  /** Groups of the advanced settings that are unfolded. */
  readonly openGroups: readonly Group[]
  readonly engine: EngineState
  /** Description of the device that ran last, for predictions before the engine has started. */
  readonly lastDevice?: string
  readonly speeds: Speeds
  /** Speed measured in passing, for devices of which no run has told yet. */
  readonly calibrated: Speeds
  /** The plan of a run with the current settings; absent while the engine is not ready. */
  readonly plan?: PlanState
  readonly job: JobState
  /** The quick small picture; absent where none was asked for since the last change. */
  readonly preview?: PreviewState
  /** Whether the engine page seems to be asleep in the middle of something. */
  readonly isPaused?: boolean
  /** The current or last run over several layers. */
  readonly batch?: BatchState
  /** A message beside those of the run. */
  readonly notice?: Problem & { readonly isError: boolean }
}

export type PreviewState =
  | { readonly phase: 'painting' | 'shown' }
  | { readonly phase: 'failed'; readonly error: unknown }

export type PlanState =
  | { readonly summary: PlanSummary }
  /** Why there can be no run, in the engine's own words, in English. */
  | { readonly error: string }

/** The index of the style that is being chosen: styles may have become fewer. */
export const editedIndex = ({ editing, settings }: PanelState): number =>
  Math.min(editing.index, settings.styles.length - 1)

export const layerSize = ({ layer }: Pick<PanelState, 'layer'>): Size | undefined =>
  layer.layerWidth && layer.layerHeight
    ? { width: layer.layerWidth, height: layer.layerHeight }
    : undefined

/** Assumed while no layer gives a size; px. */
const USUAL_SIZE: Size = { width: 1200, height: 800 }

/** The size of the active layer, or else a usual one. */
export const contentSize = (state: PanelState): Size => layerSize(state) ?? USUAL_SIZE

export const currentOptions = (state: PanelState): StylizeOptions =>
  optionsOf(state.settings, state.userPresets, contentSize(state))

/** Seconds that the device takes for a unit of work; undefined as long as nothing is known of it. */
export function deviceSpeed(state: PanelState): number | undefined {
  const { engine, lastDevice = '', speeds, calibrated } = state
  if (engine.phase === 'asleep') return speeds[lastDevice]
  if (engine.phase !== 'ready') return undefined
  return speeds[engine.facts.description] ?? calibrated[engine.facts.description]
}

/** Seconds of a run; undefined as long as nothing is known of the device. */
export function predictedSeconds(state: PanelState): number | undefined {
  const speed = deviceSpeed(state)
  if (speed === undefined) return undefined
  const { plan } = state
  const isPlanned = plan !== undefined && 'summary' in plan
  const work = isPlanned ? plan.summary.work : roughWork(currentOptions(state), contentSize(state))
  return work * speed
}
