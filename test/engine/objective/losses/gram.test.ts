import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/engine/graph/build.ts'
import { makeGraph } from '../../../../src/engine/graph/node.ts'
import type { Shape } from '../../../../src/engine/graph/tensor-type.ts'
import { styleTarget } from '../../../../src/engine/objective/losses/style.ts'
import { sampleTensor, shuffled } from '../../../reference/check-gradient.ts'
import { evaluate, type Tensor, tensor } from '../../../reference/interpreter.ts'
import { momentsFrom } from './features.ts'

/** Of features [1,C,h,w]. */
function gramOf(features: Tensor): Tensor {
  const x = b.input('x', features.shape)
  const { matrix } = styleTarget('gram', momentsFrom('gram', x))
  return evaluate(makeGraph({ matrix }), { x: features }).matrix!
}

const ones = (shape: Shape): Tensor =>
  tensor(shape, new Array(shape.reduce((a, c) => a * c, 1)).fill(1))

describe('the Gram matrix', () => {
  test('of ones is one over the channels', () => {
    const { shape, data } = gramOf(ones([1, 4, 3, 5]))
    expect(shape).toEqual([4, 4])
    // 1/(C·M) is a constant of the graph, so float32.
    for (const value of data) expect(value).toBeCloseTo(1 / 4, 7)
  })

  test('does not change when an image is repeated', () => {
    const row = sampleTensor([1, 3, 1, 5], { seed: 1 })
    const twice = tensor(
      [1, 3, 2, 5],
      [0, 1, 2].flatMap((c) => [0, 1].flatMap(() => [...row.data.slice(5 * c, 5 * c + 5)])),
    )
    const [once, repeated] = [gramOf(row).data, gramOf(twice).data]
    once.forEach((value, i) => {
      expect(repeated[i]).toBeCloseTo(value, 7)
    })
  })

  const features = fc.record({
    channels: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(1000),
  })
  const sampled = ({
    channels,
    height,
    width,
    seed,
  }: {
    channels: number
    height: number
    width: number
    seed: number
  }) => sampleTensor([1, channels, height, width], { seed, range: [-3, 5] })

  test('is symmetric and positive semidefinite', () => {
    fc.assert(
      fc.property(features, fc.nat(1000), (given, seed) => {
        const { channels } = given
        const { data } = gramOf(sampled(given))
        const z = sampleTensor([channels], { seed }).data
        let form = 0
        for (let i = 0; i < channels; i++) {
          for (let j = 0; j < channels; j++) {
            expect(data[i * channels + j]).toBe(data[j * channels + i])
            form += z[i]! * data[i * channels + j]! * z[j]!
          }
        }
        // Rounding of float64 may leave a zero a little below.
        expect(form).toBeGreaterThan(-1e-12)
      }),
      { seed: 1, numRuns: 100 },
    )
  })

  test('is blind to the order of pixels', () => {
    fc.assert(
      fc.property(features, fc.nat(1000), (given, seed) => {
        const x = sampled(given)
        const pixels = given.height * given.width
        const order = shuffled(pixels, seed)
        const mixed = x.data.map(
          (_, i) => x.data[Math.floor(i / pixels) * pixels + order[i % pixels]!]!,
        )
        const expected = gramOf(x).data
        gramOf(tensor(x.shape, mixed)).data.forEach((value, i) => {
          // Float64, summed in another order.
          expect(value).toBeCloseTo(expected[i]!, 12)
        })
      }),
      { seed: 2, numRuns: 100 },
    )
  })
})
