import { describe, expect, test } from 'vitest'
import { BridgeError, ImageError } from '../../src/engine/errors.ts'
import { type AppContext, makeApp } from '../../src/panel/app.ts'
import { en } from '../../src/panel/labels/en.ts'
import { writePresets } from '../../src/panel/presets-file.ts'
import type { RunSettings } from '../../src/panel/recorded-step.ts'
import { DEFAULT_SETTINGS, writeSettings } from '../../src/panel/settings.ts'
import { predictedSeconds } from '../../src/panel/state.ts'
import type { PickedFile } from '../../src/panel/uxp.ts'
import {
  FACTS,
  makeConnection,
  makeDocuments,
  makeStorage,
  OUTCOME,
  PLAN,
  pickedFile,
} from './stand-ins.ts'

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

function setUp(entries: Readonly<Record<string, string>> = {}) {
  const documents = makeDocuments()
  const connection = makeConnection()
  const storage = makeStorage(entries)
  const recorded: RunSettings[] = []
  /** What the user picks, and what is found by token. */
  const disk: { picks: PickedFile | undefined; byToken: Record<string, PickedFile> } = {
    picks: undefined,
    byToken: {},
  }
  const context: AppContext = {
    labels: en,
    documents,
    storage,
    files: {
      pickFile: async () => disk.picks,
      async fileOfToken(token) {
        const file = disk.byToken[token]
        if (!file) throw new Error('token is not defined')
        return file
      },
      saveTextFile: async () => undefined,
      readPluginFile: async () => new Uint8Array([1]),
    },
    connect: connection.connect,
    reloadPage() {},
    recordRun: async (run) => void recorded.push(run),
    versions: () => ({}),
  }
  return { app: makeApp(context), context, documents, connection, storage, recorded, disk }
}

describe('a run', () => {
  test('makes a layer named after style and preset, and is recorded', async () => {
    const { app, documents, recorded } = setUp()
    app.actions.chooseStyle({ kind: 'built-in', name: 'ink' })
    await app.runNow('bold')
    expect(documents.insertions).toMatchObject([{ layerName: 'Ink · Bold' }])
    expect(recorded).toMatchObject([{ preset: 'bold', style: { name: 'ink' } }])
  })

  test('with a command’s preset leaves the panel’s settings alone', async () => {
    const { app } = setUp()
    await app.runNow('bold')
    expect(app.store.get().settings).toEqual(DEFAULT_SETTINGS)
  })

  test('that an action plays is not recorded again', async () => {
    const { app, recorded } = setUp()
    await app.runNow()
    await app.play(recorded[0]!)
    expect(recorded).toHaveLength(1)
  })

  test('that fails is not recorded, and says why', async () => {
    const { app, connection, recorded } = setUp()
    connection.answers.stylize = async () => {
      throw new BridgeError('lost')
    }
    expect((await app.runNow()).phase).toBe('failed')
    expect(recorded).toEqual([])
  })

  test('teaches how fast the device is, also for the next session', async () => {
    const { app, connection, context } = setUp()
    connection.answers.stylize = async () => ({ ...OUTCOME, work: 10, seconds: 30 })
    expect(predictedSeconds(app.store.get())).toBeUndefined()
    await app.runNow()
    app.store.update({ plan: { summary: { ...PLAN, work: 100 } } })
    expect(predictedSeconds(app.store.get())).toBeCloseTo(300)
    expect(predictedSeconds(makeApp(context).store.get())).toBeGreaterThan(1)
  })

  test.each([
    ['was stopped', { isFinished: false }],
    ['changed devices', { warning: 'the GPU device was lost' }],
  ])('that %s teaches nothing about speed', async (_, change) => {
    const { app, connection } = setUp()
    connection.answers.stylize = async () => ({ ...OUTCOME, ...change })
    await app.runNow()
    expect(app.store.get().speeds).toEqual({})
  })
})

test('a preset of one’s own whose name became a built-in one’s is kept, stays chosen and is renamed once', () => {
  const mine = { name: 'best', options: { styleWeight: 2 } }
  const { app, context } = setUp({
    'impasto.presets': JSON.stringify(writePresets([mine])),
    'impasto.settings': JSON.stringify(writeSettings({ ...DEFAULT_SETTINGS, preset: 'best' })),
  })
  const kept = { userPresets: [{ ...mine, name: 'best (2)' }], settings: { preset: 'best (2)' } }
  expect(app.store.get()).toMatchObject(kept)
  expect(makeApp(context).store.get()).toMatchObject(kept)
  // From now on the name is the built-in preset's.
  app.actions.choosePreset('best')
  expect(makeApp(context).store.get().settings.preset).toBe('best')
})

