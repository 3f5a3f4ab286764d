import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const bundles = new Map<string, Promise<string>>()

/**
 * A page's program with all it imports, as one classic script like the one the plugin ships. Made
 * once for all files of a worker.
 */
export function bundle(entry: URL): Promise<string> {
  const made = bundles.get(entry.href) ?? makeBundle(entry)
  bundles.set(entry.href, made)
  return made
}

async function makeBundle(entry: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
    // onnxruntime-web asks for the script's address, which it needs only to fetch its own files.
    logOverride: { 'empty-import-meta': 'silent' },
  })
  return outputFiles[0]!.text
}
