/** A small picture that is pressed like a button, by mouse or keyboard. */
import { h, onPressKey } from './h.ts'
import { ringed } from './widgets.ts'

/** @param title shown when the mouse rests on it. @returns the ring; class `chosen` marks it. */
export function makeTile(source: string, title: string, press: () => void): HTMLElement {
  const picture = h('img', { src: source, class: 'tile-picture' })
  const on = { click: press, keydown: onPressKey(press) }
  return ringed(h('div', { class: 'tile', tabindex: 0, title, on }, picture), 'tile-ring')
}
