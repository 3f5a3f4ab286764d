/** Builds the host page: a static folder with the editor, the plug-in and a sample document. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { sampleDocument } from './sample.ts'

interface HostBuild {
  /** The plug-in as `npm run build` leaves it. */
  readonly plugin: string
  /** Made anew. */
  readonly out: string
}

const source = (path: string): string =>
  fileURLToPath(new URL(`../../src/host/browser/${path}`, import.meta.url))

/** Served over http or opened from file: (in Chromium with --allow-file-access-from-files). */
export async function buildHost({ plugin, out }: HostBuild): Promise<void> {
  await rm(out, { recursive: true, force: true })
  await mkdir(join(out, 'samples'), { recursive: true })
  const shim = bundle(source('page-shim.ts'), true)
  await Promise.all([
    bundle(source('main.ts')).then((code) => writeFile(join(out, 'host.js'), code)),
    bundle(source('frame/main.ts')).then((code) => writeFile(join(out, 'frame.js'), code)),
    writeFile(join(out, 'index.html'), INDEX),
    cp(source('host.css'), join(out, 'host.css')),
    sampleDocument().then((bytes) => writeFile(join(out, 'samples/mountains.psd'), bytes)),
    copyPlugin(plugin, out, shim),
  ])
}

/**
 * All pages but the panel's own are shown in webviews: they get the shim at their head, and their
 * scripts within, because Chromium loads none from file: into a frame with an opaque origin.
 */
async function copyPlugin(plugin: string, out: string, shim: Promise<string>): Promise<void> {
  const target = join(out, 'plugin')
  await cp(plugin, target, { recursive: true })
  const { main } = JSON.parse(await readFile(join(plugin, 'manifest.json'), 'utf8'))
  const files = (await readdir(plugin, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(plugin, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
  await writeFile(join(out, 'plugin-files.json'), JSON.stringify(files))
  for (const file of files.filter((path) => path.endsWith('.html') && path !== main)) {
    const page = await readFile(join(plugin, file), 'utf8')
    const whole = await inlineScripts(page, join(plugin, dirname(file)))
    await writeFile(join(target, file), injectAtHead(whole, await shim))
  }
}

/** Before the page's first script, however short its markup. */
function injectAtHead(page: string, script: string): string {
  const tag = `<script>${escapeScript(script)}</script>`
  const [opening] = page.match(/^\s*(<!doctype[^>]*>)?\s*(<html[^>]*>)?\s*(<head[^>]*>)?/i) ?? ['']
  return opening + tag + page.slice(opening.length)
}

async function inlineScripts(page: string, folder: string): Promise<string> {
  const found = [...page.matchAll(/<script([^>]*)\ssrc="([^":]+)"([^>]*)>/g)]
  let inlined = page
  for (const [tag, before, path, after] of found) {
    const script = escapeScript(await readFile(join(folder, path ?? ''), 'utf8'))
    // A function, because text may have $ in it.
    inlined = inlined.replace(tag, () => `<script${before}${after}>${script}`)
  }
  return inlined
}

/** Escapes what would end a script element from within its own strings. */
const escapeScript = (script: string): string =>
  script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')

async function bundle(entry: string, isInline = false): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: isInline,
    sourcemap: isInline ? false : 'inline',
    write: false,
    logLevel: 'error',
  })
  return outputFiles[0]!.text
}

const INDEX = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Impasto</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="host.css">
  </head>
  <body>
    <div id="editor"></div>
    <script src="host.js"></script>
  </body>
</html>
`
