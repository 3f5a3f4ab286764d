/** What the flyout menu does with the user's presets: save, manage, import, export. */
import { toBase64 } from '../bridge/base64.ts'
import type { Pixels } from '../bridge/messages.ts'
import { type CarriedStyle, carryPicture, pictureProblem } from './carried-styles.ts'
import type { KeptFolder } from './kept-folder.ts'
import type { Labels } from './labels/index.ts'
import { pngOf, shrink } from './png.ts'
import {
  fitInFile,
  mergePresets,
  nameProblem,
  readPresets,
  type UserPreset,
  writePresets,
} from './presets-file.ts'
import { problemOf } from './problems.ts'
import type { NamedFile } from './run-input.ts'
import { asPreset, DEFAULT_SETTINGS, type Settings, withPreset } from './settings.ts'
import type { PanelState } from './state.ts'
import type { Store } from './store.ts'
import type { StyleChoice } from './styles.ts'
import type { PickedFile } from './uxp.ts'
import { askPreset, managePresets, type NewPreset } from './view/dialogs.ts'

/** px; shown at half the size, for screens of two pixels a point. */
const PICTURE_EDGE = 84

const FILE_NAME = 'impasto-presets.json'

interface PresetMenuContext {
  readonly labels: Labels
  readonly store: Store<PanelState>
  /** @throws StyleFileError when the file is gone. */
  readStyle(style: StyleChoice): Promise<NamedFile>
  setSettings(settings: Settings): void
  /** @returns false when they are not remembered. */
  setPresets(presets: readonly UserPreset[]): boolean
  readonly kept: Pick<KeptFolder, 'isChosen' | 'choose'>
  pickFile(types: readonly string[]): Promise<PickedFile | undefined>
  saveTextFile(name: string, text: string): Promise<string | undefined>
}

export interface PresetMenu {
  save(): Promise<void>
  manage(): Promise<void>
  importFile(): Promise<void>
  exportFile(): Promise<void>
  /** Lets the user choose a folder in which the presets are kept from now on. */
  keepInFolder(): Promise<void>
}

const pictureOf = (pixels: Pixels): string =>
  `data:image/png;base64,${toBase64(pngOf(shrink(pixels, PICTURE_EDGE)))}`

const isCarried = (choice: StyleChoice, presets: readonly UserPreset[]): boolean =>
  choice.kind === 'picture' &&
  presets
    .flatMap(({ styles = [] }) => styles)
    .some((style) => style.kind === 'picture' && style.sha256 === choice.sha256)

export function makePresetMenu(context: PresetMenuContext): PresetMenu {
  const { labels, store } = context
  const tell = (text: string, isError = false, detail?: string): void =>
    store.update({ notice: { text, detail, isError } })
  const builtInNames = Object.entries(labels.presets).flatMap(([name, label]) => [name, label.name])
  /** Files may hold names that people would take for those of built-in presets; nobody makes new ones. */
  const complaint = (name: string): string | undefined => {
    const isBuiltIn = builtInNames.some((known) => known.toLowerCase() === name.toLowerCase())
    const problem = nameProblem(name) ?? (isBuiltIn ? 'taken' : undefined)
    return problem && labels.presetNameProblems[problem]
  }

  /** Also removes styles from the settings that were carried by a preset which is gone now. */
  const setPresets = (presets: readonly UserPreset[], done?: string): void => {
    const until = store.get().userPresets
    const isKept = context.setPresets(presets)
    const { settings } = store.get()
    const styles = settings.styles.filter(
      ({ choice }) => !isCarried(choice, until) || isCarried(choice, presets),
    )
    if (styles.length < settings.styles.length) {
      const rest = styles.length > 0 ? styles : DEFAULT_SETTINGS.styles
      context.setSettings({ ...settings, styles: rest })
    }
    if (!isKept) tell(labels.presetsNotKept, true)
    else if (done !== undefined) tell(done)
  }
  /** @returns the current styles, or a text that says why one of them cannot be carried. */
  const carriedStyles = async (): Promise<readonly CarriedStyle[] | string> => {
    const styles: CarriedStyle[] = []
    for (const { choice, weight, scale, rotation } of store.get().settings.styles) {
      const amounts = { weight, scale, rotation }
      if (choice.kind === 'built-in') {
        styles.push({ ...choice, ...amounts })
        continue
      }
      const { name, bytes } = await context.readStyle(choice)
      const problem = pictureProblem(bytes)
      if (problem) return labels.presetStyleProblems[problem](name)
      styles.push(carryPicture(name, bytes, amounts))
    }
    return styles
  }
  const save = async ({ name, hasStyles }: NewPreset): Promise<string | undefined> => {
    const problem = complaint(name)
    if (problem) return problem
    let styles: readonly CarriedStyle[] | string | undefined
    try {
      styles = hasStyles ? await carriedStyles() : undefined
    } catch (error) {
      return problemOf(error, labels).text
    }
    if (typeof styles === 'string') return styles
    const { settings, userPresets, job } = store.get()
    const preset = {
      ...asPreset(settings, name, userPresets),
      ...(styles && { styles }),
      ...(job.phase === 'done' && { picture: pictureOf(job.outcome.pixels) }),
    }
    const presets = mergePresets(userPresets, [preset])
    if (!fitInFile(presets)) return labels.presetsFull
    const saved = labels.presetSaved(name)
    setPresets(presets, context.kept.isChosen ? saved : `${saved} ${labels.presetsAtRisk}`)
    context.setSettings({ ...store.get().settings, preset: name, overrides: {} })
    return undefined
  }

  return {
    save() {
      const { settings, userPresets } = store.get()
      const own = userPresets.find(({ name }) => name === settings.preset)
      const initial = { name: own?.name ?? '', hasStyles: own?.styles !== undefined }
      return askPreset(labels, initial, save)
    },
    manage: () =>
      managePresets(labels, {
        presets: () => store.get().userPresets,
        rename(from, to) {
          const { settings, userPresets } = store.get()
          const problem = complaint(to)
          if (problem) return problem
          if (userPresets.some(({ name }) => name === to)) return labels.presetNameProblems.used
          setPresets(
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
          setPresets(userPresets.filter(({ name }) => name !== removed))
        },
      }),
    async importFile() {
      try {
        const file = await context.pickFile(['json'])
        if (!file) return
        const added = readPresets(await file.readText())
        const presets = mergePresets(store.get().userPresets, added)
        if (fitInFile(presets)) setPresets(presets, labels.presetsImported(added.length))
        else tell(labels.presetsNotImported, true, labels.presetsFull)
      } catch (error) {
        tell(labels.presetsNotImported, true, problemOf(error, labels).detail)
      }
    },
    keepInFolder: context.kept.choose,
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
