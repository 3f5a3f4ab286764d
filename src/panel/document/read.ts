/** Reading the active layer: pixels at native depth and profile, and the selection over them. */
import type { Pixels } from '../../bridge/messages.ts'
import { bytesOf } from '../../bridge/samples.ts'
import { type Bounds, DocumentError, type SourceLayer } from '../document.ts'
import type { Photoshop, PsDocument, PsLayer } from '../photoshop.ts'
import { activeSource, problem } from './active-layer.ts'
import { inDuplicate } from './duplicate.ts'
import { bitsOf, profileOf } from './mode.ts'
import { coverageOf } from './samples.ts'
import { disposing, inModalScope } from './scope.ts'

/** getPixels is known to fail now and then, and to work a moment later. */
const RETRY_MS = 60

type LayerPixels = Pick<SourceLayer, 'bounds' | 'pixels' | 'profile'>

/** @throws DocumentError */
export function readActiveLayer(photoshop: Photoshop): Promise<SourceLayer> {
  return inModalScope(photoshop, 'Read layer', async (scope) => {
    const source = activeSource(photoshop)
    const { document, layer } = source
    const read = (from: PsDocument, fromLayer: PsLayer): Promise<LayerPixels> =>
      readPixels(photoshop, from, fromLayer)
    const layerPixels =
      source.isPixelLayer && source.isReadableMode
        ? await read(document, layer)
        : await inDuplicate(photoshop, scope, source, read)
    const selection = await readSelection(photoshop, document, layerPixels.bounds)
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

/** @returns coverage 0 … 255 of every pixel in `bounds`; undefined without a selection. */
async function readSelection(
  { imaging }: Photoshop,
  document: PsDocument,
  bounds: Bounds,
): Promise<Uint8Array | undefined> {
  if (!document.selection.bounds) return undefined
  const { width, height } = document
  const sourceBounds = intersection(bounds, { left: 0, top: 0, right: width, bottom: height })
  if (!sourceBounds) throw selectionOutside()
  const getSelection = async (): ReturnType<typeof imaging.getSelection> => {
    try {
      return await imaging.getSelection({ documentID: document.id, sourceBounds })
    } catch (error) {
      // What comes of an area where nothing is selected is not documented.
      throw selectionOutside(error)
    }
  }
  const { imageData, sourceBounds: selectedBounds } = await getSelection()
  return disposing(imageData, async () => {
    const data = await imageData.getData({ chunky: true, fullRange: false })
    const coverage = place(coverageOf(data, imageData.componentSize), selectedBounds, bounds)
    if (coverage.every((value) => value === 0)) throw selectionOutside()
    return coverage
  })
}

const selectionOutside = (cause?: unknown): DocumentError =>
  new DocumentError(
    'selection-outside',
    'The selection does not touch the layer’s pixels; select over them, or deselect.',
    [],
    { cause },
  )

function intersection(a: Bounds, b: Bounds): Bounds | undefined {
  const left = Math.max(a.left, b.left)
  const top = Math.max(a.top, b.top)
  const right = Math.min(a.right, b.right)
  const bottom = Math.min(a.bottom, b.bottom)
  return left < right && top < bottom ? { left, top, right, bottom } : undefined
}

/** The samples of `from` where they lie in `to`; 0 elsewhere. */
function place(samples: Uint8Array, from: Bounds, to: Bounds): Uint8Array {
  const width = to.right - to.left
  const placed = new Uint8Array(width * (to.bottom - to.top))
  const common = intersection(from, to)
  if (!common) return placed
  for (let y = common.top; y < common.bottom; y++) {
    const start = (y - from.top) * (from.right - from.left) + common.left - from.left
    placed.set(
      samples.subarray(start, start + common.right - common.left),
      (y - to.top) * width + common.left - to.left,
    )
  }
  return placed
}
