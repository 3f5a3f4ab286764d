/** Spectrum's widgets as UXP has them built in, each with a label and a focus ring of ours. */
import { empty, h, setText } from './h.ts'

/** What the sp- elements have beyond other elements. */
interface SpElement extends HTMLElement {
  value: string | number
  checked: boolean
  selectedIndex: number
}

const sp = (element: HTMLElement): SpElement => element as SpElement

/** UXP draws none around buttons. Shown while the keyboard is in use, as panel.css says. */
export function ringed(element: HTMLElement, className = ''): HTMLElement {
  const ring = h('div', { class: `ring ${className}` }, element)
  element.addEventListener('focus', () => ring.classList.add('focused'))
  element.addEventListener('blur', () => ring.classList.remove('focused'))
  return ring
}

export function button(
  label: string,
  variant: 'cta' | 'primary' | 'secondary' | 'warning',
  press: () => void,
): HTMLElement {
  return ringed(h('sp-button', { variant, on: { click: press } }, label), 'button')
}

export function smallButton(label: string, press: () => void): HTMLElement {
  return ringed(h('sp-action-button', { on: { click: press } }, label), 'small button')
}

interface Dropdown {
  readonly element: HTMLElement
  set(items: readonly string[], selected: number): void
}

/** @param aboutToOpen is called by mouse or keyboard before the list opens. */
export function dropdown(
  label: string,
  choose: (index: number) => void,
  aboutToOpen: () => void = () => undefined,
): Dropdown {
  const menu = h('sp-menu', { slot: 'options' })
  let shown = ''
  let current = -1
  // Setting the index may fire the event, too: only a different choice is the user's.
  const onChange = (): void => {
    const { selectedIndex } = picker
    if (selectedIndex !== current) choose(selectedIndex)
  }
  const picker = sp(
    h(
      'sp-dropdown',
      { class: 'wide', on: { change: onChange, mousedown: aboutToOpen, focus: aboutToOpen } },
      menu,
    ),
  )
  return {
    element: labelled(label, ringed(picker)),
    set(items, selected) {
      const key = items.join('\n')
      if (key !== shown) {
        shown = key
        empty(menu)
        for (const item of items) menu.appendChild(h('sp-menu-item', {}, item))
      }
      current = selected
      for (const [i, item] of Array.from(menu.children).entries()) {
        if (i !== selected) item.removeAttribute('selected')
        else if (!item.hasAttribute('selected')) item.setAttribute('selected', '')
      }
      if (picker.selectedIndex !== selected) picker.selectedIndex = selected
    },
  }
}

interface Slider {
  readonly element: HTMLElement
  set(value: number): void
}

/** From 0 to `max`; in the middle is where it started. */
export function slider(
  label: string,
  help: string,
  max: number,
  change: (value: number) => void,
): Slider {
  let current = max / 2
  const onInput = (): void => {
    const value = Math.round(Number(range.value))
    if (value !== current) change(value)
  }
  const range = sp(
    h(
      'sp-slider',
      {
        class: 'wide',
        min: 0,
        max,
        value: max / 2,
        'show-value': 'false',
        title: help,
        // Arrow keys may fire change alone.
        on: { input: onInput, change: onInput },
      },
      h('sp-label', { slot: 'label' }, label),
    ),
  )
  return {
    element: ringed(range),
    set(value) {
      current = value
      if (Number(range.value) !== value) range.value = value
    },
  }
}

interface Checkbox {
  readonly element: HTMLElement
  set(isChecked: boolean): void
}

export function checkbox(label: string, change: (isChecked: boolean) => void): Checkbox {
  const box = sp(h('sp-checkbox', { on: { change: () => change(box.checked) } }, label))
  return {
    element: ringed(box),
    set(isChecked) {
      if (box.checked !== isChecked) box.checked = isChecked
    },
  }
}

interface TextField {
  readonly element: HTMLElement
  readonly value: string
  set(text: string): void
  /** @param text under the field; empty when all is well. */
  complain(text: string): void
}

export function textField(label: string, change: (text: string) => void): TextField {
  const complaint = h('div', { class: 'complaint hidden' })
  const field = sp(
    h('sp-textfield', {
      class: 'wide',
      on: { change: () => change(String(field.value)) },
    }),
  )
  return {
    element: labelled(label, ringed(field), complaint),
    get value() {
      return String(field.value)
    },
    set(text) {
      if (String(field.value) !== text) field.value = text
    },
    complain(text) {
      setText(complaint, text)
      complaint.classList.toggle('hidden', text === '')
      if (text === '') field.removeAttribute('invalid')
      else field.setAttribute('invalid', '')
    },
  }
}

export interface NumberField {
  readonly element: HTMLElement
  set(value: number): void
}

/** A text field for numbers; others than those in range are complained of and change nothing. */
export function numberField(
  label: string,
  {
    min,
    max,
    complaint,
  }: { readonly min: number; readonly max: number; readonly complaint: string },
  change: (value: number) => void,
): NumberField {
  let shown: number | undefined
  const field = textField(label, (text) => {
    // Some countries write a comma.
    const value = text.trim() === '' ? Number.NaN : Number(text.replace(',', '.'))
    const isAllowed = value >= min && value <= max
    field.complain(isAllowed ? '' : complaint)
    if (isAllowed) change(value)
  })
  return {
    element: field.element,
    set(value) {
      // What is being corrected stays as it was typed.
      if (value === shown) return
      shown = value
      field.set(String(value))
      field.complain('')
    },
  }
}

const labelled = (label: string, ...content: HTMLElement[]): HTMLElement =>
  h(
    'div',
    { class: 'field' },
    label ? h('div', { class: 'field-label' }, label) : undefined,
    ...content,
  )

interface ProgressBar {
  readonly element: HTMLElement
  /** @param fraction undefined: nobody knows. */
  set(fraction: number | undefined): void
}

export function progressBar(): ProgressBar {
  const bar = sp(h('sp-progressbar', { class: 'wide', max: 100, value: 0, 'show-value': 'false' }))
  return {
    element: bar,
    set(fraction = 0) {
      const value = Math.round(fraction * 100)
      if (Number(bar.value) !== value) bar.value = value
    },
  }
}
