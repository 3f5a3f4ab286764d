/**
 * The same losses in TensorFlow.js, on the same weights, with its own gradients. Written for its
 * layout (channels last) and from the formulas alone.
 */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import type { PlanarImage } from '../../src/engine/picture/image.ts'
import type { ConvParameters } from '../../src/engine/vgg/model.ts'
import { convLayers } from '../../src/engine/vgg/topology.ts'
import {
  CONTENT_LAYER,
  type Contender,
  type Problem,
  STYLE_LAYERS,
  timed,
  WEIGHTS,
} from '../contender.ts'

/**
 * stock: as a user writes it, `tf.conv2d`, `tf.relu` and their own gradients. turned: the gradient
 * of a convolution as another convolution, on turned weights, which runs in the backend's best
 * kernel; bias and ReLU fused into the convolution. More than a user of tf.grad gets.
 */
export type ConvolutionGradient = 'stock' | 'turned'

interface Layer {
  readonly relu: string
  readonly isPooledBefore: boolean
  readonly bias: tf.Tensor1D
  /** [3,3,in,out] */
  readonly weight: tf.Tensor4D
  /** [3,3,out,in], both spatial axes reversed. */
  readonly turned: tf.Tensor4D
}

/** On the backend in use, which must be ready. */
export async function tfjsContender(
  { model, content, style, image }: Problem,
  gradients: ConvolutionGradient,
): Promise<Contender> {
  const owned: tf.Tensor[] = []
  const own = <T extends tf.Tensor>(tensor: T): T => {
    owned.push(tensor)
    return tensor
  }
  const { scale, mean, std } = model.preprocessing
  const factor = own(tf.tensor1d(std.map((value) => scale / value)))
  const offset = own(tf.tensor1d(mean.map((value, channel) => -value / std[channel]!)))
  const wanted = new Set<string>([CONTENT_LAYER, ...STYLE_LAYERS])
  const layers: Layer[] = []
  for (const { name, relu, pooledBefore } of convLayers(model.topology)) {
    if (layers.length > 0 && [...wanted].every((w) => layers.some((l) => l.relu === w))) break
    const parameters = model.parameters.get(name)
    if (!parameters) break
    layers.push({
      relu,
      isPooledBefore: pooledBefore,
      bias: own(tf.tensor1d(parameters.bias)),
      weight: own(weightTensor(parameters)),
      turned: own(tf.tidy(() => turn(weightTensor(parameters)))),
    })
  }

  const features = (x: tf.Tensor4D): Map<string, tf.Tensor4D> => {
    const found = new Map<string, tf.Tensor4D>()
    let y: tf.Tensor4D = tf.add(tf.mul(x, factor), offset)
    for (const layer of layers) {
      if (layer.isPooledBefore) y = tf.avgPool(y, 2, 2, 'valid')
      y = gradients === 'stock' ? convolve(y, layer) : convolveFused(y, layer)
      if (wanted.has(layer.relu)) found.set(layer.relu, y)
    }
    return found
  }

  const contentTarget = own(tf.tidy(() => features(toTensor(content)).get(CONTENT_LAYER)!.clone()))
  const contentNorm = own(tf.tidy(() => tf.sum(tf.square(contentTarget))))
  const styleTargets = new Map(
    STYLE_LAYERS.map((name) => {
      const target = own(tf.tidy(() => gram(features(toTensor(style)).get(name)!)))
      return [name, { target, norm: own(tf.tidy(() => tf.sum(tf.square(target)))) }] as const
    }),
  )

  const objective = (x: tf.Tensor4D): tf.Scalar => {
    const found = features(x)
    const contentLoss = tf.div(
      tf.sum(tf.squaredDifference(found.get(CONTENT_LAYER)!, contentTarget)),
      contentNorm,
    )
    const styleLosses = STYLE_LAYERS.map((name) => {
      const { target, norm } = styleTargets.get(name)!
      return tf.div(tf.sum(tf.squaredDifference(gram(found.get(name)!), target)), norm)
    })
    const [, height, width, channels] = x.shape
    const down = tf.sub(
      tf.slice(x, [0, 1, 0, 0], [1, height - 1, width, channels]),
      tf.slice(x, [0, 0, 0, 0], [1, height - 1, width, channels]),
    )
    const across = tf.sub(
      tf.slice(x, [0, 0, 1, 0], [1, height, width - 1, channels]),
      tf.slice(x, [0, 0, 0, 0], [1, height, width - 1, channels]),
    )
    const variation = tf.div(tf.add(tf.sum(tf.square(down)), tf.sum(tf.square(across))), x.size)
    return tf.addN([
      tf.mul(contentLoss, WEIGHTS.content),
      tf.mul(tf.addN(styleLosses), WEIGHTS.style / STYLE_LAYERS.length),
      tf.mul(variation, WEIGHTS.variation),
    ]) as tf.Scalar
  }

  const valueAndGradient = tf.valueAndGrad((x: tf.Tensor) => objective(x as tf.Tensor4D))
  const iterate = own(toTensor(image))
  let last: tf.Tensor | undefined
  return {
    name: `TensorFlow.js ${tf.version_core} ${tf.getBackend()}, ${gradients}`,
    evaluate: () =>
      timed(async () => {
        last?.dispose()
        const { value, grad } = valueAndGradient(iterate)
        last = grad
        const [total] = await value.data()
        value.dispose()
        return total!
      }),
    async gradient() {
      const planar = tf.tidy(() => tf.transpose(last!, [0, 3, 1, 2]))
      const data = (await planar.data()) as Float32Array
      planar.dispose()
      return data
    },
    async release() {
      tf.dispose([...owned, ...(last ? [last] : [])])
    },
  }
}

