import type { ColorProfile } from '../../color/icc.ts'
import { ImageError } from '../../engine/errors.ts'
import { packetOf } from '../../engine/output/xmp.ts'
import { type PlanarImage, resizeMask, type Size } from '../../engine/picture/image.ts'
import { blendModeName } from '../../psd/blend-modes.ts'
import { concat } from '../../psd/bytes.ts'
import {
  assertPlanesComplete,
  channelWriter,
  joinPlanes,
  type PlaneShape,
  runLengthWriter,
} from '../../psd/channels.ts'
import {
  ICC_PROFILE,
  type ListedLayer,
  type PsdHeader,
  parsePsd,
  XMP_RESOURCE,
} from '../../psd/document.ts'
import { buildFlat } from '../../psd/flat.ts'
import {
  imageResource,
  type ListEntry,
  listedEntries,
  type Replacements,
  replaceLayers,
} from '../../psd/layer-list.ts'
import {
  type EncodedChannel,
  encodeRecord,
  plainRecord,
  type Range,
  type RecordFields,
  type Rect,
  TRANSPARENCY_LOCKED,
  taggedBlock,
  VECTOR_MASK_KEYS,
} from '../../psd/layer-record.ts'
import { layerXmpBlock } from '../../psd/layer-xmp.ts'
import {
  matteOnWhite,
  openComposite,
  openLayer,
  type Placed,
  type PlanesReader,
} from '../../psd/pixels.ts'
import {
  assertPixelCount,
  type BitsPerChannel,
  createSamples,
  maxSample,
  resultPlanes,
  type SamplePlanes,
} from '../../psd/samples.ts'
import { type Bytes, joined, type MakeSink } from '../../psd/stored.ts'
import { eachBand, overlap, type RowSource } from './bands.ts'
import { metadataResources } from './embed.ts'
import { isSameName } from './identity.ts'
import { documentXmp, type Metadata } from './metadata.ts'
import { maskOver, openComposer } from './psd-composite.ts'
import { documentPacket, type PacketWithNote } from './recipes.ts'
import { parseRgbPsd, type RgbDocument, rgbPlanes } from './rgb-document.ts'

/** A document opened for one of its layers. */
export interface PsdSource extends Size {
  readonly document: RgbDocument
  readonly layerName: string
  /** Index in the list of layers; -1 for the one picture of a flattened document. */
  readonly layerIndex: number
  readonly left: number
  readonly top: number
  /**
   * Reads the layer's pixels from the top down, anew each time, so that they are not held beside
   * the file.
   */
  open(): SourceReader
}

interface SourceReader {
  /** The next `rows` rows. */
  read(rows: number): SamplePlanes
}

const BACKGROUND = 'Background'

/**
 * Opens the layer of that name, or the topmost visible pixel layer that is not empty.
 * @returns its pixels as well.
 */
export function openPsd(
  path: string,
  bytes: Uint8Array,
  layerName?: string,
): { readonly source: PsdSource; readonly planes: SamplePlanes } {
  const document = parseRgbPsd(path, bytes)
  const { composite, channelCount } = document
  assertPlanesComplete(path, bytes, composite, document, channelCount)
  if (document.layerInfo === undefined) return openFlattened(document, layerName)
  const { layers } = document.layerInfo
  const layerIndex =
    layerName === undefined ? topmostPixels(path, layers) : findNamed(path, layers, layerName)
  const layer = layers[layerIndex]!
  const { name, left, top } = layer
  const [width, height] = [layer.right - left, layer.bottom - top]
  assertPixelCount(path, width, height)
  const reader = openLayer(document, layer)
  const planes = reader && rgbPlanes(document, reader.read(height))
  if (planes === undefined || planes.alpha?.every((value) => value === 0)) {
    throw new ImageError(
      `${path}: the layer "${name}" is ${planes ? 'fully transparent' : 'empty'}, ` +
        `expected one with pixels; ${choices(layers)}`,
    )
  }
  const open = readerOf(document, () => openLayer(document, layer)!)
  const source = { document, layerName: name, layerIndex, left, top, width, height, open }
  return { source, planes }
}

