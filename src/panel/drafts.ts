/**
 * What was typed into a field and is no value it may have. It is kept with the field, says what is
 * expected, and stops the run: otherwise that would take the last value that was right.
 */
import type { OptionName } from '../engine/options.ts'
import type { StyleAmounts } from './carried-styles.ts'
import type { SliderName } from './sliders.ts'

export type AmountField = `styles.${number}.${keyof StyleAmounts}`
export type SliderField = `sliders.${SliderName}`
/** A field in which something is typed. */
export type FieldName = OptionName | AmountField | SliderField

/** By field, in the order in which they were typed. */
export type Drafts = Readonly<Partial<Record<FieldName, string>>>

export const amountField = (index: number, name: keyof StyleAmounts): AmountField =>
  `styles.${index}.${name}`
export const sliderField = (name: SliderName): SliderField => `sliders.${name}`

export function withoutDraft(drafts: Drafts, field: FieldName): Drafts {
  const { [field]: _, ...others } = drafts
  return others
}

export const isOfStyle = (field: string): field is AmountField => field.startsWith('styles.')
export const isOfSlider = (field: string): field is SliderField => field.startsWith('sliders.')

const only = (drafts: Drafts, isWanted: (field: string) => boolean): Drafts =>
  Object.fromEntries(Object.entries(drafts).filter(([field]) => isWanted(field)))

export const styleDrafts = (drafts: Drafts): Drafts => only(drafts, isOfStyle)

/** The styles have become others: what was typed for them goes with them. */
export const withoutStyleDrafts = (drafts: Drafts): Drafts =>
  only(drafts, (field) => !isOfStyle(field))

/** The field that is to be corrected first. */
export const firstWrong = (drafts: Drafts): FieldName | undefined =>
  (Object.keys(drafts) as FieldName[])[0]
