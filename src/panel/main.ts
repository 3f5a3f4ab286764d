/** The plug-in's script: tells Photoshop at once what there is, and builds the panel when asked. */
import { connectToEngine } from '../bridge/connection.ts'
import { PRESETS } from '../engine/presets.ts'
import { type App, makeApp } from './app.ts'
import { labelsFor } from './labels/index.ts'
import { documentChecks, documentWork, onPanelVisibility, recordStep } from './photoshop.ts'
import { problemOf } from './problems.ts'
import { PLAYBACK_HANDLER, readStep, writeStep } from './recorded-step.ts'
import { watchForSleep } from './sleep-watch.ts'
import { onThemeChange, readAppearance } from './theme.ts'
import { listenForUncaught } from './uncaught.ts'
import {
  fileOfToken,
  folderOfToken,
  hostVersions,
  isOnDeadNetworkPath,
  keepFile,
  pickFile,
  pickFolder,
  readPluginFile,
  saveTextFile,
  setUpEntryPoints,
  showPanel,
  uiLocale,
} from './uxp.ts'
import { showTexts } from './view/dialogs.ts'
import { fillRoot } from './view/fill-root.ts'
import { makePanelView } from './view/panel-view.ts'
import { makeWebview } from './webview.ts'

const PLUGIN_NAME = 'Impasto'
const PANEL_ID = 'impasto'
const PANEL_PATIENCE_MS = 5000

const labels = labelsFor(uiLocale())

interface Panel {
  readonly app: App
  /** May be called repeatedly: Photoshop calls show once, often, or never. */
  mount(root: HTMLElement): void
  setVisible(isVisible: boolean): void
}

let panel: Panel | undefined
let announcePanel: (panel: Panel) => void
const panelMade = new Promise<Panel>((resolve) => {
  announcePanel = resolve
})

function makePanel(): Panel {
  const webview = makeWebview((message) => app.engine.pageFailed(message))
  const app = makeApp({
    labels,
    documents: documentWork,
    storage: localStorage,
    files: {
      pickFile,
      fileOfToken,
      keepFile,
      saveTextFile,
      readPluginFile,
      pickFolder,
      folderOfToken,
    },
    connect: (handlers) => connectToEngine(webview.port, handlers),
    reloadPage: webview.reload,
    isOnDeadNetworkPath,
    bridge: () => webview.port.ways,
    recordRun: (run) => recordStep(labels.stylize, PLAYBACK_HANDLER, writeStep(run)),
    versions: hostVersions,
    documentChecks,
    root: () => place.facts(),
  })
  const view = makePanelView(labels, app.actions, webview)
  const place = fillRoot(view.element, view.fit)
  const setVisible = (isVisible: boolean): void => {
    place.setVisible(isVisible)
    app.engine.setVisible(isVisible)
  }
  const showAppearance = (): void =>
    app.engine.setAppearance(
      readAppearance(view.element, {
        idleText: labels.previewIdle,
        originalText: labels.original,
      }),
    )

  app.store.subscribe((state) => {
    view.update(state)
    // Not every version of UXP tells of a change of theme.
    showAppearance()
  })
  onThemeChange(showAppearance)
  view.element.addEventListener('click', app.warmUp)
  // A user seen in the panel has it before them, whatever Photoshop told of it.
  for (const type of ['click', 'keydown', 'pointermove', 'mousemove']) {
    view.element.addEventListener(type, app.engine.notice)
  }
  onPanelVisibility(PANEL_ID, setVisible)
  listenForUncaught((text) => app.log.add('error', text))
  watchForSleep(app.engine.probeAgain)

  return {
    app,
    mount(root) {
      webview.load()
      if (view.element.parentNode !== root) root.appendChild(view.element)
      place.follow(root)
      view.update(app.store.get())
      showAppearance()
    },
    setVisible,
  }
}

