/** The plug-in's place at the side of the window: a title, the flyout's button, a width to drag. */
import { h, iconButton } from './dom.ts'
import type { Labels } from './labels.ts'

interface DockOptions {
  readonly width: number
  readonly openFlyout: (anchor: HTMLElement) => void
  readonly onVisibility: (isVisible: boolean) => void
  readonly onWidth: (px: number) => void
}

/** Photoshop's least, and the manifest's. */
const MIN_WIDTH = 230
/** Left to the rest of the window. */
const MIN_REST = 560

export class Dock {
  readonly element: HTMLElement
  /** Where the panel's frame goes. */
  readonly body = h('div', { className: 'dock-body' })
  readonly #title = h('span', { className: 'title' })
  readonly #options: DockOptions

  constructor(labels: Labels, options: DockOptions) {
    this.#options = options
    const menu = iconButton('menu', labels.panelMenu, () => options.openFlyout(menu))
    const close = iconButton('close', labels.close, () => {
      this.isVisible = false
    })
    this.element = h(
      'section',
      { className: 'dock', attributes: { style: `width: ${options.width}px` } },
      this.#makeGrip(),
      h('div', { className: 'side-head' }, this.#title, menu, close),
      this.body,
    )
  }

  set title(text: string) {
    this.#title.textContent = text
  }

  get isVisible(): boolean {
    return !this.element.hidden
  }

  set isVisible(isVisible: boolean) {
    if (isVisible === this.isVisible) return
    this.element.hidden = !isVisible
    this.#options.onVisibility(isVisible)
  }

  #makeGrip(): HTMLElement {
    let width = this.#options.width
    const resize = ({ clientX }: PointerEvent): void => {
      const wanted = this.element.getBoundingClientRect().right - clientX
      width = Math.round(Math.max(MIN_WIDTH, Math.min(innerWidth - MIN_REST, wanted)))
      this.element.style.width = `${width}px`
    }
    const grip = h('div', {
      className: 'grip',
      on: {
        pointerdown: ({ pointerId }) => {
          grip.setPointerCapture(pointerId)
          grip.addEventListener('pointermove', resize)
        },
        lostpointercapture: () => {
          grip.removeEventListener('pointermove', resize)
          this.#options.onWidth(width)
        },
      },
    })
    return grip
  }
}
