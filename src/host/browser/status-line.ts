/** The line at the bottom: zoom, size and mode, and the modal scope that runs. */
import type { Host, HostDocument } from '../host.ts'
import { h } from './dom.ts'
import type { Labels } from './labels.ts'

export class StatusLine {
  readonly element: HTMLElement
  readonly #labels: Labels
  readonly #zoom = h('span', { className: 'zoom' })
  readonly #facts = h('span', { className: 'facts' })
  readonly #progress = h('progress')
  readonly #name = h('span')
  readonly #modal: HTMLElement

  constructor(labels: Labels, cancel: () => void) {
    this.#labels = labels
    this.#modal = h(
      'div',
      { className: 'modal', attributes: { role: 'status' } },
      this.#name,
      this.#progress,
      h('button', { className: 'text-button', on: { click: cancel } }, labels.cancel),
    )
    this.#modal.hidden = true
    this.element = h('footer', { className: 'status' }, this.#zoom, this.#facts, this.#modal)
  }

  setZoom(zoom: number): void {
    const percent = zoom * 100
    this.#zoom.textContent = `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`
  }

  update(document: HostDocument | undefined, modal: Host['modal']): void {
    this.#zoom.hidden = !document
    this.#facts.textContent = document ? this.#factsOf(document) : this.#labels.noDocument
    this.#modal.hidden = !modal
    if (!modal) return
    this.#name.textContent = `${modal.owner}: ${modal.name}`
    if (modal.progress === undefined) this.#progress.removeAttribute('value')
    else this.#progress.value = modal.progress
  }

  /** Draws the eye to what holds the editor up. */
  flash(): void {
    this.#modal.getAnimations().forEach((animation) => {
      animation.cancel()
    })
    this.#modal.animate({ opacity: [1, 0.2, 1] }, { duration: 250, iterations: 2 })
  }

  #factsOf({ state }: HostDocument): string {
    const { width, height, mode, depth, resolution, profile } = state
    const size = `${width} × ${height} px`
    const colors = `${this.#labels.mode[mode]} / ${depth}`
    return [size, `${resolution} ppi`, colors, profile?.name].filter(Boolean).join('   ·   ')
  }
}
