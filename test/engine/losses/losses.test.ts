import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/engine/graph/build.ts'
import { makeGraph, type Node, type Shape } from '../../../src/engine/graph/node.ts'
import { contentCoefficient, contentDistance } from '../../../src/engine/losses/content.ts'
import { gatysGain, LOSS_FORMS } from '../../../src/engine/losses/form.ts'
import { gramMatrix, styleCoefficient, styleDistance } from '../../../src/engine/losses/style.ts'
import {
  variationCoefficient,
  variationDistance,
} from '../../../src/engine/losses/total-variation.ts'
import { checkGradient, sampleTensor, shuffled } from '../../reference/check-gradient.ts'
import { evaluate, type Tensor, tensor } from '../../reference/interpreter.ts'

/** The value of what `build` makes of the given tensors. */
function valuesOf(build: (...inputs: Node[]) => Node, ...given: Tensor[]): Tensor {
  const inputs = given.map(({ shape }, i) => b.input(`x${i}`, shape))
  const values = Object.fromEntries(given.map((value, i) => [`x${i}`, value]))
  return evaluate(makeGraph({ y: build(...inputs) }), values).y!
}

const filled = (shape: Shape, value: number): Tensor =>
  tensor(shape, new Array(shape.reduce((a, c) => a * c, 1)).fill(value))

const FEATURES: Shape = [1, 3, 4, 5]

describe('gradients equal central differences', () => {
  test('of the content distance', () =>
    checkGradient(([x, p]) => contentDistance(x!, p!), [FEATURES, FEATURES]))
  test('of the Gram matrix', () => checkGradient(([x]) => gramMatrix(x!), [FEATURES]))
  test('of the style distance', () =>
    checkGradient(([x, a]) => styleDistance(x!, a!), [FEATURES, [3, 3]]))
  test.each(LOSS_FORMS)('of total variation, %s', (form) =>
    checkGradient(([x]) => variationDistance(x!, form), [[1, 3, 5, 4]]),
  )
})

describe('the content distance', () => {
  test('of an image from itself is 0', () => {
    const x = sampleTensor(FEATURES, { seed: 1 })
    expect(valuesOf(contentDistance, x, x).data[0]).toBe(0)
  })

  test('is the sum of squared differences', () => {
    expect(valuesOf(contentDistance, filled(FEATURES, 3), filled(FEATURES, 1)).data[0]).toBe(4 * 60)
  })

  test('becomes 1 for features of zero in the normalised form, whatever the target', () => {
    const target = sampleTensor(FEATURES, { seed: 4, range: [0, 500] })
    const distance = valuesOf(contentDistance, filled(FEATURES, 0), target).data[0]!
    const targetSquaredNorm = target.data.reduce((sum, v) => sum + v * v, 0)
    const coefficient = contentCoefficient('normalised', {
      shape: FEATURES,
      targetSquaredNorm,
      layerCount: 2,
    })
    // Float64 sums of 60 terms in two orders; half, as one of two layers.
    expect(coefficient * distance).toBeCloseTo(0.5, 12)
  })

  test('becomes the mean square of neural-style, and half of it in the tutorial', () => {
    const layer = { shape: FEATURES, targetSquaredNorm: 7, layerCount: 3 }
    expect(contentCoefficient('neural-style', layer)).toBe(1 / 60)
    expect(contentCoefficient('gatys', layer)).toBe(1 / 120)
  })
})

describe('the Gram matrix', () => {
  test('of ones is one over the channels', () => {
    const { shape, data } = valuesOf(gramMatrix, filled([1, 4, 3, 5], 1))
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
    const [once, repeated] = [valuesOf(gramMatrix, row).data, valuesOf(gramMatrix, twice).data]
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
        const { data } = valuesOf(gramMatrix, sampled(given))
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
        const expected = valuesOf(gramMatrix, x).data
        valuesOf(gramMatrix, tensor(x.shape, mixed)).data.forEach((value, i) => {
          // Float64, summed in another order.
          expect(value).toBeCloseTo(expected[i]!, 12)
        })
      }),
      { seed: 2, numRuns: 100 },
    )
  })
})

describe('the style distance', () => {
  test('of an image from its own Gram matrix is 0', () => {
    const x = sampleTensor(FEATURES, { seed: 1 })
    expect(valuesOf(styleDistance, x, valuesOf(gramMatrix, x)).data[0]).toBe(0)
  })

  test('becomes 1 for features of zero in the normalised form, whatever the target', () => {
    const target = sampleTensor([3, 3], { seed: 4, range: [0, 500] })
    const distance = valuesOf(styleDistance, filled(FEATURES, 0), target).data[0]!
    const targetSquaredNorm = target.data.reduce((sum, v) => sum + v * v, 0)
    const coefficient = styleCoefficient('normalised', {
      channels: 3,
      targetSquaredNorm,
      layerCount: 5,
    })
    expect(coefficient * distance).toBeCloseTo(0.2, 12)
  })

  test('becomes the mean square of neural-style, and the tutorial’s quarter, averaged over layers', () => {
    const layer = { channels: 3, targetSquaredNorm: 7, layerCount: 5 }
    expect(styleCoefficient('neural-style', layer)).toBe(1 / 9)
    expect(styleCoefficient('gatys', layer)).toBe(1 / 180)
  })

  test('stays finite for a target that is black', () => {
    const black = { channels: 3, targetSquaredNorm: 0, layerCount: 1, shape: FEATURES }
    expect(Number.isFinite(styleCoefficient('normalised', black))).toBe(true)
    expect(Number.isFinite(contentCoefficient('normalised', black))).toBe(true)
  })
})

describe('total variation', () => {
  test.each(LOSS_FORMS)('of a flat image is 0, %s', (form) => {
    expect(valuesOf((x) => variationDistance(x, form), filled([1, 3, 4, 6], 0.7)).data[0]).toBe(0)
  })

  test('of a ramp is known', () => {
    const shape = [1, 3, 4, 6]
    const ramp = tensor(
      shape,
      Array.from({ length: 72 }, (_, i) => 0.125 * (i % 6)),
    )
    const differences = 3 * 4 * 5
    const value = (form: (typeof LOSS_FORMS)[number]) =>
      valuesOf((x) => variationDistance(x, form), ramp).data[0]
    expect(value('normalised')).toBe(differences * 0.125 ** 2)
    expect(value('gatys')).toBe(differences * 0.125 ** 2)
    expect(value('neural-style')).toBe(differences * 0.125)
  })

  test('counts both directions', () => {
    const corner = tensor([1, 1, 2, 2], [0, 1, 3, 0])
    expect(valuesOf((x) => variationDistance(x, 'normalised'), corner).data[0]).toBe(1 + 9 + 9 + 1)
  })

  test('is a mean over values but in neural-style, which sums pixels from 0 to 255', () => {
    expect(variationCoefficient('normalised', [1, 3, 4, 6])).toBe(1 / 72)
    expect(variationCoefficient('gatys', [1, 3, 4, 6])).toBe(1 / 72)
    expect(variationCoefficient('neural-style', [1, 3, 4, 6])).toBe(255)
  })
})

test('the gain of the tutorial’s weights is 255 for Caffe’s input and about 4 for torchvision’s', () => {
  expect(gatysGain({ scale: 255, mean: [104, 117, 124], std: [1, 1, 1] })).toBe(255)
  expect(gatysGain({ scale: 1, mean: [0, 0, 0], std: [0.25, 0.25, 0.25] })).toBe(4)
})
