import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('PSD files are read, changed and written with nothing but what a browser has', async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../src/host/psd-file.ts', import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'psd',
    write: false,
  })
  const bytes = new Uint8Array(
    readFileSync(fileURLToPath(new URL('../fixtures/psd/layered-16.psd', import.meta.url))),
  )
  const code = `${outputFiles[0]!.text}
    const state = psd.readPsd('layered-16.psd', bytes)
    const layers = state.layers.map((layer) => ({ ...layer, isVisible: false }))
    psd.readPsd('again.psd', psd.writePsd({ ...state, layers })).layers.map(({ name }) => name)`
  const names: string[] = runInNewContext(code, { bytes, TextDecoder, TextEncoder })
  expect(Array.from(names)).toContain('Portrait')
})
