/** Every further option, made from the engine's table, with its help; folded away at first. */
import {
  OPTIONS,
  type Option,
  type OptionName,
  parseOption,
  type StylizeOptions,
} from '../../engine/options.ts'
import type { Labels } from '../labels/index.ts'
import { DEVICE_CHOICES } from '../settings.ts'
import { SLIDERS } from '../sliders.ts'
import { currentOptions } from '../state.ts'
import { h, onPressKey, setText, show } from './h.ts'
import { placeDropdown } from './place-dropdown.ts'
import type { Actions, View } from './view.ts'
import { checkbox, dropdown, ringed, smallButton, textField } from './widgets.ts'

/** Set elsewhere in the panel. */
const BASIC: readonly string[] = [
  'size',
  'colors',
  ...Object.values(SLIDERS).map(({ option }) => option),
]
const NAMES = (Object.keys(OPTIONS) as OptionName[]).filter((name) => !BASIC.includes(name))

interface Control {
  readonly element: HTMLElement
  update(options: StylizeOptions): void
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
      for (const control of controls) control.update(options)
    },
  }
}

function makeControl(name: OptionName, labels: Labels, actions: Actions): Control {
  const option: Option = OPTIONS[name]
  const unit = 'unit' in option && option.unit ? ` (${option.unit})` : ''
  const label = labels.optionNames[name] + unit
  const withHelp = (element: HTMLElement): HTMLElement =>
    h('div', { class: 'option' }, element, h('div', { class: 'help' }, labels.optionHelp[name]))

  if (option.kind === 'flag') {
    const box = checkbox(label, (isChecked) => actions.setOption(name, isChecked))
    return {
      element: withHelp(box.element),
      update: (options) => box.set(options[name] === true),
    }
  }
  if (option.kind === 'choice') {
    // An image of one's own to start from is for the command line.
    const choices = option.choices.filter((choice) => choice !== 'image')
    const names = choices.map((choice) => labels.choices[choice as keyof Labels['choices']])
    const picker = dropdown(label, (index) => actions.setOption(name, choices[index]))
    return {
      element: withHelp(picker.element),
      update: (options) => picker.set(names, choices.indexOf(String(options[name]))),
    }
  }
  let shown: unknown
  const field = textField(label, (text) => {
    try {
      const value = parseOption(name, text)
      field.complain('')
      actions.setOption(name, value)
    } catch {
      field.complain(labels.expected(allowedText(option, labels)))
    }
  })
  return {
    element: withHelp(field.element),
    update(options) {
      // What is being corrected stays as it was typed.
      if (options[name] === shown) return
      shown = options[name]
      field.set(String(shown).replaceAll(',', ', '))
      field.complain('')
    },
  }
}

/** What may be typed into the field of an option. */
function allowedText(option: Option, labels: Labels): string {
  switch (option.kind) {
    case 'number':
    case 'integer':
      return `${option.min} … ${option.max}${option.unit ? ` ${option.unit}` : ''}`
    case 'numbers':
    case 'integers':
      return labels.allowedList(`${option.min} … ${option.max}`)
    case 'layers':
      return labels.allowedList('relu1_1, relu3_1 …')
    case 'choice':
      return option.choices.join(', ')
    case 'flag':
      return 'true, false'
    case 'text':
      return 'vgg16, auto'
  }
}
