/** Every further option in groups; all folded away at first. */
import type { Labels } from '../labels/index.ts'
import { GROUPS, type Group, optionsIn } from '../option-groups.ts'
import { DEVICE_CHOICES } from '../settings.ts'
import { currentOptions, type PanelState } from '../state.ts'
import { makeFold } from './fold.ts'
import { h } from './h.ts'
import { makeOptionControl } from './option-control.ts'
import type { Actions, View } from './view.ts'
import { dropdown, smallButton } from './widgets.ts'

export function makeAdvancedView(labels: Labels, actions: Actions): View {
  const groups = GROUPS.map((group) => makeGroup(group, labels, actions))
  const reset = h('div', { class: 'row' }, smallButton(labels.resetToPreset, actions.resetToPreset))
  const fold = makeFold(
    'advanced',
    labels.advanced,
    [reset, ...groups.map(({ element }) => element)],
    actions.openAdvanced,
  )
  return {
    element: h('div', { class: 'section' }, fold.element),
    update(state) {
      const { isAdvancedOpen } = state.settings
      fold.set(
        isAdvancedOpen,
        GROUPS.some((group) => isChangedIn(group, state)),
      )
      if (isAdvancedOpen) for (const group of groups) group.update(state)
    },
  }
}

function makeGroup(group: Group, labels: Labels, actions: Actions): View {
  const controls = optionsIn(group).map((name) => makeOptionControl(name, labels, actions))
  const device = group === 'quality' ? makeDevice(labels, actions) : undefined
  const fold = makeFold(
    'group',
    labels.groups[group],
    [...(device ? [device.element] : []), ...controls.map(({ element }) => element)],
    (isOpen) => actions.openGroup(group, isOpen),
  )
  return {
    element: fold.element,
    update(state) {
      const isOpen = state.openGroups.includes(group)
      fold.set(isOpen, isChangedIn(group, state))
      if (!isOpen) return
      device?.update(state)
      const options = currentOptions(state)
      for (const control of controls) control.update(options, state)
    },
  }
}

const isChangedIn = (group: Group, { settings }: PanelState): boolean =>
  optionsIn(group).some((name) => Object.hasOwn(settings.overrides, name))

function makeDevice(labels: Labels, actions: Actions): View {
  const device = dropdown(labels.device, (index) => {
    const choice = DEVICE_CHOICES[index]
    if (choice) actions.setDevice(choice)
  })
  return {
    element: h('div', { class: 'option' }, device.element),
    update: ({ settings }) =>
      device.set(
        DEVICE_CHOICES.map((choice) => labels.devices[choice]),
        DEVICE_CHOICES.indexOf(settings.device),
      ),
  }
}
