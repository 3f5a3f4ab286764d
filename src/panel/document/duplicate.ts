/** Reads layers without pixels of their own, or in unreadable modes, from a duplicate document. */

import { activeDocument, isEmpty, problem, type Source } from './active-layer.ts'
import { play, selectLayer } from './commands.ts'
import { findPath, layerAt } from './layer-tree.ts'
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'
import { type ModalScope, succeeds } from './scope.ts'

/** Gives `use` the layer as a pixel layer of an RGB or grayscale document, and closes that after. */
export async function inDuplicate<T>(
  photoshop: Photoshop,
  scope: ModalScope,
  source: Source,
  use: (document: PsDocument, layer: PsLayer) => Promise<T>,
): Promise<T> {
  const { app } = photoshop
  const { document: original } = source
  const active = activeDocument(photoshop)
  const duplicate = await original.duplicate(original.title)
  await scope.closeAtEnd(duplicate)

  const path = findPath(photoshop, original, source.layer.id) ?? []
  const layerNow = (): PsLayer => {
    const layer = layerAt(duplicate, path)
    if (!layer) throw new Error('the layer is missing from a duplicate of the document')
    return layer
  }
  if (!source.isPixelLayer) await rasterise(photoshop, duplicate, layerNow())
  if (!source.isReadableMode) await makeReadable(photoshop, duplicate)
  if (isEmpty(layerNow().boundsNoEffects)) throw problem('empty-layer')
  const result = await use(duplicate, layerNow())

  duplicate.closeWithoutSaving()
  if (active && app.activeDocument.id !== active.id) app.activeDocument = active
  return result
}

async function rasterise(
  photoshop: Photoshop,
  duplicate: PsDocument,
  layer: PsLayer,
): Promise<void> {
  const { constants } = photoshop
  if (layer.allLocked) layer.allLocked = false
  if (layer.kind !== constants.LayerKind.GROUP) {
    return layer.rasterize(constants.RasterizeType.ENTIRELAYER)
  }
  // merge() takes what is selected, and a hidden group cannot be merged.
  await selectLayer(photoshop, duplicate, layer)
  layer.visible = true
  const isMerged = await succeeds(() => layer.merge())
  // That merge() takes groups is not documented; the menu's command does.
  if (!isMerged) await play(photoshop, { _obj: 'mergeLayersNew' })
}

async function makeReadable({ constants }: Photoshop, duplicate: PsDocument): Promise<void> {
  const { DocumentMode, ChangeMode } = constants
  // A bitmap can become grayscale only.
  const isBitmap = duplicate.mode === DocumentMode.BITMAP
  await duplicate.changeMode(isBitmap ? ChangeMode.GRAYSCALE : ChangeMode.RGB)
}
