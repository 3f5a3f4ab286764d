/**
 * The plug-in's panel: a frame with its markup, in which its script runs with UXP's globals and
 * modules. The frame has a document and a layout of its own; code runs in the editor's realm, so
 * that arrays and errors of plug-in and modules are instances of one another's classes.
 */
import type { PhotoshopHost } from '../index.ts'
import type { Switches } from '../switches.ts'
import { restrictCanvas } from '../uxp/canvas.ts'
import { ECMASCRIPT_NAMES } from '../uxp/global-names.ts'
import { makeGlobalScope, runPluginScript } from '../uxp/global-scope.ts'
import { guardedGlobals } from '../uxp/guarded-globals.ts'
import { type Driver, type Manifest, makeUxpModule, type Pickers } from '../uxp/index.ts'
import { h } from './dom.ts'
import type { WebviewControl, WebviewSettings } from './frame/webview.ts'
import { stormyPickers } from './picker-storm.ts'
import { makeTokenKeeper, openDataFolder } from './pickers.ts'
import { PageStorage, storageArea } from './settings.ts'
import { panelVariables, type Theme } from './themes.ts'

export type PluginManifest = Manifest & {
  readonly main: string
  readonly requiredPermissions?: { readonly webview?: WebviewSettings['permissions'] }
  readonly featureFlags?: { readonly CSSNextSupport?: unknown }
}

export interface PluginFiles {
  readonly manifest: PluginManifest
  /** URL of the plug-in folder, ending with a slash. */
  readonly url: string
  /** Paths in it. */
  readonly paths: readonly string[]
  read(path: string): Promise<ArrayBuffer>
}

interface PanelOptions {
  readonly plugin: PluginFiles
  readonly host: PhotoshopHost
  readonly switches: Switches
  readonly locale: string
  readonly theme: Theme
  readonly pickers: Pickers
  /** Gives the panel its place on the screen. */
  readonly bringUp: () => void
  /** Keys that the panel has no use for. */
  readonly onKey: (event: KeyboardEvent) => void
  /** Files that were dropped on the panel, which by itself takes none. */
  readonly onDrop: (event: DragEvent) => void
}

export interface PluginPanel {
  readonly driver: Driver
  /** Runs the plug-in's script, unless it ran before. */
  load(): Promise<void>
  /** Shows the panel, made when it is first shown. */
  show(): Promise<void>
  /** Id of the plug-in's first panel. */
  readonly panelId: string
  readonly window: Window
  readonly webviews: WebviewControl
  /** The plug-in's global object, as its script sees it. */
  readonly scope: object
  setTheme(theme: Theme): void
  close(): Promise<void>
}

const FRAME_CSS = `
  html, body { margin: 0; height: 100%; }
  body { overflow: auto; background: var(--uxp-host-background-color); color: var(--uxp-host-text-color);
    font: var(--uxp-host-font-size)/1.4 'Adobe Clean', 'Source Sans 3', 'Segoe UI', 'Noto Sans', 'Noto Sans CJK KR', system-ui, sans-serif; }
  * { scrollbar-width: thin; scrollbar-color: var(--spectrum-track) transparent; }
  :focus-visible { outline-color: var(--spectrum-focus); }
  uxp-panel { display: block; }
  webview { display: block; }
  dialog { box-sizing: border-box; border: 1px solid var(--spectrum-border); border-radius: 6px; padding: 16px; color: inherit;
    background: var(--uxp-host-background-color); box-shadow: 0 8px 32px rgb(0 0 0 / 45%); }
  dialog[data-title]::before { content: attr(data-title); display: block; margin-bottom: 12px; font-weight: 700; }
  dialog::backdrop { background: rgb(0 0 0 / 35%); }`

const ROOT_HEIGHTS = { fixed: '100%', auto: 'auto', late: '0' } as const
/** When a root gets its height that has none at first. */
const LATE_MS = 700

