/** Reading a layer: pixels at native depth and profile, and the selection over them. */
import type { Pixels } from '../../bridge/messages.ts'
import { bytesOf } from '../../bridge/samples.ts'
import type { ReadOptions, SourceLayer } from '../document.ts'
import { problem, type Source, sourceOf } from './active-layer.ts'
import { readSelection } from './coverage.ts'
import { inDuplicate } from './duplicate.ts'
import { bitsOf, profileOf } from './mode.ts'
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'
import { disposing, inModalScope, type ModalScope } from './scope.ts'

/** getPixels fails now and then, and works a moment later. */
const RETRY_MS = 60

type LayerPixels = Pick<SourceLayer, 'bounds' | 'pixels' | 'profile'>

/** @throws DocumentError */
export function readLayer(
  photoshop: Photoshop,
  layerId: number | undefined,
  { documentId, ignoreSelection }: ReadOptions,
): Promise<SourceLayer> {
  return inModalScope(photoshop, 'Read layer', async (scope) => {
    const source = sourceOf(photoshop, layerId, documentId)
    const { document, layer } = source
    const layerPixels = await readSource(photoshop, scope, source)
    const selection = ignoreSelection
      ? undefined
      : await readSelection(photoshop, document, layerPixels.bounds)
    return {
      ...layerPixels,
      documentId: document.id,
      documentTitle: document.title,
      layerId: layer.id,
      layerName: layer.name,
      mode: document.mode,
      bitsPerChannel: document.bitsPerChannel,
      selection,
    }
  })
}

/** The pixels of a layer of any kind, in any mode. */
export function readSource(
  photoshop: Photoshop,
  scope: ModalScope,
  source: Source,
): Promise<LayerPixels> {
  const { document, layer, isPixelLayer, isReadableMode } = source
  return isPixelLayer && isReadableMode
    ? readPixels(photoshop, document, layer)
    : inDuplicate(photoshop, scope, source, (from, fromLayer) =>
        readPixels(photoshop, from, fromLayer),
      )
}

async function readPixels(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
): Promise<LayerPixels> {
  const { constants, imaging } = photoshop
  const profile = profileOf(photoshop, document)
  const { imageData, sourceBounds, level } = await retried(() =>
    imaging.getPixels({
      documentID: document.id,
      layerID: layer.id,
      colorSpace: document.mode === constants.DocumentMode.GRAYSCALE ? 'Grayscale' : 'RGB',
      ...(profile && { colorProfile: profile }),
      componentSize: bitsOf(photoshop, document),
    }),
  )
  return disposing(imageData, async () => {
    const { width, height, components, componentSize: bits } = imageData
    const { left, top, right, bottom } = sourceBounds
    if (width * height === 0) throw problem('empty-layer')
    if (level !== 0 || right - left !== width || bottom - top !== height) {
      throw new Error(
        `getPixels: expected ${right - left} × ${bottom - top} px at level 0, got ${width} × ${height} at level ${level}`,
      )
    }
    if (!isComponentCount(components)) {
      throw new Error(`getPixels: expected 1 to 4 components, got ${components}`)
    }
    const data = await imageData.getData({ chunky: true, fullRange: false })
    return {
      bounds: { left, top, right, bottom },
      pixels: { width, height, components, bits, bytes: bytesOf(data) },
      profile,
    }
  })
}

const isComponentCount = (count: number): count is Pixels['components'] =>
  [1, 2, 3, 4].includes(count)

async function retried<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    return call()
  }
}
