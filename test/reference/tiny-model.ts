import type { ConvParameters, VggModel } from '../../src/engine/vgg/model.ts'
import { type ConvName, convLayers } from '../../src/engine/vgg/topology.ts'
import { makeRandom } from './check-gradient.ts'

/**
 * A VGG16 of few channels with seeded weights, small enough for the interpreter. Weights scale
 * with the inputs' number, so that activations neither vanish nor grow.
 */
export function makeTinyModel({
  deepest,
  channels = 3,
  seed = 7,
}: {
  readonly deepest: ConvName
  readonly channels?: number
  readonly seed?: number
}): VggModel {
  const random = makeRandom(seed)
  const uniform = (count: number, bound: number): Float32Array =>
    Float32Array.from({ length: count }, () => (2 * random() - 1) * bound)
  const parameters = new Map<ConvName, ConvParameters>()
  let inputs = 3
  for (const { name } of convLayers('vgg16')) {
    parameters.set(name, {
      weight: uniform(channels * inputs * 9, Math.sqrt(6 / (inputs * 9))),
      shape: [channels, inputs, 3, 3],
      bias: uniform(channels, 0.3),
    })
    inputs = channels
    if (name === deepest) break
  }
  return {
    name: 'tiny',
    topology: 'vgg16',
    preprocessing: { scale: 1, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    deepest,
    parameters,
    sha256: 'of no file',
  }
}
