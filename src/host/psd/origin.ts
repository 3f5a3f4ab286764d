/** Where a document and its layers came from, to be written back as they were. */
import type { ListedLayer, PsdDocument } from '../../psd/document.ts'
import type { DocumentState, LayerState } from '../state.ts'

export class FileOrigin {
  readonly document: PsdDocument
  /** As it was read, without this origin. */
  readonly state: DocumentState

  constructor(document: PsdDocument, state: DocumentState) {
    this.document = document
    this.state = state
  }
}

export class LayerOrigin {
  readonly document: PsdDocument
  readonly layer: ListedLayer
  readonly index: number
  /** Index of the record that ends the group, if the layer is one. */
  readonly dividerIndex: number | undefined
  /** As it was read, without this origin. */
  readonly state: LayerState

  constructor(
    document: PsdDocument,
    index: number,
    dividerIndex: number | undefined,
    state: LayerState,
  ) {
    this.document = document
    this.layer = document.layerInfo!.layers[index]!
    this.index = index
    this.dividerIndex = dividerIndex
    this.state = state
  }
}

/** Whether a layer is, in itself, what was read; for a group this leaves out what is in it. */
export function isAsRead(layer: LayerState, read: LayerState): boolean {
  const keys = Object.keys({ ...read, ...layer }) as (keyof LayerState)[]
  return keys.every(
    (key) => key === 'children' || key === 'origin' || isSame(layer[key], read[key]),
  )
}

/** Whether a stack is what was read, down to the last layer. */
export function areAsRead(layers: readonly LayerState[], read: readonly LayerState[]): boolean {
  if (layers === read) return true
  return (
    layers.length === read.length &&
    layers.every((layer, i) => {
      const was = read[i]!
      const isOwn = layer === was || (layer.origin === was.origin && isAsRead(layer, was))
      return isOwn && areAsRead(layer.children ?? [], was.children ?? [])
    })
  )
}

/**
 * Compares by identity, but records of one level by their values, so that rasters compare by their
 * planes.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [x, y] = [Object.entries(a), new Map(Object.entries(b))]
  return x.length === y.size && x.every(([key, value]) => y.get(key) === value)
}
