/** The work on documents, over the module it is given. */
import type { DocumentWork } from '../document.ts'
import type { Photoshop } from '../photoshop.ts'
import { activeLayerFacts } from './active-layer.ts'
import { insertResult } from './insert.ts'
import { readActiveLayer } from './read.ts'

/** Whatever may change what is active, or how it is called or how large it is. */
const EVENTS = [
  'select',
  'selectNoLayers',
  'open',
  'close',
  'make',
  'delete',
  'duplicate',
  'set',
  'move',
  'transform',
  'convertMode',
  'imageSize',
  'canvasSize',
  'crop',
  'rasterizeLayer',
  'mergeLayersNew',
  'historyStateChanged',
]

/** One press of a key may raise several events. */
const DEBOUNCE_MS = 100

export function makeDocumentWork(photoshop: Photoshop): DocumentWork {
  return {
    facts: () => activeLayerFacts(photoshop),
    read: () => readActiveLayer(photoshop),
    insert: (source, pixels, layerName, placement) =>
      insertResult(photoshop, { source, pixels, layerName }, placement),
    onChange(listener) {
      let timer: ReturnType<typeof setTimeout> | undefined
      const notice = (): void => {
        clearTimeout(timer)
        timer = setTimeout(listener, DEBOUNCE_MS)
      }
      void photoshop.action.addNotificationListener(EVENTS, notice)
      return () => {
        clearTimeout(timer)
        void photoshop.action.removeNotificationListener(EVENTS, notice)
      }
    },
  }
}
