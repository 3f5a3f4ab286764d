/** Converts Photoshop's interleaved samples to the engine's planes, and back. */
import type { CoverageMap, Pixels } from '../bridge/messages.ts'
import {
  bytesOf,
  decodeSrgb,
  emptySamples,
  encodeSrgb,
  FULL,
  lumaOf,
  type Samples,
  samplesOf,
} from '../bridge/samples.ts'
import { type ColorConversion, profileToSrgb, srgbCurve, srgbToProfile } from '../color/icc.ts'
import { ImageError } from '../engine/errors.ts'
import type { Mask, PlanarImage } from '../engine/picture/image.ts'

/** How one depth stores what the engine has as sRGB-encoded colour from 0 to 1. */
interface Coding {
  toColour(sample: number): number
  toSample(colour: number): number
}

const integers = (full: number): Coding => ({
  toColour: (sample) => sample / full,
  toSample: (colour) => Math.round(colour * full),
})

const CODINGS: Readonly<Record<Pixels['bits'], Coding>> = {
  8: integers(FULL[8]),
  // Photoshop's 16 bits end at 32768, which makes every value exact in float32.
  16: integers(FULL[16]),
  32: { toColour: encodeSrgb, toSample: decodeSrgb },
}

/** What is not a number becomes 0; light brighter than white, white. */
const clamp = (value: number): number => (value > 0 ? Math.min(value, 1) : 0)

const hasAlpha = ({ components }: Pixels): boolean => components === 2 || components === 4

/**
 * @param conversion of colours that are not sRGB; gray has none.
 * @throws ImageError when the bytes do not fit the extents.
 */
export function toPlanar(pixels: Pixels, conversion?: ColorConversion): PlanarImage {
  assertFits(pixels)
  const { width, height, components, bits } = pixels
  const { toColour } = CODINGS[bits]
  const samples = samplesOf(pixels)
  const count = width * height
  const data = new Float32Array(3 * count)
  for (let channel = 0; channel < 3; channel++) {
    const first = components >= 3 ? channel : 0
    for (let i = 0; i < count; i++) {
      data[channel * count + i] = clamp(toColour(samples[i * components + first]!))
    }
  }
  if (conversion && components >= 3) profileToSrgb(data, encoded(conversion, bits))
  if (!hasAlpha(pixels)) return { width, height, data }
  const alpha = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    alpha[i] = clamp(samples[i * components + components - 1]! / FULL[bits])
  }
  return { width, height, data, alpha }
}

/** 0 … 255 as 0 … 1. */
export const toMask = ({ width, height, bytes }: CoverageMap): Mask => ({
  width,
  height,
  data: Float32Array.from(bytes, (value) => value / 255),
})

/** So many pixels are converted at a time, which bounds the memory needed beside picture and result. */
const STRIP = 2 ** 16

/**
 * Samples in the form of `like`. Its alpha is taken over bit for bit, as are its colours under alpha
 * 0, and every pixel whose colour is still what `toPlanar` made of it. Gray is the luma.
 * @param image as large as `like`.
 * @param conversion the one that `toPlanar` was given.
 */
export function toPixels(
  { data }: PlanarImage,
  like: Pixels,
  conversion?: ColorConversion,
): Pixels {
  const { width, height, components, bits, bytes } = like
  const count = width * height
  const given = samplesOf(like)
  const samples = emptySamples(bits, count * components)
  for (let start = 0; start < count; start += STRIP) {
    const length = Math.min(STRIP, count - start)
    const size = (components * bits) / 8
    const strip = bytes.subarray(start * size, (start + length) * size)
    const was = toPlanar({ ...like, width: length, height: 1, bytes: strip }, conversion).data
    const is = new Float32Array(3 * length)
    for (let channel = 0; channel < 3; channel++) {
      const first = channel * count + start
      is.set(data.subarray(first, first + length), channel * length)
    }
    const painted = interleaved(is, like, conversion)
    for (let i = 0; i < length; i++) {
      const [first, last] = [(start + i) * components, (start + i + 1) * components - 1]
      const isUnchanged = [i, length + i, 2 * length + i].every((at) => is[at] === was[at])
      // Under alpha 0 nothing was painted: what hides there stays.
      const isKept = isUnchanged || (hasAlpha(like) && given[last] === 0)
      const [source, at] = isKept ? [given, first] : [painted, i * components]
      samples.set(source.subarray(at, at + components), first)
      if (hasAlpha(like)) samples[last] = given[last]!
    }
  }
  return { width, height, components, bits, bytes: bytesOf(samples) }
}

/** Planes of colour as samples; alpha is left 0. */
function interleaved(
  planes: Float32Array,
  { components, bits }: Pixels,
  conversion: ColorConversion | undefined,
): Samples {
  const { toSample } = CODINGS[bits]
  const count = planes.length / 3
  const samples = emptySamples(bits, count * components)
  const isGray = components < 3
  const colors = planes.slice()
  if (conversion && !isGray) srgbToProfile(colors, encoded(conversion, bits))
  const at = (channel: number, i: number): number => colors[channel * count + i]!
  for (let i = 0; i < count; i++) {
    if (isGray) samples[i * components] = toSample(clamp(lumaOf(at(0, i), at(1, i), at(2, i))))
    else for (let c = 0; c < 3; c++) samples[i * components + c] = toSample(clamp(at(c, i)))
  }
  return samples
}

/** `CODINGS` encodes the linear light of 32 bits as sRGB: only the primaries are left to convert. */
const encoded = (conversion: ColorConversion, bits: Pixels['bits']): ColorConversion =>
  bits === 32 ? { ...conversion, curves: [srgbCurve, srgbCurve, srgbCurve] } : conversion

function assertFits({ width, height, components, bits, bytes }: Pixels): void {
  const expected = (width * height * components * bits) / 8
  if (width >= 1 && height >= 1 && bytes.length === expected) return
  throw new ImageError(
    `content: expected ${expected} bytes for ${width}×${height} px of ${components}×${bits} bits, got ${bytes.length}`,
  )
}
