import { ImageError } from '../../engine/errors.ts'
import { ByteReader } from './byte-reader.ts'
import { type ColorProfile, readProfile } from './icc.ts'
import { assertPixelCount, type BitsPerChannel } from './samples.ts'

/**
 * The structure of a PSD or PSB file as byte ranges, after Adobe's Photoshop File Formats
 * Specification (2019). Only what insertion of a layer needs is understood; everything else is a
 * range of bytes that is copied. Offsets count from the start of the file.
 */
export interface PsdDocument {
  readonly path: string
  readonly bytes: Buffer
  /** A PSB, whose lengths are wider. */
  readonly large: boolean
  readonly width: number
  readonly height: number
  /** Planes of the flattened composite: RGB and further alpha or spot channels. */
  readonly channelCount: number
  readonly bits: BitsPerChannel
  readonly profile?: ColorProfile
  readonly resources: Range & { readonly entries: readonly ImageResource[] }
  /** Section 4, layers and masks, without its length field. */
  readonly layersAndMasks: Range
  /** Absent in a document that is only a flattened picture. */
  readonly layerInfo?: LayerInfo
  /** Section 5, the flattened composite. */
  readonly composite: Range
  /** False where the composite was left blank on saving (Maximize Compatibility off). */
  readonly hasComposite: boolean
}

export interface Range {
  readonly start: number
  readonly end: number
}

export interface ImageResource extends Range {
  readonly id: number
  /** The resource's own bytes; start and end enclose its header and padding, too. */
  readonly data: Range
}

/** The list of layers, in section 4 itself or, at 16 bits, in its tagged block `Lr16`. */
export interface LayerInfo {
  /** From the length field on, padding behind the list included. */
  readonly block: Range
  readonly lengthAt: number
  readonly lengthIsWide: boolean
  readonly countAt: number
  /** The composite's fourth plane is the document's transparency. */
  readonly mergedAlpha: boolean
  /** Bottom to top. A group is a divider, its layers, then the group's own record. */
  readonly layers: readonly PsdLayer[]
  /** What follows the last layer's pixels inside the list. */
  readonly tail: Range
}

export interface PsdLayer {
  readonly name: string
  readonly id: number
  readonly kind: 'pixel' | 'text' | 'smart object' | 'adjustment or fill' | 'group' | 'divider'
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly blendMode: string
  /** Opacity times fill opacity, in [0,1]. */
  readonly opacity: number
  /** Clipped to the layer below it. */
  readonly clipped: boolean
  /** By its own eye only; a hidden group hides it as well. */
  readonly hidden: boolean
  readonly mask?: LayerMask
  /** Indices in the list of the groups it is in, innermost first. */
  readonly groups: readonly number[]
  readonly record: Range
  readonly channels: readonly LayerChannel[]
}

/** A layer's pixel mask; its samples are the layer's channel -2. */
export interface LayerMask {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  /** Outside the rectangle, in [0,1]. */
  readonly outside: number
  readonly disabled: boolean
}

export interface LayerChannel {
  /** 0, 1, 2: red, green, blue; -1: transparency; -2, -3: masks. */
  readonly id: number
  readonly data: Range
}

const MODES = [
  'Bitmap',
  'Grayscale',
  'Indexed Color',
  'RGB Color',
  'CMYK Color',
  'mode 5',
  'mode 6',
  'Multichannel',
  'Duotone',
  'Lab Color',
]

const ICC_PROFILE = 1039
const VERSION_INFO = 1057

const MAX_EDGE = 30_000
const MAX_EDGE_LARGE = 300_000
const MAX_CHANNELS = 56

/** Tagged blocks whose length has 8 bytes in a PSB. */
const WIDE_KEYS = new Set(
  'LMsk Lr16 Lr32 Layr Mt16 Mt32 Mtrn Alph FMsk lnk2 FEid FXid PxSD'.split(' '),
)

const LAYER_LIST_KEYS = new Set(['Layr', 'Lr16'])

const ADJUSTMENT_KEYS = new Set([
  ...'SoCo GdFl PtFl brit levl curv expA vibA hue2 blnc blwh phfl mixr clrL nvrt post thrs grdm selc CgEd'.split(
    ' ',
  ),
  'hue ',
])
const TEXT_KEYS = new Set(['TySh', 'tySh'])
const SMART_OBJECT_KEYS = new Set(['SoLd', 'SoLE', 'PlLd', 'plLd'])

