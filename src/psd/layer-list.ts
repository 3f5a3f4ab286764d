/** The list of layers, written anew into a document that otherwise stays as it is. */
import { ImageError } from '../engine/errors.ts'
import { concat, latin1, lengthField, padded, sameBytes, u16, u32 } from './bytes.ts'
import { type ImageResource, type PsdDocument, parsePsd } from './document.ts'
import type { Range } from './layer-record.ts'

/** A layer as the list will hold it: its record and the bytes of its channels. */
export interface ListEntry {
  readonly record: Uint8Array
  readonly channels: readonly Uint8Array[]
  /** Its index in the list as it was; absent for a new layer. */
  readonly oldIndex?: number
}

/** What else changes with the layers. */
export interface Replacements {
  readonly composite?: Uint8Array
  /** The composite's first plane behind the colors is the document's transparency. */
  readonly mergedAlpha?: boolean
  readonly header?: Uint8Array
  readonly colorModeData?: Uint8Array
  /** Image resources by their id: replaced, or added behind the others; undefined removes one. */
  readonly resources?: ReadonlyMap<number, Uint8Array | undefined>
}

interface Edit extends Range {
  readonly bytes: Uint8Array
}

const MAX_PSD_BYTES = 2 ** 31 - 1
const LAYER_STATE = 1024
const LAYER_GROUPS = 1026
const LAYER_GROUPS_ENABLED = 1072

/** Image resources that number the layers. */
export const LAYER_RESOURCES = [LAYER_STATE, LAYER_GROUPS, LAYER_GROUPS_ENABLED]

/**
 * The document with these layers, bottom to top, instead of its own.
 *
 * Bytes are spliced, because rewriting through a library does not keep a document: ag-psd 31
 * writes 8-bit RGB only, without the image resources and layer blocks it does not know. Every byte
 * stays as it is but these: the list with its lengths and padding, what is to be replaced, and
 * three image resources that number the layers (selected layer, linked layers and whether they are
 * enabled). The outcome is parsed again and compared.
 */
