import * as b from '../graph/build.ts'
import { elementCount, type Node, type Shape } from '../graph/node.ts'
import { type LossForm, TINY_NORM } from './form.ts'

/** Σ (F − P)² over features F and target features P of one layer. → scalar, Gatys 2015 eq. 1 × 2 */
export function contentDistance(features: Node, target: Node): Node {
  const difference = b.sub(features, target)
  return b.sumAll(b.mul(difference, difference))
}

/**
 * The factor that makes a form's content loss of `contentDistance`:
 * normalised 1/Σ P², neural-style 1/n, gatys 1/(2n), with n features in the layer; over several
 * layers the normalised form averages, the others add.
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
