/**
 * What a file says of its picture: EXIF, IPTC, XMP and resolution, read from every format.
 * `result-metadata.ts` corrects it for the painting, `embed.ts` writes it.
 */
import type { Metadata as StoredMetadata } from 'sharp'
import { textOfProperty } from '../../engine/output/xmp.ts'
import { type PsdDocument, resourceData, XMP_RESOURCE } from '../../psd/document.ts'
import { APP0, APP1, APP2, APP13, readSegments, type Segment, startsWith } from './jpeg-segments.ts'
import { type Chunk, isText, keywordOf, rawProfile, readChunks } from './png-chunks.ts'
import type { SourceFile } from './source-file.ts'
import { type Directory, type FieldTree, mainNumbers, readFields, TAG } from './tiff-fields.ts'

export interface Metadata {
  /** How the stored picture is turned and mirrored, 1 to 8 (CIPA DC-008, Orientation). */
  readonly orientation?: number | undefined
  /** Without orientation and resolution, which stand beside it. */
  readonly exif?: FieldTree | undefined
  /** Records of IPTC (IIM 4.2). */
  readonly iptc?: Uint8Array | undefined
  /** An XMP packet, as it stands in the file. */
  readonly xmp?: string | undefined
  readonly density?: Density | undefined
  /** Other texts of a PNG. */
  readonly texts?: readonly Chunk[] | undefined
  /** The file holds a gain map beside the picture. */
  readonly hasGainMap?: boolean
}

/** Pixels per inch. */
export interface Density {
  readonly x: number
  readonly y: number
}

/** Image resources of a document, and of a JPEG by Photoshop. */
export const RESOURCES = { resolution: 1005, iptc: 1028, exif: 1058 } as const

/** @param stored what the library found. */
export function readMetadata(
  { format, bytes }: Pick<SourceFile, 'format' | 'bytes'>,
  stored: Pick<StoredMetadata, 'exif' | 'iptc' | 'xmpAsString'>,
): Metadata {
  const chunks = format === 'png' ? readChunks(bytes) : []
  const segments = format === 'jpeg' ? readSegments(bytes) : []
  // The library reports neither XMP nor IPTC for a JPEG with a gain map.
  const segment = (marker: number, head: string) =>
    segments.find((one) => one.marker === marker && startsWith(one, head))?.data
  const embedded = stored.exif ?? rawProfile(chunks, ['exif', 'APP1'])
  const tree = format === 'tiff' ? readFields(bytes) : embedded && readExif(embedded)
  const iptc =
    stored.iptc ?? segment(APP13, 'Photoshop 3.0\0') ?? rawProfile(chunks, ['iptc', '8bim'])
  const packet = segment(APP1, XMP_HEAD)?.subarray(XMP_HEAD.length) ?? rawProfile(chunks, ['xmp'])
  const xmp = stored.xmpAsString ?? (packet && new TextDecoder().decode(packet))
  return {
    orientation:
      (tree && orientationOfFields(tree)) ??
      (xmp === undefined ? undefined : orientationOfXmp(xmp)) ??
      1,
    exif: tree && describing(tree),
    iptc: iptc && recordsIn(iptc),
    xmp,
    density: densityOfPng(chunks) ?? densityOfJfif(segments) ?? (tree && densityOfFields(tree)),
    texts: chunks
      .filter((chunk) => isText(chunk) && !isProfile(keywordOf(chunk)))
      .map(({ type, bytes: whole, data }) => ({ type, data: data.slice(), bytes: whole.slice() })),
    hasGainMap: segment(APP2, 'urn:iso:std:iso:ts:21496:-1\0') !== undefined,
  }
}

const XMP_HEAD = 'http://ns.adobe.com/xap/1.0/\0'

const isProfile = (keyword: string): boolean =>
  keyword === 'XML:com.adobe.xmp' || keyword.startsWith('Raw profile type ')

/** What a document says, for one of its layers that becomes a picture. */
export function documentMetadata(document: PsdDocument): Metadata {
  const exif = resourceData(document, RESOURCES.exif)
  const tree = exif && readExif(exif)
  const resolution = resourceData(document, RESOURCES.resolution)
  return {
    exif: tree && describing(tree),
    iptc: resourceData(document, RESOURCES.iptc)?.slice(),
    xmp: documentXmp(document),
    density: resolution && densityOfResource(resolution),
  }
}

export function documentXmp(
  document: Pick<PsdDocument, 'bytes' | 'resources'>,
): string | undefined {
  const data = resourceData(document, XMP_RESOURCE)
  return data && new TextDecoder().decode(data)
}

function orientationOfFields(tree: FieldTree): number | undefined {
  const [value] = mainNumbers(tree, TAG.orientation)
  return value !== undefined && value >= 1 && value <= 8 ? value : undefined
}

function orientationOfXmp(packet: string): number | undefined {
  const text = textOfProperty(packet, 'http://ns.adobe.com/tiff/1.0/', 'Orientation')
  return text && /^[1-8]$/.test(text) ? Number(text) : undefined
}

