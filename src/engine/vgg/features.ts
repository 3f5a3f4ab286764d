/** The VGG network as a graph: an image in, features out. */
import { ModelError } from '../errors.ts'
import * as b from '../graph/build.ts'
import { Constant } from '../graph/constant.ts'
import type { FloatDtype, Node } from '../graph/node.ts'
import type { VggModel } from './model.ts'
import { type ConvName, convLayers, layerOfRelu } from './topology.ts'

export type Pooling = 'average' | 'max'
export type Padding = 'zeros' | 'replicate' | 'wrap'
/** Whether a device may compute them another way than as they are. */
export type Convolutions = 'auto' | 'direct'

export interface Network {
  readonly model: VggModel
  readonly pooling: Pooling
  /**
   * Around the image before conv1_1; deeper convolutions pad with zeros. Replicating the edge
   * removes most of the border that zeros leave in a picture. `wrap` alone goes on in every
   * convolution, with what lies at the opposite edge: features of a picture that is shifted
   * cyclically are the same, shifted, as long as the poolings drop nothing and meet the shift.
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
 * The network as a style image meets it. Its edges are no seam of the picture's, so they are never
 * joined, whatever the picture's are.
 */
export const ofStyle = (network: Network): Network =>
  network.padding === 'wrap' ? { ...network, padding: 'replicate' } : network

/**
 * How many times smaller features are in a float16 network. Without biases VGG is homogeneous: what
 * its input is multiplied by, its features are. So input and biases over this make every feature
 * smaller by it, with the weights as they are. Measured before ReLUs on the sample photographs and
 * styles at 512 px: Caffe's VGG16 stays within ±12,000 with average and ±18,900 with max pooling,
 * ±590 over this; root mean squares are 6 … 760 and 29 … 1,130, 0.2 … 35 over this. Float16 ends at
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
  { model, pooling, padding, convolutions, constants }: Network,
  relus: readonly string[],
  precision: FloatDtype = 'float32',
): Map<string, Node> {
  const wanted = new Set(relus.map((name) => layerOfRelu(model.topology, name).relu as string))
  const features = new Map<string, Node>()
  const divisor = precision === 'float16' ? FLOAT16_DIVISOR : 1
  const method = convolutions === 'direct' ? ({ isDirect: true } as const) : {}
  let x = preprocess(image, model, divisor)
  for (const layer of convLayers(model.topology)) {
    if (features.size === wanted.size) break
    const parameters = constants.get(layer.name)
    if (!parameters) break
    if (layer.pooledBefore) x = pooling === 'max' ? b.maxPool(x) : b.averagePool(x)
    const [weight, bias] = [parameters.weight, over(parameters.bias, divisor)].map((parameter) =>
      b.constant(parameter.as(precision)),
    )
    const isReplicated = layer.name === 'conv1_1' && padding === 'replicate'
    if (isReplicated) x = b.pad(x, [0, 0, 1, 1], [0, 0, 1, 1], 'edge')
    x = b.cast(x, precision)
    x =
      padding === 'wrap'
        ? b.wrapConv(x, weight!, bias, method)
        : b.conv(x, weight!, bias, isReplicated ? 0 : 1, method)
    x = b.relu(x)
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

/** The features as the network without a divisor has them, in float32. */
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
function preprocess(
  image: Node,
  { preprocessing: { scale, mean, std } }: VggModel,
  divisor: number,
): Node {
  const factor = std.map((value) => scale / value / divisor)
  const offset = mean.map((value, channel) => -value / std[channel]! / divisor)
  const perChannel = (values: readonly number[]): Node =>
    b.constant(new Constant(`per channel ${values}`, [1, 3, 1, 1], Float32Array.from(values)))
  return b.add(b.mul(image, perChannel(factor)), perChannel(offset))
}
