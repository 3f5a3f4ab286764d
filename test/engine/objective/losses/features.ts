/** Features to try style losses on, and the losses as functions of them. */

import * as b from '../../../../src/engine/graph/build.ts'
import type { Node } from '../../../../src/engine/graph/node.ts'
import type { Shape } from '../../../../src/engine/graph/tensor-type.ts'
import { momentSums, momentsOf } from '../../../../src/engine/objective/losses/moments.ts'
import {
  type Moments,
  type StyleLoss,
  styleDistance,
  styleTarget,
} from '../../../../src/engine/objective/losses/style.ts'
import { makeRandom } from '../../../reference/check-gradient.ts'
import { type Tensor, tensor } from '../../../reference/interpreter.ts'

/** Of features [1,C,h,w]. */
export function momentsFrom(kind: StyleLoss, features: Node): Moments {
  const [, , height, width] = features.shape as [number, number, number, number]
  return momentsOf(momentSums(features, kind), b.scalar(1 / (height * width)))
}

/** Of features from a style's. */
export const distanceOf = (kind: StyleLoss, features: Node, style: Node): Node =>
  styleDistance(kind, momentsFrom(kind, features), styleTarget(kind, momentsFrom(kind, style)))

/** Features of rows of channels: [1,C,1,M]. */
export const fromRows = (rows: readonly (readonly number[])[]): Tensor =>
  tensor([1, rows.length, 1, rows[0]!.length], rows.flat())

/** Channels that go together, of random contrasts. */
export function correlated(shape: Shape, seed: number): Tensor {
  const random = makeRandom(seed)
  const [, channels, height, width] = shape as [number, number, number, number]
  const pixels = height * width
  const sources = Array.from({ length: channels * pixels }, () => 2 * random() - 1)
  const mixing = Array.from({ length: channels ** 2 }, () => 2 * random() - 1)
  return tensor(
    shape,
    sources.map((_, at) => {
      const [row, pixel] = [Math.floor(at / pixels), at % pixels]
      let value = 1
      for (let k = 0; k < channels; k++) {
        value += mixing[row * channels + k]! * sources[k * pixels + pixel]!
      }
      return value
    }),
  )
}

export const scaled = ({ shape, data }: Tensor, factor: number): Tensor =>
  tensor(
    shape,
    data.map((value) => factor * value),
  )

/** Every channel c moved by offsets[c]. */
export const moved = ({ shape, data }: Tensor, offsets: ArrayLike<number>): Tensor =>
  tensor(
    shape,
    data.map((value, i) => value + offsets[Math.floor(i / (shape[2]! * shape[3]!))]!),
  )

export const meanSquare = ({ data }: Tensor): number =>
  data.reduce((sum, value) => sum + value * value, 0) / data.length

export const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs))

export const distanceBetween = (values: readonly number[], expected: readonly number[]): number =>
  largest(values.map((value, i) => value - expected[i]!))
