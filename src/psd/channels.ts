/** Channels of layers and the planes of a composite: compressed, and as samples. */
import { unzlibSync, zlibSync } from 'fflate'
import { ByteReader } from './byte-reader.ts'
import { concat } from './bytes.ts'
import type { Range } from './layer-record.ts'
import { packRow, unpackRow } from './pack-bits.ts'
import { assertPixelCount, createSamples, type Depth, type Samples } from './samples.ts'

/** The four compressions of a channel (Photoshop File Formats Specification, Channel image data). */
const RAW = 0
const RLE = 1
const ZIP = 2
const ZIP_PREDICTED = 3

/** A bit of a bitmap is set where it is black. */
const BLACK = 0
const WHITE = 255

/** Of deflate, which packs 258 bytes into 2 bits at best. */
const MAX_ZIP_RATIO = 1032

/** On a 16-bit photograph fflate's usual 6 takes twice as long for 5 % less. */
const ZIP_LEVEL = 3

export interface PlaneShape {
  readonly width: number
  readonly height: number
  readonly bits: Depth
  /** In a PSB the rows' counts have 4 bytes. */
  readonly large: boolean
}

/** Decodes one channel of a layer: its compression, then height·width samples. */
export function decodeChannel(
  path: string,
  bytes: Uint8Array,
  range: Range,
  shape: PlaneShape,
): Samples {
  const [plane] = decodePlanes(path, bytes, range, shape, 1)
  return plane!
}

/**
 * Decodes `count` planes that share one compression, as the composite's do. What the compressed
 * form must have at least is checked before the planes are allocated.
 */
export function decodePlanes(
  path: string,
  bytes: Uint8Array,
  range: Range,
  shape: PlaneShape,
  count: number,
): Samples[] {
  const { width, height, large } = shape
  assertPixelCount(path, width, height)
  const reader = new ByteReader(path, bytes, range.start, range.end)
  const rowBytes = rowBytesOf(shape)
  const planeBytes = rowBytes * height
  const compression = reader.u16()
  if (compression === RAW) {
    const all = reader.skip(planeBytes * count)
    return Array.from({ length: count }, (_, i) => {
      const at = all + i * planeBytes
      return fromBytes(bytes.subarray(at, at + planeBytes), shape)
    })
  }
  if (compression === RLE) {
    const table = reader.section(height * count * (large ? 4 : 2))
    // A packed byte pair stands for 128 bytes at most.
    const leastBytes = height * count * 2 * Math.ceil(rowBytes / 128)
    if (reader.remaining < leastBytes) reader.fail(`${leastBytes} packed bytes`)
    return Array.from({ length: count }, () => {
      const unpacked = new Uint8Array(planeBytes)
      for (let y = 0; y < height; y++) {
        const packed = reader.section(large ? table.u32() : table.u16())
        unpackRow(packed, unpacked, y * rowBytes, (y + 1) * rowBytes)
      }
      return fromBytes(unpacked, shape)
    })
  }
  if (compression === ZIP || compression === ZIP_PREDICTED) {
    const all = inflate(reader, planeBytes * count)
    return Array.from({ length: count }, (_, i) => {
      const plane = all.subarray(i * planeBytes, (i + 1) * planeBytes)
      return compression === ZIP ? fromBytes(plane, shape) : unpredict(plane, shape)
    })
  }
  return reader.fail(`a compression from 0 to 3 and not ${compression}`, range.start)
}

/** Finds a file that was cut short without decoding its planes, before a long run needs them. */
export function assertPlanesComplete(
  path: string,
  bytes: Uint8Array,
  range: Range,
  shape: PlaneShape,
  count: number,
): void {
  const { height, large } = shape
  const reader = new ByteReader(path, bytes, range.start, range.end)
  const compression = reader.u16()
  if (compression === RAW) reader.skip(rowBytesOf(shape) * height * count)
  if (compression === RLE) {
    const table = reader.section(height * count * (large ? 4 : 2))
    while (table.remaining > 0) reader.skip(large ? table.u32() : table.u16())
  }
}

/** Rows of 1 bit fill whole bytes. */
function rowBytesOf({ width, bits }: PlaneShape): number {
  return Math.ceil((width * bits) / 8)
}

function inflate(reader: ByteReader, expectedBytes: number): Uint8Array {
  const at = reader.position
  if (reader.remaining * MAX_ZIP_RATIO < expectedBytes) reader.fail(`${expectedBytes} zipped bytes`)
  try {
    // One byte more than expected shows what unpacks to more.
    const out = new Uint8Array(expectedBytes + 1)
    const unpacked = unzlibSync(reader.bytes.subarray(at, reader.end), { out })
    if (unpacked.length === expectedBytes) return unpacked
    throw new Error(`and not ${unpacked.length}`)
  } catch (error) {
    return reader.fail(`${expectedBytes} zipped bytes of pixels (${(error as Error).message})`, at)
  }
}

/**
 * Prediction stores each sample's difference from its left neighbour, modulo the sample's range.
 * At 32 bits a row's bytes are first put in order of significance, all highest ones in front, and
 * the neighbour is a byte.
 */