function openFlattened(
  document: RgbDocument,
  layerName: string | undefined,
): ReturnType<typeof openPsd> {
  const { path, width, height } = document
  if (layerName !== undefined && layerName !== BACKGROUND) {
    throw new ImageError(
      `${path}: has no layer "${layerName}", it is flattened; its only layer is "${BACKGROUND}"`,
    )
  }
  if (!document.hasComposite) {
    throw new ImageError(`${path}: has neither layers nor a flattened picture; save it again`)
  }
  const open = readerOf(document, () => openComposite(document))
  const place = { left: 0, top: 0, width, height }
  const source = { document, layerName: BACKGROUND, layerIndex: -1, ...place, open }
  return { source, planes: open().read(height) }
}

const readerOf =
  (document: RgbDocument, open: () => PlanesReader): PsdSource['open'] =>
  () => {
    const reader = open()
    return { read: (rows) => rgbPlanes(document, reader.read(rows)) }
  }

function topmostPixels(path: string, layers: readonly ListedLayer[]): number {
  const index = lastIndex(
    layers,
    (layer) => layer.kind === 'pixel' && isVisible(layers, layer) && area(layer) > 0,
  )
  if (index < 0) {
    throw new ImageError(
      `${path}: has no visible pixel layer; show or name one; ${choices(layers)}`,
    )
  }
  return index
}

/** Of several layers of that name, visible ones come first, and of those the upper one. */
function findNamed(path: string, layers: readonly ListedLayer[], name: string): number {
  const isNamed = (layer: ListedLayer) => layer.kind !== 'divider' && isSameName(layer.name, name)
  const visible = lastIndex(layers, (layer) => isNamed(layer) && isVisible(layers, layer))
  const index = visible >= 0 ? visible : lastIndex(layers, isNamed)
  const layer = layers[index]
  if (layer === undefined) {
    throw new ImageError(`${path}: has no layer "${name}"; ${choices(layers)}`)
  }
  if (layer.kind === 'group' || layer.kind === 'adjustment or fill') {
    throw new ImageError(
      `${path}: "${name}" is ${layer.kind === 'group' ? 'a group' : 'an adjustment or fill layer'}, ` +
        `expected a layer with pixels; ${choices(layers)}`,
    )
  }
  return index
}

function lastIndex(layers: readonly ListedLayer[], is: (layer: ListedLayer) => boolean): number {
  return layers.reduce((last, layer, i) => (is(layer) ? i : last), -1)
}

function isVisible(layers: readonly ListedLayer[], layer: ListedLayer): boolean {
  return !layer.hidden && layer.groups.every((group) => !layers[group]!.hidden)
}

function area(layer: ListedLayer): number {
  return (layer.right - layer.left) * (layer.bottom - layer.top)
}

/** Top to bottom, as in the Layers panel. */
/** Keep a message that lists layers short. */
const MAX_NAMED = 10
const MAX_NAME_LENGTH = 60
const cut = (name: string): string =>
  name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name

function choices(layers: readonly ListedLayer[]): string {
  const names = layers
    .filter(({ kind }) => kind === 'pixel' || kind === 'text' || kind === 'smart object')
    .filter((layer) => area(layer) > 0)
    .map(({ name }) => `"${cut(name)}"`)
    .reverse()
  if (names.length === 0) return 'it has none'
  const more = names.length - MAX_NAMED
  const listed = names.slice(0, MAX_NAMED).join(', ')
  return `its layers with pixels: ${listed}${more > 0 ? ` and ${more} more` : ''}`
}

export interface SaveOptions {
  readonly layerName: string
  /** JSON text that is stored with the result. */
  readonly recipe?: string | undefined
  /** A new layer of a document has its source's opacity and blend mode; else it is plain. */
  readonly likeSource?: boolean | undefined
  /** Nothing that the content says of itself goes into a picture, but its profile and resolution. */
  readonly strip?: boolean | undefined
}

