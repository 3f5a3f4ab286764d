import { ImageError } from '../../engine/errors.ts'
import type { PlanarImage } from '../../engine/image.ts'
import type { ColorProfile } from './icc.ts'
import { assertPlanesComplete, encodeChannel, encodePlanes } from './psd-channels.ts'
import { composeResult, decodeComposite, decodeLayer, type PlacedPlanes } from './psd-composite.ts'
import { type PsdDocument, type PsdLayer, parsePsd } from './psd-document.ts'
import { insertLayers, type NewLayer } from './psd-splice.ts'
import { assertPixelCount, createSamples, imageToPlanes, type SamplePlanes } from './samples.ts'

/** A document opened for one of its layers. */
export interface PsdSource {
  readonly document: PsdDocument
  readonly layerName: string
  /** In the list of layers; -1 for the one picture of a flattened document. */
  readonly layerIndex: number
  readonly placed: PlacedPlanes
}

const BACKGROUND = 'Background'

/** Opens the layer of that name, or the topmost visible pixel layer that is not empty. */
export function openPsd(path: string, bytes: Buffer, layerName?: string): PsdSource {
  const document = parsePsd(path, bytes)
  const { composite, channelCount } = document
  assertPlanesComplete(path, bytes, composite, document, channelCount)
  if (document.layerInfo === undefined) return openFlattened(document, layerName)
  const { layers } = document.layerInfo
  const layerIndex =
    layerName === undefined ? topmostPixels(path, layers) : findNamed(path, layers, layerName)
  const layer = layers[layerIndex]!
  assertPixelCount(path, layer.right - layer.left, layer.bottom - layer.top)
  const placed = decodeLayer(document, layer)
  if (placed === undefined || placed.planes.alpha?.every((value) => value === 0)) {
    throw new ImageError(
      `${path}: the layer "${layer.name}" is ${placed ? 'fully transparent' : 'empty'}, ` +
        `expected one with pixels; ${choices(layers)}`,
    )
  }
  return { document, layerName: layer.name, layerIndex, placed }
}

function openFlattened(document: PsdDocument, layerName: string | undefined): PsdSource {
  const { path } = document
  if (layerName !== undefined && layerName !== BACKGROUND) {
    throw new ImageError(
      `${path}: has no layer "${layerName}", it is flattened; its only layer is "${BACKGROUND}"`,
    )
  }
  if (!document.hasComposite) {
    throw new ImageError(`${path}: has neither layers nor a flattened picture; save it again`)
  }
  const planes = decodeComposite(document)
  return { document, layerName: BACKGROUND, layerIndex: -1, placed: { left: 0, top: 0, planes } }
}