export function replaceLayers(
  document: PsdDocument,
  entries: readonly ListEntry[],
  { composite, mergedAlpha, header, colorModeData, resources }: Replacements = {},
): Uint8Array {
  const listEdits = replaceList(
    document,
    entries,
    mergedAlpha ?? document.layerInfo?.mergedAlpha ?? false,
  )
  const changed = new Map<number, Uint8Array | undefined>([
    ...renumberLayers(document, entries),
    ...(resources ?? []),
  ])
  const resourceEdits = replaceResources(document, changed)
  const edits = [
    ...(header ? [{ start: 0, end: header.length, bytes: header }] : []),
    ...(colorModeData ? replaceSection(document.colorModeData, colorModeData) : []),
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
  assertListed(document.path, bytes, entries)
  return bytes
}

/** The entries of the layers that a document has. */
export function listedEntries({ bytes, layerInfo }: PsdDocument): readonly ListEntry[] {
  return (layerInfo?.layers ?? []).map(({ record, channels }, oldIndex) => ({
    record: bytes.subarray(record.start, record.end),
    channels: channels.map(({ data }) => bytes.subarray(data.start, data.end)),
    oldIndex,
  }))
}

function replaceList(
  document: PsdDocument,
  entries: readonly ListEntry[],
  mergedAlpha: boolean,
): readonly Edit[] {
  const { bytes, layerInfo } = document
  if (layerInfo === undefined && entries.length === 0) return []
  const list = concat([
    u16(mergedAlpha ? -entries.length : entries.length),
    ...entries.map(({ record }) => record),
    ...entries.flatMap(({ channels }) => channels),
  ])
  if (layerInfo === undefined) return createList(document, padded(list))
  const { lengthAt, lengthIsWide, tail, block } = layerInfo
  const oldTail = bytes.subarray(tail.start, tail.end)
  const isPadding = oldTail.length < 4 && oldTail.every((byte) => byte === 0)
  const filled = padded(isPadding ? list : concat([list, oldTail]))
  return [
    {
      start: lengthAt,
      end: block.end,
      bytes: concat([lengthField(filled.length, lengthIsWide), filled]),
    },
  ]
}

/** A list for a document without one: in the section at 8 bits, in a block above. */
function createList(
  { bytes, large, bits, layersAndMasks }: PsdDocument,
  list: Uint8Array,
): readonly Edit[] {
  const { start, end } = layersAndMasks
  const headBytes = large ? 8 : 4
  const lengthAt = (at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at)
  const oldLength = end - start < headBytes ? 0 : lengthAt(start + headBytes - 4)
  const masksAt = Math.min(end, start + headBytes + oldLength)
  const hasMasks = end - masksAt >= 4
  const masksEnd = hasMasks ? masksAt + 4 + lengthAt(masksAt) : end
  const masks = hasMasks ? bytes.subarray(masksAt, masksEnd) : u32(0)
  const inSection = bits === 8 ? list : new Uint8Array()
  const inBlock = bits === 8 ? [] : [latin1(`8BIMLr${bits}`), lengthField(list.length, large), list]
  const created = concat([lengthField(inSection.length, large), inSection, masks, ...inBlock])
  return [{ start, end: masksEnd, bytes: created }]
}

/** Image resources that hold one entry per layer, or the index of one. */
function renumberLayers(
  document: PsdDocument,
  entries: readonly ListEntry[],
): readonly (readonly [id: number, data: Uint8Array])[] {
  const oldCount = document.layerInfo?.layers.length ?? 0
  const isSame =
    entries.length === oldCount && entries.every(({ oldIndex }, index) => oldIndex === index)
  if (oldCount === 0 || isSame) return []
  return document.resources.entries.flatMap(({ id, data }) => {
    const old = document.bytes.subarray(data.start, data.end)
    const perLayer = (entryBytes: number, value: number) =>
      old.length === oldCount * entryBytes
        ? entries.map(({ oldIndex }) =>
            oldIndex === undefined
              ? new Uint8Array(entryBytes).fill(value)
              : old.subarray(oldIndex * entryBytes, (oldIndex + 1) * entryBytes),
          )
        : undefined
    if (id === LAYER_STATE && old.length === 2) {
      const selected = (old[0]! << 8) | old[1]!
      const index = entries.findIndex(({ oldIndex }) => oldIndex === selected)
      return [[id, u16(Math.max(0, index))] as const]
    }
    const values =
      id === LAYER_GROUPS
        ? perLayer(2, 0)
        : id === LAYER_GROUPS_ENABLED
          ? perLayer(1, 1)
          : undefined
    return values ? [[id, concat(values)] as const] : []
  })
}

function replaceResources(
  { resources }: PsdDocument,
  changed: ReadonlyMap<number, Uint8Array | undefined>,
): readonly Edit[] {
  const kept = resources.entries.filter(({ id }) => changed.has(id))
  const added = [...changed].filter(([id]) => !kept.some((entry) => entry.id === id))
  return [
    ...kept.map(({ id, data, start, end }: ImageResource) => {
      const bytes = changed.get(id)
      return bytes === undefined
        ? { start, end, bytes: new Uint8Array() }
        : { start: data.start - 4, end, bytes: concat([u32(bytes.length), padded(bytes, 2)]) }
    }),
    ...added.flatMap(([id, bytes]) => {
      const { end } = resources
      return bytes === undefined ? [] : [{ start: end, end, bytes: imageResource(id, bytes) }]
    }),
  ]
}

/** Image resource block (Photoshop File Formats Specification), without a name. */
export function imageResource(id: number, data: Uint8Array): Uint8Array {
  return concat([latin1('8BIM'), u16(id), u16(0), u32(data.length), padded(data, 2)])
}

function replaceSection({ start, end }: Range, bytes: Uint8Array): readonly Edit[] {
  return [{ start: start - 4, end, bytes: concat([u32(bytes.length), bytes]) }]
}

/** The edit of a section's length field, which stands directly before it. */
function resizeSection(
  bytes: Uint8Array,
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

function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const parts: Uint8Array[] = []
  let at = 0
  for (const edit of edits) {
    if (edit.start < at) throw new ImageError(`internal: edits overlap at byte ${edit.start}`)
    parts.push(bytes.subarray(at, edit.start), edit.bytes)
    at = edit.end
  }
  return concat([...parts, bytes.subarray(at)])
}

/** Every layer must be found again, byte for byte. */
function assertListed(path: string, bytes: Uint8Array, entries: readonly ListEntry[]): void {
  const found = listedEntries(parsePsd(path, bytes))
  const isIntact = (entry: ListEntry, index: number) => {
    const now = found[index]
    return (
      now !== undefined &&
      sameBytes(now.record, entry.record) &&
      now.channels.length === entry.channels.length &&
      now.channels.every((channel, c) => sameBytes(channel, entry.channels[c]!))
    )
  }
  if (found.length !== entries.length || !entries.every(isIntact)) {
    throw new ImageError(`internal: ${path}: the layers could not be written intact`)
  }
}
