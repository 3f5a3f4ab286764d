/** Networks that can be used: the built-in one and those the user added to their data directory. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import envPaths from 'env-paths'
import { ImageError, ImpastoError, ModelError } from '../../engine/errors.ts'
import { type ByteSource, memorySource, sha256Of } from '../../engine/vgg/byte-source.ts'
import type { Preprocessing, VggModel } from '../../engine/vgg/model.ts'
import { MAX_ONNX_BYTES, readOnnxVgg } from '../../engine/vgg/onnx-weights.ts'
import { describeRule, type InputRuleName, readVgg } from '../../engine/vgg/read-vgg.ts'
import { writeSafetensors } from '../../engine/vgg/safetensors.ts'
import {
  type ConvName,
  convLayers,
  TOPOLOGIES,
  type TopologyName,
} from '../../engine/vgg/topology.ts'
import { writeFileAtomic } from '../files/write-file.ts'
import { withFileSource } from './file-source.ts'

/** What is known of a model without opening its file. */
interface ModelFacts {
  readonly name: string
  /** Hash of the safetensors file that is loaded. */
  readonly sha256: string
  readonly topology: TopologyName
  /** `conv1_1..conv5_1` */
  readonly layers: string
  readonly preprocessing: Preprocessing
}

/** An added model, as it stands in `models.json`. */
interface ModelRecord extends ModelFacts {
  /** The file that was added, before its conversion. */
  readonly sourceFile: string
  readonly sourceSha256: string
  /** ISO 8601 */
  readonly added: string
}

export interface ModelEntry extends ModelFacts {
  readonly path: string
  readonly deepest: ConvName
  readonly isBuiltIn: boolean
  /** Where the weights came from, for people. */
  readonly origin: string
}

const BUILT_IN_DIRECTORY = fileURLToPath(new URL('../../../models/', import.meta.url))

/** The user's data directory; the environment variable IMPASTO_DATA names another. */
function dataDirectory(): string {
  return process.env.IMPASTO_DATA || envPaths('impasto', { suffix: '' }).data
}

const modelsDirectory = (): string => join(dataDirectory(), 'models')
const recordsPath = (): string => join(modelsDirectory(), 'models.json')
const weightsPath = (name: string): string => join(modelsDirectory(), `${name}.safetensors`)

/** The built-in models, then the added ones in the order they came. */
export async function listModels(): Promise<ModelEntry[]> {
  const builtIn = (await readManifest()).map(({ file, source, licence, ...facts }) => ({
    ...entryOf(facts, join(BUILT_IN_DIRECTORY, file)),
    isBuiltIn: true,
    origin: `${source} (${licence})`,
  }))
  const added = (await readRecordsIfPermitted()).map(
    ({ sourceFile, sourceSha256, added, ...facts }) => ({
      ...entryOf(facts, weightsPath(facts.name)),
      isBuiltIn: false,
      origin: `${sourceFile}, added ${added.slice(0, 10)}`,
    }),
  )
  return [...builtIn, ...added]
}

interface AddModelOptions {
  /** The topology's name by default, such as `vgg19`. */
  readonly name?: string
  /** For files that do not state their input rule. */
  readonly preprocessing?: InputRuleName
}

/**
 * Converts the convolutions of a VGG16 or VGG19 in safetensors or ONNX to a float16 safetensors file
 * in the data directory and records it.
 * @throws ModelError
 */
export async function addModel(path: string, options: AddModelOptions = {}): Promise<ModelRecord> {
  if (options.name !== undefined) await assertNameFree(options.name)
  const model = await withFileSource(path, (source) => readForeign(source, options.preprocessing))
  const name = options.name ?? model.topology
  await assertNameFree(name)
  const sourceFile = basename(path)
  const bytes = toFloat16File(model, sourceFile)
  const record: ModelRecord = {
    name,
    sourceFile,
    sourceSha256: model.sha256,
    sha256: await sha256Of(memorySource(name, bytes)),
    preprocessing: model.preprocessing,
    topology: model.topology,
    layers: layersOf(model),
    added: new Date().toISOString(),
  }
  await writeWhole(weightsPath(name), bytes)
  try {
    await writeRecords([...(await readRecords()), record])
  } catch (error) {
    await rm(weightsPath(name), { force: true })
    throw error
  }
  return record
}

