/** What all Spectrum widgets share: attributes as properties, a shadow tree, keys that press. */

type Kind = 'text' | 'flag' | 'number'

export abstract class Widget extends HTMLElement {
  /** Defines the properties that mirror attributes. */
  static mirror(prototype: Widget, attributes: Readonly<Record<string, Kind>>): void {
    for (const [name, kind] of Object.entries(attributes)) {
      const property = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
      Object.defineProperty(prototype, property, {
        configurable: true,
        get(this: Widget) {
          if (kind === 'flag') return this.hasAttribute(name)
          const text = this.getAttribute(name)
          return kind === 'number' ? Number(text ?? 0) : (text ?? '')
        },
        set(this: Widget, value: unknown) {
          if (kind === 'flag') this.toggleAttribute(name, Boolean(value))
          else this.setAttribute(name, String(value))
        },
      })
    }
  }

  protected readonly shadow: ShadowRoot

  constructor(css: string, html: string) {
    super()
    this.shadow = this.attachShadow({ mode: 'open' })
    this.shadow.innerHTML = `<style>${BASE_CSS}${css}</style>${html}`
  }

  get isDisabled(): boolean {
    return this.hasAttribute('disabled')
  }

  /** A part of the shadow tree. */
  protected inside<T extends Element = HTMLElement>(selector: string): T {
    const element = this.shadow.querySelector<T>(selector)
    if (!element) throw new Error(`internal: <${this.localName}> has no ${selector}`)
    return element
  }

  /** Events of widgets bubble, as those of native controls do. */
  protected fire(type: string): void {
    this.dispatchEvent(new Event(type, { bubbles: true }))
  }

  /** The element takes the focus; Enter and Space click it, but not when it is disabled. */
  protected makePressable(keys: readonly string[] = ['Enter', ' ']): void {
    this.addEventListener('keydown', (event) => {
      if (event.target !== this || !keys.includes(event.key)) return
      event.preventDefault()
      if (!event.repeat) this.click()
    })
    this.addEventListener(
      'click',
      (event) => {
        if (!this.isDisabled) return
        event.stopImmediatePropagation()
        event.preventDefault()
      },
      true,
    )
  }

  protected updateFocusable(): void {
    if (this.isDisabled) this.removeAttribute('tabindex')
    else if (!this.hasAttribute('tabindex')) this.tabIndex = 0
  }
}

const BASE_CSS = `
  :host { display: inline-block; box-sizing: border-box; font-size: 12px; cursor: default;
    color: var(--spectrum-text); -webkit-user-select: none; user-select: none; outline: none; }
  :host([hidden]) { display: none; }
  * { box-sizing: border-box; }
`
