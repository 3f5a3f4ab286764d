/** The layer list and the history list. */
import type { HostDocument } from '../host.ts'
import type { DocumentState, LayerState } from '../state.ts'
import { h, icon } from './dom.ts'
import type { Labels } from './labels.ts'
import { listLayers, thumbnailDocument } from './layers.ts'

const THUMBNAIL_EDGE = 64

/** What a click does to the layers that are selected: as without keys, with Ctrl and with Shift. */
export type LayerChoice = 'alone' | 'toggled' | 'up to here'

interface LayerActions {
  selectLayer(layerId: number, how: LayerChoice): void
  toggleVisibility(layerId: number): void
  deleteLayers(): void
}

type Render = (state: DocumentState) => Uint8ClampedArray<ArrayBuffer>

export class LayerList {
  readonly element: HTMLElement
  readonly #render: Render
  readonly #actions: LayerActions
  /** Keyed by raster, which is replaced when its pixels change. */
  readonly #thumbnails = new WeakMap<object, HTMLCanvasElement>()

  constructor(labels: Labels, render: Render, actions: LayerActions) {
    this.#render = render
    this.#actions = actions
    this.element = h('div', {
      className: 'layers',
      attributes: {
        role: 'listbox',
        tabindex: '0',
        'aria-label': labels.layers,
        'aria-multiselectable': 'true',
      },
      on: { keydown: (event) => this.#onKey(event) },
    })
  }

  #document: HostDocument | undefined

  update(document: HostDocument | undefined, labels: Labels): void {
    this.#document = document
    const rows = document
      ? listLayers(document.state.layers).map(({ layer, depth }) =>
          this.#row(document, layer, depth, labels),
        )
      : []
    this.element.replaceChildren(...rows)
  }

  #row(document: HostDocument, layer: LayerState, depth: number, labels: Labels): HTMLElement {
    const isSelected = document.selectedLayerIds.includes(layer.id)
    const eye = h(
      'button',
      {
        className: 'eye',
        title: labels.visibility,
        attributes: { tabindex: '-1', 'aria-pressed': String(layer.isVisible) },
        on: {
          click: (event) => {
            event.stopPropagation()
            this.#actions.toggleVisibility(layer.id)
          },
        },
      },
      layer.isVisible && icon('eye'),
    )
    const opacity = Math.round(layer.opacity)
    const isSpecial = !['normal', 'passThrough'].includes(layer.blendMode)
    const note = [isSpecial ? layer.blendMode : '', opacity < 100 ? `${opacity} %` : '']
    return h(
      'div',
      {
        className: `layer${isSelected ? ' selected' : ''}${layer.isVisible ? '' : ' hidden-layer'}`,
        dataset: { layerId: String(layer.id) },
        attributes: { role: 'option', 'aria-selected': String(isSelected) },
        on: {
          click: (event) => this.#actions.selectLayer(layer.id, choiceOf(event)),
        },
      },
      eye,
      h(
        'div',
        { className: 'thumb', attributes: { style: `margin-left: ${depth * 14}px` } },
        this.#picture(document.state, layer),
      ),
      h('span', { className: 'name', title: layer.name }, layer.name),
      h('span', { className: 'note' }, note.filter(Boolean).join(' · ')),
      (layer.isBackground || layer.locks.all) && icon('lock'),
    )
  }

  #picture(state: DocumentState, layer: LayerState): Node {
    if (layer.children) return icon('folder')
    const { raster } = layer
    if (!raster) return h('i', { className: 'adjustment' })
    let thumbnail = this.#thumbnails.get(raster)
    if (!thumbnail) {
      thumbnail = h('canvas')
      const small = thumbnailDocument(state, layer, THUMBNAIL_EDGE)
      if (small) {
        thumbnail.width = small.width
        thumbnail.height = small.height
        const pixels = new ImageData(this.#render(small), small.width)
        thumbnail.getContext('2d')?.putImageData(pixels, 0, 0)
      }
      this.#thumbnails.set(raster, thumbnail)
    }
    return thumbnail
  }

  #onKey(event: KeyboardEvent): void {
    const document = this.#document
    if (!document) return
    if (event.key === 'Delete' || event.key === 'Backspace') {
      this.#actions.deleteLayers()
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const ids = listLayers(document.state.layers).map(({ layer }) => layer.id)
      const at = ids.indexOf(document.selectedLayerIds.at(-1) ?? -1)
      const next = ids[at + (event.key === 'ArrowDown' ? 1 : -1)]
      const how = event.shiftKey ? 'up to here' : 'alone'
      if (next !== undefined) this.#actions.selectLayer(next, how)
    } else {
      return
    }
    event.preventDefault()
  }
}

function choiceOf({ shiftKey, ctrlKey, metaKey }: MouseEvent): LayerChoice {
  if (shiftKey) return 'up to here'
  return ctrlKey || metaKey ? 'toggled' : 'alone'
}

/** Oldest first; a click goes there. */
export function showHistory(
  list: HTMLElement,
  document: HostDocument | undefined,
  goTo: (index: number) => void,
): void {
  const rows = (document?.history ?? []).map(({ name }, index) => {
    const present = document?.historyIndex ?? 0
    const tense = index === present ? ' selected' : index > present ? ' undone' : ''
    return h(
      'button',
      { className: `history-state${tense}`, on: { click: () => goTo(index) } },
      name,
    )
  })
  list.replaceChildren(...rows)
  list.querySelector('.selected')?.scrollIntoView({ block: 'nearest' })
}
