/** Arbitrary presets of one's own, drawn from the option table. */
import fc from 'fast-check'
import { OPTIONS, type Option, type StylizeOptions } from '../../src/engine/options.ts'
import { AMOUNT_RANGES, carryPicture } from '../../src/panel/carried-styles.ts'
import { nameProblem, type UserPreset } from '../../src/panel/presets-file.ts'
import { BUILT_IN_STYLES } from '../../src/panel/styles.ts'

/** Starts like a JPEG, which is all that a preset asks of it. */
export const JPEG_BYTES = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46)

const numberWithin = (min: number, max: number): fc.Arbitrary<number> =>
  // JSON knows no negative zero.
  fc.double({ min, max, noNaN: true }).map((value) => value + 0)

function valuesOf(option: Option): fc.Arbitrary<unknown> {
  switch (option.kind) {
    case 'integer':
      return fc.integer({ min: option.min, max: option.max })
    case 'number':
      return numberWithin(option.min, option.max)
    case 'integers':
      return fc.array(fc.integer({ min: option.min, max: option.max }), { minLength: 1 })
    case 'numbers':
      return fc.array(numberWithin(option.min, option.max), { minLength: 1 })
    case 'choice':
      return fc.constantFrom(...option.choices)
    case 'layers':
      return fc.subarray(['relu1_1', 'relu2_2', 'relu4_2', 'relu5_1'])
    case 'flag':
      return fc.boolean()
    case 'text':
      return fc.string({ minLength: 1, unit: 'binary' })
  }
}

const options = fc.record(
  Object.fromEntries(Object.entries(OPTIONS).map(([name, option]) => [name, valuesOf(option)])),
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<StylizeOptions>>

const amounts = fc.record({
  weight: numberWithin(1e-3, AMOUNT_RANGES.weight.max),
  scale: numberWithin(AMOUNT_RANGES.scale.min, AMOUNT_RANGES.scale.max),
  rotation: numberWithin(AMOUNT_RANGES.rotation.min, AMOUNT_RANGES.rotation.max),
})

const style = fc.oneof(
  fc
    .tuple(fc.constantFrom(...BUILT_IN_STYLES), amounts)
    .map(([name, rest]) => ({ kind: 'built-in' as const, name, ...rest })),
  fc
    .tuple(fc.stringMatching(/^[\w .가-힣-]{1,40}$/), fc.uint8Array({ maxLength: 200 }), amounts)
    .map(([name, bytes, rest]) => carryPicture(name, Uint8Array.of(...JPEG_BYTES, ...bytes), rest)),
)

const name = fc
  .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
  .filter((text) => nameProblem(text) === undefined)

export const somePresets: fc.Arbitrary<UserPreset[]> = fc.uniqueArray(
  fc.record(
    {
      name,
      options,
      styles: fc.array(style, { minLength: 1, maxLength: 8 }),
      picture: fc.base64String().map((data) => `data:image/png;base64,${data}`),
    },
    { requiredKeys: ['name', 'options'] },
  ),
  { selector: (preset) => preset.name, maxLength: 5 },
)
