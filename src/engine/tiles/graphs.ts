/**
 * The graphs of a tiled evaluation. Each serves every tile: which part of a window counts, its
 * core, is an input. Losses of Gram matrices need sums over the whole picture before any gradient,
 * so there are two passes over the tiles and a small step in between.
 */
import type { TileSize } from '../evaluator.ts'
import * as b from '../graph/build.ts'
import { gradient } from '../graph/gradient.ts'
import { elementCount, type Graph, makeGraph, type Node } from '../graph/node.ts'
import { simplify } from '../graph/simplify.ts'
import { contentDistance } from '../losses/content.ts'
import {
  contentTerm,
  imageGradient,
  type ObjectiveSpec,
  overshootDistance,
  styleTerm,
  weigh,
} from '../losses/objective.ts'
import { gramDistance, gramSums } from '../losses/style.ts'
import { variationDistance } from '../losses/total-variation.ts'
import { trueFeatures, vggFeatures } from '../vgg/features.ts'
import { strideOf } from './margins.ts'
import { layerShape, tilePasses } from './passes.ts'

/** Names of a style layer's [C,C] inputs and outputs: Σ F·Fᵀ before a tile, after it, its slope. */
export const beforeName = (layer: string): string => `before.${layer}`
export const sumName = (layer: string): string => `sum.${layer}`
export const slopeName = (layer: string): string => `slope.${layer}`

/**
 * The graphs for a picture; `tile` is fitted first. Without style layers there is one pass only.
 * @throws OptionError, ModelError for layers that the network lacks.
 */
export function tileGraphs(
  spec: ObjectiveSpec,
  tile: TileSize,
): { readonly statistics?: Graph; readonly slopes?: Graph; readonly gradient: Graph } {
  const { window } = tilePasses(spec, tile)
  const last = tileGradientGraph(spec, window)
  if (spec.styleLayers.length === 0) return { gradient: last }
  return { statistics: statisticsGraph(spec, window), slopes: slopesGraph(spec), gradient: last }
}

/**
 * First pass: adds a core's share to the sums of F·Fᵀ.
 * inputs: `image` [1,3,h,w], `rows`, `columns`; per style layer `before.<layer>` [C,C].
 * outputs: per style layer `sum.<layer>` [C,C].
 */
export function statisticsGraph(
  spec: Pick<ObjectiveSpec, 'network' | 'styleLayers' | 'asShown' | 'precision'>,
  window: TileSize,
): Graph {
  const image = imageInput(window)
  const shown = spec.asShown ? b.clip(image, 0, 1) : image
  const features = windowFeatures(shown, spec, spec.styleLayers)
  const mask = coreMasks(spec, window)
  const sums = spec.styleLayers.map((layer) => {
    const share = gramSums(b.mul(features(layer), b.cast(mask(layer), spec.precision)))
    return [sumName(layer), b.add(b.input(beforeName(layer), share.shape), share)] as const
  })
  return simplify(makeGraph(Object.fromEntries(sums)))
}

/**
 * Between the passes: style terms of the whole picture, and how they change with the sums of F·Fᵀ.
 * inputs: per style layer `sum.<layer>` and target `style.<layer>`, [C,C]; `coefficients` [layers].
 * outputs: `terms` [layers]; per style layer `slope.<layer>` [C,C] = d terms / d sums.
 */
export function slopesGraph(
  spec: Pick<ObjectiveSpec, 'network' | 'styleLayers' | 'width' | 'height'>,
): Graph {
  const sums: Node[] = []
  const distances = spec.styleLayers.map((layer) => {
    const shape = layerShape(spec, layer, spec)
    const grams = [shape[1]!, shape[1]!]
    const sum = b.input(sumName(layer), grams)
    sums.push(sum)
    const gram = b.mul(sum, b.scalar(1 / elementCount(shape)))
    return gramDistance(gram, b.input(styleTerm(layer), grams))
  })
  const terms = weigh(distances)
  const slopes = gradient(b.sumAll(terms), sums)
  return simplify(
    makeGraph({
      terms,
      ...Object.fromEntries(spec.styleLayers.map((layer, i) => [slopeName(layer), slopes[i]!])),
    }),
  )
}

