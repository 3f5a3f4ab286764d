/**
 * The graphs of a tiled evaluation. Each serves every tile: which part of a window counts, its
 * core, is an input. Style losses need sums over the whole picture before any gradient, so there are
 * two passes over the tiles and a small step in between.
 */

import * as b from '../../graph/build.ts'
import { gradient } from '../../graph/gradient.ts'
import { type Graph, makeGraph, type Node } from '../../graph/node.ts'
import { simplify } from '../../graph/simplify.ts'
import type { Size } from '../../picture/image.ts'
import { trueFeatures, vggFeatures } from '../../vgg/features.ts'
import { contentDistance } from '../losses/content.ts'
import { type MomentSums, momentSums, momentsOf } from '../losses/moments.ts'
import {
  contentTerm,
  imageGradient,
  meanName,
  type ObjectiveSpec,
  overshootDistance,
  perPixelOf,
  regionInputs,
  type StyleTerm,
  styleTerms,
  targetInputs,
  weigh,
} from '../losses/objective.ts'
import { needsMean, styleDistance } from '../losses/style.ts'
import { variationDistance } from '../losses/total-variation.ts'
import { strideOf } from './margins.ts'
import { layerShape, tilePasses } from './passes.ts'

/**
 * Names a sum over pixels before a tile and after it, and its slope. Each style term has a sum of
 * second moments [C,C] (see `momentSums`), named like the term, and where its loss needs it one of
 * first moments [1,C], named by `meanName`.
 */
export const beforeName = (sum: string): string => `before.${sum}`
export const sumName = (sum: string): string => `sum.${sum}`
export const slopeName = (sum: string): string => `slope.${sum}`

/** Names of the sums of all style terms. */
export const sumNames = (
  spec: Parameters<typeof styleTerms>[0] & Pick<ObjectiveSpec, 'styleLoss'>,
): string[] =>
  styleTerms(spec).flatMap(({ name }) => [
    name,
    ...(needsMean(spec.styleLoss) ? [meanName(name)] : []),
  ])

/** A style term's sums by name. */
export const namedSums = ({ name }: StyleTerm, { second, first }: MomentSums): [string, Node][] => [
  [name, second],
  ...(first ? ([[meanName(name), first]] as [string, Node][]) : []),
]

/**
 * The graphs for a picture; `tile` is fitted first. Without style layers there is one pass only.
 * @throws OptionError, ModelError for layers that the network lacks.
 */
export function tileGraphs(
  spec: ObjectiveSpec,
  tile: Size,
): { readonly statistics?: Graph; readonly slopes?: Graph; readonly gradient: Graph } {
  const { window } = tilePasses(spec, tile)
  const last = tileGradientGraph(spec, window)
  if (spec.styleLayers.length === 0) return { gradient: last }
  return { statistics: statisticsGraph(spec, window), slopes: slopesGraph(spec), gradient: last }
}

/**
 * First pass: adds a core's share to the sums over pixels.
 * inputs: `image` [1,3,h,w], `rows`, `columns`; with regions those of `regionInputs`; per sum
 * `before.<sum>`.
 * outputs: per sum `sum.<sum>`.
 */
export function statisticsGraph(
  spec: Pick<
    ObjectiveSpec,
    'network' | 'styleLayers' | 'styleLoss' | 'regions' | 'asShown' | 'precision'
  >,
  window: Size,
): Graph {
  const image = imageInput(window)
  const shown = spec.asShown ? b.clip(image, 0, 1) : image
  const features = windowFeatures(shown, spec, spec.styleLayers)
  const coreOf = coreMasks(spec, window)
  const regionOf = regionInputs(spec)
  const sums = styleTerms(spec).flatMap((term) => {
    const x = features(term.layer)
    const core = coreOf(term.layer)
    const mask = regionOf ? b.mul(regionOf(x, term), core) : core
    return namedSums(term, momentSums(x, spec.styleLoss, mask))
  })
  return simplify(
    makeGraph(
      Object.fromEntries(
        sums.map(([name, share]) => [
          sumName(name),
          b.add(b.input(beforeName(name), share.shape), share),
        ]),
      ),
    ),
  )
}

