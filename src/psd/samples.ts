/** Samples of files, and pictures made of them. */

import { type ColorProfile, profileToSrgb, srgbToProfile } from '../color/icc.ts'
import { ImageError } from '../engine/errors.ts'
import type { PlanarImage, Size } from '../engine/picture/image.ts'
import { MAX_PIXELS } from './limits.ts'

/** Samples as files hold them: 0 to 255 at 8 bits and at 1, to 65535 at 16, to 1.0 and on at 32. */
export type Samples = Uint8Array | Uint16Array | Float32Array

/** Depths of pictures that can be stylised. */
export type BitsPerChannel = 8 | 16

/** Depths that a document can have. */
export type Depth = 1 | BitsPerChannel | 32

/** A picture as its file holds it: samples in the file's own profile, one array per channel. */
export interface SamplePlanes extends Size {
  readonly bits: BitsPerChannel
  /** Red, green and blue, each height·width samples. */
  readonly color: readonly [Samples, Samples, Samples]
  /** Straight coverage; absent means opaque. */
  readonly alpha?: Samples
}

export function maxSample(bits: Depth): number {
  return bits === 32 ? 1 : bits === 16 ? 65535 : 255
}

export function createSamples(bits: Depth, length: number): Samples {
  if (bits === 32) return new Float32Array(length)
  return bits === 16 ? new Uint16Array(length) : new Uint8Array(length)
}

/** Called with a size read from a file before anything of that size is allocated. */
export function assertPixelCount(path: string, width: number, height: number): void {
  if (width * height > MAX_PIXELS) {
    throw new ImageError(
      `${path}: has ${width}×${height} pixels, at most ${MAX_PIXELS} are read; make it smaller`,
    )
  }
}

/** Rows `top` to `bottom`, which are not copied. */
export function planeRows(planes: SamplePlanes, top: number, bottom: number): SamplePlanes {
  const { width, bits, color, alpha } = planes
  const rows = (plane: Samples): Samples => plane.subarray(top * width, bottom * width)
  return {
    width,
    height: bottom - top,
    bits,
    color: [rows(color[0]), rows(color[1]), rows(color[2])],
    ...(alpha ? { alpha: rows(alpha) } : {}),
  }
}

/** Samples in a file's profile to the engine's sRGB in [0,1]. Mirror image: imageToPlanes. */
export function planesToImage(planes: SamplePlanes, profile?: ColorProfile): PlanarImage {
  const { width, height, color, alpha, bits } = planes
  const size = width * height
  const max = maxSample(bits)
  const data = new Float32Array(3 * size)
  for (let c = 0; c < 3; c++) {
    const plane = color[c]!
    for (let i = 0; i < size; i++) data[c * size + i] = plane[i]! / max
  }
  if (profile && !profile.isSrgb) profileToSrgb(data, profile)
  return alpha
    ? { width, height, data, alpha: Float32Array.from(alpha, (value) => value / max) }
    : { width, height, data }
}

/** The engine's sRGB to samples in a file's profile; values outside [0,1] are clipped. */
export function imageToPlanes(
  image: PlanarImage,
  bits: BitsPerChannel,
  profile?: ColorProfile,
): SamplePlanes {
  const { width, height, alpha } = image
  const size = width * height
  let { data } = image
  if (profile && !profile.isSrgb) {
    data = data.slice()
    srgbToProfile(data, profile)
  }
  const plane = (c: number) => toSamples(data.subarray(c * size, (c + 1) * size), bits)
  const color = [plane(0), plane(1), plane(2)] as const
  return alpha
    ? { width, height, bits, color, alpha: toSamples(alpha, bits) }
    : { width, height, bits, color }
}

/**
 * A result in the form of the planes that it was made from, with their alpha. Where its colours are
 * the very ones that the planes show, as where nothing was painted, their samples stay to the bit:
 * not every sample comes back from sRGB as it went.
 * @param result of the planes' size.
 */
export function resultPlanes(
  result: PlanarImage,
  planes: SamplePlanes,
  profile?: ColorProfile,
): SamplePlanes {
  const { color } = imageToPlanes(result, planes.bits, profile)
  const given = planesToImage(planes, profile).data
  const size = planes.width * planes.height
  for (let i = 0; i < size; i++) {
    const isUnchanged = [i, size + i, 2 * size + i].every((at) => result.data[at] === given[at])
    if (isUnchanged) for (let c = 0; c < 3; c++) color[c]![i] = planes.color[c]![i]!
  }
  return { ...planes, color }
}

function toSamples(values: Float32Array, bits: BitsPerChannel): Samples {
  const max = maxSample(bits)
  const samples = createSamples(bits, values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    samples[i] = value > 0 ? (value < 1 ? Math.round(value * max) : max) : 0
  }
  return samples
}
