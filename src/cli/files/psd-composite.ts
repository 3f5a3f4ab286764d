import { ImageError } from '../../engine/errors.ts'
import { decodeChannel, decodePlanes, encodePlanes } from './psd-channels.ts'
import type { PsdDocument, PsdLayer } from './psd-document.ts'
import { maxSample, type SamplePlanes, type Samples } from './samples.ts'

/** A layer's pixels in its place on the canvas. */
export interface PlacedPlanes {
  readonly left: number
  readonly top: number
  readonly planes: SamplePlanes
}

/**
 * Section 5 anew, with the result drawn over the old composite and the layers above it drawn over
 * that; undefined where it can stay: where the result is in a hidden group, or Photoshop left the
 * composite blank.
 *
 * Photoshop itself renders a document from its layers; the composite is what previews and other
 * programs show. It is exact where the result is opaque and the layers above it are pixels with
 * normal blending, opacity and masks. Above the result, adjustment and fill layers and layers or
 * groups of other blend modes are left out, and layer effects and vector masks ignored: rendering
 * those is Photoshop's own work.
 */
export function composeResult(
  document: PsdDocument,
  source: { readonly index: number; readonly clipped: boolean },
  result: PlacedPlanes,
): Buffer | undefined {
  const layers = document.layerInfo?.layers ?? []
  const groups = layers[source.index]?.groups ?? []
  if (!document.hasComposite || groups.some((group) => layers[group]!.hidden)) return undefined
  const { width, height, channelCount, bits, large } = document
  const shape = { width, height, bits, large }
  const planes = decodePlanes(
    document.path,
    document.bytes,
    document.composite,
    shape,
    channelCount,
  )
  const canvas: Canvas = {
    width,
    height,
    max: maxSample(bits),
    color: [planes[0]!, planes[1]!, planes[2]!],
    ...(document.layerInfo?.mergedAlpha && planes[3] ? { alpha: planes[3] } : {}),
  }
  const base = source.clipped ? baseOf(layers, source.index) : undefined
  if (!base?.hidden) {
    const clip = base && ifReadable(() => decodeLayer(document, base))
    const opacity = groupOpacity(layers, groups) * (base?.opacity ?? 1)
    draw(canvas, result, (x, y) => opacity * (clip ? coverage(clip, x, y) : 1))
  }
  for (let i = source.index + 1; i < layers.length; i++) {
    drawLayer(document, canvas, layers, i)
  }
  return encodePlanes(planes, shape)
}

interface Canvas {
  readonly width: number
  readonly height: number
  readonly max: number
  readonly color: readonly [Samples, Samples, Samples]
  readonly alpha?: Samples
}

function drawLayer(
  document: PsdDocument,
  canvas: Canvas,
  layers: readonly PsdLayer[],
  index: number,
): void {
  const layer = layers[index]!
  const base = layer.clipped ? baseOf(layers, index) : undefined
  const groups = layer.groups.map((group) => layers[group]!)
  const isHidden = layer.hidden || base?.hidden || groups.some((group) => group.hidden)
  const isPlain =
    layer.blendMode === 'norm' && groups.every(({ blendMode }) => /^(norm|pass)$/.test(blendMode))
  const hasPixels = !['group', 'divider', 'adjustment or fill'].includes(layer.kind)
  if (isHidden || !isPlain || !hasPixels) return
  const placed = ifReadable(() => decodeLayer(document, layer))
  const mask = ifReadable(() => maskOf(document, layer))
  if (placed === undefined || mask === undefined) return
  const clip = base && ifReadable(() => decodeLayer(document, base))
  const opacity =
    layer.opacity * groupOpacity(layers, layer.groups) * (base === undefined ? 1 : base.opacity)
  draw(canvas, placed, (x, y) => opacity * mask(x, y) * (clip ? coverage(clip, x, y) : 1))
}

function groupOpacity(layers: readonly PsdLayer[], groups: readonly number[]): number {
  return groups.reduce((product, group) => product * layers[group]!.opacity, 1)
}

/** The layer that the clipped layer of this index is clipped to. */
function baseOf(layers: readonly PsdLayer[], index: number): PsdLayer | undefined {
  let base = index
  while (base > 0 && layers[base]!.clipped) base--
  return layers[base]
}