/**
 * The document with the result as a new layer directly above its source: same group, same bounds,
 * same alpha, same masks. Between a layer and others clipped to it, or above a clipped layer, the
 * result is clipped as well, so that those others stay clipped to what they were.
 * @param result of the source's size.
 */
export async function insertResult(
  psd: PsdSource,
  result: RowSource,
  { layerName, recipe, likeSource = false }: SaveOptions,
  makeSink: MakeSink,
): Promise<WrittenDocument> {
  const { document, layerIndex, left, top, width, height } = psd
  const layers = document.layerInfo?.layers ?? []
  const source = layers[layerIndex]
  const { opacity, fillOpacity, blendMode } = (likeSource && source) || PLAIN_BLENDING
  const clipped = source?.clipped === true || isClippedTo(layers, layerIndex)
  const composer = openComposer(
    document,
    {
      sourceIndex: layerIndex,
      clipped,
      blendMode,
      opacity: (opacity / FULL_OPACITY) * (fillOpacity / FULL_OPACITY),
    },
    makeSink,
  )
  const shape = { width, height, bits: document.bits, large: document.large }
  const drawn = layerWriter(shape, makeSink)
  const background = document.layerInfo ? undefined : layerWriter(shape, makeSink, true)
  const reader = psd.open()
  const extent = { top, bottom: top + height }
  const canvas = { top: 0, bottom: document.height }
  // Over the canvas, and over the parts of the layer that lie beyond it.
  const all = { top: Math.min(top, 0), bottom: Math.max(extent.bottom, canvas.bottom) }
  await eachBand(all, Math.max(width, document.width), (band) => {
    const rows = overlap(band, extent)
    let placed: Placed<SamplePlanes> | undefined
    if (rows) {
      const given = reader.read(rows.bottom - rows.top)
      const painted = result.rows(rows.top - top, rows.bottom - top)
      placed = { left, top: rows.top, planes: resultPlanes(painted, given, document.profile) }
      drawn.write(placed.planes)
      background?.write(given)
    }
    const seen = overlap(band, canvas)
    if (seen) composer?.compose(seen, placed)
  })

  const nextId = Math.max(0, ...layers.map(({ id }) => id)) + 1
  const bounds = { left, top, right: left + width, bottom: top + height }
  const old = background
    ? [
        toEntry(document.large, bounds, background.end(), {
          name: BACKGROUND,
          id: nextId,
          background: true,
        }),
      ]
    : listedEntries(document)
  const id = nextId + old.length - layers.length
  const added = toEntry(document.large, bounds, drawn.end(), {
    name: layerName,
    id,
    clipped,
    recipe,
    blending: { opacity, fillOpacity, blendMode },
    ...(source ? { masks: masksOf(document, source) } : {}),
  })
  const above = document.layerInfo ? layerIndex + 1 : 1
  const entries = [...old.slice(0, above), added, ...old.slice(above)]
  const ids = new Set(layers.map((layer) => layer.id))
  const xmp = recipe ? documentPacket(documentXmp(document), ids, { id, recipe }) : {}
  const composite = composer?.end()
  const { bytes, notes } = written(xmp, (resources) =>
    replaceLayers(document, entries, { ...resources, ...(composite ? { composite } : {}) }),
  )
  const unlike = source && !likeSource ? unlikeSource(source) : []
  return { bytes, notes: [...notes, ...unlike] }
}