function topmostPixels(path: string, layers: readonly PsdLayer[]): number {
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

/** Of several layers of the name, a visible one comes first, then the upper one. */
function findNamed(path: string, layers: readonly PsdLayer[], name: string): number {
  const isNamed = (layer: PsdLayer) => layer.kind !== 'divider' && layer.name === name
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

function lastIndex(layers: readonly PsdLayer[], is: (layer: PsdLayer) => boolean): number {
  return layers.reduce((last, layer, i) => (is(layer) ? i : last), -1)
}

function isVisible(layers: readonly PsdLayer[], layer: PsdLayer): boolean {
  return !layer.hidden && layer.groups.every((group) => !layers[group]!.hidden)
}

function area(layer: PsdLayer): number {
  return (layer.right - layer.left) * (layer.bottom - layer.top)
}

/** Top to bottom, as in the Layers panel. */
function choices(layers: readonly PsdLayer[]): string {
  const names = layers
    .filter(({ kind }) => kind === 'pixel' || kind === 'text' || kind === 'smart object')
    .filter((layer) => area(layer) > 0)
    .map(({ name }) => `"${name}"`)
    .reverse()
  return names.length > 0 ? `its layers with pixels: ${names.join(', ')}` : 'it has none'
}

/**
 * The document with the result as a new layer directly above its source: same group, same bounds,
 * same alpha. Between a layer and others clipped to it, or above a clipped layer, the result is
 * clipped as well, so that those others stay clipped to what they were.
 */
export function insertResult(
  { document, layerIndex, placed }: PsdSource,
  result: PlanarImage,
  layerName: string,
): Buffer {
  const { planes, left, top } = placed
  const { color } = imageToPlanes(result, document.bits, document.profile)
  const drawn = { left, top, planes: { ...planes, color } }
  const layers = document.layerInfo?.layers ?? []
  const clipped = layers[layerIndex]?.clipped === true || isClippedTo(layers, layerIndex)
  const added = toNewLayer(document, drawn, { name: layerName, clipped })
  const composite = composeResult(document, { index: layerIndex, clipped }, drawn)
  if (document.layerInfo) return insertLayers(document, layerIndex, [added], composite)
  const background = toNewLayer(document, placed, { name: BACKGROUND, background: true })
  return insertLayers(document, layerIndex, [background, added], composite)
}

function isClippedTo(layers: readonly PsdLayer[], index: number): boolean {
  return index >= 0 && layers[index + 1]?.clipped === true
}

function toNewLayer(
  { large }: Pick<PsdDocument, 'large'>,
  { left, top, planes }: PlacedPlanes,
  { name, clipped = false, background = false }: Pick<NewLayer, 'name'> & Partial<NewLayer>,
): NewLayer {
  const { width, height, bits, color } = planes
  const shape = { width, height, bits, large }
  const opaque = () => createSamples(bits, width * height).fill(2 ** bits - 1)
  const alpha = background ? [] : [[-1, planes.alpha ?? opaque()] as const]
  const channels = [...alpha, ...color.map((plane, id) => [id, plane] as const)]
  return {
    name,
    left,
    top,
    right: left + width,
    bottom: top + height,
    clipped,
    background,
    channels: channels.map(([id, plane]) => ({ id, bytes: encodeChannel(plane, shape) })),
  }
}

/** A document of these layers, bottom to top, which all cover the canvas; the last is seen. */
export function buildPsd(
  path: string,
  layers: readonly { readonly name: string; readonly planes: SamplePlanes }[],
  profile?: ColorProfile,
): Buffer {
  const top = layers.at(-1)!.planes
  const { width, height, bits } = top
  const maxEdge = 30_000
  if (Math.max(width, height) > maxEdge) {
    throw new ImageError(
      `${path}: a PSD holds at most ${maxEdge} pixels per edge, the result has ` +
        `${width}×${height}; write a .png or .tif`,
    )
  }
  const shape = { width, height, bits, large: false }
  const header = Buffer.alloc(26)
  header.write('8BPS', 'latin1')
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(3, 12)
  header.writeUInt32BE(height, 14)
  header.writeUInt32BE(width, 18)
  header.writeUInt16BE(bits, 22)
  header.writeUInt16BE(3, 24) // RGB Color
  const resources = profile ? iccResource(profile.bytes) : Buffer.alloc(0)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(resources.length)
  const empty = Buffer.alloc(4)
  const composite = encodePlanes(
    top.color.map((plane) => onWhite(plane, top)),
    shape,
  )
  const flat = Buffer.concat([header, empty, length, resources, empty, composite])
  const added = layers.map(({ name, planes }, i) =>
    toNewLayer(shape, { left: 0, top: 0, planes }, { name, background: i === 0 && !planes.alpha }),
  )
  return insertLayers(parsePsd(path, flat), -1, added)
}

function onWhite(plane: SamplePlanes['color'][0], { alpha, bits }: SamplePlanes) {
  if (alpha === undefined) return plane
  const max = 2 ** bits - 1
  return plane.map((value, i) => {
    const a = alpha[i]! / max
    return Math.round(a * value + (1 - a) * max)
  })
}

function iccResource(bytes: Buffer): Buffer {
  const head = Buffer.from('8BIM\x04\x0f\0\0\0\0\0\0', 'latin1')
  head.writeUInt32BE(bytes.length, 8)
  return Buffer.concat([head, bytes, Buffer.alloc(bytes.length % 2)])
}
