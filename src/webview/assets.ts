/**
 * What lies beside the page: ONNX Runtime's WebAssembly and the networks' weights. The page fetches
 * them where it may; else the panel reads them and sends them over the bridge.
 */
import { ModelError } from '../engine/errors.ts'
import { memorySource, verifiedSha256 } from '../engine/vgg/byte-source.ts'
import type { VggModel } from '../engine/vgg/model.ts'
import { readVgg } from '../engine/vgg/read-vgg.ts'
import type { TopologyName } from '../engine/vgg/topology.ts'
import type { WorkerFiles } from './workers.ts'

interface AssetEntry {
  readonly file: string
  readonly sizeBytes: number
  readonly sha256: string
}

interface ModelEntry extends AssetEntry {
  readonly name: string
  readonly topology: TopologyName
}

/** `models.json`, which the build writes. */
interface AssetList {
  /** ONNX Runtime for WebGPU; like the other, WebAssembly compressed by gzip to a quarter. */
  readonly wasm: AssetEntry
  /** ONNX Runtime for the processor, and the script that runs it. */
  readonly workerWasm: AssetEntry
  readonly workerScript: AssetEntry
  readonly models: readonly ModelEntry[]
}

interface AssetsContext {
  /** Reads a file over the bridge. */
  readonly readOverBridge: (
    name: string,
    onReceived?: (bytes: number) => void,
  ) => Promise<Uint8Array>
  readonly onLoading: (what: string, loadedBytes: number, totalBytes: number) => void
}

export interface Assets {
  /** How the files came; settles once the first has. */
  by(): Promise<'fetch' | 'bridge'>
  wasm(): Promise<Uint8Array>
  /** The files for a worker of the processor's engine. */
  worker(): Promise<WorkerFiles>
  /** A network by name; `auto` is VGG19 where there is one, else the first. @throws ModelError */
  model(name: string): Promise<VggModel>
}

const LIST_FILE = 'models.json'
const FETCH_PATIENCE_MS = 3000
const GET_AGAIN = 'install the plug-in again'

export function makeAssets({ readOverBridge, onLoading }: AssetsContext): Assets {
  const loads = new Map<string, Promise<unknown>>()
  /** Loads each thing once; a failure is forgotten, so that it can be tried again. */
  const once = <T>(key: string, load: () => Promise<T>): Promise<T> => {
    const known = loads.get(key)
    if (known) return known as Promise<T>
    const loading = load()
    loads.set(key, loading)
    loading.catch(() => loads.delete(key))
    return loading
  }

  const open = () =>
    once(LIST_FILE, async () => {
      const fetched = await fetchList()
      if (fetched) return { by: 'fetch', list: checkList(fetched) } as const
      const text = new TextDecoder().decode(await readOverBridge(LIST_FILE))
      return { by: 'bridge', list: checkList(parse(text)) } as const
    })

  const read = async ({ file, sizeBytes }: AssetEntry, what: string): Promise<Uint8Array> => {
    const { by } = await open()
    const onLoaded = (loaded: number): void => onLoading(what, loaded, sizeBytes)
    onLoaded(0)
    const bytes =
      by === 'fetch'
        ? await fetchFile(file, sizeBytes, onLoaded)
        : await readOverBridge(file, onLoaded)
    if (bytes.length !== sizeBytes) {
      throw new ModelError(
        `${file}: is damaged: expected ${sizeBytes} bytes, got ${bytes.length}; ${GET_AGAIN}`,
      )
    }
    return bytes
  }

  /** Reads a file of ONNX Runtime and checks its checksum. */
  const readWhole = async (entry: AssetEntry): Promise<Uint8Array> => {
    const bytes = await read(entry, 'ONNX Runtime')
    await verifiedSha256(memorySource(entry.file, bytes), entry.sha256)
    return bytes
  }

  return {
    by: async () => (await open()).by,
    wasm: () => once('wasm', async () => inflate(await readWhole((await open()).list.wasm))),
    worker: () =>
      once('worker', async () => {
        const { workerWasm, workerScript } = (await open()).list
        const compiling = inflate(await readWhole(workerWasm)).then(WebAssembly.compile)
        const [wasm, script] = await Promise.all([compiling, readWhole(workerScript)])
        return { wasm, script }
      }),
    async model(name) {
      const entry = pickModel((await open()).list.models, name)
      return once(`model ${entry.name}`, async () => {
        const bytes = await read(entry, entry.name)
        const { sha256 } = entry
        return readVgg(memorySource(entry.file, bytes), { name: entry.name, sha256 })
      })
    },
  }
}

/** Wherever there is the SIMD that ONNX Runtime needs, there is a stream for this too. */
async function inflate(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
  const whole = new Response(compressed.pipeThrough(new DecompressionStream('gzip')))
  return new Uint8Array(await whole.arrayBuffer())
}

function pickModel(models: readonly ModelEntry[], name: string): ModelEntry {
  const entry =
    name === 'auto'
      ? (models.find(({ topology }) => topology === 'vgg19') ?? models[0])
      : models.find((candidate) => candidate.name === name)
  if (entry) return entry
  const names = models.map((model) => model.name).join(', ')
  throw new ModelError(`model "${name}": is not in this plug-in; choose from auto, ${names}`)
}

/** Undefined where the page may not fetch its siblings, which only a try can tell. */
async function fetchList(): Promise<unknown> {
  try {
    const response = await fetch(LIST_FILE, { signal: AbortSignal.timeout(FETCH_PATIENCE_MS) })
    return response.ok ? await response.json() : undefined
  } catch {
    return undefined
  }
}

async function fetchFile(
  file: string,
  sizeBytes: number,
  onLoaded: (bytes: number) => void,
): Promise<Uint8Array> {
  const response = await fetch(file)
  const reader = response.ok ? response.body?.getReader() : undefined
  if (!reader) throw new ModelError(`${file}: is missing (${response.status}); ${GET_AGAIN}`)
  const bytes = new Uint8Array(sizeBytes)
  let loaded = 0
  for (let part = await reader.read(); part.value; part = await reader.read()) {
    if (loaded + part.value.length > sizeBytes) {
      await reader.cancel()
      throw new ModelError(`${file}: is longer than ${sizeBytes} bytes; ${GET_AGAIN}`)
    }
    bytes.set(part.value, loaded)
    loaded += part.value.length
    onLoaded(loaded)
  }
  return bytes.subarray(0, loaded)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ModelError(`${LIST_FILE}: is not JSON; ${GET_AGAIN}`, { cause })
  }
}

/** No file is larger; a damaged list must not take memory. */
const MAX_ASSET_BYTES = 2 ** 30

function checkList(list: unknown): AssetList {
  const isEntry = (entry?: Partial<AssetEntry> | null): boolean =>
    typeof entry?.file === 'string' &&
    typeof entry.sha256 === 'string' &&
    Number.isInteger(entry.sizeBytes) &&
    entry.sizeBytes! >= 0 &&
    entry.sizeBytes! <= MAX_ASSET_BYTES
  const { wasm, workerWasm, workerScript, models } = (list ?? {}) as Partial<AssetList>
  const isWhole =
    [wasm, workerWasm, workerScript].every(isEntry) &&
    Array.isArray(models) &&
    models.length > 0 &&
    models.every((model) => isEntry(model) && typeof model.name === 'string')
  if (isWhole) return list as AssetList
  throw new ModelError(
    `${LIST_FILE}: expected "wasm", "workerWasm", "workerScript" and "models" with file, sizeBytes and sha256; ${GET_AGAIN}`,
  )
}
