/**
 * One layer's record in the list of layers (Photoshop File Formats Specification, Layer records),
 * read and written. What is not understood stays a range of bytes.
 */
import type { ByteReader } from './byte-reader.ts'
import { concat, latin1, lengthField, pascalString, u16, u32, unicodeString } from './bytes.ts'
import type { Bytes } from './stored.ts'

export interface Range {
  readonly start: number
  readonly end: number
}

/** Pixels of the canvas; right and bottom are exclusive. */
export interface Rect {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface PsdLayer extends Rect {
  readonly name: string
  /** 0 where it has none. */
  readonly id: number
  readonly kind: 'pixel' | 'text' | 'smart object' | 'adjustment or fill' | 'group' | 'divider'
  /** Four characters; a group's own, `pass` where what is in it blends with what is below it. */
  readonly blendMode: string
  /** 0 to 255. */
  readonly opacity: number
  readonly fillOpacity: number
  /** Clipped to the layer below it. */
  readonly clipped: boolean
  /** Says only whether the layer's own eye is off; a hidden group hides the layer as well. */
  readonly hidden: boolean
  readonly flags: number
  /** Flags of the block `lspf`. */
  readonly locks: number
  readonly mask?: LayerMask
  readonly record: Range
  /** Parts of the record, without their length fields. */
  readonly maskData: Range
  readonly blendingRanges: Range
  readonly pascalName: Range
  /** In their order; each with its signature, key, length and what pads it. */
  readonly blocks: readonly TaggedBlock[]
}

/** A layer's pixel mask; its samples are the layer's channel -2. */
interface LayerMask extends Rect {
  /** Outside the rectangle, 0 to 255. */
  readonly outside: number
  readonly disabled: boolean
}

interface TaggedBlock extends Range {
  readonly key: string
  readonly data: Range
}

export const HIDDEN = 2
export const TRANSPARENCY_LOCKED = 1

export const MAX_EDGE = 30_000
export const MAX_EDGE_LARGE = 300_000
export const MAX_CHANNELS = 56

/** Tagged blocks whose length has 8 bytes in a PSB. */
const WIDE_KEYS = new Set(
  'LMsk Lr16 Lr32 Layr Mt16 Mt32 Mtrn Alph FMsk lnk2 FEid FXid PxSD'.split(' '),
)

export function isWide(key: string, large: boolean): boolean {
  return large && WIDE_KEYS.has(key)
}

const ADJUSTMENT_KEYS = new Set([
  ...'SoCo GdFl PtFl brit levl curv expA vibA hue2 blnc blwh phfl mixr clrL nvrt post thrs grdm selc CgEd'.split(
    ' ',
  ),
  'hue ',
])
/** Blocks with the path of a mask. */
export const VECTOR_MASK_KEYS: ReadonlySet<string> = new Set(['vmsk', 'vsms'])

const TEXT_KEYS = new Set(['TySh', 'tySh'])
const SMART_OBJECT_KEYS = new Set(['SoLd', 'SoLE', 'PlLd', 'plLd'])

/** @returns the layer, and the lengths of its channels, whose bytes follow the last record. */
export function readRecord(
  reader: ByteReader,
  large: boolean,
): PsdLayer & { readonly channelLengths: readonly { id: number; length: number }[] } {
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
  const ownBlendMode = reader.text(4)
  const opacity = reader.u8()
  const clipped = reader.u8() === 1
  const flags = reader.u8()
  reader.skip(1)

  const extra = reader.section(reader.length(false))
  const maskSection = extra.section(extra.length(false))
  const maskData = rangeOf(maskSection)
  const mask = readMask(maskSection, left, top)
  const blendingRanges = rangeOf(extra.section(extra.length(false)))
  const nameAt = extra.position
  const pascalName = extra.text(extra.u8())
  const blocks = readTaggedBlocks(extra, large)
  const first = blocks[0]?.start ?? extra.end
  /** A reader of a block's data, where the block is there and has that many bytes. */
  const block = (bytes: number, ...keys: string[]): ByteReader | undefined => {
    const found = blocks.findLast(({ key }) => keys.includes(key))?.reader
    return found && found.remaining >= bytes ? found : undefined
  }
  const divider = block(4, 'lsct', 'lsdk')
  const dividerType = divider?.u32() ?? 0
  const groupBlendMode = divider && divider.remaining >= 8 && divider.text(8).slice(4)
  const unicodeName = block(4, 'luni')
  return {
    name: unicodeName?.unicodeText(unicodeName.u32()) ?? pascalName,
    id: block(4, 'lyid')?.u32() ?? 0,
    kind: kindOf(dividerType, blocks),
    left,
    top,
    // Photoshop gives some adjustment layers a negative extent, which means none.
    right: Math.max(left, right),
    bottom: Math.max(top, bottom),
    blendMode: groupBlendMode || ownBlendMode,
    opacity,
    fillOpacity: block(1, 'iOpa')?.u8() ?? 255,
    clipped,
    hidden: (flags & HIDDEN) !== 0,
    flags,
    locks: block(4, 'lspf')?.u32() ?? 0,
    ...(mask ? { mask } : {}),
    record: { start, end: reader.position },
    maskData,
    blendingRanges,
    pascalName: { start: nameAt, end: first },
    blocks: blocks.map(({ reader: _, ...rest }) => rest),
    channelLengths,
  }
}

function rangeOf(reader: ByteReader): Range {
  return { start: reader.position, end: reader.end }
}

function readMask(section: ByteReader, layerLeft: number, layerTop: number): LayerMask | undefined {
  if (section.remaining < 18) return undefined
  const top = section.i32()
  const left = section.i32()
  const bottom = section.i32()
  const right = section.i32()
  const outside = section.u8()
  const flags = section.u8()
  const [x, y] = (flags & 1) !== 0 ? [layerLeft, layerTop] : [0, 0]
  return {
    left: left + x,
    top: top + y,
    right: Math.max(left, right) + x,
    bottom: Math.max(top, bottom) + y,
    outside,
    disabled: (flags & 2) !== 0,
  }
}

/** The blocks behind a layer's name, whose padding differs from writer to writer. */
function readTaggedBlocks(
  extra: ByteReader,
  large: boolean,
): (TaggedBlock & { readonly reader: ByteReader })[] {
  const found: { key: string; start: number; reader: ByteReader }[] = []
  while (extra.remaining >= 12) {
    const start = extra.position
    const signature = extra.text(4)
    if (signature !== '8BIM' && signature !== '8B64') {
      extra.position = start + 1
      continue
    }
    const key = extra.text(4)
    found.push({ key, start, reader: extra.section(extra.length(isWide(key, large))) })
  }
  return found.map(({ key, start, reader }, i) => ({
    key,
    start,
    end: found[i + 1]?.start ?? extra.end,
    data: rangeOf(reader),
    reader,
  }))
}

function kindOf(dividerType: number, blocks: readonly TaggedBlock[]): PsdLayer['kind'] {
  const has = (keys: ReadonlySet<string>) => blocks.some(({ key }) => keys.has(key))
  if (dividerType === 1 || dividerType === 2) return 'group'
  if (dividerType === 3) return 'divider'
  if (has(TEXT_KEYS)) return 'text'
  if (has(SMART_OBJECT_KEYS)) return 'smart object'
  if (has(ADJUSTMENT_KEYS)) return 'adjustment or fill'
  return 'pixel'
}

export interface RecordFields extends Rect {
  readonly channels: readonly EncodedChannel[]
  readonly blendMode: string
  readonly opacity: number
  readonly clipped: boolean
  readonly flags: number
  readonly maskData: Uint8Array
  readonly blendingRanges: Uint8Array
  /** With its length and padding. */
  readonly pascalName: Uint8Array
  readonly blocks: readonly Uint8Array[]
}

export interface EncodedChannel {
  /** 0, 1, 2: red, green, blue; -1: transparency; -2, -3: masks. */
  readonly id: number
  /** Its compression, then its samples. */
  readonly bytes: Bytes
}

/** Flags of a record without any: the bit says that others of them are meaningful. */
const PLAIN_FLAGS = 8

/** A layer that is normal, opaque and visible, with pixels and nothing more. */
export function plainRecord(
  name: string,
  id: number,
  bounds: Rect,
  channels: readonly EncodedChannel[],
): RecordFields {
  const { left, top, right, bottom } = bounds
  return {
    left,
    top,
    right,
    bottom,
    channels,
    blendMode: 'norm',
    opacity: 255,
    clipped: false,
    flags: PLAIN_FLAGS,
    maskData: new Uint8Array(),
    blendingRanges: fullBlendingRanges(channels.length),
    pascalName: pascalString(name),
    blocks: [taggedBlock('luni', unicodeString(name)), taggedBlock('lyid', u32(id))],
  }
}

export function encodeRecord(fields: RecordFields, large: boolean): Uint8Array {
  const { left, top, right, bottom, channels, maskData, blendingRanges } = fields
  const extra = concat([
    u32(maskData.length),
    maskData,
    u32(blendingRanges.length),
    blendingRanges,
    fields.pascalName,
    ...fields.blocks,
  ])
  return concat([
    ...[top, left, bottom, right].map(u32),
    u16(channels.length),
    ...channels.flatMap(({ id, bytes }) => [u16(id), lengthField(bytes.length, large)]),
    latin1(`8BIM${fields.blendMode}`),
    Uint8Array.of(fields.opacity, fields.clipped ? 1 : 0, fields.flags, 0),
    u32(extra.length),
    extra,
  ])
}

/** Full range for gray and for each channel: the layer is blended whatever its tones. */
function fullBlendingRanges(channelCount: number): Uint8Array {
  const full = Uint8Array.of(0, 0, 255, 255, 0, 0, 255, 255)
  return concat(Array.from({ length: channelCount + 1 }, () => full))
}

/** A block whose length has 4 bytes in both formats. */
export function taggedBlock(key: string, data: Uint8Array): Uint8Array {
  return concat([latin1(`8BIM${key}`), u32(data.length), data])
}
