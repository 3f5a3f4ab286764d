/** The panel in a page of its own, over stand-ins: what panel-view.test.ts looks at. */
import '../../src/host/browser/frame/main.ts'
import { panelVariables, type Theme } from '../../src/host/browser/themes.ts'
import { DEFAULT_SWITCHES } from '../../src/host/switches.ts'
import { type App, makeApp } from '../../src/panel/app.ts'
import { DocumentError } from '../../src/panel/document.ts'
import { labelsFor } from '../../src/panel/labels/index.ts'
import { fillRoot } from '../../src/panel/view/fill-root.ts'
import { makePanelView } from '../../src/panel/view/panel-view.ts'
import {
  layerChoice,
  makeConnection,
  makeDocuments,
  makeLongRun,
  makeStorage,
  PROGRESS,
} from './stand-ins.ts'

export interface PanelPage {
  readonly app: App
  /** What UXP would not lay out. */
  readonly violations: readonly string[]
  /** Of building the panel. */
  readonly buildMs: number
  /** The next run paints on and on. */
  paintLong(): void
  failInsertion(): void
  selectLayers(names: readonly string[]): void
  /** Of the document, that may say where something is painted. */
  setMaskLayers(names: readonly string[]): void
  setOpenDocuments(titles: readonly string[]): void
  /** The layer that the last run made. */
  selectResult(): void
}

declare global {
  interface Window {
    openPanel: (options: { css: string; theme: Theme; locale: string }) => PanelPage
    panelPage: PanelPage
  }
}

window.openPanel = ({ css, theme, locale }) => {
  const violations: string[] = []
  const frame = window.openFrame({
    webview: {
      pluginId: 'p',
      pluginUrl: '',
      pluginFiles: [],
      switches: () => DEFAULT_SWITCHES,
      parse: JSON.parse,
    },
    hasCssNext: false,
    knowsUnlistedCss: true,
    report: (violation) => violations.push(violation),
    setModal() {},
    restrictCanvas() {},
  })
  frame.addStyleSheet(css)
  frame.setTheme(theme, panelVariables(theme))

  const documents = makeDocuments()
  const connection = makeConnection()
  const from = performance.now()
  const labels = labelsFor(locale)
  const app = makeApp({
    labels,
    documents,
    storage: makeStorage(),
    files: {
      pickFile: async () => undefined,
      fileOfToken: () => Promise.reject(new Error('stale')),
      keepFile: () => Promise.reject(new Error('there is no folder')),
      saveTextFile: async () => undefined,
      pickFolder: async () => undefined,
      folderOfToken: () => Promise.reject(new Error('no folder was chosen')),
      readPluginFile: async () => new TextEncoder().encode('{"models":[{"name":"vgg16"}]}'),
    },
    connect: connection.connect,
    reloadPage() {},
    isOnDeadNetworkPath: async () => false,
    bridge: () => undefined,
    recordRun: async () => undefined,
    documentChecks: { ids: [], run: async () => undefined },
    root: () => ({
      width: 260,
      height: 700,
      windowHeight: 700,
      fitted: 700,
      heightFrom: 'root',
      hasResizeObserver: false,
    }),
    versions: () => ({ impasto: '0.0.0' }),
  })
  const preview = document.createElement('div')
  const view = makePanelView(labels, app.actions, {
    element: preview,
    resize: (width, height) =>
      Object.assign(preview.style, { width: `${width}px`, height: `${height}px` }),
  })
  app.store.subscribe(view.update)
  document.body.appendChild(view.element)
  fillRoot(view.element, view.fit).follow(document.body)
  view.update(app.store.get())
  const buildMs = performance.now() - from

  return {
    app,
    violations,
    buildMs,
    paintLong() {
      const { answer } = makeLongRun()
      connection.answers.stylize = (job, signal) => {
        connection.handlers.events.progress(PROGRESS)
        return answer(job, signal)
      }
    },
    setOpenDocuments(titles) {
      documents.openDocuments = titles.map((title, i) => ({ id: 70 + i, title }))
    },
    setMaskLayers(names) {
      documents.maskLayers = names.map((name, i) => layerChoice(40 + i, name))
    },
    selectLayers(names) {
      documents.selected = names.map((name, i) => layerChoice(10 + i, name))
      documents.change()
    },
    selectResult() {
      documents.recipe = documents.insertions.at(-1)!.recipe
      documents.change()
    },
    failInsertion: () =>
      documents.failNext(
        'insert',
        new DocumentError('document-closed', 'closed', ['new-document']),
      ),
  }
}
