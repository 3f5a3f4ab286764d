/**
 * Going on from a layer of ours, in whichever session it was painted: the layer that it was painted
 * from is found again by its name and the checksum of its pixels.
 */
import type { StartPicture } from '../bridge/messages.ts'
import { throwIfCancelled } from '../engine/errors.ts'
import type { FileIdentity } from '../engine/recipe.ts'
import {
  DocumentError,
  type DocumentProblem,
  type DocumentWork,
  type LayerChoice,
  type SourceLayer,
} from './document.ts'
import { hashInTurns } from './hash.ts'
import { nameOf } from './recipes.ts'

/** A layer of ours, and what its recipe says. */
export interface EarlierPainting {
  readonly layer: LayerChoice
  readonly content: FileIdentity
  readonly continueAt: number
}

export interface EarlierPicture {
  readonly original: LayerChoice
  readonly init: StartPicture
}

/** Layers that were never painted from. */
const UNREADABLE: readonly DocumentProblem[] = ['adjustment-layer', 'artboard', 'empty-layer']

/**
 * @throws DocumentError original-gone where no layer is what it was painted from, elsewhere where
 * ours was moved away from it; CancelledError after `signal`.
 */
export async function readEarlier(
  documents: Pick<DocumentWork, 'layers' | 'read' | 'readOver'>,
  { layer, content: { name, sha256 }, continueAt }: EarlierPainting,
  signal: AbortSignal,
): Promise<EarlierPicture> {
  for (const original of documents.layers(layer.documentId)) {
    if (original.id === layer.id || nameOf(original.name) !== name) continue
    const source = await readOrSkip(documents, original)
    throwIfCancelled(signal)
    const isOriginal = source && (await hashInTurns(source.pixels.bytes)) === sha256
    throwIfCancelled(signal)
    if (!isOriginal) continue
    const pixels = await documents.readOver(layer.id, source)
    throwIfCancelled(signal)
    return { original, init: { pixels, edge: continueAt } }
  }
  throw new DocumentError(
    'original-gone',
    `no layer "${name}" is what "${layer.name}" was painted from`,
  )
}

async function readOrSkip(
  documents: Pick<DocumentWork, 'read'>,
  { id, documentId }: LayerChoice,
): Promise<SourceLayer | undefined> {
  try {
    return await documents.read(id, { documentId, ignoreSelection: true })
  } catch (error) {
    if (error instanceof DocumentError && UNREADABLE.includes(error.problem)) return undefined
    throw error
  }
}
