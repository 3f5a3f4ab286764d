/** The host page: a stand-in for Photoshop, an editor around it, and the plug-in docked at its side. */
import { reasonOf } from '../../engine/errors.ts'
import { createHost } from '../index.ts'
import type { MenuEntry } from '../uxp/index.ts'
import { showAlert } from './alert.ts'
import type { ImpastoHost } from './driver.ts'
import { Editor, type PageCommands } from './editor.ts'
import {
  encodePng,
  encodePsd,
  isLargeDocument,
  OPENABLE,
  readDocument,
  withExtension,
} from './files.ts'
import { LANGUAGES, labelsOf } from './labels.ts'
import { type MenuLine, openMenu } from './menu.ts'
import { openPanel, type PluginFiles, type PluginPanel } from './panel-frame.ts'
import { chooseFiles, download, makePickers, type PickerAnswers, wipeStorage } from './pickers.ts'
import { openPluginFiles } from './plugin-files.ts'
import { keepSettings, readQuery, readSettings } from './settings.ts'

const query = new URLSearchParams(location.search)
const settings = readSettings(query)
const { switches, document: documentToOpen } = readQuery(query)
const answers: PickerAnswers = {}
let panel: PluginPanel | undefined

const labels = () => labelsOf(settings.language)
const tell = (text: string): Promise<void> => showAlert(text, labels().ok)

const host = createHost({
  switches,
  alert: tell,
  pluginGlobal: () => panel?.scope ?? {},
})

/** What goes wrong for a person is told to them. */
function attempt(act: () => unknown): void {
  new Promise((resolve) => resolve(act())).catch((error) => tell(reasonOf(error)))
}

async function openBytes(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  try {
    return host.openDocument(name, await readDocument(name, bytes, labels()))
  } catch (error) {
    throw new Error(labels().cannotOpen(name, reasonOf(error)))
  }
}

async function openFiles(files: readonly File[]): Promise<void> {
  for (const file of files) await openBytes(file.name, new Uint8Array(await file.arrayBuffer()))
}

async function openSample(): Promise<number> {
  const response = await fetch('samples/mountains.psd')
  const id = await openBytes('mountains.psd', new Uint8Array(await response.arrayBuffer()))
  const photograph = activeDocument().state.layers.at(-1)
  if (photograph) host.selectLayers(id, [photograph.id])
  return id
}

function activeDocument() {
  const document = host.documents.find(({ id }) => id === host.activeDocumentId)
  if (!document) throw new Error(labels().noDocument)
  return document
}

const page: PageCommands = {
  open: () => attempt(async () => openFiles(await chooseFiles(OPENABLE, true))),
  openFiles: (files) => attempt(() => openFiles(files)),
  openSample: () => attempt(openSample),
  savePsd: () =>
    attempt(() => {
      const { title, state } = activeDocument()
      const bytes = encodePsd(state)
      download(withExtension(title, isLargeDocument(bytes) ? 'psb' : 'psd'), bytes)
    }),
  savePng: () =>
    attempt(async () => {
      const { title, state } = activeDocument()
      download(withExtension(title, 'png'), await encodePng(state))
    }),
  runCommand: (id) =>
    attempt(async () => {
      await panel?.load()
      await panel?.driver.runCommand(id)
    }),
  setTheme(theme) {
    settings.theme = theme
    keepSettings(settings)
    editor.setTheme(theme)
    panel?.setTheme(theme)
  },
  setLanguage(language) {
    settings.language = language
    keepSettings(settings)
    attempt(async () => {
      await closePanel()
      editor.close()
      editor = openEditor()
      await loadPlugin()
    })
  },
  openFlyout(anchor) {
    if (!panel) return
    const { driver, panelId } = panel
    const lineOf = (entry: MenuEntry): MenuLine => ({
      label: entry.label,
      isEnabled: entry.isEnabled,
      isChecked: entry.isChecked,
      ...(entry.submenu
        ? { submenu: entry.submenu.map(lineOf) }
        : { run: () => attempt(() => driver.invokeMenu(panelId, entry.id)) }),
    })
    openMenu(anchor, driver.menuOf(panelId).map(lineOf))
  },
  panelVisibilityChanged(isVisible) {
    if (!panel) return
    const { driver, panelId, show } = panel
    attempt(() => (isVisible ? show() : driver.hidePanel(panelId)))
    host.notifyUi('panelVisibilityChanged', { panelID: panelId, visible: isVisible })
  },
  setDockWidth(px) {
    settings.dockWidth = px
    keepSettings(settings)
  },
}

function openEditor(): Editor {
  const root = document.querySelector<HTMLElement>('#editor')
  if (!root) throw new Error('internal: the page has no #editor')
  return new Editor(root, host, settings, page)
}

let plugin: PluginFiles | undefined

async function loadPlugin(): Promise<void> {
  plugin ??= await openPluginFiles(new URL('plugin/', document.baseURI).href)
  if (host.switches.panelIsClosed) editor.dock.isVisible = false
  panel = await openPanel(editor.dock.body, {
    plugin,
    host,
    switches: host.switches,
    locale: LANGUAGES[settings.language].locale,
    theme: settings.theme,
    pickers: makePickers(answers),
    bringUp: () => {
      editor.dock.isVisible = true
    },
    onKey: (event) => editor.onKey(event),
    onDrop: (event) => editor.onDrop(event),
  })
  const { panels, commands } = panel.driver
  editor.setPlugin({ panelLabel: panels[0]?.label ?? '', pluginCommands: commands })
}

async function closePanel(): Promise<void> {
  await panel?.close()
  panel = undefined
}

let editor = openEditor()

const driver: ImpastoHost = {
  host,
  get driver() {
    return panel?.driver
  },
  get panelId() {
    return panel?.panelId
  },
  get panelWindow() {
    return panel?.window
  },
  get scope() {
    return panel?.scope
  },
  async openPanel() {
    await panel?.show()
    editor.dock.isVisible = true
  },
  openBytes,
  openSample,
  save: () => encodePsd(activeDocument().state),
  savePng: () => encodePng(activeDocument().state),
  setPicker(newAnswers) {
    answers.open = newAnswers.open
    answers.folder = newAnswers.folder
    answers.saved = newAnswers.saved
  },
  reloadEnginePage: () => panel?.webviews.reload(),
  loseDevice: () => panel?.webviews.loseDevices(),
  setTheme: page.setTheme,
  async reloadPlugin() {
    await closePanel()
    if (host.switches.storageIsWiped && plugin) await wipeStorage(plugin.manifest.id)
    await loadPlugin()
  },
}

window.impastoHost = (async () => {
  try {
    await loadPlugin()
  } catch (error) {
    host.complain(`the plug-in could not be loaded: ${error}`)
    attempt(() => {
      throw error
    })
  }
  if (documentToOpen === 'sample') await openSample()
  return driver
})()
