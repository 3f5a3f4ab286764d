import * as b from '../graph/build.ts'
import { elementCount, type Node, type Shape } from '../graph/node.ts'
import type { LossForm } from './form.ts'

/**
 * How far neighbouring pixels of [1,C,H,W] differ, down and across: Σ d², or Σ |d| in the
 * neural-style form. → scalar
 */
export function variationDistance(image: Node, form: LossForm): Node {
  const [, channels, height, width] = image.shape as [number, number, number, number]
  const cut = (top: number, left: number, bottom: number, right: number): Node =>
    b.slice(image, [0, 0, top, left], [1, channels, bottom, right])
  const measure = (difference: Node): Node =>
    b.sumAll(form === 'neural-style' ? b.abs(difference) : b.mul(difference, difference))
  const down = b.sub(cut(1, 0, height, width), cut(0, 0, height - 1, width))
  const across = b.sub(cut(0, 1, height, width), cut(0, 0, height, width - 1))
  return b.add(measure(down), measure(across))
}

/**
 * The factor that makes a form's total variation of `variationDistance`: one over the image's
 * values, so that it does not grow with the image; neural-style 255, as it sums over pixels in
 * [0,255].
 */
export function variationCoefficient(form: LossForm, imageShape: Shape): number {
  return form === 'neural-style' ? 255 : 1 / elementCount(imageShape)
}
