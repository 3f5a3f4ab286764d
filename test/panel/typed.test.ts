import { describe, expect, test } from 'vitest'
import type { OptionName } from '../../src/engine/options.ts'
import { numberOf, readTyped } from '../../src/panel/typed.ts'

describe('what is typed', () => {
  test.each<[OptionName, string, unknown]>([
    ['scaleRatio', '1,5', 1.5],
    ['scaleRatio', ' 1.5 ', 1.5],
    ['seed', '1,000', 1000],
    ['seed', '7', 7],
    ['styleLayerWeights', '1, 1, 0.3', [1, 1, 0.3]],
    ['styleLayerWeights', '1, 1, 0,3', [1, 1, 0.3]],
    ['styleLayerWeights', '1; 0,5', [1, 0.5]],
    ['styleLayerWeights', '1 0,5', [1, 0.5]],
    ['styleLayerWeights', '1,1,0.3', [1, 1, 0.3]],
    ['styleLayerWeights', '0,3', [0.3]],
    ['iterations', '60,110', [60, 110]],
    ['iterations', '60, 110', [60, 110]],
    ['styleLayers', 'relu1_1, relu2_1', ['relu1_1', 'relu2_1']],
    ['contentLayers', '', []],
  ])('for %s as "%s" is read as people mean it', (name, text, value) => {
    expect(readTyped(name, text)).toEqual(value)
  })

  test.each<[OptionName, string]>([
    ['scaleRatio', ''],
    ['scaleRatio', '0,5'],
    ['scaleRatio', '1,2,3'],
    ['seed', '1,5'],
    ['seed', '-1'],
    ['iterations', '60,5, 1,5'],
    ['styleLayers', 'relu9'],
  ])('for %s as "%s" is refused', (name, text) => {
    expect(() => readTyped(name, text)).toThrow(/--/)
  })

  test('as a number has a point or a comma', () => {
    expect(numberOf(' 2,5')).toBe(2.5)
    expect(numberOf('2.5')).toBe(2.5)
    for (const text of ['', 'x', '1,2,3', '1.2,3']) expect(numberOf(text)).toBeNaN()
  })
})
