/** A result on its way into the document. */

import type { StylizeOutcome } from '../bridge/messages.ts'
import { canvasOf } from './document/rects.ts'
import {
  DocumentError,
  type DocumentWork,
  type InsertedLayer,
  type Placement,
  type SourceLayer,
} from './document.ts'
import type { PaintJob } from './engine-client.ts'
import type { RunSettings } from './recorded-step.ts'

/** A result, and all that it takes to go on from it. */
export interface Result {
  readonly settings: RunSettings
  readonly source: SourceLayer
  readonly job: PaintJob
  readonly outcome: StylizeOutcome
  readonly layerName: string
  /** Absent where none could be written. */
  readonly recipe?: string
  /** The layer from which the run went on: the new one comes above it. */
  readonly earlier?: SourceLayer
}

/** Inserts above the layer from which the run went on; where that is gone, above the source. */
export async function insertAbove(
  documents: Pick<DocumentWork, 'insert'>,
  { source, earlier, outcome, layerName, recipe }: Result,
  placement: Placement,
): Promise<InsertedLayer> {
  const insert = (below: SourceLayer): Promise<InsertedLayer> =>
    documents.insert(below, outcome.pixels, layerName, placement, recipe)
  if (!earlier) return insert(source)
  try {
    return await insert(earlier)
  } catch (error) {
    if (!(error instanceof DocumentError) || error.problem !== 'layer-deleted') throw error
    return insert(source)
  }
}

/** The source, but standing where the new layer is: for insertions above that. */
export const inPlaceOf = (
  source: SourceLayer,
  { documentId, layerId }: InsertedLayer,
  layerName: string,
): SourceLayer => {
  const isElsewhere = documentId !== source.documentId
  return {
    ...source,
    documentId,
    layerId,
    layerName,
    // In a new document the picture covers everything.
    ...(isElsewhere && {
      documentTitle: layerName,
      bounds: canvasOf(source.pixels),
    }),
  }
}