/** A layer's pixels and its result, of any size, with alpha 0 where the layer's mask hides them. */
export function hideMasked(
  { document, layerIndex, width, height, open }: PsdSource,
  result: PlanarImage,
): { readonly planes: SamplePlanes; readonly result: PlanarImage } {
  const planes = open().read(height)
  const layer = document.layerInfo?.layers[layerIndex]
  const mask = layer && maskOver(document, layer)
  if (mask === undefined) return { planes, result }
  const { bits } = document
  const alpha = planes.alpha ?? createSamples(bits, width * height).fill(maxSample(bits))
  const { data } = resizeMask({ width, height, data: mask }, result.width, result.height)
  return {
    planes: { ...planes, alpha: alpha.map((value, i) => Math.round(value * mask[i]!)) },
    result: { ...result, alpha: data.map((value, i) => value * (result.alpha?.[i] ?? 1)) },
  }
}

type Blending = Pick<ListedLayer, 'opacity' | 'fillOpacity' | 'blendMode'>

const FULL_OPACITY = 255
const PLAIN_BLENDING: Blending = {
  opacity: FULL_OPACITY,
  fillOpacity: FULL_OPACITY,
  blendMode: 'norm',
}

/** What the user should know of a painting that covers a layer through which something was seen. */
function unlikeSource({ name, opacity, fillOpacity, blendMode }: ListedLayer): readonly string[] {
  const percent = (value: number): string => `${Math.round((value / FULL_OPACITY) * 100)} %`
  const facts = [
    ...(opacity < FULL_OPACITY ? [`opacity ${percent(opacity)}`] : []),
    ...(fillOpacity < FULL_OPACITY ? [`fill ${percent(fillOpacity)}`] : []),
    ...(blendMode === 'norm' ? [] : [`blend mode ${blendModeName(blendMode)}`]),
  ]
  if (facts.length === 0) return []
  return [
    `the layer "${name}" has ${facts.join(', ')}; the painting covers it at 100 %, normal: ` +
      '--like-source gives it the same',
  ]
}

interface Masks {
  readonly maskData: Uint8Array
  readonly channels: readonly EncodedChannel[]
  readonly blocks: readonly Uint8Array[]
}

/** Masks of pixels and of paths, as they stand in the file. */
function masksOf({ bytes }: RgbDocument, layer: ListedLayer): Masks {
  const slice = ({ start, end }: Range): Uint8Array => bytes.subarray(start, end)
  return {
    maskData: slice(layer.maskData),
    channels: layer.channels
      .filter(({ id }) => id < -1)
      .map(({ id, data }) => ({ id, bytes: slice(data) })),
    blocks: layer.blocks.filter(({ key }) => VECTOR_MASK_KEYS.has(key)).map(slice),
  }
}

interface WrittenDocument {
  readonly bytes: Bytes
  /** What could not be stored with it, in sentences. */
  readonly notes: readonly string[]
}

function written(
  { packet, note }: PacketWithNote,
  write: (resources: Pick<Replacements, 'resources'>) => readonly Bytes[],
): WrittenDocument {
  const bytes = packet && new TextEncoder().encode(packet)
  const resources = bytes ? { resources: new Map([[XMP_RESOURCE, bytes]]) } : {}
  return { bytes: joined(write(resources)), notes: note ? [note] : [] }
}

function isClippedTo(layers: readonly ListedLayer[], index: number): boolean {
  return index >= 0 && layers[index + 1]?.clipped === true
}

interface NewLayer extends Pick<SaveOptions, 'recipe'> {
  readonly name: string
  readonly id: number
  readonly clipped?: boolean
  /** The bottom layer of a flattened document, which Photoshop keeps opaque and in its place. */
  readonly background?: boolean
  readonly blending?: Blending
  readonly masks?: Masks
}

/** Encodes the channels of a new layer; a background has no transparency. */
function layerWriter(shape: PlaneShape, makeSink: MakeSink, background = false) {
  const ids = background ? [0, 1, 2] : [-1, 0, 1, 2]
  const writers = ids.map((id) => ({ id, ...channelWriter(shape, makeSink) }))
  return {
    write({ width, height, bits, color, alpha }: SamplePlanes): void {
      const opaque = () => createSamples(bits, width * height).fill(maxSample(bits))
      for (const { id, write } of writers) write(id < 0 ? (alpha ?? opaque()) : color[id]!)
    },
    end: (): readonly EncodedChannel[] => writers.map(({ id, end }) => ({ id, bytes: end() })),
  }
}