/** Forgets an added model and deletes its file. */
export async function removeModel(name: string): Promise<void> {
  const records = await readRecords()
  if (!records.some((record) => record.name === name)) {
    const isBuiltIn = (await readManifest()).some((model) => model.name === name)
    throw new ModelError(
      `model "${name}": ${isBuiltIn ? 'is built in and stays' : 'is not there'}; ${listNames('added', records)}`,
    )
  }
  await writeRecords(records.filter((record) => record.name !== name))
  await rm(weightsPath(name), { force: true })
}

interface Verification {
  readonly name: string
  /** What is wrong with the file; absent when it is as it was recorded. */
  readonly problem?: string
}

/** Reads every model whole and compares its checksum. */
export async function verifyModels(): Promise<Verification[]> {
  const results: Verification[] = []
  for (const entry of await listModels()) {
    try {
      await readEntry(entry)
      results.push({ name: entry.name })
    } catch (error) {
      if (!(error instanceof ImpastoError)) throw error
      results.push({ name: entry.name, problem: error.message })
    }
  }
  return results
}

interface ModelNeeds {
  readonly topology?: TopologyName
  /** The last convolution that is needed; nothing behind it is read. */
  readonly deepest?: ConvName
}

/**
 * The named model, or with `auto` the first in the order of `listModels` that has what is needed, a
 * VGG19 before any VGG16. The checksum is verified.
 * @throws ModelError when there is no such model, it lacks what is needed or its file was altered.
 */
export async function loadModel(name: string, needs: ModelNeeds = {}): Promise<VggModel> {
  const entries = await listModels()
  if (name === 'auto') {
    const fitting = entries.filter((candidate) => lackOf(candidate, needs) === undefined)
    const entry = fitting.find(({ topology }) => topology === 'vgg19') ?? fitting[0]
    if (entry) return readEntry(entry, needs.deepest)
    const wanted = [needs.topology, needs.deepest && `up to ${needs.deepest}`]
    throw new ModelError(
      `no model has ${wanted.filter(Boolean).join(' ')}; there are ${entries.map(describeEntry).join(', ')}; add one: impasto models add FILE`,
    )
  }
  const entry = entries.find((candidate) => candidate.name === name)
  if (!entry) {
    // Perhaps it is, where nothing can be read.
    await readRecords()
    throw new ModelError(
      `model "${name}": is not there; choose from auto, ${entries.map((candidate) => candidate.name).join(', ')} or add it: impasto models add FILE`,
    )
  }
  const lack = lackOf(entry, needs)
  if (lack) throw new ModelError(`model "${name}": ${lack}; choose another model or other layers`)
  return readEntry(entry, needs.deepest)
}

function lackOf({ topology, deepest }: ModelEntry, needs: ModelNeeds): string | undefined {
  if (needs.topology && needs.topology !== topology) {
    return `is ${topology}, expected ${needs.topology}`
  }
  const names = convLayers(topology).map((layer) => layer.name)
  if (!needs.deepest) return undefined
  if (!names.includes(needs.deepest)) return `${topology} has no ${needs.deepest}`
  if (names.indexOf(needs.deepest) <= names.indexOf(deepest)) return undefined
  return `ends at ${deepest}, expected ${needs.deepest}`
}

function readEntry({ name, path, sha256 }: ModelEntry, deepest?: ConvName): Promise<VggModel> {
  return withFileSource(path, (source) => readVgg(source, { name, sha256, deepest }))
}

const describeEntry = ({ name, topology, layers }: ModelEntry): string =>
  `${name} (${topology}, ${layers})`

