import { describe, expect, test } from 'vitest'
import { OPTIONS, resolveOptions } from '../../src/engine/options.ts'
import { PRESETS } from '../../src/engine/presets.ts'
import { SLIDER_END, SLIDER_NAMES, SLIDERS } from '../../src/panel/sliders.ts'

const preset = resolveOptions({})

describe.each(SLIDER_NAMES)('the slider %s', (name) => {
  const slider = SLIDERS[name]

  test.each(PRESETS.map((each) => [each.name, each.options] as const))(
    'stands in the middle for the preset %s, and gives its values there',
    (_, partial) => {
      const options = resolveOptions(partial)
      expect(slider.position(options, options)).toBe(0)
      expect(resolveOptions(options, slider.at(0, options))).toEqual(options)
    },
  )

  test('comes back to where it was put', () => {
    for (let position = -SLIDER_END; position <= SLIDER_END; position++) {
      const options = resolveOptions(preset, slider.at(position, preset))
      expect(slider.position(options, preset)).toBe(position)
    }
  })

  test('gives only values that the engine takes, wherever the preset has it', () => {
    const most = Object.fromEntries(
      slider.options.map((option) => {
        const { default: usual, ...limits } = OPTIONS[option]
        return [option, 'max' in limits && typeof usual === 'number' ? limits.max : usual]
      }),
    )
    const extreme = resolveOptions(most)
    for (const position of [-SLIDER_END, SLIDER_END]) {
      expect(() => resolveOptions(slider.at(position, extreme))).not.toThrow()
    }
  })
})

test.each([
  ['strength', 'styleWeight', 16],
  ['styleSize', 'styleScale', 3],
  ['detail', 'contentWeight', 16],
  ['smoothness', 'tvWeight', 16],
] as const)('%s turns one weight by a ratio, and stays within its ends', (name, option, range) => {
  const { at, position } = SLIDERS[name]
  const value = (where: number): number => at(where, preset)[option]!
  expect(value(-SLIDER_END) / preset[option]).toBeCloseTo(1 / range, 3)
  expect(value(SLIDER_END) / preset[option]).toBeCloseTo(range, 3)
  expect(position({ ...preset, [option]: 1e9 }, preset)).toBe(SLIDER_END)
  expect(position({ ...preset, [option]: 0 }, preset)).toBe(-SLIDER_END)
})

test('a preset without smoothing can be made smoother: the default stands in', () => {
  const rough = resolveOptions({ tvWeight: 0 })
  expect(SLIDERS.smoothness.position(rough, rough)).toBe(0)
  expect(SLIDERS.smoothness.at(SLIDER_END, rough)).toEqual({
    tvWeight: OPTIONS.tvWeight.default * 16,
  })
})

describe('the slider of motifs', () => {
  const { at, position } = SLIDERS.motifs
  const base = resolveOptions({ styleLayerWeights: [1, 1, 1, 0.4, 0] })

  test('goes from no deep style layers to more than the preset of motifs has', () => {
    expect(at(-SLIDER_END, base)).toEqual({ styleLayerWeights: [1, 1, 1, 0, 0] })
    expect(at(SLIDER_END, base)).toEqual({ styleLayerWeights: [1, 1, 1, 1.4, 0.3] })
    expect(at(-50, base)).toEqual({ styleLayerWeights: [1, 1, 1, 0.2, 0] })
  })

  test('has nothing to turn where no deep layer is compared', () => {
    const shallow = resolveOptions({ styleLayers: ['relu1_1', 'relu2_1'], styleLayerWeights: [1] })
    expect(at(SLIDER_END, shallow)).toEqual({ styleLayerWeights: [1, 1] })
    expect(position(resolveOptions(shallow, { styleLayerWeights: [2] }), shallow)).toBe(0)
  })
})
