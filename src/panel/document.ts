/** Contract between the panel and its work on documents, which photoshop.ts does. */
import type { Pixels } from '../bridge/messages.ts'

export interface Bounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A layer as it was read. */
export interface SourceLayer {
  readonly documentId: number
  readonly documentTitle: string
  readonly layerId: number
  readonly layerName: string
  /** Of `pixels` on the canvas; may lie outside of it. */
  readonly bounds: Bounds
  readonly pixels: Pixels
  /** Of `pixels`; for createImageDataFromBuffer. Empty when the document has none. */
  readonly profile: string
  /** constants.DocumentMode and bits of the document when it was read. */
  readonly mode: string
  readonly bitsPerChannel: string
  /** The selection over `bounds`, 0 … 255; absent when there was none. */
  readonly selection?: Uint8Array
}

/** Cheap facts about what is active, for the panel's header; never throws. */
export interface ActiveLayerFacts {
  readonly documentTitle?: string
  readonly documentWidth?: number
  readonly documentHeight?: number
  readonly layerName?: string
  readonly layerWidth?: number
  readonly layerHeight?: number
  /** Why it cannot be painted; absent when it can. */
  readonly problem?: DocumentProblem
}

/** Why a layer cannot be read or a result not be written; each has a message in labels. */
export type DocumentProblem =
  | 'no-document'
  | 'no-layer'
  | 'several-layers'
  | 'adjustment-layer'
  | 'empty-layer'
  | 'artboard'
  | 'unsupported-mode'
  | 'selection-outside'
  | 'busy'
  | 'cancelled'
  | 'document-closed'
  | 'layer-deleted'
  | 'document-changed'
  | 'failed'

/** Where a result may be placed, from the nearest to its source to the farthest. */
export const PLACEMENTS = ['above-source', 'top-of-document', 'new-document'] as const
export type Placement = (typeof PLACEMENTS)[number]

export interface DocumentWork {
  facts(): ActiveLayerFacts
  /** @throws DocumentError */
  read(): Promise<SourceLayer>
  /**
   * One history state; the document is untouched when it throws.
   * @throws DocumentError whose `placements` say what may be tried instead.
   */
  insert(
    source: SourceLayer,
    pixels: Pixels,
    layerName: string,
    placement: Placement,
  ): Promise<void>
  /** Every selected layer in turn is a matter of calling with its id. */
  onChange(listener: () => void): () => void
}

export class DocumentError extends Error {
  readonly problem: DocumentProblem
  readonly placements: readonly Placement[]

  constructor(
    problem: DocumentProblem,
    message: string,
    placements: readonly Placement[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'DocumentError'
    this.problem = problem
    this.placements = placements
  }
}