/**
 * Between the passes: style terms of the whole picture, and how they change with the sums.
 * inputs: per sum `sum.<sum>`; per style term its `targetInputs`; with regions `perPixel`;
 * `coefficients` [style terms].
 * outputs: `terms` [style terms]; per sum `slope.<sum>` = d terms / d sum.
 */
export function slopesGraph(
  spec: Pick<
    ObjectiveSpec,
    'network' | 'styleLayers' | 'styleLoss' | 'regions' | 'width' | 'height'
  >,
): Graph {
  const inputs: (readonly [string, Node])[] = []
  const perPixel = perPixelOf(spec)
  const distances = styleTerms(spec).map((term, index) => {
    const shape = layerShape(spec, term.layer, spec)
    const channels = shape[1]!
    const sums: MomentSums = {
      second: b.input(sumName(term.name), [channels, channels]),
      ...(needsMean(spec.styleLoss) && {
        first: b.input(sumName(meanName(term.name)), [1, channels]),
      }),
    }
    inputs.push(...namedSums(term, sums))
    const moments = momentsOf(sums, perPixel({ shape }, index))
    return styleDistance(spec.styleLoss, moments, targetInputs(spec, term, channels))
  })
  const terms = weigh(distances)
  const slopes = gradient(
    b.sumAll(terms),
    inputs.map(([, input]) => input),
  )
  return simplify(
    makeGraph({
      terms,
      ...Object.fromEntries(inputs.map(([name], i) => [slopeName(name), slopes[i]!])),
    }),
  )
}

/**
 * Second pass: a window's gradient, exact within the core, and the core's share of the terms other
 * than style. The style losses enter by their slopes: Σ slope ∘ sum has their gradient.
 * inputs: `image` [1,3,h,w], `rows`, `columns`; with regions those of `regionInputs`; per
 * content layer the targets in the window `content.<layer>` [1,C,h_s,w_s], in the dtype of
 * `precision`; per sum `slope.<sum>`; `coefficients` [terms].
 * outputs: `terms` of the content layers, total variation and, as shown, overshoot;
 * `gradient` [1,3,h,w].
 */
export function tileGradientGraph(spec: ObjectiveSpec, window: Size): Graph {
  const { contentLayers, styleLayers, form, asShown } = spec
  const image = imageInput(window)
  const shown = asShown ? b.clip(image, 0, 1, true) : image
  const features = windowFeatures(shown, spec, [...contentLayers, ...styleLayers])
  const mask = coreMasks(spec, window)
  const targets = contentLayers.map((layer) => {
    const { shape, dtype } = features(layer)
    return b.input(contentTerm(layer), shape, dtype)
  })

  /**
   * Distances within the masks. The gradient is taken without masks, because a core's pixels act
   * beyond the core.
   */
  const distances = (maskOf: (layer?: string) => Node | undefined): Node[] => [
    ...contentLayers.map((layer, i) =>
      contentDistance(features(layer), targets[i]!, maskOf(layer)),
    ),
    variationDistance(shown, form, { mask: maskOf() }),
    ...(asShown ? [overshootDistance(image, maskOf())] : []),
  ]
  const regionOf = regionInputs(spec)
  const style = styleTerms(spec).flatMap((term) => {
    const x = features(term.layer)
    const sums = momentSums(x, spec.styleLoss, regionOf?.(x, term))
    return namedSums(term, sums).map(([name, sum]) =>
      b.sumAll(b.mul(sum, b.input(slopeName(name), sum.shape))),
    )
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
  window: Size,
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

const imageInput = ({ width, height }: Size): Node => b.input('image', [1, 3, height, width])

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
  { width, height }: Size,
): (layer?: string) => Node {
  const pixels = b.mul(b.input('rows', [1, 1, height, 1]), b.input('columns', [1, 1, 1, width]))
  const pooled = (stride: number): Node =>
    stride === 1 ? pixels : b.averagePool(pooled(stride / 2))
  return (layer) => (layer ? pooled(strideOf(network.model.topology, layer)) : pixels)
}
