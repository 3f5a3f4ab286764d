import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../../src/engine/options.ts'
import type { Recipe } from '../../src/engine/output/recipe.ts'
import { placeOfName, recipeOf, settingsOfRecipe } from '../../src/panel/recipes.ts'
import { runSettings } from '../../src/panel/recorded-step.ts'
import { DEFAULT_SETTINGS, optionsOf, type Settings } from '../../src/panel/settings.ts'
import { HASH, OUTCOME, PIXELS } from './stand-ins.ts'

const SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  styles: [
    {
      choice: { kind: 'built-in', name: 'ink' },
      weight: 2,
      scale: 0.5,
      rotation: 90,
      where: { kind: 'layer', layerId: 4, name: 'The "Sky"' },
    },
  ],
  strengthMap: { kind: 'selection' },
  preset: 'bold',
  overrides: { seed: 7, styleLoss: 'wasserstein' },
  size: 300,
}

const recipe = (changes: Partial<Recipe> = {}): Recipe => ({
  ...recipeOf({
    settings: runSettings(SETTINGS, []),
    options: { size: 300 },
    source: {
      documentId: 1,
      documentTitle: '',
      layerId: 2,
      layerName: 'x'.repeat(900),
      bounds: { left: 0, top: 0, right: 300, bottom: 200 },
      pixels: PIXELS,
      profile: '',
      mode: 'RGB',
      bitsPerChannel: '8',
    },
    fileNames: ['ink.jpg'],
    origin: { ...OUTCOME.origin, styles: [{ file: HASH, mask: HASH }], strength: HASH },
    isFinished: true,
    impasto: '1.2.3',
  }),
  ...changes,
})

test('names that are too long or empty are made such as a recipe takes', () => {
  const { content } = recipe()
  expect(content.name).toHaveLength(500)
  expect(content.document).toBe('layer')
})

test('places of the document stand in it by name, and are found by it', () => {
  const { styles, strength } = recipe()
  expect(placeOfName(styles[0]!.mask!.name)).toMatchObject({ kind: 'layer', name: 'The "Sky"' })
  expect(placeOfName(strength!.name)).toEqual({ kind: 'selection' })
  expect(placeOfName('sky.png')).toBeUndefined()
})

describe('the settings of a recipe', () => {
  const { styles } = SETTINGS
  const set = (given: Recipe): Settings =>
    settingsOfRecipe(given, DEFAULT_SETTINGS, [], styles, { width: 4000, height: 3000 })

  test('are those that it was painted with', () => {
    expect(set(recipe())).toEqual(SETTINGS)
  })

  test('give the same options where its preset is not known here', () => {
    const options = optionsOf(set(recipe({ preset: 'of another machine' })), [], PIXELS)
    expect(options).toEqual(resolveOptions(recipe().settings))
  })

  test('begin from the layer, not from the picture that was gone on from', () => {
    const { settings } = recipe()
    const continued = set(recipe({ settings: { ...settings, init: 'image' } }))
    expect(continued.overrides).toEqual(SETTINGS.overrides)
  })

  test('of a picture painted at its own size paint at the layer’s', () => {
    const { settings } = recipe()
    expect(set(recipe({ settings: { ...settings, size: 0 } })).size).toBe('layer')
  })
})
