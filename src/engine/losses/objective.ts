/**
 * The objective as one static graph: losses of an image and their gradient. Targets and
 * coefficients are inputs, so one compiled graph serves every pair of images of a size and every
 * setting of the weights.
 */
import * as b from '../graph/build.ts'
import { gradient } from '../graph/gradient.ts'
import { type Graph, makeGraph, type Node } from '../graph/node.ts'
import { simplify } from '../graph/simplify.ts'
import { type Network, vggFeatures } from '../vgg/features.ts'
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
}

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
 * inputs: `image` [1,3,H,W]; per content layer `content.<layer>` [1,C,h,w], per style layer
 * `style.<layer>` [C,C]; `coefficients` [terms].
 * outputs: `terms` [terms], each distance times its coefficient; `gradient` [1,3,H,W] of their sum.
 */
export function objectiveGraph(spec: ObjectiveSpec): Graph {
  const image = b.input('image', [1, 3, spec.height, spec.width])
  const shown = spec.asShown ? b.clip(image, 0, 1, true) : image
  const features = vggFeatures(shown, spec.network, [...spec.contentLayers, ...spec.styleLayers])

  const distances: Node[] = [
    ...spec.contentLayers.map((layer) => {
      const x = features.get(layer)!
      return contentDistance(x, b.input(contentTerm(layer), x.shape))
    }),
    ...spec.styleLayers.map((layer) => {
      const x = features.get(layer)!
      const channels = x.shape[1]!
      return styleDistance(x, b.input(styleTerm(layer), [channels, channels]))
    }),
    variationDistance(shown, spec.form),
  ]
  if (spec.asShown) {
    const overshoot = b.sub(image, b.clip(image, 0, 1))
    distances.push(b.sumAll(b.mul(overshoot, overshoot)))
  }

  const coefficients = b.input('coefficients', [distances.length])
  const terms = b.mul(
    b.concat(
      distances.map((d) => b.reshape(d, [1])),
      0,
    ),
    coefficients,
  )
  const [imageGradient] = gradient(b.sumAll(terms), [image])
  return simplify(makeGraph({ terms, gradient: imageGradient! }))
}

/**
 * What an image's losses are measured against.
 * inputs: `image` [1,3,H,W].
 * outputs: per content layer `content.<layer>` features [1,C,h,w] and `norms` [content layers],
 * their Σ P²; per style layer `style.<layer>` Gram matrix [C,C].
 */
export function targetGraph(
  spec: Pick<ObjectiveSpec, 'width' | 'height' | 'network' | 'contentLayers' | 'styleLayers'>,
): Graph {
  const image = b.input('image', [1, 3, spec.height, spec.width])
  const features = vggFeatures(image, spec.network, [...spec.contentLayers, ...spec.styleLayers])
  const outputs: Record<string, Node> = {}
  const norms: Node[] = []
  for (const layer of spec.contentLayers) {
    const x = features.get(layer)!
    outputs[contentTerm(layer)] = x
    norms.push(b.reshape(b.sumAll(b.mul(x, x)), [1]))
  }
  if (norms.length > 0) outputs.norms = b.concat(norms, 0)
  for (const layer of spec.styleLayers) outputs[styleTerm(layer)] = gramMatrix(features.get(layer)!)
  return simplify(makeGraph(outputs))
}
