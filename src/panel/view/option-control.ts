/** The control of one option, made from the engine's table, with its help behind an ⓘ. */
import { OPTIONS, type Option, type OptionName, type StylizeOptions } from '../../engine/options.ts'
import { draftOf, fieldId } from '../field-texts.ts'
import type { Labels } from '../labels/index.ts'
import type { PanelState } from '../state.ts'
import { CHANGED } from './fold.ts'
import { h, onPressKey, setText, show } from './h.ts'
import type { Actions } from './view.ts'
import { checkbox, dropdown, ringed, smallButton, typedField } from './widgets.ts'

interface Control {
  readonly element: HTMLElement
  update(options: StylizeOptions, state: Pick<PanelState, 'settings' | 'drafts' | 'models'>): void
}

export function makeOptionControl(name: OptionName, labels: Labels, actions: Actions): Control {
  const option: Option = OPTIONS[name]
  const unit = 'unit' in option && option.unit ? ` (${option.unit})` : ''
  const control = controlFor(name, labels.optionNames[name] + unit, labels, actions)
  const info = makeInfo(labels.optionHelp[name])
  const mark = h('span', { class: 'changed' })
  const head = control.element.firstChild as HTMLElement
  head.appendChild(mark)
  head.appendChild(info.button)
  const element = h('div', { class: 'option', id: fieldId(name) }, control.element, info.text)
  return {
    element,
    update(options, state) {
      setText(mark, Object.hasOwn(state.settings.overrides, name) ? CHANGED : '')
      // Without noise there is nothing to vary.
      const isOfUse = name !== 'seed' || options.init === 'random'
      show(element, isOfUse || Object.hasOwn(state.drafts, name))
      control.update(options, state)
    },
  }
}

/** @returns the ⓘ, and the text that it shows and hides. */
export function makeInfo(help: string): {
  readonly button: HTMLElement
  readonly text: HTMLElement
} {
  const text = h('div', { class: 'help hidden' }, help)
  const toggle = (): void => show(text, text.classList.contains('hidden'))
  const on = { click: toggle, keydown: onPressKey(toggle) }
  const button = ringed(h('div', { class: 'info', tabindex: 0, title: help, on }, 'ⓘ'), 'info-ring')
  return { button, text }
}

/** Its element begins with what names it. */
function controlFor(name: OptionName, label: string, labels: Labels, actions: Actions): Control {
  const option: Option = OPTIONS[name]
  if (name === 'model') return modelControl(label, labels, actions)
  if (name === 'seed') return variationControl(label, labels, actions)
  if (option.kind === 'flag') {
    const box = checkbox(label, (isChecked) => actions.setOptions({ [name]: isChecked }))
    return {
      element: h('div', {}, h('div', { class: 'option-check' }, box.element)),
      update: (options) => box.set(options[name] === true),
    }
  }
  if (option.kind === 'choice') {
    // An image of one's own to start from is for the command line.
    const choices = option.choices.filter((choice) => choice !== 'image')
    const names = choices.map((choice) => labels.choices[choice as keyof Labels['choices']])
    const picker = dropdown(label, (index) => actions.setOptions({ [name]: choices[index] }))
    return {
      element: picker.element,
      update: (options) => picker.set(names, choices.indexOf(String(options[name]))),
    }
  }
  const field = typedField(label, (text) => actions.typeOption(name, text))
  return {
    element: field.element,
    update(options, { drafts }) {
      const draft = draftOf(drafts, name, labels)
      const text = String(options[name]).replaceAll(',', ', ')
      field.set(draft?.text ?? text, draft?.complaint ?? '')
    },
  }
}

/** Of the networks that are there; one that is not is shown as long as it is set. */
function modelControl(label: string, labels: Labels, actions: Actions): Control {
  let names: readonly string[] = []
  const picker = dropdown(label, (index) => actions.setOptions({ model: names[index] }))
  return {
    element: picker.element,
    update({ model }, { models }) {
      // Until they were looked for, nobody knows what is missing.
      const there = ['auto', ...(models ?? [model])]
      names = there.includes(model) ? there : [...there, model]
      const titleOf = (name: string): string => {
        if (name === 'auto') return labels.choices.auto
        return there.includes(name) ? name : labels.notInstalled(name)
      }
      picker.set(names.map(titleOf), names.indexOf(model))
    },
  }
}

/** The seed of the noise. */
function variationControl(label: string, labels: Labels, actions: Actions): Control {
  let seed = 0
  const field = typedField(label, (text) => actions.typeOption('seed', text))
  const another = smallButton(labels.anotherVariation, () =>
    actions.setOptions({ seed: (seed + 1) % (OPTIONS.seed.max + 1) }),
  )
  field.element.appendChild(another)
  return {
    element: field.element,
    update(options, { drafts }) {
      seed = options.seed
      const draft = draftOf(drafts, 'seed', labels)
      field.set(draft?.text ?? String(seed), draft?.complaint ?? '')
    },
  }
}
