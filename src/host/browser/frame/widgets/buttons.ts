/** sp-button, sp-action-button, sp-checkbox, sp-radio-group, sp-radio, sp-link. */
import { Widget } from './widget.ts'

abstract class Press extends Widget {
  static observedAttributes = ['disabled']

  constructor(css: string, html: string) {
    super(css, html)
    this.makePressable()
  }

  connectedCallback(): void {
    this.updateFocusable()
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.updateFocusable()
  }
}

export class Button extends Press {
  constructor() {
    super(
      `:host { display: inline-flex; align-items: center; justify-content: center; gap: 6px;
        height: 28px; padding: 0 14px; border: 2px solid var(--spectrum-button-border);
        border-radius: 14px; font-weight: 700; white-space: nowrap; color: var(--spectrum-text); }
      :host(:hover) { background: var(--spectrum-hover); }
      :host([variant='cta']) { background: var(--spectrum-accent); border-color: var(--spectrum-accent); color: #fff; }
      :host([variant='cta']:hover) { background: var(--spectrum-accent-hover); border-color: var(--spectrum-accent-hover); }
      :host([variant='secondary']) { color: var(--spectrum-text-muted); border-color: var(--spectrum-border); }
      :host([variant='warning']) { color: var(--spectrum-negative); border-color: var(--spectrum-negative); }
      :host([variant='overBackground']) { color: #fff; border-color: #fff; }
      :host([quiet]) { border-color: transparent; background: none; }
      :host([quiet]:hover) { background: var(--spectrum-hover); }
      :host([disabled]) { background: var(--spectrum-disabled-fill); border-color: transparent; color: var(--spectrum-disabled-text); }`,
      '<slot name="icon"></slot><slot></slot>',
    )
  }
}

export class ActionButton extends Press {
  constructor() {
    super(
      `:host { display: inline-flex; align-items: center; justify-content: center; gap: 6px;
        height: 28px; min-width: 28px; padding: 0 10px; border: 1px solid var(--spectrum-border);
        border-radius: 4px; background: var(--spectrum-control); white-space: nowrap; }
      :host(:hover) { border-color: var(--spectrum-border-hover); background: var(--spectrum-hover); }
      :host([quiet]) { border-color: transparent; background: none; padding: 0 6px; }
      :host([quiet]:hover) { background: var(--spectrum-hover); }
      :host([selected]) { background: var(--spectrum-selected); }
      :host([disabled]) { border-color: var(--spectrum-disabled-fill); background: none; color: var(--spectrum-disabled-text); }`,
      '<slot name="icon"></slot><slot></slot>',
    )
  }
}

export class Checkbox extends Widget {
  static observedAttributes = ['disabled']

  constructor() {
    super(
      `:host { display: inline-flex; align-items: center; gap: 8px; min-height: 24px; line-height: 16px; }
      i { flex: none; width: 14px; height: 14px; border: 2px solid var(--spectrum-mark); border-radius: 2px; position: relative; }
      :host(:hover) i { border-color: var(--spectrum-text); }
      :host([checked]) i, :host([indeterminate]) i { background: var(--spectrum-accent); border-color: var(--spectrum-accent); }
      :host([invalid]) i { border-color: var(--spectrum-negative); }
      :host([checked]) i::after { content: ''; position: absolute; left: 2px; top: -1px; width: 4px; height: 8px;
        border: solid #fff; border-width: 0 2px 2px 0; transform: rotate(42deg); }
      :host([indeterminate]) i::after { content: ''; position: absolute; left: 1px; top: 4px; width: 8px; height: 2px;
        border: 0; transform: none; background: #fff; }
      :host(:focus-visible) i { box-shadow: 0 0 0 2px var(--spectrum-panel), 0 0 0 4px var(--spectrum-focus); }
      :host([disabled]) { color: var(--spectrum-disabled-text); }
      :host([disabled]) i { border-color: var(--spectrum-disabled-text); background: none; }`,
      '<i></i><span><slot></slot></span>',
    )
    this.makePressable([' '])
    this.addEventListener('click', () => {
      this.removeAttribute('indeterminate')
      this.toggleAttribute('checked')
      this.fire('input')
      this.fire('change')
    })
  }

  connectedCallback(): void {
    this.updateFocusable()
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.updateFocusable()
  }
}

export class RadioGroup extends Widget {
  constructor() {
    super(
      `:host { display: flex; flex-wrap: wrap; column-gap: 16px; }
      :host([column]) { flex-direction: column; }
      ::slotted([slot='label']) { width: 100%; }`,
      '<slot name="label"></slot><slot></slot>',
    )
  }

  get #radios(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('sp-radio')]
  }

  get value(): string {
    return this.#radios.find((radio) => radio.hasAttribute('checked'))?.getAttribute('value') ?? ''
  }

  set value(value: string) {
    for (const radio of this.#radios) {
      radio.toggleAttribute('checked', radio.getAttribute('value') === value)
    }
  }

  choose(radio: Radio): void {
    if (radio.hasAttribute('checked')) return
    for (const other of this.#radios) other.toggleAttribute('checked', other === radio)
    this.fire('input')
    this.fire('change')
  }
}

export class Radio extends Widget {
  static observedAttributes = ['disabled']

  constructor() {
    super(
      `:host { display: inline-flex; align-items: center; gap: 8px; min-height: 24px; }
      i { flex: none; width: 14px; height: 14px; border: 2px solid var(--spectrum-mark); border-radius: 50%; }
      :host(:hover) i { border-color: var(--spectrum-text); }
      :host([checked]) i { border: 5px solid var(--spectrum-accent); }
      :host(:focus-visible) i { box-shadow: 0 0 0 2px var(--spectrum-panel), 0 0 0 4px var(--spectrum-focus); }
      :host([disabled]) { color: var(--spectrum-disabled-text); }
      :host([disabled]) i { border-color: var(--spectrum-disabled-text); }`,
      '<i></i><span><slot></slot></span>',
    )
    this.makePressable([' '])
    this.addEventListener('click', () => {
      const group = this.closest('sp-radio-group')
      if (group instanceof RadioGroup) group.choose(this)
    })
  }

  connectedCallback(): void {
    this.updateFocusable()
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.updateFocusable()
  }
}

/** Whoever shows the panel opens what it names. */
export class Link extends Press {
  constructor() {
    super(
      `:host { display: inline; color: var(--uxp-host-link-text-color); text-decoration: underline; cursor: pointer; font-size: inherit; }
      :host([quiet]) { text-decoration: none; }
      :host(:hover), :host(:focus-visible) { text-decoration: underline; }
      :host([disabled]) { color: var(--spectrum-disabled-text); }`,
      '<slot></slot>',
    )
    this.addEventListener('click', () => {
      const href = this.getAttribute('href')
      if (href) window.open(href, '_blank', 'noopener')
    })
  }
}

Widget.mirror(Button.prototype, { variant: 'text', quiet: 'flag', disabled: 'flag', size: 'text' })
Widget.mirror(ActionButton.prototype, {
  quiet: 'flag',
  selected: 'flag',
  disabled: 'flag',
  size: 'text',
})
Widget.mirror(Checkbox.prototype, {
  checked: 'flag',
  indeterminate: 'flag',
  disabled: 'flag',
  invalid: 'flag',
  value: 'text',
})
Widget.mirror(RadioGroup.prototype, { column: 'flag' })
Widget.mirror(Radio.prototype, { checked: 'flag', disabled: 'flag', value: 'text' })
Widget.mirror(Link.prototype, { href: 'text', quiet: 'flag', disabled: 'flag' })
