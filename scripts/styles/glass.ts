/** Stained glass: a rose of panes about a low sun, in lead, lit from behind. */

import { light } from './brush.ts'
import {
  blend,
  clamp,
  createCanvas,
  createNoise,
  createRandom,
  eachPixel,
  finish,
  fractal,
  hex,
  mix,
  type Picture,
  ramp,
  SHEET,
  shift,
  smoothstep,
} from './canvas.ts'

interface Pane {
  readonly x: number
  readonly y: number
  readonly colour: readonly [number, number, number]
  /** Direction of the streaks drawn into the glass. */
  readonly grain: number
}

const CENTRE = { x: 610, y: 330 }
const CELL = 64

export function drawGlass(widthPx: number, seed: number): Picture {
  const canvas = createCanvas(widthPx, hex('#07070a'))
  const cells = cut(seed)
  const streak = fractal(createNoise(seed + 5), 3)
  const bend = createNoise(seed + 6)
  const lead = hex('#0b0b10')
  eachPixel(canvas, (sheetX, sheetY, i) => {
    const x = sheetX + 5 * bend(sheetX / 60, sheetY / 60)
    const y = sheetY + 5 * bend(sheetX / 60 + 50, sheetY / 60)
    const [pane, toEdge] = nearest(cells, x, y)
    const [cos, sin] = [Math.cos(pane.grain), Math.sin(pane.grain)]
    const [u, v] = [x * cos + y * sin, y * cos - x * sin]
    const seeds = streak(u / 70 + pane.x, v / 9 + pane.y)
    const glow = 0.22 * smoothstep(4, 30, toEdge) - 0.1
    const glass = shift(pane.colour, glow + 0.24 * seeds, 0.03 * seeds)
    const inLead = smoothstep(4.6, 3.4, toEdge)
    blend(canvas, i, mix(glass, lead, inLead), 1)
    const rod = clamp(1 - (toEdge / 4.6) ** 2)
    canvas.relief[i] =
      3 * Math.sqrt(rod) + (1 - inLead) * (0.35 * seeds + 0.3 * streak(x / 16, y / 16))
  })
  light(canvas, 0.8)
  return finish(canvas)
}

/** Panes by cell of a jittered grid in (ring, sector) about the centre, so they form a rose. */
function cut(seed: number): Map<number, Pane[]> {
  const random = createRandom(seed)
  const gentle = createNoise(seed + 1)
  const cold = ramp('#0a1f7a', '#1437b8', '#1b62c9', '#1fa3c4', '#0f8f7c', '#6a2bb0', '#123c9c')
  const warm = ramp('#fff2b0', '#ffd23a', '#ff9d16', '#f0531c', '#c31432', '#8a0f4a')
  const leaf = ramp('#0c5a34', '#1f9a4a', '#8fc93a', '#0d6f6a')
  const cells = new Map<number, Pane[]>()
  for (let ring = 0, radius = 0; radius < 900; ring++) {
    const depth = 26 + 6 * Math.min(ring, 6)
    const count = Math.max(1, Math.round((2 * Math.PI * radius) / (depth * 1.25)))
    for (let n = 0; n < count; n++) {
      const angle = ((n + 0.5 * (ring % 2) + random.between(-0.24, 0.24)) / count) * 2 * Math.PI
      const r = radius + random.between(-0.22, 0.22) * depth
      const x = CENTRE.x + r * Math.cos(angle)
      const y = CENTRE.y + r * Math.sin(angle)
      const petal = Math.sin(angle * 5 + r / 70)
      const ground = y > 560 + 50 * gentle(x / 160, 3)
      const colour =
        r < 120 + 70 * Math.max(0, petal) || random.chance(0.07)
          ? warm(r / 210 + 0.12 * random.bell())
          : petal > 0.72
            ? warm(0.7 + 0.2 * random.bell())
            : ground
              ? leaf(0.5 + 0.3 * random.bell())
              : cold(0.45 + 0.5 * gentle(r / 90, angle * 2) + 0.16 * random.bell())
      const key = keyOf(x, y)
      const pane = { x, y, colour, grain: random.between(0, Math.PI) }
      cells.set(key, [...(cells.get(key) ?? []), pane])
    }
    radius += depth
  }
  return cells
}

const keyOf = (x: number, y: number) => Math.floor(y / CELL) * 1000 + Math.floor(x / CELL)

/** The pane at (x, y) and how far its nearest edge is (bisectors of Voronoi cells). */
function nearest(cells: Map<number, Pane[]>, x: number, y: number): [Pane, number] {
  const near: Pane[] = []
  for (let cy = -2; cy <= 2; cy++)
    for (let cx = -2; cx <= 2; cx++)
      near.push(...(cells.get(keyOf(x + cx * CELL, y + cy * CELL)) ?? []))
  let best = near[0]!
  let distance = Number.POSITIVE_INFINITY
  for (const pane of near) {
    const d = (pane.x - x) ** 2 + (pane.y - y) ** 2
    if (d < distance) [best, distance] = [pane, d]
  }
  let edge: number = SHEET.width
  for (const pane of near) {
    if (pane === best) continue
    const apart = Math.hypot(pane.x - best.x, pane.y - best.y)
    edge = Math.min(edge, ((pane.x - x) ** 2 + (pane.y - y) ** 2 - distance) / (2 * apart))
  }
  return [best, edge]
}
