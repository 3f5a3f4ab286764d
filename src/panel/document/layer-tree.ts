/** Finding documents and layers again: by id, or in a duplicate, whose ids are new, by position. */
import type { Photoshop, PsDocument, PsLayer } from '../photoshop.ts'

export function findDocument({ app }: Photoshop, id: number): PsDocument | undefined {
  return Array.from(app.documents).find((document) => document.id === id)
}

export function findLayer(document: PsDocument, id: number): PsLayer | undefined {
  const path = pathOf(document.layers, id)
  return path && layerAt(document, path)
}

/** From the top down, groups before what is in them. */
export function* everyLayer(layers: PsDocument['layers']): Generator<PsLayer> {
  for (const layer of Array.from(layers)) {
    yield layer
    if (layer.layers) yield* everyLayer(layer.layers)
  }
}

/** Indices from the top of the stack down to a layer. */
export function pathOf(layers: PsDocument['layers'], id: number): readonly number[] | undefined {
  for (const [index, layer] of Array.from(layers).entries()) {
    if (layer.id === id) return [index]
    const below = layer.layers && pathOf(layer.layers, id)
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