function toEntry(
  large: boolean,
  bounds: Rect,
  drawn: readonly EncodedChannel[],
  {
    name,
    id,
    clipped = false,
    background = false,
    recipe,
    blending = PLAIN_BLENDING,
    masks,
  }: NewLayer,
): ListEntry {
  const channels = [...drawn, ...(masks?.channels ?? [])]
  const plain = plainRecord(name, id, bounds, drawn)
  const { opacity, fillOpacity, blendMode } = blending
  const fields: RecordFields = {
    ...plain,
    channels,
    clipped,
    opacity,
    blendMode,
    flags: plain.flags | (background ? TRANSPARENCY_LOCKED : 0),
    maskData: masks?.maskData ?? plain.maskData,
    blocks: [
      ...plain.blocks,
      ...(fillOpacity < FULL_OPACITY
        ? [taggedBlock('iOpa', Uint8Array.of(fillOpacity, 0, 0, 0))]
        : []),
      ...(masks?.blocks ?? []),
      ...(recipe ? [layerXmpBlock(packetOf(recipe))] : []),
    ],
  }
  return {
    record: encodeRecord(fields, large),
    channels: channels.map(({ bytes }) => bytes),
  }
}

/** A document to be made of layers that all cover its canvas. */
export interface NewDocument extends Size {
  readonly bits: BitsPerChannel
  /** Bottom to top; the last is seen. */
  readonly layers: readonly Pick<NewLayer, 'name' | 'recipe' | 'background'>[]
  /** Rows `top` to `bottom` of each layer. */
  rows(top: number, bottom: number): readonly SamplePlanes[]
}

/** @param metadata of the picture that it is made of, which is kept. */
export async function buildPsd(
  path: string,
  { width, height, bits, layers, rows }: NewDocument,
  {
    profile,
    metadata = {},
  }: { readonly profile?: ColorProfile | undefined; readonly metadata?: Metadata },
  makeSink: MakeSink,
): Promise<WrittenDocument> {
  const maxEdge = 30_000
  if (Math.max(width, height) > maxEdge) {
    throw new ImageError(
      `${path}: a PSD holds at most ${maxEdge} pixels per edge, the result has ` +
        `${width}×${height}; write a .png or .tif`,
    )
  }
  const header: PsdHeader = { width, height, bits, large: false, channelCount: 3, mode: 'rgb' }
  const writers = layers.map(({ background }) => layerWriter(header, makeSink, background))
  const merged = [0, 1, 2].map(() => runLengthWriter(header, makeSink))
  await eachBand({ top: 0, bottom: height }, width, ({ top, bottom }) => {
    const planes = rows(top, bottom)
    for (const [i, { write }] of writers.entries()) write(planes[i]!)
    const seen = matteOnWhite(planes.at(-1)!)
    for (const [c, { write }] of merged.entries()) write(seen[c]!)
  })
  const flat = buildFlat(header, {
    colorModeData: new Uint8Array(),
    resources: concat([
      ...(profile ? [imageResource(ICC_PROFILE, profile.bytes)] : []),
      metadataResources(metadata),
    ]),
    composite: new Uint8Array(),
  })
  const bounds = { left: 0, top: 0, right: width, bottom: height }
  const entries = layers.map((layer, i) =>
    toEntry(header.large, bounds, writers[i]!.end(), { ...layer, id: i + 1 }),
  )
  const { recipe } = layers.at(-1)!
  const xmp = recipe
    ? documentPacket(metadata.xmp, new Set(), { id: layers.length, recipe })
    : { packet: metadata.xmp }
  const composite = joinPlanes(merged.map(({ end }) => end()))
  return written(xmp, (resources) =>
    replaceLayers(parsePsd(path, flat), entries, { ...resources, composite }),
  )
}
