import sharp, { type OutputInfo, type SharpOptions } from 'sharp'
import { type ColorProfile, readProfile } from '../../color/icc.ts'
import { ImageError } from '../../engine/errors.ts'
import {
  assertPixelCount,
  type BitsPerChannel,
  createSamples,
  maxSample,
  type SamplePlanes,
} from '../../psd/samples.ts'
import type { SourceFile } from './source-file.ts'

export type RasterFormat = 'jpeg' | 'png' | 'webp' | 'tiff'

export interface RasterPicture {
  readonly planes: SamplePlanes
  /** Of the planes' colors; absent means sRGB. */
  readonly profile?: ColorProfile | undefined
  /** An XMP packet, as it stands in the file. */
  readonly xmp?: string | undefined
}

/**
 * Decodes a picture, upright by its EXIF orientation, in its own profile. CMYK needs a profile of
 * its own, by which it is converted to 8-bit sRGB; of several frames or pages the first is taken.
 */
export async function decodeRaster({ path, bytes }: SourceFile): Promise<RasterPicture> {
  const open = (options: SharpOptions) =>
    sharp(bytes, { failOn: 'error', limitInputPixels: false, ...options })
  try {
    const metadata = await open({}).metadata()
    assertPixelCount(path, metadata.width, metadata.height)
    const bits = bitsOf(path, metadata.depth)
    if (metadata.space === 'cmyk') {
      if (metadata.icc === undefined) {
        throw new ImageError(
          `${path}: is CMYK without a color profile, expected RGB or gray; convert it to RGB ` +
            '(Photoshop: Image > Mode > RGB Color)',
        )
      }
      const { data, info } = await open({})
        .autoOrient()
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true })
      return { planes: toPlanes(data, info, 8), xmp: metadata.xmpAsString }
    }
    const profile = readProfile(path, metadata.icc)
    const { data, info } = await open({ ignoreIcc: true })
      .autoOrient()
      .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
      .raw({ depth: bits === 16 ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const planes = toPlanes(data, info, bits)
    return { planes, profile, xmp: metadata.xmpAsString }
  } catch (error) {
    if (error instanceof ImageError) throw error
    throw damaged(path, error)
  }
}

/** The XMP packet of a picture, without its pixels. */
export async function readXmp({ path, bytes }: SourceFile): Promise<string | undefined> {
  try {
    return (await sharp(bytes, { limitInputPixels: false }).metadata()).xmpAsString
  } catch (error) {
    throw damaged(path, error)
  }
}

const damaged = (path: string, error: unknown): ImageError =>
  new ImageError(
    `${path}: is damaged or cut short: ${(error as Error).message.trim()}; get a fresh copy of it`,
    { cause: error },
  )

function bitsOf(path: string, depth: string | undefined): BitsPerChannel {
  if (depth === 'uchar') return 8
  if (depth === 'ushort') return 16
  throw new ImageError(
    `${path}: has ${depth ?? 'unknown'} samples, expected 8 or 16 bits per channel; ` +
      'convert it (Photoshop: Image > Mode > 16 Bits/Channel)',
  )
}

function toPlanes(data: Buffer, info: OutputInfo, bits: BitsPerChannel): SamplePlanes {
  const { width, height, channels } = info
  const size = width * height
  const samples =
    bits === 16 ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data
  const plane = (c: number) => {
    const out = createSamples(bits, size)
    for (let i = 0; i < size; i++) out[i] = samples[i * channels + c]!
    return out
  }
  const color = [plane(0), plane(1), plane(2)] as const
  return channels > 3
    ? { width, height, bits, color, alpha: plane(3) }
    : { width, height, bits, color }
}

/** Longest edge each format can hold, px; of JPEG what libjpeg allows, a little below 16 bits. */
export const MAX_EDGE: Readonly<Record<RasterFormat, number>> = {
  jpeg: 65_500,
  png: 2 ** 31 - 1,
  webp: 16_383,
  tiff: 2 ** 31 - 1,
}

/**
 * Encodes a picture and embeds its profile and XMP. JPEG and WebP have 8 bits, the others as many as the
 * planes. JPEG has no transparency: it is laid on white. WebP is lossless, as its lossy form
 * changes the color of every pixel at half resolution.
 */
