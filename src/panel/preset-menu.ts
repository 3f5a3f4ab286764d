/** What the flyout menu does with presets of one's own: save, manage, import, export. */
import type { Labels } from './labels/index.ts'
import {
  mergePresets,
  nameProblem,
  readPresets,
  type UserPreset,
  writePresets,
} from './presets-file.ts'
import { problemOf } from './problems.ts'
import { asPreset, DEFAULT_SETTINGS, type Settings, withPreset } from './settings.ts'
import type { PanelState } from './state.ts'
import type { Store } from './store.ts'
import type { PickedFile } from './uxp.ts'
import { askPresetName, managePresets } from './view/dialogs.ts'

const FILE_NAME = 'impasto-presets.json'

export interface PresetMenuContext {
  readonly labels: Labels
  readonly store: Store<PanelState>
  setSettings(settings: Settings): void
  setPresets(presets: readonly UserPreset[]): void
  pickFile(types: readonly string[]): Promise<PickedFile | undefined>
  saveTextFile(name: string, text: string): Promise<string | undefined>
}

export interface PresetMenu {
  save(): Promise<void>
  manage(): Promise<void>
  importFile(): Promise<void>
  exportFile(): Promise<void>
}

export function makePresetMenu(context: PresetMenuContext): PresetMenu {
  const { labels, store } = context
  const tell = (text: string, isError = false, detail?: string): void =>
    store.update({ notice: { text, detail, isError } })
  const complaint = (name: string): string | undefined => {
    const problem = nameProblem(name)
    return problem && labels.presetNameProblems[problem]
  }

  return {
    async save() {
      const { settings, userPresets } = store.get()
      const isOwn = userPresets.some(({ name }) => name === settings.preset)
      const name = await askPresetName(labels, isOwn ? settings.preset : '', complaint)
      if (name === undefined) return
      const preset = asPreset(settings, name, userPresets)
      context.setPresets(mergePresets(userPresets, [preset]))
      context.setSettings({ ...settings, preset: name, overrides: {} })
      tell(labels.presetSaved(name))
    },
    manage: () =>
      managePresets(labels, {
        presets: () => store.get().userPresets,
        rename(from, to) {
          const { settings, userPresets } = store.get()
          const problem = complaint(to)
          if (problem) return problem
          if (userPresets.some(({ name }) => name === to)) return labels.presetNameProblems.used
          context.setPresets(
            userPresets.map((preset) => (preset.name === from ? { ...preset, name: to } : preset)),
          )
          if (settings.preset === from) context.setSettings({ ...settings, preset: to })
          return undefined
        },
        remove(removed) {
          const { settings, userPresets } = store.get()
          if (settings.preset === removed) {
            context.setSettings(withPreset(settings, DEFAULT_SETTINGS.preset, userPresets))
          }
          context.setPresets(userPresets.filter(({ name }) => name !== removed))
        },
      }),
    async importFile() {
      try {
        const file = await context.pickFile(['json'])
        if (!file) return
        const added = readPresets(await file.readText())
        context.setPresets(mergePresets(store.get().userPresets, added))
        tell(labels.presetsImported(added.length))
      } catch (error) {
        tell(labels.presetsNotImported, true, problemOf(error, labels).detail)
      }
    },
    async exportFile() {
      try {
        const text = writePresets(store.get().userPresets)
        const name = await context.saveTextFile(FILE_NAME, text)
        if (name !== undefined) tell(labels.presetsExported(name))
      } catch (error) {
        tell(labels.fileNotWritten, true, problemOf(error, labels).detail)
      }
    },
  }
}
