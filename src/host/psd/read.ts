/** Reads a PSD file into the document model. */

import { describeProfile } from '../../color/icc.ts'
import { ImageError } from '../../engine/errors.ts'
import { blendModeName } from '../../psd/blend-modes.ts'
import {
  embeddedProfile,
  type ListedLayer,
  type PsdDocument,
  parsePsd,
  resourceData,
  XMP_RESOURCE,
} from '../../psd/document.ts'
import { TRANSPARENCY_LOCKED } from '../../psd/layer-record.ts'
import { readLayerXmp } from '../../psd/layer-xmp.ts'
import { MAX_PIXELS } from '../../psd/limits.ts'
import { decodeComposite, decodeLayer, decodeMask, type Placed } from '../../psd/pixels.ts'
import { maxSample } from '../../psd/samples.ts'
import { BACKGROUND_LOCKS, backgroundLayer } from '../photograph.ts'
import { LINEAR_SUFFIX } from '../photoshop/profiles.ts'
import type { DocumentState, LayerState, MaskState, Raster } from '../state.ts'
import { kindOf } from './names.ts'
import { FileOrigin, LayerOrigin } from './origin.ts'
import { toModel } from './samples.ts'

export const RESOLUTION = 1005
export const PALETTE_BYTES = 768

/** Flags of the block `lspf`. */
export const LOCKS = { transparency: 1, pixels: 2, position: 4, all: 0x80000000 } as const

/** @throws ImageError where the file is damaged or too large. */
export function readPsd(name: string, bytes: Uint8Array): DocumentState {
  const document = parsePsd(name, bytes)
  const { width, height, mode, bits, layerInfo } = document
  assertTotal(document)
  const profile = profileOf(document)
  const xmp = resourceData(document, XMP_RESOURCE)
  const state: DocumentState = {
    width,
    height,
    resolution: resolutionOf(document),
    mode,
    depth: bits,
    ...(profile ? { profile } : {}),
    ...(mode === 'indexed' ? { palette: paletteOf(document) } : {}),
    ...(xmp ? { xmp: new TextDecoder('utf-8', { ignoreBOM: true }).decode(xmp) } : {}),
    layers: layerInfo ? readLayers(document, layerInfo.layers) : [readFlattened(document)],
  }
  return { ...state, origin: new FileOrigin(document, state) }
}

/** A small file may claim many large layers, so what all of them take is bounded before any is read. */
function assertTotal({ path, layerInfo }: PsdDocument): void {
  const areas = (layerInfo?.layers ?? []).flatMap((layer) => [
    layer,
    ...(layer.mask ? [layer.mask] : []),
  ])
  const total = areas.reduce(
    (sum, { left, top, right, bottom }) => sum + (right - left) * (bottom - top),
    0,
  )
  if (total > MAX_PIXELS) {
    throw new ImageError(
      `${path}: its layers have ${total} pixels together, at most ${MAX_PIXELS} are read; ` +
        'make it smaller or merge some of them',
    )
  }
}

function readFlattened(document: PsdDocument): LayerState {
  if (!document.hasComposite) {
    throw new ImageError(
      `${document.path}: has neither layers nor a flattened picture; save it again`,
    )
  }
  const raster = rasterOf({ left: 0, top: 0, planes: decodeComposite(document) })
  return backgroundLayer(1, raster)
}

/**
 * The list goes from bottom to top, a group's own record above what is in it; the tree goes from
 * top to bottom.
 */
function readLayers(document: PsdDocument, list: readonly ListedLayer[]): readonly LayerState[] {
  const ids = uniqueIds(list)
  const childrenOf = new Map<number | undefined, LayerState[]>()
  const dividers = new Map<number, number>()
  list.forEach((layer, index) => {
    const parent = layer.groups[0]
    const siblings = childrenOf.get(parent) ?? []
    childrenOf.set(parent, siblings)
    if (layer.kind === 'divider') {
      if (parent !== undefined) dividers.set(parent, index)
      return
    }
    const own = readLayer(document, layer, ids[index]!, index === 0)
    const state = layer.kind === 'group' ? { ...own, children: childrenOf.get(index) ?? [] } : own
    const origin = new LayerOrigin(document, index, dividers.get(index), state)
    siblings.unshift({ ...state, origin })
  })
  return childrenOf.get(undefined) ?? []
}

