import { blendModeName } from '../../psd/blend-modes.ts'
import { joinPlanes, runLengthWriter } from '../../psd/channels.ts'
import {
  type BlendMode,
  type Canvas,
  type Coverage,
  type Drawing,
  draw,
  isBlendMode,
} from '../../psd/compose.ts'
import type { ListedLayer } from '../../psd/document.ts'
import { openAllPlanes, type Placed } from '../../psd/pixels.ts'
import { createSamples, maxSample, type SamplePlanes, type Samples } from '../../psd/samples.ts'
import type { Bytes, MakeSink } from '../../psd/stored.ts'
import type { Band } from './bands.ts'
import { layerStrip, lenient, maskStrip, type Strip, shapeOf } from './psd-strips.ts'
import type { RgbDocument } from './rgb-document.ts'

/** Where the result goes, and how it is drawn there. */
interface ResultLayer {
  /**
   * Index of the source layer in the list of layers; the result stands above it and has its mask.
   */
  readonly sourceIndex: number
  readonly clipped: boolean
  /** Four characters. */
  readonly blendMode: string
  /** 0 to 1. */
  readonly opacity: number
}

interface Composer {
  /** @param result what of it is in the band, which is the next one of the canvas. */
  compose(band: Band, result: Placed<SamplePlanes> | undefined): void
  /** Section 5, after the last band. */
  end(): Bytes
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
export function openComposer(
  document: RgbDocument,
  layer: ResultLayer,
  makeSink: MakeSink,
): Composer | undefined {
  const layers = document.layerInfo?.layers ?? []
  const source = layers[layer.sourceIndex]
  const entered = source?.groups ?? []
  const groups = entered.map((group) => layers[group]!)
  const base = layer.clipped ? baseOf(layers, layer.sourceIndex) : undefined
  if (!document.hasComposite || [base, ...groups].some((other) => other?.hidden)) return undefined

  // What is clipped blends with what is below its base as the base does.
  const blendKey = layer.blendMode === 'norm' && base ? base.blendMode : layer.blendMode
  const blendMode = knownBlendMode(blendKey) ?? 'normal'
  const opacity = [...groups, ...(base ? [base] : [])].reduce(
    (product, other) => product * opacityOf(other),
    layer.opacity,
  )
  const hiding = [source, ...groups].flatMap((other) => (other ? maskOf(document, other) : []))
  const coverages = [...hiding.map(lenient), ...(base ? clipTo(document, base) : [])]
  const above = layers.flatMap((_, i) =>
    i > layer.sourceIndex ? drawerOf(document, i, entered) : [],
  )
  const readers = openAllPlanes(document)
  const writers = readers.map(() => runLengthWriter(document, makeSink))

  return {
    compose(band, result) {
      const planes = readers.map(({ read }) => read(band.bottom - band.top))
      const old = canvasOf(document, band, planes)
      const over = copyOf(old)
      if (result) {
        const { alpha: _, ...opaque } = drawingOf(result)
        draw(over, opaque, { blendMode })
      }
      for (const drawOver of above) drawOver(over, band)
      const hidden = coverages.flatMap((strip) => strip(band) ?? [])
      if (result) fade(old, over, { opacity, coverages: [shapeOf(result), ...hidden] })
      for (const [p, plane] of samplesOf(old, planes, document).entries()) writers[p]!.write(plane)
    },
    end: () => joinPlanes(writers.map(({ end }) => end())),
  }
}

/** The composite's colors multiplied by alpha; a file has them blended with white. */
function canvasOf(
  { width, bits, layerInfo }: RgbDocument,
  { top, bottom }: Band,
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
  return { left: 0, top, width, height: bottom - top, color, ...(alpha ? { alpha } : {}) }
}

const copyOf = (canvas: Canvas): Canvas => ({
  ...canvas,
  color: canvas.color.map((plane) => plane.slice()),
  ...(canvas.alpha ? { alpha: canvas.alpha.slice() } : {}),
})

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

/** Opaque to each other, planes mix by weight alone. */
function fade(
  from: Canvas,
  to: Canvas,
  share: { readonly opacity: number; readonly coverages: readonly Coverage[] },
): void {
  const planesOf = ({ color, alpha }: Canvas) => (alpha ? [...color, alpha] : color)
  const { alpha: _from, ...target } = from
  const { alpha: _to, ...drawing } = to
  draw({ ...target, color: planesOf(from) }, { ...drawing, color: planesOf(to), max: 1 }, share)
}

function drawingOf({ left, top, planes }: Placed): Drawing {
  return { left, top, ...planes, max: maxSample(planes.bits) }
}

function knownBlendMode(key: string): BlendMode | undefined {
  const name = blendModeName(key)
  return isBlendMode(name) ? name : undefined
}

/**
 * What draws a layer above the result, where it is drawn at all.
 * @param entered groups that the result is in: their opacity and masks are the result's as well.
 */
function drawerOf(
  document: RgbDocument,
  index: number,
  entered: readonly number[],
): readonly ((canvas: Canvas, band: Band) => void)[] {
  const { layers } = document.layerInfo!
  const layer = layers[index]!
  const base = layer.clipped ? baseOf(layers, index) : undefined
  const groups = layer.groups
    .filter((group) => !entered.includes(group))
    .map((group) => layers[group]!)
  const blendMode = knownBlendMode(layer.blendMode)
  const isHidden = [layer, base, ...layer.groups.map((group) => layers[group])].some(
    (other) => other?.hidden,
  )
  const isPlain = groups.every(({ blendMode }) => /^(norm|pass)$/.test(blendMode))
  const hasPixels = !['group', 'divider', 'adjustment or fill'].includes(layer.kind)
  if (isHidden || !isPlain || !hasPixels || blendMode === undefined) return []
  const opacity = [layer, ...groups, ...(base ? [base] : [])].reduce(
    (product, other) => product * opacityOf(other),
    1,
  )
  const pixels = layerStrip(document, layer)
  const masks = [layer, ...groups].flatMap((each) => maskOf(document, each))
  const clip = base ? clipTo(document, base) : []
  const read = lenient((band) => ({
    placed: pixels(band),
    coverages: [...masks, ...clip].flatMap((strip) => strip(band) ?? []),
  }))
  return [
    (canvas, band) => {
      const { placed, coverages } = read(band) ?? {}
      if (placed) draw(canvas, drawingOf(placed), { blendMode, opacity, coverages: coverages! })
    },
  ]
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

/** The shape and the mask of the layer that is clipped to; all of the canvas where unknown. */
function clipTo(document: RgbDocument, base: ListedLayer): readonly Strip<Coverage | undefined>[] {
  const pixels = layerStrip(document, base)
  const shape = (band: Band) => shapeOf(pixels(band))
  const hasPixels = base.right > base.left && base.channels.some(({ id }) => id === 0)
  return [...(hasPixels ? [shape] : []), ...maskOf(document, base)].map(lenient)
}

const maskOf = (document: RgbDocument, layer: ListedLayer): readonly Strip<Coverage>[] => {
  const strip = maskStrip(document, layer)
  return strip ? [strip] : []
}

/** How much of each pixel of a layer its mask shows, 0 to 1; undefined where it has none in use. */
export function maskOver(document: RgbDocument, layer: ListedLayer): Float32Array | undefined {
  const strip = maskStrip(document, layer)
  const coverage = strip && lenient(strip)(layer)
  if (coverage === undefined) return undefined
  const { left, top, right, bottom } = layer
  const place = { left, top, width: right - left, height: bottom - top }
  const shown = new Float32Array(place.width * place.height)
  const all = new Uint8Array(shown.length).fill(1)
  draw({ ...place, color: [shown] }, { ...place, color: [all], max: 1 }, { coverages: [coverage] })
  return shown
}
