/** sp-slider, sp-textfield, sp-textarea, sp-progressbar. */
import { Widget } from './widget.ts'

export class Slider extends Widget {
  static observedAttributes = [
    'min',
    'max',
    'step',
    'value',
    'value-label',
    'disabled',
    'fill-offset',
    'variant',
  ]

  readonly #input: HTMLInputElement

  constructor() {
    super(
      `:host { display: block; width: 100%; min-width: 60px; }
      #head { display: flex; align-items: baseline; }
      ::slotted([slot='label']) { flex: 1; }
      #value { margin-left: auto; color: var(--spectrum-text); }
      :host([show-value='false']) #value { display: none; }
      input { appearance: none; display: block; width: 100%; height: 24px; margin: 0; background: none; outline: none; }
      input::-webkit-slider-runnable-track { height: 2px; border-radius: 1px; background:
        linear-gradient(to right, var(--spectrum-track) var(--from), var(--spectrum-track-fill) var(--from),
          var(--spectrum-track-fill) var(--to), var(--spectrum-track) var(--to)); }
      input::-webkit-slider-thumb { appearance: none; width: 14px; height: 14px; margin-top: -6px; border-radius: 50%;
        border: 2px solid var(--spectrum-mark); background: var(--spectrum-panel); }
      input:hover::-webkit-slider-thumb, input:active::-webkit-slider-thumb { border-color: var(--spectrum-text); }
      input:focus-visible::-webkit-slider-thumb { border-color: var(--spectrum-focus); box-shadow: 0 0 0 2px var(--spectrum-focus); }
      :host([disabled]) { color: var(--spectrum-disabled-text); }
      :host([disabled]) #value { color: var(--spectrum-disabled-text); }
      :host([disabled]) input::-webkit-slider-thumb { border-color: var(--spectrum-disabled-text); }
      :host([disabled]) input::-webkit-slider-runnable-track { background: var(--spectrum-disabled-fill); }`,
      `<div id="head"><slot name="label"></slot><span id="value"></span></div>
      <input type="range">`,
    )
    this.#input = this.inside<HTMLInputElement>('input')
    for (const type of ['input', 'change']) {
      this.#input.addEventListener(type, (event) => {
        event.stopPropagation()
        this.setAttribute('value', this.#input.value)
        this.fire(type)
      })
    }
  }

  connectedCallback(): void {
    this.#update()
  }

  attributeChangedCallback(): void {
    this.#update()
  }

  get value(): number {
    return Number(this.#input.value)
  }

  set value(value: number) {
    this.setAttribute('value', String(value))
  }

  override focus(): void {
    this.#input.focus()
  }

  #update(): void {
    const min = Number(this.getAttribute('min') ?? 0)
    const max = Number(this.getAttribute('max') ?? 100)
    const input = this.#input
    input.disabled = this.isDisabled
    input.min = String(min)
    input.max = String(max)
    input.step = this.getAttribute('step') ?? '1'
    const wanted = this.getAttribute('value') ?? String(min)
    if (input.value !== wanted) input.value = wanted
    const share = (value: number): number => (max > min ? ((value - min) / (max - min)) * 100 : 0)
    const isFilled = this.getAttribute('variant') === 'filled' || this.hasAttribute('fill-offset')
    const ends = isFilled
      ? [share(Number(this.getAttribute('fill-offset') ?? min)), share(this.value)]
      : [0, 0]
    input.style.setProperty('--from', `${Math.min(...ends)}%`)
    input.style.setProperty('--to', `${Math.max(...ends)}%`)
    this.inside('#value').textContent = `${this.value}${this.getAttribute('value-label') ?? ''}`
  }
}

abstract class Field extends Widget {
  static observedAttributes = ['value', 'type', 'placeholder', 'disabled', 'readonly', 'maxlength']

  readonly #control: HTMLInputElement | HTMLTextAreaElement