function unpredict(bytes: Uint8Array, shape: PlaneShape): Samples {
  if (shape.bits !== 32) {
    const plane = fromBytes(bytes, shape)
    sumRows(plane, shape.width)
    return plane
  }
  sumRows(bytes, 4 * shape.width)
  return fromBytes(swapRowOrder(bytes, shape.width, false), shape)
}

/** The mirror image of `unpredict`. */
function predict(plane: Samples, shape: PlaneShape): Uint8Array {
  if (shape.bits === 32) {
    const bytes = swapRowOrder(toBytes(plane, shape), shape.width, true)
    return differences(bytes, 4 * shape.width)
  }
  return toBytes(differences(plane, shape.width), shape)
}

function sumRows(plane: Samples, width: number): void {
  for (let i = 0; i < plane.length; i++) {
    if (i % width !== 0) plane[i] = plane[i]! + plane[i - 1]!
  }
}

function differences<T extends Samples>(plane: T, width: number): T {
  const result = plane.slice() as T
  for (let i = plane.length - 1; i > 0; i--) {
    if (i % width !== 0) result[i] = plane[i]! - plane[i - 1]!
  }
  return result
}

/** Between floats one after the other and, in each row, all first bytes, all second bytes … */
function swapRowOrder(bytes: Uint8Array, width: number, bySignificance: boolean): Uint8Array {
  const swapped = new Uint8Array(bytes.length)
  for (let row = 0; row < bytes.length; row += 4 * width) {
    for (let x = 0; x < width; x++) {
      for (let b = 0; b < 4; b++) {
        const float = row + 4 * x + b
        const ordered = row + b * width + x
        if (bySignificance) swapped[ordered] = bytes[float]!
        else swapped[float] = bytes[ordered]!
      }
    }
  }
  return swapped
}

function fromBytes(bytes: Uint8Array, shape: PlaneShape): Samples {
  const { width, height, bits } = shape
  const samples = createSamples(bits, width * height)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bits === 8) samples.set(bytes)
  else if (bits === 16) {
    for (let i = 0; i < samples.length; i++) samples[i] = view.getUint16(2 * i)
  } else if (bits === 32) {
    for (let i = 0; i < samples.length; i++) samples[i] = view.getFloat32(4 * i)
  } else {
    const rowBytes = rowBytesOf(shape)
    for (let i = 0; i < samples.length; i++) {
      const x = i % width
      const byte = bytes[((i - x) / width) * rowBytes + (x >> 3)]!
      samples[i] = (byte >> (7 - (x & 7))) & 1 ? BLACK : WHITE
    }
  }
  return samples
}

/** The mirror image of `fromBytes`. */
function toBytes(samples: Samples, shape: PlaneShape): Uint8Array {
  const { width, height, bits } = shape
  if (samples instanceof Uint8Array && bits === 8) return samples
  const bytes = new Uint8Array(rowBytesOf(shape) * height)
  const view = new DataView(bytes.buffer)
  if (bits === 16) for (let i = 0; i < samples.length; i++) view.setUint16(2 * i, samples[i]!)
  else if (bits === 32) for (let i = 0; i < samples.length; i++) view.setFloat32(4 * i, samples[i]!)
  else {
    const rowBytes = rowBytesOf(shape)
    for (let i = 0; i < samples.length; i++) {
      const x = i % width
      const at = ((i - x) / width) * rowBytes + (x >> 3)
      if (samples[i]! < 128) bytes[at] = bytes[at]! | (128 >> (x & 7))
    }
  }
  return bytes
}

/** Encodes one channel as Photoshop does: run lengths at 8 bits, predicted and zipped above. */
export function encodeChannel(plane: Samples, shape: PlaneShape): Uint8Array {
  if (shape.bits <= 8) return encodePlanes([plane], shape)
  const zipped = zlibSync(predict(plane, shape), { level: ZIP_LEVEL })
  return concat([Uint8Array.of(0, ZIP_PREDICTED), zipped])
}

/** Encodes planes under one table of row counts, as the composite wants them. */
export function encodePlanes(planes: readonly Samples[], shape: PlaneShape): Uint8Array {
  const { height, large } = shape
  const rowBytes = rowBytesOf(shape)
  const countBytes = large ? 4 : 2
  const table = new Uint8Array(2 + planes.length * height * countBytes)
  const counts = new DataView(table.buffer)
  counts.setUint16(0, RLE)
  const packed = planes.map((plane, p) => {
    const bytes = toBytes(plane, shape)
    const out = new Uint8Array(height * (rowBytes + Math.ceil(rowBytes / 128)))
    let to = 0
    for (let y = 0; y < height; y++) {
      const rowStart = to
      to = packRow(bytes, y * rowBytes, (y + 1) * rowBytes, out, to)
      const at = 2 + (p * height + y) * countBytes
      if (large) counts.setUint32(at, to - rowStart)
      else counts.setUint16(at, to - rowStart)
    }
    return out.subarray(0, to)
  })
  return concat([table, ...packed])
}
