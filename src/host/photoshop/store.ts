/** The open documents with their histories: what changes, and how it is undone. */
import type { DocumentState } from '../state.ts'
import { everyLayer, findLayer } from './tree.ts'

interface HistoryEntry {
  readonly id: number
  readonly name: string
  readonly state: DocumentState
}

/** While history is suspended, changes make no history states; `base` is what cancelling returns to. */
export interface Suspension {
  readonly id: number
  readonly name: string
  readonly base: { readonly state: DocumentState; readonly selectedLayerIds: readonly number[] }
}

export interface OpenDocument {
  readonly id: number
  title: string
  state: DocumentState
  history: readonly HistoryEntry[]
  historyIndex: number
  selectedLayerIds: readonly number[]
  /** Layer ids are never given twice in a document. */
  nextLayerId: number
  suspension: Suspension | undefined
  /** True for a document that createTemporaryDocument made: on no list, never active. */
  readonly isTemporary: boolean
}

export class Store {
  readonly #documents = new Map<number, OpenDocument>()
  readonly #listeners = new Set<() => void>()
  #activeId: number | undefined
  #nextId = 1

  /** In the order of opening, without temporary ones. */
  get documents(): readonly OpenDocument[] {
    return [...this.#documents.values()].filter(({ isTemporary }) => !isTemporary)
  }

  get temporaryDocuments(): readonly OpenDocument[] {
    return [...this.#documents.values()].filter(({ isTemporary }) => isTemporary)
  }

  get active(): OpenDocument | undefined {
    return this.#activeId === undefined ? undefined : this.#documents.get(this.#activeId)
  }

  find(id: number): OpenDocument | undefined {
    return this.#documents.get(id)
  }

  get(id: number): OpenDocument {
    const document = this.#documents.get(id)
    if (!document) throw new Error(`No open document has the id ${id}. It may have been closed.`)
    return document
  }

  open(title: string, state: DocumentState, isTemporary = false): OpenDocument {
    const ids = [...everyLayer(state.layers)].map(({ id }) => id)
    if (new Set(ids).size < ids.length)
      throw new Error(`${title}: layer ids must differ, got ${ids}`)
    const top = state.layers[0]
    const document: OpenDocument = {
      id: this.takeId(),
      title,
      state,
      history: [{ id: this.takeId(), name: 'Open', state }],
      historyIndex: 0,
      selectedLayerIds: top ? [top.id] : [],
      nextLayerId: Math.max(0, ...ids) + 1,
      suspension: undefined,
      isTemporary,
    }
    this.#documents.set(document.id, document)
    if (!isTemporary) this.#activeId = document.id
    this.notify()
    return document
  }

  close(id: number): void {
    this.get(id)
    this.#documents.delete(id)
    if (this.#activeId === id) this.#activeId = this.documents.at(-1)?.id
    this.notify()
  }

  activate(id: number): void {
    this.#activeId = this.get(id).id
    this.notify()
  }

  /** Makes one history state, or a part of the suspended one; none where nothing changes. */
  change(
    document: OpenDocument,
    name: string,
    change: (state: DocumentState) => DocumentState,
  ): void {
    const next = change(document.state)
    if (next === document.state) return
    document.state = next
    for (const { id } of everyLayer(next.layers))
      document.nextLayerId = Math.max(document.nextLayerId, id + 1)
    this.#dropLostSelection(document)
    if (!document.suspension) this.#remember(document, name)
    this.notify()
  }

  selectLayers(document: OpenDocument, ids: readonly number[]): void {
    for (const id of ids)
      if (!findLayer(document.state.layers, id))
        throw new Error(`${document.title} has no layer with the id ${id}.`)
    document.selectedLayerIds = [...ids]
    this.notify()
  }

  suspend(document: OpenDocument, name: string): Suspension {
    if (document.suspension)
      throw new Error(
        `The history of ${document.title} is already suspended as “${document.suspension.name}”. Resume it first.`,
      )
    const { state, selectedLayerIds } = document
    document.suspension = { id: this.takeId(), name, base: { state, selectedLayerIds } }
    return document.suspension
  }

  resume(document: OpenDocument, name: string, commits: boolean): void {
    const { suspension } = document
    if (!suspension) throw new Error(`The history of ${document.title} is not suspended.`)
    document.suspension = undefined
    if (!commits) Object.assign(document, suspension.base)
    else if (document.state !== suspension.base.state) this.#remember(document, name)
    this.notify()
  }

  goToHistory(document: OpenDocument, index: number): void {
    const entry = document.history[index]
    if (!entry)
      throw new Error(
        `${document.title} has ${document.history.length} history states, no index ${index}.`,
      )
    document.historyIndex = index
    document.state = entry.state
    this.#dropLostSelection(document)
    this.notify()
  }

  takeId(): number {
    return this.#nextId++
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #remember(document: OpenDocument, name: string): void {
    document.history = [
      ...document.history.slice(0, document.historyIndex + 1),
      { id: this.takeId(), name, state: document.state },
    ]
    document.historyIndex = document.history.length - 1
  }

  #dropLostSelection(document: OpenDocument): void {
    const { layers } = document.state
    if (document.selectedLayerIds.some((id) => !findLayer(layers, id)))
      document.selectedLayerIds = document.selectedLayerIds.filter((id) => findLayer(layers, id))
  }
}
