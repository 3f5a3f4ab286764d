/**
 * The objective as one static graph: losses of an image and their gradient. Targets and
 * coefficients are inputs, so one compiled graph serves every pair of images of a size and every
 * setting of the weights.
 */

import * as b from '../../graph/build.ts'
import { gradient } from '../../graph/gradient.ts'
import { type Graph, isOp, makeGraph, type Node, topologicalOrder } from '../../graph/node.ts'
import { simplify } from '../../graph/simplify.ts'
import type { FloatDtype, ImageShape } from '../../graph/tensor-type.ts'
import { type Network, trueFeatures, vggFeatures } from '../../vgg/features.ts'
import { contentDistance } from './content.ts'
import type { LossForm } from './form.ts'
import { momentSums, momentsOf } from './moments.ts'
import { comparesMean, type StyleLoss, type StyleTargetNodes, styleDistance } from './style.ts'
import { variationDistance } from './total-variation.ts'

export interface ObjectiveSpec {
  readonly width: number
  readonly height: number
  readonly network: Network
  readonly form: LossForm
  readonly contentLayers: readonly string[]
  readonly styleLayers: readonly string[]
  readonly styleLoss: StyleLoss
  /**
   * How many regions the picture has, each with a mask and styles of its own; 0: one style
   * everywhere, no mask.
   */
  readonly regions: number
  /**
   * true: losses are those of the image as it will be shown, clamped to [0,1]. The gradient passes
   * the clamp as if it were not there, and the last term is a penalty on what lies outside. false:
   * losses are those of the image as it is, as in the literature.
   */
  readonly asShown: boolean
  /**
   * Precision of activations and weights. Sums over pixels, losses and the resulting gradient are
   * always float32.
   */
  readonly precision: Precision
}

export type Precision = FloatDtype

export const contentTerm = (layer: string): string => `content.${layer}`
export const TV_TERM = 'tv'
/** Σ (x − clamp(x))²: no loss of the picture, so it is kept apart from the total. */
export const OVERSHOOT_TERM = 'overshoot'

/** How one layer's features in one region are to be compared. */
export interface StyleTerm {
  /** `style.<layer>`; where there are several regions `style.<layer>.<region>`, counted from 1. */
  readonly name: string
  readonly layer: string
  /** From 0. */
  readonly region: number
}

/** Weighted loss terms by name; the total is their sum. */
export type Terms = Readonly<Record<string, number>>

/** The sum of weighted terms. */
export const totalOf = (terms: Terms): number =>
  Object.values(terms).reduce((total, term) => total + term, 0)

type StyleSpec = Pick<ObjectiveSpec, 'styleLayers' | 'regions'>

export const styleTerms = ({ styleLayers, regions }: StyleSpec): StyleTerm[] =>
  styleLayers.flatMap((layer) =>
    Array.from({ length: Math.max(1, regions) }, (_, region) => ({
      name: `style.${layer}${regions > 1 ? `.${region + 1}` : ''}`,
      layer,
      region,
    })),
  )

/** Names of the terms in the order of the graph's `coefficients` and `terms`. */
export function termNames(
  spec: StyleSpec & Pick<ObjectiveSpec, 'contentLayers' | 'asShown'>,
): string[] {
  return [
    ...spec.contentLayers.map(contentTerm),
    ...styleTerms(spec).map(({ name }) => name),
    TV_TERM,
    ...(spec.asShown ? [OVERSHOOT_TERM] : []),
  ]
}

/** Names what belongs to a style term and is about means. */
export const meanName = (term: string): string => `mean.${term}`

/**
 * inputs: `image` [1,3,H,W]; per content layer `content.<layer>` [1,C,h,w] as `targetGraph` gives
 * it, in the dtype of the precision; per style term those of `targetInputs`; where there are
 * regions those of `regionInputs` and `perPixel`; `coefficients` [terms].
 * outputs: `terms` [terms], each distance times its coefficient; `gradient` [1,3,H,W] of their sum.
 */
