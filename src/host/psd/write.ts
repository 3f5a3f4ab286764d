/** Writes the document model as a PSD file. */

import { SRGB_NAME } from '../../color/rgb-spaces.ts'
import { ImageError } from '../../engine/errors.ts'
import { concat, u16, u32 } from '../../psd/bytes.ts'
import { encodePlanes } from '../../psd/channels.ts'
import {
  COLOR_MODES,
  colorCount,
  ICC_PROFILE,
  type PsdDocument,
  type PsdHeader,
  parsePsd,
  XMP_RESOURCE,
} from '../../psd/document.ts'
import { buildFlat, encodeHeader } from '../../psd/flat.ts'
import { LAYER_RESOURCES, replaceLayers } from '../../psd/layer-list.ts'
import { MAX_EDGE, MAX_EDGE_LARGE } from '../../psd/layer-record.ts'
import { srgbProfile } from '../../psd/matrix-profile.ts'
import { decodeAllPlanes, matteOnWhite } from '../../psd/pixels.ts'
import { assertPixelCount, type Samples } from '../../psd/samples.ts'
import { inMemory, joined } from '../../psd/stored.ts'
import { BACKGROUND_NAME, plainLayer } from '../photograph.ts'
import { renderComposite } from '../render.ts'
import type { DocumentState } from '../state.ts'
import { areAsRead, FileOrigin, isSame } from './origin.ts'
import { PALETTE_BYTES, RESOLUTION } from './read.ts'
import { toFile } from './samples.ts'
import { listEntries } from './write-layer.ts'

/** Modes whose documents are only a flattened picture. */
const FLAT_MODES: ReadonlySet<string> = new Set(['bitmap', 'indexed', 'multichannel'])

/** Image resources with names, identifiers and colors of alpha channels, which go when the channels go. */
const ALPHA_RESOURCES = [1006, 1007, 1045, 1053, 1077]

const NOTHING = new Uint8Array()

/**
 * A document that is as it was read gives the bytes of its file. In one that was changed,
 * everything that is not understood and every layer that did not change is written as it was. The
 * selection is not stored. A layer of another kind than pixels that has no file of its own any more
 * (after a change of mode, or from another document) is written as its pixels.
 */
export function writePsd(state: DocumentState): Uint8Array {
  const origin = state.origin instanceof FileOrigin ? state.origin : undefined
  if (origin && isDocumentAsRead(state, origin)) return new Uint8Array(origin.document.bytes)
  assertPixelCount('document', state.width, state.height)
  const { mode, depth, palette, layers } = state
  const read =
    origin?.state.mode === mode && origin.state.depth === depth ? origin.state : undefined
  const base = read && origin ? origin.document : parsePsd('document', blankFile(state, origin))
  const isFlat = FLAT_MODES.has(mode) || (!base.layerInfo && isOnlyBackground(state))
  const mergedAlpha = base.layerInfo?.mergedAlpha ?? !(isFlat || layers.at(-1)?.isBackground)
  const isPictureKept =
    read !== undefined && isSameSize(base, state) && areAsRead(layers, read.layers)
  const planes = isPictureKept ? undefined : compositeOf(state, base, mergedAlpha)
  const header = headerOf(state, base.large, planes?.length ?? base.channelCount)
  const parts = replaceLayers(base, isFlat ? [] : listEntries(layers, base), {
    header: encodeHeader(header),
    mergedAlpha,
    resources: changedResources(state, read),
    ...(planes ? { composite: encodePlanes(planes, header) } : {}),
    ...(palette && !isSame(palette, read?.palette)
      ? { colorModeData: encodePalette(palette) }
      : {}),
  })
  return inMemory(joined(parts))
}

function isDocumentAsRead(state: DocumentState, origin: FileOrigin): boolean {
  const keys = Object.keys({ ...origin.state, ...state }) as (keyof DocumentState)[]
  return keys.every((key) => {
    if (key === 'origin' || key === 'selection') return true
    return key === 'layers'
      ? areAsRead(state.layers, origin.state.layers)
      : isSame(state[key], origin.state[key])
  })
}

