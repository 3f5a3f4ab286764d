import { describe, expect, test, vi } from 'vitest'
import { BridgeError, ImageError, ModelError } from '../../src/engine/errors.ts'
import { type App, type AppContext, makeApp } from '../../src/panel/app.ts'
import { carryPicture } from '../../src/panel/carried-styles.ts'
import { DocumentError } from '../../src/panel/document.ts'
import { hashOf } from '../../src/panel/hash.ts'
import type { JobState } from '../../src/panel/job.ts'
import { en } from '../../src/panel/labels/en.ts'
import { writePresets } from '../../src/panel/presets-file.ts'
import { problemOf } from '../../src/panel/problems.ts'
import type { RunSettings } from '../../src/panel/recorded-step.ts'
import { DEFAULT_SETTINGS, writeSettings } from '../../src/panel/settings.ts'
import { predictedSeconds } from '../../src/panel/state.ts'
import type { PickedFile } from '../../src/panel/uxp.ts'
import { askPreset } from '../../src/panel/view/dialogs.ts'
import { styleSource } from '../../src/panel/view/style-source.ts'
import {
  FACTS,
  HASH,
  layerChoice,
  makeConnection,
  makeDocuments,
  makeLongRun,
  makeStorage,
  OUTCOME,
  PIXELS,
  PLAN,
  pickedFile,
} from './stand-ins.ts'

vi.mock('../../src/panel/view/dialogs.ts', { spy: true })

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

function setUp(entries: Readonly<Record<string, string>> = {}) {
  const documents = makeDocuments()
  const connection = makeConnection()
  const storage = makeStorage(entries)
  const recorded: RunSettings[] = []
  /** What the user picks, and what is found by token. */
  const disk: {
    picks: PickedFile | undefined
    byToken: Record<string, PickedFile>
    kept: readonly string[]
  } = {
    picks: undefined,
    byToken: {},
    kept: [],
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
      async keepFile(name, bytes, isNeeded) {
        disk.kept = [...disk.kept.filter((kept) => isNeeded(`kept:${kept}`)), name]
        return { ...pickedFile(name, '', `kept:${name}`), readBytes: async () => bytes }
      },
      saveTextFile: async () => undefined,
      pickFolder: async () => undefined,
      folderOfToken: async () => expect.fail('no folder was chosen'),
      readPluginFile: async () => new Uint8Array([1]),
    },
    connect: connection.connect,
    reloadPage() {},
    isOnDeadNetworkPath: async () => false,
    bridge: () => undefined,
    recordRun: async (run) => void recorded.push(run),
    documentChecks: { ids: [], run: async () => undefined },
    root: () => ({
      width: 260,
      height: 700,
      windowHeight: 700,
      fitted: 700,
      heightFrom: 'root',
      hasResizeObserver: false,
    }),
    versions: () => ({ impasto: '1.2.3' }),
  }
  return { app: makeApp(context), context, documents, connection, storage, recorded, disk }
}

