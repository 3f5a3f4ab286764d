import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { presetsSchema, schemaPath } from '../../scripts/presets-schema.ts'
import { OPTIONS, type Option } from '../../src/engine/options.ts'
import { readPresets, writePresets } from '../../src/panel/presets-file.ts'
import { somePresets } from '../panel/some-presets.ts'

const schema = JSON.parse(readFileSync(schemaPath, 'utf8')) as object
const validate = new Ajv({ allErrors: true }).compile(schema)

const fileWith = (options: object): string =>
  JSON.stringify({ impasto: 'presets', version: 3, presets: [{ name: 'a', options }] })
const isRead = (text: string): boolean => {
  try {
    readPresets(text)
    return true
  } catch {
    return false
  }
}

it('the schema of presets says what the tables say (npm run schema)', () => {
  expect(readFileSync(schemaPath, 'utf8')).toBe(presetsSchema())
})

it('whatever presets are written conform to it', () => {
  fc.assert(
    fc.property(somePresets, (presets) => {
      expect(validate(JSON.parse(writePresets(presets))), JSON.stringify(validate.errors)).toBe(
        true,
      )
    }),
    { numRuns: 200, seed: 2 },
  )
})

describe('the schema and the reader agree on', () => {
  const wrong: readonly unknown[] = [
    null,
    'x',
    '',
    -1,
    0.5,
    2,
    true,
    [],
    [-1],
    ['relu9_9'],
    {},
    1e300,
  ]
  /** At the ends of what an option may be, and just beyond. */
  const ends = (option: Option): readonly unknown[] => {
    if (!('min' in option)) return 'choices' in option ? option.choices : []
    const values = [option.min, option.max, option.min - 1, option.max + 1, option.min + 0.5]
    return Array.isArray(option.default) ? values.map((value) => [value]) : values
  }
  it.each(Object.entries(OPTIONS))('%s', (name, option) => {
    expect(isRead(fileWith({ [name]: option.default }))).toBe(true)
    for (const value of [...wrong, ...ends(option), option.default]) {
      const text = fileWith({ [name]: value })
      expect(validate(JSON.parse(text)), text).toBe(isRead(text))
    }
  })

  it.each([
    ['an option that there is not', { options: { speed: 1 } }],
    ['a preset without options', { options: undefined }],
    ['a name with blanks around it', { name: ' a' }],
    ['a long name', { name: 'a'.repeat(61) }],
    ['more in a preset', { script: 'x' }],
    ['no styles in their list', { styles: [] }],
    ['a built-in style that there is not', { styles: [{ kind: 'built-in', name: 'lava' }] }],
    ['a style of no size', { styles: [{ kind: 'built-in', name: 'oil', weight: 1, rotation: 0 }] }],
  ])('refusing %s', (_, change) => {
    const presets = [{ name: 'a', options: {}, ...change }]
    const text = JSON.stringify({ impasto: 'presets', version: 3, presets })
    expect([validate(JSON.parse(text)), isRead(text)]).toEqual([false, false])
  })
})
