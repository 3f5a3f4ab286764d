/** A loaded bristle brush: strokes with hairs, ridges and dry ends, and light on the paint. */

import {
  type Canvas,
  clamp,
  hash,
  lerp,
  mix,
  type Random,
  type Rgb,
  SHEET,
  shift,
  smoothstep,
} from './canvas.ts'
import { type Flow, trace } from './flow.ts'

/** Strokes of one size; `cover` is how many times they would cover the region. */
interface Layer {
  /** Mean width in units. */
  readonly width: number
  /** Mean length in units. */
  readonly length: number
  readonly cover: number
  /** Share of strokes kept where they are placed, by position; all of them when absent. */
  readonly where?: (x: number, y: number) => number
  /** Colour of these strokes, where it is not the region's. */
  readonly colour?: (x: number, y: number, random: Random) => Rgb
}

/** A part of the picture painted in its own way. */
export interface Region {
  readonly inside: (x: number, y: number) => boolean
  readonly flow: Flow
  readonly colour: (x: number, y: number, random: Random) => Rgb
  /** From the coarsest to the finest. */
  readonly layers: readonly Layer[]
}

/** Short and broad, so that no ground shows where the flow turns sharply. */
const UNDERCOAT: Layer = { width: 20, length: 40, cover: 3.4 }

export function paintRegion(canvas: Canvas, region: Region, random: Random): void {
  for (const layer of [UNDERCOAT, ...region.layers]) {
    const colour = layer.colour ?? region.colour
    const count = (layer.cover * SHEET.width * SHEET.height) / (layer.width * layer.length)
    for (let n = 0; n < count; n++) {
      const x = random.between(-10, SHEET.width + 10)
      const y = random.between(-10, SHEET.height + 10)
      if (!region.inside(x, y)) continue
      if (layer.where && !random.chance(layer.where(x, y))) continue
      const width = layer.width * Math.exp(0.25 * random.bell())
      const length = layer.length * Math.exp(0.3 * random.bell())
      const step = Math.max(2, Math.min(width / 3, length / 8))
      const path = trace(region.flow, x, y, length, step, region.inside)
      if (path.length < 4) continue
      const first = colour(x, y, random)
      const second = random.chance(0.45) ? colour(x, y, random) : first
      paintStroke(canvas, path, width, first, second, random)
    }
  }
}

/** What each hair of the brush carries. */
interface Hair {
  readonly colour: Rgb
  /** Paint on it, in [0,1]. */
  readonly load: number
  /** Where along the stroke, in [0,1], it touches and leaves the canvas. */
  readonly from: number
  readonly to: number
}

/** One stroke along `path`; the brush was dipped in two colours, one per side. */
function paintStroke(
  canvas: Canvas,
  path: readonly number[],
  width: number,
  first: Rgb,
  second: Rgb,
  random: Random,
): void {
  const turn = random.between(-0.4, 0.4)
  const hairs = Array.from(
    { length: Math.max(4, Math.round(width / 1.5)) },
    (_, k, n = width / 1.5): Hair => {
      const side = smoothstep(-0.35, 0.35, k / n - 0.5 + turn)
      return {
        colour: shift(mix(first, second, side), 0.13 * random.bell(), 0.025 * random.bell()),
        load: random.between(0, 1),
        from: 0.05 * random.between(0, 1),
        to: 1 - 0.3 * random.between(0, 1) ** 2,
      }
    },
  )
  const thickness = 0.6 + 0.36 * Math.sqrt(width)
  const wave = { at: random.between(0, 100), by: random.between(0.2, 0.9) }
  eachPixelOf(canvas, path, width, (i, along, across) => {
    const wobble = wave.by * Math.sin(wave.at + along * 5)
    const at = clamp((across * 0.5 + 0.5) * (hairs.length - 1) + wobble, 0, hairs.length - 1.001)
    const [a, b] = [hairs[Math.floor(at)]!, hairs[Math.floor(at) + 1]!]
    const t = smoothstep(0, 1, at % 1)
    const load = lerp(a.load, b.load, t)
    const edge = smoothstep(1, 0.78, Math.abs(across) + 0.12 * (load - 0.5))
    const touch = smoothstep(-0.02, 0.02, along - lerp(a.from, b.from, t))
    const leave = smoothstep(0.02, -0.06, along - lerp(a.to, b.to, t))
    const opacity = edge * touch * leave * (0.86 + 0.14 * load)
    if (opacity < 0.01) return
    for (let c = 0; c < 3; c++)
      canvas.rgb[i * 3 + c]! +=
        (lerp(a.colour[c]!, b.colour[c]!, t) - canvas.rgb[i * 3 + c]!) * opacity
    // The brush pushes paint to its sides and lifts it where it leaves.
    const ridge = smoothstep(0.5, 0.85, Math.abs(across)) * 0.5 + smoothstep(0.82, 1, along) * 0.4
    const body = (0.35 + 0.65 * load + ridge) * thickness * edge
    canvas.relief[i] = lerp(canvas.relief[i]!, 0.4 * canvas.relief[i]! + body, opacity)
  })
}

