/** A picture with its name under it, that is pressed like a button by mouse or keyboard. */
import { h, onPressKey, setText, show } from './h.ts'
import { ringed } from './widgets.ts'

export interface CardFacts {
  /** Empty: there is no picture, and the first letter of the name stands in its place. */
  readonly source: string
  readonly name: string
  /** Shown when the mouse rests on it. */
  readonly title: string
}

interface Card {
  /** The ring; class `chosen` marks it. */
  readonly element: HTMLElement
  set(facts: CardFacts): void
}

/** @param kind a class: `preset` or `style`. */
export function makeCard(kind: string, facts: CardFacts, press: () => void): Card {
  const picture = h('img', { class: 'card-picture' })
  const letter = h('div', { class: 'card-picture card-letter' })
  const name = h('div', { class: 'card-name' })
  const on = { click: press, keydown: onPressKey(press) }
  const card = h('div', { class: 'card', tabindex: 0, on }, picture, letter, name)
  let source = ''
  const set = (next: CardFacts): void => {
    if (next.source !== source) picture.setAttribute('src', next.source)
    source = next.source
    show(picture, source !== '')
    show(letter, source === '')
    setText(letter, Array.from(next.name)[0] ?? '')
    setText(name, next.name)
    card.setAttribute('title', next.title)
  }
  set(facts)
  return { element: ringed(card, `card-ring ${kind}-card`), set }
}
