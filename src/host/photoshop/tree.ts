/** Finds and changes layers in an immutable stack. Unchanged branches keep their identity. */
import type { LayerState, Rect } from '../state.ts'

type Stack = readonly LayerState[]

/** A place in a stack. */
export type Place =
  | { readonly above: number }
  | { readonly below: number }
  /** Top of a group, or of the whole stack where undefined. */
  | { readonly topOf: number | undefined }

export function* everyLayer(layers: Stack): Generator<LayerState> {
  for (const layer of layers) {
    yield layer
    if (layer.children) yield* everyLayer(layer.children)
  }
}

export function findLayer(layers: Stack, id: number): LayerState | undefined {
  for (const layer of everyLayer(layers)) if (layer.id === id) return layer
  return undefined
}

/** The group that holds the layer; undefined at the top, or when there is no such layer. */
export function findParent(layers: Stack, id: number): LayerState | undefined {
  for (const layer of everyLayer(layers)) {
    if (layer.children?.some((child) => child.id === id)) return layer
  }
  return undefined
}

/** Rewrites the list that `matches`: the stack itself or the children of one group. */
function changeList(
  layers: Stack,
  matches: (list: Stack, owner: number | undefined) => boolean,
  change: (list: Stack) => Stack,
  owner?: number,
): Stack {
  if (matches(layers, owner)) return change(layers)
  const next = layers.map((layer) => {
    if (!layer.children) return layer
    const children = changeList(layer.children, matches, change, layer.id)
    return children === layer.children ? layer : { ...layer, children }
  })
  return next.every((layer, index) => layer === layers[index]) ? layers : next
}

const holds = (id: number) => (list: Stack) => list.some((layer) => layer.id === id)

export function changeLayer(
  layers: Stack,
  id: number,
  change: (layer: LayerState) => LayerState,
): Stack {
  return changeList(layers, holds(id), (list) => {
    const next = list.map((layer) => (layer.id === id ? change(layer) : layer))
    return next.every((layer, index) => layer === list[index]) ? list : next
  })
}

export function removeLayer(layers: Stack, id: number): Stack {
  return changeList(layers, holds(id), (list) => list.filter((layer) => layer.id !== id))
}

export function insertLayer(layers: Stack, layer: LayerState, place: Place): Stack {
  if ('topOf' in place)
    return changeList(
      layers,
      (_, owner) => owner === place.topOf,
      (list) => [layer, ...list],
    )
  const neighbour = 'above' in place ? place.above : place.below
  return changeList(layers, holds(neighbour), (list) => {
    const index = list.findIndex(({ id }) => id === neighbour) + ('below' in place ? 1 : 0)
    return list.toSpliced(index, 0, layer)
  })
}

/** Moves a layer with its mask and everything in it. */
export function moveLayer(layer: LayerState, dx: number, dy: number): LayerState {
  const move = <T extends { readonly bounds: Rect }>(of: T): T => ({
    ...of,
    bounds: {
      left: of.bounds.left + dx,
      top: of.bounds.top + dy,
      right: of.bounds.right + dx,
      bottom: of.bounds.bottom + dy,
    },
  })
  return {
    ...layer,
    ...(layer.raster && { raster: move(layer.raster) }),
    ...(layer.mask && { mask: move(layer.mask) }),
    ...(layer.children && { children: layer.children.map((child) => moveLayer(child, dx, dy)) }),
  }
}

/** A copy with new ids. `renamed` learns which id became which. */
export function renumber(
  layer: LayerState,
  nextId: () => number,
  renamed?: Map<number, number>,
): LayerState {
  const id = nextId()
  renamed?.set(layer.id, id)
  return {
    ...layer,
    id,
    ...(layer.children && {
      children: layer.children.map((child) => renumber(child, nextId, renamed)),
    }),
  }
}
