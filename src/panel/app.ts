/** Ties the panel together: what the user does, what comes of it, and what is remembered. */
import type { EngineConnection, PanelHandlers } from '../bridge/connection.ts'
import { PRESETS } from '../engine/presets.ts'
import { diagnosticsText } from './diagnostics.ts'
import type { DocumentWork } from './document.ts'
import { type EngineClient, makeEngineClient } from './engine-client.ts'
import { type JobState, makeJob } from './job.ts'
import { type Labels, presetLabel } from './labels/index.ts'
import { type Log, makeLog } from './log.ts'
import { type Memory, type MemoryKey, makeMemory } from './memory.ts'
import { keepPlan } from './planner.ts'
import { readSpeeds, withMeasured } from './prediction.ts'
import { makePresetMenu, type PresetMenu } from './preset-menu.ts'
import {
  type SalvagedPresets,
  salvagePresets,
  type UserPreset,
  writePresets,
} from './presets-file.ts'
import { problemOf, StyleFileError } from './problems.ts'
import { type RunSettings, runSettings } from './recorded-step.ts'
import {
  presetOptions,
  readSettings,
  type Settings,
  withOption,
  withPreset,
  writeSettings,
} from './settings.ts'
import { SLIDERS, sliderValue } from './sliders.ts'
import { currentOptions, type PanelState } from './state.ts'
import { makeStore, type Store } from './store.ts'
import { makeStyleFiles } from './style-files.ts'
import { readRecent, styleName, withoutRecent, withRecent } from './styles.ts'
import type { PickedFile } from './uxp.ts'
import { showDiagnostics } from './view/dialogs.ts'
import type { Actions } from './view/view.ts'

/** What the app needs of Photoshop and UXP. */
export interface AppContext {
  readonly labels: Labels
  readonly documents: DocumentWork
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly files: {
    pickFile(types: readonly string[]): Promise<PickedFile | undefined>
    fileOfToken(token: string): Promise<PickedFile>
    saveTextFile(name: string, text: string): Promise<string | undefined>
    readPluginFile(path: string): Promise<Uint8Array>
  }
  connect(handlers: PanelHandlers): EngineConnection
  /** The engine page's, after it failed to load. */
  reloadPage(): void
  /** Adds a run to the action being recorded, if one is. */
  recordRun(run: RunSettings): Promise<void>
  versions(): Readonly<Record<string, string>>
}

export interface App {
  readonly store: Store<PanelState>
  readonly actions: Actions
  readonly engine: EngineClient
  readonly presetMenu: PresetMenu
  /** Starts the engine, so that it is ready when it is wanted. */
  warmUp(): void
  /** With the settings as they are, or with another preset. Resolves when it has ended. */
  runNow(preset?: string): Promise<JobState>
  /** As an action recorded it; nothing is recorded again. */
  play(run: RunSettings): Promise<JobState>
  showDiagnostics(): Promise<void>
}

