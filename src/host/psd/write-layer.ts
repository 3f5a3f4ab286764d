/** Encodes a layer of the model as a PSD holds it. What it has from its file is kept, the rest is encoded. */

import { blendModeKey } from '../../psd/blend-modes.ts'
import { concat, latin1, pascalString, u32, unicodeString } from '../../psd/bytes.ts'
import { encodeChannel } from '../../psd/channels.ts'
import { COLOR_MODES, type PsdDocument } from '../../psd/document.ts'
import { type ListEntry, listedEntries } from '../../psd/layer-list.ts'
import {
  type EncodedChannel,
  encodeRecord,
  HIDDEN,
  plainRecord,
  type Range,
  type RecordFields,
  TRANSPARENCY_LOCKED,
  taggedBlock,
} from '../../psd/layer-record.ts'
import { layerMetadata, METADATA_BLOCK } from '../../psd/layer-xmp.ts'
import { plainLayer } from '../photograph.ts'
import { areaOf } from '../photoshop/samples.ts'
import type { LayerState, MaskState, Raster, Rect, Samples } from '../state.ts'
import { isKindBlock } from './names.ts'
import { isAsRead, isSame, LayerOrigin } from './origin.ts'
import { LOCKS } from './read.ts'
import { toFile } from './samples.ts'

const OPEN_GROUP = 1
const DIVIDER = 3
const DIVIDER_NAME = '</Layer group>'
const NO_BOUNDS = { left: 0, top: 0, right: 0, bottom: 0 }
const MASK_RELATIVE = 1
const MASK_DISABLED = 2

/** The list of a stack, bottom to top. A group becomes a divider, what is in it, and its own record. */
export function listEntries(
  layers: readonly LayerState[],
  document: PsdDocument,
): readonly ListEntry[] {
  const old = listedEntries(document)
  const list = (stack: readonly LayerState[]): readonly ListEntry[] =>
    stack.toReversed().flatMap((layer) => {
      const origin = originIn(layer, document)
      const own =
        origin && isAsRead(layer, origin.state)
          ? old[origin.index]!
          : encodeLayer(layer, document, origin)
      if (layer.children === undefined) return [own]
      const divider = origin?.dividerIndex === undefined ? undefined : old[origin.dividerIndex]
      return [divider ?? encodeDivider(document), ...list(layer.children), own]
    })
  return list(layers)
}

/** Layers that came from another document are new here. */
function originIn({ origin }: LayerState, document: PsdDocument): LayerOrigin | undefined {
  return origin instanceof LayerOrigin && origin.document === document ? origin : undefined
}

function encodeDivider(document: PsdDocument): ListEntry {
  const channels = emptyChannels(document)
  const plain = plainRecord(DIVIDER_NAME, 0, NO_BOUNDS, channels)
  const blocks = [
    taggedBlock('luni', unicodeString(DIVIDER_NAME)),
    taggedBlock('lsct', u32(DIVIDER)),
  ]
  return toEntry({ ...plain, blocks }, document)
}

function toEntry(fields: RecordFields, { large }: PsdDocument, oldIndex?: number): ListEntry {
  return {
    record: encodeRecord(fields, large),
    channels: fields.channels.map(({ bytes }) => bytes),
    ...(oldIndex === undefined ? {} : { oldIndex }),
  }
}

/** A layer that is new, or no longer as it was read: only what differs is encoded. */
function encodeLayer(
  layer: LayerState,
  document: PsdDocument,
  origin: LayerOrigin | undefined,
): ListEntry {
  const was = origin?.state ?? plainLayer(layer.id, layer.name)
  const before = origin
    ? fieldsOf(origin)
    : plainRecord(layer.name, layer.id, NO_BOUNDS, emptyChannels(document))
  const isChanged = (key: keyof LayerState) => !isSame(layer[key], was[key])
  const areLocksChanged = isChanged('locks') || isChanged('isBackground')
  const key = blendModeKey(layer.blendMode)
  const fields: RecordFields = {
    ...before,
    ...pixelFields(layer, before, document, isChanged),
    ...(isChanged('blendMode') ? { blendMode: key } : {}),
    ...(isChanged('opacity') ? { opacity: byteOf(layer.opacity) } : {}),
    ...(isChanged('name') ? { pascalName: pascalString(layer.name) } : {}),
    clipped: layer.isClipped,
    flags: flagsOf(layer, before.flags, areLocksChanged),
  }
  const blocks: (readonly [key: string, data: Uint8Array | undefined])[] = [
    ['luni', isChanged('name') ? unicodeString(layer.name) : undefined],
    ['lyid', isChanged('id') ? u32(layer.id) : undefined],
    [
      'iOpa',
      isChanged('fillOpacity') ? Uint8Array.of(byteOf(layer.fillOpacity), 0, 0, 0) : undefined,
    ],
    ['lspf', areLocksChanged && !layer.isBackground ? u32(lockFlags(layer)) : undefined],
    [
      'lsct',
      layer.children && (origin === undefined || isChanged('blendMode'))
        ? concat([u32(OPEN_GROUP), latin1(`8BIM${key}`)])
        : undefined,
    ],
    [
      METADATA_BLOCK,
      layer.xmp !== undefined && isChanged('xmp') ? layerMetadata(layer.xmp, origin) : undefined,
    ],
  ]
  const changed = new Map(blocks.filter(([, data]) => data !== undefined) as [string, Uint8Array][])
  return toEntry(
    { ...fields, blocks: replaceBlocks(layer, was, before, changed, origin) },
    document,
    origin?.index,
  )
}

