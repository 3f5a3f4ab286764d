/**
 * TensorFlow.js in Node. Its gradients exist only as modules that Node cannot load as they are, so
 * they are bundled first.
 */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** @param folder where the bundle is put. */
export async function loadTfjs(folder: string): Promise<typeof import('./backend.ts')> {
  const outfile = `${folder}/tfjs.mjs`
  await build({
    entryPoints: [fileURLToPath(new URL('./backend.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    // The wasm module, a script of its own times, asks for them.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __dirname = import.meta.dirname;",
    },
    outfile,
    logLevel: 'error',
  })
  return import(pathToFileURL(outfile).href)
}

/** Where the backend's wasm files lie. */
export const wasmFolder = `${dirname(
  createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'),
)}/`
