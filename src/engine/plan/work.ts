/** What an evaluation costs; the unit is a megapixel evaluated with every layer. */
import type { ObjectiveSpec } from '../objective/losses/objective.ts'
import type { Network } from '../vgg/features.ts'
import { convLayers, layerOfRelu } from '../vgg/topology.ts'

/** The deepest layer of the default objective. */
const EVERY_LAYER = ['relu5_1']

/**
 * The forward pass takes this share of an evaluation: the backward pass has one convolution of the
 * same size for each, and no gradients of weights.
 */
const FORWARD_SHARE = 0.5

/** Multiplications of the convolutions up to the deepest of `layers`, per pixel of the image. */
function multiplications({ model, constants }: Network, layers: readonly string[]): number {
  const indices = layers.map((relu) => layerOfRelu(model.topology, relu).featureIndex)
  let stride = 1
  let total = 0
  for (const { name, featureIndex, pooledBefore } of convLayers(model.topology)) {
    if (featureIndex > Math.max(-1, ...indices)) break
    if (pooledBefore) stride *= 2
    const shape = constants.get(name)?.weight.shape ?? []
    total += shape.reduce((product, extent) => product * extent, 1) / stride ** 2
  }
  return total
}

type Spec = Pick<ObjectiveSpec, 'network' | 'contentLayers' | 'styleLayers'>

/**
 * What the two passes of a tiled evaluation take per pixel, as shares of a whole evaluation of
 * every layer: forward to the style layers, and forward and backward through all. An evaluation at
 * once takes the second alone.
 */
export function sharesOf({ network, contentLayers, styleLayers }: Spec): {
  readonly statistics: number
  readonly gradient: number
} {
  const every = multiplications(network, EVERY_LAYER)
  return {
    statistics: (FORWARD_SHARE * multiplications(network, styleLayers)) / every,
    gradient: multiplications(network, [...contentLayers, ...styleLayers]) / every,
  }
}
