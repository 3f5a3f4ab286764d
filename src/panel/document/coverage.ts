/** How much of each pixel of a layer the selection or the layer's mask covers. */

import { type Bounds, DocumentError } from '../document.ts'
import type { Photoshop, PsDocument, PsLayer } from '../photoshop.ts'
import { problem } from './active-layer.ts'
import { intersection, place } from './rects.ts'
import { coverageOf } from './samples.ts'
import { disposing } from './scope.ts'

type MaskResult = Awaited<ReturnType<Photoshop['imaging']['getSelection']>>

/** @returns coverage 0 … 255 of every pixel in `bounds`; undefined without a selection. */
export async function readSelection(
  { imaging }: Photoshop,
  document: PsDocument,
  bounds: Bounds,
): Promise<Uint8Array | undefined> {
  if (!document.selection.bounds) return undefined
  const { width, height } = document
  const sourceBounds = intersection(bounds, { left: 0, top: 0, right: width, bottom: height })
  if (!sourceBounds) throw selectionOutside()
  const getSelection = async (): Promise<MaskResult> => {
    try {
      return await imaging.getSelection({ documentID: document.id, sourceBounds })
    } catch (error) {
      // What comes of an area where nothing is selected is not documented.
      throw selectionOutside(error)
    }
  }
  const coverage = await placed(await getSelection(), bounds)
  if (coverage.every((value) => value === 0)) throw selectionOutside()
  return coverage
}

const selectionOutside = (cause?: unknown): DocumentError =>
  new DocumentError(
    'selection-outside',
    'The selection does not touch the layer’s pixels; select over them, or deselect.',
    [],
    { cause },
  )

/** The layer's user mask over `bounds`; 0 where Photoshop tells nothing of it. */
export async function readLayerMask(
  { imaging }: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  bounds: Bounds,
): Promise<Uint8Array> {
  const getLayerMask = async (): Promise<MaskResult> => {
    try {
      return await imaging.getLayerMask({
        documentID: document.id,
        layerID: layer.id,
        kind: 'user',
      })
    } catch (error) {
      // The DOM does not tell whether there is a mask.
      throw problem('no-layer-mask', error)
    }
  }
  return placed(await getLayerMask(), bounds)
}

function placed({ imageData, sourceBounds }: MaskResult, bounds: Bounds): Promise<Uint8Array> {
  return disposing(imageData, async () => {
    const data = await imageData.getData({ chunky: true, fullRange: false })
    return place(coverageOf(data, imageData.componentSize), sourceBounds, bounds)
  })
}
