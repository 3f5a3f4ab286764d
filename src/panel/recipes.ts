/** Recipes: made from a run to be stored with its new layer, and turned back into settings. */
import type { Origin } from '../bridge/messages.ts'
import { OPTIONS, type OptionName, type StylizeOptions } from '../engine/options.ts'
import { type FileIdentity, RECIPE_VERSION, type Recipe } from '../engine/output/recipe.ts'
import type { Size } from '../engine/picture/image.ts'
import type { SourceLayer } from './document.ts'
import type { UserPreset } from './presets-file.ts'
import type { RunSettings } from './recorded-step.ts'
import { edgeOf, presetOptions, type Settings, targetSize, withKnownPreset } from './settings.ts'
import type { Place, StyleSetting } from './style-settings.ts'

export interface Painted {
  readonly settings: RunSettings
  /** The options as the engine got them. */
  readonly options: Partial<StylizeOptions>
  readonly source: SourceLayer
  /** The names of the style files, in the order of the styles. */
  readonly fileNames: readonly string[]
  /** Name of the earlier result from which the run went on. */
  readonly initName?: string
  readonly origin: Origin
  readonly isFinished: boolean
  readonly continueAt?: number
  /** Version of the plug-in. */
  readonly impasto: string
}

export function recipeOf(painted: Painted): Recipe {
  const { settings, source, fileNames, origin, initName } = painted
  const { styles, strengthMap } = settings
  return {
    version: RECIPE_VERSION,
    impasto: painted.impasto,
    preset: settings.preset,
    settings: { ...settings.options, ...painted.options },
    model: origin.model,
    content: {
      ...identity(source.layerName, origin.content),
      document: nameOf(source.documentTitle),
    },
    styles: styles.map(({ weight, scale, rotation, where }, i) => {
      const { file, mask } = origin.styles[i]!
      return {
        ...identity(fileNames[i]!, file),
        weight,
        scale,
        rotation,
        ...(where && mask && { mask: identity(placeName(where), mask) }),
      }
    }),
    ...(strengthMap &&
      origin.strength && { strength: identity(placeName(strengthMap), origin.strength) }),
    ...(initName && origin.init && { init: identity(initName, origin.init) }),
    device: origin.device,
    ...(!painted.isFinished && { isStopped: true }),
    ...(painted.continueAt !== undefined && { continueAt: painted.continueAt }),
  }
}

const MAX_NAME_LENGTH = 500

/** A name as recipes have it: short and never empty, unlike the names of layers. */
export const nameOf = (name: string): string => name.slice(0, MAX_NAME_LENGTH) || 'layer'

const identity = (name: string, sha256: string): FileIdentity => ({ name: nameOf(name), sha256 })

/** The name that a recipe gives to a place, where it otherwise has the name of a file. */
const placeName = (place: Place): string =>
  place.kind === 'layer' ? `layer "${place.name}"` : place.kind

/** @returns undefined where the name is that of a file. */
export function placeOfName(name: string): Place | undefined {
  if (name === 'selection' || name === 'layer-mask') return { kind: name }
  const layerName = /^layer "(.*)"$/s.exec(name)?.[1]
  // It will be found by its name: no layer has the id 0.
  return layerName === undefined ? undefined : { kind: 'layer', layerId: 0, name: layerName }
}

/**
 * The settings that paint another layer in the same way, starting from its own picture.
 * @param layer size of the painted one: painted at that, it was painted at its own size.
 */
export function settingsOfRecipe(
  recipe: Recipe,
  current: Settings,
  own: readonly UserPreset[],
  styles: readonly StyleSetting[],
  layer: Size,
): Settings {
  const { strengthMap: _, ...others } = withKnownPreset({ ...current, preset: recipe.preset }, own)
  const base = presetOptions(others, own)
  const wanted: StylizeOptions =
    recipe.settings.init === 'image' ? { ...recipe.settings, init: base.init } : recipe.settings
  const names = Object.keys(OPTIONS) as OptionName[]
  const differing = names.filter(
    (name) => name !== 'size' && JSON.stringify(wanted[name]) !== JSON.stringify(base[name]),
  )
  const strengthMap = recipe.strength && placeOfName(recipe.strength.name)
  return {
    ...others,
    styles,
    ...(strengthMap && { strengthMap }),
    overrides: Object.fromEntries(differing.map((name) => [name, wanted[name]])),
    size: wanted.size === edgeOf('layer', layer) ? 'layer' : targetSize(wanted.size),
  }
}
