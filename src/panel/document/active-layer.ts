/** Which layer is active, and whether it can be painted. */
import { type ActiveLayerFacts, DocumentError, type DocumentProblem } from '../document.ts'
import type { Photoshop, PsDocument, PsLayer } from '../photoshop.ts'
import { isReadableMode } from './mode.ts'

/** How a layer's pixels are come by: as they are, or from a duplicate of the document. */
export interface Source {
  readonly document: PsDocument
  readonly layer: PsLayer
  readonly isPixelLayer: boolean
  /** The imaging module can read the document's mode. */
  readonly isReadableMode: boolean
}

const MESSAGES = {
  'no-document': 'No document is open; open one and select a layer.',
  'no-layer': 'No layer is selected; select one in the Layers panel.',
  'several-layers': 'Several layers are selected; select one, or group them and select the group.',
  'adjustment-layer': 'An adjustment layer has no pixels of its own; select a layer that has.',
  'empty-layer': 'The layer is empty; select one with pixels.',
  artboard: 'An artboard cannot be painted; select a layer or a group in it.',
  'unsupported-mode': 'The document’s colour mode cannot be read; convert it to RGB.',
} as const satisfies Partial<Record<DocumentProblem, string>>

/** @throws DocumentError */
export function activeSource(photoshop: Photoshop): Source {
  const document = activeDocument(photoshop)
  if (!document) throw problem('no-document')
  const layers = Array.from(document.activeLayers)
  const [layer] = layers
  if (!layer) throw problem('no-layer')
  if (layers.length > 1) throw problem('several-layers')
  return { document, layer, ...howToRead(photoshop, document, layer) }
}

/** Without a document Photoshop may answer null or throw: neither is documented. */
export function activeDocument({ app }: Photoshop): PsDocument | undefined {
  if (app.documents.length === 0) return undefined
  try {
    return (app.activeDocument as PsDocument | null) ?? undefined
  } catch {
    return undefined
  }
}

export function activeLayerFacts(photoshop: Photoshop): ActiveLayerFacts {
  try {
    const document = activeDocument(photoshop)
    const layers = document ? Array.from(document.activeLayers) : []
    const layer = layers.length === 1 ? layers[0] : undefined
    return {
      documentTitle: document?.title,
      documentWidth: document?.width,
      documentHeight: document?.height,
      layerName: layer?.name,
      layerWidth: layer?.boundsNoEffects.width,
      layerHeight: layer?.boundsNoEffects.height,
      problem: currentProblem(photoshop),
    }
  } catch {
    // Asked at any moment, also while a document is being closed.
    return { problem: 'failed' }
  }
}

function currentProblem(photoshop: Photoshop): DocumentProblem | undefined {
  try {
    activeSource(photoshop)
    return undefined
  } catch (error) {
    if (error instanceof DocumentError) return error.problem
    throw error
  }
}

function howToRead(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
): Pick<Source, 'isPixelLayer' | 'isReadableMode'> {
  const { LayerKind, DocumentMode } = photoshop.constants
  const rasterised: readonly string[] = [
    LayerKind.GROUP,
    LayerKind.TEXT,
    LayerKind.SMARTOBJECT,
    LayerKind.SOLIDFILL,
    LayerKind.GRADIENTFILL,
    LayerKind.PATTERNFILL,
    LayerKind.VIDEO,
    LayerKind.LAYER3D,
  ]
  const isPixelLayer = layer.kind === LayerKind.NORMAL
  // Photoshop gains kinds of adjustment with each version, so the others are listed.
  if (!isPixelLayer && !rasterised.includes(layer.kind)) throw problem('adjustment-layer')
  if (Array.from(document.artboards).some(({ id }) => id === layer.id)) throw problem('artboard')
  if (!Object.values(DocumentMode).includes(document.mode)) throw problem('unsupported-mode')
  if (isEmpty(layer)) throw problem('empty-layer')
  return { isPixelLayer, isReadableMode: isReadableMode(photoshop, document) }
}

export function isEmpty({ boundsNoEffects: { left, top, right, bottom } }: PsLayer): boolean {
  return right <= left || bottom <= top
}

export function problem(which: keyof typeof MESSAGES): DocumentError {
  return new DocumentError(which, MESSAGES[which])
}
