/** Oil: wind over a valley of ripe fields, in strokes of loaded bristle along the wind. */

import { light, paintRegion, type Region } from './brush.ts'
import {
  createCanvas,
  createNoise,
  createRandom,
  finish,
  fractal,
  hex,
  mix,
  type Picture,
  type Random,
  type Rgb,
  ramp,
  smoothstep,
} from './canvas.ts'
import { addFlows, curl, type Flow, streaks, type Vortex, vortexFlow } from './flow.ts'

export function drawOil(widthPx: number, seed: number): Picture {
  const random = createRandom(seed)
  const canvas = createCanvas(widthPx, hex('#1b2340'))
  const scene = compose(seed)
  for (const region of scene) paintRegion(canvas, region, random)
  light(canvas, 1.25)
  return finish(canvas)
}

const SUN = { x: 742, y: 196, radius: 66 }

const VORTICES: readonly Vortex[] = [
  { x: 318, y: 196, radius: 190, spin: 2.6, pull: 0.5 },
  { x: 560, y: 330, radius: 105, spin: -2.6, pull: 0.6 },
  { x: 90, y: 400, radius: 105, spin: -2.4, pull: 0.5 },
  { x: 942, y: 372, radius: 105, spin: 2.4, pull: 0.5 },
  { x: 560, y: 40, radius: 95, spin: -2.2, pull: 0.5 },
  { x: SUN.x, y: SUN.y, radius: 175, spin: 9, pull: 0 },
]

const TREES = [
  { x: 196, y: 560, radius: 78 },
  { x: 300, y: 590, radius: 58 },
  { x: 108, y: 600, radius: 60 },
  { x: 842, y: 548, radius: 52 },
  { x: 910, y: 562, radius: 64 },
]

