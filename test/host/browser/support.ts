/** A plug-in of a few lines in the host page, in Chromium. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { buildHost } from '../../../scripts/host/build.ts'
import { type FolderServer, serveFolder } from '../../../scripts/host/serve.ts'
import type {} from '../../../src/host/browser/driver.ts'
import type { Switches } from '../../../src/host/switches.ts'
import { launchChromium } from '../../browser/chromium.ts'

export const PLUGIN_ID = 'org.example.test'

export const WEBVIEW_PERMISSIONS = {
  allow: 'yes',
  domains: [],
  allowLocalRendering: 'yes',
  enableMessageBridge: 'localOnly',
}

/** Keeps every message that it gets, after having announced itself. */
const PAGE_SCRIPT = `
  var heard = []
  function load(path) { return import(path) }
  addEventListener('message', function (event) { heard.push(event) })
  if (window.uxpHost) uxpHost.postMessage({ hello: location.pathname.split('/').pop() })`
const PAGE =
  '<!doctype html><html><head><script src="page.js"></script></head><body>engine</body></html>'

/** Runs in the plug-in's scope. */
const PANEL = `
  const { entrypoints } = require('uxp')
  entrypoints.setup({
    panels: { main: {
      create(root) { root.innerHTML = PANEL_HTML },
      show() {}, hide() {},
      invokeMenu(id) { window.invoked = id },
      menuItems: [{ id: 'about', label: 'About' }, '-', { id: 'off', label: 'Off', enabled: false }],
    } },
    commands: { go: { run() { window.ran = true } } },
  })`

export interface PluginOptions {
  readonly webview?: object
  readonly html?: string
  readonly css?: string
  readonly files?: Readonly<Record<string, string>>
}

export interface OpenHost {
  readonly page: Page
  /** The panel's document. */
  readonly panel: Frame
  /** What the page wrote to its console. */
  readonly console: readonly string[]
  violations(): Promise<readonly string[]>
  /** Adds a webview to the panel. @returns its page once that has loaded. */
  openWebview(src?: string): Promise<Frame>
}

interface OpenOptions extends PluginOptions {
  readonly switches?: Partial<Switches>
  readonly query?: Readonly<Record<string, string>>
  readonly by?: 'http' | 'file'
}

export interface Hosts {
  open(options?: OpenOptions): Promise<OpenHost>
  close(): Promise<void>
}

/** Every host page has storage of its own. */
export async function launchHosts(): Promise<Hosts> {
  const browsers = new Map<'http' | 'file', Promise<Browser>>()
  const browserFor = (by: 'http' | 'file'): Promise<Browser> => {
    const further = by === 'file' ? ['--allow-file-access-from-files'] : []
    const browser = browsers.get(by) ?? launchChromium(further)
    browsers.set(by, browser)
    return browser
  }
  const root = await mkdtemp(join(tmpdir(), 'impasto-host-'))
  const built = new Map<string, Promise<{ folder: string; server: FolderServer }>>()

  async function build(plugin: PluginOptions): Promise<{ folder: string; server: FolderServer }> {
    const folder = join(root, String(built.size))
    await writePlugin(`${folder}-plugin`, plugin)
    await buildHost({ plugin: `${folder}-plugin`, out: folder })
    return { folder, server: await serveFolder(folder, 0) }
  }

  return {
    async open({ by = 'http', switches, query: fields, ...plugin } = {}) {
      const key = JSON.stringify(plugin)
      const building = built.get(key) ?? build(plugin)
      built.set(key, building)
      const { folder, server } = await building
      const base = by === 'file' ? `${pathToFileURL(folder)}/index.html` : server.url
      const query = new URLSearchParams(fields)
      if (switches) query.set('switches', JSON.stringify(switches))
      return openHostPage(await browserFor(by), `${base}?${query}`)
    },
    async close() {
      for (const browser of await Promise.all(browsers.values())) await browser.close()
      for (const { server } of await Promise.all(built.values())) await server.close()
      await rm(root, { recursive: true })
    },
  }
}

/** A page for each test of a suite, whose console must stay empty. @returns the present test's. */
export function openForEach(options?: OpenOptions): () => OpenHost {
  let hosts: Hosts
  let host: OpenHost
  beforeAll(async () => {
    hosts = await launchHosts()
  })
  afterAll(() => hosts.close())
  beforeEach(async () => {
    host = await hosts.open(options)
    return async () => {
      await host.page.close()
      expect(host.console).toEqual([])
    }
  })
  return () => host
}

async function openHostPage(browser: Browser, url: string): Promise<OpenHost> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(10_000)
  const lines: string[] = []
  page.on('console', (message) => lines.push(message.text()))
  page.on('pageerror', (error) => lines.push(String(error)))
  await page.goto(url)
  await page.evaluate(async () => void (await window.impastoHost))
  const panel = page.frames().find((frame) => frame.parentFrame() === page.mainFrame())
  if (!panel) throw new Error(`the host page has no panel; its console: ${lines.join('\n')}`)
  return {
    page,
    panel,
    console: lines,
    violations: () =>
      page.evaluate(async () => [...(await window.impastoHost).host.audit.violations]),
    async openWebview(src = 'plugin:/webview/index.html') {
      await panel.evaluate(async (url) => {
        const webview = document.createElement('webview')
        const loaded = new Promise((resolve) => webview.addEventListener('loadstop', resolve))
        webview.setAttribute('src', url)
        document.body.append(webview)
        await loaded
      }, src)
      const frame = panel.childFrames().at(-1)
      if (!frame) throw new Error('the webview has no page')
      return frame
    },
  }
}

async function writePlugin(folder: string, options: PluginOptions): Promise<void> {
  const { webview = WEBVIEW_PERMISSIONS, html = '', css = '', files = {} } = options
  const manifest = {
    manifestVersion: 5,
    id: PLUGIN_ID,
    name: 'Test',
    version: '1.0.0',
    main: 'index.html',
    host: { app: 'PS', minVersion: '26.0.0' },
    entrypoints: [
      { type: 'panel', id: 'main', label: { default: 'Test panel', ko: '시험 패널' } },
      { type: 'command', id: 'go', label: 'Go' },
    ],
    requiredPermissions: { localFileSystem: 'request', webview },
  }
  const all: Readonly<Record<string, string>> = {
    'manifest.json': JSON.stringify(manifest),
    'index.html':
      '<!doctype html><html><head><link rel="stylesheet" href="panel.css"></head><body><script src="panel.js"></script></body></html>',
    'panel.css': css,
    'panel.js': `const PANEL_HTML = ${JSON.stringify(html)}\n${PANEL}`,
    'webview/index.html': PAGE,
    'webview/page.js': PAGE_SCRIPT,
    'webview/module.js': 'export default 7',
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, text)
  }
}

/** In the panel: the messages that its window gets from now on, by their data. */
export async function listenInPanel(panel: Frame): Promise<() => Promise<unknown[]>> {
  await panel.evaluate(() => {
    const got: unknown[] = []
    Object.assign(window, { got })
    window.addEventListener('message', (event) => got.push(event.data))
  })
  return () => panel.evaluate(() => Reflect.get(window, 'got') as unknown[])
}
