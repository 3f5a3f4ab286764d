/**
 * Going on from a layer that Impasto painted, perhaps in another session. The layer from which it
 * was painted is found again by its name and the checksum of its pixels.
 */
import type { StartPicture } from '../bridge/messages.ts'
import { throwIfCancelled } from '../engine/errors.ts'
import type { FileIdentity } from '../engine/output/recipe.ts'
import {
  type CoverageSource,
  DocumentError,
  type DocumentProblem,
  type DocumentWork,
  type LayerChoice,
  type SourceLayer,
} from './document.ts'
import { hashInTurns } from './hash.ts'
import { nameOf } from './recipes.ts'
import type { RunSettings } from './recorded-step.ts'
import { usesSelection } from './style-settings.ts'

/** With what and from what a layer was painted. */
export interface EarlierPainting {
  readonly settings: RunSettings
  readonly content: FileIdentity
  readonly continueAt: number
}

interface EarlierPicture {
  /** The original layer, with the mask that the new layer is to have as its selection. */
  readonly source: SourceLayer
  readonly init: StartPicture
}

type Documents = Pick<DocumentWork, 'layers' | 'read' | 'readOver' | 'readCoverage'>

/** Problems of layers from which nothing can have been painted. */
const UNREADABLE: readonly DocumentProblem[] = ['adjustment-layer', 'artboard', 'empty-layer']

/**
 * @throws DocumentError original-gone where the layer from which `layer` was painted is not found,
 * layer-moved where the two do not overlap; CancelledError after `signal`.
 */
export async function readEarlier(
  documents: Documents,
  layer: LayerChoice,
  { settings, content, continueAt }: EarlierPainting,
  signal: AbortSignal,
): Promise<EarlierPicture> {
  const original = await findOriginal(documents, layer, content, signal)
  const pixels = await documents.readOver(layer.id, original)
  throwIfCancelled(signal)
  const selection = await maskOf(documents, layer, original, settings)
  throwIfCancelled(signal)
  return {
    source: { ...original, ...(selection && { selection }) },
    init: { pixels, edge: continueAt },
  }
}

async function findOriginal(
  documents: Documents,
  layer: LayerChoice,
  { name, sha256 }: FileIdentity,
  signal: AbortSignal,
): Promise<SourceLayer> {
  const layers = documents.layers(layer.documentId)
  if (!layers.some(({ id }) => id === layer.id)) {
    throw new DocumentError('layer-deleted', `layer "${layer.name}" is gone`)
  }
  for (const candidate of layers) {
    if (candidate.id === layer.id || nameOf(candidate.name) !== name) continue
    const source = await readOrSkip(documents, candidate)
    throwIfCancelled(signal)
    if (source && (await hashInTurns(source.pixels.bytes, signal)) === sha256) return source
  }
  throw new DocumentError(
    'original-gone',
    `no layer "${name}" is what "${layer.name}" was painted from`,
  )
}

async function readOrSkip(
  documents: Documents,
  { id, documentId }: LayerChoice,
): Promise<SourceLayer | undefined> {
  try {
    return await documents.read(id, { documentId, ignoreSelection: true })
  } catch (error) {
    if (error instanceof DocumentError && UNREADABLE.includes(error.problem)) return undefined
    throw error
  }
}

/** The selection, as for any run; without one the mask of the earlier layer; over `original`. */
async function maskOf(
  documents: Documents,
  layer: LayerChoice,
  original: SourceLayer,
  settings: RunSettings,
): Promise<Uint8Array | undefined> {
  const read = async (
    kind: Exclude<CoverageSource['kind'], 'layer'>,
    none: DocumentProblem,
  ): Promise<Uint8Array | undefined> => {
    try {
      const over = { ...original, layerId: layer.id }
      return (await documents.readCoverage({ kind }, over)).bytes
    } catch (error) {
      if (error instanceof DocumentError && error.problem === none) return undefined
      throw error
    }
  }
  const selected = usesSelection(settings) ? undefined : await read('selection', 'no-selection')
  return selected ?? read('layer-mask', 'no-layer-mask')
}
