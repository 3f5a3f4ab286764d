/** What the panel needs done with documents; document/ does it. */
import type { CoverageMap, Pixels } from '../bridge/messages.ts'

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
  /** Where `pixels` lie on the canvas; may reach beyond it. */
  readonly bounds: Bounds
  readonly pixels: Pixels
  /** Colour profile of `pixels`, for createImageDataFromBuffer. Empty when the document has none. */
  readonly profile: string
  /** constants.DocumentMode and bits of the document when it was read. */
  readonly mode: string
  readonly bitsPerChannel: string
  /** The selection over `bounds`, 0 … 255; absent when there was none. */
  readonly selection?: Uint8Array
}

export interface ReadOptions {
  /** The document of the layer; by default the active one. */
  readonly documentId?: number
  /** True where the selection is a style's region or the strength map, and so limits no new layer. */
  readonly ignoreSelection?: boolean
}

export interface LayerChoice {
  readonly documentId: number
  readonly id: number
  readonly name: string
}

/** What a style may be taken from, beside files. */
export type PictureSource =
  /** The selected layer. */
  | { readonly kind: 'layer' }
  /** A whole document as it is seen. */
  | { readonly kind: 'document'; readonly documentId: number }

export interface DocumentChoice {
  readonly id: number
  readonly title: string
}

/** A source of coverage: how much of a style, or of the painting, goes where. */
export type CoverageSource =
  | { readonly kind: 'selection' }
  /** The user mask of the layer that is painted. */
  | { readonly kind: 'layer-mask' }
  /** Another layer's brightness, by its opacity; 0 where it has no pixels. */
  | { readonly kind: 'layer'; readonly layerId: number }

/** The layer that a result has become. */
export interface InsertedLayer {
  readonly documentId: number
  readonly layerId: number
  /** Why the recipe is not stored with the layer, in English; absent when it is. */
  readonly recipeFailure?: string
}

/** Cheap facts about what is active, for the panel's header; never throws. */
export interface ActiveLayerFacts {
  readonly documentTitle?: string
  readonly documentWidth?: number
  readonly documentHeight?: number
  /** How many layers are selected; name and size are only given when it is one. */
  readonly layerCount: number
  readonly layerName?: string
  readonly layerWidth?: number
  readonly layerHeight?: number
  /** Why the layer cannot be painted; absent when it can, and where several layers are selected. */
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
  | 'no-selection'
  | 'no-layer-mask'
  | 'mask-layer-gone'
  | 'original-gone'
  | 'layer-moved'
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
  /**
   * From the top of the stack down; empty without a document. Layers that cannot be painted are
   * among them. Never throws.
   */
  selectedLayers(): readonly LayerChoice[]
  /**
   * Pixel layers that may serve as a mask, from the top down. Never rejects.
   * @param documentId by default the active document.
   */
  coverageChoices(documentId?: number): Promise<readonly LayerChoice[]>
  /** All layers of the document, from the top down, groups too. Never throws. */
  layers(documentId: number): readonly LayerChoice[]
  /**
   * Reads the layer with the id, whichever is active; by default the selected layer.
   * @throws DocumentError
   */
  read(layerId?: number, options?: ReadOptions): Promise<SourceLayer>
  /**
   * Reads coverage over the bounds of `over`.
   * @throws DocumentError no-selection, no-layer-mask or mask-layer-gone where there is none.
   */
  readCoverage(from: CoverageSource, over: SourceLayer): Promise<CoverageMap>
  /**
   * Reads another layer of the same document over the bounds of `over`; transparent where it has no
   * pixels.
   * @throws DocumentError layer-moved when the two have no place in common.
   */
  readOver(layerId: number, over: Pick<SourceLayer, 'documentId' | 'bounds'>): Promise<Pixels>
  /** The open documents beside the active one. Never throws. */
  otherDocuments(): readonly DocumentChoice[]
  /**
   * Reads a picture that is to serve as a style: where Photoshop can, in sRGB and no larger than that.
   * @param maxEdge px.
   * @throws DocumentError
   */
  readPicture(
    from: PictureSource,
    maxEdge: number,
  ): Promise<{ readonly name: string; readonly pixels: Pixels }>
  /**
   * Makes a new layer in one history state. When it throws, the document is as it was.
   * @param recipe JSON text that is stored with the new layer; the layer stays when that fails.
   * Absent: nothing is stored.
   * @throws DocumentError whose `placements` say what may be tried instead.
   */
  insert(
    source: SourceLayer,
    pixels: Pixels,
    layerName: string,
    placement: Placement,
    recipe: string | undefined,
  ): Promise<InsertedLayer>
  /**
   * The recipe that is stored with a layer of the active document, by default the selected one;
   * undefined where there is none. Never rejects, changes nothing.
   */
  readRecipe(layerId?: number): Promise<string | undefined>
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
