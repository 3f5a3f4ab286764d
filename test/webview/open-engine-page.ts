/**
 * The engine page as the plug-in ships it, opened from file:// in Chromium, with this process in
 * the place of the panel: a port over the browser's debugging connection stands for UXP's bridge.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { connectToEngine, type EngineConnection } from '../../src/bridge/connection.ts'
import type { EngineEvents } from '../../src/bridge/messages.ts'
import type { Port } from '../../src/bridge/port.ts'
import { memorySource, sha256Of } from '../../src/engine/vgg/byte-source.ts'
import { bundle } from '../browser/bundle.ts'
import { launchChromium } from '../browser/chromium.ts'

const FILES = {
  'ort.wasm.gz': import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm'),
  'ort-worker.wasm.gz': import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'),
}
const SOURCE = new URL('../../src/webview/', import.meta.url)

const MODELS = {
  tiny: { file: new URL('../golden/vgg19-tiny.safetensors', import.meta.url), topology: 'vgg19' },
  vgg16: { file: new URL('../../models/vgg16.safetensors', import.meta.url), topology: 'vgg16' },
} as const

export interface EnginePage {
  readonly page: Page
  readonly engine: EngineConnection
  /** Every event so far, in order. */
  readonly events: {
    readonly [K in keyof EngineEvents]: EngineEvents[K][]
  }
  /** Files as the panel hands them over; a test may alter them. */
  readonly files: Record<string, Uint8Array>
  /** What the page wrote to its console. */
  readonly console: readonly string[]
  /** Settles with the next event of this kind. */
  next<K extends keyof EngineEvents>(name: K): Promise<EngineEvents[K]>
  close(): Promise<void>
}

interface EnginePageOptions {
  readonly models?: readonly (keyof typeof MODELS)[]
  /** Run in the page before its own script; they see nothing of this process. */
  readonly prepare?: readonly (() => void)[]
}

export async function openEnginePage({
  models = ['tiny'],
  prepare = [],
}: EnginePageOptions): Promise<EnginePage> {
  const files = await readAssets(models)
  const folder = await mkdtemp(join(tmpdir(), 'impasto-engine-'))
  const browser = await launchChromium()
  const close = async (): Promise<void> => {
    panel?.close()
    await browser.close()
    await rm(folder, { recursive: true })
  }
  let panel: EngineConnection | undefined
  try {
    await writeFile(join(folder, 'index.html'), await readFile(new URL('index.html', SOURCE)))
    await writeFile(join(folder, 'engine.js'), await bundle(new URL('main.ts', SOURCE)))
    const page = await browser.newPage({ viewport: { width: 360, height: 320 } })
    const lines: string[] = []
    page.on('console', (message) => lines.push(message.text()))
    page.on('pageerror', (error) => lines.push(String(error)))

    const port = await openPort(page)
    const events: { [K in keyof EngineEvents]: EngineEvents[K][] } = {
      loading: [],
      progress: [],
      log: [],
    }
    const waiting: { [K in keyof EngineEvents]: ((data: EngineEvents[K]) => void)[] } = {
      loading: [],
      progress: [],
      log: [],
    }
    const take =
      <K extends keyof EngineEvents>(name: K) =>
      (data: EngineEvents[K]): void => {
        events[name].push(data)
        for (const resolve of waiting[name].splice(0)) resolve(data)
      }
    panel = connectToEngine(port, {
      requests: {
        readAsset: async ({ name }) => {
          if (!files[name]) throw new Error(`there is no ${name}`)
          return { bytes: files[name] }
        },
      },
      events: { loading: take('loading'), progress: take('progress'), log: take('log') },
    })
    for (const script of prepare) await page.addInitScript(script)
    await page.goto(pathToFileURL(join(folder, 'index.html')).href)
    await panel.ready
    return {
      page,
      engine: panel,
      events,
      files,
      console: lines,
      next: (name) => new Promise((resolve) => waiting[name].push(resolve)),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** As UXP does it: JSON there and back, and `window.uxpHost` is the source of what arrives. */
async function openPort(page: Page): Promise<Port> {
  const receivers = new Set<(message: unknown) => void>()
  await page.exposeFunction('sendToPanel', (text: string) => {
    for (const receive of receivers) receive(JSON.parse(text))
  })
  await page.addInitScript(() => {
    const { sendToPanel } = window as unknown as { sendToPanel: (text: string) => void }
    const host = { postMessage: (message: object) => sendToPanel(JSON.stringify(message)) }
    Object.assign(window, { uxpHost: host })
  })
  return {
    post(message) {
      page
        .evaluate((text) => {
          const event = new MessageEvent('message', { data: JSON.parse(text) })
          Object.defineProperty(event, 'source', { value: window.uxpHost })
          window.dispatchEvent(event)
        }, JSON.stringify(message))
        // The page may be gone; the connection's own timers notice.
        .catch(() => undefined)
    },
    listen(receive) {
      receivers.add(receive)
      return () => receivers.delete(receive)
    },
  }
}

async function readAssets(
  models: readonly (keyof typeof MODELS)[],
): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {
    'worker.js': new TextEncoder().encode(await bundle(new URL('worker.ts', SOURCE))),
  }
  for (const [name, url] of Object.entries(FILES)) {
    files[name] = new Uint8Array(gzipSync(await readFile(new URL(url)), { level: 1 }))
  }
  const factsOf = async (file: string) => ({
    file,
    sizeBytes: files[file]!.length,
    sha256: await sha256Of(memorySource(file, files[file]!)),
  })
  const entries = []
  for (const name of models) {
    const { file, topology } = MODELS[name]
    files[`${name}.safetensors`] = new Uint8Array(await readFile(file))
    entries.push({ name, topology, ...(await factsOf(`${name}.safetensors`)) })
  }
  const list = {
    wasm: await factsOf('ort.wasm.gz'),
    workerWasm: await factsOf('ort-worker.wasm.gz'),
    workerScript: await factsOf('worker.js'),
    models: entries,
  }
  return { ...files, 'models.json': new TextEncoder().encode(JSON.stringify(list)) }
}
