/** What commands do to a document: add layers, copy them, select them. */
import { plainLayer } from '../photograph.ts'
import type { LayerState } from '../state.ts'
import { FLAT_MODES, flattened } from './document-states.ts'
import type { Dom } from './dom.ts'
import { checkBlendMode, checkPercent } from './layer-values.ts'
import type { RealDocument, RealLayer } from './real.ts'
import type { OpenDocument } from './store.ts'
import { findLayer, insertLayer, renumber } from './tree.ts'

export interface Target {
  readonly dom: Dom
  readonly document: OpenDocument
}

export type LayerOptions = NonNullable<Parameters<RealDocument['createPixelLayer']>[0]>

export function makeLayer(
  { dom, document }: Target,
  historyName: string,
  { name, opacity, blendMode, mode }: LayerOptions = {},
  given: Partial<LayerState> = {},
): RealLayer {
  const { store, switches } = dom.platform
  if (FLAT_MODES.has(document.state.mode))
    throw new Error(`A document in ${document.state.mode} mode can have no further layer`)
  const id = document.nextLayerId++
  const blend = blendMode ?? mode
  const layer: LayerState = {
    ...plainLayer(id, name ?? `Layer ${id}`),
    ...given,
    ...(opacity !== undefined && { opacity: checkPercent('opacity', opacity) }),
    ...(blend !== undefined && { blendMode: checkBlendMode(blend) }),
  }
  const [active] = document.selectedLayerIds
  const isOnTop = active === undefined || switches.newLayerOnTop
  const place = isOnTop ? { topOf: undefined } : { above: active }
  store.change(document, historyName, (state) => ({
    ...state,
    layers: insertLayer(state.layers, layer, place),
  }))
  store.selectLayers(document, [id])
  dom.notifyLayers('make', [id])
  return dom.layer(document, id)
}

export function selectLayers({ dom, document }: Target, layers: readonly RealLayer[]): void {
  if (!Array.isArray(layers))
    throw new TypeError(`document.activeLayers: expected a list of layers, got ${typeof layers}`)
  const ids = layers.map((layer) => {
    if (dom.documentOf(layer) !== document)
      throw new Error(`document.activeLayers: “${layer.name}” is in another document`)
    return dom.stateOf(layer).id
  })
  dom.platform.store.selectLayers(document, [...new Set(ids)])
  dom.notifyLayers(ids.length > 0 ? 'select' : 'selectNoLayers', ids)
}

export function duplicateDocument(
  { dom, document }: Target,
  name = `${document.title} copy`,
  isMerged: boolean,
): RealDocument {
  const { store, switches, notifications } = dom.platform
  const renamed = new Map<number, number>()
  let nextId = document.nextLayerId
  const state = isMerged ? flattened(document.state) : document.state
  const layers = switches.duplicateRenumbersLayers
    ? state.layers.map((layer) => renumber(layer, () => nextId++, renamed))
    : state.layers
  const copy = store.open(name, { ...state, layers })
  const selected = document.selectedLayerIds.map((id) => renamed.get(id) ?? id)
  store.selectLayers(
    copy,
    selected.filter((id) => findLayer(layers, id)),
  )
  notifications.emit('open', { documentID: copy.id })
  return dom.document(copy)
}
