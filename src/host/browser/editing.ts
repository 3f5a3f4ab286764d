/** What a person does to the active document by menus, keys and tools. */
import type { Host, HostDocument } from '../host.ts'
import { changeLayer, everyLayer, moveLayer, removeLayer } from '../photoshop/tree.ts'
import type { LayerState, Rect } from '../state.ts'
import type { Labels } from './labels.ts'
import { listLayers } from './layers.ts'
import type { LayerChoice } from './lists.ts'
import { selectRect } from './selection.ts'

export class Editing {
  /** px, of new selections. */
  feather = 0
  readonly #host: Host
  readonly #labels: Labels
  readonly #refused: () => void

  /** @param refused is called when a modal scope is in the way. */
  constructor(host: Host, labels: Labels, refused: () => void) {
    this.#host = host
    this.#labels = labels
    this.#refused = refused
  }

  get document(): HostDocument | undefined {
    return this.#host.documents.find(({ id }) => id === this.#host.activeDocumentId)
  }

  close(id = this.document?.id): void {
    if (id !== undefined) this.#withDocument(() => this.#host.closeDocument(id))
  }

  activate(id: number): void {
    this.#withDocument(() => this.#host.activateDocument(id))
  }

  undo(): void {
    this.#withDocument(({ id }) => this.#host.undo(id))
  }

  redo(): void {
    this.#withDocument(({ id }) => this.#host.redo(id))
  }

  goToHistory(index: number): void {
    this.#withDocument(({ id }) => this.#host.goToHistory(id, index))
  }

  selectLayer(layerId: number, how: LayerChoice): void {
    this.#withDocument(({ id, state, selectedLayerIds }) =>
      this.#host.selectLayers(id, chosenLayers(state.layers, selectedLayerIds, layerId, how)),
    )
  }

  toggleVisibility(layerId: number): void {
    const toggle = (layer: LayerState): LayerState => ({ ...layer, isVisible: !layer.isVisible })
    this.#withDocument(({ id }) =>
      this.#host.edit(id, this.#labels.visibility, (state) => ({
        ...state,
        layers: changeLayer(state.layers, layerId, toggle),
      })),
    )
  }

  deleteLayers(): void {
    this.#withDocument(({ id, selectedLayerIds }) => {
      if (selectedLayerIds.length === 0) return
      this.#host.edit(id, this.#labels.removed, (state) => ({
        ...state,
        layers: selectedLayerIds.reduce(removeLayer, state.layers),
      }))
    })
  }

  moveLayers(dx: number, dy: number): void {
    this.#withDocument(({ id, state, selectedLayerIds }) => {
      const movable = [...everyLayer(state.layers)]
        .filter((layer) => selectedLayerIds.includes(layer.id))
        .filter(({ isBackground, locks }) => !isBackground && !locks.all && !locks.position)
      if (movable.length === 0) return
      let { layers } = state
      for (const { id: layerId } of movable) {
        layers = changeLayer(layers, layerId, (layer) => moveLayer(layer, dx, dy))
      }
      this.#host.edit(id, this.#labels.moveLayer, (before) => ({ ...before, layers }))
    })
  }

  selectRect(rect: Rect): void {
    this.#withDocument(({ id, state: { width, height } }) =>
      this.#host.select(id, selectRect(rect, this.feather, width, height)),
    )
  }

  selectAll(): void {
    this.#withDocument(({ id, state: { width, height } }) => {
      const whole = { left: 0, top: 0, right: width, bottom: height }
      this.#host.select(id, selectRect(whole, 0, width, height))
    })
  }

  deselect(): void {
    this.#withDocument(({ id }) => this.#host.select(id, undefined))
  }

  #withDocument(act: (document: HostDocument) => void): void {
    const { document } = this
    if (!document) return
    if (this.#host.modal) this.#refused()
    else act(document)
  }
}

/** The last id is that of the layer chosen last, the first that from which a range goes. */
function chosenLayers(
  layers: readonly LayerState[],
  selected: readonly number[],
  layerId: number,
  how: LayerChoice,
): readonly number[] {
  if (how === 'alone') return [layerId]
  const others = selected.filter((id) => id !== layerId)
  if (how === 'toggled') return others.length < selected.length ? others : [...others, layerId]
  const ids = listLayers(layers).map(({ layer }) => layer.id)
  const from = ids.indexOf(selected[0] ?? layerId)
  const to = ids.indexOf(layerId)
  return from <= to ? ids.slice(from, to + 1) : ids.slice(to, from + 1).reverse()
}
