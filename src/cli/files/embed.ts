/** Puts what is said of a picture into its encoded file; the encoder takes care of XMP. */
import type { Size } from '../../engine/picture/image.ts'
import { concat, latin1, u16, u32 } from '../../psd/bytes.ts'
import { imageResource } from '../../psd/layer-list.ts'
import { APP0, APP1, APP13, MAX_SEGMENT_DATA, type Segment, withSegments } from './jpeg-segments.ts'
import { type Density, type Metadata, RESOURCES } from './metadata.ts'
import { keywordOf, makeChunk, makeRawProfile, readChunks, writeChunks } from './png-chunks.ts'
import type { RasterFormat } from './raster-format.ts'
import { type FieldTree, numberField, TAG, withFields, writeExif } from './tiff-fields.ts'
import { withExif } from './webp-chunks.ts'

export interface Embedded {
  readonly bytes: Buffer
  /** What the format has no place for, in sentences. */
  readonly notes: readonly string[]
}

interface Shape extends Size {
  readonly alpha?: unknown
}

export function embedMetadata(
  encoded: Buffer,
  format: RasterFormat,
  metadata: Metadata,
  shape: Shape,
): Embedded {
  switch (format) {
    case 'jpeg':
      return intoJpeg(encoded, metadata)
    case 'png':
      return { bytes: intoPng(encoded, metadata), notes: [] }
    case 'tiff':
      return { bytes: intoTiff(encoded, metadata), notes: textNotes(metadata) }
    case 'webp':
      return intoWebp(encoded, metadata, shape)
  }
}

/** EXIF with orientation and resolution in it; a new one where there is none. */
function exifOf({ exif, density }: Metadata): FieldTree {
  const tree = exif ?? { littleEndian: true, main: new Map() }
  const { littleEndian: little } = tree
  const main = new Map(tree.main)
  main.set(TAG.orientation, numberField(3, 1, little))
  main.set(TAG.xResolution, numberField(5, density?.x ?? 1, little))
  main.set(TAG.yResolution, numberField(5, density?.y ?? 1, little))
  main.set(TAG.resolutionUnit, numberField(3, density ? INCHES : NO_UNIT, little))
  return { ...tree, main }
}

const NO_UNIT = 1
const INCHES = 2

function intoJpeg(jpeg: Buffer, metadata: Metadata): Embedded {
  const { exif, iptc, density } = metadata
  const parts = [
    ['EXIF', APP1, exif && concat([latin1('Exif\0\0'), exifThatFits(exifOf(metadata))])],
    [
      'IPTC',
      APP13,
      iptc && concat([latin1('Photoshop 3.0\0'), imageResource(RESOURCES.iptc, iptc)]),
    ],
  ] as const
  const segments: Segment[] = []
  const notes: string[] = []
  for (const [name, marker, data] of parts) {
    if (data === undefined) continue
    if (data.length <= MAX_SEGMENT_DATA) segments.push({ marker, data })
    else notes.push(`the ${name} of the content is too long for a JPEG and is left out`)
  }
  return {
    bytes: withSegments(jpeg, [jfifHeader(density), ...segments]),
    notes: [...notes, ...textNotes(metadata)],
  }
}

/** Makers' notes may be long, and are the least that is missed. */
function exifThatFits(tree: FieldTree): Uint8Array {
  const whole = writeExif(tree)
  if (whole.length + 6 <= MAX_SEGMENT_DATA || !tree.exif) return whole
  const exif = new Map(tree.exif)
  exif.delete(TAG.makerNote)
  return writeExif({ ...tree, exif })
}

/** The first segment of a JPEG (JFIF 1.02), which the encoder leaves out. */
function jfifHeader(density: Density | undefined): Segment {
  const [unit, x, y] = density ? [1, density.x, density.y] : [0, 1, 1]
  const version = [1, 2]
  const noThumbnail = [0, 0]
  const numbers = [u16(Math.round(x)), u16(Math.round(y))]
  return {
    marker: APP0,
    data: concat([
      latin1('JFIF\0'),
      Uint8Array.of(...version, unit),
      ...numbers,
      Uint8Array.of(...noThumbnail),
    ]),
  }
}

const INCHES_PER_METRE = 100 / 2.54

function intoPng(png: Buffer, metadata: Metadata): Buffer {
  const { exif, iptc, density, texts = [] } = metadata
  const [header, ...others] = readChunks(png).filter(({ type }) => type !== 'pHYs')
  const perMetre = (dpi: number) => u32(Math.round(dpi * INCHES_PER_METRE))
  return writeChunks(png, [
    header!,
    ...(density
      ? [makeChunk('pHYs', concat([perMetre(density.x), perMetre(density.y), Uint8Array.of(1)]))]
      : []),
    ...(exif ? [makeChunk('eXIf', writeExif(exifOf(metadata)))] : []),
    ...(iptc ? [makeRawProfile('iptc', imageResource(RESOURCES.iptc, iptc))] : []),
    ...texts,
    ...others,
  ])
}

/** The encoder has written a resolution in any case. */
function intoTiff(tiff: Buffer, metadata: Metadata): Buffer {
  const { iptc } = metadata
  const described = exifOf(metadata)
  const main = new Map(described.main)
  if (iptc) main.set(TAG.iptc, { type: 7, count: iptc.length, data: iptc })
  return Buffer.from(withFields(tiff, { ...described, main }).buffer)
}

function intoWebp(webp: Buffer, metadata: Metadata, shape: Shape): Embedded {
  const { exif, iptc, density } = metadata
  const notes = [
    ...(iptc ? ['WebP has no place for IPTC, which is left out; XMP is kept'] : []),
    ...textNotes(metadata),
  ]
  const isDescribed = exif !== undefined || density !== undefined
  return { bytes: isDescribed ? withExif(webp, writeExif(exifOf(metadata)), shape) : webp, notes }
}

function textNotes({ texts = [] }: Metadata): string[] {
  const names = [...new Set(texts.map((chunk) => `"${keywordOf(chunk)}"`))].slice(0, 10)
  return names.length > 0
    ? [`texts of the PNG that other formats have no place for are left out: ${names.join(', ')}`]
    : []
}

/** The same as a document's image resources; XMP is written with the layers' recipes. */
export function metadataResources(metadata: Metadata): Uint8Array {
  const { exif, iptc, density } = metadata
  return concat([
    ...(density ? [imageResource(RESOURCES.resolution, resolutionInfo(density))] : []),
    ...(iptc ? [imageResource(RESOURCES.iptc, iptc)] : []),
    ...(exif ? [imageResource(RESOURCES.exif, writeExif(exifOf(metadata)))] : []),
  ])
}

/** Pixels per inch, shown so, of a document measured in inches. */
function resolutionInfo({ x, y }: Density): Uint8Array {
  const axis = (dpi: number) => [u32(Math.round(dpi * 65_536)), u16(1), u16(1)]
  return concat([...axis(x), ...axis(y)])
}
