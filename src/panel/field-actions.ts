/** What the user does with options, sliders and fields. */
import type { OptionName, StylizeOptions } from '../engine/options.ts'
import { AMOUNT_RANGES } from './carried-styles.ts'
import {
  amountField,
  type FieldName,
  isOfSlider,
  isOfStyle,
  sliderField,
  withoutDraft,
} from './drafts.ts'
import { GROUP_OF, type Group } from './option-groups.ts'
import type { UserPreset } from './presets-file.ts'
import { presetOptions, type Settings, withOptions } from './settings.ts'
import { SLIDER_END, SLIDERS } from './sliders.ts'
import type { PanelState } from './state.ts'
import type { Store } from './store.ts'
import { SHARE_RANGE } from './style-settings.ts'
import { numberOf, readTyped } from './typed.ts'
import type { FieldActions, StyleActions } from './view/view.ts'

interface FieldActionsContext {
  readonly store: Store<PanelState>
  change(how: (settings: Settings, own: readonly UserPreset[]) => Settings): void
  readonly setAmount: StyleActions['setAmount']
  readonly setShare: StyleActions['setShare']
  readonly editStyle: StyleActions['editStyle']
  /** Of the advanced settings. */
  openGroup(group: Group): void
}

export function makeFieldActions({
  store,
  change,
  setAmount,
  setShare,
  editStyle,
  openGroup,
}: FieldActionsContext): FieldActions {
  const refuse = (field: FieldName, text: string): void =>
    // The latest comes last.
    store.update({ drafts: { ...withoutDraft(store.get().drafts, field), [field]: text } })
  const accept = (field: FieldName): void =>
    store.update({ drafts: withoutDraft(store.get().drafts, field) })
  const setOptions = (values: Partial<StylizeOptions>): void =>
    change((settings, own) => withOptions(settings, values, own))

  const actions: FieldActions = {
    setOptions(values) {
      for (const name of Object.keys(values)) accept(name as OptionName)
      setOptions(values)
    },
    typeOption(name, text) {
      try {
        actions.setOptions({ [name]: readTyped(name, text) })
      } catch {
        refuse(name, text)
      }
    },
    moveSlider(name, position) {
      accept(sliderField(name))
      const { settings, userPresets } = store.get()
      setOptions(SLIDERS[name].at(position, presetOptions(settings, userPresets)))
    },
    typeSlider(name, text) {
      const position = Math.round(numberOf(text.replace('−', '-')))
      if (Math.abs(position) <= SLIDER_END) actions.moveSlider(name, position)
      else refuse(sliderField(name), text)
    },
    typeAmount(index, name, text) {
      const value = numberOf(text)
      const { min, max } = name === 'weight' ? SHARE_RANGE : AMOUNT_RANGES[name]
      const isRight = value >= min && value <= max
      if (!isRight) return refuse(amountField(index, name), text)
      accept(amountField(index, name))
      if (name === 'weight') setShare(index, value)
      else setAmount(index, name, value)
    },
    showField(field) {
      if (isOfStyle(field)) {
        const [, index, name] = field.split('.')
        if (name !== 'weight') editStyle(Number(index), true)
      } else if (!isOfSlider(field)) {
        const group = GROUP_OF[field]
        if (group !== 'elsewhere') openGroup(group)
      }
      store.update({ shown: { field } })
    },
  }
  return actions
}
