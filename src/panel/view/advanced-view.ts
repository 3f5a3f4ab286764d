/** Every further option, made from the engine's table, with its help; folded away at first. */
import { OPTIONS, type Option, type OptionName, type StylizeOptions } from '../../engine/options.ts'
import { draftOf, fieldId } from '../field-texts.ts'
import type { Labels } from '../labels/index.ts'
import { DEVICE_CHOICES } from '../settings.ts'
import { SLIDERS } from '../sliders.ts'
import { currentOptions, type PanelState } from '../state.ts'
import { h, onPressKey, setText, show } from './h.ts'
import { placeDropdown } from './place-dropdown.ts'
import type { Actions, View } from './view.ts'
import { checkbox, dropdown, ringed, smallButton, typedField } from './widgets.ts'

/** Set elsewhere in the panel. */
const BASIC: readonly string[] = [
  'size',
  'colors',
  ...Object.values(SLIDERS).flatMap(({ options }) => options),
]
const NAMES = (Object.keys(OPTIONS) as OptionName[]).filter((name) => !BASIC.includes(name))

interface Control {
  readonly element: HTMLElement
  update(options: StylizeOptions, state: Pick<PanelState, 'drafts' | 'models'>): void
}

export function makeAdvancedView(labels: Labels, actions: Actions): View {
  const device = dropdown(labels.device, (index) => {
    const choice = DEVICE_CHOICES[index]
    if (choice) actions.setDevice(choice)
  })
  const strengthMap = placeDropdown(
    labels.strengthMap,
    labels,
    actions.lookForMasks,
    actions.setStrengthMap,
  )
  const controls = NAMES.map((name) => makeControl(name, labels, actions))
  const content = h(
    'div',
    { class: 'advanced hidden' },
    device.element,
    h(
      'div',
      { class: 'option' },
      strengthMap.element,
      h('div', { class: 'help' }, labels.strengthMapHelp),
    ),
    ...controls.map(({ element }) => element),
    h('div', { class: 'row' }, smallButton(labels.resetToPreset, actions.resetToPreset)),
  )
  let isOpen = false
  const toggle = (): void => actions.openAdvanced(!isOpen)
  const arrow = h('span', { class: 'arrow' })
  const head = h(
    'div',
    { class: 'fold', tabindex: 0, on: { click: toggle, keydown: onPressKey(toggle) } },
    arrow,
    h('span', {}, labels.advanced),
  )

  return {
    element: h('div', { class: 'section' }, ringed(head), content),
    update(state) {
      isOpen = state.settings.isAdvancedOpen
      setText(arrow, isOpen ? '▾' : '▸')
      show(content, isOpen)
      if (!isOpen) return
      device.set(
        DEVICE_CHOICES.map((choice) => labels.devices[choice]),
        DEVICE_CHOICES.indexOf(state.settings.device),
      )
      strengthMap.set(state.settings.strengthMap, state.maskLayers)
      const options = currentOptions(state)
      for (const control of controls) control.update(options, state)
    },
  }
}

function makeControl(name: OptionName, labels: Labels, actions: Actions): Control {
  const option: Option = OPTIONS[name]
  const unit = 'unit' in option && option.unit ? ` (${option.unit})` : ''
  const label = labels.optionNames[name] + unit
  const withHelp = (element: HTMLElement): HTMLElement =>
    h(
      'div',
      { class: 'option', id: fieldId(name) },
      element,
      h('div', { class: 'help' }, labels.optionHelp[name]),
    )

  if (name === 'model') return modelControl(label, withHelp, labels, actions)
  if (option.kind === 'flag') {
    const box = checkbox(label, (isChecked) => actions.setOptions({ [name]: isChecked }))
    return {
      element: withHelp(box.element),
      update: (options) => box.set(options[name] === true),
    }
  }
  if (option.kind === 'choice') {
    // An image of one's own to start from is for the command line.
    const choices = option.choices.filter((choice) => choice !== 'image')
    const names = choices.map((choice) => labels.choices[choice as keyof Labels['choices']])
    const picker = dropdown(label, (index) => actions.setOptions({ [name]: choices[index] }))
    return {
      element: withHelp(picker.element),
      update: (options) => picker.set(names, choices.indexOf(String(options[name]))),
    }
  }
  const field = typedField(label, (text) => actions.typeOption(name, text))
  return {
    element: withHelp(field.element),
    update(options, { drafts }) {
      const draft = draftOf(drafts, name, labels)
      const text = String(options[name]).replaceAll(',', ', ')
      field.set(draft?.text ?? text, draft?.complaint ?? '')
    },
  }
}

/** Of the networks that are there; one that is not is shown as long as it is set. */
function modelControl(
  label: string,
  withHelp: (element: HTMLElement) => HTMLElement,
  labels: Labels,
  actions: Actions,
): Control {
  let names: readonly string[] = []
  const picker = dropdown(label, (index) => actions.setOptions({ model: names[index] }))
  return {
    element: withHelp(picker.element),
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
