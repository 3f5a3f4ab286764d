import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildHost } from '../../../scripts/host/build.ts'
import { readByAgPsd } from '../../psd/ag-psd.ts'

const PANEL = '<!doctype html><html><head><script src="panel.js"></script></head></html>'
const PAGES = {
  'webview/index.html':
    '<!doctype html>\n<html lang="en">\n<head>\n<script src="engine.js"></script></head></html>',
  'webview/bare.html': '<script>first()</script>',
}

const ENGINE = 'const tag = "</script>$&"'

let root: string
const read = (path: string): Promise<string> => readFile(join(root, 'out', path), 'utf8')

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'impasto-build-'))
  const plugin = join(root, 'plugin')
  await mkdir(join(plugin, 'webview'), { recursive: true })
  await writeFile(join(plugin, 'manifest.json'), JSON.stringify({ main: 'index.html' }))
  await writeFile(join(plugin, 'index.html'), PANEL)
  await writeFile(join(plugin, 'webview/engine.js'), ENGINE)
  for (const [path, text] of Object.entries(PAGES)) await writeFile(join(plugin, path), text)
  await mkdir(join(root, 'out/plugin'), { recursive: true })
  await writeFile(join(root, 'out/plugin/old.js'), 'of an earlier build')
  await buildHost({ plugin, out: join(root, 'out') })
})
afterAll(() => rm(root, { recursive: true }))

test('writes a page and all it names', async () => {
  const html = await read('index.html')
  const named = [...html.matchAll(/(?:src|href)="([^"]+\.\w+)"/g)].map(([, path]) => path)
  expect(named).toEqual(['host.css', 'host.js'])
  expect(await readdir(join(root, 'out'))).toEqual(
    expect.arrayContaining([...named, 'frame.js', 'plugin', 'plugin-files.json', 'samples']),
  )
})

test('lists the files of the plug-in, and of no earlier build', async () => {
  expect(JSON.parse(await read('plugin-files.json'))).toEqual([
    'index.html',
    'manifest.json',
    'webview/bare.html',
    'webview/engine.js',
    'webview/index.html',
  ])
  expect(await readdir(join(root, 'out/plugin'))).not.toContain('old.js')
})

test('leaves the page of the panel as it is', async () => {
  expect(await read('plugin/index.html')).toBe(PANEL)
})

test.each(Object.keys(PAGES))('puts its script before all others of %s', async (path) => {
  const [first = '', second] = (await read(`plugin/${path}`)).split('</script>')
  expect(first).toContain('uxpHost')
  expect(second).not.toContain('uxpHost')
})

test("puts a page's scripts into it, where they cannot end it", async () => {
  const page = await read('plugin/webview/index.html')
  expect(page.endsWith('<script>const tag = "<\\/script>$&"</script></head></html>')).toBe(true)
})

test('makes a sample that another program opens', async () => {
  const psd = readByAgPsd(await readFile(join(root, 'out/samples/mountains.psd')))
  expect(psd.width).toBe(1200)
  expect(psd.children?.map(({ name, opacity }) => [name, opacity])).toEqual([
    ['Background', 1],
    ['Signature', expect.closeTo(0.85, 2)],
  ])
})
