import { deflateSync, inflateSync } from 'node:zlib'
import { ByteReader } from './byte-reader.ts'
import type { Range } from './psd-document.ts'
import { assertPixelCount, type BitsPerChannel, createSamples, type Samples } from './samples.ts'

/** The four compressions of a channel (Photoshop File Formats Specification, Channel image data). */
const RAW = 0
const RLE = 1
const ZIP = 2
const ZIP_PREDICTED = 3

/** On a 16-bit photograph zlib's usual 6 takes half as long again for 1.5 % less. */
const ZIP_LEVEL = 3

export interface PlaneShape {
  readonly width: number
  readonly height: number
  readonly bits: BitsPerChannel
  /** In a PSB the rows' counts have 4 bytes. */
  readonly large: boolean
}

/** Decodes one channel of a layer: its compression, then height·width samples. */
export function decodeChannel(
  path: string,
  bytes: Buffer,
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
  bytes: Buffer,
  range: Range,
  shape: PlaneShape,
  count: number,
): Samples[] {
  const { width, height, bits, large } = shape
  assertPixelCount(path, width, height)
  const reader = new ByteReader(path, bytes, range.start, range.end)
  const rowBytes = width * (bits / 8)
  const planeBytes = rowBytes * height
  const compression = reader.u16()
  if (compression === RAW) {
    const all = reader.skip(planeBytes * count)
    return Array.from({ length: count }, (_, i) => {
      const at = all + i * planeBytes
      return fromBytes(bytes.subarray(at, at + planeBytes), bits)
    })
  }
  if (compression === RLE) {
    const table = reader.section(height * count * (large ? 4 : 2))
    // A packed byte pair stands for 128 bytes at most.
    const leastBytes = height * count * 2 * Math.ceil(rowBytes / 128)
    if (reader.remaining < leastBytes) reader.fail(`${leastBytes} packed bytes`)
    return Array.from({ length: count }, () => {
      const unpacked = Buffer.allocUnsafe(planeBytes)
      for (let y = 0; y < height; y++) {
        const packed = reader.section(large ? table.u32() : table.u16())
        unpackRow(packed, unpacked, y * rowBytes, (y + 1) * rowBytes)
      }
      return fromBytes(unpacked, bits)
    })
  }
  if (compression === ZIP || compression === ZIP_PREDICTED) {
    const at = reader.position
    const all = inflate(reader, planeBytes * count)
    if (all.length !== planeBytes * count) {
      reader.fail(`${planeBytes * count} zipped bytes of pixels and not ${all.length}`, at)
    }
    return Array.from({ length: count }, (_, i) => {
      const plane = fromBytes(all.subarray(i * planeBytes, (i + 1) * planeBytes), bits)
      if (compression === ZIP_PREDICTED) sumRows(plane, width)
      return plane
    })
  }
  return reader.fail(`a compression from 0 to 3 and not ${compression}`, range.start)
}

/** Finds a file that was cut short without decoding its planes, before a long run needs them. */
export function assertPlanesComplete(
  path: string,
  bytes: Buffer,
  range: Range,
  { width, height, bits, large }: PlaneShape,
  count: number,
): void {
  const reader = new ByteReader(path, bytes, range.start, range.end)
  const compression = reader.u16()
  if (compression === RAW) reader.skip(width * height * (bits / 8) * count)
  if (compression === RLE) {
    const table = reader.section(height * count * (large ? 4 : 2))
    while (table.remaining > 0) reader.skip(large ? table.u32() : table.u16())
  }
}

function inflate(reader: ByteReader, expectedBytes: number): Buffer {
  const at = reader.position
  try {
    return inflateSync(reader.bytes.subarray(at, reader.end), { maxOutputLength: expectedBytes })
  } catch (error) {
    return reader.fail(`${expectedBytes} zipped bytes of pixels (${(error as Error).message})`, at)
  }
}

