import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A page's program with all it imports, as one classic script like the one the plugin ships. */
export async function bundle(entry: URL): Promise<string> {
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
