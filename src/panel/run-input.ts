/** Gathers what a run needs before it can start: style files, the layer, masks over it. */

import type { CoverageMap, StyleFile } from '../bridge/messages.ts'
import { throwIfCancelled } from '../engine/errors.ts'
import type { StylizeOptions } from '../engine/options.ts'
import type { Size } from '../engine/picture/image.ts'
import type { DocumentWork, SourceLayer } from './document.ts'
import type { PaintJob } from './engine-client.ts'
import type { RunSettings } from './recorded-step.ts'
import { edgeOf } from './settings.ts'
import { findPlace, type Place } from './style-settings.ts'
import type { StyleChoice } from './styles.ts'

/** A style's picture file. */
export type NamedFile = Pick<StyleFile, 'name' | 'bytes'>

export interface RunInput {
  readonly source: SourceLayer
  readonly job: PaintJob
}

export interface InputContext {
  readonly documents: Pick<DocumentWork, 'readCoverage' | 'coverageChoices'>
  readStyle(style: StyleChoice): Promise<NamedFile>
}

/**
 * @param readSource called after the styles were read, since missing styles are found sooner.
 * @throws StyleFileError, DocumentError; CancelledError after `signal`.
 */
export async function readInput(
  { documents, readStyle }: InputContext,
  settings: RunSettings,
  readSource: () => Promise<SourceLayer>,
  signal: AbortSignal,
): Promise<RunInput> {
  /** Ends after the current step when the run is cancelled. */
  const step = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work
    throwIfCancelled(signal)
    return result
  }
  const { styles, strengthMap, device } = settings
  const files: NamedFile[] = []
  for (const { choice } of styles) files.push(await step(readStyle(choice)))
  const source = await step(readSource())
  const known = new Map<string, CoverageMap>()
  const mapOf = async (place: Place | undefined): Promise<CoverageMap | undefined> => {
    if (!place) return undefined
    const from = findPlace(place, await step(documents.coverageChoices(source.documentId)))
    const key = JSON.stringify(from)
    const map = known.get(key) ?? (await step(documents.readCoverage(from, source)))
    known.set(key, map)
    return map
  }
  const styleFiles: StyleFile[] = []
  for (const [i, { weight, scale, rotation, where }] of styles.entries()) {
    const mask = await mapOf(where)
    styleFiles.push({ ...files[i]!, weight, scale, rotation, ...(mask && { mask }) })
  }
  const strength = await mapOf(strengthMap)
  const { pixels: content, profile } = source
  return {
    source,
    job: {
      content,
      ...(profile && { profile }),
      styles: styleFiles,
      ...(strength && { strength }),
      options: optionsFor(settings, content),
      device,
    },
  }
}

/** The options of a run, at the size that it is painted at. */
export const optionsFor = ({ options, size }: RunSettings, layer: Size): StylizeOptions => ({
  ...options,
  size: edgeOf(size, layer),
})