/** Layers without an id, or with that of another, get the next free ids. */
function uniqueIds(list: readonly ListedLayer[]): readonly number[] {
  let next = Math.max(0, ...list.map(({ id }) => id)) + 1
  const taken = new Set<number>()
  return list.map(({ id, kind }) => {
    if (kind === 'divider') return 0
    const own = id > 0 && !taken.has(id) ? id : next++
    taken.add(own)
    return own
  })
}

function readLayer(
  document: PsdDocument,
  layer: ListedLayer,
  id: number,
  isBottom: boolean,
): LayerState {
  const { name, opacity, fillOpacity, clipped, hidden, flags, locks, blocks } = layer
  const kind = kindOf(layer)
  const hasPixels = ['pixel', 'text', 'smartObject'].includes(kind)
  const placed = hasPixels ? decodeLayer(document, layer) : undefined
  const mask = readMask(document, layer)
  const xmp = readLayerXmp(document, layer)
  // Photoshop writes transparency for every layer but the background.
  const isBackground =
    isBottom &&
    kind === 'pixel' &&
    placed !== undefined &&
    placed.planes.alpha === undefined &&
    (flags & TRANSPARENCY_LOCKED) !== 0
  return {
    id,
    name,
    kind,
    isVisible: !hidden,
    opacity: percentOf(opacity),
    fillOpacity: percentOf(fillOpacity),
    blendMode: blendModeName(layer.blendMode),
    isClipped: clipped,
    isBackground,
    isArtboard: blocks.some(({ key }) => key === 'artb'),
    locks: isBackground
      ? BACKGROUND_LOCKS
      : {
          all: (locks & LOCKS.all) !== 0,
          pixels: (locks & LOCKS.pixels) !== 0,
          position: (locks & LOCKS.position) !== 0,
          transparency: ((locks & LOCKS.transparency) | (flags & TRANSPARENCY_LOCKED)) !== 0,
        },
    ...(placed ? { raster: rasterOf(placed) } : {}),
    ...(mask ? { mask } : {}),
    ...(xmp === undefined ? {} : { xmp }),
  }
}

function readMask(document: PsdDocument, layer: ListedLayer): MaskState | undefined {
  const samples = decodeMask(document, layer)
  const { mask } = layer
  if (mask === undefined || samples === undefined) return undefined
  const { left, top, right, bottom, outside, disabled } = mask
  const full = document.bits === 16 ? 32_768 : maxSample(document.bits)
  return {
    bounds: { left, top, right, bottom },
    samples: toModel(samples),
    outside: document.bits === 32 ? outside / 255 : Math.round((outside / 255) * full),
    isEnabled: !disabled,
  }
}

function rasterOf({ left, top, planes }: Placed): Raster {
  const { width, height, color, alpha } = planes
  return {
    bounds: { left, top, right: left + width, bottom: top + height },
    color: color.map(toModel),
    ...(alpha ? { alpha: toModel(alpha) } : {}),
  }
}

/** Whole percents, as Photoshop shows them. */
function percentOf(byte: number): number {
  return Math.round((byte / 255) * 100)
}

function profileOf(document: PsdDocument): DocumentState['profile'] {
  const bytes = embeddedProfile(document)
  const name = bytes && describeProfile(bytes)?.description
  // Photoshop embeds the profiles of 32-bit documents under the name that it shows.
  return name === undefined ? undefined : { name: name.replace(LINEAR_SUFFIX, ''), bytes }
}

/** ResolutionInfo: pixels per inch as a fixed-point number, whatever unit is shown. */
function resolutionOf(document: PsdDocument): number {
  const data = resourceData(document, RESOLUTION)
  if (data === undefined || data.length < 16) return 72
  const [a, b, c, d] = data
  return (a! << 8) + b! + ((c! << 8) + d!) / 65_536
}

/** It is stored plane by plane; Photoshop's tables always have 256 colors. */
function paletteOf({ bytes, colorModeData: { start, end } }: PsdDocument): Uint8Array {
  const stored = bytes.subarray(start, Math.min(end, start + PALETTE_BYTES))
  return Uint8Array.from({ length: PALETTE_BYTES }, (_, i) => {
    return stored[(i % 3) * 256 + Math.floor(i / 3)] ?? 0
  })
}
