import { ImageError } from '../../engine/errors.ts'
import { blendModeName } from '../../psd/blend-modes.ts'
import { encodePlanes } from '../../psd/channels.ts'
import {
  type BlendMode,
  type Canvas,
  type Coverage,
  type Drawing,
  draw,
  isBlendMode,
} from '../../psd/compose.ts'
import type { ListedLayer } from '../../psd/document.ts'
import { decodeAllPlanes, decodeLayer, decodeMask, type Placed } from '../../psd/pixels.ts'
import { createSamples, maxSample, type SamplePlanes, type Samples } from '../../psd/samples.ts'
import type { RgbDocument } from './rgb-document.ts'

/** Where the result goes, and how it is drawn there. */
export interface ResultLayer {
  /** Of its source in the list of layers; it stands above it and has its mask. */
  readonly sourceIndex: number
  readonly clipped: boolean
  /** Four characters. */
  readonly blendMode: string
  /** 0 to 1. */
  readonly opacity: number
}

/**
 * Section 5 anew; undefined where it can stay: where the result is in a hidden group or clipped to a
 * hidden layer, or Photoshop left the composite blank.
 *
 * Photoshop itself renders a document from its layers; the composite is what previews and other
 * programs show. What is below the result is not known where layers above it cover it, so the old
 * composite fades into a picture of the result, opaque, with the layers above it: by as much as the
 * result's alpha, masks and opacity let it through. With normal blending that is exact, as it is
 * linear in what lies below. Adjustment and fill layers above the result and layers in blend modes
 * that the compositor lacks are left out, and layer effects and vector masks ignored: rendering
 * those is Photoshop's own work.
 */
export function composeResult(
  document: RgbDocument,
  layer: ResultLayer,
  result: Placed<SamplePlanes>,
): Uint8Array | undefined {
  const layers = document.layerInfo?.layers ?? []
  const source = layers[layer.sourceIndex]
  const groups = (source?.groups ?? []).map((group) => layers[group]!)
  const base = layer.clipped ? baseOf(layers, layer.sourceIndex) : undefined
  if (!document.hasComposite || [base, ...groups].some((other) => other?.hidden)) return undefined

  const planes = decodeAllPlanes(document)
  const old = canvasOf(document, planes)
  const above: Canvas = {
    ...old,
    color: old.color.map((plane) => plane.slice()),
    ...(old.alpha ? { alpha: old.alpha.slice() } : {}),
  }
  // What is clipped blends with what is below its base as the base does.
  const blendMode = layer.blendMode === 'norm' && base ? base.blendMode : layer.blendMode
  const { alpha: _, ...opaque } = drawingOf(result)
  draw(above, opaque, { blendMode: knownBlendMode(blendMode) ?? 'normal' })
  for (let i = layer.sourceIndex + 1; i < layers.length; i++) {
    drawLayer(document, above, i, source?.groups ?? [])
  }
  const hiding = [source, ...groups].flatMap((other) => (other ? masksOf(document, other) : []))
  fade(old, above, {
    opacity: groups.reduce((product, group) => product * opacityOf(group), layer.opacity),
    coverages: [shapeOf(result), ...hiding],
    base: base && clipTo(document, base),
  })
  return encodePlanes(samplesOf(old, planes, document), document)
}

/** The composite's colors multiplied by alpha; a file has them blended with white. */
function canvasOf(
  { width, height, bits, layerInfo }: RgbDocument,
  planes: readonly Samples[],
): Canvas {
  const max = maxSample(bits)
  const [red, green, blue, alpha] = planes
    .slice(0, layerInfo?.mergedAlpha ? 4 : 3)
    .map((plane) => Float32Array.from(plane, (value) => value / max))
  const color = [red!, green!, blue!]
  if (alpha) {
    for (const plane of color) {
      for (let i = 0; i < plane.length; i++) plane[i] = Math.max(0, plane[i]! - (1 - alpha[i]!))
    }
  }
  return { left: 0, top: 0, width, height, color, ...(alpha ? { alpha } : {}) }
}

/** The mirror image of `canvasOf`; further planes stay as they are. */
function samplesOf(
  { color, alpha }: Canvas,
  planes: readonly Samples[],
  { bits }: RgbDocument,
): readonly Samples[] {
  const max = maxSample(bits)
  const drawn = [...color, ...(alpha ? [alpha] : [])].map((plane, c) => {
    const samples = createSamples(bits, plane.length)
    const white = (i: number): number => (alpha && c < color.length ? 1 - alpha[i]! : 0)
    for (let i = 0; i < plane.length; i++) {
      samples[i] = Math.round(Math.min(1, plane[i]! + white(i)) * max)
    }
    return samples
  })
  return [...drawn, ...planes.slice(drawn.length)]
}

