/**
 * A document as immutable data, so that a history state is a reference and rolling back is an
 * assignment. Nothing here is Photoshop's interface; photoshop/ puts that on top.
 */

export type ColorMode =
  | 'bitmap'
  | 'grayscale'
  | 'indexed'
  | 'rgb'
  | 'cmyk'
  | 'multichannel'
  | 'duotone'
  | 'lab'

export type Depth = 1 | 8 | 16 | 32

/** 8 bit (and 1): 0 … 255; 16 bit: 0 … 32768 as Photoshop holds them; 32 bit: linear, 0 … 1 and beyond. */
export type Samples = Uint8Array | Uint16Array | Float32Array

/** px; right and bottom are exclusive; may lie outside the canvas. */
export interface Rect {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Planar: one array per component of the mode, each width·height samples of the bounds. */
export interface Raster {
  readonly bounds: Rect
  readonly color: readonly Samples[]
  /** Straight; absent in an opaque background. */
  readonly alpha?: Samples
}

export interface MaskState {
  readonly bounds: Rect
  /** Samples at the document's depth. */
  readonly samples: Samples
  /** Beyond the bounds: 0 hides, the depth's maximum shows. */
  readonly outside: number
  readonly isEnabled: boolean
}

/** Photoshop's constants.LayerKind values: 'pixel', 'group', 'text', 'smartObject', 'curves' … */
export type LayerKindValue = string

export interface LayerState {
  readonly id: number
  readonly name: string
  readonly kind: LayerKindValue
  readonly isVisible: boolean
  /** Percent. */
  readonly opacity: number
  readonly fillOpacity: number
  /** Photoshop's constants.BlendMode value: 'normal', 'passThrough', 'multiply' … */
  readonly blendMode: string
  readonly isClipped: boolean
  readonly isBackground: boolean
  readonly isArtboard: boolean
  readonly locks: {
    readonly all: boolean
    readonly pixels: boolean
    readonly position: boolean
    readonly transparency: boolean
  }
  /** Pixels of a pixel layer; what a text, smart object or fill layer looks like. Trimmed or not. */
  readonly raster?: Raster
  readonly mask?: MaskState
  /** Its XMP packet. */
  readonly xmp?: string
  /** The layers of a group, top first. */
  readonly children?: readonly LayerState[]
  /**
   * Where it came from in a PSD file, so that it can be written back as it was: an opaque handle of
   * psd-file.ts.
   */
  readonly origin?: object
}

export interface SelectionState {
  readonly bounds: Rect
  /** 0 … 255, width·height of the bounds. */
  readonly coverage: Uint8Array
}

export interface DocumentState {
  readonly width: number
  readonly height: number
  /** Pixels per inch. */
  readonly resolution: number
  readonly mode: ColorMode
  readonly depth: Depth
  /** The ICC profile: its description, and its bytes where it came from a file. */
  readonly profile?: { readonly name: string; readonly bytes?: Uint8Array }
  /** Top first. */
  readonly layers: readonly LayerState[]
  readonly selection?: SelectionState
  /** RGB palette of an indexed document, 256·3. */
  readonly palette?: Uint8Array
  /** The document's XMP packet. */
  readonly xmp?: string
  /** The PSD file it came from: an opaque handle of psd-file.ts. */
  readonly origin?: object
}
