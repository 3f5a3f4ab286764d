import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test, vi } from 'vitest'
import { ModelError } from '../../src/engine/errors.ts'
import { memorySource, sha256Of } from '../../src/engine/vgg/byte-source.ts'
import { makeAssets } from '../../src/webview/assets.ts'

const weights = new Uint8Array(
  await readFile(new URL('../golden/vgg19-tiny.safetensors', import.meta.url)),
)
const wasm = Uint8Array.of(1, 2, 3)
const packed = new Uint8Array(gzipSync(wasm))
const EMPTY_MODULE = new Uint8Array(gzipSync(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)))
const script = Uint8Array.of(4, 5)

const entryOf = async (file: string, bytes: Uint8Array) => ({
  file,
  sizeBytes: bytes.length,
  sha256: await sha256Of(memorySource(file, bytes)),
})
const list = {
  wasm: await entryOf('ort.wasm.gz', packed),
  workerWasm: await entryOf('ort-worker.wasm.gz', EMPTY_MODULE),
  workerScript: await entryOf('worker.js', script),
  models: [{ ...(await entryOf('tiny.safetensors', weights)), name: 'tiny', topology: 'vgg19' }],
}
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** Assets over a bridge that has `files`, and what was asked of it. */
function open(files: Record<string, Uint8Array>) {
  const asked: string[] = []
  const loading: [string, number, number][] = []
  const assets = makeAssets({
    readOverBridge: async (name, onReceived) => {
      asked.push(name)
      const bytes = files[name] ?? new Uint8Array()
      onReceived?.(bytes.length)
      return bytes
    },
    onLoading: (...progress) => loading.push(progress),
  })
  return { assets, asked, loading, files }
}
const whole = () => ({
  'models.json': encode(list),
  'ort.wasm.gz': packed,
  'ort-worker.wasm.gz': EMPTY_MODULE,
  'worker.js': script,
  'tiny.safetensors': weights.slice(),
})

afterEach(() => vi.unstubAllGlobals())

test('where the page may not fetch, everything comes over the bridge, once', async () => {
  const { assets, asked, loading } = open(whole())
  expect(await assets.by()).toBe('bridge')
  expect(await assets.wasm()).toEqual(wasm)
  const [model, again] = await Promise.all([assets.model('tiny'), assets.model('auto')])
  expect(again).toBe(model)
  expect(model).toMatchObject({ name: 'tiny', topology: 'vgg19', sha256: list.models[0]!.sha256 })
  await assets.wasm()
  expect(asked).toEqual(['models.json', 'ort.wasm.gz', 'tiny.safetensors'])
  expect(loading).toEqual([
    ['ONNX Runtime', 0, packed.length],
    ['ONNX Runtime', packed.length, packed.length],
    ['tiny', 0, weights.length],
    ['tiny', weights.length, weights.length],
  ])
})

test('where the page may fetch, the bridge is left alone', async () => {
  const files: Record<string, Uint8Array> = whole()
  vi.stubGlobal('fetch', async (name: string) => new Response(files[name] as BodyInit))
  const { assets, asked, loading } = open({})
  expect(await assets.by()).toBe('fetch')
  expect(await assets.wasm()).toEqual(wasm)
  expect((await assets.model('tiny')).topology).toBe('vgg19')
  expect(asked).toEqual([])
  expect(loading.at(-1)).toEqual(['tiny', weights.length, weights.length])
})

test('auto takes a VGG19 where there is one, else the first', async () => {
  const named = (name: string, topology: string) => ({ ...list.models[0], name, topology })
  for (const [models, expected] of [
    [[named('a', 'vgg16'), named('b', 'vgg19')], 'b'],
    [[named('a', 'vgg16'), named('c', 'vgg16')], 'a'],
  ] as const) {
    const { assets } = open({ ...whole(), 'models.json': encode({ ...list, models }) })
    expect((await assets.model('auto')).name).toBe(expected)
  }
})

test('an unknown model is refused with the names of those that are there', async () => {
  await expect(open(whole()).assets.model('vgg99')).rejects.toThrow(
    new ModelError('model "vgg99": is not in this plug-in; choose from auto, tiny'),
  )
})

test('an altered file is refused by its checksum, and read anew the next time', async () => {
  const { assets, files } = open(whole())
  files['tiny.safetensors']![weights.length - 1]! ^= 1
  await expect(assets.model('tiny')).rejects.toThrow(/tiny\.safetensors: was altered or damaged/)
  files['ort.wasm.gz'] = packed.map((byte, i) => (i === 10 ? byte ^ 1 : byte))
  await expect(assets.wasm()).rejects.toThrow(/ort\.wasm\.gz: was altered or damaged/)
  Object.assign(files, whole())
  expect(await assets.wasm()).toEqual(wasm)
  expect((await assets.model('tiny')).name).toBe('tiny')
})

test('a file of another size is refused before anything is made of it', async () => {
  await expect(
    open({ ...whole(), 'tiny.safetensors': weights.subarray(1) }).assets.model('tiny'),
  ).rejects.toThrow(/expected 408120 bytes, got 408119; install the plug-in again/)
  const files: Record<string, Uint8Array> = {
    ...whole(),
    'ort.wasm.gz': Uint8Array.of(...packed, 0),
  }
  vi.stubGlobal('fetch', async (name: string) => new Response(files[name] as BodyInit))
  await expect(open({}).assets.wasm()).rejects.toThrow(
    new RegExp(`ort\\.wasm\\.gz: is longer than ${packed.length} bytes`),
  )
})

test.each([
  ['no JSON', new TextEncoder().encode('{')],
  ['no object', encode(null)],
  ['no models', encode({ ...list, models: [] })],
  ['a size that is none', encode({ ...list, wasm: { ...list.wasm, sizeBytes: -1 } })],
  ['a size beyond all reason', encode({ ...list, wasm: { ...list.wasm, sizeBytes: 2 ** 40 } })],
])('a list with %s is refused', async (_, bytes) => {
  await expect(open({ ...whole(), 'models.json': bytes }).assets.wasm()).rejects.toThrow(
    /^models\.json: .*install the plug-in again/,
  )
})
