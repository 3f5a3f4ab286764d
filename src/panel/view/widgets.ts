/** Spectrum's widgets as UXP has them built in, each with a label and a focus ring of ours. */
import { h, setText } from './h.ts'

/** What the sp- elements have beyond other elements. */
export interface SpElement extends HTMLElement {
  value: string | number
  checked: boolean
  selectedIndex: number
}

export const sp = (element: HTMLElement): SpElement => element as SpElement

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
      // Items stay what they are as far as possible: an open list closes when the one in focus goes.
      while (menu.children.length > items.length) menu.removeChild(menu.lastChild!)
      for (const [i, item] of items.entries()) {
        const there = menu.children[i] as HTMLElement | undefined
        if (there) setText(there, item)
        else menu.appendChild(h('sp-menu-item', {}, item))
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
  /** Stands under the field; may be moved to where there is more room. */
  readonly complaint: HTMLElement
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
    complaint,
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

export interface TypedField {
  readonly element: HTMLElement
  readonly complaint: HTMLElement
  /** @param complaint what is wrong with the text; empty when all is well. */
  set(text: string, complaint: string): void
}

/** A text field that shows what the state says of it; what is being typed stays meanwhile. */
export function typedField(label: string, type: (text: string) => void): TypedField {
  let shown: string | undefined
  const field = textField(label, (text) => {
    shown = undefined
    type(text)
  })
  return {
    element: field.element,
    complaint: field.complaint,
    set(text, complaint) {
      const next = `${text}\n${complaint}`
      if (next === shown) return
      shown = next
      field.set(text)
      field.complain(complaint)
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
