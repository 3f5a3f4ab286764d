/** A slider with its number, what its ends mean, a mark where the preset has it, and a way back there. */
import { SLIDER_END } from '../sliders.ts'
import { h, setText, show } from './h.ts'
import { ringed, smallButton, sp, typedField } from './widgets.ts'

export interface SliderTexts {
  readonly name: string
  readonly help: string
  /** What its left end means, and its right. */
  readonly low: string
  readonly high: string
  readonly reset: string
}

interface SliderRow {
  readonly element: HTMLElement
  /**
   * @param position −100 … 100.
   * @param draft what was typed in its place, and what is wrong with that.
   */
  set(position: number, draft?: { readonly text: string; readonly complaint: string }): void
}

const shown = (position: number): string =>
  position > 0 ? `+${position}` : position < 0 ? `−${-position}` : '0'

/** @param id of the element, by which it is scrolled to. */
export function sliderRow(
  id: string,
  { name, help, low, high, reset }: SliderTexts,
  move: (position: number) => void,
  type: (text: string) => void,
): SliderRow {
  let current = 0
  const onInput = (): void => {
    const position = Math.round(Number(range.value)) - SLIDER_END
    if (position !== current) move(position)
  }
  const back = (): void => move(0)
  // From 0 on: nothing documents that UXP's slider knows negative numbers.
  const range = sp(
    h('sp-slider', {
      class: 'wide',
      min: 0,
      max: 2 * SLIDER_END,
      value: SLIDER_END,
      'show-value': 'false',
      title: help,
      // Arrow keys may fire change alone.
      on: { input: onInput, change: onInput, dblclick: back },
    }),
  )
  const number = typedField('', type)
  const resetButton = smallButton('↺', back)
  const action = resetButton.firstChild as HTMLElement
  action.setAttribute('title', reset)
  const label = h('div', { class: 'slider-name', title: help, on: { dblclick: back } })
  setText(label, name)
  return {
    element: h(
      'div',
      { class: 'slider', id },
      h('div', { class: 'slider-head' }, label, resetButton, number.element),
      number.complaint,
      ringed(range),
      h(
        'div',
        { class: 'slider-ends' },
        h('div', { class: 'slider-end' }, low),
        h('div', { class: 'slider-mark' }),
        h('div', { class: 'slider-end high' }, high),
      ),
    ),
    set(position, draft) {
      current = position
      const value = position + SLIDER_END
      if (Number(range.value) !== value) range.value = value
      show(resetButton, position !== 0 || draft !== undefined)
      number.set(draft?.text ?? shown(position), draft?.complaint ?? '')
    },
  }
}