/** The record as it stands in the file. */
function fieldsOf({ document, layer }: LayerOrigin): RecordFields {
  const slice = ({ start, end }: Range) => document.bytes.subarray(start, end)
  return {
    left: layer.left,
    top: layer.top,
    right: layer.right,
    bottom: layer.bottom,
    channels: layer.channels.map(({ id, data }) => ({ id, bytes: slice(data) })),
    blendMode: layer.blendMode,
    opacity: layer.opacity,
    clipped: layer.clipped,
    flags: layer.flags,
    maskData: slice(layer.maskData),
    blendingRanges: slice(layer.blendingRanges),
    pascalName: slice(layer.pascalName),
    blocks: layer.blocks.map(slice),
  }
}

function replaceBlocks(
  layer: LayerState,
  was: LayerState,
  before: RecordFields,
  changed: ReadonlyMap<string, Uint8Array>,
  origin: LayerOrigin | undefined,
): readonly Uint8Array[] {
  const keys = origin?.layer.blocks.map(({ key }) => key) ?? ['luni', 'lyid']
  // Blocks that would make something else of a layer that was rasterised.
  const isKept = (key: string) => layer.kind === was.kind || !isKindBlock(key)
  const isDivider = (key: string) => key === 'lsdk' && changed.has('lsct')
  const kept = before.blocks.flatMap((bytes, i) => {
    const key = keys[i]!
    return changed.has(key) || !isKept(key) || isDivider(key) ? [] : [bytes]
  })
  return [...kept, ...[...changed].map(([key, data]) => taggedBlock(key, data))]
}

type PixelFields = Pick<RecordFields, keyof Rect | 'channels' | 'maskData'>

/**
 * Bounds, color channels, then the mask's channel. Color and mask are each kept where they did not
 * change.
 */
function pixelFields(
  layer: LayerState,
  before: RecordFields,
  document: PsdDocument,
  isChanged: (key: keyof LayerState) => boolean,
): PixelFields {
  const isMoved = isChanged('raster') || isChanged('isBackground')
  const bounds = isMoved ? (layer.raster?.bounds ?? NO_BOUNDS) : before
  const { left, top, right, bottom } = bounds
  const colors = isMoved
    ? rasterChannels(layer, document)
    : before.channels.filter(({ id }) => id >= -1)
  const isRelative = ((before.maskData[17] ?? 0) & MASK_RELATIVE) !== 0
  const isMasked = isChanged('mask') || (isMoved && isRelative)
  const maskData = isMasked ? encodeMask(layer.mask) : before.maskData
  const masks = isMasked
    ? maskChannels(layer.mask, document)
    : before.channels.filter(({ id }) => id < -1)
  return { left, top, right, bottom, channels: [...colors, ...masks], maskData }
}

function rasterChannels(
  { raster, isBackground }: LayerState,
  document: PsdDocument,
): readonly EncodedChannel[] {
  if (raster === undefined || areaOf(raster.bounds) === 0) return emptyChannels(document)
  const alpha = raster.alpha ?? opaque(raster, document)
  return [
    ...(isBackground ? [] : [{ id: -1, bytes: encode(alpha, raster.bounds, document) }]),
    ...raster.color.map((plane, id) => ({ id, bytes: encode(plane, raster.bounds, document) })),
  ]
}

function opaque({ bounds }: Raster, { bits }: PsdDocument): Samples {
  const size = areaOf(bounds)
  if (bits === 32) return new Float32Array(size).fill(1)
  return bits === 16 ? new Uint16Array(size).fill(32_768) : new Uint8Array(size).fill(255)
}

/** An empty channel: a compression and no samples. */
function emptyChannels({ mode }: PsdDocument): readonly EncodedChannel[] {
  return Array.from({ length: COLOR_MODES[mode].colors + 1 }, (_, i) => ({
    id: i - 1,
    bytes: new Uint8Array(2),
  }))
}

function maskChannels(
  mask: MaskState | undefined,
  document: PsdDocument,
): readonly EncodedChannel[] {
  if (mask === undefined) return []
  const isEmpty = areaOf(mask.bounds) === 0
  const bytes = isEmpty ? new Uint8Array(2) : encode(mask.samples, mask.bounds, document)
  return [{ id: -2, bytes }]
}

function encodeMask(mask: MaskState | undefined): Uint8Array {
  if (mask === undefined) return new Uint8Array()
  const { top, left, bottom, right } = mask.bounds
  const flags = mask.isEnabled ? 0 : MASK_DISABLED
  const outside = mask.outside > 0 ? 255 : 0
  return concat([...[top, left, bottom, right].map(u32), Uint8Array.of(outside, flags, 0, 0)])
}

function encode(samples: Samples, bounds: Rect, document: PsdDocument): Uint8Array {
  const width = bounds.right - bounds.left
  const height = bounds.bottom - bounds.top
  const { bits, large } = document
  return encodeChannel(toFile(samples), { width, height, bits, large })
}

function flagsOf(layer: LayerState, before: number, locksChanged: boolean): number {
  const hidden = layer.isVisible ? before & ~HIDDEN : before | HIDDEN
  if (!locksChanged && !layer.isBackground) return hidden
  return layer.locks.transparency || layer.isBackground
    ? hidden | TRANSPARENCY_LOCKED
    : hidden & ~TRANSPARENCY_LOCKED
}

function lockFlags({ locks }: LayerState): number {
  return (
    (locks.transparency ? LOCKS.transparency : 0) +
    (locks.pixels ? LOCKS.pixels : 0) +
    (locks.position ? LOCKS.position : 0) +
    (locks.all ? LOCKS.all : 0)
  )
}

function byteOf(percent: number): number {
  return Math.round((Math.min(Math.max(percent, 0), 100) * 255) / 100)
}
