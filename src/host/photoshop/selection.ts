/** Selection of the DOM. */
import { toBounds } from './bounds.ts'
import { deselected } from './document-states.ts'
import type { Dom } from './dom.ts'
import type { RealSelection } from './real.ts'
import type { OpenDocument } from './store.ts'

export type SelectionFace = Pick<RealSelection, 'bounds' | 'docId' | 'typename' | 'deselect'>

export class Selection implements SelectionFace {
  readonly typename = 'Selection'
  readonly #dom: Dom
  readonly #document: OpenDocument

  constructor(dom: Dom, document: OpenDocument) {
    this.#dom = dom
    this.#document = document
  }

  get docId(): number {
    return this.#document.id
  }

  get bounds(): RealSelection['bounds'] {
    return this.#dom.platform.read('selection.bounds', () => {
      const { selection } = this.#dom.check(this.#document).state
      return selection ? toBounds(selection.bounds) : null
    })
  }

  async deselect(): Promise<void> {
    const { platform } = this.#dom
    return platform.writeLater('set', () => {
      platform.store.change(this.#dom.check(this.#document), 'Deselect', deselected)
    })
  }
}
