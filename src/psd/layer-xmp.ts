/**
 * The XMP packet of a single layer. Photoshop keeps it in the layer's block `shmd` (Photoshop File
 * Formats Specification, Metadata setting), whose entry `cust` is a descriptor with, beside
 * `layerTime`, the text `layerXMP`: the same that batchPlay gives as the layer's `metadata`.
 */
import { ImageError } from '../engine/errors.ts'
import { ByteReader } from './byte-reader.ts'
import { concat, latin1, padded, u16, u32 } from './bytes.ts'
import type { PsdDocument } from './document.ts'
import { type PsdLayer, taggedBlock } from './layer-record.ts'

export const METADATA_BLOCK = 'shmd'
const SIGNATURE = '8BIM'
const CUSTOM = 'cust'
const XMP_KEY = 'layerXMP'
const DESCRIPTOR_VERSION = 16

/** Undefined where the layer has none; also where what stands there cannot be read. */
export function readLayerXmp(
  { path, bytes }: Pick<PsdDocument, 'path' | 'bytes'>,
  { blocks }: Pick<PsdLayer, 'blocks'>,
): string | undefined {
  const block = blocks.find(({ key }) => key === METADATA_BLOCK)
  if (!block) return undefined
  try {
    const entries = readEntries(new ByteReader(path, bytes, block.data.start, block.data.end))
    const custom = entries.find(isCustom)
    return custom && findText(custom.data, XMP_KEY).found?.text
  } catch (error) {
    if (error instanceof ImageError) return undefined
    throw error
  }
}

interface Entry {
  readonly key: string
  readonly start: number
  readonly data: ByteReader
}

/** @throws ImageError where they are cut short. */
function readEntries(reader: ByteReader): readonly Entry[] {
  return Array.from({ length: reader.u32() }, () => {
    const start = reader.skip(SIGNATURE.length)
    const key = reader.text(4)
    reader.skip(4) // whether a copy of the layer has it, and padding
    return { key, start, data: reader.section(reader.length(false)) }
  })
}

const isCustom = ({ key }: Entry): boolean => key === CUSTOM

interface FoundText {
  readonly text: string
  readonly start: number
  readonly end: number
}

interface TextSearch {
  /** Where the descriptor's count of items stands; the items follow it. */
  readonly countAt: number
  readonly count: number
  readonly found?: FoundText
}

/** The text of that key in a descriptor, where it stands behind numbers and other texts alone. */
function findText(reader: ByteReader, wanted: string): TextSearch {
  if (reader.u32() !== DESCRIPTOR_VERSION) reader.fail('a descriptor', reader.position - 4)
  reader.skip(2 * reader.u32()) // name
  keyOf(reader) // class
  const countAt = reader.position
  const count = reader.u32()
  for (let left = count; left > 0; left--) {
    const start = reader.position
    const key = keyOf(reader)
    const type = reader.text(4)
    if (type === 'TEXT') {
      const text = reader.unicodeText(reader.u32())
      if (key === wanted) return { countAt, count, found: { text, start, end: reader.position } }
    } else {
      const size = { bool: 1, long: 4, comp: 8, doub: 8 }[type]
      if (size === undefined) break
      reader.skip(size)
    }
  }
  return { countAt, count }
}

/** Four characters behind a length of 0, or as many as the length says. */
const keyOf = (reader: ByteReader): string => reader.text(reader.u32() || 4)

/** The block of a layer that has no other metadata. */
export const layerXmpBlock = (xmp: string): Uint8Array =>
  taggedBlock(METADATA_BLOCK, layerMetadata(xmp))

/**
 * The data of a layer's block `shmd`.
 * @param before the layer as it stands in a file: what else its block says is kept.
 */
export function layerMetadata(
  xmp: string,
  before?: {
    readonly document: Pick<PsdDocument, 'path' | 'bytes'>
    readonly layer: Pick<PsdLayer, 'blocks'>
  },
): Uint8Array {
  const block = before?.layer.blocks.find(({ key }) => key === METADATA_BLOCK)
  if (before && block) {
    const { path, bytes } = before.document
    try {
      return withXmp(new ByteReader(path, bytes, block.data.start, block.data.end), xmp)
    } catch (error) {
      // Where it cannot be read, there is nothing to keep.
      if (!(error instanceof ImageError)) throw error
    }
  }
  return concat([u32(1), customEntry(freshDescriptor(xmp))])
}

function withXmp(reader: ByteReader, xmp: string): Uint8Array {
  const { bytes } = reader
  const entries = readEntries(reader)
  const custom = entries.find(isCustom)
  const own = custom ? customEntry(changedDescriptor(custom.data, xmp)) : undefined
  return concat([
    u32(entries.length + (custom ? 0 : 1)),
    ...entries.map((entry) =>
      entry === custom && own ? own : bytes.subarray(entry.start, entry.data.end),
    ),
    ...(own ? [] : [customEntry(freshDescriptor(xmp))]),
  ])
}

/** Puts our item first, so that nothing stands before it that is not understood. */
function changedDescriptor(data: ByteReader, xmp: string): Uint8Array {
  const { bytes, position: start, end } = data
  const { countAt, count, found } = findText(data, XMP_KEY)
  const items = countAt + 4
  return concat([
    bytes.subarray(start, countAt),
    u32(count + (found ? 0 : 1)),
    xmpItem(xmp),
    bytes.subarray(items, found?.start ?? end),
    bytes.subarray(found?.end ?? end, end),
  ])
}

const freshDescriptor = (xmp: string): Uint8Array =>
  concat([u32(DESCRIPTOR_VERSION), terminated(''), longKey('metadata'), u32(1), xmpItem(xmp)])

const xmpItem = (xmp: string): Uint8Array =>
  concat([longKey(XMP_KEY), latin1('TEXT'), terminated(xmp)])

function customEntry(descriptor: Uint8Array): Uint8Array {
  const data = padded(descriptor)
  const isCopiedWithLayer = Uint8Array.of(1, 0, 0, 0)
  return concat([latin1(`${SIGNATURE}${CUSTOM}`), isCopiedWithLayer, u32(data.length), data])
}

const longKey = (key: string): Uint8Array => concat([u32(key.length), latin1(key)])

/** UTF-16 with the null that descriptors end a text with, behind their count. */
const terminated = (text: string): Uint8Array =>
  concat([
    u32(text.length + 1),
    ...Array.from({ length: text.length }, (_, i) => u16(text.charCodeAt(i))),
    u16(0),
  ])
