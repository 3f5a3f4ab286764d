import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PRESETS } from '../../src/engine/presets.ts'
import {
  type CarriedPicture,
  carryPicture,
  MAX_PICTURE_BYTES,
  pictureBytes,
  pictureProblem,
} from '../../src/panel/carried-styles.ts'
import {
  fitInFile,
  MAX_NAME_LENGTH,
  MIGRATIONS,
  mergePresets,
  nameProblem,
  readPresets,
  salvagePresets,
  writePresets,
} from '../../src/panel/presets-file.ts'
import { JPEG_BYTES, somePresets } from './some-presets.ts'

const AMOUNTS = { weight: 1, scale: 1, rotation: 0 }
const PICTURE = carryPicture('sea.jpg', JPEG_BYTES, AMOUNTS)
const PRESETS_OF_MINE = [
  { name: 'Harbour', options: { styleWeight: 80, iterations: [10, 5] } },
  { name: '바다', options: {}, styles: [PICTURE] },
]
const file = (change: object): string =>
  JSON.stringify({ impasto: 'presets', version: 3, presets: PRESETS_OF_MINE, ...change })
const withPreset = (preset: unknown): string => file({ presets: [preset] })
const withStyles = (styles: unknown): string => withPreset({ name: 'a', options: {}, styles })

test('any presets come back from a file as they were', () => {
  fc.assert(
    fc.property(somePresets, (presets) => {
      expect(readPresets(writePresets(presets))).toEqual(presets)
    }),
    { numRuns: 200, seed: 1 },
  )
})

test('a picture comes out of a preset as it went in', () => {
  const [style] = readPresets(writePresets(PRESETS_OF_MINE))[1]!.styles!
  expect(style).toMatchObject({ kind: 'picture', name: 'sea.jpg' })
  expect(pictureBytes(style as CarriedPicture)).toEqual(JPEG_BYTES)
})

describe('a file is refused', () => {
  const hash = '0'.repeat(64)
  const oversized = 'A'.repeat(Math.ceil(MAX_PICTURE_BYTES / 3) * 4 + 4)
  test.each([
    ['that is no JSON', 'hello', 'not JSON'],
    ['that is something else', '{"presets":[]}', 'Impasto exported'],
    ['that is a list', '[]', 'Impasto exported'],
    ['of a newer version', file({ version: 4 }), 'version 3 or older, got 4; a newer file needs'],
    ['of a version that is none', file({ version: '1' }), 'a version from 1'],
    ['without a list of presets', file({ presets: {} }), 'not a list'],
    ['with too many presets', file({ presets: Array(501).fill(PRESETS_OF_MINE[0]) }), 'got 501'],
    ['with a preset that is none', withPreset(null), 'preset 1: expected'],
    ['with a preset without options', withPreset({ name: 'a' }), 'preset 1: expected'],
    ['with more in a preset', withPreset({ name: 'a', options: {}, script: 'x' }), 'know script'],
    ['with an unknown option', withPreset({ name: 'a', options: { speed: 1 } }), '"speed"'],
    ['with a value out of range', withPreset({ name: 'a', options: { seed: -1 } }), '--seed'],
    ['with a value of another type', withPreset({ name: 'a', options: { clamp: 1 } }), '--clamp'],
    ['with an empty name', withPreset({ name: ' ', options: {} }), 'is empty'],
    ['with a long name', withPreset({ name: 'a'.repeat(61), options: {} }), 'is too long'],
    ['with the name of a built-in preset', withPreset({ name: 'bold', options: {} }), 'is taken'],
    ['with a name twice', file({ presets: Array(2).fill(PRESETS_OF_MINE[0]) }), 'share the name'],
    ['that is enormous', ' '.repeat(30_000_001), 'at most 30 MB'],
    ['with no styles in their list', withStyles([]), 'a list of 1 to 8'],
    ['with too many styles', withStyles(Array(9).fill(PICTURE)), 'a list of 1 to 8'],
    ['with a style that is none', withStyles([null]), 'the kind'],
    [
      'with a built-in style that there is not',
      withStyles([{ kind: 'built-in', name: 'lava', ...AMOUNTS }]),
      'no built-in style "lava"; choose from oil',
    ],
    [
      'with more in a style',
      withStyles([{ ...PICTURE, mask: 'x' }]),
      'style 1: does not know mask',
    ],
    ['with a style too small', withStyles([{ ...PICTURE, scale: 0.01 }]), 'scale from 0.05 to 20'],
    ['with a turn that is no number', withStyles([{ ...PICTURE, rotation: '9' }]), 'a rotation'],
    ['with a path for a name', withStyles([{ ...PICTURE, name: '../a.jpg' }]), 'name of a file'],
    ['with a hash that is none', withStyles([{ ...PICTURE, sha256: 'x' }]), '64 hexadecimal'],
    ['with an oversized picture', withStyles([{ ...PICTURE, data: oversized }]), 'at most 2 MB'],
    ['with a picture cut short', withStyles([{ ...PICTURE, data: '/9j/4' }]), 'not base64'],
    ['with a text for a picture', withStyles([{ ...PICTURE, data: 'aGVsbG8=' }]), 'neither a JPEG'],
    ['with another picture', withStyles([{ ...PICTURE, sha256: hash }]), 'its sha256 is'],
  ])('%s', (_, text, message) => {
    expect(() => readPresets(text)).toThrow(message)
    expect(() => readPresets(text)).toThrow(expect.objectContaining({ code: 'option' }))
  })
})

test('a preset carries JPEG and PNG files of at most 2 MB', () => {
  const large = new Uint8Array(MAX_PICTURE_BYTES + 1)
  large.set(JPEG_BYTES)
  expect(pictureProblem(large)).toBe('too large')
  expect(pictureProblem(large.subarray(1))).toBe('format')
  expect(pictureProblem(large.subarray(0, MAX_PICTURE_BYTES))).toBeUndefined()
  expect(pictureProblem(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10))).toBeUndefined()
})

test('no more presets fit in a file than are read from it', () => {
  const many = Array.from({ length: 500 }, (_, i) => ({ name: String(i), options: {} }))
  expect(fitInFile(many)).toBe(true)
  expect(fitInFile([...many, PRESETS_OF_MINE[0]!])).toBe(false)
  const styles = Array(8).fill(carryPicture('a.jpg', new Uint8Array(MAX_PICTURE_BYTES), AMOUNTS))
  expect(fitInFile([{ name: 'a', options: {}, styles }])).toBe(true)
  expect(fitInFile(['a', 'b'].map((name) => ({ name, options: {}, styles })))).toBe(false)
})

describe('a file of an older version', () => {
  const old = { name: 'Harbour', options: { styleWeight: 80 } }

  test('loads', () => {
    expect(readPresets(file({ version: 1, presets: [old] }))).toEqual([old])
  })

  test('loads through every version since: a made-up one has renamed an option', () => {
    const migrations = [
      ...MIGRATIONS,
      ({ options, ...preset }: Record<string, unknown>) => {
        const { styleStrength, ...others } = options as Record<string, unknown>
        return { ...preset, options: { ...others, styleWeight: styleStrength } }
      },
    ]
    const older = { ...old, options: { styleStrength: 80 } }
    for (const version of [1, 2, 3]) {
      expect(readPresets(file({ version, presets: [older] }), migrations)).toEqual([old])
    }
    expect(readPresets(file({ version: 4, presets: [old] }), migrations)).toEqual([old])
    expect(() => readPresets(file({ version: 5 }), migrations)).toThrow('version 4 or older')
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