describe('a run', () => {
  test('makes a layer named after style and preset, and is recorded', async () => {
    const { app, documents, recorded } = setUp()
    app.actions.chooseStyle({ kind: 'built-in', name: 'ink' })
    await app.runNow('bold')
    expect(documents.insertions).toMatchObject([{ layerName: 'Ink · Bold · 512 px' }])
    expect(recorded).toMatchObject([{ preset: 'bold', styles: [{ choice: { name: 'ink' } }] }])
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

  test('is foretold by a short measurement, until a run has told how fast the device is', async () => {
    const { app, connection } = setUp()
    app.warmUp()
    await expect.poll(() => predictedSeconds(app.store.get())).toBeGreaterThan(0)
    app.store.update({ plan: { summary: { ...PLAN, work: 100 } } })
    expect(predictedSeconds(app.store.get())).toBe(200)
    connection.answers.stylize = async () => ({ ...OUTCOME, work: 10, seconds: 30 })
    await app.runNow()
    app.store.update({ plan: { summary: { ...PLAN, work: 100 } } })
    expect(predictedSeconds(app.store.get())).toBe(300)
  })

  test('does not wait until the engine has been measured', async () => {
    const { app, connection } = setUp()
    let isEnded: boolean | undefined
    connection.answers.measure = (_, signal) =>
      new Promise((_resolve, reject) => {
        isEnded = false
        signal?.addEventListener('abort', () => {
          isEnded = true
          reject(new Error('ended'))
        })
      })
    app.warmUp()
    await expect.poll(() => isEnded).toBe(false)
    expect((await app.runNow()).phase).toBe('done')
    expect(isEnded).toBe(true)
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

test('a preset that is saved after a run has the result as its picture', async () => {
  const { app } = setUp()
  const save = async (name: string) => {
    vi.mocked(askPreset).mockImplementationOnce(async (_, __, keep) => {
      await keep({ name, hasStyles: false })
    })
    await app.presetMenu.save()
    return app.store.get().userPresets.at(-1)
  }
  expect(await save('Before')).not.toHaveProperty('picture')
  await app.runNow()
  expect((await save('After'))!.picture).toMatch(/^data:image\/png;base64,iVBOR/)
})

describe('a field that is wrong', () => {
  test.each([
    ['an option', 'scaleRatio', 'x'],
    ['a slider', 'sliders.strength', '500'],
    ['a style', 'styles.0.rotation', '999'],
  ] as const)('of %s stops the run and is shown, until it is right', async (_, field, text) => {
    const { app, documents } = setUp()
    const { actions, store } = app
    const type = (typed: string): void => {
      if (field === 'scaleRatio') actions.typeOption(field, typed)
      else if (field === 'sliders.strength') actions.typeSlider('strength', typed)
      else actions.typeAmount(0, 'rotation', typed)
    }
    const before = store.get().settings
    type(text)
    expect(store.get()).toMatchObject({ drafts: { [field]: text }, settings: before })
    await app.runNow()
    expect(documents.insertions).toHaveLength(0)
    expect(store.get().shown).toEqual({ field })
    type('2')
    expect(store.get().drafts).toEqual({})
    await app.runNow()
    expect(documents.insertions).toHaveLength(1)
  })

  test('is forgotten when the preset is chosen or taken again, even with nothing else changed', () => {
    const { app } = setUp()
    for (const again of [app.actions.resetToPreset, () => app.actions.choosePreset('default')]) {
      app.actions.typeOption('scaleRatio', 'x')
      again()
      expect(app.store.get().drafts).toEqual({})
    }
  })

  test('does not stop a command’s preset, which has values of its own', async () => {
    const { app, documents } = setUp()
    app.actions.typeOption('scaleRatio', 'x')
    await app.runNow('bold')
    expect(documents.insertions).toHaveLength(1)
  })

  test('goes with its style', () => {
    const { app } = setUp()
    app.actions.addStyle()
    app.actions.typeAmount(1, 'weight', '-1')
    app.actions.removeStyle(1)
    expect(app.store.get().drafts).toEqual({})
  })
})

describe('settings', () => {
  test('are remembered for the next session', () => {
    const { app, context } = setUp()
    app.actions.moveSlider('strength', 80)
    app.actions.setSize('layer')
    app.actions.setOptions({ colors: 'content-luminance' })
    const { settings } = app.store.get()
    expect(settings.overrides.styleWeight).toBeGreaterThan(50)
    expect(makeApp(context).store.get().settings).toEqual(settings)
  })

  test('come back to the preset', () => {
    const { app } = setUp()
    app.actions.moveSlider('strength', 80)
    app.actions.setOptions({ seed: 3 })
    app.actions.resetToPreset()
    expect(app.store.get().settings.overrides).toEqual({})
  })

  test('of a network that is not there are told, and another one starts the engine again', async () => {
    const { app, connection } = setUp()
    const { open } = connection.answers
    connection.answers.open = async ({ model }) => {
      if (model === 'vgg16') return open({ model, device: 'auto' }, undefined)
      throw new ModelError(`model "${model}": is not in this plug-in; choose from auto, vgg16`)
    }
    app.actions.setOptions({ model: 'vgg61' })
    const end = await app.runNow()
    expect(end.phase === 'failed' && problemOf(end.error, en).text).toBe(en.modelMissing('vgg61'))
    app.actions.resetToPreset()
    await settle()
    expect(app.store.get().engine.phase).toBe('ready')
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
    expect(settings.styles).toMatchObject([
      { choice: { kind: 'file', name: 'wave.png', token: 'token' } },
    ])
    expect(recent).toEqual([
      {
        name: 'wave.png',
        token: 'token',
        thumbnail: 'data:image/png;base64,AQID',
        sha256: HASH,
      },
    ])
    await app.runNow()
    expect(documents.insertions).toMatchObject([{ layerName: 'wave · Default · 512 px' }])
  })

  test('is made of a layer or a document, and kept as long as something needs it', async () => {
    const { app, disk, connection, documents } = setUp()
    const { thumbnail } = connection.answers
    let count = 0
    connection.answers.thumbnail = async (params, signal) => ({
      ...(await thumbnail(params, signal)),
      sha256: String(count++ % 10).repeat(64),
    })
    app.actions.takeStyle({ kind: 'layer' })
    await settle()
    expect(app.store.get().settings.styles).toMatchObject([{ choice: { name: 'Brush' } }])
    expect(app.store.get().gallery).toBe('recent')
    app.actions.takeStyle({ kind: 'document', documentId: 7 })
    await settle()
    expect(app.store.get().recent.map(({ name }) => name)).toEqual(['a photograph.psd', 'Brush'])
    expect(disk.kept).toHaveLength(2)
    await app.runNow()
    expect(documents.insertions.at(-1)!.layerName).toBe('a photograph · Default · 512 px')
    // What is neither recent any more nor set is deleted.
    app.store.update({ recent: [] })
    app.actions.takeStyle({ kind: 'layer' })
    await settle()
    expect(disk.kept).toHaveLength(2)
  })

  test('that cannot be made of a layer changes nothing, and says why', async () => {
    const { app, documents } = setUp()
    const { settings } = app.store.get()
    documents.failNext('readPicture', new DocumentError('empty-layer', 'empty'))
    app.actions.takeStyle({ kind: 'layer' })
    await settle()
    expect(app.store.get()).toMatchObject({
      settings,
      notice: { text: en.problems['empty-layer'], isError: true },
    })
  })

  test('that is a favourite is remembered, with its picture when it is no longer recent', async () => {
    const { app, disk, context } = setUp()
    disk.picks = pickedFile('wave.png', '', 'token')
    app.actions.pickStyleFile()
    await settle()
    const { choice } = app.store.get().settings.styles[0]!
    app.actions.toggleFavourite(choice)
    app.actions.toggleFavourite({ kind: 'built-in', name: 'ink' })
    app.store.update({ recent: [] })
    const later = makeApp(context).store.get()
    expect(later.favourites.map((favourite) => favourite.choice)).toEqual([
      { kind: 'built-in', name: 'ink' },
      choice,
    ])
    expect(styleSource(choice, { ...later, recent: [] })).toMatch(/^data:image/)
    app.actions.toggleFavourite(choice)
    expect(app.store.get().favourites).toHaveLength(1)
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
    expect(app.store.get().settings.styles).toEqual(DEFAULT_SETTINGS.styles)
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

describe('the list of styles', () => {
  const names = (app: App) =>
    app.store.get().settings.styles.map(({ choice }) => (choice as { name: string }).name)

  test('grows by styles that are not in it, up to eight, and is remembered', () => {
    const { app, context } = setUp()
    for (let i = 0; i < 9; i++) app.actions.addStyle()
    expect(new Set(names(app)).size).toBe(8)
    expect(names(app)).toHaveLength(8)
    expect(makeApp(context).store.get().settings).toEqual(app.store.get().settings)
  })

  test('takes a choice for the one that is being chosen, which is the new one', () => {
    const { app } = setUp()
    app.actions.addStyle()
    app.actions.chooseStyle({ kind: 'built-in', name: 'ink' })
    expect(names(app)).toEqual(['oil', 'ink'])
    app.actions.editStyle(0, false)
    app.actions.chooseStyle({ kind: 'built-in', name: 'glass' })
    expect(names(app)).toEqual(['glass', 'ink'])
  })

  test('loses the one that is taken away, and never the last', () => {
    const { app } = setUp()
    app.actions.addStyle()
    app.actions.addStyle()
    app.actions.removeStyle(1)
    expect(names(app)).toEqual(['oil', 'ink'])
    app.actions.chooseStyle({ kind: 'built-in', name: 'glass' })
    expect(names(app)).toEqual(['oil', 'glass'])
    app.actions.removeStyle(0)
    app.actions.removeStyle(0)
    expect(names(app)).toEqual(['glass'])
  })

  test('keeps what is set of each, and names the new layer after all', async () => {
    const { app, documents, recorded } = setUp()
    app.actions.addStyle()
    app.actions.setAmount(1, 'rotation', 45)
    app.actions.setWhere(0, { kind: 'selection' })
    app.actions.setStrengthMap({ kind: 'layer-mask' })
    const wanted = {
      styles: [{ where: { kind: 'selection' }, rotation: 0 }, { rotation: 45 }],
      strengthMap: { kind: 'layer-mask' },
    }
    expect(app.store.get().settings).toMatchObject(wanted)
    await app.runNow()
    expect(documents.insertions).toMatchObject([
      { layerName: 'Oil + Watercolour · Default · 512 px' },
    ])
    expect(recorded).toMatchObject([wanted])
    app.actions.setWhere(0, undefined)
    app.actions.setStrengthMap(undefined)
    expect(app.store.get().settings).not.toHaveProperty('strengthMap')
    expect(app.store.get().settings.styles[0]).not.toHaveProperty('where')
  })
})

test('a run that is done shows the new layer, which is the active one by then', async () => {
  const { app, documents } = setUp()
  const { insert } = documents
  documents.insert = async (...given) => {
    documents.selected = [layerChoice(7, 'Oil · Default')]
    return insert(...given)
  }
  await app.runNow()
  expect(app.store.get().layer.layerName).toBe('Oil · Default')
})

describe('several selected layers', () => {
  const select = ({ documents }: ReturnType<typeof setUp>): void => {
    documents.selected = [layerChoice(5, 'Sky'), layerChoice(6, 'Sea')]
    documents.change()
  }

  test('are painted one after the other, and recorded once', async () => {
    const parts = setUp()
    select(parts)
    await parts.app.runNow()
    expect(parts.documents.insertions.map(({ above }) => above)).toEqual([5, 6])
    expect(parts.recorded).toHaveLength(1)
    expect(parts.app.store.get().batch).toMatchObject({ painted: 2, isRunning: false })
    parts.app.actions.dismiss()
    expect(parts.app.store.get().batch).toBeUndefined()
  })

  test('end with the user’s cancelling, whichever is being painted', async () => {
    const parts = setUp()
    select(parts)
    const long = makeLongRun()
    parts.connection.answers.stylize = long.answer
    const end = parts.app.runNow()
    await long.begun
    parts.app.actions.cancel()
    expect((await end).phase).toBe('idle')
    expect(parts.documents.insertions).toEqual([])
    expect(parts.recorded).toEqual([])
  })

  test('of which one fails fail the action that is played', async () => {
    const parts = setUp()
    select(parts)
    await parts.app.runNow()
    parts.documents.failNext('read', new DocumentError('empty-layer', 'empty'))
    expect((await parts.app.play(parts.recorded[0]!)).phase).toBe('failed')
    expect(parts.documents.insertions).toHaveLength(3)
  })
})

test('a run that is done goes on with its own settings, whatever is set by then', async () => {
  const { app, connection, documents, recorded } = setUp()
  await app.runNow('bold')
  app.actions.chooseStyle({ kind: 'built-in', name: 'ink' })
  let options: unknown
  connection.answers.stylize = async (job) => {
    options = job.options
    return OUTCOME
  }
  app.actions.goOn('more')
  await settle()
  expect(options).toMatchObject({ contentWeight: 1 })
  expect(documents.insertions.map(({ layerName }) => layerName)).toEqual([
    'Oil · Bold · 512 px',
    'Oil · Bold · 512 px',
  ])
  expect(recorded).toHaveLength(1)
})

test('layers of one name are numbered', async () => {
  const { app, documents } = setUp()
  const names = () => documents.insertions.map(({ layerName }) => layerName)
  for (let run = 0; run < 3; run++) {
    documents.others = names().map((name, i) => layerChoice(50 + i, name))
    await app.runNow()
  }
  const name = 'Oil · Default · 512 px'
  expect(names()).toEqual([name, `${name} (2)`, `${name} (3)`])
})

test('a run that fails or is cancelled leaves the one before, to go on from', async () => {
  const { app, connection, documents } = setUp()
  await app.runNow()
  documents.failNext('read', new DocumentError('no-layer', 'none'))
  expect((await app.runNow()).phase).toBe('failed')
  app.actions.goOn('more')
  await settle()
  expect(documents.insertions).toHaveLength(2)
  const long = makeLongRun()
  connection.answers.stylize = long.answer
  void app.runNow()
  await long.begun
  app.actions.cancel()
  expect(app.store.get()).toMatchObject({
    job: { phase: 'done' },
    notice: { text: en.errors.cancelled, isError: false },
  })
})

test('messages go with their cause', async () => {
  const { app, documents } = setUp()
  documents.failNext('read', new DocumentError('no-selection', 'none'))
  expect((await app.runNow()).phase).toBe('failed')
  documents.change()
  await settle()
  expect(app.store.get().job.phase).toBe('idle')
  app.store.update({ notice: { text: 'of before', isError: false } })
  app.actions.setSize(256)
  expect(app.store.get().notice).toBeUndefined()
})

test('a run that is done may be gone on with after another style was picked', async () => {
  const { app, disk } = setUp()
  await app.runNow()
  disk.picks = pickedFile('wave.png', '', 'token')
  app.actions.pickStyleFile()
  await settle()
  expect(app.store.get().job.phase).toBe('done')
})

test('a run that goes on and is cancelled teaches nothing of the device once more', async () => {
  const { app, connection, storage } = setUp()
  await app.runNow()
  storage.map.delete('impasto.speeds')
  const long = makeLongRun()
  connection.answers.stylize = long.answer
  app.actions.goOn('more')
  await long.begun
  app.actions.cancel()
  expect(app.store.get().job.phase).toBe('done')
  expect(storage.map.has('impasto.speeds')).toBe(false)
})

describe('the settings of a layer that Impasto painted', () => {
  const painted = async () => {
    const parts = setUp()
    const { app, documents, disk } = parts
    disk.picks = pickedFile('wave.png', '', 'token')
    app.actions.pickStyleFile()
    await settle()
    app.actions.choosePreset('bold')
    app.actions.setAmount(0, 'scale', 2)
    app.actions.setOptions({ seed: 7 })
    app.actions.setSize('layer')
    await app.runNow()
    documents.recipe = documents.insertions[0]!.recipe
    return parts
  }

  test('are offered for such a layer alone', async () => {
    const { app, documents } = await painted()
    expect(app.store.get().layerRecipe).toBeUndefined()
    documents.change()
    await settle()
    expect(app.store.get().layerRecipe).toMatchObject({ preset: 'bold' })
    documents.recipe = '{"version":99}'
    documents.change()
    await settle()
    expect(app.store.get().layerRecipe).toBeUndefined()
  })

  test('name the layer that is painted anew, unless the result itself is to be painted', async () => {
    const { app, documents, recorded } = await painted()
    const above = () => documents.insertions.at(-1)!.above
    documents.selected = [layerChoice(9, 'Wave · Bold')]
    documents.others = [layerChoice(2, 'one')]
    documents.change()
    await settle()
    expect(app.store.get()).toMatchObject({ originalName: 'one', isOnTop: false })
    const sourceOf = (end: JobState) => end.phase === 'done' && end.result.source.layerId
    expect(sourceOf(await app.runNow())).toBe(2)
    expect(above()).toBe(9)
    app.actions.paintOnTop(true)
    expect(sourceOf(await app.runNow())).toBe(9)
    expect(recorded.slice(-2).map(({ isOnTop }) => isOnTop)).toEqual([undefined, true])
    documents.selected = [layerChoice(2, 'one')]
    documents.recipe = undefined
    documents.change()
    await settle()
    expect(app.store.get()).toMatchObject({ originalName: undefined, isOnTop: false })
  })

  test('are set again, with the file that is known by its content', async () => {
    const { app, documents } = await painted()
    const { styles } = app.store.get().settings
    app.actions.chooseStyle({ kind: 'built-in', name: 'ink' })
    app.actions.setOptions({ seed: 1 })
    documents.change()
    await settle()
    app.actions.useLayerSettings()
    await settle()
    expect(app.store.get()).toMatchObject({
      settings: { styles, preset: 'bold', overrides: { seed: 7 }, size: 'layer' },
      notice: { text: en.settingsTaken('one'), isError: false },
    })
  })

  test('but for a file that is not known any more, which is told of', async () => {
    const { documents } = await painted()
    // Another session, which remembers no files.
    const later = setUp()
    later.documents.recipe = documents.recipe
    later.documents.change()
    await settle()
    later.app.actions.useLayerSettings()
    await settle()
    expect(later.app.store.get()).toMatchObject({
      settings: { preset: 'bold', styles: [{ choice: { name: 'wave.png' }, scale: 2 }] },
      notice: { text: en.settingsWithout('wave.png'), isError: true, isAboutStyle: true },
    })
    expect(await later.app.runNow()).toMatchObject({ phase: 'failed', error: { reason: 'gone' } })
    // Another file takes the place of the missing one, with all that belongs to it.
    later.disk.picks = pickedFile('sea.png', '', 'other')
    later.app.actions.pickStyleFile()
    await settle()
    expect(later.app.store.get().settings.styles).toMatchObject([
      { choice: { kind: 'file', name: 'sea.png' }, scale: 2 },
    ])
  })

  test('with two styles, of which the file of the second is missing: that is being chosen', async () => {
    const { app, documents } = await painted()
    app.actions.addStyle()
    await app.runNow()
    const recipe = JSON.parse(documents.insertions[1]!.recipe)
    recipe.styles.reverse()
    // Only the plug-in's own file is known in another session.
    const later = setUp()
    later.documents.recipe = JSON.stringify(recipe)
    later.documents.change()
    await settle()
    later.app.actions.useLayerSettings()
    await settle()
    const { settings, editing } = later.app.store.get()
    expect(settings.styles.map(({ choice }) => choice.kind)).toEqual(['built-in', 'picture'])
    expect(editing).toEqual({ index: 1, isOpen: false })
  })

  test('with a recent file that is not there any more, which a preset carries', async () => {
    const { app, documents, storage } = await painted()
    const picture = carryPicture('wave.png', Uint8Array.of(0xff, 0xd8, 0xff, 1), {
      weight: 1,
      scale: 1,
      rotation: 0,
    })
    const recipe = JSON.parse(documents.recipe!)
    recipe.styles[0].sha256 = picture.sha256
    const recent = app.store.get().recent.map((style) => ({ ...style, sha256: picture.sha256 }))
    const presets = writePresets([{ name: 'mine', options: {}, styles: [picture] }])
    const later = setUp({
      ...Object.fromEntries(storage.map),
      'impasto.recent': JSON.stringify(recent),
      'impasto.presets': JSON.stringify(presets),
    })
    later.documents.recipe = JSON.stringify(recipe)
    later.documents.change()
    await settle()
    later.app.actions.useLayerSettings()
    await settle()
    expect(later.app.store.get()).toMatchObject({
      settings: { styles: [{ choice: { kind: 'picture', sha256: picture.sha256 } }] },
      notice: { isError: false },
    })
  })

  test('are painted on with, from the layer itself, in another session too', async () => {
    const { documents, storage } = await painted()
    const later = setUp(Object.fromEntries(storage.map))
    later.disk.byToken = { token: pickedFile('wave.png', '', 'token') }
    later.documents.selected = [layerChoice(9, 'Wave · Bold')]
    later.documents.others = [layerChoice(2, 'one')]
    const recipe = JSON.parse(documents.recipe!)
    recipe.content.sha256 = hashOf(PIXELS.bytes)
    later.documents.recipe = JSON.stringify(recipe)
    let given: unknown
    later.connection.answers.stylize = async (job) => {
      given = job
      return OUTCOME
    }
    later.app.actions.choosePreset('default')
    later.documents.change()
    await settle()
    later.app.actions.goOn('more')
    await vi.waitFor(() => expect(later.documents.insertions).toMatchObject([{ above: 9 }]))
    expect(given).toMatchObject({ options: { contentWeight: 1, seed: 7 }, init: { edge: 512 } })
    expect(later.app.store.get()).toMatchObject({ settings: { preset: 'bold' } })
    expect(later.recorded).toEqual([])
  })

  test('are not painted on with where a style is missing, which is told of', async () => {
    const { documents } = await painted()
    const later = setUp()
    later.documents.recipe = documents.recipe
    later.documents.change()
    await settle()
    later.app.actions.goOn('more')
    await settle()
    expect(later.connection.requests).not.toContain('stylize')
    expect(later.app.store.get()).toMatchObject({
      job: { phase: 'failed', error: { reason: 'gone', fileName: 'wave.png' } },
      settings: { preset: 'bold' },
    })
  })

  test('with a built-in style know it by name and content', async () => {
    const parts = setUp()
    parts.app.actions.chooseStyle({ kind: 'built-in', name: 'ink' })
    await parts.app.runNow()
    parts.app.actions.chooseStyle({ kind: 'built-in', name: 'glass' })
    parts.documents.recipe = parts.documents.insertions[0]!.recipe
    parts.documents.change()
    await settle()
    parts.app.actions.useLayerSettings()
    await settle()
    expect(parts.app.store.get().settings.styles).toMatchObject([{ choice: { name: 'ink' } }])
    // A file of that name, but not the one that comes with the plug-in.
    parts.connection.answers.thumbnail = async () => ({
      width: 1,
      height: 1,
      png: new Uint8Array(),
      sha256: 'b'.repeat(64),
    })
    parts.app.actions.useLayerSettings()
    await settle()
    expect(parts.app.store.get().notice?.text).toBe(en.settingsWithout('ink.jpg'))
  })
})

test('a style that a preset carries is painted with, and told of when the preset is gone', async () => {
  const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 1)
  const picture = carryPicture('wave.jpg', bytes, { weight: 1, scale: 1, rotation: 0 })
  const preset = { name: 'mine', options: {}, styles: [picture] }
  const { app, connection } = setUp({ 'impasto.presets': JSON.stringify(writePresets([preset])) })
  app.actions.choosePreset('mine')
  let file: unknown
  connection.answers.stylize = async (job) => {
    file = job.styles[0]
    return OUTCOME
  }
  await app.runNow()
  expect(file).toMatchObject({ name: 'wave.jpg', bytes })
  app.store.update({ userPresets: [] })
  expect(await app.runNow()).toMatchObject({ phase: 'failed', error: { reason: 'gone' } })
})

describe('the engine', () => {
  test('starts when it is first wanted, and once', async () => {
    const { app, connection } = setUp()
    expect(connection.requests).toEqual([])
    app.warmUp()
    app.warmUp()
    await settle()
    expect(app.store.get().engine).toEqual({ phase: 'ready', facts: FACTS })
    expect(connection.requests).toEqual(['open', 'measure'])
  })

  test('starts anew on another device, but not before it was wanted', async () => {
    const { app, connection } = setUp()
    app.actions.setDevice('wasm')
    expect(connection.requests).toEqual([])
    app.warmUp()
    await settle()
    app.actions.setDevice('webgpu')
    await settle()
    expect(connection.requests).toEqual(['open', 'measure', 'open'])
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
    expect(app.store.get().notice?.detail).toContain('version 3 or older, got 9')
    expect(storage.map.has('impasto.presets')).toBe(false)
  })
})
