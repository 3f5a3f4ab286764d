/** The built plug-in in the host page in Chromium, and hands for its user. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Browser, Frame, Locator, Page } from 'playwright-core'
import { buildPlugin } from '../../scripts/build-plugin.ts'
import { buildHost } from '../../scripts/host/build.ts'
import { type FolderServer, serveFolder } from '../../scripts/host/serve.ts'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import type { Switches } from '../../src/host/switches.ts'
import { launchChromium } from '../browser/chromium.ts'

declare const impastoHost: Promise<ImpastoHost>

/** Screenshots of the tests, looked at by people. */
const artefacts = fileURLToPath(new URL('../../out/screenshots/', import.meta.url))

export interface PluginOptions {
  /** Changes the built plug-in before the host page is made of it. */
  readonly prepare?: (dist: string) => Promise<string>
  readonly by?: 'http' | 'file'
}

export interface HostSite {
  open(options?: OpenOptions): Promise<OpenPlugin>
  close(): Promise<void>
}

export interface OpenOptions {
  readonly switches?: Partial<Switches>
  readonly theme?: string
  readonly language?: string
  readonly width?: number
  /** Of the docked panel, px. */
  readonly panelWidth?: number
  readonly height?: number
  /** What the panel remembers from before. */
  readonly settings?: object
  /** Runs in every engine page before its own script; sees nothing of this file. */
  readonly inEnginePage?: () => void
}

export interface OpenPlugin {
  readonly page: Page
  /** What any frame wrote to its console, and requests that left the site. */
  readonly noise: readonly string[]
  /** Of the plug-in as it was last loaded. */
  readonly panel: Frame
  /** A button of the panel by its text. */
  button(text: string): Locator
  screenshot(name: string): Promise<void>
  /** As in another session. */
  reload(): Promise<void>
  close(): Promise<void>
}

/** Builds the host page once for a test file. */
export async function makeSite({ prepare, by = 'http' }: PluginOptions = {}): Promise<HostSite> {
  const out = mkdtempSync(join(tmpdir(), 'impasto-host-'))
  const built = await buildPlugin()
  const plugin = prepare ? await prepare(built) : built
  await buildHost({ plugin, out })
  if (plugin !== built) rmSync(plugin, { recursive: true, force: true })
  const server: FolderServer | undefined = by === 'http' ? await serveFolder(out, 0) : undefined
  const base = server?.url ?? `${pathToFileURL(out)}/`
  const browser: Browser = await launchChromium(
    by === 'file' ? ['--allow-file-access-from-files'] : [],
  )
  return {
    open: (options = {}) => openPlugin(browser, base, options),
    async close() {
      await browser.close()
      await server?.close()
      rmSync(out, { recursive: true, force: true })
    },
  }
}

async function openPlugin(
  browser: Browser,
  base: string,
  options: OpenOptions,
): Promise<OpenPlugin> {
  const { switches = {}, theme, language, panelWidth, settings, inEnginePage } = options
  const { width = 1400, height = 900 } = options
  const context = await browser.newContext({ viewport: { width, height } })
  const page = await context.newPage()
  const noise: string[] = []
  page.on('console', (message) => noise.push(message.text()))
  page.on('pageerror', (error) => noise.push(String(error)))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(base) && !/^(data|blob):/.test(url)) noise.push(`request to ${url}`)
  })
  if (settings) {
    await page.addInitScript(
      (remembered) => {
        // Sandboxed frames have no storage.
        if (window.top !== window) return
        const key = 'impasto-host:org.impasto.photoshop:impasto.settings'
        localStorage.setItem(key, remembered)
      },
      // In the form of version 1, which had one style: tests and pictures need no more.
      JSON.stringify({ version: 1, ...settings }),
    )
  }
  if (inEnginePage) {
    // The host page frames the panel, and that the engine page.
    await page.addInitScript(`if (window.parent !== window.top) (${inEnginePage})()`)
  }
  const query = new URLSearchParams({
    ...(theme ? { theme } : {}),
    ...(language ? { language } : {}),
    ...(panelWidth ? { dockWidth: String(panelWidth) } : {}),
    switches: JSON.stringify(switches),
  })
  await page.goto(`${base}index.html?${query}`)
  await page.evaluate(async () => void (await impastoHost))
  const panelFrame = async (): Promise<Frame> =>
    (await (await page.waitForSelector('iframe', { state: 'attached' })).contentFrame())!
  let panel = await panelFrame()
  return {
    page,
    noise,
    get panel() {
      return panel
    },
    button: (text) => panel.locator('sp-button, sp-action-button', { hasText: text }).first(),
    async screenshot(name) {
      mkdirSync(artefacts, { recursive: true })
      await page.screenshot({ path: join(artefacts, `${name}.png`) })
    },
    async reload() {
      await page.evaluate(async () => (await impastoHost).reloadPlugin())
      panel = await panelFrame()
    },
    close: () => context.close(),
  }
}