/** [C,C] = FᵀF / (C·M) of [1,h,w,C] with M = h·w. */
function gram(features: tf.Tensor4D): tf.Tensor2D {
  const [, height, width, channels] = features.shape
  const flat = tf.reshape(features, [height * width, channels]) as tf.Tensor2D
  return tf.div(tf.matMul(flat, flat, true, false), channels * height * width)
}

const convolve = (x: tf.Tensor4D, { weight, bias }: Layer): tf.Tensor4D =>
  tf.relu(tf.add(tf.conv2d(x, weight, 1, 'same'), bias))

/** tf.fused.conv2d falls apart into its pieces where gradients are taken, so its kernel is called. */
function convolveFused(input: tf.Tensor4D, { weight, bias, turned }: Layer): tf.Tensor4D {
  const operation = tf.customGrad((x, save) => {
    const value = tf.engine().runKernel(
      'FusedConv2D',
      { x: x as tf.Tensor4D, filter: weight, bias },
      {
        strides: [1, 1],
        pad: 'same',
        dataFormat: 'NHWC',
        dilations: [1, 1],
        activation: 'relu',
      },
    ) as tf.Tensor4D
    ;(save as tf.GradSaveFunc)([value])
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.conv2d(tf.mul(dy, tf.step(saved[0]!)) as tf.Tensor4D, turned, 1, 'same'),
    }
  })
  return operation(input) as tf.Tensor4D
}

const weightTensor = ({ weight, shape }: ConvParameters): tf.Tensor4D =>
  tf.tidy(() => tf.transpose(tf.tensor4d(weight, [...shape]), [2, 3, 1, 0]))

const turn = (weight: tf.Tensor4D): tf.Tensor4D =>
  tf.transpose(tf.reverse(weight, [0, 1]), [0, 1, 3, 2])

const toTensor = ({ width, height, data }: PlanarImage): tf.Tensor4D =>
  tf.tidy(() => tf.transpose(tf.tensor4d(data, [1, 3, height, width]), [0, 2, 3, 1]))
