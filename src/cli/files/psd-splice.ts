import { ImageError } from '../../engine/errors.ts'
import type { PsdDocument, Range } from './psd-document.ts'
import { parsePsd } from './psd-document.ts'

/** A layer to be put into a document: normal, opaque and visible, with pixels and nothing more. */
export interface NewLayer {
  readonly name: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly clipped: boolean
  /** The bottom layer of a flattened document, which Photoshop keeps opaque and in its place. */
  readonly background: boolean
  readonly channels: readonly { readonly id: number; readonly bytes: Buffer }[]
}

interface Edit extends Range {
  readonly bytes: Buffer
}

const MAX_PSD_BYTES = 2 ** 31 - 1
const LAYER_STATE = 1024
const LAYER_GROUPS = 1026
const LAYER_GROUPS_ENABLED = 1072

/**
 * The document with `added` directly above the layer of index `above`, or with its first layers
 * where it had none, and with another composite where one is given.
 *
 * Bytes are spliced, because rewriting through a library does not keep a document: ag-psd 31
 * writes 8-bit RGB only, without the image resources and layer blocks it does not know. Every byte
 * stays as it is but these: the lengths around the insertion, the count of layers, the padding
 * behind the list, the composite, and three image resources that number the layers (selected
 * layer, linked layers and whether they are enabled). The outcome is parsed again and compared.
 */
export function insertLayers(
  document: PsdDocument,
  above: number,
  added: readonly NewLayer[],
  composite?: Buffer,
): Buffer {
  const layers = document.layerInfo?.layers ?? []
  const firstId = Math.max(0, ...layers.map(({ id }) => id)) + 1
  const records = added.map((layer, i) => buildRecord(layer, firstId + i, document.large))
  const pixels = added.flatMap((layer) => layer.channels.map(({ bytes }) => bytes))
  const listEdits = document.layerInfo
    ? extendList(document, above, records, pixels)
    : createList(document, records, pixels)
  const resourceEdits = renumberLayers(document, above, added.length)
  const edits = [
    resizeSection(document.bytes, document.resources, resourceEdits, 4),
    ...resourceEdits,
    resizeSection(document.bytes, document.layersAndMasks, listEdits, document.large ? 8 : 4),
    ...listEdits,
    ...(composite ? [{ ...document.composite, bytes: composite }] : []),
  ]
  const bytes = applyEdits(document.bytes, edits)
  if (!document.large && bytes.length > MAX_PSD_BYTES) {
    throw new ImageError(
      `${document.path}: would have ${bytes.length} bytes with the new layer, a PSD holds ` +
        `${MAX_PSD_BYTES}; save it as a PSB (Large Document Format) and try again`,
    )
  }
  assertSpliced(document, bytes, above, added)
  return bytes
}

/** Layer record (Photoshop File Formats Specification, Layer records). */
function buildRecord(layer: NewLayer, id: number, large: boolean): Buffer {
  const channels = layer.channels.map((channel) => {
    const entry = Buffer.alloc(2)
    entry.writeInt16BE(channel.id)
    return Buffer.concat([entry, lengthField(channel.bytes.length, large)])
  })
  const transparencyLocked = 1
  const bit4IsMeaningful = 8
  const flags = bit4IsMeaningful | (layer.background ? transparencyLocked : 0)
  const extra = Buffer.concat([
    u32(0), // no mask
    blendingRanges(layer.channels.length),
    pascalString(layer.name),
    taggedBlock('luni', unicodeString(layer.name)),
    taggedBlock('lyid', u32(id)),
  ])
  return Buffer.concat([
    ...[layer.top, layer.left, layer.bottom, layer.right].map(i32),
    u16(channels.length),
    ...channels,
    Buffer.from('8BIMnorm', 'latin1'),
    Buffer.from([255, layer.clipped ? 1 : 0, flags, 0]),
    u32(extra.length),
    extra,
  ])
}

/** Full range for gray and for each channel: the layer is blended whatever its tones. */
function blendingRanges(channelCount: number): Buffer {
  const full = Buffer.from([0, 0, 255, 255, 0, 0, 255, 255])
  return Buffer.concat([u32(8 * (channelCount + 1)), ...Array(channelCount + 1).fill(full)])
}

/** The legacy name, read by old programs only: other characters than ASCII become "?". */
function pascalString(text: string): Buffer {
  const ascii = text.replace(/[^\x20-\x7e]/gu, '?').slice(0, 255)
  return padded(Buffer.concat([Buffer.from([ascii.length]), Buffer.from(ascii, 'latin1')]))
}

function unicodeString(text: string): Buffer {
  return padded(Buffer.concat([u32(text.length), Buffer.from(text, 'utf16le').swap16()]))
}

function taggedBlock(key: string, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`8BIM${key}`, 'latin1'), u32(data.length), data])
}

function extendList(
  { bytes, layerInfo }: PsdDocument,
  above: number,
  records: readonly Buffer[],
  pixels: readonly Buffer[],
): Edit[] {
  const { lengthAt, lengthIsWide, countAt, mergedAlpha, layers, tail, block } = layerInfo!
  const count = layers.length + records.length
  const recordsAt = layers[above]!.record.end
  const pixelsAt = layers[above]!.channels.at(-1)!.data.end
  const record = Buffer.concat(records)
  const pixel = Buffer.concat(pixels)
  const oldTail = bytes.subarray(tail.start, tail.end)
  const isPadding = oldTail.length < 4 && oldTail.every((byte) => byte === 0)
  const kept = isPadding ? Buffer.alloc(0) : oldTail
  const length = tail.start - countAt + record.length + pixel.length + kept.length
  const padding = Buffer.alloc((4 - (length % 4)) % 4)
  const newTail = Buffer.concat([kept, padding])
  return [
    {
      start: lengthAt,
      end: countAt,
      bytes: lengthField(length + padding.length, lengthIsWide),
    },
    { start: countAt, end: countAt + 2, bytes: i16(mergedAlpha ? -count : count) },
    { start: recordsAt, end: recordsAt, bytes: record },
    { start: pixelsAt, end: pixelsAt, bytes: pixel },
    { start: tail.start, end: block.end, bytes: newTail },
  ]
}