export function objectiveGraph(spec: ObjectiveSpec): Graph {
  const image = b.input('image', [1, 3, spec.height, spec.width])
  const shown = spec.asShown ? b.clip(image, 0, 1, true) : image
  const layers = [...spec.contentLayers, ...spec.styleLayers]
  const features = vggFeatures(shown, spec.network, layers, spec.precision)

  const distances: Node[] = [
    ...spec.contentLayers.map((layer) => {
      const x = features.get(layer)!
      return contentDistance(x, b.input(contentTerm(layer), x.shape, x.dtype))
    }),
    ...styleDistances(spec, features),
    variationDistance(shown, spec.form, { wraps: spec.network.padding === 'wrap' }),
  ]
  if (spec.asShown) distances.push(overshootDistance(image))
  const terms = weigh(distances)
  return simplify(makeGraph({ terms, gradient: imageGradient(b.sumAll(terms), image, spec) }))
}

/** The distances of the style terms, in their order. */
function styleDistances(spec: ObjectiveSpec, features: ReadonlyMap<string, Node>): Node[] {
  const terms = styleTerms(spec)
  const maskOf = regionInputs(spec)
  const perPixel = perPixelOf(spec)
  return terms.map((term, index) => {
    const x = features.get(term.layer)!
    const sums = momentSums(x, spec.styleLoss, maskOf?.(x, term))
    const moments = momentsOf(sums, perPixel(x, index))
    return styleDistance(spec.styleLoss, moments, targetInputs(spec, term, x.shape[1]!))
  })
}

/**
 * What a style term is compared with, as `styleTarget` makes it: an input [C,C] named like the
 * term, and, where the loss needs it, `mean.<term>` [1,C].
 */
export function targetInputs(
  { styleLoss }: Pick<ObjectiveSpec, 'styleLoss'>,
  { name }: StyleTerm,
  channels: number,
): StyleTargetNodes {
  return {
    matrix: b.input(name, [channels, channels]),
    ...(comparesMean(styleLoss) && { mean: b.input(meanName(name), [1, channels]) }),
  }
}

/** Names the input of a style layer's masks. */
export const maskName = (layer: string): string => `regions.${layer}`

/**
 * Makes an input `regions.<layer>` [1,R,h,w] for each style layer: masks in [0,1] on the layer's
 * grid.
 * @returns the mask [1,1,h,w] of a term for its features [1,C,h,w]; undefined: there are no
 * regions.
 */
export function regionInputs({
  regions,
}: Pick<ObjectiveSpec, 'regions'>): ((features: Node, term: StyleTerm) => Node) | undefined {
  if (regions === 0) return undefined
  const inputs = new Map<string, Node>()
  return ({ shape: [, , height, width] }, { layer, region }) => {
    const masks = inputs.get(layer) ?? b.input(maskName(layer), [1, regions, height!, width!])
    inputs.set(layer, masks)
    return b.sliceAxis(masks, 1, region, region + 1)
  }
}

/**
 * One over the number of pixels that count in a style term's layer: all of them, or Σ m of its
 * region. The latter is the input `perPixel` [style terms], since a tile cannot know it of the
 * whole picture.
 * @returns for features [1,C,h,w] of the whole picture and the term's index a scalar.
 */
export function perPixelOf(
  spec: StyleSpec,
): (features: Pick<Node, 'shape'>, index: number) => Node {
  if (spec.regions === 0) {
    return ({ shape: [, , height, width] }) => b.scalar(1 / (height! * width!))
  }
  const perPixel = b.input('perPixel', [styleTerms(spec).length])
  return (_, index) => b.reshape(b.slice(perPixel, [index], [index + 1]), [])
}

/**
 * Gradients on their way back through a float16 network are scaled so that Σ |F ∘ d loss/dF| comes
 * to this much a pixel. Measured with VGG16 on a photograph, with noise on it and on grey, for all
 * forms at the presets' weights, both poolings, and content alone: gradients are then at most 2^12
 * anywhere, and have a root mean square of 2^-7 … 2^8 in the layers that move the image. Float16
 * reaches from 2^-24 to 2^16, and is exact to a thousandth from 2^-14.
 */
