import * as b from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { elementCount, type ImageShape, type Shape } from '../../graph/tensor-type.ts'
import type { LossForm } from './form.ts'

/** Which differences count, and whether the edges do. */
interface VariationExtent {
  /**
   * [1,1,H,W] of factors for the differences of a pixel from the ones below and to the right;
   * absent: all count.
   */
  readonly mask?: Node
  /** The first row and column are the neighbours of the last ones; not together with a mask. */
  readonly wraps?: boolean
  /** The last row belongs to another part and counts only as a neighbour. */
  readonly hasRowBelow?: boolean
}

/**
 * How far neighbouring pixels of [1,C,H,W] differ, down and across: Σ d², or Σ |d| in the
 * neural-style form. → scalar
 */
export function variationDistance(
  image: Node,
  form: LossForm,
  { mask, wraps = false, hasRowBelow = false }: VariationExtent = {},
): Node {
  const cut = (x: Node, top: number, left: number, bottom: number, right: number): Node =>
    b.slice(x, [0, 0, top, left], [1, x.shape[1]!, bottom, right])
  const measure = (part: Node, top: number, left: number, isClosed: boolean): Node => {
    const [, , height, width] = part.shape as ImageShape
    const here = (x: Node): Node => (isClosed ? x : cut(x, 0, 0, height - top, width - left))
    const beyond = cut(part, top, left, height, width)
    const first = cut(part, 0, 0, top || height, left || width)
    const neighbour = isClosed ? b.concat([beyond, first], top > 0 ? 2 : 3) : beyond
    const difference = b.sub(neighbour, here(part))
    const sizes = form === 'neural-style' ? b.abs(difference) : b.mul(difference, difference)
    return b.sumAll(mask ? b.mul(sizes, here(mask)) : sizes)
  }
  const [, , height, width] = image.shape as ImageShape
  const own = hasRowBelow ? cut(image, 0, 0, height - 1, width) : image
  return b.add(measure(image, 1, 0, wraps && !hasRowBelow), measure(own, 0, 1, wraps))
}

/**
 * The factor that turns `variationDistance` into a form's total variation: one over the number of
 * the image's values, so that it does not grow with the image; for neural-style 255, as it sums
 * over pixels in [0,255].
 */
export function variationCoefficient(form: LossForm, imageShape: Shape): number {
  return form === 'neural-style' ? 255 : 1 / elementCount(imageShape)
}
