/** Ties the panel together: what the user does, what comes of it, and what is remembered. */
import { makeAborter } from '../bridge/abort.ts'
import type { EngineConnection, PanelHandlers } from '../bridge/connection.ts'
import type { EngineFacts } from '../bridge/messages.ts'
import type { KnownWays } from '../bridge/ways.ts'
import type { FileIdentity } from '../engine/output/recipe.ts'
import { makeAttention } from './attention.ts'
import { makeBatch } from './batch.ts'
import { diagnosticsText } from './diagnostics.ts'
import { DocumentError, type DocumentWork } from './document.ts'
import { firstWrong, styleDrafts } from './drafts.ts'
import { type EngineClient, type EngineClientContext, makeEngineClient } from './engine-client.ts'
import { makeFieldActions } from './field-actions.ts'
import { installedModels } from './installed-models.ts'
import { doneRun, type JobState, makeJob } from './job.ts'
import { makeKeptFolder } from './kept-folder.ts'
import { formatDuration, formatWhole, type Labels, presetLabel } from './labels/index.ts'
import { type Log, makeLog } from './log.ts'
import { type MemoryKey, makeMemory } from './memory.ts'
import { keepPlan } from './planner.ts'
import { withMeasured } from './prediction.ts'
import { makePresetMenu, type PresetMenu } from './preset-menu.ts'
import { type UserPreset, writePresets } from './presets-file.ts'
import { makePreview } from './preview.ts'
import { problemOf } from './problems.ts'
import { recallState } from './recall.ts'
import { type RunSettings, runSettings } from './recorded-step.ts'
import { makeSameSettings } from './same-settings.ts'
import { type Group, runChecks } from './self-test/check.ts'
import { engineChecks } from './self-test/engine-checks.ts'
import { panelChecks } from './self-test/panel-checks.ts'
import {
  type Settings,
  withKnownPreset,
  withoutChanges,
  withPreset,
  writeSettings,
} from './settings.ts'
import { currentOptions, type PanelState, predictedSeconds } from './state.ts'
import { makeStore, type Store } from './store.ts'
import { makeStyleActions } from './style-actions.ts'
import { makeStyleFiles } from './style-files.ts'
import { styleName } from './styles.ts'
import type { ChosenFolder, PickedFile } from './uxp.ts'
import { askLongRun, showDiagnostics, showFindings } from './view/dialogs.ts'
import type { RootFacts } from './view/fill-root.ts'
import type { Actions } from './view/view.ts'

/** What the app needs of Photoshop and UXP. */
export interface AppContext {
  readonly labels: Labels
  readonly documents: DocumentWork
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly files: {
    pickFile(types: readonly string[]): Promise<PickedFile | undefined>
    fileOfToken(token: string): Promise<PickedFile>
    keepFile(
      name: string,
      bytes: Uint8Array,
      isNeeded: (token: string) => boolean,
    ): Promise<PickedFile>
    saveTextFile(name: string, text: string): Promise<string | undefined>
    pickFolder(): Promise<ChosenFolder | undefined>
    folderOfToken(token: string): Promise<ChosenFolder>
    readPluginFile(path: string): Promise<Uint8Array>
  }
  connect(handlers: PanelHandlers): EngineConnection
  reloadPage: EngineClientContext['reloadPage']
  isOnDeadNetworkPath: EngineClientContext['isOnDeadNetworkPath']
  /** How messages pass to the engine page; for Diagnostics. */
  bridge(): KnownWays | undefined
  /** Adds a run to the action being recorded, if one is. */
  recordRun(run: RunSettings): Promise<void>
  versions(): Readonly<Record<string, string>>
  /** Checks of the self-test on documents that it makes itself. */
  readonly documentChecks: Group
  /** Facts about the element that holds the panel. */
  root(): RootFacts
}

export interface App {
  readonly log: Log
  readonly store: Store<PanelState>
  readonly actions: Actions
  readonly engine: EngineClient
  readonly presetMenu: PresetMenu
  /** Starts the engine, so that it is ready when it is needed. */
  warmUp(): void
  /** Runs with the current settings, or with another preset. Resolves when the run has ended. */
  runNow(preset?: string): Promise<JobState>
  /** What a run started now would use. */
  currentRun(): RunSettings
  /** Plays a run that an action recorded, without recording it again. */
  play(run: RunSettings): Promise<JobState>
  showDiagnostics(): Promise<void>
}

const VERY_LONG_SECONDS = 3600

