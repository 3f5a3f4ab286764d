import { describe, expect, test } from 'vitest'
import { OPTIONS, resolveOptions } from '../../src/engine/options.ts'
import { PRESETS } from '../../src/engine/presets.ts'
import {
  SLIDER_MAX,
  SLIDER_NAMES,
  SLIDERS,
  sliderPosition,
  sliderValue,
} from '../../src/panel/sliders.ts'

describe.each(SLIDER_NAMES)('the slider %s', (name) => {
  const { option, range } = SLIDERS[name]

  test.each(PRESETS.map((preset) => [preset.name, preset.options] as const))(
    'stands in the middle for the preset %s, and gives its value there',
    (_, partial) => {
      const preset = resolveOptions(partial)
      expect(sliderPosition(name, preset[option], preset)).toBe(50)
      expect(sliderValue(name, 50, preset)).toBe(preset[option])
    },
  )

  test('goes from one range below the preset to one above', () => {
    const preset = resolveOptions({})
    expect(sliderValue(name, 0, preset) / preset[option]).toBeCloseTo(1 / range, 3)
    expect(sliderValue(name, SLIDER_MAX, preset) / preset[option]).toBeCloseTo(range, 3)
  })

  test('comes back to where it was put', () => {
    const preset = resolveOptions({})
    for (let position = 0; position <= SLIDER_MAX; position++) {
      expect(sliderPosition(name, sliderValue(name, position, preset), preset)).toBe(position)
    }
  })

  test('keeps within its ends for values beyond them', () => {
    const preset = resolveOptions({})
    expect(sliderPosition(name, 1e9, preset)).toBe(SLIDER_MAX)
    expect(sliderPosition(name, 0, preset)).toBe(0)
  })

  test('gives only values that the engine takes', () => {
    const extreme = resolveOptions({ [option]: OPTIONS[option].max })
    expect(sliderValue(name, SLIDER_MAX, extreme)).toBe(OPTIONS[option].max)
  })
})

test('a preset without smoothing can be made smoother: the default stands in', () => {
  const preset = resolveOptions({ tvWeight: 0 })
  expect(sliderPosition('smoothness', 0, preset)).toBe(50)
  expect(sliderValue('smoothness', SLIDER_MAX, preset)).toBe(OPTIONS.tvWeight.default * 16)
})
