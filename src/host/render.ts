/** Draws the layers of a document over one another, for the screen and for the composite of a PSD. */
import {
  type BlendMode,
  blankCanvas,
  type Canvas,
  type Coverage,
  type DrawOptions,
  draw,
  isBlendMode,
} from '../psd/compose.ts'
import { encodeSrgb, fullOf, toRgb, toSamples } from './color-modes.ts'
import type { DocumentState, LayerState, MaskState, Raster, Samples } from './state.ts'

export { convertMode } from './color-modes.ts'

/** Blend modes that the compositor does not have count as normal, adjustments as nothing. */
function blendModeOf({ blendMode }: LayerState): BlendMode {
  return isBlendMode(blendMode) ? blendMode : 'normal'
}

/** Straight alpha, 8-bit sRGB. Samples are shown as they are, whatever the document's profile. */
export function renderRgba(state: DocumentState): {
  width: number
  height: number
  data: Uint8ClampedArray
} {
  const { width, height } = state
  const canvas = renderCanvas(state)
  const rgb = toRgb(straight(canvas), state)
  // 32 bits are linear light.
  const shown = state.depth === 32 ? rgb.map((plane) => plane.map(encodeSrgb)) : rgb
  const [red, green, blue] = shown as [Float32Array, Float32Array, Float32Array]
  const { alpha } = canvas
  const data = new Uint8ClampedArray(4 * width * height)
  for (let i = 0, to = 0; i < alpha.length; i++, to += 4) {
    data[to] = red[i]! * 255
    data[to + 1] = green[i]! * 255
    data[to + 2] = blue[i]! * 255
    data[to + 3] = alpha[i]! * 255
  }
  return { width, height, data }
}

/** The composite in the document's own mode and depth, with straight alpha. */
export function renderComposite(state: DocumentState): {
  readonly color: readonly Samples[]
  readonly alpha: Samples
} {
  const canvas = renderCanvas(state)
  return {
    color: straight(canvas).map((plane) => toSamples(plane, state.depth)),
    alpha: toSamples(canvas.alpha, state.depth),
  }
}

type Layered = Canvas & { readonly alpha: Float32Array }

function renderCanvas(state: DocumentState): Layered {
  const { width, height, depth, layers } = state
  const canvas = blankCanvas(0, 0, width, height, colorsOf(state))
  drawStack(canvas, layers, fullOf(depth))
  return canvas
}

function colorsOf({ mode, layers }: DocumentState): number {
  if (mode === 'multichannel') return layers[0]?.raster?.color.length ?? 1
  return mode === 'rgb' || mode === 'lab' ? 3 : mode === 'cmyk' ? 4 : 1
}

function drawStack(canvas: Layered, stack: readonly LayerState[], full: number): void {
  for (let i = stack.length - 1; i >= 0; i--) {
    const base = stack[i]!
    let top = i
    while (top > 0 && stack[top - 1]!.isClipped) top--
    const clipped = stack.slice(top, i).reverse()
    i = top
    if (base.isVisible)
      drawWithClipped(
        canvas,
        base,
        clipped.filter(({ isVisible }) => isVisible),
        full,
      )
  }
}

/**
 * A base with layers clipped to it is drawn by itself first, then the clipped layers only where it
 * is, then the whole with the base's blend mode and opacity. Photoshop calls it "Blend Clipped
 * Layers as Group" and does so by default.
 */
function drawWithClipped(
  canvas: Layered,
  base: LayerState,
  clipped: readonly LayerState[],
  full: number,
): void {
  if (clipped.length === 0) {
    drawLayer(canvas, base, full)
    return
  }
  const own = emptyLike(canvas, base)
  if (own === undefined) return
  drawLayer(own, { ...base, opacity: 100, fillOpacity: 100, blendMode: 'normal' }, full)
  for (const layer of clipped) drawLayer(own, layer, full, true)
  draw(
    canvas,
    { ...own, max: 1, isPremultiplied: true },
    { opacity: opacityOf(base), blendMode: blendModeOf(base) },
  )
}

function drawLayer(canvas: Layered, layer: LayerState, full: number, isAtop = false): void {
  const options: DrawOptions = {
    opacity: opacityOf(layer),
    blendMode: blendModeOf(layer),
    coverages: masksOf(layer, full),
    isAtop,
  }
  if (layer.children === undefined) {
    if (layer.raster) draw(canvas, drawingOf(layer.raster, full), options)
    return
  }
  if (layer.blendMode === 'passThrough' && !isAtop) {
    drawPassThrough(canvas, layer.children, options, full)
    return
  }
  const group = blankCanvas(
    canvas.left,
    canvas.top,
    canvas.width,
    canvas.height,
    canvas.color.length,
  )
  drawStack(group, layer.children, full)
  draw(canvas, { ...group, max: 1, isPremultiplied: true }, options)
}

/**
 * What is in the group blends with what is below the group; opacity and mask fade between before
 * and after.
 */
function drawPassThrough(
  canvas: Layered,
  children: readonly LayerState[],
  { opacity = 1, coverages = [] }: DrawOptions,
  full: number,
): void {
  if (opacity === 1 && coverages.length === 0) {
    drawStack(canvas, children, full)
    return
  }
  const after: Layered = {
    ...canvas,
    color: canvas.color.map((plane) => plane.slice()),
    alpha: canvas.alpha.slice(),
  }
  drawStack(after, children, full)
  fade(canvas, after, { opacity, coverages })
}

function fade(canvas: Layered, after: Layered, options: DrawOptions): void {
  const planes = [...canvas.color, canvas.alpha]
  const targets = [...after.color, after.alpha]
  // Planes that are opaque to each other mix by weight alone.
  draw(
    { ...canvas, color: planes, alpha: undefined },
    { ...after, color: targets, alpha: undefined, max: 1 },
    options,
  )
}

/** A canvas of the part that a layer can touch; undefined where that is nothing. */
function emptyLike(canvas: Layered, { raster, children }: LayerState): Layered | undefined {
  const all = {
    left: canvas.left,
    top: canvas.top,
    right: canvas.left + canvas.width,
    bottom: canvas.top + canvas.height,
  }
  const bounds = children ? all : raster?.bounds
  if (bounds === undefined) return undefined
  const left = Math.max(all.left, bounds.left)
  const top = Math.max(all.top, bounds.top)
  const width = Math.min(all.right, bounds.right) - left
  const height = Math.min(all.bottom, bounds.bottom) - top
  return width > 0 && height > 0
    ? blankCanvas(left, top, width, height, canvas.color.length)
    : undefined
}

function drawingOf({ bounds, color, alpha }: Raster, max: number) {
  const { left, top, right, bottom } = bounds
  return { left, top, width: right - left, height: bottom - top, color, alpha, max }
}

function opacityOf({ opacity, fillOpacity }: LayerState): number {
  return (opacity / 100) * (fillOpacity / 100)
}

function masksOf({ mask }: LayerState, full: number): readonly Coverage[] {
  return mask?.isEnabled ? [coverageOf(mask, full)] : []
}

function coverageOf({ bounds, samples, outside }: MaskState, max: number): Coverage {
  return { ...bounds, samples, max, outside: outside / max }
}

/** Colors divided by alpha; they are 0 where there is nothing. */
function straight({ color, alpha }: Layered): readonly Float32Array[] {
  return color.map((plane) => {
    const result = new Float32Array(plane.length)
    for (let i = 0; i < plane.length; i++) {
      const a = alpha[i]!
      if (a > 0) result[i] = a === 1 ? plane[i]! : plane[i]! / a
    }
    return result
  })
}
