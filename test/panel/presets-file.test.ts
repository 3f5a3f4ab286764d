import { describe, expect, test } from 'vitest'
import { PRESETS } from '../../src/engine/presets.ts'
import {
  MAX_NAME_LENGTH,
  mergePresets,
  nameProblem,
  readPresets,
  salvagePresets,
  writePresets,
} from '../../src/panel/presets-file.ts'

const PRESETS_OF_MINE = [
  { name: 'Harbour', options: { styleWeight: 80, iterations: [10, 5] } },
  { name: '바다', options: {} },
]
const file = (change: object): string =>
  JSON.stringify({ impasto: 'presets', version: 1, presets: PRESETS_OF_MINE, ...change })
const withPreset = (preset: unknown): string => file({ presets: [preset] })

test('presets come back from a file as they were', () => {
  expect(readPresets(writePresets(PRESETS_OF_MINE))).toEqual(PRESETS_OF_MINE)
})

describe('a file is refused', () => {
  test.each([
    ['that is no JSON', 'hello', 'not JSON'],
    ['that is something else', '{"presets":[]}', 'Impasto exported'],
    ['that is a list', '[]', 'Impasto exported'],
    ['of a newer version', file({ version: 2 }), 'newer Impasto'],
    ['without a list of presets', file({ presets: {} }), 'list'],
    ['with too many presets', file({ presets: Array(501).fill(PRESETS_OF_MINE[0]) }), '500'],
    ['with a preset that is none', withPreset(null), 'preset 1'],
    ['with a preset without options', withPreset({ name: 'a' }), 'preset 1'],
    ['with more in a preset', withPreset({ name: 'a', options: {}, script: 'x' }), 'script'],
    ['with an unknown option', withPreset({ name: 'a', options: { speed: 1 } }), 'speed'],
    ['with a value out of range', withPreset({ name: 'a', options: { seed: -1 } }), '"a"'],
    ['with a value of another type', withPreset({ name: 'a', options: { clamp: 1 } }), '"a"'],
    ['with an empty name', withPreset({ name: ' ', options: {} }), 'empty'],
    ['with the name of a built-in preset', withPreset({ name: 'bold', options: {} }), 'taken'],
    ['with a name twice', file({ presets: [PRESETS_OF_MINE[0], PRESETS_OF_MINE[0]] }), 'share'],
    ['that is enormous', ' '.repeat(1_000_001), '1 MB'],
  ])('%s', (_, text, message) => {
    expect(() => readPresets(text)).toThrow(message)
    expect(() => readPresets(text)).toThrow(expect.objectContaining({ code: 'option' }))
  })
})

describe('of what an older version kept', () => {
  const best = { name: 'best', options: { styleWeight: 2 } }

  test('presets whose names are built-in ones now are renamed, to names that are free', () => {
    const other = { name: 'best (2)', options: {} }
    const { presets, renamed, problems } = salvagePresets(file({ presets: [best, other] }))
    expect(presets).toEqual([{ ...best, name: 'best (3)' }, other])
    expect([...renamed]).toEqual([['best', 'best (3)']])
    expect(problems).toEqual([])
  })

  test('a damaged preset is left out, and the others stay', () => {
    const damaged = [null, { name: 'a', options: { seed: -1 } }, PRESETS_OF_MINE[0]]
    const { presets, problems } = salvagePresets(
      file({ presets: [...PRESETS_OF_MINE, ...damaged] }),
    )
    expect(presets).toEqual(PRESETS_OF_MINE)
    expect(problems).toEqual([
      expect.stringContaining('preset 3'),
      expect.stringContaining('preset "a"'),
      expect.stringContaining('preset 5'),
    ])
  })

  test('what is no file of presets is refused', () => {
    expect(() => salvagePresets('{}')).toThrow('Impasto exported')
  })
})

test('a name must be there, fit, and belong to no built-in preset', () => {
  expect(nameProblem('Harbour')).toBeUndefined()
  expect(nameProblem('')).toBe('empty')
  expect(nameProblem(' a')).toBe('empty')
  expect(nameProblem('a'.repeat(MAX_NAME_LENGTH + 1))).toBe('too long')
  for (const { name } of PRESETS) expect(nameProblem(name)).toBe('taken')
})

test('imported presets take the place of those with the same name', () => {
  const newer = { name: 'Harbour', options: { styleWeight: 1 } }
  expect(mergePresets(PRESETS_OF_MINE, [newer])).toEqual([PRESETS_OF_MINE[1], newer])
})
