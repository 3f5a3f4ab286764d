import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/engine/graph/build.ts'
import { makeGraph, type Node } from '../../../../src/engine/graph/node.ts'
import type { Shape } from '../../../../src/engine/graph/tensor-type.ts'
import {
  contentCoefficient,
  contentDistance,
} from '../../../../src/engine/objective/losses/content.ts'
import { gatysGain, LOSS_FORMS } from '../../../../src/engine/objective/losses/form.ts'
import {
  variationCoefficient,
  variationDistance,
} from '../../../../src/engine/objective/losses/total-variation.ts'
import { checkGradient, sampleTensor } from '../../../reference/check-gradient.ts'
import { evaluate, type Tensor, tensor } from '../../../reference/interpreter.ts'

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

  test('stays finite in the normalised form for a target that is black', () => {
    const black = { shape: FEATURES, targetSquaredNorm: 0, layerCount: 1 }
    expect(Number.isFinite(contentCoefficient('normalised', black))).toBe(true)
  })

  test('becomes the mean square of neural-style, and half of it in the tutorial', () => {
    const layer = { shape: FEATURES, targetSquaredNorm: 7, layerCount: 3 }
    expect(contentCoefficient('neural-style', layer)).toBe(1 / 60)
    expect(contentCoefficient('gatys', layer)).toBe(1 / 120)
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