/** PackBits: a count of literal bytes, or a repeated byte; -128 does nothing. */
function unpackRow(packed: ByteReader, out: Buffer, start: number, end: number): void {
  const { bytes, end: packedEnd } = packed
  let from = packed.position
  let to = start
  while (to < end) {
    if (from >= packedEnd) packed.fail('more bytes in a packed row', from)
    const count = bytes.readInt8(from++)
    if (count >= 0) {
      if (from + count + 1 > packedEnd || to + count + 1 > end) {
        packed.fail(`a packed row of ${end - start} bytes`, from)
      }
      to += bytes.copy(out, to, from, from + count + 1)
      from += count + 1
    } else if (count !== -128) {
      if (from >= packedEnd || to + 1 - count > end) {
        packed.fail(`a packed row of ${end - start} bytes`, from)
      }
      out.fill(bytes[from++]!, to, to + 1 - count)
      to += 1 - count
    }
  }
}

/** Prediction stores each sample's difference from its left neighbour, modulo the sample's range. */
function sumRows(plane: Samples, width: number): void {
  for (let i = 0; i < plane.length; i++) {
    if (i % width !== 0) plane[i] = plane[i]! + plane[i - 1]!
  }
}

function fromBytes(bytes: Buffer, bits: BitsPerChannel): Samples {
  const samples = createSamples(bits, bytes.length / (bits / 8))
  if (bits === 8) samples.set(bytes)
  else for (let i = 0; i < samples.length; i++) samples[i] = bytes.readUInt16BE(2 * i)
  return samples
}

function toBytes(samples: Samples): Buffer {
  if (samples instanceof Uint8Array) {
    return Buffer.from(samples.buffer, samples.byteOffset, samples.length)
  }
  const bytes = Buffer.allocUnsafe(2 * samples.length)
  for (let i = 0; i < samples.length; i++) bytes.writeUInt16BE(samples[i]!, 2 * i)
  return bytes
}

/** Encodes one channel as Photoshop does: run lengths at 8 bits, predicted and zipped at 16. */
export function encodeChannel(plane: Samples, shape: PlaneShape): Buffer {
  if (shape.bits === 8) return encodePlanes([plane], shape)
  const differences = plane.slice()
  for (let i = plane.length - 1; i > 0; i--) {
    if (i % shape.width !== 0) differences[i] = plane[i]! - plane[i - 1]!
  }
  const compression = Buffer.from([0, ZIP_PREDICTED])
  return Buffer.concat([compression, deflateSync(toBytes(differences), { level: ZIP_LEVEL })])
}

/** Encodes planes under one table of row counts, as the composite wants them. */
export function encodePlanes(planes: readonly Samples[], shape: PlaneShape): Buffer {
  const { width, height, bits, large } = shape
  const rowBytes = width * (bits / 8)
  const countBytes = large ? 4 : 2
  const table = Buffer.alloc(2 + planes.length * height * countBytes)
  table.writeUInt16BE(RLE, 0)
  const packed = planes.map((plane, p) => {
    const bytes = toBytes(plane)
    const out = Buffer.allocUnsafe(height * (rowBytes + Math.ceil(rowBytes / 128)))
    let to = 0
    for (let y = 0; y < height; y++) {
      const rowStart = to
      to = packRow(bytes, y * rowBytes, (y + 1) * rowBytes, out, to)
      table.writeUIntBE(to - rowStart, 2 + (p * height + y) * countBytes, countBytes)
    }
    return out.subarray(0, to)
  })
  return Buffer.concat([table, ...packed])
}

/** Packs one row and returns where its packed form ends; runs shorter than 3 stay literal. */
function packRow(bytes: Buffer, start: number, end: number, out: Buffer, to: number): number {
  let at = start
  let written = to
  while (at < end) {
    let run = 1
    while (run < 128 && at + run < end && bytes[at + run] === bytes[at]) run++
    if (run >= 3) {
      out[written++] = 257 - run
      out[written++] = bytes[at]!
      at += run
      continue
    }
    const literalStart = at
    while (
      at < end &&
      at - literalStart < 128 &&
      !(at + 2 < end && bytes[at] === bytes[at + 1] && bytes[at] === bytes[at + 2])
    ) {
      at++
    }
    out[written++] = at - literalStart - 1
    written += bytes.copy(out, written, literalStart, at)
  }
  return written
}
