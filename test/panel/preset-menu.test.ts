import { beforeEach, describe, expect, test, vi } from 'vitest'
import { carryPicture, MAX_PICTURE_BYTES } from '../../src/panel/carried-styles.ts'
import { en } from '../../src/panel/labels/en.ts'
import { makePresetMenu } from '../../src/panel/preset-menu.ts'
import { type UserPreset, writePresets } from '../../src/panel/presets-file.ts'
import { StyleFileError } from '../../src/panel/problems.ts'
import { DEFAULT_SETTINGS, type Settings } from '../../src/panel/settings.ts'
import type { PanelState } from '../../src/panel/state.ts'
import { makeStore } from '../../src/panel/store.ts'
import type { NewPreset, PresetKeeper } from '../../src/panel/view/dialogs.ts'
import { JPEG_BYTES } from './some-presets.ts'
import { pickedFile } from './stand-ins.ts'

/** What the user types, one attempt after the other, and what each came to. */
let typed: NewPreset[] = []
let complaints: (string | undefined)[] = []
let shown: NewPreset | undefined
let managed: PresetKeeper | undefined
vi.mock('../../src/panel/view/dialogs.ts', () => ({
  async askPreset(
    _: unknown,
    initial: NewPreset,
    save: (preset: NewPreset) => Promise<string | undefined>,
  ) {
    shown = initial
    for (const preset of typed) complaints.push(await save(preset))
  },
  async managePresets(_: unknown, keeper: PresetKeeper) {
    managed = keeper
  },
}))
beforeEach(() => {
  typed = []
  complaints = []
  managed = undefined
})

const AMOUNTS = { weight: 2, scale: 0.5, rotation: 90 }
const SEA = { kind: 'file', name: 'sea.jpg', token: 't' } as const
const BAY = carryPicture('bay.jpg', JPEG_BYTES, AMOUNTS)
const OF_MINE: readonly UserPreset[] = [
  { name: 'Harbour', options: { seed: 1 } },
  { name: 'Bay', options: {}, styles: [BAY] },
]

function open(settings: Partial<Settings> = {}, userPresets = OF_MINE) {
  const store = makeStore({
    settings: { ...DEFAULT_SETTINGS, ...settings },
    userPresets,
    job: { phase: 'idle' },
  } as unknown as PanelState)
  const disk = {
    bytes: JPEG_BYTES,
    isGone: false,
    isFull: false,
    isKept: true,
    text: '',
    saved: '',
  }
  const menu = makePresetMenu({
    labels: en,
    store,
    async readStyle({ name }) {
      if (disk.isGone) throw new StyleFileError('gone', name)
      return { name, bytes: disk.bytes }
    },
    setSettings: (settings) => store.update({ settings }),
    setPresets(userPresets) {
      store.update({ userPresets })
      return !disk.isFull
    },
    pickFile: async () => pickedFile('presets.json', disk.text),
    kept: {
      get isChosen() {
        return disk.isKept
      },
      choose: async () => undefined,
    },
    async saveTextFile(name, text) {
      disk.saved = text
      return name
    },
  })
  return { menu, disk, state: () => store.get() }
}

