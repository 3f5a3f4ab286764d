/** What a field is called, and what may be typed into it. */
import { OPTIONS, type Option } from '../engine/options.ts'
import { AMOUNT_RANGES, type StyleAmounts } from './carried-styles.ts'
import { type Drafts, type FieldName, isOfSlider, isOfStyle } from './drafts.ts'
import type { Labels } from './labels/index.ts'
import { SLIDER_END, type SliderName } from './sliders.ts'
import { SHARE_RANGE } from './style-settings.ts'

/** The id of a field's element, by which it is scrolled to. */
export const fieldId = (field: FieldName): string => `field-${field}`

const between = (min: number | string, max: number | string): string => `${min} – ${max}`

export function fieldTitle(field: FieldName, labels: Labels): string {
  if (isOfStyle(field)) return labels.amounts[amountOf(field)]
  if (isOfSlider(field)) return labels.sliders[sliderOf(field)]
  return labels.optionNames[field]
}

export function allowedIn(field: FieldName, labels: Labels): string {
  if (isOfStyle(field)) {
    const name = amountOf(field)
    const { min, max } = name === 'weight' ? SHARE_RANGE : AMOUNT_RANGES[name]
    return between(min, max)
  }
  if (isOfSlider(field)) return between(`−${SLIDER_END}`, SLIDER_END)
  const option: Option = OPTIONS[field]
  switch (option.kind) {
    case 'number':
    case 'integer':
      return `${between(option.min, option.max)}${option.unit ? ` ${option.unit}` : ''}`
    case 'numbers':
    case 'integers':
      return labels.allowedList(between(option.min, option.max))
    case 'layers':
      return labels.allowedList('relu1_1, relu3_1 …')
    case 'choice':
      return option.choices.join(', ')
    case 'flag':
      return 'true, false'
    case 'text':
      return 'auto, vgg16'
  }
}

interface Draft {
  readonly text: string
  readonly complaint: string
}

/** What was typed into the field and is wrong. */
export function draftOf(drafts: Drafts, field: FieldName, labels: Labels): Draft | undefined {
  const text = drafts[field]
  return text === undefined
    ? undefined
    : { text, complaint: labels.expected(allowedIn(field, labels)) }
}

const amountOf = (field: string): keyof StyleAmounts =>
  field.slice(field.lastIndexOf('.') + 1) as keyof StyleAmounts
const sliderOf = (field: string): SliderName => field.slice('sliders.'.length) as SliderName