const listNames = (what: string, models: readonly { name: string }[]): string =>
  models.length > 0
    ? `${what} are ${models.map(({ name }) => name).join(', ')}`
    : `none are ${what}`

/** First bytes of files that are often tried, and what to do with them. */
const FOREIGN_FORMATS: readonly { readonly start: string; readonly advice: string }[] = [
  {
    start: 'PK\x03\x04',
    advice:
      'is a zip, perhaps a PyTorch .pth or a .keras file; save its state_dict with safetensors.torch.save_file',
  },
  {
    start: '\x80\x02',
    advice:
      'is a Python pickle, perhaps an older PyTorch .pth; save its state_dict with safetensors.torch.save_file',
  },
  { start: '\x89HDF', advice: 'is HDF5, perhaps Keras weights; export the network to ONNX' },
]

/** Tells the format by its content; the extension is not consulted. */
async function readForeign(
  source: ByteSource,
  preprocessing: InputRuleName | undefined,
): Promise<VggModel> {
  const start = String.fromCharCode(...(await source.read(0, Math.min(9, source.size))))
  const foreign = FOREIGN_FORMATS.find((format) => start.startsWith(format.start))
  if (foreign) {
    throw new ModelError(
      `${source.name}: expected safetensors or ONNX, got another format: it ${foreign.advice}`,
    )
  }
  if (start[8] === '{') return readVgg(source, { preprocessing })
  // An ONNX model opens with its IR version: field 1, a varint.
  if (start[0] !== '\x08') {
    throw new ModelError(
      `${source.name}: is neither safetensors nor ONNX; give VGG16 or VGG19 weights in one of these formats`,
    )
  }
  if (source.size > MAX_ONNX_BYTES) {
    throw new ModelError(
      `${source.name}: has ${source.size} bytes, at most ${MAX_ONNX_BYTES} are read of ONNX; save the weights as safetensors`,
    )
  }
  return readOnnxVgg(source.name, await source.read(0, source.size), { preprocessing })
}

function toFloat16File(model: VggModel, sourceFile: string): Uint8Array {
  const { scale, mean, std } = model.preprocessing
  const indices = new Map(
    convLayers(model.topology).map(({ name, featureIndex }) => [name, featureIndex]),
  )
  const tensors = [...model.parameters].flatMap(([name, { weight, shape, bias }]) => {
    const key = `features.${indices.get(name)}`
    return [
      { name: `${key}.weight`, shape, data: weight },
      { name: `${key}.bias`, shape: [bias.length], data: bias },
    ]
  })
  return writeSafetensors(tensors, {
    dtype: 'F16',
    metadata: {
      architecture: model.topology,
      layers: layersOf(model),
      input: describeRule(model.preprocessing),
      channels: 'rgb',
      scale: String(scale),
      mean: mean.join(','),
      std: std.join(','),
      source: sourceFile,
      source_sha256: model.sha256,
    },
  })
}

const layersOf = ({ deepest }: VggModel): string => `conv1_1..${deepest}`

function entryOf(facts: ModelFacts, path: string): Omit<ModelEntry, 'isBuiltIn' | 'origin'> {
  return { ...facts, path, deepest: facts.layers.split('..')[1] as ConvName }
}

const NAME = /^[a-z0-9]+([._-][a-z0-9]+)*$/
const MAX_NAME_LENGTH = 64
/** Names that Windows keeps for devices, whatever the extension. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/

/** A name is part of a path, on file systems that may ignore case. */
function assertName(name: string): void {
  const isWellFormed = NAME.test(name) && name.length <= MAX_NAME_LENGTH && !DEVICE_NAME.test(name)
  if (isWellFormed && name !== 'auto') return
  throw new ModelError(
    `model name "${name}": expected at most ${MAX_NAME_LENGTH} lower-case letters, digits and single - . _ between them, not "auto"; choose one with --name`,
  )
}

