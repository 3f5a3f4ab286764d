/** Which layers are meant, and whether they can be painted. */
import {
  type ActiveLayerFacts,
  DocumentError,
  type DocumentProblem,
  type LayerChoice,
} from '../document.ts'
import { play, referenceOf } from './commands.ts'
import { everyNode, findDocument, findLayer, layerTree } from './layer-tree.ts'
import { isReadableMode } from './mode.ts'
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'

/** How a layer's pixels can be had: directly, or from a duplicate of the document. */
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
 * Finds the layer with the id, whatever is active; by default the selected layer.
 * @throws DocumentError
 */
export function sourceOf(photoshop: Photoshop, layerId?: number, documentId?: number): Source {
  const document =
    documentId === undefined ? activeDocument(photoshop) : findDocument(photoshop, documentId)
  if (!document) throw problem(documentId === undefined ? 'no-document' : 'document-closed')
  const layer =
    layerId === undefined ? selectedLayer(document) : findLayer(photoshop, document, layerId)
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

/** The selected layers, from the top of the stack down. Never throws. */
export const selectedLayers = (photoshop: Photoshop): readonly LayerChoice[] =>
  orNone(() => selectedIn(photoshop, activeDocument(photoshop)))

function selectedIn(
  photoshop: Photoshop,
  document: PsDocument | undefined,
): readonly LayerChoice[] {
  if (!document) return []
  const selected = Array.from(document.activeLayers)
  if (selected.length < 2) return selected.map((layer) => choiceOf(document, layer))
  // Their order in Photoshop's answer is not documented.
  const ids = new Set(selected.map(({ id }) => id))
  return Array.from(everyNode(layerTree(photoshop, document)))
    .filter(({ id }) => ids.has(id))
    .map((node) => choiceOf(document, node))
}

/** All layers of the document with the id. Never throws. */
export const allLayers = (photoshop: Photoshop, documentId: number): readonly LayerChoice[] =>
  orNone(() => {
    const document = findDocument(photoshop, documentId)
    return document
      ? Array.from(everyNode(layerTree(photoshop, document)), (node) => choiceOf(document, node))
      : []
  })

/** A longer list is of no use in a menu. */
const MAX_CHOICES = 50
/** No more layers than this are asked whether they have pixels. */
const MAX_ASKED = 4 * MAX_CHOICES

/** Pixel layers of the document with the id, by default the active one. Never rejects. */
export async function coverageChoices(
  photoshop: Photoshop,
  documentId?: number,
): Promise<readonly LayerChoice[]> {
  try {
    const document =
      documentId === undefined ? activeDocument(photoshop) : findDocument(photoshop, documentId)
    if (!document) return []
    const candidates = Array.from(everyNode(layerTree(photoshop, document)))
      .filter(({ isPixelLayer }) => isPixelLayer ?? true)
      .slice(0, MAX_ASKED)
    if (candidates.length === 0) return []
    const empty = await emptyAmong(photoshop, document, candidates)
    return candidates
      .filter(({ id }) => !empty.has(id))
      .slice(0, MAX_CHOICES)
      .map((node) => choiceOf(document, node))
  } catch {
    return []
  }
}

/** Asks about all layers at once. Those about which Photoshop does not tell count as having pixels. */
async function emptyAmong(
  photoshop: Photoshop,
  { id: documentId }: PsDocument,
  layers: readonly { readonly id: number }[],
): Promise<ReadonlySet<number>> {
  try {
    const answers = await play(
      photoshop,
      ...layers.map(({ id }) => ({
        _obj: 'get',
        _target: [{ _property: 'boundsNoEffects' }, ...referenceOf(documentId, id)],
      })),
    )
    const isEmptyIn = (answer: (typeof answers)[number] | undefined): boolean => {
      const [left, top, right, bottom] = (['left', 'top', 'right', 'bottom'] as const).map(
        (side) => {
          const edge: unknown = answer?.boundsNoEffects?.[side]
          // A number with its unit, or without.
          return typeof edge === 'number' ? edge : (edge as { _value?: number } | undefined)?._value
        },
      )
      return right! <= left! || bottom! <= top!
    }
    return new Set(layers.filter((_, i) => isEmptyIn(answers[i])).map(({ id }) => id))
  } catch {
    return new Set()
  }
}

/** Never throws: it is asked at any moment, even while a document is being closed. */
function orNone(list: () => readonly LayerChoice[]): readonly LayerChoice[] {
  try {
    return list()
  } catch {
    return []
  }
}

const choiceOf = (
  document: PsDocument,
  { id, name }: { readonly id: number; readonly name: string },
): LayerChoice => ({
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

/** Called at each of Photoshop's notifications. Reading a property is costly, so each is read once. */
export function activeLayerFacts(photoshop: Photoshop): ActiveLayerFacts {
  try {
    const document = activeDocument(photoshop)
    if (!document) return { layerCount: 0, problem: 'no-document' }
    const layers = Array.from(document.activeLayers)
    const [layer, ...others] = layers
    const { title, width, height } = document
    const facts = {
      documentTitle: title,
      documentWidth: width,
      documentHeight: height,
      layerCount: layers.length,
    }
    if (!layer) return { ...facts, problem: 'no-layer' }
    if (others.length > 0) return facts
    const bounds = layer.boundsNoEffects
    return {
      ...facts,
      layerName: layer.name,
      layerWidth: bounds.width,
      layerHeight: bounds.height,
      problem: problemIn(() => howToRead(photoshop, document, layer, bounds)),
    }
  } catch {
    // This may happen while a document is being closed.
    return { layerCount: 0, problem: 'failed' }
  }
}

function problemIn(look: () => unknown): DocumentProblem | undefined {
  try {
    look()
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
  bounds = layer.boundsNoEffects,
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
  const { kind } = layer
  const isPixelLayer = kind === LayerKind.NORMAL
  // Photoshop gains kinds of adjustment with each version, so the others are listed.
  if (!isPixelLayer && !rasterised.includes(kind)) throw problem('adjustment-layer')
  // Artboards are groups.
  const isArtboard =
    kind === LayerKind.GROUP && Array.from(document.artboards).some(({ id }) => id === layer.id)
  if (isArtboard) throw problem('artboard')
  if (!Object.values(DocumentMode).includes(document.mode)) throw problem('unsupported-mode')
  if (isEmpty(bounds)) throw problem('empty-layer')
  return { isPixelLayer, isReadableMode: isReadableMode(photoshop, document) }
}

export const isEmpty = ({ left, top, right, bottom }: PsLayer['boundsNoEffects']): boolean =>
  right <= left || bottom <= top

export function problem(which: keyof typeof MESSAGES, cause?: unknown): DocumentError {
  return new DocumentError(which, MESSAGES[which], [], { cause })
}