export async function encodeRaster(
  path: string,
  { planes, profile, xmp }: RasterPicture,
  format: RasterFormat,
): Promise<Buffer> {
  const { width, height } = planes
  if (Math.max(width, height) > MAX_EDGE[format]) {
    throw new ImageError(
      `${path}: a ${format.toUpperCase()} file holds at most ${MAX_EDGE[format]} pixels per edge, ` +
        `the result has ${width}×${height}; write a .png or .tif`,
    )
  }
  const bits = format === 'jpeg' || format === 'webp' ? 8 : planes.bits
  const picture = sharp(wrapInTiff(toBits(planes, bits), profile?.bytes), {
    ignoreIcc: true,
    limitInputPixels: false,
  })
    .keepIccProfile()
    .toColourspace(bits === 16 ? 'rgb16' : 'srgb')
  if (xmp) picture.withXmp(xmp)
  switch (format) {
    case 'jpeg':
      return picture
        .flatten({ background: 'white' })
        .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
        .toBuffer()
    case 'png':
      return picture.png().toBuffer()
    case 'webp':
      return picture.webp({ lossless: true, exact: true }).toBuffer()
    case 'tiff':
      return picture.tiff({ compression: 'deflate', predictor: 'horizontal' }).toBuffer()
  }
}

function toBits(planes: SamplePlanes, bits: BitsPerChannel): SamplePlanes {
  if (planes.bits === bits) return planes
  const scale = maxSample(bits) / maxSample(planes.bits)
  const convert = (from: ArrayLike<number>) => {
    const to = createSamples(bits, from.length)
    for (let i = 0; i < from.length; i++) to[i] = Math.round(from[i]! * scale)
    return to
  }
  const [red, green, blue] = planes.color
  const color = [convert(red), convert(green), convert(blue)] as const
  return { ...planes, bits, color, ...(planes.alpha ? { alpha: convert(planes.alpha) } : {}) }
}

/**
 * An uncompressed TIFF in memory (TIFF 6.0, little-endian). It is how pixels and their profile go
 * into sharp together: given raw pixels, sharp only attaches a profile by converting to it.
 */
function wrapInTiff(planes: SamplePlanes, profile: Uint8Array | undefined): Buffer {
  const { width, height, bits, color, alpha } = planes
  const channels = alpha ? [...color, alpha] : color
  const sampleBytes = bits / 8
  const pixelBytes = width * height * channels.length * sampleBytes
  const SHORT = 3
  const LONG = 4
  const UNDEFINED = 7
  const depthsAt = 10 + 12 * 12 + 4
  const profileAt = depthsAt + 2 * 4
  const pixelsAt = profileAt + ((profile?.length ?? 0) + 1) - (((profile?.length ?? 0) + 1) % 2)
  const tags: readonly (readonly [tag: number, type: number, count: number, value: number])[] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, channels.length, depthsAt],
    [259, SHORT, 1, 1], // not compressed
    [262, SHORT, 1, 2], // RGB
    [273, LONG, 1, pixelsAt],
    [277, SHORT, 1, channels.length],
    [278, LONG, 1, height],
    [279, LONG, 1, pixelBytes],
    [284, SHORT, 1, 1], // interleaved
    ...(alpha ? [[338, SHORT, 1, 2] as const] : []), // straight alpha
    ...(profile ? [[34675, UNDEFINED, profile.length, profileAt] as const] : []),
  ]
  const file = Buffer.alloc(pixelsAt + pixelBytes)
  file.write('II*\0', 0, 'latin1')
  file.writeUInt32LE(8, 4)
  file.writeUInt16LE(tags.length, 8)
  tags.forEach(([tag, type, count, value], i) => {
    const at = 10 + 12 * i
    file.writeUInt16LE(tag, at)
    file.writeUInt16LE(type, at + 2)
    file.writeUInt32LE(count, at + 4)
    file.writeUInt32LE(value, at + 8)
  })
  for (let i = 0; i < channels.length; i++) file.writeUInt16LE(bits, depthsAt + 2 * i)
  if (profile) file.set(profile, profileAt)
  const pixels = file.subarray(pixelsAt)
  const step = channels.length * sampleBytes
  channels.forEach((plane, c) => {
    for (let i = 0, at = c * sampleBytes; i < plane.length; i++, at += step) {
      const value = plane[i]!
      pixels[at] = value & 255
      if (bits === 16) pixels[at + 1] = value >> 8
    }
  })
  return file
}