async function assertNameFree(name: string): Promise<void> {
  assertName(name)
  const taken = (await listModels()).find((entry) => entry.name === name)
  if (!taken) return
  throw new ModelError(
    taken.isBuiltIn
      ? `model "${name}": is the built-in model's name; choose another with --name`
      : `model "${name}": is there already (${taken.origin}); choose another name with --name or remove it first`,
  )
}

interface ManifestModel extends ModelFacts {
  readonly file: string
  readonly source: string
  readonly licence: string
}

async function readManifest(): Promise<ManifestModel[]> {
  const path = join(BUILT_IN_DIRECTORY, 'manifest.json')
  const help = 'install the program again'
  const models = await readModelList(path, ['file', 'source', 'licence'], help)
  if (!models) throw new ModelError(`${path}: is missing; ${help}`)
  return models as ManifestModel[]
}

async function readRecords(): Promise<ModelRecord[]> {
  const texts = ['sourceFile', 'sourceSha256', 'added']
  const help = 'delete it and add the models again'
  return ((await readModelList(recordsPath(), texts, help)) ?? []) as ModelRecord[]
}

/** The built-in models serve those, too, whose home may not be read, or is none. */
const readRecordsIfPermitted = (): Promise<ModelRecord[]> =>
  readRecords().catch((error: Error) => {
    const { code } = (error.cause ?? {}) as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM' || code === 'ENOTDIR') return []
    throw error
  })

/** The models of a JSON file, checked, or undefined when there is no such file. */
async function readModelList(
  path: string,
  texts: readonly string[],
  help: string,
): Promise<ModelFacts[] | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ModelError(`${path}: cannot be read: ${(error as Error).message}`, { cause: error })
  }
  let models: unknown
  try {
    models = (JSON.parse(text) as { models?: unknown } | null)?.models
  } catch (error) {
    throw new ModelError(`${path}: is not JSON (${(error as Error).message}); ${help}`, {
      cause: error,
    })
  }
  if (!Array.isArray(models)) {
    throw new ModelError(`${path}: expected a list "models"; ${help}`)
  }
  for (const [i, model] of models.entries()) {
    const bad = badField(model, texts)
    if (bad) throw new ModelError(`${path}: models[${i}]: ${bad} is missing or wrong; ${help}`)
    assertName(model.name)
  }
  return models as ModelFacts[]
}

function badField(model: unknown, texts: readonly string[]): string | undefined {
  if (typeof model !== 'object' || model === null) return 'the entry'
  const fields = model as Record<string, unknown>
  const { topology, layers, preprocessing } = fields
  const isTriple = (value: unknown): boolean =>
    Array.isArray(value) && value.length === 3 && value.every(Number.isFinite)
  const text = ['name', 'sha256', ...texts].find((key) => typeof fields[key] !== 'string')
  if (text) return text
  if (typeof topology !== 'string' || !Object.hasOwn(TOPOLOGIES, topology)) return 'topology'
  const known = convLayers(topology as TopologyName).map(({ name }) => `conv1_1..${name}`)
  if (!known.some((range) => range === layers)) return 'layers'
  const rule = preprocessing as Partial<Preprocessing> | null | undefined
  const isRule = Number.isFinite(rule?.scale) && isTriple(rule?.mean) && isTriple(rule?.std)
  return isRule ? undefined : 'preprocessing'
}

async function writeRecords(models: readonly ModelRecord[]): Promise<void> {
  const text = `${JSON.stringify({ models }, null, 2)}\n`
  await writeWhole(recordsPath(), new TextEncoder().encode(text))
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(modelsDirectory(), { recursive: true })
  } catch (error) {
    throw new ModelError(
      `${modelsDirectory()}: cannot be created: ${(error as Error).message}; name another data folder in IMPASTO_DATA`,
      { cause: error },
    )
  }
  try {
    await writeFileAtomic(path, bytes)
  } catch (error) {
    // Pictures and models are written alike, but a model is not at fault as a picture is.
    throw error instanceof ImageError ? new ModelError(error.message, { cause: error }) : error
  }
}
