import sharp, { type OutputInfo, type Sharp, type SharpOptions } from 'sharp'
import { type ColorProfile, readProfile } from '../../color/icc.ts'
import { ADOBE_GAMMA, ADOBE_RGB_NAME, RGB_SPACES } from '../../color/rgb-spaces.ts'
import { ImageError } from '../../engine/errors.ts'
import { matrixProfile } from '../../psd/matrix-profile.ts'
import {
  assertPixelCount,
  type BitsPerChannel,
  createSamples,
  maxSample,
  type SamplePlanes,
} from '../../psd/samples.ts'
import { type Embedded, embedMetadata } from './embed.ts'
import { uncommonJpeg } from './jpeg-segments.ts'
import { type Density, type Metadata, readMetadata } from './metadata.ts'
import { readChunks, withoutDamagedChunks } from './png-chunks.ts'
import { pngProfile } from './png-colors.ts'
import { MAX_EDGE, type RasterFormat } from './raster-format.ts'
import type { SourceFile } from './source-file.ts'
import { type FieldTree, readFields, TAG, textIn } from './tiff-fields.ts'
import { alphaAmongExtras, isCameraRaw, uncommonTiff, withMarkedAlpha } from './tiff-kinds.ts'

export interface RasterPicture {
  readonly planes: SamplePlanes
  /** Profile of the planes' colors; absent means sRGB. */
  readonly profile?: ColorProfile | undefined
  readonly metadata: Metadata
}

/** A picture as it was read. */
interface DecodedRaster extends RasterPicture {
  /** What of the file the picture does not show, in sentences. */
  readonly notes: readonly string[]
}

/**
 * Decodes a picture, upright by its EXIF or XMP orientation, in its own profile. CMYK needs a profile
 * of its own, by which it is converted to 8-bit sRGB; of several frames or pages the first is taken.
 */
export async function decodeRaster(file: SourceFile): Promise<DecodedRaster> {
  try {
    return await decode(file)
  } catch (error) {
    if (error instanceof ImageError) throw error
    throw unreadable(file, error)
  }
}

