/** Recipes in files: a picture has its own in its XMP, a document one for each painted layer. */
import { readProperty, recipeIn, withProperty } from '../../engine/output/xmp.ts'
import { parsePsd } from '../../psd/document.ts'
import { readLayerXmp } from '../../psd/layer-xmp.ts'
import { documentXmp } from './metadata.ts'
import { readXmp } from './raster.ts'
import type { RasterFormat } from './raster-format.ts'
import { readSourceFile } from './source-file.ts'

interface StoredRecipe {
  /** The layer that holds the recipe, if the file is a document. */
  readonly layer?: string
  /** Not yet checked. */
  readonly json: string
}

/** libvips silently drops a longer packet, because the segment of a JPEG holds no more. */
const MAX_JPEG_PACKET_BYTES = 60_000

/**
 * Reads a picture's recipe, or those of a document's layers from the top down. @throws ImageError
 * for what is no picture.
 */
export async function readRecipes(path: string): Promise<readonly StoredRecipe[]> {
  const file = await readSourceFile(path)
  if (file.format !== 'psd') {
    const json = recipeIn((await readXmp(file)) ?? '')
    return json === undefined ? [] : [{ json }]
  }
  const document = parsePsd(path, file.bytes)
  const listed = layerRecipes(documentXmp(document))
  return (document.layerInfo?.layers ?? [])
    .flatMap((layer) => {
      // Photoshop keeps the layer's own; where another program lost it, the document's list has it.
      const json = recipeIn(readLayerXmp(document, layer) ?? '') ?? listed[layer.id]
      return json === undefined ? [] : [{ layer: layer.name, json }]
    })
    .reverse()
}

/** A packet to be written, and what could not be put into it. */
export interface PacketWithNote {
  readonly packet?: string | undefined
  readonly note?: string
}

/** The packet of a picture, in which what the content's packet says is kept. */
export function picturePacket(
  old: string | undefined,
  recipe: string,
  format: RasterFormat,
): PacketWithNote {
  const others = old && withProperty(old, 'layerRecipes', undefined)
  const packet = withProperty(others, 'recipe', recipe)
  if (old && others === undefined) return { packet: old, note: DAMAGED }
  if (format !== 'jpeg' || packet === undefined || fitsJpeg(packet)) return { packet }
  const alone = withProperty(undefined, 'recipe', recipe)!
  return fitsJpeg(alone)
    ? { packet: alone, note: 'the XMP of the content is too long for a JPEG and is left out' }
    : { packet: old, note: 'the settings are too long for a JPEG and are not stored in it' }
}

const DAMAGED = 'the XMP of the content is damaged; it is kept, and the settings are not stored'

const fitsJpeg = (packet: string): boolean => Buffer.byteLength(packet) <= MAX_JPEG_PACKET_BYTES

/**
 * A document's packet with the recipe of one more layer, for programs that do not look into layers.
 * Recipes of layers that are gone are left out.
 */
export function documentPacket(
  old: string | undefined,
  ids: ReadonlySet<number>,
  added: { readonly id: number; readonly recipe: string },
): PacketWithNote {
  const kept = Object.entries(layerRecipes(old)).filter(([id]) => ids.has(Number(id)))
  const recipes = Object.fromEntries([...kept, [added.id, added.recipe]])
  const parsed = Object.entries(recipes).map(([id, json]) => `${JSON.stringify(id)}:${json}`)
  const packet = withProperty(old, 'layerRecipes', `{${parsed.join(',')}}`)
  return packet === undefined
    ? { note: 'the XMP of the document is damaged; the settings are stored with the layer alone' }
    : { packet }
}

/** JSON texts by layer id; none where there is no list, or it cannot be read. */
function layerRecipes(packet: string | undefined): Readonly<Record<string, string>> {
  const text = packet && readProperty(packet, 'layerRecipes')
  if (!text) return {}
  try {
    const recipes = JSON.parse(text) as unknown
    if (typeof recipes !== 'object' || recipes === null) return {}
    return Object.fromEntries(
      Object.entries(recipes).map(([id, recipe]) => [id, JSON.stringify(recipe)]),
    )
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