/**
 * Second pass: a window's gradient, exact within the core, and the core's share of the terms other
 * than style. The style losses enter by their slopes: Σ slope ∘ F·Fᵀ has their gradient,
 * (slope + slopeᵀ)·F.
 * inputs: `image` [1,3,h,w], `rows`, `columns`; per content layer the targets in the window
 * `content.<layer>` [1,C,h_s,w_s], in the dtype of `precision`; per style layer `slope.<layer>` [C,C]; `coefficients` [terms].
 * outputs: `terms` of the content layers, total variation and, as shown, overshoot;
 * `gradient` [1,3,h,w].
 */
export function tileGradientGraph(spec: ObjectiveSpec, window: TileSize): Graph {
  const { contentLayers, styleLayers, form, asShown } = spec
  const image = imageInput(window)
  const shown = asShown ? b.clip(image, 0, 1, true) : image
  const features = windowFeatures(shown, spec, [...contentLayers, ...styleLayers])
  const mask = coreMasks(spec, window)
  const targets = contentLayers.map((layer) => {
    const { shape, dtype } = features(layer)
    return b.input(contentTerm(layer), shape, dtype)
  })

  /** Of what the masks leave. The gradient is that of all: a core's pixels act beyond the core. */
  const distances = (maskOf: (layer?: string) => Node | undefined): Node[] => [
    ...contentLayers.map((layer, i) =>
      contentDistance(features(layer), targets[i]!, maskOf(layer)),
    ),
    variationDistance(shown, form, maskOf()),
    ...(asShown ? [overshootDistance(image, maskOf())] : []),
  ]
  const style = styleLayers.map((layer) => {
    const sums = gramSums(features(layer))
    return b.sumAll(b.mul(sums, b.input(slopeName(layer), sums.shape)))
  })
  const terms = distances(mask)
  const coefficients = b.input('coefficients', [terms.length])
  const loss = style.reduce(
    (total, part) => b.add(total, part),
    b.sumAll(
      weigh(
        distances(() => undefined),
        coefficients,
      ),
    ),
  )
  return simplify(
    makeGraph({
      terms: weigh(terms, coefficients),
      gradient: imageGradient(loss, image, spec),
    }),
  )
}

/**
 * Features of the content layers in a window, and the core's share of their Σ F².
 * inputs: `image` [1,3,h,w], `rows`, `columns`.
 * outputs: per content layer `content.<layer>` [1,C,h_s,w_s]; `norms` [layers].
 */
export function contentGraph(
  spec: Pick<ObjectiveSpec, 'network' | 'contentLayers' | 'precision'>,
  window: TileSize,
): Graph {
  const layers = spec.contentLayers
  const features = windowFeatures(imageInput(window), spec, layers)
  const mask = coreMasks(spec, window)
  const norms = layers.map((layer) => {
    const core = b.mul(trueFeatures(features(layer)), mask(layer))
    return b.reshape(b.sumAll(b.mul(core, core)), [1])
  })
  return simplify(
    makeGraph({
      ...Object.fromEntries(layers.map((layer) => [contentTerm(layer), features(layer)])),
      norms: b.concat(norms, 0),
    }),
  )
}

const imageInput = ({ width, height }: TileSize): Node => b.input('image', [1, 3, height, width])

/** Features of a window by layer. */
function windowFeatures(
  image: Node,
  { network, precision }: Pick<ObjectiveSpec, 'network' | 'precision'>,
  layers: readonly string[],
): (layer: string) => Node {
  const features = vggFeatures(image, network, layers, precision)
  return (layer) => features.get(layer)!
}

/**
 * The core as a mask [1,1,h_s,w_s] of 0 and 1 for a layer, or for the image where none is named.
 * Inputs `rows` [1,1,h,1] and `columns` [1,1,1,w] are 1 within the core. Cores lie at multiples of
 * every stride, so pooled masks stay 0 or 1; an odd last row is dropped as it is from features.
 */
function coreMasks(
  { network }: Pick<ObjectiveSpec, 'network'>,
  { width, height }: TileSize,
): (layer?: string) => Node {
  const pixels = b.mul(b.input('rows', [1, 1, height, 1]), b.input('columns', [1, 1, 1, width]))
  const pooled = (stride: number): Node =>
    stride === 1 ? pixels : b.averagePool(pooled(stride / 2))
  return (layer) => (layer ? pooled(strideOf(network.model.topology, layer)) : pixels)
}
