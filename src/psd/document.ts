import { ImageError } from '../engine/errors.ts'
import type { Size } from '../engine/picture/image.ts'
import { ByteReader } from './byte-reader.ts'
import {
  isWide,
  MAX_CHANNELS,
  MAX_EDGE,
  MAX_EDGE_LARGE,
  type PsdLayer,
  type Range,
  readRecord,
} from './layer-record.ts'
import { assertPixelCount, type Depth } from './samples.ts'

/**
 * The structure of a PSD or PSB file as byte ranges, after Adobe's Photoshop File Formats
 * Specification (2019). Only what concerns layers and pixels is understood; everything else is a
 * range of bytes that is copied. Offsets count from the start of the file.
 */
export interface PsdDocument extends PsdHeader {
  readonly path: string
  readonly bytes: Uint8Array
  /** Section 2: the palette of indexed color, the curves of a duotone. */
  readonly colorModeData: Range
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

export interface PsdHeader extends Size {
  /** A PSB, whose lengths are wider. */
  readonly large: boolean
  /** Planes of the flattened composite: the mode's colors and further alpha or spot channels. */
  readonly channelCount: number
  readonly bits: Depth
  readonly mode: ColorMode
}

export interface ImageResource extends Range {
  readonly id: number
  /** The resource's own bytes; start and end enclose its header and padding, too. */
  readonly data: Range
}

/** The list of layers: in section 4 itself or, at 16 and 32 bits, in its block `Lr16` or `Lr32`. */
interface LayerInfo {
  /** From the length field on, padding behind the list included. */
  readonly block: Range
  readonly lengthAt: number
  readonly lengthIsWide: boolean
  readonly countAt: number
  /** The composite's first plane behind the colors is the document's transparency. */
  readonly mergedAlpha: boolean
  /** Bottom to top. A group is a divider, its layers, then the group's own record. */
  readonly layers: readonly ListedLayer[]
  /** What follows the last layer's pixels inside the list. */
  readonly tail: Range
}

export interface ListedLayer extends PsdLayer {
  /** Indices in the list of the groups it is in, innermost first. */
  readonly groups: readonly number[]
  readonly channels: readonly LayerChannel[]
}

interface LayerChannel {
  /** 0, 1, 2: red, green, blue; -1: transparency; -2, -3: masks. */
  readonly id: number
  readonly data: Range
}

/** Color modes: the number that the header gives each, and its count of color channels. */
export const COLOR_MODES = {
  bitmap: { number: 0, title: 'Bitmap', colors: 1 },
  grayscale: { number: 1, title: 'Grayscale', colors: 1 },
  indexed: { number: 2, title: 'Indexed Color', colors: 1 },
  rgb: { number: 3, title: 'RGB Color', colors: 3 },
  cmyk: { number: 4, title: 'CMYK Color', colors: 4 },
  multichannel: { number: 7, title: 'Multichannel', colors: 1 },
  duotone: { number: 8, title: 'Duotone', colors: 1 },
  lab: { number: 9, title: 'Lab Color', colors: 3 },
} as const

export type ColorMode = keyof typeof COLOR_MODES

/** Color planes: those of the mode, and all of a multichannel document. */
export function colorCount({
  mode,
  channelCount,
}: Pick<PsdHeader, 'mode' | 'channelCount'>): number {
  return mode === 'multichannel' ? channelCount : COLOR_MODES[mode].colors
}

export const ICC_PROFILE = 1039

/** Image resource: the document's metadata, UTF-8. */
export const XMP_RESOURCE = 1060
const VERSION_INFO = 1057

const LAYER_LIST_KEYS = new Set(['Layr', 'Lr16', 'Lr32'])

/**
 * @param size of the file, where `bytes` are only its beginning: up to the last layer's record at
 * least.
 */
export function parsePsd(path: string, bytes: Uint8Array, size = bytes.length): PsdDocument {
  const reader = new ByteReader(path, bytes, 0, size)
  const header = readHeader(path, reader)
  const { large } = header
  const modeData = reader.section(reader.length(false))
  const resources = readResources(reader.section(reader.length(false)))
  const section = reader.section(reader.length(large))
  const layersAndMasks = { start: section.position, end: section.end }
  const layerInfo = findLayerInfo(section, large)
  const document = {
    path,
    bytes,
    ...header,
    colorModeData: { start: modeData.position, end: modeData.end },
    resources,
    layersAndMasks,
    ...(layerInfo ? { layerInfo } : {}),
    composite: { start: reader.position, end: size },
  }
  const version = resourceData(document, VERSION_INFO)
  return { ...document, hasComposite: version === undefined || version[4] !== 0 }
}

/** The bytes of the first image resource of that id. */
export function resourceData(
  { bytes, resources }: Pick<PsdDocument, 'bytes' | 'resources'>,
  id: number,
): Uint8Array | undefined {
  const data = resources.entries.find((entry) => entry.id === id)?.data
  return data && bytes.subarray(data.start, data.end)
}

export function embeddedProfile(document: PsdDocument): Uint8Array | undefined {
  return resourceData(document, ICC_PROFILE)
}

export function readHeader(path: string, reader: ByteReader): PsdHeader {
  if (reader.text(4) !== '8BPS') reader.fail('the signature 8BPS', 0)
  const version = reader.u16()
  if (version !== 1 && version !== 2) reader.fail(`version 1 or 2 and not ${version}`, 4)
  const large = version === 2
  reader.skip(6)
  const channelCount = reader.u16()
  const height = reader.u32()
  const width = reader.u32()
  const bits = reader.u16()
  const modeNumber = reader.u16()
  const mode = (Object.keys(COLOR_MODES) as ColorMode[]).find(
    (name) => COLOR_MODES[name].number === modeNumber,
  )
  if (mode === undefined) {
    throw new ImageError(
      `${path}: is in mode ${modeNumber}, expected RGB Color; ` +
        'in Photoshop choose Image > Mode > RGB Color and save again',
    )
  }
  if (bits !== 1 && bits !== 8 && bits !== 16 && bits !== 32) {
    throw new ImageError(
      `${path}: has ${bits} bits per channel, expected 8 or 16; ` +
        'in Photoshop choose Image > Mode > 16 Bits/Channel and save again',
    )
  }
  assertPixelCount(path, width, height)
  const maxEdge = large ? MAX_EDGE_LARGE : MAX_EDGE
  if (Math.min(width, height) < 1 || Math.max(width, height) > maxEdge) {
    reader.fail(`a canvas of 1 to ${maxEdge} pixels per edge and not ${width}×${height}`, 14)
  }
  const { colors } = COLOR_MODES[mode]
  if (channelCount < colors || channelCount > MAX_CHANNELS) {
    reader.fail(`${colors} to ${MAX_CHANNELS} channels and not ${channelCount}`, 12)
  }
  return { large, channelCount, width, height, bits, mode }
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
    const wide = isWide(key, large)
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
