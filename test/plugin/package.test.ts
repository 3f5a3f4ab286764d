import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { strFromU8, unzipSync } from 'fflate'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildPlugin } from '../../scripts/build-plugin.ts'
import { packageFolder } from '../../scripts/package.ts'
import { PRESETS } from '../../src/engine/presets.ts'

interface Icon {
  readonly path: string
  readonly width: number
  readonly height: number
  readonly scale: readonly number[]
  readonly theme: readonly string[]
}

const readJson = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))

let files: Record<string, Uint8Array>
let manifest: ReturnType<typeof readJson>
const textOf = (path: string): string => {
  const bytes = files[path]
  if (!bytes) throw new Error(`the package has no ${path}`)
  return strFromU8(bytes)
}

beforeAll(async () => {
  files = unzipSync(packageFolder(await buildPlugin()))
  manifest = JSON.parse(textOf('manifest.json'))
}, 240_000)

describe('the package', () => {
  test('has the version of package.json', () => {
    expect(manifest.version).toBe(readJson('package.json').version)
  })

  test('has a manifest as Photoshop expects them', () => {
    const isManifest = new Ajv({ allErrors: true }).compile(
      readJson('test/plugin/manifest-v5.json'),
    )
    expect(isManifest(manifest) ? [] : isManifest.errors).toEqual([])
  })

  test('asks for no more than a local webview, file pickers and the clipboard', () => {
    expect(manifest.requiredPermissions).toEqual({
      localFileSystem: 'request',
      clipboard: 'readAndWrite',
      webview: {
        allow: 'yes',
        domains: [],
        allowLocalRendering: 'yes',
        enableMessageBridge: 'localOnly',
      },
    })
  })

  test('has every icon that the manifest names, at every scale and for every theme', () => {
    const panel = manifest.entrypoints.find(({ type }: { type: string }) => type === 'panel')
    for (const group of [manifest.icons, panel.icons] as readonly (readonly Icon[])[]) {
      const themes = new Set(group.flatMap(({ theme }) => theme))
      for (const theme of ['darkest', 'dark', 'light', 'lightest']) {
        expect(themes.has(theme) || themes.has('all'), theme).toBe(true)
      }
      for (const { path, width, height, scale } of group) {
        for (const factor of scale) {
          const name = path.replace('.png', `@${factor}x.png`)
          const header = new DataView(files[name]!.buffer, files[name]!.byteOffset)
          expect([header.getUint32(16), header.getUint32(20)], name).toEqual([
            width * factor,
            height * factor,
          ])
        }
      }
    }
  })

  test('has a command for the last settings and one for every preset', () => {
    const commands = manifest.entrypoints
      .filter(({ type }: { type: string }) => type === 'command')
      .map(({ id }: { id: string }) => id)
    expect(commands).toEqual(['stylize', ...PRESETS.map(({ name }) => `preset-${name}`)])
  })

  test('has a picture of every preset but the slow ones, which start from noise', () => {
    for (const { name, isSlow } of PRESETS)
      expect(Object.hasOwn(files, `icons/presets/${name}.jpg`), name).toBe(!isSlow)
  })

  test.each(['index.html', 'webview/index.html'])('has every file that %s names', (page) => {
    const folder = page.slice(0, page.lastIndexOf('/') + 1)
    const named = [...textOf(page).matchAll(/\b(?:src|href)="([^"#]+)"/g)].map(([, path]) => path!)
    expect(named.length).toBeGreaterThan(0)
    for (const path of named) expect(Object.keys(files)).toContain(`${folder}${path}`)
  })

  test('has the weights and WebAssembly that the asset list names, unchanged', async () => {
    const { wasm, workerWasm, workerScript, models } = JSON.parse(textOf('webview/models.json'))
    for (const { file, sizeBytes, sha256 } of [wasm, workerWasm, workerScript, ...models]) {
      const bytes = files[`webview/${file}`]!
      expect(bytes.length, file).toBe(sizeBytes)
      const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
      expect(Buffer.from(digest).toString('hex'), file).toBe(sha256)
    }
  })

  test('is the main file that the manifest names, a page of classic scripts', () => {
    expect(manifest.main).toBe('index.html')
    for (const page of ['index.html', 'webview/index.html']) {
      expect(textOf(page)).not.toMatch(/type="module"|https?:\/\//)
    }
  })
})

describe('the bundles', () => {
  test.each(['panel.js', 'webview/engine.js'])('%s evaluates no strings as code', (file) => {
    // `.eval(` would be somebody's method; `Function(` as a call or constructor is what counts.
    expect(textOf(file)).not.toMatch(
      /(?<![\w.$])eval\s*\(|(?<![\w.$])(new\s+)?Function\s*\(\s*["'`]/,
    )
  })

  test.each(['panel.js', 'webview/engine.js'])(
    '%s names no path of the building machine',
    (file) => {
      expect(textOf(file)).not.toMatch(/file:\/\/\/|node_modules/)
    },
  )

  test('the scripts of the engine page and of its workers have no further chunks', () => {
    expect(Object.keys(files).filter((path) => path.endsWith('.js'))).toEqual([
      'panel.js',
      'webview/engine.js',
      'webview/worker.js',
    ])
  })

  test('the panel leaves Photoshop’s modules to Photoshop and needs no others', () => {
    const required = [...textOf('panel.js').matchAll(/\brequire\("([^"]+)"\)/g)].map(([, id]) => id)
    expect(new Set(required)).toEqual(new Set(['photoshop', 'uxp']))
  })
})