/** Opens the plug-in in `place`: loads it, creates its panel and shows it, unless that is closed. */
export async function openPanel(place: HTMLElement, options: PanelOptions): Promise<PluginPanel> {
  const { plugin, host, switches, locale } = options
  const { manifest } = plugin
  const report = host.complain
  const iframe = h('iframe', { className: 'panel-frame', title: manifest.name })
  const frameScript = new URL('frame.js', document.baseURI).href
  iframe.srcdoc = `<!doctype html><html lang="${locale.slice(0, 2)}"><head><base href="${plugin.url}">
    <style data-checked>${FRAME_CSS}</style><script src="${frameScript}"></script></head><body></body></html>`
  const loaded = new Promise((resolve) => iframe.addEventListener('load', resolve, { once: true }))
  place.append(iframe)
  await loaded
  const frameWindow = iframe.contentWindow as (Window & typeof globalThis) | null
  if (!frameWindow) throw new Error('internal: the frame of the panel was removed as it loaded')

  const frame = frameWindow.openFrame({
    webview: {
      pluginId: manifest.id,
      permissions: manifest.requiredPermissions?.webview,
      pluginUrl: plugin.url,
      pluginFiles: plugin.paths,
      switches: () => switches,
      parse: JSON.parse,
    },
    knowsUnlistedCss: switches.knowsUnlistedCss,
    hasCssNext: Boolean(manifest.featureFlags?.CSSNextSupport),
    report,
    setModal: (isModal) => {
      giveRoom(iframe, frameWindow.document.body, isModal)
      // The menu that opened it had the focus.
      if (isModal) frameWindow.focus()
    },
    restrictCanvas: (canvas) => void restrictCanvas(canvas, report),
  })
  frame.setTheme(options.theme, panelVariables(options.theme))
  frameWindow.addEventListener('keydown', options.onKey)
  frameWindow.addEventListener('dragover', (event) => event.preventDefault())
  frameWindow.addEventListener('drop', options.onDrop)

  const tellUncaught = (event: ErrorEvent | PromiseRejectionEvent): void => {
    if (!switches.tellsUncaught) return
    event.preventDefault()
    const isError = event instanceof ErrorEvent
    const type = isError ? 'uncaughtException' : 'unhandledRejection'
    const reason: unknown = isError ? event.error : event.reason
    frameWindow.dispatchEvent(Object.assign(new Event(type), { reason }))
  }
  window.addEventListener('error', tellUncaught)
  window.addEventListener('unhandledrejection', tellUncaught)

  const data = await openDataFolder(manifest.id, report)
  const { uxp, driver } = makeUxpModule({
    manifest,
    switches: () => switches,
    report,
    locale,
    pluginFiles: plugin.paths,
    readPluginFile: plugin.read,
    dataFiles: data.files,
    onDataChange: data.onChange,
    pickers: stormyPickers(
      options.pickers,
      frameWindow.document,
      () => switches.pickersStorm,
      report,
    ),
    tokens: makeTokenKeeper(manifest.id),
    openExternal: (url) => void window.open(url, '_blank', 'noopener'),
    onVisibility: (isVisible) => {
      if (switches.hiddenPage === 'sleeps') frame.webviews.sleep(!isVisible)
    },
    bringUp: async () => {
      options.bringUp()
      await show()
    },
  })
  const scope = makeGlobalScope(frameWindow, report, {
    ...ownRealm(),
    ...guardedGlobals({ manifest, locale, report, switches: () => switches, real: window }),
    localStorage: storageArea(new PageStorage(`impasto-host:${manifest.id}:`)),
    ...(switches.hasTextCodecs && { TextEncoder, TextDecoder }),
    ResizeObserver: switches.hasResizeObserver
      ? Reflect.get(frameWindow, 'ResizeObserver')
      : undefined,
  })
  const modules: Readonly<Record<string, unknown>> = { photoshop: host.modules.photoshop, uxp }
  const require = (name: string): unknown => {
    if (!Object.hasOwn(modules, name)) throw new Error(`require: there is no module "${name}"`)
    return modules[name]
  }

  const read = async (path: string): Promise<string> =>
    new TextDecoder().decode(await plugin.read(path))
  const scripts = await insertMarkup(await read(manifest.main), frameWindow.document, {
    read,
    addStyleSheet: frame.addStyleSheet,
  })
  const root = frameWindow.document.createElement('uxp-panel')
  root.style.height = ROOT_HEIGHTS[switches.rootHeight]
  frameWindow.document.body.append(root)
  // Nothing tells the plug-in of it.
  if (switches.rootHeight === 'late') setTimeout(() => (root.style.height = '600px'), LATE_MS)
  const panelId = driver.panels[0]?.id ?? ''
  let loading: Promise<void> | undefined
  const load = (): Promise<void> => {
    loading ??= driver.load(() => {
      for (const script of scripts) runPluginScript(script, scope, require)
    })
    return loading
  }
  let creating: Promise<void> | undefined
  const show = async (): Promise<void> => {
    await load()
    creating ??= driver.createPanel(panelId, root)
    await creating
    await driver.showPanel(panelId)
  }
  if (!switches.panelIsClosed) await show()
  else if (manifest.host?.data?.loadEvent === 'startup') await load()

  return {
    driver,
    load,
    show,
    panelId,
    window: frameWindow,
    webviews: frame.webviews,
    scope,
    setTheme: (theme) => frame.setTheme(theme, panelVariables(theme)),
    async close() {
      await driver.destroy()
      window.removeEventListener('error', tellUncaught)
      window.removeEventListener('unhandledrejection', tellUncaught)
      iframe.remove()
    },
  }
}

