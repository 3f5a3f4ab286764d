/** The panel's dialogs: texts, diagnostics, and the user's presets. */
import type { Labels } from '../labels/index.ts'
import type { UserPreset } from '../presets-file.ts'
import type { Finding } from '../self-test/check.ts'
import { reportText, withoutPaths } from '../self-test/report.ts'
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

/** @returns whether the run is to be started all the same. */
export async function askLongRun(labels: Labels, duration: string): Promise<boolean> {
  let isWanted = false
  await openDialog(labels.longRunTitle, paragraphs([labels.longRun(duration)]), [
    { label: labels.cancel, press: () => true },
    {
      label: labels.paintAnyway,
      isMain: true,
      press() {
        isWanted = true
        return true
      },
    },
  ])
  return isWanted
}

/** @returns whether the self-test is to be run, once the dialog is closed. */
export async function showDiagnostics(labels: Labels, text: string): Promise<boolean> {
  let isTestWanted = false
  const { area, outcome, copy } = copyable(labels, text)
  await openDialog(
    labels.menu.diagnostics.replace('…', ''),
    [area, outcome, h('div', { class: 'help test-help' }, labels.selfTest.explained)],
    [
      {
        label: labels.selfTest.start,
        press() {
          isTestWanted = true
          return true
        },
      },
      { label: labels.copy, press: copy },
      { label: labels.close, isMain: true, press: () => true },
    ],
  )
  return isTestWanted
}

/** @param save lets the user choose a file for the text. @returns its name, if they did. */
export function showFindings(
  labels: Labels,
  findings: readonly Finding[],
  save: (text: string) => Promise<string | undefined>,
): Promise<void> {
  const { selfTest } = labels
  const text = reportText(findings, labels)
  const { area, outcome, copy } = copyable(labels, text)
  // The text is there to be copied from where the clipboard refuses it.
  area.classList.add('report')
  const count = (wanted: boolean | undefined): number =>
    findings.filter(({ isExpected }) => isExpected === wanted).length
  const saveText = async (): Promise<boolean> => {
    let told = labels.fileNotWritten
    try {
      const name = await save(text)
      if (name === undefined) return false
      told = selfTest.saved(name)
    } catch {
      // Said above.
    }
    setText(outcome, told)
    show(outcome, true)
    return false
  }
  return openDialog(
    selfTest.start,
    [
      h('div', { class: 'paragraph' }, selfTest.sum(count(false), count(undefined))),
      h(
        'div',
        { class: 'findings' },
        ...byInterest(findings).map((finding) => findingView(labels, finding)),
      ),
      area,
      outcome,
    ],
    [
      { label: selfTest.save, press: saveText },
      { label: labels.copy, press: copy },
      { label: labels.close, isMain: true, press: () => true },
    ],
  )
}

/** Findings that are as expected come last. */
const byInterest = (findings: readonly Finding[]): readonly Finding[] => [
  ...findings.filter(({ isExpected }) => isExpected === false),
  ...findings.filter(({ isExpected }) => isExpected === undefined),
  ...findings.filter(({ isExpected }) => isExpected),
]

function findingView({ selfTest }: Labels, { id, found, isExpected }: Finding): HTMLElement {
  const { title, expected, does } = selfTest.checks[id]
  const verdict =
    isExpected === undefined
      ? selfTest.untested
      : isExpected
        ? selfTest.asExpected
        : selfTest.differs
  const line = (label: string, text: string): HTMLElement =>
    h('div', { class: 'help' }, `${label}: ${text}`)
  return h(
    'div',
    { class: isExpected ? 'finding' : 'finding differs' },
    h('div', { class: 'finding-title' }, `${title}: ${verdict}`),
    line(selfTest.expected, expected),
    line(selfTest.found, withoutPaths(found)),
    line('Impasto', does),
  )
}

/** Text elsewhere in UXP cannot be selected. */
function copyable(labels: Labels, text: string) {
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
  return { area, outcome, copy }
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
    const question = h('div', { class: 'paragraph' })
    const remove = smallButton(labels.remove, () => {
      setText(question, labels.reallyRemove(current))
      ask(true)
    })
    const answers = h(
      'div',
      { class: 'preset-answers' },
      question,
      smallButton(labels.remove, () => {
        keeper.remove(current)
        row.remove()
        showNone()
      }),
      smallButton(labels.keep, () => ask(false)),
    )
    const ask = (isAsked: boolean): void => {
      show(remove, !isAsked)
      show(answers, isAsked)
    }
    ask(false)
    const row = h('div', {}, h('div', { class: 'preset-row' }, field.element, remove), answers)
    return row
  })
  showNone()
  return openDialog(
    labels.menu.managePresets.replace('…', ''),
    [none, ...rows],
    [{ label: labels.close, isMain: true, press: () => true }],
  )
}
