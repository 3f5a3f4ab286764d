/** The recipe of a result, kept in its layer's XMP; batchPlay alone reaches it. */
import { packetOf, recipeIn } from '../../engine/output/xmp.ts'
import { activeDocument } from './active-layer.ts'
import { play, referenceOf } from './commands.ts'
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'

const PROPERTY = 'XMPMetadataAsUTF8'

/** Must run in a modal scope. @throws Error if the layer does not have the recipe afterwards. */
export async function storeRecipe(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  recipe: string,
): Promise<void> {
  await play(photoshop, {
    _obj: 'set',
    _target: [{ _ref: 'property', _property: PROPERTY }, ...referenceOf(document.id, layer.id)],
    to: { _obj: 'layer', [PROPERTY]: packetOf(recipe) },
  })
  // It is not documented, so a version may take the command and do nothing.
  if ((await recipeOf(photoshop, document.id, layer.id)) !== recipe) {
    throw new Error('Photoshop did not keep the recipe in the layer’s metadata')
  }
}

/** Of the selected layer by default. Never rejects. */
export async function readRecipe(
  photoshop: Photoshop,
  layerId?: number,
): Promise<string | undefined> {
  try {
    const document = activeDocument(photoshop)
    if (!document) return undefined
    if (layerId !== undefined) return await recipeOf(photoshop, document.id, layerId)
    const [layer, ...others] = Array.from(document.activeLayers)
    if (!layer || others.length > 0) return undefined
    return await recipeOf(photoshop, document.id, layer.id)
  } catch {
    // The layer has no metadata, Photoshop is busy, or the document is being closed.
    return undefined
  }
}

async function recipeOf(
  photoshop: Photoshop,
  documentId: number,
  layerId: number,
): Promise<string | undefined> {
  const [result] = await play(photoshop, {
    _obj: 'get',
    _target: [{ _property: PROPERTY }, ...referenceOf(documentId, layerId)],
  })
  const packet: unknown = result?.[PROPERTY]
  return typeof packet === 'string' ? recipeIn(packet) : undefined
}
