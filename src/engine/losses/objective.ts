/**
 * The objective as one static graph: losses of an image and their gradient. Targets and
 * coefficients are inputs, so one compiled graph serves every pair of images of a size and every
 * setting of the weights.
 */
import * as b from '../graph/build.ts'
import { gradient } from '../graph/gradient.ts'
import {
  type FloatDtype,
  type Graph,
  isOp,
  makeGraph,
  type Node,
  topologicalOrder,
} from '../graph/node.ts'
import { simplify } from '../graph/simplify.ts'
import { type Network, trueFeatures, vggFeatures } from '../vgg/features.ts'
import { contentDistance } from './content.ts'
import type { LossForm } from './form.ts'
import { gramMatrix, styleDistance } from './style.ts'
import { variationDistance } from './total-variation.ts'

export interface ObjectiveSpec {
  readonly width: number
  readonly height: number
  readonly network: Network
  readonly form: LossForm
  readonly contentLayers: readonly string[]
  readonly styleLayers: readonly string[]
  /**
   * true: losses are of the image as it will be shown, clamped to [0,1]; the gradient passes the
   * clamp straight through, and a penalty on what lies outside is the last term. false: of the
   * image as it is, as in the literature.
   */
  readonly asShown: boolean
  /** Of activations and weights; Gram sums, losses and the gradient's result are float32 always. */
  readonly precision: Precision
}

export type Precision = FloatDtype

export const contentTerm = (layer: string): string => `content.${layer}`
export const styleTerm = (layer: string): string => `style.${layer}`
export const TV_TERM = 'tv'
/** Σ (x − clamp(x))²: no loss of the picture, so it is kept apart from the total. */
export const OVERSHOOT_TERM = 'overshoot'

/** Names of the terms in the order of the graph's `coefficients` and `terms`. */
export function termNames({ contentLayers, styleLayers, asShown }: ObjectiveSpec): string[] {
  return [
    ...contentLayers.map(contentTerm),
    ...styleLayers.map(styleTerm),
    TV_TERM,
    ...(asShown ? [OVERSHOOT_TERM] : []),
  ]
}

/**
 * inputs: `image` [1,3,H,W]; per content layer `content.<layer>` [1,C,h,w] as `targetGraph` gives
 * it, in the dtype of the precision; per style layer `style.<layer>` [C,C]; `coefficients` [terms].
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
    ...spec.styleLayers.map((layer) => {
      const x = features.get(layer)!
      const channels = x.shape[1]!
      return styleDistance(x, b.input(styleTerm(layer), [channels, channels]))
    }),
    variationDistance(shown, spec.form),
  ]
  if (spec.asShown) distances.push(overshootDistance(image))
  const terms = weigh(distances)
  return simplify(makeGraph({ terms, gradient: imageGradient(b.sumAll(terms), image, spec) }))
}

/**
 * Gradients of a float16 network come to this much times the mean of F ∘ d loss/dF over the pixels.
 * Measured with VGG16 on a photograph, with noise on it and on grey, for all forms at the presets'
 * weights, both poolings, and content alone: at most 2^12 anywhere, and in the layers that move the
 * image a root mean square of 2^-7 … 2^8. Float16 reaches from 2^-24, exact to a thousandth from
 * 2^-14, to 2^16.
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
  const [, , height, width] = image.shape as [number, number, number, number]
  const scale = b.div(b.scalar(GRADIENT_SCALE * height * width), magnitude)
  const [scaled] = gradient(loss, [image], scale)
  return b.div(scaled!, scale)
}

/**
 * Σ |F ∘ d loss/dF| where losses meet float16 features F: on Gram sums, and on differences from a
 * target. Like the gradient it goes with the weights and with how far the image is from its targets.
 * undefined: the loss is of no features.
 */
function magnitudeOf(loss: Node): Node | undefined {
  const pairs = topologicalOrder([loss]).flatMap((node): { at: Node; value: Node }[] => {
    if (isOp(node, 'gram')) return [{ at: node, value: node }]
    const [narrow] = node.inputs
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
 * What an image's losses are measured against.
 * inputs: `image` [1,3,H,W].
 * outputs: per content layer `content.<layer>` features [1,C,h,w] as the network has them (in
 * float16 divided by FLOAT16_DIVISOR) and `norms` [content layers],
 * their Σ P²; per style layer `style.<layer>` Gram matrix [C,C].
 */
export function targetGraph(
  spec: Pick<
    ObjectiveSpec,
    'width' | 'height' | 'network' | 'contentLayers' | 'styleLayers' | 'precision'
  >,
): Graph {
  const image = b.input('image', [1, 3, spec.height, spec.width])
  const layers = [...spec.contentLayers, ...spec.styleLayers]
  const features = vggFeatures(image, spec.network, layers, spec.precision)
  const outputs: Record<string, Node> = {}
  const norms: Node[] = []
  for (const layer of spec.contentLayers) {
    const x = features.get(layer)!
    outputs[contentTerm(layer)] = x
    const wide = trueFeatures(x)
    norms.push(b.reshape(b.sumAll(b.mul(wide, wide)), [1]))
  }
  if (norms.length > 0) outputs.norms = b.concat(norms, 0)
  for (const layer of spec.styleLayers) outputs[styleTerm(layer)] = gramMatrix(features.get(layer)!)
  return simplify(makeGraph(outputs))
}
