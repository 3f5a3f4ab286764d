/** A head that unfolds what is under it, with a mark where something in it was changed. */
import { h, onPressKey, setText, show } from './h.ts'
import { ringed } from './widgets.ts'

/** Stands beside what differs from the preset. */
export const CHANGED = '•'

interface Fold {
  readonly element: HTMLElement
  set(isOpen: boolean, isChanged: boolean): void
}

/** @param toggle asks for the fold to be opened or closed. */
export function makeFold(
  kind: string,
  title: string,
  content: readonly HTMLElement[],
  toggle: (isOpen: boolean) => void,
): Fold {
  let isShown = false
  const press = (): void => toggle(!isShown)
  const arrow = h('span', { class: 'arrow' })
  const mark = h('span', { class: 'changed' })
  const head = h(
    'div',
    { class: 'fold', tabindex: 0, on: { click: press, keydown: onPressKey(press) } },
    arrow,
    h('span', {}, title),
    mark,
  )
  const body = h('div', { class: `${kind}-content` }, ...content)
  return {
    element: h('div', { class: kind }, ringed(head), body),
    set(isOpen, isChanged) {
      isShown = isOpen
      setText(arrow, isOpen ? '▾' : '▸')
      setText(mark, isChanged ? CHANGED : '')
      show(body, isOpen)
    },
  }
}