/** Visits each pixel of the stroke once, with `along` in [0,1] and `across` in [-1,1] of the
 *  width (`tapered` or not), both from the nearest point of the path. */
export function eachPixelOf(
  { width: columns, height: rows, scale }: Canvas,
  path: readonly number[],
  width: number,
  visit: (i: number, along: number, across: number) => void,
  tapered = true,
): void {
  const segments = path.length / 2 - 1
  const reach = (width / 2) * scale + 1
  const xs = path.filter((_, i) => i % 2 === 0).map((x) => x * scale)
  const ys = path.filter((_, i) => i % 2 === 1).map((y) => y * scale)
  const bound = (low: number, high: number, end: number) =>
    [Math.max(0, Math.floor(low - reach)), Math.min(end - 1, Math.ceil(high + reach))] as const
  const [left, right] = bound(Math.min(...xs), Math.max(...xs), columns)
  const [top, bottom] = bound(Math.min(...ys), Math.max(...ys), rows)
  const boxWidth = right - left + 1
  const size = boxWidth * (bottom - top + 1)
  if (boxWidth <= 0 || size <= 0) return
  const nearest = new Float32Array(size).fill(reach * reach)
  const alongs = new Float32Array(size).fill(-1)
  const sides = new Int8Array(size)
  for (let s = 0; s < segments; s++) {
    const [ax, ay] = [xs[s]!, ys[s]!]
    const [dx, dy] = [xs[s + 1]! - ax, ys[s + 1]! - ay]
    const squared = dx * dx + dy * dy + 1e-9
    const [x0, x1] = bound(Math.min(ax, ax + dx), Math.max(ax, ax + dx), columns)
    const [y0, y1] = bound(Math.min(ay, ay + dy), Math.max(ay, ay + dy), rows)
    for (let py = y0; py <= y1; py++)
      for (let px = x0; px <= x1; px++) {
        const [ox, oy] = [px + 0.5 - ax, py + 0.5 - ay]
        const u = clamp((ox * dx + oy * dy) / squared)
        const [ex, ey] = [ox - u * dx, oy - u * dy]
        const distance = ex * ex + ey * ey
        const k = (py - top) * boxWidth + px - left
        if (distance >= nearest[k]!) continue
        nearest[k] = distance
        alongs[k] = (s + u) / segments
        sides[k] = dx * ey - dy * ex < 0 ? -1 : 1
      }
  }
  for (let k = 0; k < size; k++) {
    const along = alongs[k]!
    if (along < 0) continue
    const taper = !tapered
      ? 1
      : 0.3 + 0.7 * smoothstep(0, 0.16, along) * smoothstep(1.04, 0.6, along)
    const across = (sides[k]! * Math.sqrt(nearest[k]!)) / ((width / 2) * scale * taper)
    if (Math.abs(across) > 1) continue
    visit((top + Math.floor(k / boxWidth)) * columns + left + (k % boxWidth), along, across)
  }
}

/** Lights the relief from the upper left: slopes towards the light gain, slopes away lose, and
 *  the steepest wet ridges glint. `strength` about 1. */
export function light(canvas: Canvas, strength: number): void {
  const { width, height, scale, rgb, relief } = canvas
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (dx: number, dy: number) =>
        relief[clamp(y + dy, 0, height - 1) * width + clamp(x + dx, 0, width - 1)]!
      const slope = ((at(1, 0) - at(-1, 0)) * 0.6 + (at(0, 1) - at(0, -1)) * 0.8) * scale * 0.5
      const lit = Math.tanh(slope * 0.9 * strength)
      const glint = smoothstep(0.55, 1, lit) * 0.16 * strength
      const gain = 1 + (lit > 0 ? 0.26 : 0.42) * lit * strength
      const tooth = (hash(x >> 1, y >> 1, 7) - 0.5) * 0.012
      const i = (y * width + x) * 3
      for (let c = 0; c < 3; c++) rgb[i + c] = clamp(rgb[i + c]! * gain + glint + tooth)
    }
}
