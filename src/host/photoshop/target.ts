import type { LayerState } from '../state.ts'
import type { OpenDocument } from './store.ts'

/** What a reference of a descriptor names. */
export interface Target {
  readonly document: OpenDocument
  readonly layers: readonly LayerState[]
  /** The class with which the reference begins: property, channel, layer … */
  readonly kind: string
  readonly property: string | undefined
  /** 'mask', 'selection' or a colour channel. */
  readonly channel: string | undefined
}
