/**
 * Painting anew, or going on, from a layer that Impasto painted, perhaps in another session. The
 * layer from which it was painted is found again by its name and the checksum of its pixels.
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
/** What it takes to read a layer that is to be painted. */
export type SourceDocuments = Pick<DocumentWork, 'layers' | 'read' | 'readCoverage'>

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

/** Layers that may be the one from which `layer` was painted, going by their name. */
export const namesakesOf = (
  documents: Pick<DocumentWork, 'layers'>,
  layer: LayerChoice,
  { name }: FileIdentity,
): readonly LayerChoice[] =>
  documents
    .layers(layer.documentId)
    .filter((other) => other.id !== layer.id && nameOf(other.name) === name)

/**
 * What is painted: the original of a painted layer where that is still there, else the layer itself.
 * @param layer by default the active one.
 * @param paintedFrom the layer from which Impasto painted `layer`.
 */
export async function readToPaint(
  documents: SourceDocuments,
  settings: RunSettings,
  layer: LayerChoice | undefined,
  paintedFrom: FileIdentity | undefined,
  signal: AbortSignal,
): Promise<{ readonly source: SourceLayer; readonly isOriginal: boolean }> {
  const original =
    layer && paintedFrom && (await readOriginal(documents, layer, paintedFrom, settings, signal))
  const readItself = (): Promise<SourceLayer> =>
    documents.read(layer?.id, {
      documentId: layer?.documentId,
      ignoreSelection: usesSelection(settings),
    })
  return { source: original ?? (await readItself()), isOriginal: original !== undefined }
}

/**
 * The layer from which `layer` was painted, to be painted anew in the same place: under the
 * selection, or else under the mask of `layer`. Where the only layer of that name was changed since,
 * it is taken as it is now.
 * @returns undefined where it is gone.
 * @throws DocumentError selection-outside; CancelledError after `signal`.
 */
async function readOriginal(
  documents: SourceDocuments,
  layer: LayerChoice,
  content: FileIdentity,
  settings: RunSettings,
  signal: AbortSignal,
): Promise<SourceLayer | undefined> {
  const original = await searchOriginal(documents, layer, content, 'changed-too', signal)
  if (!original) return undefined
  const selection = await maskOf(documents, layer, original, settings)
  throwIfCancelled(signal)
  if (selection?.every((covered) => covered === 0)) {
    throw new DocumentError('selection-outside', 'the selection does not touch the layer')
  }
  return { ...original, ...(selection && { selection }) }
}

async function findOriginal(
  documents: Documents,
  layer: LayerChoice,
  content: FileIdentity,
  signal: AbortSignal,
): Promise<SourceLayer> {
  const original = await searchOriginal(documents, layer, content, 'unchanged', signal)
  if (original) return original
  throw new DocumentError(
    'original-gone',
    `no layer "${content.name}" is what "${layer.name}" was painted from`,
  )
}

async function searchOriginal(
  documents: SourceDocuments,
  layer: LayerChoice,
  content: FileIdentity,
  which: 'unchanged' | 'changed-too',
  signal: AbortSignal,
): Promise<SourceLayer | undefined> {
  if (!documents.layers(layer.documentId).some(({ id }) => id === layer.id)) {
    throw new DocumentError('layer-deleted', `layer "${layer.name}" is gone`)
  }
  const namesakes = namesakesOf(documents, layer, content)
  for (const candidate of namesakes) {
    const source = await readOrSkip(documents, candidate)
    throwIfCancelled(signal)
    if (!source) continue
    if (which === 'changed-too' && namesakes.length === 1) return source
    if ((await hashInTurns(source.pixels.bytes, signal)) === content.sha256) return source
  }
  return undefined
}

async function readOrSkip(
  documents: SourceDocuments,
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
  documents: SourceDocuments,
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
