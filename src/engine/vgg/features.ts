/** The VGG network as a graph: an image in, features out. */

import { ModelError } from '../errors.ts'
import * as b from '../graph/build.ts'
import { Constant } from '../graph/constant.ts'
import type { Node } from '../graph/node.ts'
import type { FloatDtype } from '../graph/tensor-type.ts'
import type { VggModel } from './model.ts'
import { type ConvLayer, type ConvName, convLayers, layerOfRelu } from './topology.ts'

export type Pooling = 'average' | 'max'
type Padding = 'zeros' | 'replicate' | 'wrap'
/** Whether a device may compute them another way than as they are. */
export type Convolutions = 'auto' | 'direct'

export interface Network {
  readonly model: VggModel
  readonly pooling: Pooling
  /**
   * What stands around the image before conv1_1; deeper convolutions pad with zeros. Replicating
   * the edge removes most of the border that zeros leave in a picture. Only `wrap` acts on every
   * convolution, with what lies at the opposite edge. Features of a picture that is shifted
   * cyclically are then the same, shifted, as long as the poolings drop nothing and their grid
   * meets the shift.
   */
  readonly padding: Padding
  readonly convolutions: Convolutions
  /** The model's parameters as graph constants, shared by the graphs of every image size. */
  readonly constants: ReadonlyMap<ConvName, { readonly weight: Constant; readonly bias: Constant }>
}

export function makeNetwork(
  model: VggModel,
  pooling: Pooling,
  padding: Padding,
  convolutions: Convolutions = 'auto',
): Network {
  const constants = new Map(
    [...model.parameters].map(([name, { weight, shape, bias }]) => [
      name,
      {
        weight: new Constant(`${name}.weight`, shape, weight),
        bias: new Constant(`${name}.bias`, [bias.length], bias),
      },
    ]),
  )
  return { model, pooling, padding, convolutions, constants }
}

/**
 * The network as a style image meets it: its edges are never joined, because they are no seam of
 * the picture.
 */
export const ofStyle = (network: Network): Network =>
  network.padding === 'wrap' ? { ...network, padding: 'replicate' } : network

/**
 * How many times smaller features are in a float16 network. Without biases VGG is homogeneous:
 * features scale with the input. So dividing the input and the biases by this divides every feature
 * by it, with the weights as they are. Measured before ReLUs on the sample photographs and styles
 * at 512 px: Caffe's VGG16 stays within ±12,000 with average and ±18,900 with max pooling, ±590
 * over this; root mean squares are 6 … 760 and 29 … 1,130, 0.2 … 35 over this. Float16 ends at
 * 65,504 and loses digits below 6e-5.
 */
export const FLOAT16_DIVISOR = 32

/**
 * Features after the named ReLUs, each [1,C,h,w] with h and w halved (rounded down) per pooling, in
 * the dtype of `precision`. In float16 they are divided by FLOAT16_DIVISOR; see `trueFeatures`.
 * @param image [1,3,H,W] RGB in [0,1], float32
 * @throws OptionError for a layer that the topology lacks, ModelError for one that the weights
 * lack, ShapeError when the image is too small.
 */
export function vggFeatures(
  image: Node,
  network: Network,
  relus: readonly string[],
  precision: FloatDtype = 'float32',
): Map<string, Node> {
  const { model, pooling, constants } = network
  const wanted = new Set(relus.map((name) => layerOfRelu(model.topology, name).relu as string))
  const features = new Map<string, Node>()
  let x = preprocess(image, model, divisorOf(precision))
  for (const layer of convLayers(model.topology)) {
    if (features.size === wanted.size) break
    if (!constants.has(layer.name)) break
    if (layer.pooledBefore) x = pooled(x, pooling)
    x = vggLayer(x, layer, network, precision)
    if (wanted.has(layer.relu)) features.set(layer.relu, x)
  }
  for (const relu of wanted) {
    if (!features.has(relu)) {
      throw new ModelError(
        `${relu}: the weights of ${model.name} end at ${model.deepest}; add a file that goes deeper or choose shallower layers`,
      )
    }
  }
  return features
}

const divisorOf = (precision: FloatDtype): number => (precision === 'float16' ? FLOAT16_DIVISOR : 1)

/**
 * Edges at which the picture ends. At the others rows come from beyond, one for each convolution to
 * use up.
 */
export interface Edges {
  readonly top: boolean
  readonly bottom: boolean
}

const ALL_OF_IT: Edges = { top: true, bottom: true }

/**
 * A convolution and its ReLU.
 * @param x [1,C,H,W]: the image as `preprocess` makes it, or the features before, pooled where a
 * pooling stands between.
 */
export function vggLayer(
  x: Node,
  layer: ConvLayer,
  { padding, convolutions, constants }: Network,
  precision: FloatDtype,
  edges: Edges = ALL_OF_IT,
): Node {
  const parameters = constants.get(layer.name)!
  const [weight, bias] = [parameters.weight, over(parameters.bias, divisorOf(precision))].map(
    (parameter) => b.constant(parameter.as(precision)),
  ) as [Node, Node]
  const [above, below] = [edges.top ? 1 : 0, edges.bottom ? 1 : 0]
  const method = convolutions === 'direct' ? ({ isDirect: true } as const) : {}
  if (padding === 'wrap') {
    const given = b.cast(x, precision)
    const isWhole = edges.top && edges.bottom
    return b.relu(
      isWhole
        ? b.wrapConv(given, weight, bias, method)
        : b.conv(b.wrapAxis(given, 3), weight, bias, 0, method),
    )
  }
  if (padding === 'replicate' && layer.name === 'conv1_1') {
    const around = b.pad(x, [0, 0, above, 1], [0, 0, below, 1], 'edge')
    return b.relu(b.conv(b.cast(around, precision), weight, bias, 0, method))
  }
  return b.relu(b.conv(b.cast(x, precision), weight, bias, [above, 1, below, 1], method))
}

export const pooled = (x: Node, pooling: Pooling): Node =>
  pooling === 'max' ? b.maxPool(x) : b.averagePool(x)

/** Features as the network without a divisor has them, in float32. */
export const trueFeatures = (features: Node): Node =>
  features.dtype === 'float16'
    ? b.mul(b.cast(features, 'float32'), b.scalar(FLOAT16_DIVISOR))
    : features

const over = (constant: Constant, divisor: number): Constant =>
  divisor === 1
    ? constant
    : constant.derive(`over ${divisor}`, constant.shape, () =>
        constant.data.map((value) => value / divisor),
      )

/** From RGB in [0,1] to what the network was trained on: x·scale − mean, over std and divisor. */
export function preprocess(
  image: Node,
  { preprocessing: { scale, mean, std } }: VggModel,
  divisor = 1,
): Node {
  const factor = std.map((value) => scale / value / divisor)
  const offset = mean.map((value, channel) => -value / std[channel]! / divisor)
  const perChannel = (values: readonly number[]): Node =>
    b.constant(new Constant(`per channel ${values}`, [1, 3, 1, 1], Float32Array.from(values)))
  return b.add(b.mul(image, perChannel(factor)), perChannel(offset))
}
