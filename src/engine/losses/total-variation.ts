import * as b from '../graph/build.ts'
import { elementCount, type Node, type Shape } from '../graph/node.ts'
import type { LossForm } from './form.ts'

/**
 * How far neighbouring pixels of [1,C,H,W] differ, down and across: Σ d², or Σ |d| in the
 * neural-style form. → scalar
 * @param mask [1,1,H,W] of factors for the differences of a pixel from the ones below and to the
 * right; absent: all count.
 */
export function variationDistance(image: Node, form: LossForm, mask?: Node): Node {
  const [, , height, width] = image.shape as [number, number, number, number]
  const cut = (x: Node, top: number, left: number, bottom: number, right: number): Node =>
    b.slice(x, [0, 0, top, left], [1, x.shape[1]!, bottom, right])
  const measure = (top: number, left: number): Node => {
    const here = (x: Node): Node => cut(x, 0, 0, height - top, width - left)
    const difference = b.sub(cut(image, top, left, height, width), here(image))
    const sizes = form === 'neural-style' ? b.abs(difference) : b.mul(difference, difference)
    return b.sumAll(mask ? b.mul(sizes, here(mask)) : sizes)
  }
  return b.add(measure(1, 0), measure(0, 1))
}

/**
 * The factor that makes a form's total variation of `variationDistance`: one over the image's
 * values, so that it does not grow with the image; neural-style 255, as it sums over pixels in
 * [0,255].
 */
export function variationCoefficient(form: LossForm, imageShape: Shape): number {
  return form === 'neural-style' ? 255 : 1 / elementCount(imageShape)
}
