/** EXIF in WebP files (WebP container specification, RFC 9649). */

const HEAD_BYTES = 12
const EXIF_FLAG = 0x08
const ALPHA_FLAG = 0x10

/** A WebP with EXIF, for which it needs the extended header. */
export function withExif(
  webp: Buffer,
  exif: Uint8Array,
  { width, height, alpha }: { width: number; height: number; alpha?: unknown },
): Buffer {
  const isExtended = webp.toString('latin1', HEAD_BYTES, HEAD_BYTES + 4) === 'VP8X'
  const header = isExtended
    ? Buffer.from(webp.subarray(HEAD_BYTES, HEAD_BYTES + 18))
    : extendedHeader(width, height, alpha !== undefined)
  header[8]! |= EXIF_FLAG
  const rest = webp.subarray(HEAD_BYTES + (isExtended ? 18 : 0))
  const padding = Buffer.alloc(exif.length % 2)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(exif.length)
  const body = Buffer.concat([header, rest, Buffer.from('EXIF'), length, exif, padding])
  const riff = Buffer.from(webp.subarray(0, HEAD_BYTES))
  riff.writeUInt32LE(body.length + 4, 4)
  return Buffer.concat([riff, body])
}

function extendedHeader(width: number, height: number, hasAlpha: boolean): Buffer {
  const header = Buffer.alloc(18)
  header.write('VP8X', 'latin1')
  header.writeUInt32LE(10, 4)
  header[8] = hasAlpha ? ALPHA_FLAG : 0
  header.writeUIntLE(width - 1, 12, 3)
  header.writeUIntLE(height - 1, 15, 3)
  return header
}
