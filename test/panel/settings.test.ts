import { describe, expect, test } from 'vitest'
import { OPTIONS, resolveOptions } from '../../src/engine/options.ts'
import {
  asPreset,
  DEFAULT_SETTINGS,
  edgeOf,
  optionsOf,
  readSettings,
  type Settings,
  sizeChoices,
  withOptions,
  withPreset,
  writeSettings,
} from '../../src/panel/settings.ts'

const LAYER = { width: 900, height: 1200 }
const OWN = [{ name: 'mine', options: { styleWeight: 7, size: 300 } }]

describe('the engine’s options', () => {
  test('are the preset’s, then what was set, then the size', () => {
    const settings = { ...DEFAULT_SETTINGS, preset: 'mine', overrides: { seed: 3 }, size: 640 }
    expect(optionsOf(settings, OWN, LAYER)).toEqual(
      resolveOptions({ styleWeight: 7, seed: 3, size: 640 }),
    )
  })

  test('take the long edge of the layer where that is wanted', () => {
    expect(optionsOf({ ...DEFAULT_SETTINGS, size: 'layer' }, [], LAYER).size).toBe(1200)
  })

  test('never ask for a size that the engine refuses', () => {
    expect(edgeOf('layer', { width: 3, height: 1 })).toBe(16)
    expect(edgeOf('layer', { width: 1e5, height: 1 })).toBe(OPTIONS.size.max)
  })
})

describe('choosing a preset', () => {
  test('starts from it, but keeps whose colours are taken', () => {
    const settings: Settings = {
      ...DEFAULT_SETTINGS,
      overrides: { styleWeight: 9, colors: 'content-luminance' },
    }
    expect(withPreset(settings, 'bold', []).overrides).toEqual({ colors: 'content-luminance' })
  })

  test('takes the styles that it carries; those that are set stay with one that carries none', () => {
    const amounts = { weight: 1, scale: 2, rotation: 45 }
    const picture = { kind: 'picture', name: 'a.png', sha256: 'f'.repeat(64) } as const
    const carrying = [
      {
        name: 'carrying',
        options: {},
        styles: [
          { kind: 'built-in', name: 'ink', ...amounts },
          { ...picture, data: 'AA==', ...amounts },
        ],
      },
    ] as const
    const chosen = withPreset(DEFAULT_SETTINGS, 'carrying', carrying)
    expect(chosen.styles).toEqual([
      { choice: { kind: 'built-in', name: 'ink' }, ...amounts },
      { choice: picture, ...amounts },
    ])
    expect(withPreset(chosen, 'bold', carrying).styles).toEqual(chosen.styles)
  })

  test('takes the size from a preset that has one, and gives it back afterwards', () => {
    const small = [{ name: 'small', options: { size: 256 } }]
    const chosen = withPreset({ ...DEFAULT_SETTINGS, size: 1024 }, 'small', small)
    expect(chosen.size).toBe(256)
    expect(withPreset(chosen, 'bold', small).size).toBe(OPTIONS.size.default)
  })

  test('leaves the size alone between presets without one', () => {
    expect(withPreset({ ...DEFAULT_SETTINGS, size: 1024 }, 'bold', []).size).toBe(1024)
  })
})

describe('setting an option', () => {
  test('is remembered as a departure from the preset', () => {
    expect(withOptions(DEFAULT_SETTINGS, { seed: 5 }, []).overrides).toEqual({ seed: 5 })
  })

  test('to the preset’s own value is none', () => {
    const set = withOptions(DEFAULT_SETTINGS, { iterations: [5] }, [])
    expect(withOptions(set, { iterations: OPTIONS.iterations.default }, []).overrides).toEqual({})
  })
})

