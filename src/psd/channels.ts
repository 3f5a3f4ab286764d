/** Channels of layers and the planes of a composite: compressed, and as samples. */

import { Unzlib, zlibSync } from 'fflate'
import type { Size } from '../engine/picture/image.ts'
import { ByteReader } from './byte-reader.ts'
import type { Range } from './layer-record.ts'
import { packRow, unpackRow } from './pack-bits.ts'
import { assertPixelCount, createSamples, type Depth, type Samples } from './samples.ts'
import { type Bytes, inMemory, joined, type MakeSink, memorySink } from './stored.ts'

/** The four compressions of a channel (Photoshop File Formats Specification, Channel image data). */
const RAW = 0
const RLE = 1
const ZIP = 2
const ZIP_PREDICTED = 3

/** A bit of a bitmap is set where it is black. */
const BLACK = 0
const WHITE = 255

/** The highest ratio of deflate, which packs 258 bytes into 2 bits at best. */
const MAX_ZIP_RATIO = 1032

/** On a 16-bit photograph fflate's usual 6 takes twice as long for 5 % less. */
const ZIP_LEVEL = 3

export interface PlaneShape extends Size {
  readonly bits: Depth
  /** In a PSB the rows' counts have 4 bytes. */
  readonly large: boolean
}

/** Hands out the rows of a plane from the top down. */
export interface RowReader {
  /** The next `rows` rows; @throws ImageError where what is packed is damaged. */
  read(rows: number): Samples
}

/**
 * Opens planes that share one compression: one for a layer's channel, as many as it has for a
 * composite. What the compressed form must have at least is checked before anything is allocated.
 */
