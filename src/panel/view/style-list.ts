/** The styles of a run, one below the other: picture, name, weight; size, turn and place on demand. */
import { MAX_STYLES } from '../../engine/output/recipe.ts'
import { amountField } from '../drafts.ts'
import { draftOf, fieldId } from '../field-texts.ts'
import type { Labels } from '../labels/index.ts'
import { editedIndex, type PanelState } from '../state.ts'
import { shareOf } from '../style-settings.ts'
import { type StyleChoice, styleName } from '../styles.ts'
import { h, onPressKey, setText, show } from './h.ts'
import { placeDropdown } from './place-dropdown.ts'
import { styleSource } from './style-source.ts'
import type { Actions, StyleActions, View } from './view.ts'
import { ringed, smallButton, typedField } from './widgets.ts'

/** What a style's picture depends on. */
type PictureOf = readonly [
  StyleChoice,
  PanelState['recent'],
  PanelState['favourites'],
  PanelState['userPresets'],
]

type StyleListActions = Pick<Actions, 'lookForMasks' | 'typeAmount' | keyof StyleActions>

interface Row {
  readonly element: HTMLElement
  update(state: PanelState): void
}

export function makeStyleList(labels: Labels, actions: StyleListActions): View {
  const list = h('div', {})
  const caption = h('div', { class: 'style-caption' }, labels.amounts.weight)
  const add = smallButton(labels.addStyle, actions.addStyle)
  const details = makeDetails(labels, actions)
  const rows: Row[] = []

  return {
    element: h('div', { class: 'style-list' }, caption, list, h('div', { class: 'row' }, add)),
    update(state) {
      const { styles } = state.settings
      // Made when first wanted: most people have one style.
      while (rows.length < styles.length) {
        const row = makeRow(rows.length, labels, actions)
        rows.push(row)
        list.appendChild(row.element)
      }
      for (const [i, row] of rows.entries()) {
        show(row.element, i < styles.length)
        if (i < styles.length) row.update(state)
      }
      const edited = rows[editedIndex(state)]!
      if (details.element.parentNode !== edited.element) edited.element.appendChild(details.element)
      show(details.element, state.editing.isOpen)
      if (state.editing.isOpen) details.update(state)
      show(add, styles.length < MAX_STYLES)
      show(caption, styles.length > 1)
    },
  }
}

function makeRow(index: number, labels: Labels, actions: StyleListActions): Row {
  let isEdited = false
  let isOpen = false
  let pictured: PictureOf | undefined
  const edit = (): void => actions.editStyle(index, isEdited && isOpen)
  const picture = h('img', { class: 'style-picture' })
  const name = h('div', { class: 'style-name' })
  const head = h(
    'div',
    { class: 'style-head', tabindex: 0, on: { click: edit, keydown: onPressKey(edit) } },
    picture,
    name,
  )
  const weight = typedField('', (text) => actions.typeAmount(index, 'weight', text))
  const fold = smallButton('▸', () => actions.editStyle(index, !(isEdited && isOpen)))
  const remove = smallButton('×', () => actions.removeStyle(index))
  const ring = ringed(head, 'style-ring')
  return {
    element: h(
      'div',
      { class: 'style', id: fieldId(amountField(index, 'weight')) },
      h(
        'div',
        { class: 'style-row' },
        ring,
        h('div', { class: 'style-weight', title: labels.amounts.weight }, weight.element),
        fold,
        remove,
      ),
      weight.complaint,
    ),
    update(state) {
      const { styles } = state.settings
      const style = styles[index]!
      const isAlone = styles.length < 2
      isEdited = editedIndex(state) === index
      isOpen = state.editing.isOpen
      const shown = styleName(style.choice, labels)
      setText(name, shown)
      head.setAttribute('title', shown)
      const { recent, favourites, userPresets } = state
      const now: PictureOf = [style.choice, recent, favourites, userPresets]
      // A carried picture has megabytes, and progress comes many times a second.
      if (now.some((part, i) => part !== pictured?.[i])) {
        pictured = now
        picture.setAttribute('src', styleSource(style.choice, state))
      }
      const draft = draftOf(state.drafts, amountField(index, 'weight'), labels)
      const share = String(Math.round(shareOf(styles, index)))
      weight.set(draft?.text ?? share, draft?.complaint ?? '')
      ring.classList.toggle('chosen', isEdited && !isAlone)
      setText(inside(fold), isEdited && isOpen ? '▾' : '▸')
      inside(fold).setAttribute('title', labels.styleDetails(shown))
      inside(remove).setAttribute('title', labels.removeStyle(shown))
      // A single style has all of the weight, and must stay.
      show(weight.element, !isAlone)
      show(remove, !isAlone)
    },
  }
}

/** The button within its ring. */
const inside = (ring: HTMLElement): HTMLElement => ring.firstChild as HTMLElement

/** The details of the style that is being chosen. */
function makeDetails(labels: Labels, actions: StyleListActions): View {
  let index = 0
  const amounts = (['scale', 'rotation'] as const).map((name) => ({
    name,
    field: typedField(labels.amounts[name], (text) => actions.typeAmount(index, name, text)),
  }))
  const where = placeDropdown(labels.where, labels, actions.lookForMasks, (place) =>
    actions.setWhere(index, place),
  )
  return {
    element: h(
      'div',
      { class: 'style-details' },
      h('div', { class: 'style-amounts' }, ...amounts.map(({ field }) => field.element)),
      where.element,
      h('div', { class: 'help' }, labels.whereHelp),
    ),
    update(state) {
      index = editedIndex(state)
      const style = state.settings.styles[index]!
      for (const { name, field } of amounts) {
        const draft = draftOf(state.drafts, amountField(index, name), labels)
        field.set(draft?.text ?? String(style[name]), draft?.complaint ?? '')
        field.element.id = fieldId(amountField(index, name))
      }
      where.set(style.where, state.maskLayers)
    },
  }
}
