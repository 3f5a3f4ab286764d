/** What commands do to a layer: move it, copy it, turn it into another kind. */
import { plainLayer } from '../photograph.ts'
import type { DocumentState, LayerState } from '../state.ts'
import { codingOf, convertRaster, flatten } from './color.ts'
import { constants } from './constants.ts'
import { convertMaskDepth } from './depth.ts'
import type { Dom } from './dom.ts'
import { bottomOf, placeIn } from './placement.ts'
import type { RealDocument, RealLayer } from './real.ts'
import type { OpenDocument, Store } from './store.ts'
import {
  changeLayer,
  findLayer,
  findParent,
  insertLayer,
  type Place,
  removeLayer,
  renumber,
} from './tree.ts'

export interface Target {
  readonly dom: Dom
  readonly document: OpenDocument
  readonly layer: LayerState
}

/** Kinds that have a look of their own; adjustments only change what is below them. */
const RASTERIZABLE: ReadonlySet<string> = new Set([
  'text',
  'smartObject',
  'solidColor',
  'gradientFill',
  'pattern',
  'threeD',
  'video',
])

export function move(
  { dom, document, layer }: Target,
  relativeObject: RealLayer,
  insertLocation: string,
): void {
  const relative = dom.stateOf(relativeObject)
  if (dom.documentOf(relativeObject) !== document)
    throw new Error(`layer.move: “${relative.name}” is in another document`)
  const place = placeIn(document, relative, insertLocation)
  if (layer.isBackground) throw new Error('layer.move: the background cannot be moved')
  if (findLayer([layer], relative.id))
    throw new Error(`layer.move: “${layer.name}” cannot be moved beside or into itself`)
  reorder(dom, document, layer, place)
}

export function moveToEnd({ dom, document, layer }: Target, end: 'front' | 'back'): void {
  if (layer.isBackground) throw new Error('layer.move: the background cannot be moved')
  const { layers } = document.state
  const siblings = findParent(layers, layer.id)?.children ?? layers
  const [first] = siblings
  if (siblings.at(end === 'front' ? 0 : -1) === layer || !first) return
  reorder(dom, document, layer, end === 'front' ? { above: first.id } : bottomOf(siblings))
}

function reorder(dom: Dom, document: OpenDocument, layer: LayerState, place: Place): void {
  dom.platform.store.change(document, 'Layer Order', (state) => ({
    ...state,
    layers: insertLayer(removeLayer(state.layers, layer.id), layer, place),
  }))
  dom.notifyLayers('move', [layer.id])
}

export function remove({ dom, document, layer }: Target): void {
  if (layer.locks.all) throw new Error(`layer.delete: “${layer.name}” is locked`)
  dom.platform.store.change(document, 'Delete Layer', (state) => ({
    ...state,
    layers: removeLayer(state.layers, layer.id),
  }))
  dom.notifyLayers('delete', [layer.id])
}

export function duplicate(
  { dom, document, layer }: Target,
  relativeObject: RealDocument | RealLayer | undefined,
  insertLocation: string = constants.ElementPlacement.PLACEBEFORE,
  name = `${layer.name} copy`,
): RealLayer {
  const target = relativeObject ? dom.documentOf(relativeObject) : document
  const place = duplicatePlace(dom, target, { document, layer }, relativeObject, insertLocation)
  const copy = { ...renumber(layer, () => target.nextLayerId++), name, isBackground: false }
  const recoded = recode(copy, document.state, target.state)
  dom.platform.store.change(target, 'Duplicate Layer', (state) => ({
    ...state,
    layers: insertLayer(state.layers, recoded, place),
  }))
  dom.platform.store.selectLayers(target, [copy.id])
  dom.notifyLayers('duplicate', [copy.id])
  return dom.layer(target, copy.id)
}

function duplicatePlace(
  dom: Dom,
  target: OpenDocument,
  source: Pick<Target, 'document' | 'layer'>,
  relativeObject: RealDocument | RealLayer | undefined,
  insertLocation: string,
): Place {
  if (relativeObject?.typename === 'Layer')
    return placeIn(target, dom.stateOf(relativeObject as RealLayer), insertLocation)
  return target === source.document ? { above: source.layer.id } : { topOf: undefined }
}

/** Merges a group into one layer; any other layer with the one below it. */
export function merge({ dom, document, layer }: Target): RealLayer {
  return dom.layer(document, mergeIn(dom.platform.store, document, layer))
}

/** @returns the id of what the layer became. */
export function mergeIn(store: Store, document: OpenDocument, layer: LayerState): number {
  const { state } = document
  const siblings = findParent(state.layers, layer.id)?.children ?? state.layers
  const below = layer.children ? undefined : siblings[siblings.indexOf(layer) + 1]
  const target = layer.children ? layer : below
  if (!target || (below && below.kind !== 'pixel'))
    throw new Error(`layer.merge: there is no pixel layer below “${layer.name}”`)
  const raster = flatten(layer.children ?? [layer, target], state)
  const { id, name, isBackground } = target
  const kept = layer.children ? { opacity: layer.opacity, mask: layer.mask } : {}
  const merged = { ...plainLayer(id, name, raster), isBackground, ...kept }
  store.change(document, layer.children ? 'Merge Group' : 'Merge Layers', (before) => ({
    ...before,
    layers: changeLayer(
      below ? removeLayer(before.layers, layer.id) : before.layers,
      id,
      () => merged,
    ),
  }))
  store.selectLayers(document, [id])
  return id
}

export function rasterize({ dom, document, layer }: Target, how: string): void {
  if (!(Object.values(constants.RasterizeType) as string[]).includes(how))
    throw new TypeError(`layer.rasterize: expected a constants.RasterizeType, got ${how}`)
  if (!RASTERIZABLE.has(layer.kind))
    throw new Error(`layer.rasterize: “${layer.name}” of kind ${layer.kind} cannot be rasterized`)
  dom.platform.store.change(document, 'Rasterize Layer', (state) => ({
    ...state,
    layers: changeLayer(state.layers, layer.id, (found) => ({ ...found, kind: 'pixel' })),
  }))
  dom.notifyLayers('rasterizeLayer', [layer.id])
}

/** Makes a layer fit a document of other colours. */
function recode(layer: LayerState, from: DocumentState, to: DocumentState): LayerState {
  const { raster, mask, children } = layer
  return {
    ...layer,
    ...(raster && { raster: convertRaster(raster, codingOf(from), codingOf(to)) }),
    ...(mask && { mask: convertMaskDepth(mask, from.depth, to.depth) }),
    ...(children && { children: children.map((child) => recode(child, from, to)) }),
  }
}
