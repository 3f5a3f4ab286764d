/** The list of layers, written anew into a document that otherwise stays as it is. */
import { ImageError } from '../engine/errors.ts'
import { concat, latin1, lengthField, padded, sameBytes, u16, u32 } from './bytes.ts'
import { type ImageResource, type PsdDocument, parsePsd } from './document.ts'
import type { Range } from './layer-record.ts'
import { type Bytes, inMemory, joined } from './stored.ts'

/** A layer as the list will hold it: its record and the bytes of its channels. */
export interface ListEntry {
  readonly record: Uint8Array
  readonly channels: readonly Bytes[]
  /** Its index in the list as it was; absent for a new layer. */
  readonly oldIndex?: number
}

/** What else changes with the layers. */
export interface Replacements {
  readonly composite?: Bytes
  /** The composite's first plane behind the colors is the document's transparency. */
  readonly mergedAlpha?: boolean
  readonly header?: Uint8Array
  readonly colorModeData?: Uint8Array
  /** Image resources by their id: replaced, or added behind the others; undefined removes one. */
  readonly resources?: ReadonlyMap<number, Uint8Array | undefined>
}

interface Edit extends Range {
  readonly parts: readonly Bytes[]
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
 * @returns the parts of the file, one after the other.
 */
export function replaceLayers(
  document: PsdDocument,
  entries: readonly ListEntry[],
  { composite, mergedAlpha, header, colorModeData, resources }: Replacements = {},
): readonly Bytes[] {
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
    ...(header ? [{ start: 0, end: header.length, parts: [header] }] : []),
    ...(colorModeData ? replaceSection(document.colorModeData, colorModeData) : []),
    resizeSection(document.bytes, document.resources, resourceEdits, 4),
    ...resourceEdits,
    resizeSection(document.bytes, document.layersAndMasks, listEdits, document.large ? 8 : 4),
    ...listEdits,
    ...(composite ? [{ ...document.composite, parts: [composite] }] : []),
  ]
  const parts = applyEdits(document.bytes, edits)
  const size = lengthOf(parts)
  if (!document.large && size > MAX_PSD_BYTES) {
    throw new ImageError(
      `${document.path}: would have ${size} bytes with the new layer, a PSD holds ` +
        `${MAX_PSD_BYTES}; save it as a PSB (Large Document Format) and try again`,
    )
  }
  assertListed(document.path, parts, entries)
  return parts
}

const lengthOf = (parts: readonly Bytes[]): number =>
  parts.reduce((sum, { length }) => sum + length, 0)

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
  const list: readonly Bytes[] = [
    u16(mergedAlpha ? -entries.length : entries.length),
    ...entries.map(({ record }) => record),
    ...entries.flatMap(({ channels }) => channels),
  ]
  if (layerInfo === undefined) return createList(document, paddedParts(list))
  const { lengthAt, lengthIsWide, tail, block } = layerInfo
  const oldTail = bytes.subarray(tail.start, tail.end)
  const isPadding = oldTail.length < 4 && oldTail.every((byte) => byte === 0)
  const filled = paddedParts(isPadding ? list : [...list, oldTail])
  const parts = [lengthField(lengthOf(filled), lengthIsWide), ...filled]
  return [{ start: lengthAt, end: block.end, parts }]
}

const paddedParts = (parts: readonly Bytes[]): readonly Bytes[] => {
  const rest = lengthOf(parts) % 4
  return rest === 0 ? parts : [...parts, new Uint8Array(4 - rest)]
}

/**
 * Makes a list for a document that has none: in the section itself at 8 bits, in a block of it at
 * more.
 */
function createList(
  { bytes, large, bits, layersAndMasks }: PsdDocument,
  list: readonly Bytes[],
): readonly Edit[] {
  const { start, end } = layersAndMasks
  const headBytes = large ? 8 : 4
  const lengthAt = (at: number) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(at)
  const oldLength = end - start < headBytes ? 0 : lengthAt(start + headBytes - 4)
  const masksAt = Math.min(end, start + headBytes + oldLength)
  const hasMasks = end - masksAt >= 4
  const masksEnd = hasMasks ? masksAt + 4 + lengthAt(masksAt) : end
  const masks = hasMasks ? bytes.subarray(masksAt, masksEnd) : u32(0)
  const length = lengthField(lengthOf(list), large)
  const parts =
    bits === 8
      ? [length, ...list, masks]
      : [lengthField(0, large), masks, latin1(`8BIMLr${bits}`), length, ...list]
  return [{ start, end: masksEnd, parts }]
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
        ? { start, end, parts: [] }
        : { start: data.start - 4, end, parts: [u32(bytes.length), padded(bytes, 2)] }
    }),
    ...added.flatMap(([id, bytes]) => {
      const { end } = resources
      return bytes === undefined ? [] : [{ start: end, end, parts: [imageResource(id, bytes)] }]
    }),
  ]
}

/** Image resource block (Photoshop File Formats Specification), without a name. */
export function imageResource(id: number, data: Uint8Array): Uint8Array {
  return concat([latin1('8BIM'), u16(id), u16(0), u32(data.length), padded(data, 2)])
}

function replaceSection({ start, end }: Range, bytes: Uint8Array): readonly Edit[] {
  return [{ start: start - 4, end, parts: [u32(bytes.length), bytes] }]
}

/** The edit of a section's length field, which stands directly before it. */
function resizeSection(
  bytes: Uint8Array,
  section: Range,
  edits: readonly Edit[],
  fieldBytes: 4 | 8,
): Edit {
  const growth = edits.reduce(
    (sum, { parts, start, end }) => sum + lengthOf(parts) - (end - start),
    0,
  )
  const start = section.start - fieldBytes
  const length = section.end - section.start + growth
  const old = bytes.subarray(start, section.start)
  return {
    start,
    end: section.start,
    parts: [growth === 0 ? old : lengthField(length, fieldBytes === 8)],
  }
}

function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): readonly Bytes[] {
  const parts: Bytes[] = []
  let at = 0
  for (const edit of edits) {
    if (edit.start < at) throw new ImageError(`internal: edits overlap at byte ${edit.start}`)
    parts.push(bytes.subarray(at, edit.start), ...edit.parts)
    at = edit.end
  }
  return [...parts, bytes.subarray(at)]
}

/** Every layer must be found again: its record byte for byte, its channels where they were put. */
function assertListed(path: string, parts: readonly Bytes[], entries: readonly ListEntry[]): void {
  const firstChannel = entries.flatMap(({ channels }) => channels)[0]
  const head = firstChannel === undefined ? parts : parts.slice(0, parts.indexOf(firstChannel))
  const { bytes, layerInfo } = parsePsd(path, inMemory(joined(head)), lengthOf(parts))
  const found = layerInfo?.layers ?? []
  let at = lengthOf(head)
  const isIntact = ({ record, channels }: ListEntry, index: number) => {
    const now = found[index]
    return (
      now !== undefined &&
      sameBytes(bytes.subarray(now.record.start, now.record.end), record) &&
      now.channels.length === channels.length &&
      now.channels.every(({ data }, c) => {
        const start = at
        at += channels[c]!.length
        return data.start === start && data.end === at
      })
    )
  }
  if (found.length !== entries.length || !entries.every(isIntact)) {
    throw new ImageError(`internal: ${path}: the layers could not be written intact`)
  }
}
