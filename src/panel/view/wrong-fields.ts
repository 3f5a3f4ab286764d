/** Says which field stands in the way of a run, and leads there. */
import { firstWrong } from '../drafts.ts'
import { allowedIn, fieldTitle } from '../field-texts.ts'
import type { Labels } from '../labels/index.ts'
import type { PanelState } from '../state.ts'
import { h, setText, show } from './h.ts'
import type { Actions, View } from './view.ts'
import { smallButton } from './widgets.ts'

export function makeWrongFields(labels: Labels, actions: Pick<Actions, 'showField'>): View {
  let latest: PanelState | undefined
  const text = h('div', { class: 'wrong-text' })
  const lead = smallButton(labels.showField, () => {
    const field = latest && firstWrong(latest.drafts)
    if (field) actions.showField(field)
  })
  const element = h('div', { class: 'wrong hidden' }, text, lead)
  return {
    element,
    update(state) {
      latest = state
      const field = firstWrong(state.drafts)
      show(element, field !== undefined)
      if (field) setText(text, labels.mustBe(fieldTitle(field, labels), allowedIn(field, labels)))
    },
  }
}
