/** Masks a layer that the panel has made, in whichever way this version of Photoshop can. */
import type { Bounds } from '../document.ts'
import { play, referenceOf, selectLayer } from './commands.ts'
import { hasMask, readLayerMask } from './coverage.ts'
import { bitsOf } from './mode.ts'
import type { Photoshop, PsDocument, PsImageData, PsLayer } from './photoshop-types.ts'
import { canvasOf, intersection, place } from './rects.ts'
import { coverageAtDepth } from './samples.ts'
import { disposing, succeeds } from './scope.ts'

/** The profile of masks, by Photoshop's documentation. */
const MASK_PROFILE = 'Gray Gamma 2.2'

/** By how much a sample, 0 … 255, may differ after it was written and read back. */
const TOLERANCE = 2

/**
 * Masks the layer, which has no mask yet, and reads the mask back: some versions write none, or a
 * wrong one. Must run in a modal scope, and the document must be the active one.
 * @param coverage 0 … 255 over `bounds`, which is where the layer has pixels.
 * @returns false when the layer has no mask after.
 * @throws Error when it has a wrong one that cannot be taken away.
 */
export async function putMask(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  coverage: Uint8Array,
  bounds: Bounds,
): Promise<boolean> {
  const isRight = async (made: number | undefined): Promise<boolean> => {
    const read = await readLayerMask(photoshop, document, layer, bounds, made)
    return read.every((value, i) => Math.abs(value - coverage[i]!) <= TOLERANCE)
  }
  for (const write of [writeMask, maskBySelection]) {
    // Versions differ in what fails, so the mask itself is judged.
    const made = await write(photoshop, document, layer, coverage, bounds).catch(() => undefined)
    if (await isRight(made).catch(() => false)) return true
    await succeeds(() => removeMask(photoshop, document, layer))
  }
  if (await hasMask(photoshop, document, layer)) {
    throw new Error('Photoshop made a wrong mask of the selection; insert it in a new document')
  }
  return false
}

/** @returns the default of the mask, where it is known. */
async function writeMask(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  coverage: Uint8Array,
  bounds: Bounds,
): Promise<number | undefined> {
  // Versions in which putLayerMask makes the mask itself may refuse to make one before.
  const isMade = await succeeds(() => makeMask(photoshop, document, layer, 'hideAll'))
  const imageData = await grayImage(photoshop, document, coverage, bounds)
  await disposing(imageData, () =>
    photoshop.imaging.putLayerMask({
      documentID: document.id,
      layerID: layer.id,
      kind: 'user',
      imageData,
      targetBounds: bounds,
    }),
  )
  return isMade ? 0 : undefined
}

/** Restores the selection after. @returns the default of the mask. */
async function maskBySelection(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  coverage: Uint8Array,
  bounds: Bounds,
): Promise<number> {
  const area = intersection(bounds, canvasOf(document))
  if (!area) throw new Error('the layer lies outside of the canvas')
  const documentID = document.id
  const { imaging } = photoshop
  const before = document.selection.bounds ? await imaging.getSelection({ documentID }) : undefined
  const select = async (imageData: PsImageData, targetBounds: Bounds): Promise<void> => {
    await imaging.putSelection({ documentID, imageData, targetBounds })
  }
  try {
    const wanted = await grayImage(photoshop, document, place(coverage, bounds, area), area)
    await disposing(wanted, () => select(wanted, area))
    await makeMask(photoshop, document, layer, 'revealSelection')
    return 0
  } finally {
    if (before)
      await disposing(before.imageData, () => select(before.imageData, before.sourceBounds))
    else await document.selection.deselect()
  }
}

/** The DOM has no call for it. */
async function makeMask(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
  how: 'hideAll' | 'revealSelection',
): Promise<void> {
  await selectLayer(photoshop, document, layer)
  await play(photoshop, {
    _obj: 'make',
    new: { _class: 'channel' },
    at: { _ref: 'channel', _enum: 'channel', _value: 'mask' },
    using: { _enum: 'userMaskEnabled', _value: how },
  })
}

async function removeMask(
  photoshop: Photoshop,
  document: PsDocument,
  layer: PsLayer,
): Promise<void> {
  await play(photoshop, {
    _obj: 'delete',
    _target: [
      { _ref: 'channel', _enum: 'channel', _value: 'mask' },
      ...referenceOf(document.id, layer.id),
    ],
  })
}

function grayImage(
  photoshop: Photoshop,
  document: PsDocument,
  coverage: Uint8Array,
  { left, top, right, bottom }: Bounds,
): Promise<PsImageData> {
  const samples = coverageAtDepth(coverage, bitsOf(photoshop, document))
  return photoshop.imaging.createImageDataFromBuffer(samples, {
    width: right - left,
    height: bottom - top,
    components: 1,
    colorSpace: 'Grayscale',
    colorProfile: MASK_PROFILE,
  })
}
