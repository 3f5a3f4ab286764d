/**
 * The safetensors format: u64 little-endian header length, JSON header with dtype, shape and place
 * of each tensor, then the tensors' bytes, little-endian and row-major.
 * https://huggingface.co/docs/safetensors/index#format
 */
import { ModelError } from '../errors.ts'
import {
  decodeBfloat16,
  decodeFloat16,
  encodeFloat16,
  readFloat32s,
  readUint16s,
} from '../graph/half.ts'
import type { ByteSource } from './byte-source.ts'

/** Bytes per value of every dtype that may stand in a file. */
const ITEM_BYTES = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
  C64: 8,
} as const

export type Dtype = keyof typeof ITEM_BYTES

/** Dtypes that can be read as weights. */
const READERS: Partial<Record<Dtype, (bytes: Uint8Array) => Float32Array>> = {
  F32: readFloat32s,
  F16: (bytes) => decodeFloat16(readUint16s(bytes)),
  BF16: (bytes) => decodeBfloat16(readUint16s(bytes)),
}

interface TensorEntry {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  /** Bytes from the start of the file. */
  readonly offset: number
  readonly sizeBytes: number
}

export interface SafetensorsFile {
  readonly source: ByteSource
  readonly tensors: ReadonlyMap<string, TensorEntry>
  /** `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>
}

/** A header of VGG's 38 tensors has 4 kB; the bound keeps a damaged length from taking memory. */
const MAX_HEADER_BYTES = 10_000_000
const LENGTH_BYTES = 8

/**
 * Reads the header and checks every tensor's place against the file; no tensor is read. Gaps
 * between tensors are allowed, overlaps are not.
 */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const fail = (problem: string): never => {
    throw new ModelError(`${source.name}: ${problem}`)
  }
  if (source.size < LENGTH_BYTES) {
    fail(`is not a safetensors file: has ${source.size} bytes, expected a header`)
  }
  const headerBytes = Number(view(await source.read(0, LENGTH_BYTES)).getBigUint64(0, true))
  if (headerBytes > MAX_HEADER_BYTES) {
    fail(
      `is not a safetensors file: its header would have ${headerBytes} bytes, at most ${MAX_HEADER_BYTES} are read`,
    )
  }
  const dataStart = LENGTH_BYTES + headerBytes
  if (dataStart > source.size) {
    fail(
      `is cut short: its header ends at byte ${dataStart}, the file has ${source.size}; get a fresh copy`,
    )
  }
  const header = parseHeader(source.name, await source.read(LENGTH_BYTES, headerBytes))

  const tensors = new Map<string, TensorEntry>()
  let metadata = new Map<string, string>()
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = parseMetadata(source.name, value)
    else tensors.set(name, parseEntry(source, dataStart, name, value))
  }
  assertNoOverlap(source.name, tensors)
  return { source, tensors, metadata }
}

function parseHeader(file: string, bytes: Uint8Array): object {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new ModelError(
      `${file}: is not a safetensors file or is damaged: its header is not JSON (${(error as Error).message})`,
      { cause: error },
    )
  }
  if (isObject(header)) return header
  throw new ModelError(`${file}: header: expected a JSON object, got ${JSON.stringify(header)}`)
}

function parseMetadata(file: string, value: unknown): Map<string, string> {
  const entries = isObject(value) ? Object.entries(value) : undefined
  if (entries?.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    return new Map(entries)
  }
  throw new ModelError(
    `${file}: __metadata__: expected an object of texts, got ${JSON.stringify(value)}`,
  )
}

function parseEntry(
  source: ByteSource,
  dataStart: number,
  name: string,
  value: unknown,
): TensorEntry {
  const fail = (problem: string): never => {
    throw new ModelError(`${source.name}: ${name}: ${problem}`)
  }
  if (!isObject(value)) return fail(`expected dtype, shape and data_offsets, got ${value}`)
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>
  if (typeof dtype !== 'string' || !Object.hasOwn(ITEM_BYTES, dtype)) {
    return fail(
      `dtype: expected one of ${Object.keys(ITEM_BYTES).join(', ')}, got ${JSON.stringify(dtype)}`,
    )
  }
  if (!isSizes(shape)) {
    return fail(`shape: expected a list of whole numbers, got ${JSON.stringify(shape)}`)
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    return fail(`data_offsets: expected [begin, end], got ${JSON.stringify(offsets)}`)
  }
  const [begin, end] = offsets as [number, number]
  const expectedBytes = shape.reduce((product, extent) => product * extent, 1)
  const itemBytes = ITEM_BYTES[dtype as Dtype]
  if (expectedBytes * itemBytes !== end - begin) {
    return fail(
      `expected ${expectedBytes * itemBytes} bytes for ${dtype} [${shape}], got ${end - begin} in data_offsets [${offsets}]`,
    )
  }
  if (dataStart + end > source.size) {
    throw new ModelError(
      `${source.name}: is cut short: ${name} ends at byte ${dataStart + end}, the file has ${source.size}; get a fresh copy`,
    )
  }
  return { dtype: dtype as Dtype, shape, offset: dataStart + begin, sizeBytes: end - begin }
}

