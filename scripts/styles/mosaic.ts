/** Mosaic: a sun above rolling water in small cut stones, laid in rows along the forms. */

import { light } from './brush.ts'
import {
  blend,
  type Canvas,
  createCanvas,
  createNoise,
  createRandom,
  finish,
  fractal,
  hex,
  type Picture,
  type Random,
  type Rgb,
  ramp,
  shift,
  smoothstep,
} from './canvas.ts'
import { addFlows, curl, type Flow, spacedLines, streaks, vortexFlow } from './flow.ts'

const STONE = 12
const SUN = { x: 690, y: 230, radius: 118 }

export function drawMosaic(widthPx: number, seed: number): Picture {
  const random = createRandom(seed)
  const canvas = createCanvas(widthPx, hex('#2a2622'))
  const { flow, colour } = compose(seed)
  const chip = fractal(createNoise(seed + 8), 3)
  // Full rows first, then smaller stones into what they left.
  for (const { size, length } of [
    { size: STONE, length: 420 },
    { size: STONE * 0.62, length: 60 },
  ])
    for (const row of size === STONE
      ? spacedLines(flow, size, length, random)
      : spacedLines(flow, size, length, random, (x, y) => isBare(canvas, x, y, size / 2)))
      for (let k = 0; k + 2 < row.length; k += 4) {
        const [x, y] = [row[k]!, row[k + 1]!]
        const along = Math.atan2(row[k + 3]! - y, row[k + 2]! - x) + 0.07 * random.bell()
        laySlab(canvas, x, y, size * 0.9, along, colour(x, y, random), chip, random)
      }
  light(canvas, 0.9)
  return finish(canvas)
}

function isBare({ relief, width, height, scale }: Canvas, x: number, y: number, reach: number) {
  for (const [dx, dy] of [
    [0, 0],
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    const px = Math.floor((x + dx * reach) * scale)
    const py = Math.floor((y + dy * reach) * scale)
    if (px < 0 || py < 0 || px >= width || py >= height) continue
    if (relief[py * width + px]! > 0.5) return false
  }
  return true
}

/** One stone: a skewed square, tilted a little so that each catches the light its own way. */
function laySlab(
  canvas: Canvas,
  x: number,
  y: number,
  size: number,
  turn: number,
  colour: Rgb,
  chip: (x: number, y: number) => number,
  random: Random,
): void {
  const { width, height, scale, relief } = canvas
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  const half = {
    u: (size / 2) * random.between(0.85, 1.04),
    v: (size / 2) * random.between(0.9, 1.04),
  }
  const tilt = { u: 0.06 * random.bell(), v: 0.06 * random.bell(), skew: 0.1 * random.bell() }
  const stone = shift(colour, 0.1 * random.bell(), 0.02 * random.bell())
  const reach = size * 0.8
  for (
    let py = Math.max(0, Math.floor((y - reach) * scale));
    py < Math.min(height, (y + reach) * scale);
    py++
  )
    for (
      let px = Math.max(0, Math.floor((x - reach) * scale));
      px < Math.min(width, (x + reach) * scale);
      px++
    ) {
      const [dx, dy] = [(px + 0.5) / scale - x, (py + 0.5) / scale - y]
      const v = dy * cos - dx * sin
      const u = dx * cos + dy * sin + tilt.skew * v
      const rough = chip((x + dx) / 5, (y + dy) / 5)
      const inset = Math.min(half.u - Math.abs(u), half.v - Math.abs(v)) + 0.35 * rough
      const opacity = smoothstep(0, 0.5, inset)
      if (opacity === 0) continue
      const i = py * width + px
      blend(canvas, i, shift(stone, 0.07 * rough), opacity)
      relief[i] =
        opacity * (1.2 + 1.1 * smoothstep(0, 1.8, inset) + tilt.u * u + tilt.v * v + 0.16 * rough)
    }
}

function compose(seed: number) {
  const gentle = createNoise(seed + 1)
  const swell = (x: number) => 410 + 44 * Math.sin(x / 120) + 40 * gentle(x / 190, 2)
  const sea = addFlows(
    (x) => [1, (swell(x + 2) - swell(x - 2)) / 4],
    curl(gentle, 240),
    vortexFlow({ x: 240, y: 520, radius: 130, spin: -3, pull: 0.4 }),
    vortexFlow({ x: 610, y: 620, radius: 110, spin: 2.8, pull: 0.4 }),
    vortexFlow({ x: 900, y: 500, radius: 110, spin: -2.8, pull: 0.4 }),
  )
  const air = addFlows(
    () => [1, 0.1],
    curl(createNoise(seed + 2), 260),
    vortexFlow({ x: SUN.x, y: SUN.y, radius: 230, spin: 8, pull: 0 }),
    vortexFlow({ x: 210, y: 150, radius: 130, spin: -3, pull: 0.4 }),
  )
  const flow: Flow = (x, y) => (y > swell(x) ? sea(x, y) : air(x, y))
  const bands = streaks(flow, createNoise(seed + 3), 44, 190)
  const water = ramp('#0a1230', '#123072', '#1b5aa6', '#1f8f9c', '#57c2ae', '#e9ecd2', '#fbf7e6')
  const sky = ramp(
    '#5a1420',
    '#a32a22',
    '#d4622a',
    '#d99a2a',
    '#f0c552',
    '#f6e3a4',
    '#2a6f7a',
    '#17364f',
  )
  const gold = ramp('#fff4c0', '#ffd84e', '#e9a51f', '#c4571b', '#8c1d1f')
  const colour = (x: number, y: number, r: Random): Rgb => {
    const distance = Math.hypot(x - SUN.x, y - SUN.y)
    const crest = y - swell(x)
    if (Math.abs(crest) < STONE * 0.7) return shift(hex('#0d0f1c'), 0.3 * r.between(0, 1))
    if (crest < 0 && distance < SUN.radius) return gold(distance / SUN.radius + 0.08 * r.bell())
    if (crest < 0 && distance < SUN.radius + STONE) return hex('#20131a')
    if (r.chance(0.04)) return hex(r.pick(['#f6d365', '#b22a2a', '#1f8f9c', '#f7f1dc']))
    return (crest > 0 ? water : sky)(bands(x, y) + 0.07 * r.bell())
  }
  return { flow, colour }
}