test.each<Settings['size']>([640, 'layer'])(
  'the settings saved as a preset give the same options: size %s',
  (size) => {
    const settings = withOptions({ ...DEFAULT_SETTINGS, preset: 'mine', size }, { seed: 5 }, OWN)
    const preset = asPreset(settings, 'new', OWN)
    const chosen = withPreset(DEFAULT_SETTINGS, 'new', [preset])
    expect(chosen.size).toBe(size)
    expect(optionsOf(chosen, [preset], LAYER)).toEqual(optionsOf(settings, OWN, LAYER))
  },
)

test('the sizes on offer include the one in use, in order', () => {
  const choices = sizeChoices(300)
  expect(choices).toContain(300)
  expect(choices.at(-1)).toBe('layer')
  const edges = choices.filter((choice) => choice !== 'layer')
  expect(edges).toEqual([...edges].sort((a, b) => a - b))
  expect(sizeChoices(512).filter((choice) => choice === 512)).toHaveLength(1)
})

describe('remembered settings', () => {
  const SETTINGS: Settings = {
    styles: [
      {
        choice: { kind: 'file', name: 'a.png', token: 't' },
        weight: 2,
        scale: 0.5,
        rotation: -30,
        where: { kind: 'layer', layerId: 7, name: 'Sky' },
      },
      { choice: { kind: 'built-in', name: 'ink' }, weight: 1, scale: 1, rotation: 0 },
    ],
    strengthMap: { kind: 'selection' },
    preset: 'bold',
    overrides: { seed: 5, styleLayers: ['relu1_1'], precision: 'float16', memory: 2000 },
    size: 'layer',
    device: 'wasm',
    isAdvancedOpen: true,
  }
  const saved = JSON.parse(JSON.stringify(writeSettings(SETTINGS))) as Record<string, unknown>

  test('come back as they were', () => {
    expect(readSettings(saved)).toEqual(SETTINGS)
  })

  test('of version 1, with its one style, come back', () => {
    const { styles: _, strengthMap: __, ...others } = saved
    const old = { ...others, version: 1, style: { kind: 'built-in', name: 'ink' } }
    const { strengthMap, ...expected } = SETTINGS
    expect(readSettings(old)).toEqual({ ...expected, styles: [SETTINGS.styles[1]] })
  })

  test('lose a style that is damaged, and no other', () => {
    const [file, ink] = SETTINGS.styles
    const damaged = [{ ...file, weight: -1 }, { ...file, where: { kind: 'moon' } }, null, ink]
    expect(readSettings({ ...saved, styles: damaged }).styles).toEqual([ink])
    expect(readSettings({ ...saved, styles: new Array(12).fill(ink) }).styles).toHaveLength(8)
  })

  test.each([undefined, null, 5, 'text', [], {}, { ...saved, version: 3 }])(
    'that are none, or of another version, give the defaults: %j',
    (value) => {
      expect(readSettings(value)).toEqual(DEFAULT_SETTINGS)
    },
  )

  test.each<[string, unknown, keyof Settings]>([
    ['styles', [{ choice: { kind: 'built-in', name: 'mona lisa' } }], 'styles'],
    ['styles', null, 'styles'],
    ['strengthMap', { kind: 'layer' }, 'strengthMap'],
    ['size', 3, 'size'],
    ['size', '512', 'size'],
    ['device', 'npu', 'device'],
    ['preset', 7, 'preset'],
    ['isAdvancedOpen', 'yes', 'isAdvancedOpen'],
  ])('with a damaged %s: %j lose that alone', (name, value, field) => {
    expect(readSettings({ ...saved, [name]: value })).toEqual({
      ...SETTINGS,
      [field]: DEFAULT_SETTINGS[field],
    })
  })

  test('lose overrides that the engine would refuse', () => {
    const overrides = {
      seed: -1,
      clamp: false,
      size: 99,
      hasOwnProperty: 1,
      pooling: 'min',
      precision: 'bfloat16',
      memory: 0.5,
    }
    expect(readSettings({ ...saved, overrides }).overrides).toEqual({ clamp: false })
  })

  test('of size 0 paint at the layer’s own', () => {
    expect(readSettings({ ...saved, size: 0 }).size).toBe('layer')
  })
})
