/** Photoshop's interleaved samples to the engine's planes, and back: mirror images. */
import type { Pixels } from '../bridge/messages.ts'
import { ImageError } from '../engine/errors.ts'
import type { PlanarImage } from '../engine/image.ts'

type Samples = Uint8Array | Uint16Array | Float32Array

/** How one depth stores what the engine has as sRGB-encoded colour, or alpha, from 0 to 1. */
interface Depth {
  view(bytes: Uint8Array): Samples
  create(count: number): Samples
  toColour(sample: number): number
  toSample(colour: number): number
  toAlpha(sample: number): number
}

const integers = (max: number) => ({
  toColour: (sample: number) => sample / max,
  toSample: (colour: number) => Math.round(colour * max),
  toAlpha: (sample: number) => sample / max,
})

const DEPTHS: Readonly<Record<Pixels['bits'], Depth>> = {
  8: { ...integers(255), view: (bytes) => bytes, create: (count) => new Uint8Array(count) },
  // Photoshop's 16 bits end at 32768, which makes every value exact in float32.
  16: {
    ...integers(32768),
    view: (bytes) => {
      const { buffer, byteOffset, length } = aligned(bytes, 2)
      return new Uint16Array(buffer, byteOffset, length / 2)
    },
    create: (count) => new Uint16Array(count),
  },
  32: {
    view: (bytes) => {
      const { buffer, byteOffset, length } = aligned(bytes, 4)
      return new Float32Array(buffer, byteOffset, length / 4)
    },
    create: (count) => new Float32Array(count),
    toColour: encodeSrgb,
    toSample: decodeSrgb,
    toAlpha: (sample) => sample,
  },
}

const aligned = (bytes: Uint8Array, unit: number): Uint8Array =>
  bytes.byteOffset % unit === 0 ? bytes : bytes.slice()

/** Linear light in [0,1] to its sRGB code in [0,1]: IEC 61966-2-1, 5.2. */
export function encodeSrgb(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055
}

/** An sRGB code in [0,1] to linear light in [0,1]: IEC 61966-2-1, 5.2. */
export function decodeSrgb(code: number): number {
  return code <= 0.04045 ? code / 12.92 : ((code + 0.055) / 1.055) ** 2.4
}

/** What is not a number becomes 0; light brighter than white, white. */
const clamp = (value: number): number => (value > 0 ? Math.min(value, 1) : 0)

const hasAlpha = ({ components }: Pixels): boolean => components === 2 || components === 4

/** @throws ImageError when the bytes do not fit the extents. */
export function toPlanar(pixels: Pixels): PlanarImage {
  assertFits(pixels)
  const { width, height, components, bits } = pixels
  const { view, toColour, toAlpha } = DEPTHS[bits]
  const samples = view(pixels.bytes)
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
    alpha[i] = clamp(toAlpha(samples[i * components + components - 1]!))
  }
  return { width, height, data, alpha }
}

/**
 * Samples of the form of `like`, whose alpha is taken over bit for bit. Gray is the luma of
 * Rec. 709: 0.2126 R + 0.7152 G + 0.0722 B of the encoded colours.
 * @param image of the size of `like`.
 */
export function toPixels({ data }: PlanarImage, like: Pixels): Pixels {
  const { width, height, components, bits } = like
  const { view, create, toSample } = DEPTHS[bits]
  const count = width * height
  const samples = create(count * components)
  if (components >= 3) {
    for (let channel = 0; channel < 3; channel++) {
      for (let i = 0; i < count; i++) {
        samples[i * components + channel] = toSample(clamp(data[channel * count + i]!))
      }
    }
  } else {
    for (let i = 0; i < count; i++) {
      const luma = 0.2126 * data[i]! + 0.7152 * data[count + i]! + 0.0722 * data[2 * count + i]!
      samples[i * components] = toSample(clamp(luma))
    }
  }
  if (hasAlpha(like)) {
    const given = view(like.bytes)
    for (let i = components - 1; i < given.length; i += components) samples[i] = given[i]!
  }
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  return { width, height, components, bits, bytes }
}

function assertFits({ width, height, components, bits, bytes }: Pixels): void {
  const expected = (width * height * components * bits) / 8
  if (width >= 1 && height >= 1 && bytes.length === expected) return
  throw new ImageError(
    `content: expected ${expected} bytes for ${width}×${height} px of ${components}×${bits} bits, got ${bytes.length}`,
  )
}
