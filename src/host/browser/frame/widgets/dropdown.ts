/**
 * sp-dropdown, sp-menu, sp-menu-item, sp-menu-divider. As in Photoshop arrow keys do nothing: Tab
 * walks through the open menu, Enter and Space choose, Escape closes.
 */
import { Widget } from './widget.ts'

export class MenuItem extends Widget {
  static observedAttributes = ['disabled']

  constructor() {
    super(
      `:host { display: flex; align-items: center; padding: 0 12px 0 28px; min-height: 26px; position: relative; white-space: nowrap; }
      :host(:hover), :host(:focus) { background: var(--spectrum-hover); }
      :host([selected])::before { content: ''; position: absolute; left: 12px; top: 7px; width: 4px; height: 8px;
        border: solid var(--spectrum-accent-text); border-width: 0 2px 2px 0; transform: rotate(42deg); }
      :host([disabled]) { color: var(--spectrum-disabled-text); background: none; }`,
      '<slot></slot>',
    )
    this.makePressable()
    this.addEventListener('click', () => {
      const menu = this.closest('sp-menu')
      if (menu instanceof Menu) menu.choose(this)
    })
  }

  connectedCallback(): void {
    this.updateFocusable()
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.updateFocusable()
  }
}

export class MenuDivider extends Widget {
  constructor() {
    super(
      ':host { display: block; height: 1px; margin: 4px 0; background: var(--spectrum-border); }',
      '',
    )
  }
}

const labelOf = (item: HTMLElement): string => item.textContent?.trim() ?? ''
const choiceOf = (item: HTMLElement): string => item.getAttribute('value') ?? labelOf(item)

export class Menu extends Widget {
  constructor() {
    super(':host { display: block; padding: 4px 0; }', '<slot></slot>')
  }

  connectedCallback(): void {
    // Markup makes a dropdown before the menu in it.
    if (this.parentElement instanceof Dropdown) this.parentElement.update()
  }

  get items(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>('sp-menu-item')]
  }

  get selectedIndex(): number {
    return this.items.findIndex((item) => item.hasAttribute('selected'))
  }

  set selectedIndex(index: number) {
    this.items.forEach((item, i) => {
      item.toggleAttribute('selected', i === index)
    })
    if (this.parentElement instanceof Dropdown) this.parentElement.update()
  }

  choose(item: HTMLElement): void {
    const isChanged = !item.hasAttribute('selected')
    this.selectedIndex = this.items.indexOf(item)
    const { parentElement } = this
    if (parentElement instanceof Dropdown) parentElement.chosen(isChanged)
    else if (isChanged) this.fire('change')
  }
}

export class Dropdown extends Widget {
  static observedAttributes = ['disabled', 'placeholder']