/** The panel, which is opened if need be: the engine's page lives in it. */
async function bringUpPanel(): Promise<App> {
  let reason: unknown
  let said: string | undefined
  try {
    said = await showPanel(PLUGIN_NAME, PANEL_ID)
  } catch (error) {
    reason = error
  }
  const patience = new Promise<undefined>((resolve) =>
    setTimeout(() => resolve(undefined), panel ? 0 : PANEL_PATIENCE_MS),
  )
  const made = panel ?? (await Promise.race([panelMade, patience]))
  if (made) {
    if (said !== undefined) made.app.log.add('info', `showPanel: ${said}`)
    return made.app
  }
  await showTexts(labels, PLUGIN_NAME, [labels.panelNeeded])
  throw new Error(labels.panelNeeded, { cause: reason })
}

/** Returns at once: how long Photoshop waits for a command is not documented. */
const command = (preset?: string) => () => {
  bringUpPanel()
    .then((app) => app.runNow(preset))
    // The user was told.
    .catch(() => undefined)
}

function mount(root: unknown): void {
  if (!panel) {
    panel = makePanel()
    announcePanel(panel)
  }
  panel.mount(root instanceof HTMLElement ? root : document.body)
}

const menu: Readonly<Record<string, { readonly label: string; run(app: App): unknown }>> = {
  stylize: { label: labels.menu.stylize, run: (app) => app.runNow() },
  savePreset: { label: labels.menu.savePreset, run: (app) => app.presetMenu.save() },
  managePresets: { label: labels.menu.managePresets, run: (app) => app.presetMenu.manage() },
  importPresets: { label: labels.menu.importPresets, run: (app) => app.presetMenu.importFile() },
  exportPresets: { label: labels.menu.exportPresets, run: (app) => app.presetMenu.exportFile() },
  keepInFolder: { label: labels.menu.keepInFolder, run: (app) => app.presetMenu.keepInFolder() },
  diagnostics: { label: labels.menu.diagnostics, run: (app) => app.showDiagnostics() },
  help: {
    label: labels.menu.help,
    run: () => showTexts(labels, labels.menu.help, labels.helpText),
  },
  about: {
    label: labels.menu.about,
    run: () => showTexts(labels, labels.menu.about, labels.aboutText(hostVersions().impasto ?? '')),
  },
}
const menuItem = (id: string) => ({ id, label: menu[id]!.label })

setUpEntryPoints({
  plugin: { create() {}, destroy() {} },
  panels: {
    [PANEL_ID]: {
      create: mount,
      show(root) {
        mount(root)
        panel?.setVisible(true)
      },
      hide: () => panel?.setVisible(false),
      destroy() {},
      menuItems: [
        menuItem('stylize'),
        '-',
        menuItem('savePreset'),
        menuItem('managePresets'),
        menuItem('importPresets'),
        menuItem('exportPresets'),
        menuItem('keepInFolder'),
        '-',
        menuItem('diagnostics'),
        menuItem('help'),
        menuItem('about'),
      ],
      invokeMenu(id) {
        if (panel) void menu[id]?.run(panel.app)
      },
    },
  },
  commands: {
    stylize: { run: command() },
    ...Object.fromEntries(PRESETS.map(({ name }) => [`preset-${name}`, { run: command(name) }])),
  },
})

interface PlaybackContext {
  onCancel?: () => void
}

/** Photoshop calls it by this name when an action is played, and waits. */
Object.assign(globalThis, {
  [PLAYBACK_HANDLER]: async (executionContext: PlaybackContext | undefined, info: unknown) => {
    const step = readStep(info)
    const app = await bringUpPanel()
    if (executionContext) executionContext.onCancel = app.actions.cancel
    const end = await app.play(step)
    // The action must not go on as if there were a new layer.
    if (end.phase === 'failed' || end.phase === 'held') {
      throw new Error(problemOf(end.error, labels).text, { cause: end.error })
    }
    if (end.phase !== 'done') throw new Error(labels.errors.cancelled)
    // "Record Again" plays the step, too, and keeps this in its place; playing alone does not.
    return writeStep(app.currentRun())
  },
})
