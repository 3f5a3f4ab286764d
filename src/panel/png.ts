/** Pixels as small PNG files: UXP's panels have no canvas that could write one. */
import { adler32 } from '../bridge/checksum.ts'
import type { Pixels } from '../bridge/messages.ts'
import { encodeSrgb, FULL, samplesOf } from '../bridge/samples.ts'

/** Samples a side that make up a pixel of a smaller picture: enough for the eye, and soon done. */
const MOST_SAMPLES = 4

/** The picture at 8 bits with a long edge of at most `edge` px. Its colour profile is not heeded. */
export function shrink(pixels: Pixels, edge: number): Pixels {
  const { components, bits } = pixels
  const scale = Math.min(1, edge / Math.max(pixels.width, pixels.height))
  const width = Math.max(1, Math.round(pixels.width * scale))
  const height = Math.max(1, Math.round(pixels.height * scale))
  if (scale === 1 && bits === 8) return pixels
  const samples = scale === 1 ? 1 : MOST_SAMPLES
  const from = samplesOf(pixels)
  const to = new Uint8Array(width * height * components)
  const encode = bits === 32 ? encodeSrgb : (value: number) => value
  const at = (index: number, count: number, size: number, step: number): number =>
    Math.floor(((index + (step + 0.5) / samples) * size) / count)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < components; c++) {
        let sum = 0
        for (let j = 0; j < samples; j++) {
          const row = at(y, height, pixels.height, j) * pixels.width
          for (let i = 0; i < samples; i++) {
            sum += from[(row + at(x, width, pixels.width, i)) * components + c]!
          }
        }
        const mean = encode(sum / samples ** 2 / FULL[bits])
        to[(y * width + x) * components + c] = Math.round(Math.min(1, Math.max(0, mean)) * 255)
      }
    }
  }
  return { width, height, components, bits: 8, bytes: to }
}

/** By PNG's colour types. */
const COLOUR_TYPES = { 1: 0, 2: 4, 3: 2, 4: 6 } as const
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Of a block that is stored and not compressed (RFC 1951). */
const MAX_BLOCK = 65_535

/** A PNG file, not compressed (PNG third edition; RFC 1950). @param pixels of 8 bits. */
export function pngOf({ width, height, components, bytes }: Pixels): Uint8Array {
  const rowLength = width * components
  const rows = new Uint8Array(height * (rowLength + 1))
  for (let y = 0; y < height; y++) {
    // Each row begins with the number of its filter: none.
    rows.set(bytes.subarray(y * rowLength, (y + 1) * rowLength), y * (rowLength + 1) + 1)
  }
  const header = [...bigEndian(width), ...bigEndian(height), 8, COLOUR_TYPES[components], 0, 0, 0]
  return join([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', Uint8Array.from(header)),
    chunk('IDAT', stored(rows)),
    chunk('IEND', new Uint8Array(0)),
  ])
}

function stored(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)]
  for (let from = 0; from < bytes.length; from += MAX_BLOCK) {
    const block = bytes.subarray(from, from + MAX_BLOCK)
    const { length } = block
    const isLast = from + MAX_BLOCK >= bytes.length
    const inverse = ~length & 0xffff
    parts.push(
      Uint8Array.of(isLast ? 1 : 0, length & 0xff, length >>> 8, inverse & 0xff, inverse >>> 8),
      block,
    )
  }
  parts.push(Uint8Array.from(bigEndian(adler32(1, bytes))))
  return join(parts)
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = join([Uint8Array.from(type, (letter) => letter.charCodeAt(0)), data])
  return join([
    Uint8Array.from(bigEndian(data.length)),
    named,
    Uint8Array.from(bigEndian(crc32(named))),
  ])
}

const bigEndian = (value: number): number[] =>
  [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = (value >>> 8) ^ CRC_TABLE[(value ^ byte) & 255]!
  return ~value >>> 0
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
