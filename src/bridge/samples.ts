/** The samples of `Pixels`: bytes as numbers, and what the numbers mean. */
import type { Pixels } from './messages.ts'

export type Samples = Uint8Array | Uint16Array | Float32Array
type Bits = Pixels['bits']

/** The sample that stands for 1 at each depth. */
export const FULL = { 8: 255, 16: 32768, 32: 1 } as const satisfies Record<Bits, number>

export const emptySamples = (bits: Bits, length: number): Samples =>
  bits === 8
    ? new Uint8Array(length)
    : bits === 16
      ? new Uint16Array(length)
      : new Float32Array(length)

/** The same memory as bytes: little-endian on everything that runs Photoshop. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: Samples): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** The same memory as samples; a copy where it begins at an odd address. */
export function samplesOf({ bits, bytes }: Pick<Pixels, 'bits' | 'bytes'>): Samples {
  if (bits === 8) return bytes
  const size = bits / 8
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : bytes.slice()
  const length = bytes.byteLength / size
  return bits === 16
    ? new Uint16Array(buffer, byteOffset, length)
    : new Float32Array(buffer, byteOffset, length)
}

/** Luma by Rec. ITU-R BT.709, of encoded colours. */
export const lumaOf = (red: number, green: number, blue: number): number =>
  0.2126 * red + 0.7152 * green + 0.0722 * blue

/** Turns linear light, which 32-bit samples hold, into the sRGB code of 8 and 16 bits: IEC 61966-2-1, 5.2. */
export const encodeSrgb = (linear: number): number =>
  linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055

/** The inverse of `encodeSrgb`. */
export const decodeSrgb = (code: number): number =>
  code <= 0.04045 ? code / 12.92 : ((code + 0.055) / 1.055) ** 2.4
