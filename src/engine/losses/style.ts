import * as b from '../graph/build.ts'
import { elementCount, type Node } from '../graph/node.ts'
import { FLOAT16_DIVISOR } from '../vgg/features.ts'
import { type LossForm, TINY_NORM } from './form.ts'

/**
 * G = F·Fᵀ / (C·M). features [1,C,H,W] with M = H·W → [C,C], symmetric. Gatys 2015 eq. 3;
 * differs: normalised here, so that targets of any image size compare.
 */
export function gramMatrix(features: Node): Node {
  return b.mul(gramSums(features), b.scalar(1 / elementCount(features.shape)))
}

/**
 * F·Fᵀ of features [1,C,H,W] → [C,C]: sums over pixels, which add up over parts of an image. In
 * float32, and of the features as the network has them, whatever dtype they come in: sums over
 * pixels in float16 would overflow and lose digits.
 */
export function gramSums(features: Node): Node {
  const [, channels, height, width] = features.shape as [number, number, number, number]
  const sums = b.gram(b.cast(b.reshape(features, [channels, height * width]), 'float32'))
  return features.dtype === 'float16' ? b.mul(sums, b.scalar(FLOAT16_DIVISOR ** 2)) : sums
}

/** Σ (G − A)² over the Gram matrix of `features` and a target [C,C]. → scalar */
export function styleDistance(features: Node, target: Node): Node {
  return gramDistance(gramMatrix(features), target)
}

/** Σ (G − A)² over Gram matrices [C,C]. → scalar */
export function gramDistance(gram: Node, target: Node): Node {
  const difference = b.sub(gram, target)
  return b.sumAll(b.mul(difference, difference))
}

/**
 * The factor that makes a form's style loss of `styleDistance`, for a layer of C channels, one of
 * L layers: normalised 1/(L·Σ A²); neural-style 1/C², the mean squared difference; gatys
 * 1/(4·L·C²): the notebooks' ⅕ Σ MSE(G, A)/(4 C² M²) with G = F·Fᵀ, ⅕ being one over the layers,
 * and A brought to the content's M.
 */
export function styleCoefficient(
  form: LossForm,
  layer: {
    readonly channels: number
    readonly targetSquaredNorm: number
    readonly layerCount: number
  },
): number {
  const entries = layer.channels ** 2
  switch (form) {
    case 'normalised':
      return 1 / (layer.layerCount * Math.max(layer.targetSquaredNorm, TINY_NORM))
    case 'neural-style':
      return 1 / entries
    case 'gatys':
      return 1 / (4 * layer.layerCount * entries)
  }
}