function assertNoOverlap(file: string, tensors: ReadonlyMap<string, TensorEntry>): void {
  const filled = [...tensors].filter(([, { sizeBytes }]) => sizeBytes > 0)
  filled.sort(([, a], [, b]) => a.offset - b.offset)
  for (const [i, [name, { offset }]] of filled.slice(1).entries()) {
    const [before, { offset: start, sizeBytes }] = filled[i]!
    if (offset >= start + sizeBytes) continue
    throw new ModelError(
      `${file}: ${name}: starts at byte ${offset}, within ${before} (${start} to ${start + sizeBytes}); expected tensors that do not overlap`,
    )
  }
}

/** One tensor as float32, row-major, of `tensors.get(name).shape`. Nothing else is read. */
export async function readTensor(file: SafetensorsFile, name: string): Promise<Float32Array> {
  const entry = file.tensors.get(name)
  if (!entry) {
    throw new ModelError(
      `${file.source.name}: ${name}: is missing; the file has ${[...file.tensors.keys()].join(', ')}`,
    )
  }
  const reader = READERS[entry.dtype]
  if (!reader) {
    throw new ModelError(
      `${file.source.name}: ${name}: expected weights of ${Object.keys(READERS).join(', ')}, got ${entry.dtype}; save them as F32`,
    )
  }
  return reader(await file.source.read(entry.offset, entry.sizeBytes))
}

export interface TensorToWrite {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** From here on, halfway from 65504 to 2^16, a value has no finite float16. */
const FLOAT16_OVERFLOW = 65520

/**
 * A whole file; the same tensors and metadata give the same bytes.
 * @throws ModelError naming the tensor when a value is not finite or, for F16, beyond its range.
 */
export function writeSafetensors(
  tensors: readonly TensorToWrite[],
  { dtype, metadata = {} }: { dtype: 'F16' | 'F32'; metadata?: Readonly<Record<string, string>> },
): Uint8Array {
  const header = new Map<string, unknown>([['__metadata__', metadata]])
  const limit = dtype === 'F16' ? FLOAT16_OVERFLOW : Number.POSITIVE_INFINITY
  let end = 0
  for (const { name, shape, data } of tensors) {
    const count = shape.reduce((product, extent) => product * extent, 1)
    if (count !== data.length || header.has(name)) {
      throw new ModelError(
        `internal: ${name}: expected a new name and ${count} values for [${shape}], got ${data.length}`,
      )
    }
    const bad = data.findIndex((value) => !(Math.abs(value) < limit))
    if (bad >= 0) {
      throw new ModelError(
        `${name}: value ${bad} is ${data[bad]}, expected finite numbers${dtype === 'F16' ? ' within ±65504, the range of float16' : ''}`,
      )
    }
    const begin = end
    end += count * ITEM_BYTES[dtype]
    header.set(name, { dtype, shape, data_offsets: [begin, end] })
  }

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  // Spaces after the JSON align the data, as other writers do.
  const dataStart = LENGTH_BYTES + Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(dataStart + end)
  bytes.fill(0x20, LENGTH_BYTES + json.length, dataStart)
  bytes.set(json, LENGTH_BYTES)
  const out = view(bytes)
  out.setBigUint64(0, BigInt(dataStart - LENGTH_BYTES), true)
  let at = dataStart
  for (const { data } of tensors) {
    if (dtype === 'F16') for (const bits of encodeFloat16(data)) at = put16(out, at, bits)
    else for (const value of data) at = put32(out, at, value)
  }
  return bytes
}

function put16(out: DataView, at: number, bits: number): number {
  out.setUint16(at, bits, true)
  return at + 2
}

function put32(out: DataView, at: number, value: number): number {
  out.setFloat32(at, value, true)
  return at + 4
}

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)
