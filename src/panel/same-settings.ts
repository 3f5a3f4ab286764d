/** "Same settings on this layer": what a layer of ours was painted with, set again. */
import { type Recipe, readRecipe } from '../engine/recipe.ts'
import type { DocumentWork } from './document.ts'
import type { Labels } from './labels/index.ts'
import type { Log } from './log.ts'
import { placeOfName, settingsOfRecipe } from './recipes.ts'
import type { Settings } from './settings.ts'
import type { PanelState } from './state.ts'
import type { Store } from './store.ts'
import type { StyleFiles } from './style-files.ts'
import type { StyleSetting } from './style-settings.ts'

export interface SameSettingsContext {
  readonly store: Store<PanelState>
  readonly documents: Pick<DocumentWork, 'readRecipe'>
  readonly files: StyleFiles
  readonly labels: Labels
  readonly log: Log
  setSettings(settings: Settings): void
}

export interface SameSettings {
  /** Looks whether the active layer says what it was painted with. */
  look(): Promise<void>
  /**
   * Takes its settings; tells which files are missing, the first of which is being chosen then.
   * @returns the recipe, where nothing of it is missing.
   */
  use(): Promise<Recipe | undefined>
}

export function makeSameSettings(context: SameSettingsContext): SameSettings {
  const { store, labels } = context
  let latest = 0

  return {
    async look() {
      const turn = ++latest
      const isSingle = store.get().layer.layerCount === 1
      const text = isSingle ? await context.documents.readRecipe() : undefined
      // The user may have gone on to another layer.
      if (turn !== latest) return
      let layerRecipe: PanelState['layerRecipe']
      try {
        layerRecipe = text === undefined ? undefined : readRecipe(text)
      } catch (error) {
        context.log.add('warning', `the layer’s settings cannot be used: ${String(error)}`)
      }
      store.update({ layerRecipe })
    },
    async use() {
      const { layerRecipe: recipe, layer } = store.get()
      if (!recipe) return undefined
      const missing: string[] = []
      const styles: StyleSetting[] = []
      /** Index of the first style whose file is missing. */
      let lacking: number | undefined
      for (const [i, style] of recipe.styles.entries()) {
        const { name, sha256, weight, scale, rotation, mask } = style
        const found = await context.files.find({ name, sha256 })
        const where = mask && placeOfName(mask.name)
        if (!found) {
          missing.push(name)
          lacking ??= i
        }
        if (mask && !where) missing.push(mask.name)
        // Chosen anew, its file takes this place: with the same weight and where the style was.
        const choice = found ?? { kind: 'picture', name, sha256 }
        styles.push({ choice, weight, scale, rotation, ...(where && { where }) })
      }
      const { strength } = recipe
      if (strength && !placeOfName(strength.name)) missing.push(strength.name)
      const { settings, userPresets } = store.get()
      context.setSettings(settingsOfRecipe(recipe, settings, userPresets, styles))
      const layerName = layer.layerName ?? ''
      store.update({
        editing: { index: lacking ?? 0, isOpen: false },
        notice:
          missing.length > 0
            ? {
                text: labels.settingsWithout(missing.join(', ')),
                isAboutStyle: lacking !== undefined,
                isError: true,
              }
            : { text: labels.settingsTaken(layerName), isError: false },
      })
      return missing.length > 0 ? undefined : recipe
    },
  }
}
