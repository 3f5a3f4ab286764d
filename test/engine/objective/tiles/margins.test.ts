import { describe, expect, test } from 'vitest'
import { OptionError } from '../../../../src/engine/errors.ts'
import {
  featureMargin,
  gradientMargin,
  strideOf,
} from '../../../../src/engine/objective/tiles/margins.ts'

const STYLE = ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1']

// Counted by hand, layer by layer, for the pictures' edge at pixel 0.
describe.each([
  ['vgg16', STYLE, 16, 64, 128],
  ['vgg19', STYLE, 16, 80, 160],
  ['vgg19', ['relu4_2', ...STYLE], 16, 80, 160],
  ['vgg19', ['relu4_1'], 8, 32, 64],
  ['vgg19', ['relu4_4'], 8, 56, 112],
  ['vgg19', ['relu2_2'], 2, 6, 12],
  ['vgg16', ['relu1_1'], 1, 1, 2],
  ['vgg16', [], 1, 1, 1],
] as const)('%s with %s', (topology, layers, alignment, features, gradient) => {
  test(`starts windows at multiples of ${alignment}, is exact ${features} px inside`, () => {
    expect(featureMargin(topology, layers)).toEqual({ alignment, margin: features })
  })
  test(`has exact gradients ${gradient} px inside`, () => {
    expect(gradientMargin(topology, layers)).toEqual({ alignment, margin: gradient })
  })
})

test('the order of layers means nothing', () => {
  expect(gradientMargin('vgg19', STYLE.toReversed())).toEqual(gradientMargin('vgg19', STYLE))
})

test('a cell of relu3_3 covers 4 pixels', () => {
  expect(strideOf('vgg16', 'relu3_3')).toBe(4)
})

test('a layer that the topology lacks is refused by name', () => {
  expect(() => featureMargin('vgg16', ['relu3_4'])).toThrow(OptionError)
})
