/** Photoshop's interleaved samples to the engine's planes, and back: mirror images. */
import type { CoverageMap, Pixels } from '../bridge/messages.ts'
import {
  bytesOf,
  decodeSrgb,
  emptySamples,
  encodeSrgb,
  FULL,
  lumaOf,
  samplesOf,
} from '../bridge/samples.ts'
import { ImageError } from '../engine/errors.ts'
import type { Mask, PlanarImage } from '../engine/image.ts'

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

/** @throws ImageError when the bytes do not fit the extents. */
export function toPlanar(pixels: Pixels): PlanarImage {
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

/**
 * Samples of the form of `like`, whose alpha is taken over bit for bit, and so is what hides under
 * alpha 0 and every pixel whose colour is still what `toPlanar` made of it. Gray is the luma.
 * @param image of the size of `like`.
 */
export function toPixels({ data }: PlanarImage, like: Pixels): Pixels {
  const { width, height, components, bits } = like
  const { toSample, toColour } = CODINGS[bits]
  const count = width * height
  const samples = emptySamples(bits, count * components)
  if (components >= 3) {
    for (let channel = 0; channel < 3; channel++) {
      for (let i = 0; i < count; i++) {
        samples[i * components + channel] = toSample(clamp(data[channel * count + i]!))
      }
    }
  } else {
    for (let i = 0; i < count; i++) {
      const luma = lumaOf(data[i]!, data[count + i]!, data[2 * count + i]!)
      samples[i * components] = toSample(clamp(luma))
    }
  }
  const given = samplesOf(like)
  const isUnchanged = (pixel: number): boolean =>
    [0, 1, 2].every((channel) => {
      const sample = given[pixel * components + (components >= 3 ? channel : 0)]!
      return data[channel * count + pixel] === Math.fround(clamp(toColour(sample)))
    })
  for (let pixel = 0; pixel < count; pixel++) {
    const [first, last] = [pixel * components, (pixel + 1) * components - 1]
    // Under alpha 0 nothing was painted: what hides there stays.
    const isKept = (hasAlpha(like) && given[last] === 0) || isUnchanged(pixel)
    if (isKept) samples.set(given.subarray(first, last + 1), first)
    else if (hasAlpha(like)) samples[last] = given[last]!
  }
  return { width, height, components, bits, bytes: bytesOf(samples) }
}

function assertFits({ width, height, components, bits, bytes }: Pixels): void {
  const expected = (width * height * components * bits) / 8
  if (width >= 1 && height >= 1 && bytes.length === expected) return
  throw new ImageError(
    `content: expected ${expected} bytes for ${width}×${height} px of ${components}×${bits} bits, got ${bytes.length}`,
  )
}