async function decode(file: SourceFile): Promise<DecodedRaster> {
  const { path, format } = file
  const tiff = format === 'tiff' ? readFields(file.bytes) : undefined
  if (tiff && isCameraRaw(tiff, file.bytes)) throw cameraRaw(path)
  const { bytes, damaged } = readable(file, tiff)
  const open = (options: SharpOptions) =>
    sharp(bytes, { failOn: 'error', limitInputPixels: false, ...options })
  const stored = await open({}).metadata()
  assertPixelCount(path, stored.width, stored.height)
  const bits = bitsOf(path, stored.depth, tiff && uncommonTiff(tiff))
  const metadata = readMetadata(file, stored)
  const layout = {
    orientation: metadata.orientation ?? 1,
    alphaAt: tiff?.main.has(TAG.extraSamples) ? alphaAmongExtras(tiff) : 0,
  }
  const notes = [
    ...(damaged.length > 0
      ? [`the PNG's ${damaged.join(', ')} is damaged, and the picture is read without it`]
      : []),
    ...(tiff?.main.has(TAG.photoshopLayers)
      ? ['the TIFF has layers, of which the picture that they make is painted']
      : []),
  ]
  const read = async (options: SharpOptions, depth: BitsPerChannel) => {
    const { data, info } = await open(options)
      .toColourspace(depth === 16 ? 'rgb16' : 'srgb')
      .raw({ depth: depth === 16 ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const unshown = info.channels - 3 - (hasAlpha(info, layout) ? 1 : 0)
    return {
      planes: toPlanes(data, info, depth, layout),
      metadata: {
        ...metadata,
        orientation: 1,
        density: turnedDensity(metadata.density, layout.orientation),
      },
      notes: unshown > 0 ? [...notes, extraChannels(unshown)] : notes,
    }
  }
  if (stored.space === 'cmyk') {
    if (stored.icc === undefined) {
      throw new ImageError(
        `${path}: is CMYK without a color profile, expected RGB or gray; convert it to RGB ` +
          '(Photoshop: Image > Mode > RGB Color)',
      )
    }
    return read({}, 8)
  }
  const described = format === 'png' ? pngProfile(path, readChunks(bytes), stored.icc) : stored.icc
  const profile = readProfile(path, described ?? profileOfExif(metadata.exif))
  return { profile, ...(await read({ ignoreIcc: true }, bits)) }
}

/** The file's bytes as the library reads them, and chunks that had to be left out. */
function readable({ format, bytes }: SourceFile, tiff: FieldTree | undefined) {
  if (format === 'png') return withoutDamagedChunks(bytes)
  return { bytes: tiff ? withMarkedAlpha(tiff, bytes) : bytes, damaged: [] }
}

/** Cameras that follow the DCF standard (2.0, 4.1) name Adobe RGB in EXIF and embed no profile. */
function profileOfExif(tree: FieldTree | undefined): Uint8Array | undefined {
  if (!textIn(tree?.interop?.get(TAG.interopIndex)).startsWith('R03')) return undefined
  const { toXyz } = RGB_SPACES[ADOBE_RGB_NAME]!
  return matrixProfile({ name: ADOBE_RGB_NAME, toXyz, curve: [ADOBE_GAMMA] })
}

const cameraRaw = (path: string): ImageError =>
  new ImageError(
    `${path}: is a camera's raw file, expected a developed picture; develop it (Camera Raw, ` +
      'Lightroom, darktable) and save it as TIFF or JPEG',
  )

const extraChannels = (count: number): string =>
  `${count === 1 ? 'a further channel' : `${count} further channels`} of the TIFF, such as a saved selection, ` +
  'cannot be written with the painting'

/** The XMP packet of a picture, without its pixels. */
export async function readXmp(file: SourceFile): Promise<string | undefined> {
  try {
    return (await sharp(file.bytes, { limitInputPixels: false }).metadata()).xmpAsString
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** The library's messages may repeat one line a thousand times. */
const MAX_REASON = 160

function unreadable({ path, format, bytes }: SourceFile, error: unknown): ImageError {
  const lines = (error as Error).message.trim().split('\n', 2)
  const line = (lines[0]!.startsWith('Warning treated as error') ? lines[1] : lines[0]) ?? ''
  const reason = line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line.replace(/:$/, '')
  const tiff = format === 'tiff' ? readFields(bytes) : undefined
  const kind = format === 'jpeg' ? uncommonJpeg(bytes) : tiff && uncommonTiff(tiff)
  return new ImageError(
    kind === undefined
      ? `${path}: is damaged or cut short: ${reason}; get a fresh copy of it`
      : format === 'jpeg'
        ? `${path}: is a ${kind}, which cannot be read; save it as a common JPEG of 8 bits, or as TIFF or PNG`
        : `${path}: is a TIFF that cannot be read (${kind}), or damaged: ${reason}; ` +
          'save it as RGB of 8 or 16 bits, interleaved, without further channels, and without compression ' +
          'or with LZW or ZIP',
    { cause: error },
  )
}

function bitsOf(path: string, depth: string | undefined, kind: string | undefined): BitsPerChannel {
  if (depth === 'uchar') return 8
  if (depth === 'ushort') return 16
  throw new ImageError(
    `${path}: has ${kind ?? `${depth ?? 'unknown'} samples`}, expected RGB or gray of 8 or 16 bits per ` +
      'channel; convert it (Photoshop: Image > Mode > 16 Bits/Channel)',
  )
}

interface Layout {
  /** Orientation as in EXIF. */
  readonly orientation: number
  /** Place of the transparency among the channels beyond the colors; undefined for none. */
  readonly alphaAt: number | undefined
}

const hasAlpha = ({ channels }: OutputInfo, { alphaAt }: Layout): boolean =>
  alphaAt !== undefined && 3 + alphaAt < channels

function toPlanes(
  data: Buffer,
  info: OutputInfo,
  bits: BitsPerChannel,
  layout: Layout,
): SamplePlanes {
  const { channels } = info
  const { width, height, start, stepX, stepY } = upright(info, layout.orientation)
  const samples =
    bits === 16 ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2) : data
  const plane = (c: number) => {
    const out = createSamples(bits, width * height)
    for (let y = 0, i = 0; y < height; y++) {
      let at = (start + y * stepY) * channels + c
      for (let x = 0; x < width; x++, i++, at += stepX * channels) out[i] = samples[at]!
    }
    return out
  }
  const color = [plane(0), plane(1), plane(2)] as const
  return hasAlpha(info, layout)
    ? { width, height, bits, color, alpha: plane(3 + layout.alphaAt!) }
    : { width, height, bits, color }
}

/** Where the pixels of the upright picture stand in the stored one (CIPA DC-008, Orientation). */
function upright({ width, height }: OutputInfo, orientation: number) {
  const isRight = [2, 3, 7, 8].includes(orientation)
  const isBottom = [3, 4, 6, 7].includes(orientation)
  const start = (isRight ? width - 1 : 0) + (isBottom ? (height - 1) * width : 0)
  const across = isRight ? -1 : 1
  const down = isBottom ? -width : width
  return isTurned(orientation)
    ? { width: height, height: width, start, stepX: down, stepY: across }
    : { width, height, start, stepX: across, stepY: down }
}

/** True for a turn by a quarter, which makes columns of rows. */
const isTurned = (orientation: number): boolean => orientation >= 5

const turnedDensity = (density: Density | undefined, orientation: number): Density | undefined =>
  density && isTurned(orientation) ? { x: density.y, y: density.x } : density

/**
 * Encodes a picture and embeds its profile and what is said of it. JPEG and WebP have 8 bits, the others as many as the
 * planes. JPEG has no transparency: it is laid on white. WebP is lossless, as its lossy form
 * changes the color of every pixel at half resolution.
 */
export async function encodeRaster(
  path: string,
  { planes, profile, metadata }: RasterPicture,
  format: RasterFormat,
): Promise<Embedded> {
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
  if (metadata.xmp) picture.withXmp(metadata.xmp)
  return embedMetadata(await encode(picture, format), format, metadata, planes)
}

function encode(picture: Sharp, format: RasterFormat): Promise<Buffer> {
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
