/** Reading a layer or a document as a picture of its own, to serve as a style. */
import type { Pixels } from '../../bridge/messages.ts'
import { bytesOf } from '../../bridge/samples.ts'
import type { DocumentChoice, PictureSource } from '../document.ts'
import { activeDocument, problem, sourceOf } from './active-layer.ts'
import { inDuplicate } from './duplicate.ts'
import { findDocument } from './layer-tree.ts'
import { bitsOf, isReadableMode, profileOf } from './mode.ts'
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'
import { disposing, inModalScope } from './scope.ts'

/** What picture files without a profile hold. */
const SRGB = 'sRGB IEC61966-2.1'

/**
 * @param maxEdge px: more is not asked of Photoshop, which may give a little more all the same.
 * @throws DocumentError
 */
export function readPicture(
  photoshop: Photoshop,
  from: PictureSource,
  maxEdge: number,
): Promise<{ readonly name: string; readonly pixels: Pixels }> {
  return inModalScope(photoshop, 'Read picture', async (scope) => {
    if (from.kind === 'layer') {
      const source = sourceOf(photoshop)
      const { document, layer, isPixelLayer } = source
      const read = (readable: PsDocument, pixelLayer: PsLayer): Promise<Pixels> => {
        const { width, height } = pixelLayer.boundsNoEffects
        return readSmall(photoshop, readable, { width, height }, maxEdge, pixelLayer.id)
      }
      const pixels = await (isPixelLayer && source.isReadableMode
        ? read(document, layer)
        : inDuplicate(photoshop, scope, source, read))
      return { name: layer.name, pixels }
    }
    const document = findDocument(photoshop, from.documentId)
    if (!document) throw problem('document-closed')
    if (!isReadableMode(photoshop, document)) throw problem('unsupported-mode')
    const pixels = await readSmall(photoshop, document, document, maxEdge)
    return { name: document.title, pixels }
  })
}

/** The open documents beside the active one. Never throws. */
export function otherDocuments(photoshop: Photoshop): readonly DocumentChoice[] {
  try {
    const active = activeDocument(photoshop)
    return Array.from(photoshop.app.documents)
      .filter(({ id }) => id !== active?.id)
      .map(({ id, title }) => ({ id, title }))
  } catch {
    // One of them is being closed.
    return []
  }
}

/** @param layerID absent: the whole document as it is seen. */
async function readSmall(
  photoshop: Photoshop,
  document: PsDocument,
  { width, height }: { readonly width: number; readonly height: number },
  maxEdge: number,
  layerID?: number,
): Promise<Pixels> {
  const { constants, imaging } = photoshop
  const isGray = document.mode === constants.DocumentMode.GRAYSCALE
  const bits = bitsOf(photoshop, document)
  const profile = isGray || bits === 32 ? profileOf(photoshop, document) : SRGB
  const { imageData } = await imaging.getPixels({
    documentID: document.id,
    ...(layerID !== undefined && { layerID }),
    colorSpace: isGray ? 'Grayscale' : 'RGB',
    ...(profile && { colorProfile: profile }),
    componentSize: bits,
    ...(Math.max(width, height) > maxEdge && {
      // The other side follows.
      targetSize: width > height ? { width: maxEdge } : { height: maxEdge },
    }),
  })
  return disposing(imageData, async () => {
    const { width, height, components } = imageData
    if (width * height === 0) throw problem('empty-layer')
    const data = await imageData.getData({ chunky: true, fullRange: false })
    return {
      width,
      height,
      components: components as Pixels['components'],
      bits,
      bytes: bytesOf(data),
    }
  })
}