/** How much of the result is seen. */
interface Share {
  readonly opacity: number
  readonly coverages: readonly Coverage[]
  /** Of what it is clipped to. */
  readonly base: { readonly opacity: number; readonly coverages: readonly Coverage[] } | undefined
}

/** Opaque to each other, planes mix by weight alone. */
function fade(from: Canvas, to: Canvas, { opacity, coverages, base }: Share): void {
  const planesOf = ({ color, alpha }: Canvas) => (alpha ? [...color, alpha] : color)
  const { alpha: _from, ...target } = from
  const { alpha: _to, ...drawing } = to
  draw(
    { ...target, color: planesOf(from) },
    { ...drawing, color: planesOf(to), max: 1 },
    {
      opacity: opacity * (base?.opacity ?? 1),
      coverages: [...coverages, ...(base?.coverages ?? [])],
    },
  )
}

function drawingOf({ left, top, planes }: Placed): Drawing {
  return { left, top, ...planes, max: maxSample(planes.bits) }
}

function knownBlendMode(key: string): BlendMode | undefined {
  const name = blendModeName(key)
  return isBlendMode(name) ? name : undefined
}

/** @param entered groups that the result is in: their opacity and masks are the result's as well. */
function drawLayer(
  document: RgbDocument,
  canvas: Canvas,
  index: number,
  entered: readonly number[],
): void {
  const { layers } = document.layerInfo!
  const layer = layers[index]!
  const base = layer.clipped ? baseOf(layers, index) : undefined
  const within = layer.groups.map((group) => layers[group]!)
  const groups = layer.groups
    .filter((group) => !entered.includes(group))
    .map((group) => layers[group]!)
  const blendMode = knownBlendMode(layer.blendMode)
  const isHidden = layer.hidden || base?.hidden || within.some((group) => group.hidden)
  const isPlain = groups.every(({ blendMode }) => /^(norm|pass)$/.test(blendMode))
  const hasPixels = !['group', 'divider', 'adjustment or fill'].includes(layer.kind)
  if (isHidden || !isPlain || !hasPixels || blendMode === undefined) return
  const placed = ifReadable(() => decodeLayer(document, layer))
  const coverages = ifReadable(() => [layer, ...groups].flatMap((each) => maskOf(document, each)))
  if (placed === undefined || coverages === undefined) return
  const clip = base && clipTo(document, base)
  draw(canvas, drawingOf(placed), {
    blendMode,
    opacity: [layer, ...groups].reduce((all, each) => all * opacityOf(each), clip?.opacity ?? 1),
    coverages: [...coverages, ...(clip?.coverages ?? [])],
  })
}

function opacityOf({ opacity, fillOpacity }: ListedLayer): number {
  return (opacity / 255) * (fillOpacity / 255)
}

/** The layer that the clipped layer of this index is clipped to. */
function baseOf(layers: readonly ListedLayer[], index: number): ListedLayer | undefined {
  let base = index
  while (base >= 0 && layers[base]!.clipped) base--
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

/** The shape, mask and opacity of the layer that is clipped to; all of the canvas where unknown. */
function clipTo(document: RgbDocument, base: ListedLayer): NonNullable<Share['base']> {
  const placed = ifReadable(() => decodeLayer(document, base))
  const coverages = [...(placed ? [shapeOf(placed)] : []), ...masksOf(document, base)]
  return { opacity: opacityOf(base), coverages }
}

function shapeOf({ left, top, planes }: Placed): Coverage {
  const { width, height, bits } = planes
  const max = maxSample(bits)
  const samples = planes.alpha ?? createSamples(bits, width * height).fill(max)
  return { left, top, right: left + width, bottom: top + height, samples, max, outside: 0 }
}

/** None where they cannot be read. */
function masksOf(document: RgbDocument, layer: ListedLayer): readonly Coverage[] {
  return ifReadable(() => maskOf(document, layer)) ?? []
}

function maskOf(document: RgbDocument, layer: ListedLayer): readonly Coverage[] {
  const samples = decodeMask(document, layer)
  const { mask } = layer
  if (mask === undefined || mask.disabled || samples === undefined) return []
  return [{ ...mask, samples, max: maxSample(document.bits), outside: mask.outside / 255 }]
}

/** How much of each pixel of a layer its mask shows, 0 to 1; undefined where it has none in use. */
export function maskOver(
  document: RgbDocument,
  layer: ListedLayer,
  { left, top, planes: { width, height } }: Placed,
): Float32Array | undefined {
  const coverages = masksOf(document, layer)
  if (coverages.length === 0) return undefined
  const place = { left, top, width, height }
  const shown = new Float32Array(width * height)
  const all = new Uint8Array(width * height).fill(1)
  draw({ ...place, color: [shown] }, { ...place, color: [all], max: 1 }, { coverages })
  return shown
}
