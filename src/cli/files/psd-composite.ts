import { ImageError } from '../../engine/errors.ts'
import { encodePlanes } from '../../psd/channels.ts'
import { type Canvas, type Coverage, type Drawing, draw } from '../../psd/compose.ts'
import type { ListedLayer } from '../../psd/document.ts'
import { decodeAllPlanes, decodeLayer, decodeMask, type Placed } from '../../psd/pixels.ts'
import { createSamples, maxSample, type SamplePlanes, type Samples } from '../../psd/samples.ts'
import type { RgbDocument } from './rgb-document.ts'

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
  document: RgbDocument,
  source: { readonly index: number; readonly clipped: boolean },
  result: Placed<SamplePlanes>,
): Uint8Array | undefined {
  const layers = document.layerInfo?.layers ?? []
  const groups = layers[source.index]?.groups ?? []
  if (!document.hasComposite || groups.some((group) => layers[group]!.hidden)) return undefined
  const { width, height, bits } = document
  const planes = decodeAllPlanes(document)
  const max = maxSample(bits)
  const floats = planes
    .slice(0, document.layerInfo?.mergedAlpha ? 4 : 3)
    .map((plane) => Float32Array.from(plane, (value) => value / max))
  const [red, green, blue, alpha] = floats
  const color = [red!, green!, blue!]
  if (alpha) whiten(color, alpha)
  const canvas: Canvas = { left: 0, top: 0, width, height, color, ...(alpha ? { alpha } : {}) }
  const base = source.clipped ? baseOf(layers, source.index) : undefined
  if (!base?.hidden) {
    const opacity = groupOpacity(layers, groups) * (base ? opacityOf(base) : 1)
    draw(canvas, drawingOf(result), { opacity, coverages: clipTo(document, base) })
  }
  for (let i = source.index + 1; i < layers.length; i++) {
    drawLayer(document, canvas, layers, i)
  }
  const composed = planes.map((plane, i) => (floats[i] ? toSamples(floats[i], bits) : plane))
  return encodePlanes(composed, document)
}

/** A composite with transparency is blended with white, which is also what blank pixels are. */
function whiten(color: readonly Float32Array[], alpha: Float32Array): void {
  for (const plane of color) {
    for (let i = 0; i < plane.length; i++) if (alpha[i] === 0) plane[i] = 1
  }
}

function toSamples(plane: Float32Array, bits: RgbDocument['bits']): Samples {
  const max = maxSample(bits)
  const samples = createSamples(bits, plane.length)
  for (let i = 0; i < plane.length; i++) samples[i] = Math.round(plane[i]! * max)
  return samples
}

function drawingOf({ left, top, planes }: Placed): Drawing {
  return { left, top, ...planes, max: maxSample(planes.bits) }
}

function drawLayer(
  document: RgbDocument,
  canvas: Canvas,
  layers: readonly ListedLayer[],
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
  const masks = ifReadable(() => maskOf(document, layer))
  if (placed === undefined || masks === undefined) return
  const opacity =
    opacityOf(layer) * groupOpacity(layers, layer.groups) * (base ? opacityOf(base) : 1)
  const coverages = [...masks, ...clipTo(document, base)]
  draw(canvas, drawingOf(placed), { opacity, coverages })
}

function opacityOf({ opacity, fillOpacity }: ListedLayer): number {
  return (opacity / 255) * (fillOpacity / 255)
}

function groupOpacity(layers: readonly ListedLayer[], groups: readonly number[]): number {
  return groups.reduce((product, group) => product * opacityOf(layers[group]!), 1)
}

/** The layer that the clipped layer of this index is clipped to. */
function baseOf(layers: readonly ListedLayer[], index: number): ListedLayer | undefined {
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

/** The shape of the layer that is clipped to; all of the canvas where that is unknown. */
function clipTo(document: RgbDocument, base: ListedLayer | undefined): readonly Coverage[] {
  const placed = base && ifReadable(() => decodeLayer(document, base))
  if (placed === undefined) return []
  const { left, top, planes } = placed
  const { width, height, bits } = planes
  const max = maxSample(bits)
  const samples = planes.alpha ?? createSamples(bits, width * height).fill(max)
  return [{ left, top, right: left + width, bottom: top + height, samples, max, outside: 0 }]
}

function maskOf(document: RgbDocument, layer: ListedLayer): readonly Coverage[] {
  const samples = decodeMask(document, layer)
  const { mask } = layer
  if (mask === undefined || mask.disabled || samples === undefined) return []
  return [{ ...mask, samples, max: maxSample(document.bits), outside: mask.outside / 255 }]
}