/** Photoshop writes a document that is only a background without a list of layers. */
function isOnlyBackground({ layers, width, height }: DocumentState): boolean {
  const [layer] = layers
  if (layer === undefined || layers.length > 1) return false
  const { raster, ...plain } = layer
  const background = {
    ...plainLayer(layer.id, BACKGROUND_NAME),
    isBackground: true,
    locks: layer.locks,
    origin: layer.origin,
  }
  return (
    isSame({ origin: undefined, ...plain }, background) &&
    isSame(raster?.bounds, { left: 0, top: 0, right: width, bottom: height })
  )
}

function isSameSize(document: PsdDocument, { width, height }: DocumentState): boolean {
  return document.width === width && document.height === height
}

/** A document without layers and pixels. What its file says about the document comes along. */
function blankFile(state: DocumentState, origin: FileOrigin | undefined): Uint8Array {
  const { width, height } = state
  const edge = Math.max(width, height)
  if (edge > MAX_EDGE_LARGE) {
    throw new ImageError(
      `document: a PSB holds at most ${MAX_EDGE_LARGE} pixels per edge, this has ` +
        `${width}×${height}; make it smaller`,
    )
  }
  const resources = origin?.document.resources
  return buildFlat(headerOf(state, edge > MAX_EDGE, COLOR_MODES[state.mode].colors), {
    colorModeData: NOTHING,
    resources: origin?.document.bytes.subarray(resources?.start, resources?.end) ?? NOTHING,
    composite: NOTHING,
  })
}

function headerOf(state: DocumentState, large: boolean, channelCount: number): PsdHeader {
  const { width, height, mode, depth } = state
  return { width, height, mode, bits: depth, large, channelCount }
}

/** Makes the flattened picture anew; further alpha and spot channels stay if they fit. */
function compositeOf(
  state: DocumentState,
  base: PsdDocument,
  mergedAlpha: boolean,
): readonly Samples[] {
  const { color, alpha } = renderComposite(state)
  const { width, height, mode, depth: bits } = state
  const rendered = {
    width,
    height,
    bits,
    color: color.map(toFile),
    alpha: toFile(alpha),
  }
  const isKept = base.composite.end > base.composite.start && isSameSize(base, state)
  const firstExtra = colorCount(base) + (base.layerInfo?.mergedAlpha ? 1 : 0)
  return [
    ...matteOnWhite(rendered, mode === 'lab'),
    ...(mergedAlpha ? [rendered.alpha] : []),
    ...(isKept ? decodeAllPlanes(base).slice(firstExtra) : []),
  ]
}

/**
 * Image resources to be written because they say what is no longer so, or did not say it; undefined
 * takes one away.
 */
function changedResources(
  state: DocumentState,
  read: DocumentState | undefined,
): ReadonlyMap<number, Uint8Array | undefined> {
  const changed = new Map<number, Uint8Array | undefined>()
  if (state.resolution !== read?.resolution) {
    const fixed = u32(Math.round(state.resolution * 65_536))
    const perInch = u16(1)
    const inches = u16(1)
    changed.set(RESOLUTION, concat([fixed, perInch, inches, fixed, perInch, inches]))
  }
  if (read === undefined || !isSame(state.profile, read.profile)) {
    changed.set(ICC_PROFILE, profileBytes(state))
  }
  if (state.xmp !== read?.xmp) {
    changed.set(
      XMP_RESOURCE,
      state.xmp === undefined ? undefined : new TextEncoder().encode(state.xmp),
    )
  }
  if (read === undefined) for (const id of LAYER_RESOURCES) changed.set(id, undefined)
  if (state.width !== read?.width || state.height !== read.height) {
    for (const id of ALPHA_RESOURCES) changed.set(id, undefined)
  }
  return changed
}

/** Where a document only names its profile, sRGB can be embedded; others are unknown and left out. */
function profileBytes({ profile, mode }: DocumentState): Uint8Array | undefined {
  if (profile?.bytes) return profile.bytes
  return profile?.name === SRGB_NAME && mode === 'rgb' ? srgbProfile() : undefined
}

/** The mirror image of reading: plane by plane. */
function encodePalette(palette: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: PALETTE_BYTES }, (_, i) => {
    return palette[(i % 256) * 3 + Math.floor(i / 256)] ?? 0
  })
}
