/**
 * What style losses are made of: sums over pixels of features and of their products, over a whole
 * picture or, by masks, over regions of it (the guided Gram matrices of Gatys et al. 2017,
 * "Controlling Perceptual Factors in Neural Style Transfer").
 */

import * as b from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import type { ImageShape } from '../../graph/tensor-type.ts'
import { FLOAT16_DIVISOR } from '../../vgg/features.ts'
import { type Moments, needsMean, type StyleLoss } from './style.ts'

/** Sums over pixels, which add up over parts of a picture; float32. */
export interface MomentSums {
  /** Σ m·F·Fᵀ, [C,C] */
  readonly second: Node
  /** Σ m·F, [1,C]; where the loss needs means. */
  readonly first?: Node
}

/**
 * Sums of features F [1,C,h,w], weighted by a mask m. Gatys 2017 eq. 5, whose guidance channel is
 * √(m/Σm). Whatever dtype the features come in, the sums are in float32 and of the features as the
 * network without a divisor has them: sums over pixels in float16 would overflow and lose digits.
 * @param mask [1,1,h,w] ≥ 0; absent: 1.
 */
export function momentSums(features: Node, kind: StyleLoss, mask?: Node): MomentSums {
  const [, channels, height, width] = features.shape as ImageShape
  const pixels = height * width
  const flat = b.cast(b.reshape(features, [channels, pixels]), 'float32')
  const unit = features.dtype === 'float16' ? FLOAT16_DIVISOR : 1
  const inUnits = (sums: Node, factor: number): Node =>
    factor === 1 ? sums : b.mul(sums, b.scalar(factor))
  const weighed = mask ? b.mul(flat, b.sqrt(b.reshape(mask, [1, pixels]))) : flat
  const second = inUnits(b.gram(weighed), unit ** 2)
  if (!needsMean(kind)) return { second }
  const first = mask ? b.matmul(flat, b.reshape(mask, [pixels, 1])) : b.sum(flat, [1])
  return { second, first: b.reshape(inUnits(first, unit), [1, channels]) }
}

/** @param perPixel scalar, one over Σ m. */
export const momentsOf = ({ second, first }: MomentSums, perPixel: Node): Moments => ({
  second: b.mul(second, perPixel),
  ...(first && { mean: b.mul(first, perPixel) }),
})