/** ECMAScript's globals of this realm. Those that are the scope's own affair are not among them. */
function ownRealm(): Record<string, unknown> {
  const left = new Set(['globalThis', 'undefined', 'eval', 'Function'])
  const names = [...ECMASCRIPT_NAMES].filter((name) => !left.has(name))
  return Object.fromEntries(names.map((name) => [name, Reflect.get(globalThis, name)]))
}

interface MarkupTools {
  readonly read: (path: string) => Promise<string>
  readonly addStyleSheet: (css: string) => void
}

/** @returns the scripts, which the browser must not run by itself. */
async function insertMarkup(html: string, into: Document, tools: MarkupTools): Promise<string[]> {
  const markup = new DOMParser().parseFromString(html, 'text/html')
  const links = [...markup.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')]
  const scripts = [...markup.querySelectorAll('script')]
  for (const link of links) tools.addStyleSheet(await tools.read(pathOf(link, 'href')))
  for (const style of markup.querySelectorAll('style')) tools.addStyleSheet(style.textContent ?? '')
  const texts = await Promise.all(
    scripts.map((script) =>
      script.hasAttribute('src') ? tools.read(pathOf(script, 'src')) : (script.textContent ?? ''),
    ),
  )
  for (const element of [...links, ...scripts, ...markup.querySelectorAll('style')])
    element.remove()
  into.body.className = markup.body.className
  into.body.append(...markup.body.childNodes)
  return texts
}

const pathOf = (element: Element, attribute: string): string =>
  (element.getAttribute(attribute) ?? '').replace(/^\.?\//, '')

/**
 * Photoshop's dialogs float over everything. While one is open the frame covers the window, and
 * the panel stays where it was in it.
 */
function giveRoom(iframe: HTMLIFrameElement, body: HTMLElement, isModal: boolean): void {
  const page = body.ownerDocument.documentElement
  if (!isModal) {
    iframe.classList.remove('over-all')
    body.style.cssText = ''
    page.style.overflow = ''
    page.style.background = ''
    return
  }
  if (iframe.classList.contains('over-all')) return
  const { left, top, width, height } = iframe.getBoundingClientRect()
  iframe.classList.add('over-all')
  page.style.overflow = 'hidden'
  // Without an image of its own the page would be painted with the body's colour.
  page.style.background = 'linear-gradient(transparent, transparent)'
  body.style.cssText = `position: fixed; left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px`
}
