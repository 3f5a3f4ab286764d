import { describe, expect, test } from 'vitest'
import { makeKeptFolder } from '../../src/panel/kept-folder.ts'
import { en } from '../../src/panel/labels/en.ts'
import { makeLog } from '../../src/panel/log.ts'
import { makeMemory } from '../../src/panel/memory.ts'
import { readPresets, type UserPreset, writePresets } from '../../src/panel/presets-file.ts'
import type { PanelState } from '../../src/panel/state.ts'
import { makeStore } from '../../src/panel/store.ts'
import type { RecentStyle } from '../../src/panel/styles.ts'
import type { ChosenFolder } from '../../src/panel/uxp.ts'
import { HASH, makeStorage } from './stand-ins.ts'

const PRESETS = 'impasto-presets.json'
const RECENT = 'impasto-recent-styles.json'

const preset = (name: string, seed = 1): UserPreset => ({ name, options: { seed } })
const recent = (token: string, sha256?: string): RecentStyle => ({
  name: `${token}.png`,
  token,
  thumbnail: 'data:image/png;base64,AA==',
  ...(sha256 && { sha256 }),
})

/** A disk with one folder, which may be unplugged or refuse. */
function makeDisk() {
  const files = new Map<string, string>()
  const disk = { files, isGone: false, refuses: false }
  const check = (): void => {
    if (disk.isGone) throw new Error('no such folder')
  }
  const folder: ChosenFolder = {
    name: 'Mine',
    token: async () => 'token of Mine',
    async readText(name) {
      check()
      return files.get(name)
    },
    async writeText(name, text) {
      check()
      if (disk.refuses) throw new Error('permission denied')
      files.set(name, text)
    },
  }
  return { disk, folder }
}

/** A panel with what localStorage holds, in a session of its own. */
function session(
  { disk, folder }: ReturnType<typeof makeDisk>,
  storage = makeStorage(),
  has: { readonly presets?: readonly UserPreset[]; readonly recent?: readonly RecentStyle[] } = {},
) {
  const log = makeLog()
  const store = makeStore({
    userPresets: has.presets ?? [],
    recent: has.recent ?? [],
  } as unknown as PanelState)
  const kept = makeKeptFolder({
    store,
    memory: makeMemory(storage, log),
    labels: en,
    log,
    pickFolder: async () => folder,
    async folderOfToken(token) {
      if (disk.isGone || token !== 'token of Mine') throw new Error('stale token')
      return folder
    },
    adopt: ({ presets, recent }) => store.update({ userPresets: presets, recent }),
  })
  return {
    kept,
    store,
    storage,
    names: () => store.get().userPresets.map(({ name }) => name),
    tokens: () => store.get().recent.map(({ token }) => token),
    notice: () => store.get().notice,
  }
}

describe('a folder that was chosen', () => {
  test('holds presets and recent styles, in the form of an exported file', async () => {
    const disk = makeDisk()
    const panel = session(disk, undefined, { presets: [preset('Bay')], recent: [recent('a')] })
    expect(panel.kept.isChosen).toBe(false)
    await panel.kept.choose()
    expect(panel.kept.isChosen).toBe(true)
    expect(panel.notice()).toEqual({ text: en.keptInFolder('Mine', 1), isError: false })
    expect(readPresets(disk.disk.files.get(PRESETS)!)).toEqual([preset('Bay')])
    panel.store.update({ userPresets: [preset('Bay'), preset('Sea')] })
    await panel.kept.save()
    expect(readPresets(disk.disk.files.get(PRESETS)!)).toHaveLength(2)
    expect(JSON.parse(disk.disk.files.get(RECENT)!).recent).toEqual([recent('a')])
  })

  test('gives them back where all else is forgotten, once it is chosen again', async () => {
    const disk = makeDisk()
    await session(disk, undefined, {
      presets: [preset('Bay')],
      recent: [recent('a', HASH)],
    }).kept.choose()
    const later = session(disk, makeStorage(), {
      presets: [preset('Sea')],
      recent: [recent('b', HASH), recent('c')],
    })
    await later.kept.open()
    expect(later.names()).toEqual(['Sea'])
    await later.kept.choose()
    expect(later.names()).toEqual(['Bay', 'Sea'])
    // One picture is both.
    expect(later.tokens()).toEqual(['b', 'c'])
  })

  test('is found again in the next session, and what another Photoshop changed counts', async () => {
    const disk = makeDisk()
    const first = session(disk, undefined, { presets: [preset('Bay'), preset('Sea')] })
    await first.kept.choose()
    disk.disk.files.set(PRESETS, writePresets([preset('Bay', 9)]))
    const next = session(disk, first.storage, { presets: [preset('Bay'), preset('Sea')] })
    await next.kept.open()
    expect(next.store.get().userPresets).toEqual([preset('Bay', 9)])
  })

  test('gets what it missed when it can be written again', async () => {
    const disk = makeDisk()
    const first = session(disk, undefined, { presets: [preset('Bay')] })
    await first.kept.choose()
    disk.disk.refuses = true
    first.store.update({ userPresets: [preset('Bay', 2), preset('Sea')] })
    await first.kept.save()
    expect(first.notice()).toMatchObject({ text: en.folderNotWritten('Mine'), isError: true })
    disk.disk.refuses = false
    const next = session(disk, first.storage, { presets: [preset('Bay', 2), preset('Sea')] })
    await next.kept.open()
    expect(readPresets(disk.disk.files.get(PRESETS)!)).toEqual([preset('Bay', 2), preset('Sea')])
    expect(next.notice()).toBeUndefined()
  })

  test('that is gone is told of, and what is remembered stays', async () => {
    const disk = makeDisk()
    const first = session(disk, undefined, { presets: [preset('Bay')] })
    await first.kept.choose()
    disk.disk.isGone = true
    const next = session(disk, first.storage, { presets: [preset('Bay')] })
    await next.kept.open()
    expect(next.notice()).toMatchObject({ text: en.folderGone('Mine'), isError: true })
    expect(next.names()).toEqual(['Bay'])
    next.store.update({ notice: undefined })
    await next.kept.save()
    expect(next.notice(), 'it is told once').toBeUndefined()
  })

  test.each([
    ['damaged', '{"impasto":'],
    ['of a newer version', '{"impasto":"presets","version":99,"presets":[]}'],
    [
      'not all of use',
      '{"impasto":"presets","version":2,"presets":[{"name":"x","options":{"no":1}}]}',
    ],
  ])('whose presets are %s is left as it is', async (_, text) => {
    const disk = makeDisk()
    const first = session(disk, undefined, { presets: [preset('Bay')] })
    await first.kept.choose()
    disk.disk.files.set(PRESETS, text)
    const next = session(disk, first.storage, { presets: [preset('Bay')] })
    await next.kept.open()
    await next.kept.save()
    expect(next.names()).toEqual(['Bay'])
    expect(disk.disk.files.get(PRESETS)).toBe(text)
    const other = session(disk, undefined, { presets: [preset('Sea')] })
    await other.kept.choose()
    expect(other.notice()).toMatchObject({ text: en.folderNotChosen, isError: true })
    expect(disk.disk.files.get(PRESETS)).toBe(text)
  })
})
