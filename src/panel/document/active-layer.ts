/** Which layers are meant, and whether they can be painted. */
import {
  type ActiveLayerFacts,
  DocumentError,
  type DocumentProblem,
  type LayerChoice,
} from '../document.ts'
import type { Photoshop, PsDocument, PsLayer } from '../photoshop.ts'
import { everyLayer, findDocument, findLayer } from './layer-tree.ts'
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
  'document-closed': 'The document is no longer open; open it again.',
  'layer-deleted': 'The layer is no longer in its document; select another one.',
  'no-selection': 'Nothing is selected in the document; select an area of it.',
  'no-layer-mask': 'The layer has no mask that shows any of it; add one.',
  'mask-layer-gone':
    'The layer that serves as a mask is gone or has no pixels; choose another one.',
  'layer-moved': 'The layers have no place in common; move them back.',
} as const satisfies Partial<Record<DocumentProblem, string>>

/**
 * Of the selected layer, or of that with the id, whatever is active then.
 * @throws DocumentError
 */
export function sourceOf(photoshop: Photoshop, layerId?: number, documentId?: number): Source {
  const document =
    documentId === undefined ? activeDocument(photoshop) : findDocument(photoshop, documentId)
  if (!document) throw problem(documentId === undefined ? 'no-document' : 'document-closed')
  const layer = layerId === undefined ? selectedLayer(document) : findLayer(document, layerId)
  if (!layer) throw problem('layer-deleted')
  return { document, layer, ...howToRead(photoshop, document, layer) }
}

function selectedLayer(document: PsDocument): PsLayer {
  const layers = Array.from(document.activeLayers)
  const [layer] = layers
  if (!layer) throw problem('no-layer')
  if (layers.length > 1) throw problem('several-layers')
  return layer
}

/** From the top of the stack down. Never throws. */
export const selectedLayers = (photoshop: Photoshop): readonly LayerChoice[] =>
  orNone(() => selectedIn(activeDocument(photoshop)))

function selectedIn(document: PsDocument | undefined): readonly LayerChoice[] {
  if (!document) return []
  const selected = Array.from(document.activeLayers)
  if (selected.length < 2) return selected.map((layer) => choiceOf(document, layer))
  // In which order Photoshop tells them is not documented.
  const choices: LayerChoice[] = []
  const ids = new Set(selected.map(({ id }) => id))
  for (const layer of everyLayer(document.layers)) {
    if (ids.delete(layer.id)) choices.push(choiceOf(document, layer))
    if (ids.size === 0) break
  }
  return choices
}

/** Of the document with the id. Never throws. */
export const allLayers = (photoshop: Photoshop, documentId: number): readonly LayerChoice[] =>
  orNone(() => {
    const document = findDocument(photoshop, documentId)
    return document
      ? Array.from(everyLayer(document.layers), (layer) => choiceOf(document, layer))
      : []
  })

/** A longer list is of no use in a menu, and each layer of it costs Photoshop time. */
const MAX_CHOICES = 50

/** Of the active document, or of that with the id. Never throws. */
export const coverageChoices = (
  photoshop: Photoshop,
  documentId?: number,
): readonly LayerChoice[] =>
  orNone(() => {
    const document =
      documentId === undefined ? activeDocument(photoshop) : findDocument(photoshop, documentId)
    return coverageIn(photoshop, document)
  })

function coverageIn(
  photoshop: Photoshop,
  document: PsDocument | undefined,
): readonly LayerChoice[] {
  const choices: LayerChoice[] = []
  if (!document) return choices
  for (const layer of everyLayer(document.layers)) {
    if (layer.kind !== photoshop.constants.LayerKind.NORMAL || isEmpty(layer)) continue
    choices.push(choiceOf(document, layer))
    if (choices.length === MAX_CHOICES) break
  }
  return choices
}

/** Asked at any moment, also while a document is being closed. */
function orNone(list: () => readonly LayerChoice[]): readonly LayerChoice[] {
  try {
    return list()
  } catch {
    return []
  }
}

const choiceOf = (document: PsDocument, { id, name }: PsLayer): LayerChoice => ({
  documentId: document.id,
  id,
  name,
})

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
      layerCount: layers.length,
      layerName: layer?.name,
      layerWidth: layer?.boundsNoEffects.width,
      layerHeight: layer?.boundsNoEffects.height,
      problem: layers.length > 1 ? undefined : currentProblem(photoshop),
    }
  } catch {
    // Asked at any moment, also while a document is being closed.
    return { layerCount: 0, problem: 'failed' }
  }
}

function currentProblem(photoshop: Photoshop): DocumentProblem | undefined {
  try {
    sourceOf(photoshop)
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

export function problem(which: keyof typeof MESSAGES, cause?: unknown): DocumentError {
  return new DocumentError(which, MESSAGES[which], [], { cause })
}