/** A list for a document without one: in the section at 8 bits, in a block `Lr16` at 16. */
function createList(
  { bytes, large, bits, layersAndMasks }: PsdDocument,
  records: readonly Buffer[],
  pixels: readonly Buffer[],
): Edit[] {
  const list = padded(Buffer.concat([i16(records.length), ...records, ...pixels]))
  const { start, end } = layersAndMasks
  const headBytes = large ? 8 : 4
  const oldLength = end - start < headBytes ? 0 : bytes.readUInt32BE(start + headBytes - 4)
  const masksAt = Math.min(end, start + headBytes + oldLength)
  const hasMasks = end - masksAt >= 4
  const masksEnd = hasMasks ? masksAt + 4 + bytes.readUInt32BE(masksAt) : end
  const masks = hasMasks ? bytes.subarray(masksAt, masksEnd) : u32(0)
  const inSection = bits === 8 ? list : Buffer.alloc(0)
  const inBlock =
    bits === 8 ? [] : [Buffer.from('8BIMLr16', 'latin1'), lengthField(list.length, large), list]
  const created = Buffer.concat([
    lengthField(inSection.length, large),
    inSection,
    masks,
    ...inBlock,
  ])
  return [{ start, end: masksEnd, bytes: created }]
}

/** Image resources that hold one entry per layer, or the index of one. */
function renumberLayers(document: PsdDocument, above: number, added: number): Edit[] {
  const oldCount = document.layerInfo?.layers.length ?? 0
  return document.resources.entries.flatMap(({ id, end, data }) => {
    const old = document.bytes.subarray(data.start, data.end)
    const inserted = (entryBytes: number, value: number) => {
      if (oldCount === 0 || old.length !== oldCount * entryBytes) return []
      const at = (above + 1) * entryBytes
      const entries = Buffer.alloc(added * entryBytes, value)
      return [Buffer.concat([old.subarray(0, at), entries, old.subarray(at)])]
    }
    const replacements =
      id === LAYER_GROUPS
        ? inserted(2, 0)
        : id === LAYER_GROUPS_ENABLED
          ? inserted(1, 1)
          : id === LAYER_STATE && old.length === 2 && old.readUInt16BE(0) > above
            ? [u16(old.readUInt16BE(0) + added)]
            : []
    return replacements.map((replacement) => ({
      start: data.start - 4,
      end,
      bytes: Buffer.concat([
        u32(replacement.length),
        replacement,
        Buffer.alloc(replacement.length % 2),
      ]),
    }))
  })
}

/** The edit of a section's length field, which stands directly before it. */
function resizeSection(
  bytes: Buffer,
  section: Range,
  edits: readonly Edit[],
  fieldBytes: 4 | 8,
): Edit {
  const growth = edits.reduce((sum, edit) => sum + edit.bytes.length - (edit.end - edit.start), 0)
  const start = section.start - fieldBytes
  const length = section.end - section.start + growth
  const old = bytes.subarray(start, section.start)
  return {
    start,
    end: section.start,
    bytes: growth === 0 ? old : lengthField(length, fieldBytes === 8),
  }
}

function applyEdits(bytes: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const edit of edits) {
    if (edit.start < at) throw new ImageError(`internal: edits overlap at byte ${edit.start}`)
    parts.push(bytes.subarray(at, edit.start), edit.bytes)
    at = edit.end
  }
  return Buffer.concat([...parts, bytes.subarray(at)])
}

/** Every old layer must be found again, byte for byte, around the new ones. */
function assertSpliced(
  before: PsdDocument,
  bytes: Buffer,
  above: number,
  added: readonly NewLayer[],
): void {
  const after = parsePsd(before.path, bytes)
  const old = before.layerInfo?.layers ?? []
  const now = after.layerInfo?.layers ?? []
  const same = (a: Range, b: Range) =>
    before.bytes.subarray(a.start, a.end).equals(bytes.subarray(b.start, b.end))
  const kept = old.every((layer, i) => {
    const found = now[i > above ? i + added.length : i]
    return (
      found !== undefined &&
      same(layer.record, found.record) &&
      layer.channels.every(({ data }, c) => same(data, found.channels[c]!.data))
    )
  })
  const inserted = added.every((layer, i) => now[above + 1 + i]?.name === layer.name)
  if (!kept || !inserted || now.length !== old.length + added.length) {
    throw new ImageError(
      `internal: ${before.path}: the layer "${added.at(-1)!.name}" could not be inserted intact`,
    )
  }
}

function lengthField(value: number, wide: boolean): Buffer {
  const field = Buffer.alloc(wide ? 8 : 4)
  if (wide) field.writeBigUInt64BE(BigInt(value))
  else field.writeUInt32BE(value)
  return field
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}

function i16(value: number): Buffer {
  const field = Buffer.alloc(2)
  field.writeInt16BE(value)
  return field
}

function u16(value: number): Buffer {
  const field = Buffer.alloc(2)
  field.writeUInt16BE(value)
  return field
}

function i32(value: number): Buffer {
  const field = Buffer.alloc(4)
  field.writeInt32BE(value)
  return field
}

function u32(value: number): Buffer {
  const field = Buffer.alloc(4)
  field.writeUInt32BE(value)
  return field
}