describe('saving', () => {
  const styles = [
    { choice: { kind: 'built-in', name: 'ink' }, weight: 1, scale: 1, rotation: 0 },
    { choice: SEA, ...AMOUNTS, where: { kind: 'selection' } },
  ] as const

  test('keeps the styles with their pictures where asked to, and not where they paint', async () => {
    const { menu, state } = open({ styles, overrides: { seed: 7 } })
    typed = [{ name: 'Cliff', hasStyles: true }]
    await menu.save()
    expect(shown).toEqual({ name: '', hasStyles: false })
    const saved = state().userPresets.at(-1)!
    expect(saved).toMatchObject({ name: 'Cliff', options: { seed: 7 } })
    expect(saved.styles).toEqual([
      { kind: 'built-in', name: 'ink', weight: 1, scale: 1, rotation: 0 },
      carryPicture('sea.jpg', JPEG_BYTES, AMOUNTS),
    ])
    expect(state().settings).toMatchObject({ preset: 'Cliff', overrides: {}, styles })
    expect(state().notice).toEqual({ text: en.presetSaved('Cliff'), isError: false })
  })

  test('says how the preset survives an upgrade, where no folder keeps it', async () => {
    const { menu, state, disk } = open()
    disk.isKept = false
    typed = [{ name: 'Cliff', hasStyles: false }]
    await menu.save()
    expect(state().notice!.text).toBe(`${en.presetSaved('Cliff')} ${en.presetsAtRisk}`)
  })

  test('leaves them out where not', async () => {
    const { menu, state } = open({ styles })
    typed = [{ name: 'Cliff', hasStyles: false }]
    await menu.save()
    expect(state().userPresets.at(-1)).not.toHaveProperty('styles')
  })

  test('offers the preset that is chosen, and replaces it', async () => {
    const { menu, state } = open({ preset: 'Bay' })
    typed = [{ name: 'Bay', hasStyles: false }]
    await menu.save()
    expect(shown).toEqual({ name: 'Bay', hasStyles: true })
    expect(state().userPresets.map(({ name, styles }) => [name, styles])).toEqual([
      ['Harbour', undefined],
      ['Bay', undefined],
    ])
  })

  test.each([
    ['a built-in name', { name: 'bold', hasStyles: false }, en.presetNameProblems.taken],
    ['no name', { name: '', hasStyles: false }, en.presetNameProblems.empty],
    [
      'a picture of another format',
      { name: 'Cliff', hasStyles: true },
      en.presetStyleProblems.format('sea.jpg'),
      Uint8Array.of(1, 2, 3),
    ],
    [
      'a picture that is too large',
      { name: 'Cliff', hasStyles: true },
      en.presetStyleProblems['too large']('sea.jpg'),
      new Uint8Array(MAX_PICTURE_BYTES + 1),
    ],
  ])(
    'with %s says why not, and changes nothing',
    async (_, preset, complaint, bytes = JPEG_BYTES) => {
      const { menu, disk, state } = open({ styles })
      disk.bytes = bytes
      const before = state()
      typed = [preset]
      await menu.save()
      expect(complaints).toEqual([complaint])
      expect(state()).toEqual(before)
    },
  )

  test('with a style file that is gone says so', async () => {
    const { menu, disk, state } = open({ styles })
    disk.isGone = true
    typed = [{ name: 'Cliff', hasStyles: true }]
    await menu.save()
    expect(complaints).toEqual([en.styleFileGone('sea.jpg')])
    expect(state().userPresets).toBe(OF_MINE)
  })

  test('tells when presets cannot be remembered, or no more fit', async () => {
    const { menu, disk, state } = open()
    disk.isFull = true
    typed = [{ name: 'Cliff', hasStyles: false }]
    await menu.save()
    expect(state().notice).toEqual({ text: en.presetsNotKept, isError: true })
    const many = Array.from({ length: 500 }, (_, i) => ({ name: String(i), options: {} }))
    await open({}, many).menu.save()
    expect(complaints).toEqual([undefined, en.presetsFull])
  })
})

describe('managing', () => {
  test('renames a preset, the chosen one, too', async () => {
    const { menu, state } = open({ preset: 'Bay' })
    await menu.manage()
    expect(managed!.rename('Bay', 'Cove')).toBeUndefined()
    expect(state().userPresets.map(({ name }) => name)).toEqual(['Harbour', 'Cove'])
    expect(state().settings.preset).toBe('Cove')
  })

  test.each([
    ['of another', 'Harbour', en.presetNameProblems.used],
    ['of a built-in one', 'best', en.presetNameProblems.taken],
  ])('gives none the name %s', async (_, name, complaint) => {
    const { menu, state } = open()
    await menu.manage()
    expect(managed!.rename('Bay', name)).toBe(complaint)
    expect(state().userPresets).toBe(OF_MINE)
  })

  test('leaves a style whose picture is missing and that no preset carried', async () => {
    const missing = {
      ...DEFAULT_SETTINGS.styles[0]!,
      choice: { kind: 'picture', name: 'wave.png', sha256: 'f'.repeat(64) } as const,
    }
    const { menu, state } = open({ styles: [missing] })
    typed = [{ name: 'Rocks', hasStyles: false }]
    await menu.save()
    expect(complaints).toEqual([undefined])
    expect(state().settings.styles).toEqual([missing])
  })

  test('deletes a preset, and with it the picture that it carried from the styles', async () => {
    const { kind, name, sha256 } = BAY
    const carried = { choice: { kind, name, sha256 }, ...AMOUNTS }
    const ink = { choice: { kind: 'built-in', name: 'ink' }, ...AMOUNTS } as const
    const { menu, state } = open({ preset: 'Bay', styles: [carried, ink] })
    await menu.manage()
    managed!.remove('Harbour')
    expect(state().settings).toMatchObject({ preset: 'Bay', styles: [carried, ink] })
    managed!.remove('Bay')
    expect(state().userPresets).toEqual([])
    expect(state().settings).toMatchObject({ preset: 'default', styles: [ink] })
  })
})

describe('a file', () => {
  test('takes presets with their pictures to another machine', async () => {
    const here = open()
    await here.menu.exportFile()
    const there = open({}, [])
    there.disk.text = here.disk.saved
    await there.menu.importFile()
    expect(there.state().userPresets).toEqual(OF_MINE)
    expect(there.state().notice?.text).toBe(en.presetsImported(2))
  })

  test.each([
    ['that is none of ours', '{}'],
    ['of a newer version', writePresets([]).replace('"version": 3', '"version": 4')],
    ['with one bad preset', writePresets([...OF_MINE, { name: 'bold', options: {} }])],
    ['with a damaged picture', writePresets(OF_MINE).replace('"data": "', '"data": "AAAA')],
  ])('%s changes nothing', async (_, text) => {
    const { menu, disk, state } = open()
    const { userPresets, settings } = state()
    disk.text = text
    await menu.importFile()
    expect([state().userPresets, state().settings]).toEqual([userPresets, settings])
    expect(state().notice).toMatchObject({ text: en.presetsNotImported, isError: true })
  })
})
