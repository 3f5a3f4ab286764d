/** Makes the DOM's objects, and finds what they stand for. */
import type { LayerState } from '../state.ts'
import type { Platform } from './platform.ts'
import type { RealDocument, RealLayer, RealLayers } from './real.ts'
import type { OpenDocument } from './store.ts'

export interface Dom {
  readonly platform: Platform
  /** A new object at every call, as in Photoshop: objects are compared by id. */
  document(document: OpenDocument): RealDocument
  layer(document: OpenDocument, id: number): RealLayer
  layers(document: OpenDocument, states: readonly LayerState[]): RealLayers
  /** @throws when the document was closed. */
  check(document: OpenDocument): OpenDocument
  /** @throws when the layer or its document is gone. */
  find(document: OpenDocument, layerId: number): LayerState
  /** What an object that the plug-in hands back stands for. */
  documentOf(object: RealDocument | RealLayer): OpenDocument
  stateOf(object: RealLayer): LayerState
  notifyLayers(event: string, ids: readonly number[]): void
}