export function parsePsd(path: string, bytes: Buffer): PsdDocument {
  const reader = new ByteReader(path, bytes)
  const { large, ...header } = readHeader(path, reader)
  reader.skip(reader.length(false)) // color mode data; RGB has none

  const resources = readResources(reader.section(reader.length(false)))
  const find = (id: number) => resources.entries.find((entry) => entry.id === id)
  const icc = find(ICC_PROFILE)?.data
  const profile = readProfile(path, icc && bytes.subarray(icc.start, icc.end))
  const version = find(VERSION_INFO)?.data
  const hasComposite =
    version === undefined || version.end - version.start < 5 || bytes[version.start + 4] !== 0

  const section = reader.section(reader.length(large))
  const layersAndMasks = { start: section.position, end: section.end }
  const layerInfo = findLayerInfo(section, large)
  return {
    path,
    bytes,
    large,
    ...header,
    ...(profile?.space === 'RGB' ? { profile } : {}),
    resources,
    layersAndMasks,
    ...(layerInfo ? { layerInfo } : {}),
    composite: { start: reader.position, end: bytes.length },
    hasComposite,
  }
}

function readHeader(path: string, reader: ByteReader) {
  if (reader.text(4) !== '8BPS') reader.fail('the signature 8BPS', 0)
  const version = reader.u16()
  if (version !== 1 && version !== 2) reader.fail(`version 1 or 2 and not ${version}`, 4)
  const large = version === 2
  reader.skip(6)
  const channelCount = reader.u16()
  const height = reader.u32()
  const width = reader.u32()
  const depth = reader.u16()
  const mode = reader.u16()
  if (MODES[mode] !== 'RGB Color') {
    throw new ImageError(
      `${path}: is in ${MODES[mode] ?? `mode ${mode}`}, expected RGB Color; ` +
        'in Photoshop choose Image > Mode > RGB Color and save again',
    )
  }
  if (depth !== 8 && depth !== 16) {
    throw new ImageError(
      `${path}: has ${depth} bits per channel, expected 8 or 16; ` +
        'in Photoshop choose Image > Mode > 16 Bits/Channel and save again',
    )
  }
  assertPixelCount(path, width, height)
  const maxEdge = large ? MAX_EDGE_LARGE : MAX_EDGE
  if (Math.min(width, height) < 1 || Math.max(width, height) > maxEdge) {
    reader.fail(`a canvas of 1 to ${maxEdge} pixels per edge and not ${width}×${height}`, 14)
  }
  if (channelCount < 3 || channelCount > MAX_CHANNELS) {
    reader.fail(`3 to ${MAX_CHANNELS} channels and not ${channelCount}`, 12)
  }
  const bits: BitsPerChannel = depth
  return { large, channelCount, width, height, bits }
}

function readResources(section: ByteReader): PsdDocument['resources'] {
  const entries: ImageResource[] = []
  const range = { start: section.position, end: section.end }
  while (section.remaining >= 12) {
    const start = section.position
    section.skip(4) // 8BIM, and of other programs MeSa, AgHg, PHUT, DCSR
    const id = section.u16()
    const nameLength = section.u8()
    section.skip(nameLength + 1 - (nameLength % 2))
    const length = section.length(false)
    const dataStart = section.skip(length)
    section.skip(Math.min(length % 2, section.remaining))
    const data = { start: dataStart, end: dataStart + length }
    entries.push({ id, start, end: section.position, data })
  }
  return { ...range, entries }
}

function findLayerInfo(section: ByteReader, large: boolean): LayerInfo | undefined {
  if (section.remaining === 0) return undefined
  const lengthAt = section.position
  const length = section.length(large)
  if (length > 0) {
    return readLayerInfo(section.section(length), lengthAt, large, large)
  }
  if (section.remaining < 4) return undefined
  section.skip(section.length(false)) // global mask info
  while (section.remaining >= 12) {
    if (section.bytes[section.position] === 0) {
      section.skip(1) // padding
      continue
    }
    const signature = section.text(4)
    if (signature !== '8BIM' && signature !== '8B64') return undefined
    const key = section.text(4)
    const wide = large && WIDE_KEYS.has(key)
    const blockLengthAt = section.position
    const blockLength = section.length(wide)
    const block = section.section(blockLength)
    if (LAYER_LIST_KEYS.has(key)) {
      const padding = Math.min((4 - (blockLength % 4)) % 4, section.remaining)
      return readLayerInfo(block, blockLengthAt, wide, large, padding)
    }
  }
  return undefined
}

function readLayerInfo(
  reader: ByteReader,
  lengthAt: number,
  lengthIsWide: boolean,
  large: boolean,
  padding = 0,
): LayerInfo | undefined {
  const countAt = reader.position
  const count = reader.i16()
  if (count === 0) return undefined
  const records = Array.from({ length: Math.abs(count) }, () => readRecord(reader, large))
  const groups = groupsOf(records)
  const layers = records.map(({ channelLengths, ...layer }, index) => ({
    ...layer,
    groups: groups[index]!,
    channels: channelLengths.map(({ id, length }) => {
      const start = reader.skip(length)
      return { id, data: { start, end: start + length } }
    }),
  }))
  return {
    block: { start: lengthAt, end: reader.end + padding },
    lengthAt,
    lengthIsWide,
    countAt,
    mergedAlpha: count < 0,
    layers,
    tail: { start: reader.position, end: reader.end },
  }
}

