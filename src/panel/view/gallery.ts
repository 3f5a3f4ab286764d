/** The pictures to choose the style from: built-in ones, recent ones, favourites; or another one. */
import { isFavourite } from '../favourites.ts'
import { GALLERY_TABS, type GalleryTab } from '../gallery-tabs.ts'
import type { Labels } from '../labels/index.ts'
import { editedIndex, type PanelState } from '../state.ts'
import { BUILT_IN_STYLES, isSameStyle, type StyleChoice, styleName } from '../styles.ts'
import { makeCard } from './card.ts'
import { empty, h, onPressKey, setText, show } from './h.ts'
import { styleSource } from './style-source.ts'
import type { Actions, View } from './view.ts'
import { ringed, smallButton } from './widgets.ts'

/** What the cards depend on. */
type CardsOf = readonly [
  GalleryTab,
  PanelState['recent'],
  PanelState['favourites'],
  PanelState['userPresets'],
]

export function makeGallery(labels: Labels, actions: Actions): View {
  const tabs = GALLERY_TABS.map((tab) => {
    const press = (): void => actions.showGallery(tab)
    const on = { click: press, keydown: onPressKey(press) }
    const element = ringed(h('div', { class: 'tab', tabindex: 0, on }, labels.gallery[tab]))
    return { tab, element }
  })
  const list = h('div', { class: 'cards' })
  const nothing = h('div', { class: 'help' })
  let cards: readonly { readonly choice: StyleChoice; readonly element: HTMLElement }[] = []
  let shown: CardsOf | undefined
  let chosen: StyleChoice | undefined

  const sources = makeSources(labels, actions)
  const random = smallButton(labels.randomStyle, () => {
    const others = cards.filter(({ choice }) => !chosen || !isSameStyle(choice, chosen))
    const picked = others[Math.floor(Math.random() * others.length)]
    if (picked) actions.chooseStyle(picked.choice)
  })
  const star = smallButton('☆', () => chosen && actions.toggleFavourite(chosen))

  const fill = (state: PanelState): void => {
    cards = stylesIn(state).map((choice) => {
      const name = styleName(choice, labels)
      const facts = { source: styleSource(choice, state), name, title: name }
      const press = (): void => actions.chooseStyle(choice)
      return { choice, element: makeCard('style', facts, press).element }
    })
    empty(list)
    for (const { element } of cards) list.appendChild(element)
  }

  return {
    element: h(
      'div',
      {},
      h('div', { class: 'tabs' }, ...tabs.map(({ element }) => element)),
      list,
      nothing,
      h('div', { class: 'row' }, sources.button, random, star),
      sources.list,
    ),
    update(state) {
      const { gallery, recent, favourites, userPresets, settings } = state
      const now: CardsOf = [gallery, recent, favourites, userPresets]
      if (now.some((part, i) => part !== shown?.[i])) {
        shown = now
        fill(state)
      }
      for (const { tab, element } of tabs) element.classList.toggle('chosen', tab === gallery)
      setText(nothing, gallery === 'built-in' ? '' : labels.galleryEmpty[gallery])
      show(nothing, cards.length === 0)
      show(random, cards.length > 1)
      const { choice } = settings.styles[editedIndex(state)]!
      chosen = choice
      for (const card of cards) {
        card.element.classList.toggle('chosen', isSameStyle(card.choice, choice))
      }
      const isKept = isFavourite(favourites, choice)
      const name = styleName(choice, labels)
      const inner = star.firstChild as HTMLElement
      setText(inner, isKept ? '★' : '☆')
      inner.setAttribute('title', isKept ? labels.notFavourite(name) : labels.favourite(name))
      sources.update(state)
    },
  }
}

function stylesIn({ gallery, recent, favourites }: PanelState): readonly StyleChoice[] {
  switch (gallery) {
    case 'built-in':
      return BUILT_IN_STYLES.map((name) => ({ kind: 'built-in', name }) as const)
    case 'recent':
      return recent.map(({ name, token }) => ({ kind: 'file', name, token }) as const)
    case 'favourites':
      return favourites.map(({ choice }) => choice)
  }
}

/** A button does not become shorter than its text. */
const LONGEST = 14
const shortened = (title: string): string =>
  title.length > LONGEST ? `${title.slice(0, LONGEST - 1)}…` : title

/** “Choose…”, and what it unfolds: where else a picture may be taken from. */
function makeSources(labels: Labels, actions: Actions) {
  let isOpen = false
  const list = h('div', { class: 'sources hidden' })
  const open = (isWanted: boolean): void => {
    isOpen = isWanted
    show(list, isOpen)
  }
  const button = smallButton(labels.choose, () => {
    if (!isOpen) actions.lookForPictures()
    open(!isOpen)
  })
  const entry = (label: string, take: () => void): HTMLElement =>
    smallButton(label, () => {
      open(false)
      take()
    })
  const documents = h('div', { class: 'source-documents' })
  list.appendChild(entry(labels.fromFile, actions.pickStyleFile))
  list.appendChild(entry(labels.fromLayer, () => actions.takeStyle({ kind: 'layer' })))
  list.appendChild(documents)
  let shown: PanelState['otherDocuments'] = []
  return {
    button,
    list,
    update({ otherDocuments }: PanelState): void {
      if (otherDocuments === shown) return
      shown = otherDocuments
      empty(documents)
      for (const { id, title } of otherDocuments) {
        const take = (): void => actions.takeStyle({ kind: 'document', documentId: id })
        const button = entry(labels.fromDocument(shortened(title)), take)
        const inner = button.firstChild as HTMLElement
        inner.setAttribute('title', title)
        documents.appendChild(button)
      }
    },
  }
}
