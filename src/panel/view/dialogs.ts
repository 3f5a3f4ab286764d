/** The panel's dialogs: texts, diagnostics, and presets of one's own. */
import type { Labels } from '../labels/index.ts'
import type { UserPreset } from '../presets-file.ts'
import { openDialog } from './dialog.ts'
import { h, setText, show } from './h.ts'
import { checkbox, smallButton, textField } from './widgets.ts'

const paragraphs = (texts: readonly string[]): HTMLElement[] =>
  texts.map((text) => h('div', { class: 'paragraph' }, text))

export function showTexts(labels: Labels, title: string, texts: readonly string[]): Promise<void> {
  return openDialog(title, paragraphs(texts), [
    { label: labels.close, isMain: true, press: () => true },
  ])
}

export function showDiagnostics(labels: Labels, text: string): Promise<void> {
  // Text elsewhere in UXP cannot be selected.
  const area = h('textarea', { class: 'diagnostics', readonly: true }) as HTMLTextAreaElement
  area.value = text
  const outcome = h('div', { class: 'help hidden' })
  const copy = async (): Promise<boolean> => {
    let told = labels.copied
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // The clipboard needs a permission, and people may not have given it.
      told = labels.copyByHand
      area.focus()
      // Not in every version of UXP.
      area.select?.()
    }
    setText(outcome, told)
    show(outcome, true)
    return false
  }
  return openDialog(
    labels.menu.diagnostics.replace('…', ''),
    [area, outcome],
    [
      { label: labels.copy, press: copy },
      { label: labels.close, isMain: true, press: () => true },
    ],
  )
}

export interface NewPreset {
  readonly name: string
  /** Whether it carries the styles that are set. */
  readonly hasStyles: boolean
}

/** @param save keeps the preset, or says why that cannot be; the dialog stays open then. */
export function askPreset(
  labels: Labels,
  initial: NewPreset,
  save: (preset: NewPreset) => Promise<string | undefined>,
): Promise<void> {
  let { hasStyles } = initial
  // A complaint that went with the field's focus would move what is being clicked from under the pointer.
  const field = textField(labels.presetName, () => undefined)
  field.set(initial.name)
  const styles = checkbox(labels.presetWithStyles, (isChecked) => {
    hasStyles = isChecked
    field.complain('')
  })
  styles.set(hasStyles)
  const press = async (): Promise<boolean> => {
    const problem = await save({ name: field.value.trim(), hasStyles })
    field.complain(problem ?? '')
    return problem === undefined
  }
  return openDialog(
    labels.menu.savePreset.replace('…', ''),
    [field.element, styles.element],
    [
      { label: labels.cancel, press: () => true },
      { label: labels.save, isMain: true, press },
    ],
  )
}

export interface PresetKeeper {
  presets(): readonly UserPreset[]
  /** @returns what is wrong with the new name, or nothing. */
  rename(from: string, to: string): string | undefined
  remove(name: string): void
}

export function managePresets(labels: Labels, keeper: PresetKeeper): Promise<void> {
  const none = h('div', { class: 'paragraph' }, labels.noPresets)
  const showNone = (): void => show(none, keeper.presets().length === 0)
  const rows = keeper.presets().map(({ name }) => {
    let current = name
    const field = textField('', (text) => {
      const to = text.trim()
      const problem = to === current ? undefined : keeper.rename(current, to)
      field.complain(problem ?? '')
      if (!problem) current = to
    })
    field.set(name)
    const row = h(
      'div',
      { class: 'preset-row' },
      field.element,
      smallButton(labels.remove, () => {
        keeper.remove(current)
        row.remove()
        showNone()
      }),
    )
    return row
  })
  showNone()
  return openDialog(
    labels.menu.managePresets.replace('…', ''),
    [none, ...rows],
    [{ label: labels.close, isMain: true, press: () => true }],
  )
}
