/** Pixels and selections at the depth that a document wants. */
import type { Pixels } from '../../bridge/messages.ts'
import {
  bytesOf,
  decodeSrgb,
  emptySamples,
  encodeSrgb,
  FULL,
  lumaOf,
  type Samples,
  samplesOf,
} from '../../bridge/samples.ts'

type Bits = Pixels['bits']

/**
 * Brings pixels to another depth, for a document that was converted meanwhile. 32-bit samples are
 * linear light and the others are not: sRGB's curve stands in for that of the document's profile.
 */
export function atDepth(pixels: Pixels, bits: Bits): Pixels {
  if (bits === pixels.bits) return pixels
  const from = samplesOf(pixels)
  const to = emptySamples(bits, from.length)
  const { components } = pixels
  const hasAlpha = components % 2 === 0
  const curve = pixels.bits === 32 ? encodeSrgb : bits === 32 ? decodeSrgb : identity
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

/** Coverage by brightness, 0 … 255: luma · alpha of the encoded colours. */
export function brightnessOf({ components, bits, bytes }: Pixels): Uint8Array {
  const samples = samplesOf({ bits, bytes })
  const encode = bits === 32 ? encodeSrgb : identity
  const colors = components > 2 ? 3 : 1
  const at = (index: number): number => encode(samples[index]! / FULL[bits])
  return Uint8Array.from({ length: samples.length / components }, (_, pixel) => {
    const first = pixel * components
    const luma = colors === 3 ? lumaOf(at(first), at(first + 1), at(first + 2)) : at(first)
    const alpha = components > colors ? samples[first + colors]! / FULL[bits] : 1
    return quantised(luma * alpha, 8)
  })
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
