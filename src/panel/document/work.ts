/** The work on documents, done by the Photoshop module that it is given. */
import type { DocumentWork } from '../document.ts'
import { activeLayerFacts, allLayers, coverageChoices, selectedLayers } from './active-layer.ts'
import { insertResult } from './insert.ts'
import type { Photoshop } from './photoshop-types.ts'
import { readLayer } from './read.ts'
import { readCoverage } from './read-coverage.ts'
import { readOver } from './read-over.ts'
import { otherDocuments, readPicture } from './read-picture.ts'
import { readRecipe } from './recipe.ts'

/** The events after which another layer may be active, or have another name or size. */
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
    selectedLayers: () => selectedLayers(photoshop),
    coverageChoices: (documentId) => coverageChoices(photoshop, documentId),
    layers: (documentId) => allLayers(photoshop, documentId),
    read: (layerId, options = {}) => readLayer(photoshop, layerId, options),
    readCoverage: (from, over) => readCoverage(photoshop, from, over),
    otherDocuments: () => otherDocuments(photoshop),
    readPicture: (from, maxEdge) => readPicture(photoshop, from, maxEdge),
    readOver: (layerId, over) => readOver(photoshop, layerId, over),
    insert: (source, pixels, layerName, placement, recipe) =>
      insertResult(photoshop, { source, pixels, layerName, recipe }, placement),
    readRecipe: (layerId) => readRecipe(photoshop, layerId),
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
