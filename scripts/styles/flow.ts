/** Flow fields: where a brush goes next, and the streaks such a flow would leave. */

import { clamp, lerp, type Noise, type Random, SHEET } from './canvas.ts'

type Vector = readonly [x: number, y: number]

/** A direction at every point of the sheet; the length is the strength where flows are added. */
export type Flow = (x: number, y: number) => Vector

/** Turns around (x, y) fastest near `radius`; `spin` ±, `pull` > 0 draws it into a spiral. */
export interface Vortex {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly spin: number
  readonly pull: number
}

/** The curl of a noise, so without sinks (Bridson 2007), features of `size` units. */
export function curl(noise: Noise, size: number): Flow {
  const e = 0.01
  return (x, y) => {
    const [u, v] = [x / size, y / size]
    return [
      (noise(u, v + e) - noise(u, v - e)) / (2 * e),
      (noise(u - e, v) - noise(u + e, v)) / (2 * e),
    ]
  }
}

export function vortexFlow({ x: cx, y: cy, radius, spin, pull }: Vortex): Flow {
  return (x, y) => {
    const [dx, dy] = [x - cx, y - cy]
    const distance = Math.hypot(dx, dy) + 1e-6
    const strength = Math.exp(-((distance / radius) ** 2)) / distance
    return [(-dy * spin - dx * pull) * strength, (dx * spin - dy * pull) * strength]
  }
}

export function addFlows(...flows: Flow[]): Flow {
  return (x, y) => {
    let [sx, sy] = [0, 0]
    for (const flow of flows) {
      const [fx, fy] = flow(x, y)
      sx += fx
      sy += fy
    }
    return [sx, sy]
  }
}

/** Points `step` units apart along the flow, `length` units in all, (x, y) in the middle;
 *  shorter where `inside` ends it. Flat [x0, y0, x1, y1, …]. */
export function trace(
  flow: Flow,
  x: number,
  y: number,
  length: number,
  step: number,
  inside: (x: number, y: number) => boolean = () => true,
): number[] {
  const walk = (direction: 1 | -1) => {
    const points: number[] = []
    let [px, py] = [x, y]
    for (let walked = 0; walked < length / 2; walked += step) {
      const [fx, fy] = flow(px, py)
      const along = (direction * step) / (Math.hypot(fx, fy) + 1e-9)
      px += fx * along
      py += fy * along
      if (!inside(px, py)) break
      points.push(px, py)
    }
    return points
  }
  const back = walk(-1)
  const points: number[] = []
  for (let i = back.length - 2; i >= 0; i -= 2) points.push(back[i]!, back[i + 1]!)
  return [...points, x, y, ...walk(1)]
}

/** Noise of `size` units smeared `length` units along the flow (line integral convolution, Cabral
 *  & Leedom 1993), equalised: every value in [0,1] covers as much of the sheet as any other. */
export function streaks(flow: Flow, noise: Noise, size: number, length: number): Noise {
  const cell = 8
  const columns = SHEET.width / cell + 1
  const rows = SHEET.height / cell + 1
  const sums = Array.from({ length: columns * rows }, (_, i) => {
    const points = trace(flow, (i % columns) * cell, Math.floor(i / columns) * cell, length, 8)
    let sum = 0
    for (let k = 0; k < points.length; k += 2)
      sum += noise(points[k]! / size, points[k + 1]! / size)
    return sum / points.length
  })
  const grid = new Float32Array(sums.length)
  const order = sums.map((sum, i) => ({ sum, i })).sort((a, b) => a.sum - b.sum || a.i - b.i)
  for (const [rank, { i }] of order.entries()) grid[i] = rank / (sums.length - 1)
  return (x, y) => {
    const u = clamp(x / cell, 0, columns - 1.001)
    const v = clamp(y / cell, 0, rows - 1.001)
    const i = Math.floor(v) * columns + Math.floor(u)
    const top = lerp(grid[i]!, grid[i + 1]!, u % 1)
    return lerp(top, lerp(grid[i + columns]!, grid[i + columns + 1]!, u % 1), v % 1)
  }
}

/** Lines along the flow at least `gap` units apart, up to `length` long, where `inside` allows
 *  (Jobard & Lefer 1997; differs: seeded at random, so the lines do not march in step). */
export function spacedLines(
  flow: Flow,
  gap: number,
  length: number,
  random: Random,
  inside: (x: number, y: number) => boolean = () => true,
): number[][] {
  const columns = Math.ceil((SHEET.width + 80) / gap)
  const cells = new Map<number, number[]>()
  const cellOf = (x: number, y: number) =>
    Math.floor((y + 40) / gap) * columns + Math.floor((x + 40) / gap)
  const onSheet = (x: number, y: number) =>
    x > -30 && y > -30 && x < SHEET.width + 30 && y < SHEET.height + 30
  const isFree = (x: number, y: number) => {
    const cell = cellOf(x, y)
    for (const row of [-columns, 0, columns])
      for (let c = cell + row - 1; c <= cell + row + 1; c++) {
        const points = cells.get(c) ?? []
        for (let k = 0; k < points.length; k += 2)
          if ((points[k]! - x) ** 2 + (points[k + 1]! - y) ** 2 < gap * gap) return false
      }
    return true
  }
  const allowed = (x: number, y: number) => onSheet(x, y) && inside(x, y) && isFree(x, y)
  const lines: number[][] = []
  const tries = (3 * SHEET.width * SHEET.height) / (gap * gap)
  for (let n = 0; n < tries; n++) {
    const [x, y] = [random.between(-25, SHEET.width + 25), random.between(-25, SHEET.height + 25)]
    if (!allowed(x, y)) continue
    const path = trace(flow, x, y, length * random.between(0.5, 1.3), gap / 2, allowed)
    if (path.length < 6) continue
    for (let k = 0; k < path.length; k += 2) {
      const cell = cellOf(path[k]!, path[k + 1]!)
      cells.set(cell, [...(cells.get(cell) ?? []), path[k]!, path[k + 1]!])
    }
    lines.push(path)
  }
  return lines
}