  constructor(css: string, control: string) {
    super(
      `:host { width: 160px; min-width: 40px; }
      ::slotted([slot='label']) { display: block; margin-bottom: 4px; }
      input, textarea { display: block; width: 100%; padding: 0 10px; border: 1px solid var(--spectrum-border); border-radius: 4px;
        background: var(--spectrum-field); color: inherit; font: inherit; outline: none; -webkit-user-select: text; user-select: text; }
      input::placeholder, textarea::placeholder { color: var(--spectrum-text-muted); font-style: italic; }
      input:hover, textarea:hover { border-color: var(--spectrum-border-hover); }
      input:focus, textarea:focus { border-color: var(--spectrum-focus); }
      :host([invalid]) :is(input, textarea) { border-color: var(--spectrum-negative); }
      :host([quiet]) :is(input, textarea) { border-width: 0 0 1px; border-radius: 0; padding: 0; background: none; }
      :host([disabled]) :is(input, textarea) { border-color: var(--spectrum-disabled-fill); color: var(--spectrum-disabled-text); background: none; }
      ${css}`,
      `<slot name="label"></slot>${control}`,
    )
    this.#control = this.inside<HTMLInputElement | HTMLTextAreaElement>('input, textarea')
    // 'input' crosses the shadow boundary by itself, 'change' does not.
    this.#control.addEventListener('change', () => this.fire('change'))
  }

  attributeChangedCallback(name: string, _: string | null, text: string | null): void {
    if (name === 'value') this.value = text ?? ''
    else if (text === null) this.#control.removeAttribute(name)
    else this.#control.setAttribute(name, text)
  }

  get value(): string {
    return this.#control.value
  }

  set value(value: string) {
    if (this.#control.value !== String(value)) this.#control.value = String(value)
  }

  override focus(): void {
    this.#control.focus()
  }

  select(): void {
    this.#control.select()
  }
}

export class Textfield extends Field {
  constructor() {
    super('input { height: 28px; } input::-webkit-inner-spin-button { display: none; }', '<input>')
  }
}

export class Textarea extends Field {
  constructor() {
    super('textarea { height: 64px; padding: 6px 10px; resize: none; }', '<textarea></textarea>')
  }
}

export class Progressbar extends Widget {
  static observedAttributes = ['max', 'value', 'value-label']

  constructor() {
    super(
      `:host { display: block; width: 192px; min-width: 48px; }
      #head { display: flex; align-items: baseline; margin-bottom: 4px; }
      ::slotted([slot='label']) { flex: 1; }
      #value { margin-left: auto; }
      :host([show-value='false']) #value { display: none; }
      #track { height: 6px; border-radius: 3px; overflow: hidden; background: var(--spectrum-track); }
      :host([size='small']) #track { height: 4px; }
      #fill { height: 100%; border-radius: 3px; background: var(--spectrum-accent-text); }
      :host([variant='overBackground']) #fill { background: #fff; }`,
      `<div id="head"><slot name="label"></slot><span id="value"></span></div>
      <div id="track"><div id="fill"></div></div>`,
    )
  }

  connectedCallback(): void {
    this.#update()
  }

  attributeChangedCallback(): void {
    this.#update()
  }

  #update(): void {
    const max = Number(this.getAttribute('max') ?? 100)
    const share = Math.min(1, Math.max(0, Number(this.getAttribute('value') ?? 0) / max))
    this.inside('#fill').style.width = `${share * 100}%`
    const label = this.getAttribute('value-label')
    this.inside('#value').textContent = label || `${Math.round(share * 100)}%`
  }
}

Widget.mirror(Slider.prototype, {
  min: 'number',
  max: 'number',
  step: 'number',
  variant: 'text',
  'fill-offset': 'number',
  'value-label': 'text',
  disabled: 'flag',
})
Widget.mirror(Field.prototype, {
  type: 'text',
  placeholder: 'text',
  disabled: 'flag',
  readonly: 'flag',
  invalid: 'flag',
  valid: 'flag',
  quiet: 'flag',
})
Widget.mirror(Progressbar.prototype, {
  max: 'number',
  value: 'number',
  'value-label': 'text',
  size: 'text',
  variant: 'text',
})
