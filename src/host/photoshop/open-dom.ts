import type { LayerState } from '../state.ts'
import { collection } from './collection.ts'
import { Document } from './document.ts'
import type { Dom } from './dom.ts'
import { Layer } from './layer.ts'
import type { Platform } from './platform.ts'
import type { RealDocument, RealLayer, RealLayers } from './real.ts'
import type { OpenDocument } from './store.ts'
import { findLayer } from './tree.ts'

/** The DOM over open documents. */
export class OpenDom implements Dom {
  readonly platform: Platform

  constructor(platform: Platform) {
    this.platform = platform
  }

  document(document: OpenDocument): RealDocument {
    // The real classes have hundreds of members more; the faces in each file check those that are
    // used.
    return new Document(this, document) as unknown as RealDocument
  }

  layer(document: OpenDocument, id: number): RealLayer {
    return new Layer(this, document, id) as unknown as RealLayer
  }

  layers(document: OpenDocument, states: readonly LayerState[]): RealLayers {
    const layers = states.map(({ id }) => this.layer(document, id))
    return collection('Layers', layers) as RealLayers
  }

  check(document: OpenDocument): OpenDocument {
    return this.platform.store.get(document.id)
  }

  find(document: OpenDocument, layerId: number): LayerState {
    const layer = findLayer(this.check(document).state.layers, layerId)
    if (!layer)
      throw new Error(`${document.title} has no layer with the id ${layerId}; it may be deleted.`)
    return layer
  }

  documentOf(object: RealDocument | RealLayer): OpenDocument {
    const given: unknown = object
    if (given instanceof Layer) return this.platform.store.get(given._docId)
    if (given instanceof Document) return this.platform.store.get(given.id)
    throw new TypeError(`Expected a Layer or a Document, got ${typeof given}`)
  }

  stateOf(object: RealLayer): LayerState {
    const given: unknown = object
    if (!(given instanceof Layer)) throw new TypeError(`Expected a Layer, got ${typeof given}`)
    return this.find(this.documentOf(object), given.id)
  }

  notifyLayers(event: string, ids: readonly number[]): void {
    this.platform.notifications.emit(event, {
      _target: ids.map((_id) => ({ _ref: 'layer', _id })),
      layerID: ids,
    })
  }
}
