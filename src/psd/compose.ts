/** Draws pixels over pixels: the one compositor, for previews of files and for the screen. */

import type { Size } from '../engine/picture/image.ts'
import type { Rect } from './layer-record.ts'
import type { Samples } from './samples.ts'

/**
 * What has been drawn so far, in [0,1] and multiplied by alpha. Drawing with `normal` is linear,
 * so a picture that is blended with white, as a PSD's composite is, may stand in `color` as well.
 */
export interface Canvas extends Size {
  readonly left: number
  readonly top: number
  readonly color: readonly Float32Array[]
  /** Absent: opaque. */
  readonly alpha?: Float32Array
}

export interface Drawing extends Size {
  readonly left: number
  readonly top: number
  readonly color: readonly Samples[]
  readonly alpha?: Samples
  /** The sample that stands for 1. */
  readonly max: number
  /** Whether its colors are multiplied by alpha already, as a canvas's are. */
  readonly isPremultiplied?: boolean
}

export interface DrawOptions {
  /** In [0,1]. */
  readonly opacity?: number
  readonly blendMode?: BlendMode
  readonly coverages?: readonly Coverage[]
  /** Only where something is already: what is clipped to it. */
  readonly isAtop?: boolean
}

/** A mask, or the shape of a layer to which another is clipped. */
export interface Coverage extends Rect {
  /** (right - left)·(bottom - top). */
  readonly samples: Samples
  readonly max: number
  /** Beyond the rectangle, in [0,1]. */
  readonly outside: number
}

/**
 * Backdrop and source in [0,1] to their blend: W3C Compositing and Blending Level 1, section 10.1,
 * which takes them from Photoshop by way of PDF; soft light is Photoshop's own, with a square root.
 */
const BLENDS = {
  normal: (_, s) => s,
  multiply: (b, s) => b * s,
  screen: (b, s) => b + s - b * s,
  overlay: (b, s) => (b <= 0.5 ? 2 * b * s : 1 - 2 * (1 - b) * (1 - s)),
  darken: (b, s) => Math.min(b, s),
  lighten: (b, s) => Math.max(b, s),
  linearDodge: (b, s) => Math.min(1, b + s),
  softLight: (b, s) =>
    s <= 0.5 ? b - (1 - 2 * s) * b * (1 - b) : b + (2 * s - 1) * (Math.sqrt(b) - b),
  difference: (b, s) => Math.abs(b - s),
} satisfies Record<string, (backdrop: number, source: number) => number>

export type BlendMode = keyof typeof BLENDS

export function isBlendMode(name: string): name is BlendMode {
  return name in BLENDS
}

export function blankCanvas(
  left: number,
  top: number,
  width: number,
  height: number,
  colors: number,
): Canvas & { readonly alpha: Float32Array } {
  const plane = () => new Float32Array(width * height)
  return { left, top, width, height, color: Array.from({ length: colors }, plane), alpha: plane() }
}

/**
 * αo = αs + αb·(1 - αs) and αo·Co = αs·((1 - αb)·Cs + αb·B(Cb, Cs)) + (1 - αs)·αb·Cb, the same
 * recommendation's sections 5.1 and 10; atop, αo = αb and the term of (1 - αb) falls away.
 */
export function draw(canvas: Canvas, drawing: Drawing, options: DrawOptions = {}): void {
  const { opacity = 1, blendMode = 'normal', coverages = [], isAtop = false } = options
  const left = Math.max(canvas.left, drawing.left)
  const right = Math.min(canvas.left + canvas.width, drawing.left + drawing.width)
  const top = Math.max(canvas.top, drawing.top)
  const bottom = Math.min(canvas.top + canvas.height, drawing.top + drawing.height)
  const width = right - left
  if (width <= 0) return
  const weight = new Float32Array(width)
  const alpha = new Float32Array(width)
  for (let y = top; y < bottom; y++) {
    const from = (y - drawing.top) * drawing.width + (left - drawing.left)
    const to = (y - canvas.top) * canvas.width + (left - canvas.left)
    weight.fill(opacity)
    for (const coverage of coverages) cover(weight, coverage, left, y)
    if (drawing.alpha) scaleRow(alpha, weight, drawing.alpha, from, drawing.max)
    else alpha.set(weight)
    for (let c = 0; c < canvas.color.length; c++) {
      const row = { source: drawing.color[c]!, from, target: canvas.color[c]!, to, weight, alpha }
      if (blendMode === 'normal' && !isAtop) mixRow(row, drawing)
      else blendRow(row, drawing, BLENDS[blendMode], canvas.alpha, isAtop)
    }
    if (canvas.alpha && !isAtop) {
      for (let x = 0; x < width; x++) {
        const below = canvas.alpha[to + x]!
        canvas.alpha[to + x] = alpha[x]! + (1 - alpha[x]!) * below
      }
    }
  }
}

interface Row {
  readonly source: Samples
  readonly from: number
  readonly target: Float32Array
  readonly to: number
  /** Opacity times coverages, and the same times the source's own alpha. */
  readonly weight: Float32Array
  readonly alpha: Float32Array
}

function scaleRow(
  out: Float32Array,
  weight: Float32Array,
  samples: Samples,
  from: number,
  max: number,
): void {
  const scale = 1 / max
  for (let x = 0; x < out.length; x++) out[x] = weight[x]! * samples[from + x]! * scale
}

function mixRow({ source, from, target, to, weight, alpha }: Row, drawing: Drawing): void {
  const scale = 1 / drawing.max
  const share = drawing.isPremultiplied ? weight : alpha
  for (let x = 0; x < alpha.length; x++) {
    target[to + x] = share[x]! * source[from + x]! * scale + (1 - alpha[x]!) * target[to + x]!
  }
}

function blendRow(
  { source, from, target, to, weight, alpha }: Row,
  drawing: Drawing,
  blend: (backdrop: number, source: number) => number,
  below: Float32Array | undefined,
  isAtop: boolean,
): void {
  for (let x = 0; x < alpha.length; x++) {
    const as = alpha[x]!
    if (as === 0) continue
    const ab = below ? below[to + x]! : 1
    const sample = source[from + x]! / drawing.max
    const cs = drawing.isPremultiplied ? (sample * weight[x]!) / as : sample
    const backdrop = target[to + x]!
    const blended = ab > 0 ? ab * blend(Math.min(1, backdrop / ab), cs) : 0
    target[to + x] = as * ((isAtop ? 0 : 1 - ab) * cs + blended) + (1 - as) * backdrop
  }
}

/** Multiplies a row of weights, which starts at (left, y), by a coverage. */
function cover(weight: Float32Array, coverage: Coverage, left: number, y: number): void {
  const { samples, max, outside } = coverage
  const isInside = y >= coverage.top && y < coverage.bottom
  const clip = (x: number) => Math.min(Math.max(x - left, 0), weight.length)
  const start = isInside ? clip(coverage.left) : weight.length
  const end = isInside ? clip(coverage.right) : weight.length
  const from = (y - coverage.top) * (coverage.right - coverage.left) + (left - coverage.left)
  if (outside !== 1) {
    for (let x = 0; x < start; x++) weight[x] = weight[x]! * outside
    for (let x = end; x < weight.length; x++) weight[x] = weight[x]! * outside
  }
  for (let x = start; x < end; x++) weight[x] = (weight[x]! * samples[from + x]!) / max
}
