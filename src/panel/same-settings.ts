/** "Same settings on this layer": sets again what a layer was painted with by Impasto. */
import { type Recipe, readRecipe } from '../engine/output/recipe.ts'
import { DocumentError, type DocumentWork, type LayerChoice } from './document.ts'
import { type EarlierPainting, namesakesOf } from './earlier-painting.ts'
import type { Labels } from './labels/index.ts'
import type { Log } from './log.ts'
import { StyleFileError } from './problems.ts'
import { placeOfName, settingsOfRecipe } from './recipes.ts'
import { runSettings } from './recorded-step.ts'
import type { Settings } from './settings.ts'
import { contentSize, type PanelState } from './state.ts'
import type { Store } from './store.ts'
import type { StyleFiles } from './style-files.ts'
import type { StyleSetting } from './style-settings.ts'

interface SameSettingsContext {
  readonly store: Store<PanelState>
  readonly documents: Pick<DocumentWork, 'layers' | 'readRecipe' | 'selectedLayers'>
  readonly files: StyleFiles
  readonly labels: Labels
  readonly log: Log
  setSettings(settings: Settings): void
}

interface SameSettings {
  /** Looks for a recipe in the active layer, and for what that was painted from. */
  look(): Promise<void>
  /** Takes the settings of the active layer; tells what is missing, and lets the user choose it. */
  use(): Promise<void>
  /**
   * Takes the settings of a layer, to go on from it.
   * @throws DocumentError where one cannot go on from it; StyleFileError where a style is missing.
   */
  useToGoOn(layer: LayerChoice): Promise<EarlierPainting>
}

export function makeSameSettings(context: SameSettingsContext): SameSettings {
  const { store, labels, documents } = context
  let latest = 0

  const recipeOf = async (layerId?: number): Promise<Recipe | undefined> => {
    const text = await documents.readRecipe(layerId)
    try {
      return text === undefined ? undefined : readRecipe(text)
    } catch (error) {
      context.log.add('warning', `the layer’s settings cannot be used: ${String(error)}`)
      return undefined
    }
  }

  /** @returns the names of what is missing. */
  const take = async (recipe: Recipe): Promise<Missing> => {
    const names: string[] = []
    const styles: StyleSetting[] = []
    let style: number | undefined
    for (const [i, { name, sha256, weight, scale, rotation, mask }] of recipe.styles.entries()) {
      const found = await context.files.find({ name, sha256 })
      const where = mask && placeOfName(mask.name)
      if (!found) {
        names.push(name)
        style ??= i
      }
      if (mask && !where) names.push(mask.name)
      // A file chosen for it later gets the same weight and place.
      const choice = found ?? { kind: 'picture', name, sha256 }
      styles.push({ choice, weight, scale, rotation, ...(where && { where }) })
    }
    const { strength } = recipe
    if (strength && !placeOfName(strength.name)) names.push(strength.name)
    const { settings, userPresets } = store.get()
    context.setSettings(
      settingsOfRecipe(recipe, settings, userPresets, styles, contentSize(store.get())),
    )
    store.update({ editing: { index: style ?? 0, isOpen: false } })
    return { names, style }
  }

  const nameOfOriginal = ({ content }: Recipe): string | undefined => {
    const [layer] = documents.selectedLayers()
    return layer && namesakesOf(documents, layer, content)[0]?.name
  }
  let lookedAt: string | undefined

  return {
    async look() {
      const turn = ++latest
      const isSingle = store.get().layer.layerCount === 1
      const layerRecipe = isSingle ? await recipeOf() : undefined
      // The user may have gone on to another layer.
      if (turn !== latest) return
      const key = layerRecipe && JSON.stringify(layerRecipe)
      const isOnTop = key !== undefined && key === lookedAt && store.get().isOnTop
      lookedAt = key
      store.update({
        layerRecipe,
        originalName: layerRecipe && nameOfOriginal(layerRecipe),
        isOnTop,
      })
    },
    async use() {
      const { layerRecipe, layer } = store.get()
      if (!layerRecipe) return
      const { names, style } = await take(layerRecipe)
      const isAboutStyle = style !== undefined
      store.update({
        notice:
          names.length > 0
            ? { text: labels.settingsWithout(names.join(', ')), isAboutStyle, isError: true }
            : { text: labels.settingsTaken(layer.layerName ?? ''), isError: false },
      })
    },
    async useToGoOn(layer) {
      const recipe = await recipeOf(layer.id)
      if (recipe?.continueAt === undefined) {
        throw new DocumentError(
          'original-gone',
          `"${layer.name}" does not say how to go on from it`,
        )
      }
      const { names } = await take(recipe)
      if (names.length > 0) throw new StyleFileError('gone', names.join(', '))
      const { content, continueAt } = recipe
      const { settings, userPresets } = store.get()
      return { settings: runSettings(settings, userPresets), content, continueAt }
    },
  }
}

interface Missing {
  readonly names: readonly string[]
  /** Index of the first style whose file is missing. */
  readonly style: number | undefined
}
