/** Makes elements, with no more than what UXP's DOM has. */
type Handler = (event: Event) => void

interface Attributes {
  readonly [name: string]: string | number | boolean | undefined | Readonly<Record<string, Handler>>
  /** Handlers by event. */
  readonly on?: Readonly<Record<string, Handler>>
}

export type Child = Node | string | undefined

/** true is an attribute without a value; false and undefined are none. */
export function h(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const { on = {}, ...plain } = attributes
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(plain)) {
    if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value))
    }
  }
  for (const [event, handler] of Object.entries(on)) element.addEventListener(event, handler)
  for (const child of children) {
    if (child === undefined) continue
    element.appendChild(typeof child === 'string' ? document.createTextNode(child) : child)
  }
  return element
}

export function show(element: HTMLElement, isShown: boolean): void {
  element.classList.toggle('hidden', !isShown)
}

export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

export function empty(element: HTMLElement): void {
  while (element.lastChild) element.removeChild(element.lastChild)
}

/** Enter and the space bar, for what is no button by itself. */
export const onPressKey =
  (press: () => void): Handler =>
  (event) => {
    const { key } = event as KeyboardEvent
    if (key !== 'Enter' && key !== ' ') return
    event.preventDefault()
    press()
  }
