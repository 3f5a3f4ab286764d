/**
 * A quick small picture in the panel alone, of what Stylize would paint: no layer, no history. It is
 * abandoned as soon as something else is wanted, and never in the way of a run.
 */
import { makeAborter } from '../bridge/abort.ts'
import type { StylizeOptions } from '../engine/options.ts'
import type { Size } from '../engine/picture/image.ts'
import type { DocumentWork, SourceLayer } from './document.ts'
import { readToPaint, type SourceDocuments } from './earlier-painting.ts'
import type { EngineClient } from './engine-client.ts'
import { isRunning } from './job.ts'
import type { Log } from './log.ts'
import { shrink } from './png.ts'
import { roughWork } from './prediction.ts'
import { runSettings } from './recorded-step.ts'
import { type InputContext, readInput } from './run-input.ts'
import { edgeOf } from './settings.ts'
import { contentSize, currentOptions, deviceSpeed, type PanelState } from './state.ts'
import type { Store } from './store.ts'

/** Long edge, px. Styles are sized relative to the picture, so strokes are in proportion to it. */
export const PREVIEW_EDGE = 256

/** Steps at each scale, at most: enough to see strokes and colours. */
const MOST_STEPS = 25

/** The options of a run, for a preview of content of that size. */
const previewOptions = (options: StylizeOptions, content: Size): StylizeOptions => ({
  ...options,
  size: Math.min(PREVIEW_EDGE, edgeOf('layer', content)),
  iterations: options.iterations.map((count) => Math.min(count, MOST_STEPS)),
})

interface PreviewContext extends InputContext {
  readonly documents: InputContext['documents'] &
    SourceDocuments &
    Pick<DocumentWork, 'selectedLayers'>
  readonly engine: Pick<EngineClient, 'open' | 'stylize'>
  readonly store: Store<PanelState>
  readonly log: Log
}

interface Preview {
  /** Paints one now. Never rejects: the state says what came of it. */
  show(): Promise<void>
  /** Gives up what is under way. Resolves when the engine is free. */
  abandon(): Promise<void>
}

/** Seconds that a preview takes; undefined as long as nothing is known of the device. */
export function previewSeconds(state: PanelState): number | undefined {
  const speed = deviceSpeed(state)
  if (speed === undefined) return undefined
  const content = contentSize(state)
  return speed * roughWork(previewOptions(currentOptions(state), content), content)
}

/** Whether there can be one. */
export const canPreview = ({ layer, job, batch }: PanelState): boolean =>
  layer.layerCount === 1 &&
  layer.problem === undefined &&
  !isRunning(job) &&
  job.phase !== 'held' &&
  batch?.isRunning !== true

export function makePreview({ store, documents, engine, log, readStyle }: PreviewContext): Preview {
  let aborter = makeAborter()
  let settled: Promise<void> = Promise.resolve()
  let latestKey = keyOf(store.get())

  const paint = async (signal: AbortSignal): Promise<void> => {
    store.update({ preview: { phase: 'painting' } })
    const finish = (preview: PanelState['preview']): void => {
      if (!signal.aborted) store.update({ preview })
    }
    try {
      const { settings: set, userPresets, layerRecipe, isOnTop } = store.get()
      const settings = runSettings(set, userPresets)
      const readSmall = async (): Promise<SourceLayer> => {
        const [layer] = documents.selectedLayers()
        const from = isOnTop ? undefined : layerRecipe?.content
        const { source } = await readToPaint(documents, settings, layer, from, signal)
        return { ...source, pixels: shrink(source.pixels, PREVIEW_EDGE) }
      }
      const { job } = await readInput({ documents, readStyle }, settings, readSmall, signal)
      await engine.open(settings.device, settings.options.model, signal)
      const options = previewOptions(settings.options, job.content)
      await engine.stylize({ ...job, options }, { signal, onProgress: () => undefined })
      finish({ phase: 'shown' })
    } catch (error) {
      if (!signal.aborted) log.add('warning', `no preview: ${String(error)}`)
      finish({ phase: 'failed', error })
    }
  }
  const abandon = async (): Promise<void> => {
    aborter.abort()
    if (store.get().preview) store.update({ preview: undefined })
    await settled
  }
  const show = async (): Promise<void> => {
    await abandon()
    if (!canPreview(store.get())) return
    aborter = makeAborter()
    settled = paint(aborter.signal)
    await settled
  }

  store.subscribe((state) => {
    const key = keyOf(state)
    if (key === latestKey) return
    latestKey = key
    void abandon()
  })

  return { show, abandon }
}

/** All that a preview depends on. */
const keyOf = (state: PanelState): string => {
  const { documentTitle, layerName, layerWidth, layerHeight } = state.layer
  return JSON.stringify([
    [documentTitle, layerName, layerWidth, layerHeight, state.isOnTop],
    [state.settings.styles, state.settings.strengthMap],
    currentOptions(state),
    state.settings.device,
  ])
}
