/**
 * Finding documents and layers again: by id, or by position in a duplicate, which has new ids. Each
 * property of a layer is a call into Photoshop, so questions about many layers are asked at once.
 */
import type { Photoshop, PsDocument, PsLayer } from './photoshop-types.ts'

interface LayerNode {
  readonly id: number
  readonly name: string
  /** Undefined where Photoshop does not tell. */
  readonly isPixelLayer: boolean | undefined
  /** Of a group. */
  readonly children: readonly LayerNode[]
}

/** From the top of the stack down. */
export function layerTree(photoshop: Photoshop, document: PsDocument): readonly LayerNode[] {
  try {
    const { list } = photoshop.core.getLayerTreeSync({ documentID: document.id })
    return list.map((item) => nodeOf(photoshop, item))
  } catch {
    // No such call, or an answer of another shape.
    return nodesOf(photoshop, document.layers)
  }
}

/** The values of `layerKind` for pixel layers and for backgrounds. */
const PIXEL_KINDS: readonly unknown[] = [1, 12]

/** Reads the documented form, or the one that Photoshop 26.10 gives. @throws TypeError for others */
function nodeOf(photoshop: Photoshop, item: LayerTreeItem): LayerNode {
  const { layerID, name, kind, layerKind, layers, list } = item
  if (typeof layerID !== 'number' || typeof name !== 'string') {
    throw new TypeError('getLayerTreeSync: expected layers with layerID and name')
  }
  const children = Array.isArray(layers) ? layers : Array.isArray(list) ? list : []
  return {
    id: layerID,
    name,
    isPixelLayer:
      typeof kind === 'string'
        ? kind === photoshop.constants.LayerKind.NORMAL
        : typeof layerKind === 'number'
          ? PIXEL_KINDS.includes(layerKind)
          : undefined,
    children: children.map((child) => nodeOf(photoshop, child)),
  }
}

type LayerTreeItem = ReturnType<Photoshop['core']['getLayerTreeSync']>['list'][number]

const nodesOf = (photoshop: Photoshop, layers: PsDocument['layers']): readonly LayerNode[] =>
  Array.from(layers, (layer) => ({
    id: layer.id,
    name: layer.name,
    isPixelLayer: layer.kind === photoshop.constants.LayerKind.NORMAL,
    children: layer.layers ? nodesOf(photoshop, layer.layers) : [],
  }))

/** From the top down, groups before what is in them. */
export function* everyNode(nodes: readonly LayerNode[]): Generator<LayerNode> {
  for (const node of nodes) {
    yield node
    yield* everyNode(node.children)
  }
}

export function findDocument({ app }: Photoshop, id: number): PsDocument | undefined {
  return Array.from(app.documents).find((document) => document.id === id)
}

/** Indices from the top of the stack down to a layer of the document. */
export function findPath(
  photoshop: Photoshop,
  document: PsDocument,
  id: number,
): readonly number[] | undefined {
  const path = pathOf(layerTree(photoshop, document), id)
  if (path && layerAt(document, path)?.id === id) return path
  // What the tree counts and the DOM does not, or the other way round, is not documented.
  return pathOf(nodesOf(photoshop, document.layers), id)
}

export function findLayer(
  photoshop: Photoshop,
  document: PsDocument,
  id: number,
): PsLayer | undefined {
  const path = findPath(photoshop, document, id)
  return path && layerAt(document, path)
}

function pathOf(nodes: readonly LayerNode[], id: number): readonly number[] | undefined {
  for (const [index, node] of nodes.entries()) {
    if (node.id === id) return [index]
    const below = pathOf(node.children, id)
    if (below) return [index, ...below]
  }
  return undefined
}

export function layerAt(document: PsDocument, path: readonly number[]): PsLayer | undefined {
  let layers: PsDocument['layers'] | null | undefined = document.layers
  let layer: PsLayer | undefined
  for (const index of path) {
    layer = layers?.[index]
    layers = layer?.layers
  }
  return layer
}
