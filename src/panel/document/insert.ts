/** Writing a result as a new layer: one history state, or the document as it was. */

import type { Pixels } from '../../bridge/messages.ts'
import { reasonOf } from '../../engine/errors.ts'
import {
  DocumentError,
  type DocumentProblem,
  type InsertedLayer,
  PLACEMENTS,
  type Placement,
  type SourceLayer,
} from '../document.ts'
import { activeDocument } from './active-layer.ts'
import { asOneHistoryState } from './history.ts'
import { findDocument, findLayer } from './layer-tree.ts'
import { canHoldLayers } from './mode.ts'
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'
import { putMaskedPixels } from './put.ts'
import { storeRecipe } from './recipe.ts'
import { canvasOf } from './rects.ts'
import { inModalScope, type ModalScope } from './scope.ts'

/** A result and what it was made from. */
interface Insertion {
  readonly source: SourceLayer
  readonly pixels: Pixels
  readonly layerName: string
  /** JSON text; undefined where there is none to store. */
  readonly recipe: string | undefined
}

/**
 * Inserts the result as a new layer; in a new document where the source's document was read in a mode
 * that allows no further layer, and still has it.
 * @throws DocumentError whose `placements` say what may be tried instead.
 */
export async function insertResult(
  photoshop: Photoshop,
  insertion: Insertion,
  placement: Placement,
): Promise<InsertedLayer> {
  try {
    return await inModalScope(photoshop, 'Insert result', (scope) =>
      placement === 'new-document' || isWithoutLayers(photoshop, insertion.source)
        ? insertInNewDocument(photoshop, scope, insertion)
        : insertInDocument(photoshop, scope, insertion, placement),
    )
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    const { problem, message, cause } = error
    throw new DocumentError(problem, message, stillOpen(problem, placement), { cause })
  }
}

/** What to offer after a failure: the same again if the reason may pass, else places farther away. */
function stillOpen(problem: DocumentProblem, placement: Placement): readonly Placement[] {
  switch (problem) {
    case 'busy':
    case 'cancelled':
      return [placement]
    case 'layer-deleted':
      return ['top-of-document', 'new-document']
    case 'document-closed':
    case 'document-changed':
      return ['new-document']
    default:
      return PLACEMENTS.slice(PLACEMENTS.indexOf(placement))
  }
}

async function insertInDocument(
  photoshop: Photoshop,
  scope: ModalScope,
  insertion: Insertion,
  placement: 'above-source' | 'top-of-document',
): Promise<InsertedLayer> {
  const { constants } = photoshop
  const { source, pixels, layerName, recipe } = insertion
  const document = openDocument(photoshop, source)
  const sourceLayer = findLayer(photoshop, document, source.layerId)
  if (placement === 'above-source' && !sourceLayer) {
    throw new DocumentError(
      'layer-deleted',
      `layer ${source.layerName} is no longer in ${source.documentTitle}; insert the result on top or in a new document`,
    )
  }
  const below = placement === 'above-source' ? sourceLayer : document.layers[0]
  const isClipped =
    placement === 'above-source' && below !== undefined && isInClippingGroup(document, below)

  const write = (): Promise<InsertedLayer> => {
    let layer: PsLayer | undefined
    return asOneHistoryState(
      scope,
      { documentID: document.id, name: layerName },
      async () => {
        layer = await createLayer(document, layerName)
        await putMaskedPixels(photoshop, document, layer, { ...source, pixels })
        if (below) layer.move(below, constants.ElementPlacement.PLACEBEFORE)
        if (isClipped && !layer.isClippingMask) layer.isClippingMask = true
        return insertedLayer(photoshop, document, layer, recipe)
      },
      () => layer?.delete(),
    )
  }
  return whileActive(photoshop, document, write)
}

/** Keeps the layer even if the recipe fails: the picture is worth more. */
async function insertedLayer(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  recipe: string | undefined,
): Promise<InsertedLayer> {
  const inserted = { documentId: document.id, layerId: layer.id }
  if (recipe === undefined) return inserted
  try {
    await storeRecipe(photoshop, document, layer, recipe)
    return inserted
  } catch (error) {
    // After a cancel the next call throws, so none is lost here.
    return {
      ...inserted,
      recipeFailure: `the recipe is not stored with the new layer: ${reasonOf(error)}`,
    }
  }
}

/** Makes the document active for `write`, since commands that name no document go to the active one. */
async function whileActive<T>(
  photoshop: Photoshop,
  document: PsDocument,
  write: () => Promise<T>,
): Promise<T> {
  const active = activeDocument(photoshop)
  if (active?.id === document.id) return write()
  const { app } = photoshop
  app.activeDocument = document
  try {
    return await write()
  } finally {
    if (active) app.activeDocument = active
  }
}

function isWithoutLayers(photoshop: Photoshop, { documentId, mode }: SourceLayer): boolean {
  const document = findDocument(photoshop, documentId)
  return document?.mode === mode && !canHoldLayers(photoshop, document)
}

function openDocument(photoshop: Photoshop, source: SourceLayer): PsDocument {
  const { documentId, documentTitle } = source
  const document = findDocument(photoshop, documentId)
  if (!document) {
    throw new DocumentError(
      'document-closed',
      `${documentTitle} is no longer open; insert the result in a new document`,
    )
  }
  if (!canHoldLayers(photoshop, document)) {
    throw new DocumentError(
      'document-changed',
      `${documentTitle}: a document in ${document.mode} holds no further layer; convert it to RGB, or insert the result in a new document`,
    )
  }
  return document
}

/** Whether a layer put directly above must be clipped so that the layers around look as before. */
function isInClippingGroup(document: PsDocument, layer: PsLayer): boolean {
  if (layer.isClippingMask) return true
  const siblings = Array.from(layer.parent?.layers ?? document.layers)
  const above = siblings[siblings.findIndex(({ id }) => id === layer.id) - 1]
  return above?.isClippingMask ?? false
}

async function createLayer(document: PsDocument, name: string): Promise<PsLayer> {
  const layer = await document.createPixelLayer({ name })
  if (!layer) {
    throw new Error(
      `${document.title}: Photoshop made no new layer; insert the result in a new document`,
    )
  }
  return layer
}

async function insertInNewDocument(
  photoshop: Photoshop,
  scope: ModalScope,
  { source, pixels, layerName, recipe }: Insertion,
): Promise<InsertedLayer> {
  const { app, constants } = photoshop
  const { NewDocumentMode, DocumentFill } = constants
  const { width, height } = pixels
  const document = await app.createDocument({
    name: layerName,
    width,
    height,
    depth: pixels.bits,
    mode: pixels.components > 2 ? NewDocumentMode.RGB : NewDocumentMode.GRAYSCALE,
    fill: DocumentFill.TRANSPARENT,
    ...(source.profile && { profile: source.profile }),
  })
  if (!document) throw new Error('no new document could be made')
  await scope.closeAtEnd(document)
  const layer = document.layers[0] ?? (await createLayer(document, layerName))
  layer.name = layerName
  await putMaskedPixels(photoshop, document, layer, {
    ...source,
    pixels,
    bounds: canvasOf(pixels),
  })
  const inserted = await insertedLayer(photoshop, document, layer, recipe)
  await scope.keepOpen(document)
  return inserted
}
