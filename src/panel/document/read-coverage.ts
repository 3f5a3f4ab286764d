/** Reading what says where a style goes: the selection, the layer's mask, or another layer. */
import type { CoverageMap } from '../../bridge/messages.ts'
import { type CoverageSource, DocumentError, type SourceLayer } from '../document.ts'
import { problem, type Source, sourceOf } from './active-layer.ts'
import { readLayerMask, readSelection } from './coverage.ts'
import { findDocument, findLayer } from './layer-tree.ts'
import type { Photoshop, PsDocument } from './photoshop-types.ts'
import { readSource } from './read.ts'
import { place } from './rects.ts'
import { brightnessOf } from './samples.ts'
import { inModalScope, type ModalScope } from './scope.ts'

/** @throws DocumentError */
export function readCoverage(
  photoshop: Photoshop,
  from: CoverageSource,
  over: SourceLayer,
): Promise<CoverageMap> {
  return inModalScope(photoshop, 'Read mask', async (scope) => {
    const document = findDocument(photoshop, over.documentId)
    if (!document) throw problem('document-closed')
    const { width, height } = over.pixels
    return { width, height, bytes: await readBytes(photoshop, scope, document, from, over) }
  })
}

async function readBytes(
  photoshop: Photoshop,
  scope: ModalScope,
  document: PsDocument,
  from: CoverageSource,
  { layerId, bounds }: SourceLayer,
): Promise<Uint8Array> {
  switch (from.kind) {
    case 'selection': {
      const coverage = await readSelection(photoshop, document, bounds)
      if (!coverage) throw problem('no-selection')
      return coverage
    }
    case 'layer-mask': {
      const layer = findLayer(photoshop, document, layerId)
      if (!layer) throw problem('layer-deleted')
      return readLayerMask(photoshop, document, layer, bounds)
    }
    case 'layer': {
      const source = maskSource(photoshop, from.layerId, document.id)
      const mask = await readSource(photoshop, scope, source)
      return place(brightnessOf(mask.pixels), mask.bounds, bounds)
    }
  }
}

/** That it is another layer than the painted one must be told apart. */
function maskSource(photoshop: Photoshop, layerId: number, documentId: number): Source {
  try {
    return sourceOf(photoshop, layerId, documentId)
  } catch (error) {
    throw error instanceof DocumentError ? problem('mask-layer-gone', error) : error
  }
}