export function makeApp(context: AppContext): App {
  const { labels, documents, files } = context
  const log = makeLog()
  const memory = makeMemory(context.storage, log)
  const store = makeStore<PanelState>(recallState(memory, documents, log))

  const remember = <K extends keyof PanelState & MemoryKey>(key: K, value: PanelState[K]): void => {
    store.update({ [key]: value })
    memory.remember(key, key === 'settings' ? writeSettings(value as Settings) : value)
  }
  const setSettings = (settings: Settings): void => remember('settings', settings)
  const setPresets = (userPresets: readonly UserPreset[]): void => {
    store.update({ userPresets })
    memory.remember('presets', writePresets(userPresets))
  }
  const fail = (error: unknown): void => {
    log.add('error', String(error))
    store.update({ notice: { ...problemOf(error, labels), isError: true } })
  }

  const engine = makeEngineClient({
    connect: context.connect,
    reloadPage: context.reloadPage,
    readPluginFile: files.readPluginFile,
    log,
    onState(state) {
      store.update({ engine: state })
      if (state.phase === 'ready') remember('lastDevice', state.facts.description)
    },
  })
  const styleFiles = makeStyleFiles({ ...files, engine })
  const job = makeJob({
    documents,
    engine,
    readStyle: styleFiles.read,
    layerName: ({ style, preset }) =>
      labels.layerName(styleName(style, labels), presetLabel(preset, labels).name),
    onState(state) {
      if (state.phase === 'failed' || state.phase === 'held') log.add('error', String(state.error))
      if (state.phase === 'done') learnSpeed(state)
      store.update({ job: state })
    },
  })
  documents.onChange(() => store.update({ layer: documents.facts() }))

  keepPlan({ store, plan: engine.plan, log })

  /** How fast the run was that has just ended, if all of it was on the device that is there now. */
  const learnSpeed = ({ outcome }: Extract<JobState, { phase: 'done' }>): void => {
    const { engine: at, speeds } = store.get()
    if (at.phase !== 'ready' || !outcome.isFinished || outcome.warning !== undefined) return
    remember('speeds', withMeasured(speeds, at.facts.description, outcome))
  }

  const run = async (settings: RunSettings, isRecorded: boolean): Promise<JobState> => {
    if (job.isRunning) return job.state
    store.update({ notice: undefined, layer: documents.facts() })
    const end = await job.run(settings)
    if (end.phase === 'done' && isRecorded) await context.recordRun(settings)
    return end
  }
  const runNow = (preset?: string): Promise<JobState> => {
    const { settings, userPresets } = store.get()
    const used = preset === undefined ? settings : withPreset(settings, preset, userPresets)
    return run(runSettings(used, userPresets), true)
  }
  const openEngine = (): void => {
    const state = store.get()
    // Its failure is the engine's state.
    engine.open(state.settings.device, currentOptions(state).model).catch(() => undefined)
  }

  const pickStyleFile = async (): Promise<void> => {
    try {
      const style = await styleFiles.pick()
      if (!style) return
      const { settings, recent } = store.get()
      remember('recent', withRecent(recent, style))
      const { name, token } = style
      setSettings({ ...settings, style: { kind: 'file', name, token } })
      actions.dismiss()
    } catch (error) {
      fail(error)
    }
  }
  const change = (how: (settings: Settings, own: readonly UserPreset[]) => Settings): void =>
    setSettings(how(store.get().settings, store.get().userPresets))

  const actions: Actions = {
    chooseStyle(style) {
      change((settings) => ({ ...settings, style }))
      styleFiles.check(style).catch((error: unknown) => {
        if (style.kind === 'file' && error instanceof StyleFileError) {
          remember('recent', withoutRecent(store.get().recent, style.token))
        }
        fail(error)
      })
    },
    pickStyleFile: () => void pickStyleFile(),
    choosePreset: (name) => change((settings, own) => withPreset(settings, name, own)),
    moveSlider: (name, position) =>
      change((settings, own) => {
        const value = sliderValue(name, position, presetOptions(settings, own))
        return withOption(settings, SLIDERS[name].option, value, own)
      }),
    setOption: (name, value) =>
      change((settings, own) => withOption(settings, name, value as never, own)),
    setSize: (size) => change((settings) => ({ ...settings, size })),
    setDevice(device) {
      change((settings) => ({ ...settings, device }))
      if (store.get().engine.phase !== 'asleep') openEngine()
    },
    openAdvanced: (isAdvancedOpen) => change((settings) => ({ ...settings, isAdvancedOpen })),
    resetToPreset: () => change((settings) => ({ ...settings, overrides: {} })),
    stylize: () => void runNow(),
    stop: job.stop,
    cancel: job.cancel,
    place: (placement) => void job.place(placement),
    discard: job.discard,
    dismiss() {
      store.update({ notice: undefined })
      if (job.state.phase !== 'held') job.discard()
    },
  }

  return {
    store,
    actions,
    engine,
    presetMenu: makePresetMenu({ ...files, labels, store, setSettings, setPresets }),
    warmUp() {
      if (store.get().engine.phase === 'asleep') openEngine()
    },
    runNow,
    play: (settings) => run(settings, false),
    showDiagnostics: () =>
      showDiagnostics(labels, diagnosticsText(store.get(), context.versions(), log)),
  }
}

function recallState(memory: Memory, documents: DocumentWork, log: Log): PanelState {
  const { presets: userPresets, renamed } = recallPresets(memory, log)
  const read = readSettings(memory.recall('settings'))
  // A name was one's own preset's until now that a built-in one has it.
  const settings = { ...read, preset: renamed.get(read.preset) ?? read.preset }
  if (renamed.size > 0) {
    // At once: in the next session the name is the built-in preset's.
    memory.remember('presets', writePresets(userPresets))
    memory.remember('settings', writeSettings(settings))
  }
  const isKnown = [...PRESETS, ...userPresets].some(({ name }) => name === settings.preset)
  const lastDevice = memory.recall('lastDevice')
  return {
    settings: isKnown ? settings : { ...settings, preset: PRESETS[0]!.name },
    userPresets,
    recent: readRecent(memory.recall('recent')),
    layer: documents.facts(),
    engine: { phase: 'asleep' },
    lastDevice: typeof lastDevice === 'string' ? lastDevice : undefined,
    speeds: readSpeeds(memory.recall('speeds')),
    job: { phase: 'idle' },
  }
}

/** Kept in the form of an exported file; what cannot be used of it takes nothing else with it. */
function recallPresets(memory: Memory, log: Log): SalvagedPresets {
  const none = { presets: [], renamed: new Map<string, string>(), problems: [] }
  const text = memory.recall('presets')
  if (typeof text !== 'string') return none
  try {
    const salvaged = salvagePresets(text)
    for (const problem of salvaged.problems) log.add('warning', `forgotten: ${problem}`)
    for (const [old, name] of salvaged.renamed) {
      log.add('warning', `preset "${old}" is "${name}" now: there is a built-in one of that name`)
    }
    return salvaged
  } catch (error) {
    log.add('warning', `presets are forgotten: ${String(error)}`)
    return none
  }
}