export function openPlanes(
  path: string,
  bytes: Uint8Array,
  range: Range,
  shape: PlaneShape,
  count: number,
): RowReader[] {
  const { width, height, large } = shape
  assertPixelCount(path, width, height)
  const reader = new ByteReader(path, bytes, range.start, range.end)
  const rowBytes = rowBytesOf(shape)
  const planeBytes = rowBytes * height
  const compression = reader.u16()
  if (compression === RAW) {
    const all = reader.skip(planeBytes * count)
    return Array.from({ length: count }, (_, i) => {
      let at = all + i * planeBytes
      return {
        read(rows) {
          const start = at
          at += rows * rowBytes
          return fromBytes(bytes.subarray(start, at), shape)
        },
      }
    })
  }
  if (compression === RLE) {
    const countBytes = large ? 4 : 2
    const table = reader.section(height * count * countBytes)
    // A packed byte pair stands for 128 bytes at most.
    const leastBytes = height * count * 2 * Math.ceil(rowBytes / 128)
    if (reader.remaining < leastBytes) reader.fail(`${leastBytes} packed bytes`)
    return Array.from({ length: count }, () => {
      const counts = table.section(height * countBytes)
      const countAt = counts.position
      let packedBytes = 0
      while (counts.remaining > 0) packedBytes += large ? counts.u32() : counts.u16()
      counts.position = countAt
      const packed = reader.section(packedBytes)
      return {
        read(rows) {
          const unpacked = new Uint8Array(rows * rowBytes)
          for (let y = 0; y < rows; y++) {
            const row = packed.section(large ? counts.u32() : counts.u16())
            unpackRow(row, unpacked, y * rowBytes, (y + 1) * rowBytes)
          }
          return fromBytes(unpacked, shape)
        },
      }
    })
  }
  if (compression === ZIP || compression === ZIP_PREDICTED) {
    const decode = compression === ZIP ? fromBytes : unpredict
    // Planes that are zipped as one are not written by any program known; they are held whole.
    if (count > 1) {
      const all = inflating(reader, planeBytes * count)(planeBytes * count)
      return Array.from({ length: count }, (_, i) => {
        let at = i * planeBytes
        return {
          read(rows) {
            const start = at
            at += rows * rowBytes
            return decode(all.slice(start, at), shape)
          },
        }
      })
    }
    const inflate = inflating(reader, planeBytes)
    return [{ read: (rows) => decode(inflate(rows * rowBytes), shape) }]
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

/** How many bytes are unzipped at once; what comes of them is at most MAX_ZIP_RATIO times as much. */
const ZIP_PIECE_BYTES = 1 << 14

/** @returns a function that takes the next unzipped bytes, of `expectedBytes` in all. */
function inflating(reader: ByteReader, expectedBytes: number): (length: number) => Uint8Array {
  if (reader.remaining * MAX_ZIP_RATIO < expectedBytes) reader.fail(`${expectedBytes} zipped bytes`)
  const startAt = reader.position
  const ready: Uint8Array[] = []
  let readyBytes = 0
  let left = expectedBytes
  const unzip = new Unzlib((piece) => {
    ready.push(piece)
    readyBytes += piece.length
  })
  const fail = (reason: string): never =>
    reader.fail(`${expectedBytes} zipped bytes of pixels (${reason})`, startAt)
  const more = (): void => {
    const length = Math.min(ZIP_PIECE_BYTES, reader.remaining)
    const at = reader.skip(length)
    try {
      unzip.push(reader.bytes.subarray(at, at + length), reader.remaining === 0)
    } catch (error) {
      fail((error as Error).message)
    }
  }
  return (length) => {
    while (readyBytes < length && reader.remaining > 0) more()
    if (readyBytes < length) fail(`and not ${expectedBytes - left + readyBytes}`)
    const taken = new Uint8Array(length)
    for (let at = 0; at < length; ) {
      const piece = ready[0]!
      const part = piece.subarray(0, length - at)
      taken.set(part, at)
      at += part.length
      if (part.length === piece.length) ready.shift()
      else ready[0] = piece.subarray(part.length)
    }
    readyBytes -= length
    left -= length
    // One more piece shows whether it unpacks to more.
    if (left === 0 && readyBytes === 0 && reader.remaining > 0) more()
    if (left === 0 && readyBytes > 0) fail('and not more')
    return taken
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

/**
 * Converts between floats one after the other and rows in which all first bytes come first, then
 * all second bytes …
 */
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
  const { width, bits } = shape
  const samples = createSamples(bits, width * (bytes.length / rowBytesOf(shape)))
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
  const { width, bits } = shape
  if (samples instanceof Uint8Array && bits === 8) return samples
  const bytes = new Uint8Array(rowBytesOf(shape) * (samples.length / width))
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

/** Takes the rows of a plane from the top down. */
interface RowWriter {
  write(rows: Samples): void
  /** After the last row: what stands before the plane's bytes, and these. */
  end(): { readonly head: Uint8Array; readonly body: Bytes }
}

/** Packs rows as run lengths; `head` is the table of their counts. */
export function runLengthWriter(shape: PlaneShape, makeSink: MakeSink): RowWriter {
  const sink = makeSink()
  const { height, large } = shape
  const rowBytes = rowBytesOf(shape)
  const countBytes = large ? 4 : 2
  const head = new Uint8Array(height * countBytes)
  const counts = new DataView(head.buffer)
  let row = 0
  return {
    write(rows) {
      const bytes = toBytes(rows, shape)
      const count = bytes.length / rowBytes
      const out = new Uint8Array(count * (rowBytes + Math.ceil(rowBytes / 128)))
      let to = 0
      for (let y = 0; y < count; y++, row++) {
        const rowStart = to
        to = packRow(bytes, y * rowBytes, (y + 1) * rowBytes, out, to)
        if (large) counts.setUint32(4 * row, to - rowStart)
        else counts.setUint16(2 * row, to - rowStart)
      }
      sink.write(out.slice(0, to))
    },
    end: () => ({ head, body: sink.stored() }),
  }
}

/** A plane is zipped as a whole, because what fflate's stream of level 3 writes cannot always be read. */
function zipWriter(shape: PlaneShape, makeSink: MakeSink): RowWriter {
  const raw = makeSink()
  return {
    write: (rows) => raw.write(predict(rows, shape)),
    end() {
      const zipped = makeSink()
      zipped.write(zlibSync(inMemory(raw.stored()), { level: ZIP_LEVEL }))
      return { head: new Uint8Array(), body: zipped.stored() }
    },
  }
}

/** One channel as Photoshop writes it: run lengths at 8 bits, predicted and zipped above. */
export function channelWriter(shape: PlaneShape, makeSink: MakeSink) {
  const isPacked = shape.bits <= 8
  const { write, end } = (isPacked ? runLengthWriter : zipWriter)(shape, makeSink)
  return {
    write,
    end(): Bytes {
      const { head, body } = end()
      return joined([Uint8Array.of(0, isPacked ? RLE : ZIP_PREDICTED), head, body])
    },
  }
}

/** Planes under one table of row counts, as the composite wants them. */
export function joinPlanes(planes: readonly ReturnType<RowWriter['end']>[]): Bytes {
  const heads = planes.map(({ head }) => head)
  return joined([Uint8Array.of(0, RLE), ...heads, ...planes.map(({ body }) => body)])
}

export function encodeChannel(plane: Samples, shape: PlaneShape): Uint8Array {
  const writer = channelWriter(shape, memorySink)
  writer.write(plane)
  return inMemory(writer.end())
}

export function encodePlanes(planes: readonly Samples[], shape: PlaneShape): Uint8Array {
  const packed = planes.map((plane) => {
    const writer = runLengthWriter(shape, memorySink)
    writer.write(plane)
    return writer.end()
  })
  return inMemory(joinPlanes(packed))
}
