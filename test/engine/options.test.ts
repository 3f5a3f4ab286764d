import { describe, expect, test } from 'vitest'
import { OptionError } from '../../src/engine/errors.ts'
import { LOSS_FORMS } from '../../src/engine/objective/losses/form.ts'
import { STYLE_LOSSES } from '../../src/engine/objective/losses/style.ts'
import {
  checkOption,
  flagName,
  OPTIONS,
  type Option,
  type OptionName,
  parseOption,
  resolveOptions,
} from '../../src/engine/options.ts'
import { PRESETS } from '../../src/engine/presets.ts'

const entries = Object.entries(OPTIONS) as [OptionName, Option][]

describe('the table', () => {
  test.each(entries)('%s: its default is allowed, and its help is a sentence', (name, option) => {
    expect(checkOption(name, option.default)).toEqual(option.default)
    expect(option.help).toMatch(/^[A-Z].*\.$/)
    if ('min' in option) expect(option.min).toBeLessThan(option.max)
  })

  test('gives the defaults', () => {
    expect(resolveOptions()).toEqual(
      Object.fromEntries(entries.map(([name, option]) => [name, option.default])),
    )
  })

  test('offers the forms of the loss that there are', () => {
    expect(OPTIONS.lossForm.choices).toEqual(LOSS_FORMS)
    expect(OPTIONS.styleLoss.choices).toEqual(STYLE_LOSSES)
  })
})

describe('resolving', () => {
  test('puts each set over the one before', () => {
    const options = resolveOptions({ size: 256, seed: 3 }, { size: 300 }, { seed: undefined })
    expect([options.size, options.seed]).toEqual([300, 3])
  })

  test('names an option that is not there, and those that are', () => {
    const unknown = () => resolveOptions({ stile: 1 } as never)
    expect(unknown).toThrow(OptionError)
    expect(unknown).toThrow(/^option "stile": no such option; choose from size, iterations, /)
  })

  test.each(['toString', '__proto__', 'constructor'])('knows no option "%s"', (name) => {
    const given = Object.defineProperty({}, name, { value: 1, enumerable: true })
    expect(() => resolveOptions(given)).toThrow(`option "${name}": no such option`)
  })

  test('drops layers named twice', () => {
    const { styleLayers } = resolveOptions({ styleLayers: ['relu1_1', 'relu2_1', 'relu1_1'] })
    expect(styleLayers).toEqual(['relu1_1', 'relu2_1'])
  })
})

/** A value that each kind refuses, and what it says. */
describe('refuses', () => {
  test.each<[OptionName, unknown, string]>([
    ['size', -1, '--size: expected a whole number from 0 to 16384, got -1'],
    ['size', 16385, '--size: expected a whole number from 0 to 16384, got 16385'],
    ['size', 256.5, '--size: expected a whole number from 0 to 16384, got 256.5'],
    ['size', '256', '--size: expected a whole number from 0 to 16384, got "256"'],
    ['seed', -1, '--seed: expected a whole number from 0 to 4294967295, got -1'],
    [
      'styleWeight',
      Number.NaN,
      '--style-weight: expected a number from 0 to 1000000000000000, got NaN',
    ],
    ['styleWeight', Number.POSITIVE_INFINITY, '--style-weight: expected a number from 0 to'],
    [
      'contentWeight',
      null,
      '--content-weight: expected a number from 0 to 1000000000000, got null',
    ],
    [
      'iterations',
      [],
      '--iterations: expected whole numbers from 0 to 100000, comma-separated, got ',
    ],
    [
      'iterations',
      [10, 0.5],
      '--iterations: expected whole numbers from 0 to 100000, comma-separated, got 10,0.5',
    ],
    [
      'iterations',
      10,
      '--iterations: expected whole numbers from 0 to 100000, comma-separated, got 10',
    ],
    [
      'styleLayerWeights',
      [1, -1],
      '--style-layer-weights: expected numbers from 0 to 1000000, comma-separated, got 1,-1',
    ],
    ['pooling', 'avg', '--pooling: expected one of average, max, got "avg"'],
    ['lossForm', 1, '--loss-form: expected one of normalised, neural-style, gatys, got 1'],
    [
      'styleLayers',
      ['relu6_1'],
      '--style-layers: expected layers such as relu3_1, comma-separated, got relu6_1',
    ],
    [
      'contentLayers',
      'relu4_2',
      '--content-layers: expected layers such as relu3_1, comma-separated, got "relu4_2"',
    ],
    ['clamp', 'yes', '--clamp: expected true or false, got "yes"'],
    ['clamp', 1, '--clamp: expected true or false, got 1'],
    ['model', '', '--model: expected a name, got ""'],
  ])('%s %j', (name, value, message) => {
    expect(() => checkOption(name, value)).toThrow(OptionError)
    expect(() => checkOption(name, value)).toThrow(message)
    expect(() => resolveOptions({ [name]: value })).toThrow(message)
  })

  test.each(entries)('%s: an object', (name) => {
    expect(() => checkOption(name, {})).toThrow(`--${flagName(name)}: expected `)
  })
})

describe('on a command line', () => {
  test.each(entries)('%s: its default as text is its default', (name, option) => {
    expect(parseOption(name, String(option.default))).toEqual(option.default)
  })

  test.each<[OptionName, string, unknown]>([
    ['size', ' 300 ', 300],
    ['iterations', '60, 40,30', [60, 40, 30]],
    ['styleLayerWeights', '0.5', [0.5]],
    ['styleLayers', 'relu1_1, relu2_1', ['relu1_1', 'relu2_1']],
    ['contentLayers', '', []],
    ['clamp', 'false', false],
    ['styleWeight', '1e3', 1000],
    ['init', 'random', 'random'],
  ])('%s %j', (name, text, value) => {
    expect(parseOption(name, text)).toEqual(value)
  })

  test.each<[OptionName, string]>([
    ['size', ''],
    ['size', 'large'],
    ['iterations', '60,,30'],
    ['clamp', 'on'],
    ['init', 'noise'],
  ])('refuses %s %j', (name, text) => {
    expect(() => parseOption(name, text)).toThrow(OptionError)
  })

  test('names are in kebab case, and differ', () => {
    expect(flagName('contentWeight')).toBe('content-weight')
    expect(flagName('styleLayerWeights')).toBe('style-layer-weights')
    expect(new Set(entries.map(([name]) => flagName(name))).size).toBe(entries.length)
  })
})

describe('presets', () => {
  test.each(PRESETS.map((preset) => [preset.name, preset] as const))(
    '%s resolves',
    (_, { options, description }) => {
      const resolved = resolveOptions(options)
      expect(resolved).toMatchObject(options)
      expect(resolved.contentLayerWeights.length).toBeLessThanOrEqual(resolved.contentLayers.length)
      expect(resolved.styleLayerWeights.length).toBeLessThanOrEqual(resolved.styleLayers.length)
      expect(description).toMatch(/^[A-Z].*\.$/)
    },
  )

  test('have names of their own, the first changing nothing', () => {
    expect(new Set(PRESETS.map(({ name }) => name)).size).toBe(PRESETS.length)
    expect(PRESETS[0]).toMatchObject({ name: 'default', options: {} })
  })
})
