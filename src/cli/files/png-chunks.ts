/** Chunks of PNG files (PNG specification, third edition, section 5). */
import { crc32, inflateSync } from 'node:zlib'

export interface Chunk {
  readonly type: string
  readonly data: Uint8Array
  /** The chunk whole, from its length to its checksum. */
  readonly bytes: Uint8Array
}

const SIGNATURE_BYTES = 8
const MAX_TEXT_BYTES = 16_000_000

/** Those up to the end of the file, or to one that is cut short. */
export function readChunks(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const chunks: Chunk[] = []
  for (let at = SIGNATURE_BYTES; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) break
    chunks.push({
      type: Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1'),
      data: bytes.subarray(at + 8, end - 4),
      bytes: bytes.subarray(at, end),
    })
    at = end
  }
  return chunks
}

export function makeChunk(type: string, data: Uint8Array): Chunk {
  const bytes = Buffer.alloc(data.length + 12)
  bytes.writeUInt32BE(data.length)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), data.length + 8)
  return { type, data: bytes.subarray(8, -4), bytes }
}

/** A PNG of these chunks. */
export const writeChunks = (png: Uint8Array, chunks: readonly Chunk[]): Buffer =>
  Buffer.concat([png.subarray(0, SIGNATURE_BYTES), ...chunks.map(({ bytes }) => bytes)])

/**
 * The file without ancillary chunks that are damaged, as other programs show it; the library
 * refuses the whole picture for one.
 */
export function withoutDamagedChunks(png: Buffer): { bytes: Buffer; damaged: readonly string[] } {
  const chunks = readChunks(png)
  const damaged = chunks.filter((chunk) => !fitsPicture(chunk, chunks))
  if (damaged.length === 0) return { bytes: png, damaged: [] }
  return {
    bytes: writeChunks(
      png,
      chunks.filter((chunk) => !damaged.includes(chunk)),
    ),
    damaged: [...new Set(damaged.map(({ type }) => type))],
  }
}

/** What a tRNS chunk must hold is said by the picture's color type and palette (11.3.1.1). */
function fitsPicture({ type, data }: Chunk, chunks: readonly Chunk[]): boolean {
  if (type !== 'tRNS') return true
  const colorType = chunks[0]?.data[9]
  if (colorType === 0) return data.length === 2
  if (colorType === 2) return data.length === 6
  const entries = (chunks.find((chunk) => chunk.type === 'PLTE')?.data.length ?? 0) / 3
  return colorType === 3 && data.length > 0 && data.length <= entries
}

/** EXIF and IPTC as ImageMagick and exiftool store them: in hexadecimal, in a text. */
export function rawProfile(chunks: readonly Chunk[], names: readonly string[]): Buffer | undefined {
  for (const chunk of chunks) {
    const keyword = keywordOf(chunk)
    if (!names.some((name) => keyword === `Raw profile type ${name}`)) continue
    // A line with a name, of one word or two, one with the length, then the bytes.
    const match = /^\n?[^\n]*\n *(\d+)\n([\da-f\s]*)$/i.exec(textOf(chunk) ?? '')
    if (match) return Buffer.from(match[2]!.replace(/\s/g, ''), 'hex').subarray(0, Number(match[1]))
  }
  return undefined
}

/** The mirror image of rawProfile, as exiftool reads it. */
export function makeRawProfile(name: string, data: Uint8Array): Chunk {
  const hex = Buffer.from(data)
    .toString('hex')
    .replace(/.{72}(?=.)/g, '$&\n')
  const text = `\n${name}\n${String(data.length).padStart(8)}\n${hex}\n`
  return makeChunk('tEXt', Buffer.from(`Raw profile type ${name}\0${text}`, 'latin1'))
}

export const isText = ({ type }: Chunk): boolean => ['tEXt', 'zTXt', 'iTXt'].includes(type)

/** Empty for chunks that are no texts. */
export function keywordOf(chunk: Chunk): string {
  if (!isText(chunk)) return ''
  const end = chunk.data.indexOf(0)
  return Buffer.from(chunk.data.subarray(0, Math.max(end, 0))).toString('latin1')
}

function textOf({ type, data }: Chunk): string | undefined {
  const start = data.indexOf(0) + 1
  if (type === 'tEXt') return Buffer.from(data.subarray(start)).toString('latin1')
  if (type !== 'zTXt') return undefined
  try {
    const options = { maxOutputLength: MAX_TEXT_BYTES }
    return inflateSync(data.subarray(start + 1), options).toString('latin1')
  } catch {
    // A text that cannot be unpacked says nothing of the picture.
    return undefined
  }
}
