/** Samples as the bridge carries them and as Photoshop's imaging module takes them. */
import type { Pixels } from '../../bridge/messages.ts'

export type Samples = Uint8Array | Uint16Array | Float32Array
type Bits = Pixels['bits']

/** What stands for 1 at each depth. */
const FULL = { 8: 255, 16: 32768, 32: 1 } as const satisfies Record<Bits, number>

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

const emptySamples = (bits: Bits, length: number): Samples =>
  bits === 8
    ? new Uint8Array(length)
    : bits === 16
      ? new Uint16Array(length)
      : new Float32Array(length)

/**
 * The pixels at another depth, for a document that was converted meanwhile. 32 bit is linear
 * light and the others are not: sRGB's curve stands for that of the document's profile.
 */
export function atDepth(pixels: Pixels, bits: Bits): Pixels {
  if (bits === pixels.bits) return pixels
  const from = samplesOf(pixels)
  const to = emptySamples(bits, from.length)
  const { components } = pixels
  const hasAlpha = components % 2 === 0
  const curve = pixels.bits === 32 ? encode : bits === 32 ? decode : identity
  for (let i = 0; i < from.length; i++) {
    const isAlpha = hasAlpha && i % components === components - 1
    const value = from[i]! / FULL[pixels.bits]
    to[i] = quantised(isAlpha ? value : curve(value), bits)
  }
  return { ...pixels, bits, bytes: bytesOf(to) }
}

const quantised = (value: number, bits: Bits): number =>
  bits === 32 ? value : Math.round(Math.min(1, Math.max(0, value)) * FULL[bits])

const identity = (value: number): number => value
const decode = (value: number): number =>
  value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
const encode = (value: number): number =>
  value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055

/** Coverage 0 … 255 of a selection at the depth its document has, and back. */
export function coverageOf(samples: Samples, bits: Bits): Uint8Array {
  if (samples instanceof Uint8Array) return samples
  return Uint8Array.from(samples, (value) => Math.round((value / FULL[bits]) * 255))
}

export function coverageAtDepth(coverage: Uint8Array, bits: Bits): Samples {
  if (bits === 8) return coverage
  const samples = emptySamples(bits, coverage.length)
  for (let i = 0; i < coverage.length; i++) samples[i] = quantised(coverage[i]! / 255, bits)
  return samples
}

/** The pixels with their alpha multiplied by the coverage. */
export function fadedBy(pixels: Pixels, coverage: Uint8Array): Pixels {
  const from = samplesOf(pixels)
  const { components, bits } = pixels
  const colors = components > 2 ? 3 : 1
  const to = emptySamples(bits, coverage.length * (colors + 1))
  for (let i = 0; i < coverage.length; i++) {
    for (let c = 0; c < colors; c++) to[i * (colors + 1) + c] = from[i * components + c]!
    const alpha = components > colors ? from[i * components + colors]! / FULL[bits] : 1
    to[i * (colors + 1) + colors] = quantised((alpha * coverage[i]!) / 255, bits)
  }
  return { ...pixels, components: colors === 3 ? 4 : 2, bytes: bytesOf(to) }
}