/** Undefined where a layer other than the source is damaged: only the preview would suffer. */
function ifReadable<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof ImageError) return undefined
    throw error
  }
}

/** A layer's own pixels; undefined where its bounds are empty or it lacks a color channel. */
export function decodeLayer(document: PsdDocument, layer: PsdLayer): PlacedPlanes | undefined {
  const { path, bytes, bits, large } = document
  const { left, top } = layer
  const width = layer.right - left
  const height = layer.bottom - top
  if (width * height === 0) return undefined
  const decode = (id: number): Samples | undefined => {
    const channel = layer.channels.find((candidate) => candidate.id === id)
    return channel && decodeChannel(path, bytes, channel.data, { width, height, bits, large })
  }
  const red = decode(0)
  const green = decode(1)
  const blue = decode(2)
  if (!red || !green || !blue) return undefined
  const alpha = decode(-1)
  const planes = { width, height, bits, color: [red, green, blue] as const }
  return { left, top, planes: alpha ? { ...planes, alpha } : planes }
}

function coverage({ left, top, planes }: PlacedPlanes, x: number, y: number): number {
  const column = x - left
  const row = y - top
  if (column < 0 || row < 0 || column >= planes.width || row >= planes.height) return 0
  return planes.alpha ? planes.alpha[row * planes.width + column]! / maxSample(planes.bits) : 1
}

function maskOf(document: PsdDocument, layer: PsdLayer): (x: number, y: number) => number {
  const { mask } = layer
  const channel = layer.channels.find(({ id }) => id === -2)
  if (mask === undefined || mask.disabled || channel === undefined) return () => 1
  const width = mask.right - mask.left
  const height = mask.bottom - mask.top
  if (width <= 0 || height <= 0) return () => mask.outside
  const { path, bytes, bits, large } = document
  const samples = decodeChannel(path, bytes, channel.data, { width, height, bits, large })
  const max = maxSample(bits)
  return (x, y) =>
    x < mask.left || y < mask.top || x >= mask.right || y >= mask.bottom
      ? mask.outside
      : samples[(y - mask.top) * width + x - mask.left]! / max
}

/**
 * Normal blending. A composite with transparency is stored blended with white, so its colors mix
 * as if it were opaque; where nothing is, its color counts as that white.
 */
function draw(
  { width, height, max, color, alpha }: Canvas,
  placed: PlacedPlanes,
  weight: (x: number, y: number) => number,
): void {
  const { left, top, planes } = placed
  const right = Math.min(width, left + planes.width)
  const bottom = Math.min(height, top + planes.height)
  for (let y = Math.max(0, top); y < bottom; y++) {
    for (let x = Math.max(0, left); x < right; x++) {
      const from = (y - top) * planes.width + (x - left)
      const to = y * width + x
      const a = weight(x, y) * (planes.alpha ? planes.alpha[from]! / max : 1)
      if (a === 0) continue
      const isBlank = alpha?.[to] === 0
      for (let c = 0; c < 3; c++) {
        const below = isBlank ? max : color[c]![to]!
        color[c]![to] = Math.round(a * planes.color[c]![from]! + (1 - a) * below)
      }
      if (alpha) alpha[to] = Math.round(a * max + (1 - a) * alpha[to]!)
    }
  }
}

/** The flattened picture with straight alpha; the mirror image of the white that `draw` keeps. */
export function decodeComposite(document: PsdDocument): SamplePlanes {
  const { path, bytes, composite, width, height, bits, large, channelCount } = document
  const shape = { width, height, bits, large }
  const decoded = decodePlanes(path, bytes, composite, shape, channelCount)
  const color = [decoded[0]!, decoded[1]!, decoded[2]!] as const
  const alpha = document.layerInfo?.mergedAlpha ? decoded[3] : undefined
  if (alpha === undefined) return { width, height, bits, color }
  const max = maxSample(bits)
  for (const plane of color) {
    for (let i = 0; i < plane.length; i++) {
      const a = alpha[i]! / max
      if (a > 0) plane[i] = Math.max(0, Math.round((plane[i]! - (1 - a) * max) / a))
    }
  }
  return { width, height, bits, color, alpha }
}