const GRADIENT_SCALE = 2 ** 5
const TINY_MAGNITUDE = 1e-20
const HUGE_MAGNITUDE = 1e35

/**
 * d loss / d image in float32. In float16 the gradients on the way are scaled, so that they neither
 * vanish nor overflow, by a factor that the graph itself finds anew at each evaluation.
 * @param image [1,3,H,W]
 */
export function imageGradient(
  loss: Node,
  image: Node,
  { precision }: Pick<ObjectiveSpec, 'precision'>,
): Node {
  const magnitude = precision === 'float16' ? magnitudeOf(loss) : undefined
  if (!magnitude) return gradient(loss, [image])[0]!
  const [, , height, width] = image.shape as ImageShape
  const scale = b.div(b.scalar(GRADIENT_SCALE * height * width), magnitude)
  const [scaled] = gradient(loss, [image], scale)
  return b.div(scaled!, scale)
}

/**
 * Σ |F ∘ d loss/dF| where losses meet float16 features F: in sums over pixels, and in differences
 * from a target. Like the gradient it grows with the weights and with the image's distance from its
 * targets. undefined: the loss has no features.
 */
function magnitudeOf(loss: Node): Node | undefined {
  const pairs = topologicalOrder([loss]).flatMap((node): { at: Node; value: Node }[] => {
    const [narrow] = node.inputs
    const isSum = isOp(node, 'sum') || isOp(node, 'matmul')
    if (isOp(node, 'gram') || (isSum && isOp(narrow!, 'cast'))) return [{ at: node, value: node }]
    const isDifference = isOp(node, 'cast') && node.dtype === 'float32' && isOp(narrow!, 'sub')
    return isDifference ? [{ at: node, value: b.cast(narrow.inputs[0]!, 'float32') }] : []
  })
  if (pairs.length === 0) return undefined
  const slopes = gradient(
    loss,
    pairs.map(({ at }) => at),
  )
  const parts = slopes.map((slope, i) => b.sumAll(b.abs(b.mul(slope, pairs[i]!.value))))
  const total = parts.reduce((sum, part) => b.add(sum, part))
  return b.clip(total, TINY_MAGNITUDE, HUGE_MAGNITUDE)
}

/** Σ (x − clamp(x))² over an image, or over what a mask leaves of it. */
export function overshootDistance(image: Node, mask?: Node): Node {
  const overshoot = b.sub(image, b.clip(image, 0, 1))
  const squares = b.mul(overshoot, overshoot)
  return b.sumAll(mask ? b.mul(squares, mask) : squares)
}

/** Scalars, each times its coefficient: [terms]. */
export function weigh(
  distances: readonly Node[],
  coefficients: Node = b.input('coefficients', [distances.length]),
): Node {
  const column = b.concat(
    distances.map((distance) => b.reshape(distance, [1])),
    0,
  )
  return b.mul(column, coefficients)
}

/**
 * Measures the content that losses compare with.
 * inputs: `image` [1,3,H,W].
 * outputs: per content layer `content.<layer>`, features [1,C,h,w] as the network has them (in
 * float16 divided by FLOAT16_DIVISOR), and `norms` [content layers], their Σ P².
 */
export function contentTargetGraph(
  spec: Pick<ObjectiveSpec, 'width' | 'height' | 'network' | 'contentLayers' | 'precision'>,
): Graph {
  const image = b.input('image', [1, 3, spec.height, spec.width])
  const features = vggFeatures(image, spec.network, spec.contentLayers, spec.precision)
  const norms = spec.contentLayers.map((layer) => {
    const wide = trueFeatures(features.get(layer)!)
    return b.reshape(b.sumAll(b.mul(wide, wide)), [1])
  })
  return simplify(
    makeGraph({
      ...Object.fromEntries(
        spec.contentLayers.map((layer) => [contentTerm(layer), features.get(layer)!]),
      ),
      norms: b.concat(norms, 0),
    }),
  )
}