function readRecord(reader: ByteReader, large: boolean) {
  const start = reader.position
  const top = reader.i32()
  const left = reader.i32()
  const bottom = reader.i32()
  const right = reader.i32()
  const maxEdge = large ? MAX_EDGE_LARGE : MAX_EDGE
  if (right - left > maxEdge || bottom - top > maxEdge) {
    const size = `${right - left}×${bottom - top}`
    reader.fail(`a layer of at most ${maxEdge} pixels per edge and not ${size}`, start)
  }
  const channelCount = reader.u16()
  if (channelCount > MAX_CHANNELS) {
    reader.fail(`at most ${MAX_CHANNELS} channels in a layer and not ${channelCount}`, start + 16)
  }
  const channelLengths = Array.from({ length: channelCount }, () => ({
    id: reader.i16(),
    length: reader.length(large),
  }))
  if (reader.text(4) !== '8BIM') reader.fail('the signature 8BIM', reader.position - 4)
  const blendMode = reader.text(4)
  const opacity = reader.u8() / 255
  const clipped = reader.u8() === 1
  const flags = reader.u8()
  reader.skip(1)

  const extra = reader.section(reader.length(false))
  const mask = readMask(extra.section(extra.length(false)), left, top)
  extra.skip(extra.length(false)) // blending ranges
  const pascalName = extra.text(extra.u8())
  const blocks = readTaggedBlocks(extra, large)
  const block = (key: string) => blocks.get(key)
  const has = (keys: ReadonlySet<string>) => [...blocks.keys()].some((key) => keys.has(key))
  const divider = block('lsct') ?? block('lsdk')
  const dividerType = divider && divider.remaining >= 4 ? divider.u32() : 0
  const id = block('lyid')
  const fill = block('iOpa')
  return {
    name: readUnicodeName(block('luni')) ?? pascalName,
    id: id && id.remaining >= 4 ? id.u32() : 0,
    kind: kindOf(dividerType, has),
    left,
    top,
    // Photoshop gives some adjustment layers a negative extent, which means none.
    right: Math.max(left, right),
    bottom: Math.max(top, bottom),
    blendMode,
    opacity: opacity * (fill && fill.remaining >= 1 ? fill.u8() / 255 : 1),
    clipped,
    hidden: (flags & 2) !== 0,
    ...(mask ? { mask } : {}),
    record: { start, end: reader.position },
    channelLengths,
  }
}

function readMask(section: ByteReader, layerLeft: number, layerTop: number): LayerMask | undefined {
  if (section.remaining < 18) return undefined
  const top = section.i32()
  const left = section.i32()
  const bottom = section.i32()
  const right = section.i32()
  const outside = section.u8() / 255
  const flags = section.u8()
  const [x, y] = (flags & 1) !== 0 ? [layerLeft, layerTop] : [0, 0]
  return {
    left: left + x,
    top: top + y,
    right: right + x,
    bottom: bottom + y,
    outside,
    disabled: (flags & 2) !== 0,
  }
}

/** Walks the records top to bottom, where a group's own record opens it and its divider ends it. */
function groupsOf(records: readonly Pick<PsdLayer, 'kind'>[]): readonly (readonly number[])[] {
  const groups: (readonly number[])[] = []
  let open: readonly number[] = []
  for (let i = records.length - 1; i >= 0; i--) {
    groups[i] = open
    if (records[i]!.kind === 'group') open = [i, ...open]
    else if (records[i]!.kind === 'divider') open = open.slice(1)
  }
  return groups
}

/** The blocks behind a layer's name, whose padding differs from writer to writer. */
function readTaggedBlocks(extra: ByteReader, large: boolean): Map<string, ByteReader> {
  const blocks = new Map<string, ByteReader>()
  while (extra.remaining >= 12) {
    const signature = extra.bytes.toString('latin1', extra.position, extra.position + 4)
    if (signature !== '8BIM' && signature !== '8B64') {
      extra.skip(1)
      continue
    }
    extra.skip(4)
    const key = extra.text(4)
    blocks.set(key, extra.section(extra.length(large && WIDE_KEYS.has(key))))
  }
  return blocks
}

function kindOf(
  dividerType: number,
  has: (keys: ReadonlySet<string>) => boolean,
): PsdLayer['kind'] {
  if (dividerType === 1 || dividerType === 2) return 'group'
  if (dividerType === 3) return 'divider'
  if (has(TEXT_KEYS)) return 'text'
  if (has(SMART_OBJECT_KEYS)) return 'smart object'
  if (has(ADJUSTMENT_KEYS)) return 'adjustment or fill'
  return 'pixel'
}

function readUnicodeName(block: ByteReader | undefined): string | undefined {
  if (block === undefined || block.remaining < 4) return undefined
  const length = 2 * block.u32()
  const at = block.skip(length)
  return Buffer.from(block.bytes.subarray(at, at + length))
    .swap16()
    .toString('utf16le')
    .replace(/\0+$/, '')
}