  constructor() {
    super(
      `:host { display: inline-flex; flex-direction: column; width: 160px; min-width: 60px; }
      ::slotted([slot='label']) { margin-bottom: 4px; }
      #control { display: flex; align-items: center; height: 28px; padding: 0 10px; overflow: hidden; width: 100%;
        border: 1px solid var(--spectrum-border); border-radius: 4px; background: var(--spectrum-control); }
      :host(:hover) #control, #control.open { border-color: var(--spectrum-border-hover); background: var(--spectrum-hover); }
      :host(:focus-visible) #control { border-color: var(--spectrum-focus); box-shadow: 0 0 0 1px var(--spectrum-focus); }
      :host([quiet]) #control { border-color: transparent; background: none; padding: 0; }
      :host([invalid]) #control { border-color: var(--spectrum-negative); }
      #label { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
      #label.placeholder { color: var(--spectrum-text-muted); font-style: italic; }
      svg { flex: none; margin-left: 8px; fill: none; stroke: currentColor; stroke-width: 1.6; }
      :host([disabled]) #control { color: var(--spectrum-disabled-text); border-color: var(--spectrum-disabled-fill); background: none; }
      #popup { position: fixed; inset: auto; margin: 0; padding: 0; border: 1px solid var(--spectrum-border-hover);
        border-radius: 4px; background: var(--spectrum-popover); color: inherit; overflow: auto;
        box-shadow: 0 2px 8px rgb(0 0 0 / 35%); }`,
      `<slot name="label"></slot><div id="control"><span id="label"></span>
      <svg width="10" height="6"><path d="M1 1l4 4 4-4"/></svg></div>
      <div id="popup" popover="manual"><slot name="options"></slot></div>`,
    )
    const control = this.inside('#control')
    control.addEventListener('click', () => {
      if (this.isDisabled) return
      if (this.#isOpen) this.#close()
      else this.#open()
    })
    this.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#isOpen) {
        event.stopPropagation()
        this.#close()
        this.focus()
      } else if (event.target === this && (event.key === 'Enter' || event.key === ' ')) {
        event.preventDefault()
        control.click()
      }
    })
    this.addEventListener('focusout', (event) => {
      if (!(event.relatedTarget instanceof Node && this.contains(event.relatedTarget)))
        this.#close()
    })
    new MutationObserver(() => this.update()).observe(this, {
      childList: true,
      subtree: true,
      characterData: true,
      attributeFilter: ['selected'],
    })
  }

  connectedCallback(): void {
    this.updateFocusable()
    this.update()
  }

  attributeChangedCallback(): void {
    if (!this.isConnected) return
    this.updateFocusable()
    this.update()
  }

  get #menu(): Menu | undefined {
    const menu = this.querySelector(':scope > sp-menu')
    return menu instanceof Menu ? menu : undefined
  }

  get #selected(): HTMLElement | undefined {
    return this.#menu?.items[this.selectedIndex]
  }

  get selectedIndex(): number {
    return this.#menu?.selectedIndex ?? -1
  }

  set selectedIndex(index: number) {
    if (this.#menu) this.#menu.selectedIndex = index
  }

  get value(): string {
    const item = this.#selected
    return item ? choiceOf(item) : ''
  }

  set value(value: string) {
    this.selectedIndex = this.#menu?.items.findIndex((item) => choiceOf(item) === value) ?? -1
  }

  /** Called when the user has chosen. */
  chosen(isChanged: boolean): void {
    this.#close()
    this.focus()
    if (!isChanged) return
    this.fire('input')
    this.fire('change')
  }

  update(): void {
    const label = this.inside('#label')
    const item = this.#selected
    label.textContent = (item && labelOf(item)) ?? this.getAttribute('placeholder') ?? ''
    label.classList.toggle('placeholder', !item)
  }

  get #isOpen(): boolean {
    return this.inside('#popup').matches(':popover-open')
  }

  #open(): void {
    const popup = this.inside('#popup')
    popup.style.maxHeight = 'none'
    popup.showPopover()
    const control = this.inside('#control').getBoundingClientRect()
    const height = popup.scrollHeight + 2
    const below = innerHeight - control.bottom - 8
    const above = control.top - 8
    const room = height <= below || below >= above ? below : above
    popup.style.minWidth = `${control.width}px`
    popup.style.maxWidth = `${innerWidth - 8}px`
    popup.style.maxHeight = `${Math.max(60, room)}px`
    popup.style.left = `${Math.max(4, Math.min(control.left, innerWidth - popup.offsetWidth - 4))}px`
    popup.style.top =
      room === below
        ? `${control.bottom + 2}px`
        : `${Math.max(4, control.top - 2 - Math.min(height, room))}px`
    this.inside('#control').classList.add('open')
    const item = this.#selected ?? this.#menu?.items[0]
    item?.focus()
  }

  #close(): void {
    if (!this.#isOpen) return
    this.inside('#popup').hidePopover()
    this.inside('#control').classList.remove('open')
  }
}

Widget.mirror(MenuItem.prototype, { selected: 'flag', disabled: 'flag', value: 'text' })
Widget.mirror(Dropdown.prototype, {
  placeholder: 'text',
  quiet: 'flag',
  disabled: 'flag',
  invalid: 'flag',
})
