import * as b from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { elementCount, type Shape } from '../../graph/tensor-type.ts'
import { trueFeatures } from '../../vgg/features.ts'
import { type LossForm, TINY_NORM } from './form.ts'

/**
 * Σ (F − P)² over features F and target features P of one layer, both of one dtype; summed in
 * float32. → scalar, Gatys 2015 eq. 1 × 2
 * @param mask [1,1,h,w] of factors for the squares; absent: all count.
 */
export function contentDistance(features: Node, target: Node, mask?: Node): Node {
  const difference = trueFeatures(b.sub(features, target))
  const squares = b.mul(difference, difference)
  return b.sumAll(mask ? b.mul(squares, mask) : squares)
}

/**
 * The factor that turns `contentDistance` into a form's content loss: normalised 1/Σ P²,
 * neural-style 1/n, gatys 1/(2n), for a layer of n features. Over several layers the normalised
 * form averages, the others add.
 */
export function contentCoefficient(
  form: LossForm,
  layer: { readonly shape: Shape; readonly targetSquaredNorm: number; readonly layerCount: number },
): number {
  const count = elementCount(layer.shape)
  switch (form) {
    case 'normalised':
      return 1 / (Math.max(layer.targetSquaredNorm, TINY_NORM) * layer.layerCount)
    case 'neural-style':
      return 1 / count
    case 'gatys':
      return 1 / (2 * count)
  }
}
