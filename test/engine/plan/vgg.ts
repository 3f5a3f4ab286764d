import type { ConvParameters, VggModel } from '../../../src/engine/vgg/model.ts'
import { type ConvName, convLayers } from '../../../src/engine/vgg/topology.ts'

/** VGG16 in its true shapes, to conv5_1. Its weights are zeros, which take no memory until read. */
export function makeHollowVgg(): VggModel {
  const parameters = new Map<ConvName, ConvParameters>()
  let inputs = 3
  for (const { name } of convLayers('vgg16')) {
    const outputs = Math.min(512, 64 * 2 ** (Number(name[4]) - 1))
    parameters.set(name, {
      weight: new Float32Array(outputs * inputs * 9),
      shape: [outputs, inputs, 3, 3],
      bias: new Float32Array(outputs),
    })
    inputs = outputs
    if (name === 'conv5_1') break
  }
  return {
    name: 'hollow',
    topology: 'vgg16',
    preprocessing: { scale: 255, mean: [124, 117, 104], std: [1, 1, 1] },
    deepest: 'conv5_1',
    parameters,
    sha256: 'of no file',
  }
}