function readExif(embedded: Uint8Array): FieldTree | undefined {
  const hasPrefix = Buffer.from(embedded.subarray(0, 6)).toString('latin1') === 'Exif\0\0'
  return readFields(hasPrefix ? embedded.subarray(6) : embedded)
}

/**
 * Fields of the first directory that say something about the photograph; the others are about how
 * its pixels are stored.
 */
const DESCRIBING_TAGS: readonly number[] = [
  269, // DocumentName
  270, // ImageDescription
  271, // Make
  272, // Model
  285, // PageName
  305, // Software
  306, // DateTime
  315, // Artist
  316, // HostComputer
  18_246, // Rating
  18_249, // RatingPercent
  33_432, // Copyright
  40_091, // XPTitle
  40_092, // XPComment
  40_093, // XPAuthor
  40_094, // XPKeywords
  40_095, // XPSubject
]

/** Copied, so that the file's bytes need not be kept; undefined where nothing is said. */
function describing(tree: FieldTree): FieldTree | undefined {
  const copied = (directory: Directory | undefined, tags?: readonly number[]) =>
    directory &&
    new Map(
      [...directory]
        .filter(([tag]) => !tags || tags.includes(tag))
        .map(([tag, field]) => [tag, { ...field, data: field.data.slice() }]),
    )
  const main = copied(tree.main, DESCRIBING_TAGS)!
  const [exif, gps, interop] = [tree.exif, tree.gps, tree.interop].map((one) => copied(one))
  const isEmpty = [main, exif, gps].every((directory) => !directory || directory.size === 0)
  return isEmpty ? undefined : { littleEndian: tree.littleEndian, main, exif, gps, interop }
}

/** The records alone, of a JPEG's or PNG's list of Photoshop's image resources, too. */
function recordsIn(bytes: Uint8Array): Uint8Array | undefined {
  const stored = Buffer.from(bytes)
  const head = 'Photoshop 3.0\0'
  let at = stored.toString('latin1', 0, head.length) === head ? head.length : 0
  if (stored.toString('latin1', at, at + 4) !== '8BIM')
    return stored[at] === 0x1c ? stored : undefined
  while (at + 12 <= stored.length && stored.toString('latin1', at, at + 4) === '8BIM') {
    const id = stored.readUInt16BE(at + 4)
    const nameLength = stored[at + 6]! + 1
    const sizeAt = at + 6 + nameLength + (nameLength % 2)
    if (sizeAt + 4 > stored.length) return undefined
    const size = stored.readUInt32BE(sizeAt)
    const end = sizeAt + 4 + size
    if (end > stored.length) return undefined
    if (id === RESOURCES.iptc) return stored.subarray(sizeAt + 4, end)
    at = end + (size % 2)
  }
  return undefined
}

const CM_PER_INCH = 2.54

function densityOfPng(chunks: readonly Chunk[]): Density | undefined {
  const data = chunks.find(({ type }) => type === 'pHYs')?.data
  if (data?.length !== 9 || data[8] !== 1) return undefined
  const view = new DataView(data.buffer, data.byteOffset)
  // A whole number per metre is a little off what was meant, such as 300 dpi.
  const perInch = (perMetre: number) => {
    const exact = (perMetre * CM_PER_INCH) / 100
    return Math.abs(exact - Math.round(exact)) < 0.02 ? Math.round(exact) : exact
  }
  return density(perInch(view.getUint32(0)), perInch(view.getUint32(4)))
}

function densityOfJfif(segments: readonly Segment[]): Density | undefined {
  const header = segments.find(
    (segment) => segment.marker === APP0 && startsWith(segment, 'JFIF\0'),
  )?.data
  const unit = header?.[7]
  if (!header || header.length < 12 || (unit !== 1 && unit !== 2)) return undefined
  const view = new DataView(header.buffer, header.byteOffset)
  const factor = unit === 2 ? CM_PER_INCH : 1
  return density(view.getUint16(8) * factor, view.getUint16(10) * factor)
}

function densityOfFields(tree: FieldTree): Density | undefined {
  const unit = mainNumbers(tree, TAG.resolutionUnit)[0] ?? 2
  if (unit !== 2 && unit !== 3) return undefined
  const factor = unit === 3 ? CM_PER_INCH : 1
  const [x, y] = [TAG.xResolution, TAG.yResolution].map((tag) => mainNumbers(tree, tag)[0] ?? 0)
  return density(x! * factor, y! * factor)
}

/** ResolutionInfo: pixels per inch, in 16.16 fixed point. */
function densityOfResource(data: Uint8Array): Density | undefined {
  if (data.length < 16) return undefined
  const view = new DataView(data.buffer, data.byteOffset)
  return density(view.getUint32(0) / 65_536, view.getUint32(8) / 65_536)
}

/** Undefined for what no picture has. */
const density = (x: number, y: number): Density | undefined =>
  [x, y].every((value) => value >= 1 && value < 30_000) ? { x, y } : undefined
