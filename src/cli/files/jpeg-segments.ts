/** Segments of JPEG files up to the coded picture (ITU-T T.81, annex B). */

export interface Segment {
  /** Second byte of the marker. */
  readonly marker: number
  readonly data: Uint8Array
}

export const APP0 = 0xe0
export const APP1 = 0xe1
export const APP2 = 0xe2
export const APP13 = 0xed
const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9

/** What a segment holds at most, its length included. */
const MAX_SEGMENT_BYTES = 65_535

export const MAX_SEGMENT_DATA = MAX_SEGMENT_BYTES - 2

export function readSegments(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = []
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      // A marker may be filled up with 0xff.
      at++
      continue
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) break
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
    if (length < 2 || at + 2 + length > bytes.length) break
    segments.push({ marker, data: bytes.subarray(at + 4, at + 2 + length) })
    at += 2 + length
  }
  return segments
}

const FRAMES: Readonly<Record<number, string>> = {
  195: 'lossless JPEG',
  197: 'hierarchical JPEG',
  198: 'hierarchical JPEG',
  199: 'hierarchical, lossless JPEG',
  201: 'arithmetically coded JPEG',
  202: 'arithmetically coded JPEG',
  203: 'arithmetically coded, lossless JPEG',
  247: 'JPEG-LS picture',
}

/** What a JPEG is that many programs cannot read; undefined for common ones. */
export function uncommonJpeg(bytes: Uint8Array): string | undefined {
  const frame = readSegments(bytes).find(
    ({ marker }) =>
      marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)),
  )
  if (frame === undefined) return undefined
  const precision = frame.data[0]
  return FRAMES[frame.marker] ?? (precision === 8 ? undefined : `JPEG of ${precision} bits`)
}

export const startsWith = ({ data }: Segment, text: string): boolean =>
  Buffer.from(data.subarray(0, text.length)).toString('latin1') === text

/** A JPEG with these segments first. */
export const withSegments = (jpeg: Buffer, added: readonly Segment[]): Buffer =>
  Buffer.concat([
    jpeg.subarray(0, 2),
    ...added.flatMap(({ marker, data }) => [
      Uint8Array.of(0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255),
      data,
    ]),
    jpeg.subarray(2),
  ])
