import * as b from '../graph/build.ts'
import type { Node } from '../graph/node.ts'
import { type LossForm, TINY_NORM } from './form.ts'

/**
 * G = F·Fᵀ / (C·M). features [1,C,H,W] with M = H·W → [C,C], symmetric. Gatys 2015 eq. 3;
 * differs: normalised here, so that targets of any image size compare.
 */
export function gramMatrix(features: Node): Node {
  const [, channels, height, width] = features.shape as [number, number, number, number]
  const pixels = height * width
  const product = b.gram(b.reshape(features, [channels, pixels]))
  return b.mul(product, b.scalar(1 / (channels * pixels)))
}

/** Σ (G − A)² over the Gram matrix of `features` and a target [C,C]. → scalar */
export function styleDistance(features: Node, target: Node): Node {
  const difference = b.sub(gramMatrix(features), target)
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