/** From the far sky to the near grass; each is painted over the last. */
function compose(seed: number): Region[] {
  const rough = fractal(createNoise(seed + 1), 3)
  const gentle = createNoise(seed + 2)
  const wind = addFlows(() => [1, -0.12], curl(gentle, 330), ...VORTICES.map(vortexFlow))
  const bands = streaks(wind, createNoise(seed + 3), 34, 150)

  const ridge = (x: number) => 452 + 46 * gentle(x / 240, 9) + 14 * rough(x / 70, 3)
  const fieldTop = (x: number) => 532 + 26 * gentle(x / 300, 20)
  const grassTop = (x: number) => 712 - 60 * smoothstep(480, 1024, x) + 16 * gentle(x / 130, 40)
  const river = (y: number) => 560 + 150 * Math.sin((y - 520) / 62) * smoothstep(500, 700, y)
  const riverWidth = (y: number) => 13 + 55 * smoothstep(530, 768, y)

  const night = ramp(
    '#070b1c',
    '#0b1746',
    '#12307f',
    '#1c4fae',
    '#2a78c4',
    '#35a6c8',
    '#7cd0cf',
    '#f0e6b8',
  )
  const fire = ramp('#fff3c4', '#ffd75a', '#f7b021', '#ee7a1c', '#f2c44a', '#f8e7a6', '#7cc9c4')
  const sky: Region = {
    inside: (x, y) => y < ridge(x) + 10,
    flow: wind,
    colour: (x, y, r) => {
      const distance = Math.hypot(x - SUN.x, y - SUN.y) / SUN.radius
      const glow = smoothstep(2.35, 1.75, distance + 0.2 * r.bell())
      if (r.chance(glow)) return fire(distance / 2.5 + 0.06 * r.bell())
      const horizon = smoothstep(330, 460, y)
      if (r.chance(0.05 + 0.28 * horizon * smoothstep(0.4, 0.9, bands(x, y)))) return gold(r)
      return night(bands(x, y) + 0.09 * r.bell() + 0.08 * horizon - 0.04)
    },
    layers: [
      { width: 26, length: 130, cover: 1.6 },
      { width: 14, length: 84, cover: 1.5 },
      { width: 8.5, length: 52, cover: 1 },
      { width: 5, length: 34, cover: 0.5, where: (x, y) => smoothstep(0.45, 0.9, bands(x, y)) },
    ],
  }

  const slopes: Flow = (x, y) => {
    const lean = gentle(x / 90, y / 140) * 1.6
    return [1, 0.35 + lean]
  }
  const stone = ramp('#080a1a', '#10183f', '#262c6e', '#2f4f9e', '#3b87b0', '#9cc9c6', '#f0e0b0')
  const mountains: Region = {
    inside: (x, y) => y > ridge(x) && y < fieldTop(x) + 14,
    flow: slopes,
    colour: (x, y, r) => {
      const rim = smoothstep(26, 4, y - ridge(x))
      if (r.chance(0.07)) return r.pick([hex('#c9762b'), hex('#8c3f2a'), hex('#d9a441')])
      return stone(0.36 + 0.4 * rough(x / 60, y / 40) + 0.3 * rim + 0.16 * r.bell())
    },
    layers: [
      { width: 20, length: 74, cover: 2.4 },
      { width: 10, length: 52, cover: 1.4 },
      { width: 5.5, length: 34, cover: 0.6 },
    ],
  }

  const isRiver = (x: number, y: number) => Math.abs(x - river(y)) < riverWidth(y)
  const furrows = addFlows(
    (x, y) => [1, 0.22 * Math.sin(x / 130 + y / 60)],
    curl(createNoise(seed + 4), 260),
    vortexFlow({ x: 400, y: 690, radius: 120, spin: 1.6, pull: 0.2 }),
    vortexFlow({ x: 760, y: 640, radius: 110, spin: -1.6, pull: 0.2 }),
  )
  const rows = streaks(furrows, createNoise(seed + 5), 24, 130)
  const wheat = ramp('#3b2410', '#8a4b17', '#c77a1d', '#e5a524', '#f4c944', '#f9e389', '#fff4cf')
  const fields: Region = {
    inside: (x, y) => y > fieldTop(x) - 4 && !isRiver(x, y),
    flow: furrows,
    colour: (x, y, r) => {
      if (r.chance(0.1))
        return r.pick([hex('#2f7f86'), hex('#1d3f7d'), hex('#6d8b3a'), hex('#cf4f1f')])
      return wheat(rows(x, y) + 0.1 * r.bell())
    },
    layers: [
      { width: 20, length: 96, cover: 1.8 },
      { width: 11, length: 60, cover: 1.6 },
      { width: 6.5, length: 40, cover: 1.1 },
    ],
  }

  const stream: Flow = (_, y) => [(river(y + 2) - river(y - 2)) / 4, 1]
  const currents = streaks(stream, createNoise(seed + 6), 16, 160)
  const water = ramp('#0b1c52', '#17479b', '#1f7fb5', '#2fb0b8', '#8fdccb', '#f4f1d2')
  const riverRegion: Region = {
    inside: (x, y) => y > fieldTop(x) && isRiver(x, y),
    flow: stream,
    colour: (x, y, r) => (r.chance(0.06) ? gold(r) : water(currents(x, y) + 0.12 * r.bell())),
    layers: [
      { width: 16, length: 90, cover: 2.4 },
      { width: 9, length: 60, cover: 1.4 },
      { width: 5, length: 36, cover: 0.6 },
    ],
  }

  const leaf = ramp('#04060f', '#0a1526', '#12323f', '#1d5f58', '#5f8f4a', '#d8b53f', '#f6e6a0')
  const trees = TREES.map(({ x: cx, y: cy, radius }, n): Region => {
    const edge = (x: number, y: number) =>
      radius * (1 + 0.35 * rough(x / 55, y / 55 + n)) - Math.hypot((x - cx) * 0.86, y - cy)
    return {
      inside: (x, y) => edge(x, y) > 0,
      flow: addFlows(
        vortexFlow({ x: cx, y: cy, radius: radius * 1.2, spin: n % 2 ? -2 : 2, pull: 0.7 }),
        curl(gentle, 70),
      ),
      colour: (x, y, r) => {
        const lit = (cy - y + (cx - x) * (cx < 500 ? -0.4 : 0.4)) / radius
        return leaf(0.3 + 0.24 * lit + 0.16 * r.bell())
      },
      layers: [
        { width: 16, length: 60, cover: 3 },
        { width: 8, length: 40, cover: 1.6 },
        { width: 5, length: 24, cover: 0.5 },
      ],
    }
  })

  const blade = ramp('#05060c', '#0c1736', '#123f5c', '#1f7a78', '#b5651d', '#e9a52f', '#fbe7a0')
  const grass: Region = {
    inside: (x, y) => y > grassTop(x) + 18 * rough(x / 14, 2),
    flow: (x, y) => [0.5 + 0.9 * gentle(x / 80, y / 120), -1],
    colour: (_, __, r) => blade(0.3 + 0.27 * r.bell()),
    layers: [
      { width: 15, length: 90, cover: 2.6 },
      { width: 8, length: 70, cover: 1.4 },
      { width: 4.5, length: 46, cover: 0.5 },
    ],
  }
  return [sky, mountains, fields, riverRegion, ...trees, grass]
}

/** Warm accents. */
function gold(random: Random): Rgb {
  const colour = random.pick([hex('#f0b429'), hex('#e07b1f'), hex('#f7dc7d'), hex('#fbf0c9')])
  return mix(colour, hex('#c9702a'), 0.2 * random.between(0, 1))
}