export function makeApp(context: AppContext): App {
  const { labels, documents, files } = context
  const log = makeLog()
  const memory = makeMemory(context.storage, log)
  const store = makeStore<PanelState>(recallState(memory, documents, log))

  const remember = <K extends keyof PanelState & MemoryKey>(key: K, value: PanelState[K]): void => {
    store.update({ [key]: value })
    memory.remember(key, key === 'settings' ? writeSettings(value as Settings) : value)
  }
  const setSettings = (settings: Settings): void => {
    const { model } = currentOptions(store.get())
    remember('settings', settings)
    // One that is not there may have been what failed.
    const isOther = currentOptions(store.get()).model !== model
    if (isOther && store.get().engine.phase === 'failed') openEngine()
  }
  /** All of them: what was typed before belongs to none of these. */
  const replaceSettings = (settings: Settings): void => {
    store.update({ drafts: {} })
    setSettings(settings)
  }
  const rememberPresets = (userPresets: readonly UserPreset[]): boolean => {
    store.update({ userPresets })
    return memory.remember('presets', writePresets(userPresets))
  }
  const kept = makeKeptFolder({
    ...files,
    store,
    memory,
    labels,
    log,
    adopt({ presets, recent }) {
      rememberPresets(presets)
      remember('recent', recent)
      const { settings } = store.get()
      setSettings(withKnownPreset(settings, presets))
    },
  })
  void kept.open()
  const setPresets = (userPresets: readonly UserPreset[]): boolean => {
    const isRemembered = rememberPresets(userPresets)
    void kept.save()
    return isRemembered || kept.isChosen
  }
  const fail = (error: unknown): void => {
    log.add('error', String(error))
    store.update({ notice: { ...problemOf(error, labels), isError: true } })
  }

  const attention = makeAttention()
  const engine = makeEngineClient({
    connect: context.connect,
    reloadPage: context.reloadPage,
    isOnDeadNetworkPath: context.isOnDeadNetworkPath,
    readPluginFile: files.readPluginFile,
    log,
    attention,
    onPause: (isPaused) => store.update({ isPaused }),
    onState(state) {
      store.update({ engine: state })
      if (state.phase === 'ready') remember('lastDevice', state.facts.description)
    },
  })
  const styleFiles = makeStyleFiles({
    ...files,
    engine,
    carriedPictures: () =>
      store
        .get()
        .userPresets.flatMap(({ styles = [] }) => styles)
        .filter((style) => style.kind === 'picture'),
    files: () => {
      const { recent, favourites } = store.get()
      return [...recent, ...favourites.flatMap(({ file }) => file ?? [])]
    },
    isUsed: (token) =>
      store
        .get()
        .settings.styles.some(({ choice }) => choice.kind === 'file' && choice.token === token),
    readPicture: documents.readPicture,
  })
  const job = makeJob({
    documents,
    engine,
    readStyle: styleFiles.read,
    layerName: ({ styles, preset }, edge) =>
      labels.layerName(
        styles.map(({ choice }) => styleName(choice, labels)).join(' + '),
        presetLabel(preset, labels).name,
        formatWhole(edge),
      ),
    version: () => context.versions().impasto ?? '',
    onRecipeLost: (reason) => log.add('warning', `the settings are not stored: ${reason}`),
    onState(state) {
      if (state.phase === 'failed' || state.phase === 'held') log.add('error', String(state.error))
      // A cancel may bring back a run that was done before.
      if (state.phase === 'done' && store.get().job.phase === 'inserting') learnSpeed(state)
      store.update({ job: state, ...(state.phase === 'done' && { notice: undefined }) })
      // The new layer is active now; not every Photoshop notifies a plug-in of its own changes.
      if (state.phase === 'done') look()
    },
  })
  const preview = makePreview({ store, documents, engine, readStyle: styleFiles.read, log })
  const batch = makeBatch({ job, onState: (state) => store.update({ batch: state }) })
  const sameSettings = makeSameSettings({
    store,
    documents,
    files: styleFiles,
    labels,
    log,
    setSettings: replaceSettings,
  })
  const look = (): void => {
    const layer = documents.facts()
    store.update({ layer })
    // What was wrong with the document may be right by now.
    const { state } = job
    const isOfDocument = state.phase === 'failed' && state.error instanceof DocumentError
    if (isOfDocument && layer.problem === undefined) job.discard()
    void sameSettings.look()
  }
  documents.onChange(look)
  void sameSettings.look()

  keepPlan({ store, plan: engine.plan, log })

  /** Remembers how fast the run was, if it was painted entirely on the current device. */
  const learnSpeed = ({ outcome }: Extract<JobState, { phase: 'done' }>): void => {
    const { engine: at, speeds } = store.get()
    if (at.phase !== 'ready' || !outcome.isFinished || outcome.warning !== undefined) return
    remember('speeds', withMeasured(speeds, at.facts.description, outcome))
  }

  let isTesting = false
  const isBusy = (): boolean => isTesting || job.isRunning || batch.isRunning
  const run = async (settings: RunSettings, isRecorded: boolean): Promise<JobState> => {
    if (isBusy()) return job.state
    measuring.abort()
    store.update({ notice: undefined, layer: documents.facts() })
    if (job.state.phase === 'held') return job.state
    store.update({ batch: undefined })
    const layers = documents.selectedLayers()
    const isBatch = layers.length > 1
    if (isBatch && store.get().preview?.phase === 'painting') await preview.abandon()
    const findOrigin = async (): Promise<FileIdentity | undefined> => {
      await preview.abandon()
      await sameSettings.look()
      return settings.isOnTop ? undefined : store.get().layerRecipe?.content
    }
    const end = await (isBatch
      ? batch.run(settings, layers)
      : job.run(settings, layers[0], findOrigin))
    const painted = isBatch ? store.get().batch!.painted > 0 : end.phase === 'done'
    if (painted && isRecorded) await context.recordRun(settings)
    return end
  }
  const runNow = async (preset?: string): Promise<JobState> => {
    const { settings, userPresets, drafts } = store.get()
    const wrong = firstWrong(preset === undefined ? drafts : styleDrafts(drafts))
    if (wrong) {
      actions.showField(wrong)
      return job.state
    }
    const used = preset === undefined ? settings : withPreset(settings, preset, userPresets)
    const { isOnTop } = store.get()
    return run({ ...runSettings(used, userPresets), ...(isOnTop && { isOnTop }) }, true)
  }
  /** Ends what measures the engine in passing: a run does not wait for it. */
  let measuring = makeAborter()
  /** A very long run is asked about first. */
  const runIfWanted = async (): Promise<void> => {
    const seconds = predictedSeconds(store.get()) ?? 0
    const isAsked = seconds > VERY_LONG_SECONDS && !isBusy()
    if (!isAsked || (await askLongRun(labels, formatDuration(seconds, labels)))) await runNow()
  }
  const openEngine = (): void => {
    const state = store.get()
    const { device } = state.settings
    const { model } = currentOptions(state)
    const measure = async ({ description: opened }: EngineFacts): Promise<void> => {
      if (isBusy() || opened in { ...store.get().speeds, ...store.get().calibrated }) return
      measuring.abort()
      measuring = makeAborter()
      const speed = await engine.measure(device, model, measuring.signal)
      const { description, secondsPerMegapixel } = speed
      store.update({
        calibrated: { ...store.get().calibrated, [description]: secondsPerMegapixel },
      })
    }
    // A failure shows in the engine's state; what cannot be measured is learned from the next run.
    engine
      .open(device, model)
      .then(measure)
      .catch(() => undefined)
  }

  const tell = (text: string): void => store.update({ notice: { text, isError: false } })
  const testPhotoshop = async (): Promise<void> => {
    if (isBusy()) return tell(labels.selfTest.busy)
    isTesting = true
    measuring.abort()
    try {
      const findings = await runChecks(
        [
          panelChecks(context),
          context.documentChecks,
          ...engineChecks({
            engine,
            ways: context.bridge,
            wasHidden: () => attention.wasHidden,
            model: currentOptions(store.get()).model,
            now: () => Date.now(),
          }),
        ],
        (done, all) => tell(labels.selfTest.progress(done, all)),
      )
      for (const { id, found, isExpected } of findings) {
        if (!isExpected) log.add('warning', `self-test: ${id}: ${found}`)
      }
      store.update({ notice: undefined })
      // The test activated its own documents, and modal scopes raise few notifications.
      look()
      await showFindings(labels, findings, (text) =>
        files.saveTextFile('impasto-self-test.txt', text),
      )
    } finally {
      isTesting = false
    }
  }

  const showNextHeld = (): void => {
    if (job.state.phase !== 'held') batch.holdNext()
  }
  /** By the user: what was told before was about other settings. */
  const change = (how: (settings: Settings, own: readonly UserPreset[]) => Settings): void => {
    setSettings(how(store.get().settings, store.get().userPresets))
    actions.dismiss()
  }

  const lookForMasks = async (): Promise<void> =>
    store.update({ maskLayers: await documents.coverageChoices() })
  const lookForModels = async (): Promise<void> => {
    if (!store.get().models)
      store.update({ models: await installedModels(files.readPluginFile, log) })
  }

  const actions: Actions = {
    lookForMasks: () => void lookForMasks(),
    ...makeStyleActions({
      store,
      files: styleFiles,
      documents,
      setSettings,
      setFavourites: (favourites) => remember('favourites', favourites),
      setRecent(recent) {
        remember('recent', recent)
        void kept.save()
      },
      fail,
      lookForMasks: () => void lookForMasks(),
      dismiss: () => actions.dismiss(),
    }),
    ...makeFieldActions({
      store,
      change,
      setAmount: (...amount) => actions.setAmount(...amount),
      setShare: (...share) => actions.setShare(...share),
      editStyle: (...style) => actions.editStyle(...style),
      openGroup(group) {
        actions.openAdvanced(true)
        actions.openGroup(group, true)
      },
    }),
    choosePreset(name) {
      const { settings, userPresets } = store.get()
      replaceSettings(withPreset(settings, name, userPresets))
    },
    savePreset: () => void presetMenu.save(),
    setSize: (size) => change((settings) => ({ ...settings, size })),
    setDevice(device) {
      change((settings) => ({ ...settings, device }))
      if (store.get().engine.phase !== 'asleep') openEngine()
    },
    openAdvanced(isAdvancedOpen) {
      change((settings) => ({ ...settings, isAdvancedOpen }))
    },
    openGroup(group, isOpen) {
      const others = store.get().openGroups.filter((open) => open !== group)
      store.update({ openGroups: isOpen ? [...others, group] : others })
      if (isOpen && group === 'network') void lookForModels()
    },
    resetToPreset: () => replaceSettings(withoutChanges(store.get().settings)),
    setStrengthMap: (place) =>
      change(({ strengthMap: _, ...settings }) => ({
        ...settings,
        ...(place && { strengthMap: place }),
      })),
    stylize: () => void runIfWanted(),
    goOn(how) {
      const [layer, ...others] = documents.selectedLayers()
      const done = doneRun(job.state)
      if (isBusy() || job.state.phase === 'held') return
      store.update({ notice: undefined, batch: undefined })
      void preview.abandon()
      const isOfRun = done && (!layer || layer.id === done.inserted.layerId)
      const isPainted = store.get().layerRecipe?.continueAt !== undefined && others.length === 0
      if (layer && isPainted && !isOfRun) {
        void job.goOnFrom(layer, how, () => sameSettings.useToGoOn(layer))
      } else void job.goOn(how)
    },
    paintOnTop: (isOnTop) => store.update({ isOnTop }),
    useLayerSettings: () => void sameSettings.use().catch(fail),
    preview: () => void preview.show(),
    stop: job.stop,
    cancel() {
      const { phase } = job.state
      const isOfBatch = batch.isRunning
      void preview.abandon()
      batch.cancel()
      job.cancel()
      // What a batch has painted is told at its end.
      if (phase !== job.state.phase && !isOfBatch) tell(labels.errors.cancelled)
    },
    place: (placement) => void job.place(placement).then(showNextHeld),
    discard() {
      job.discard()
      batch.holdNext()
    },
    dismiss() {
      store.update({ notice: undefined, ...(!batch.isRunning && { batch: undefined }) })
      // A run that is done stays, since the user may go on from it.
      if (job.state.phase === 'failed') job.discard()
    },
  }

  const presetMenu = makePresetMenu({
    ...files,
    labels,
    store,
    readStyle: styleFiles.read,
    setSettings: replaceSettings,
    setPresets,
    kept,
  })

  return {
    log,
    store,
    actions,
    engine,
    presetMenu,
    warmUp() {
      if (store.get().engine.phase === 'asleep') openEngine()
    },
    runNow,
    currentRun: () => runSettings(store.get().settings, store.get().userPresets),
    play: (settings) => run(settings, false),
    async showDiagnostics() {
      const text = diagnosticsText({
        state: store.get(),
        versions: context.versions(),
        bridge: context.bridge(),
        log,
      })
      if (await showDiagnostics(labels, text)) await testPhotoshop()
    },
  }
}