describe('settings', () => {
  test('are remembered for the next session', () => {
    const { app, context } = setUp()
    app.actions.moveSlider('strength', 80)
    app.actions.setSize('layer')
    app.actions.setOption('colors', 'content-luminance')
    const { settings } = app.store.get()
    expect(settings.overrides.styleWeight).toBeGreaterThan(50)
    expect(makeApp(context).store.get().settings).toEqual(settings)
  })

  test('come back to the preset', () => {
    const { app } = setUp()
    app.actions.moveSlider('strength', 80)
    app.actions.setOption('seed', 3)
    app.actions.resetToPreset()
    expect(app.store.get().settings.overrides).toEqual({})
  })

  test('of a preset that is gone start from the default one', () => {
    const { app } = setUp({
      'impasto.settings': JSON.stringify({ ...DEFAULT_SETTINGS, version: 1, preset: 'lost' }),
    })
    expect(app.store.get().settings.preset).toBe('default')
  })

  test('that are damaged do not keep the panel from opening', () => {
    const damaged = { settings: '{', presets: '"{}"', recent: '7', speeds: '[', lastDevice: '{}' }
    const entries = Object.entries(damaged).map(([key, text]) => [`impasto.${key}`, text])
    const { app } = setUp(Object.fromEntries(entries))
    expect(app.store.get()).toMatchObject({ settings: DEFAULT_SETTINGS, recent: [] })
  })
})

describe('a style file', () => {
  test('that is picked is chosen, and stands first among the recent ones', async () => {
    const { app, disk, documents } = setUp()
    disk.picks = pickedFile('wave.png', '', 'token')
    app.actions.pickStyleFile()
    await settle()
    const { settings, recent } = app.store.get()
    expect(settings.style).toEqual({ kind: 'file', name: 'wave.png', token: 'token' })
    expect(recent).toEqual([
      { name: 'wave.png', token: 'token', thumbnail: 'data:image/png;base64,AQID' },
    ])
    await app.runNow()
    expect(documents.insertions).toMatchObject([{ layerName: 'wave · Default' }])
  })

  test('without a lasting token serves for this session', async () => {
    const { app, disk } = setUp()
    disk.picks = pickedFile('wave.png')
    app.actions.pickStyleFile()
    await settle()
    expect((await app.runNow()).phase).toBe('done')
  })

  test('that is not picked changes nothing', async () => {
    const { app } = setUp()
    const before = app.store.get()
    app.actions.pickStyleFile()
    await settle()
    expect(app.store.get()).toEqual(before)
  })

  test('that is no picture is refused by name', async () => {
    const { app, connection, disk } = setUp()
    disk.picks = pickedFile('notes.png', '', 'token')
    connection.answers.thumbnail = async () => {
      throw new ImageError('not a picture')
    }
    app.actions.pickStyleFile()
    await settle()
    expect(app.store.get().notice?.text).toBe(en.styleFileUnreadable('notes.png'))
    expect(app.store.get().settings.style).toEqual(DEFAULT_SETTINGS.style)
  })

  test('whose token is stale says so, and leaves the recent ones', async () => {
    const stale = { name: 'old.png', token: 'stale', thumbnail: 'data:image/png;base64,AA==' }
    const { app } = setUp({ 'impasto.recent': JSON.stringify([stale]) })
    expect(app.store.get().recent).toEqual([stale])
    app.actions.chooseStyle({ kind: 'file', name: 'old.png', token: 'stale' })
    await settle()
    expect(app.store.get()).toMatchObject({
      recent: [],
      notice: { text: en.styleFileGone('old.png'), isAboutStyle: true },
    })
    expect(await app.runNow()).toMatchObject({ phase: 'failed' })
  })
})

describe('the engine', () => {
  test('starts when it is first wanted, and once', async () => {
    const { app, connection } = setUp()
    expect(connection.requests).toEqual([])
    app.warmUp()
    app.warmUp()
    await settle()
    expect(app.store.get().engine).toEqual({ phase: 'ready', facts: FACTS })
    expect(connection.requests).toEqual(['open'])
  })

  test('starts anew on another device, but not before it was wanted', async () => {
    const { app, connection } = setUp()
    app.actions.setDevice('wasm')
    expect(connection.requests).toEqual([])
    app.warmUp()
    await settle()
    app.actions.setDevice('webgpu')
    await settle()
    expect(connection.requests).toEqual(['open', 'open'])
  })
})

describe('presets of one’s own', () => {
  const importing = async (text: string) => {
    const parts = setUp()
    parts.disk.picks = pickedFile('presets.json', text)
    await parts.app.presetMenu.importFile()
    return parts
  }

  test('are imported, and are there in the next session', async () => {
    const presets = [{ name: 'mine', options: { seed: 1 } }]
    const { app, context } = await importing(
      JSON.stringify({ impasto: 'presets', version: 1, presets }),
    )
    expect(app.store.get().userPresets).toEqual(presets)
    expect(makeApp(context).store.get().userPresets).toEqual(presets)
  })

  test('of a bad file change nothing, and the user hears why', async () => {
    const { app, storage } = await importing('{"impasto":"presets","version":9,"presets":[]}')
    expect(app.store.get()).toMatchObject({
      userPresets: [],
      notice: { text: en.presetsNotImported, isError: true },
    })
    expect(app.store.get().notice?.detail).toContain('version 1, got 9')
    expect(storage.map.has('impasto.presets')).toBe(false)
  })
})
