/** The built plug-in with the tiny golden network in the place of VGG16, for tests of the flow. */
import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TINY = new URL('../golden/vgg19-tiny.safetensors', import.meta.url)

/** @returns a folder of its own. */
export async function withTinyNetwork(dist: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'impasto-tiny-'))
  cpSync(dist, folder, { recursive: true })
  const bytes = readFileSync(TINY)
  const list = JSON.parse(readFileSync(join(folder, 'webview/models.json'), 'utf8'))
  rmSync(join(folder, 'webview/vgg16.safetensors'))
  writeFileSync(join(folder, 'webview/tiny.safetensors'), bytes)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const tiny = { name: 'vgg16', topology: 'vgg19', file: 'tiny.safetensors' }
  const models = [{ ...tiny, sizeBytes: bytes.length, sha256 }]
  writeFileSync(join(folder, 'webview/models.json'), JSON.stringify({ ...list, models }))
  return folder
}
