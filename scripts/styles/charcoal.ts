/** Charcoal: a storm breaking over a lake between mountains, rubbed, hatched, smudged and lifted
 *  with a kneaded eraser on rough grey paper, with white chalk for the lights. */

import { eachPixelOf } from './brush.ts'
import {
  blend,
  type Canvas,
  clamp,
  createCanvas,
  createNoise,
  createRandom,
  eachPixel,
  finish,
  fractal,
  hex,
  lerp,
  type Picture,
  type Random,
  type Rgb,
  SHEET,
  shift,
  smoothstep,
} from './canvas.ts'
import { addFlows, curl, type Flow, streaks, trace, vortexFlow } from './flow.ts'

const PAPER = hex('#e4ddcf')
const COAL = hex('#17151a')
const CHALK = hex('#fffdf6')

/** One kind of mark, made wherever the picture asks for it. */
interface Mark {
  readonly colour: Rgb
  readonly width: number
  readonly length: number
  /** How many times such marks would cover the sheet. */
  readonly cover: number
  /** Radians added to the direction of the form, at most and either way. */
  readonly turn: number
  /** How hard it is pressed, in [0,1], by the lightness asked for; 0 makes no mark. */
  readonly press: (tone: number) => number
  /** How much of the paper's grain it fills: 0 leaves every hollow bare, 1 none. */
  readonly fill: number
}

const MARKS: readonly Mark[] = [
  // The side of the stick, then its edge, then its point.
  mark(COAL, 46, 130, 3, 0.3, 0.1, (t) => 0.66 * smoothstep(1, 0.1, t)),
  mark(COAL, 20, 90, 2, 0.3, 0.06, (t) => 0.8 * smoothstep(0.8, 0.05, t)),
  mark(COAL, 9, 70, 1, 0.2, 0.1, (t) => 0.9 * smoothstep(0.55, 0.05, t)),
  // The eraser, before the lines that go over it.
  mark(PAPER, 12, 90, 0.5, 0.15, 0.5, (t) => smoothstep(0.6, 0.9, t)),
  mark(COAL, 2.6, 64, 0.5, 0.1, 0.2, (t) => smoothstep(0.85, 0.3, t)),
  mark(COAL, 2.4, 46, 0.35, 0.9, 0.25, (t) => smoothstep(0.6, 0.2, t)),
  mark(COAL, 6, 44, 0.5, 0.2, 0.5, (t) => smoothstep(0.2, 0.04, t)),
  mark(CHALK, 14, 70, 0.7, 0.2, 0.06, (t) => 0.9 * smoothstep(0.66, 0.95, t)),
  mark(CHALK, 4, 34, 0.25, 0.2, 0.4, (t) => smoothstep(0.86, 0.98, t)),
]

function mark(
  colour: Rgb,
  width: number,
  length: number,
  cover: number,
  turn: number,
  fill: number,
  press: Mark['press'],
): Mark {
  return { colour, width, length, cover, turn, fill, press }
}

export function drawCharcoal(widthPx: number, seed: number): Picture {
  const random = createRandom(seed)
  const canvas = createCanvas(widthPx, PAPER)
  const grain = paperGrain(canvas, seed)
  const { tone, flow } = compose(seed)
  const smear = streaks(flow, fractal(createNoise(seed + 5), 3), 30, 90)
  eachPixel(canvas, (x, y, i) => {
    blend(canvas, i, shift(PAPER, 0.06 * grain[i]!), 1)
    // Dust rubbed in with a finger: soft, and into the hollows too.
    const dust = (1 - tone(x, y)) * (0.3 + 0.65 * smear(x, y)) - 0.06
    blend(canvas, i, COAL, clamp(dust * (1 + 0.6 * grain[i]!)))
  })
  for (const { colour, width, length, cover, turn, press, fill } of MARKS) {
    const count = (cover * SHEET.width * SHEET.height) / (width * length)
    for (let n = 0; n < count; n++) {
      const [x, y] = [random.between(-20, SHEET.width + 20), random.between(-20, SHEET.height + 20)]
      const pressure = press(tone(x, y))
      if (!random.chance(pressure)) continue
      const path = turned(flow, x, y, length * Math.exp(0.35 * random.bell()), turn, random)
      const wide = width * Math.exp(0.25 * random.bell())
      rub(canvas, grain, path, { width: wide, pressure, fill, colour }, random)
    }
  }
  const hard = { pressure: 1, fill: 0.5, colour: COAL, blunt: true }
  for (const { path, width } of trees(random))
    for (let pass = 0; pass < 2; pass++) {
      const shaken = path.map((at) => at + 0.6 * random.bell())
      rub(canvas, grain, shaken, { ...hard, width }, random)
    }
  return finish(canvas)
}

/** The path along the flow through (x, y), turned as a whole by up to `turn`. */
function turned(flow: Flow, x: number, y: number, length: number, turn: number, random: Random) {
  const angle = turn * random.between(-1, 1)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const leaning: Flow = (px, py) => {
    const [fx, fy] = flow(px, py)
    return [fx * cos - fy * sin, fx * sin + fy * cos]
  }
  return trace(leaning, x, y, length, Math.max(3, length / 12))
}

/** Heights about [-1,1]: the felt's bumps, the ribs of the mould and single fibres. */
function paperGrain(canvas: Canvas, seed: number): Float32Array {
  const felt = fractal(createNoise(seed + 6), 3)
  const fibre = createNoise(seed + 7)
  const grain = new Float32Array(canvas.width * canvas.height)
  eachPixel(canvas, (x, y, i) => {
    const rib = Math.sin((y + 2 * fibre(x / 40, y / 40)) * 1.25)
    grain[i] = 0.75 * felt(x / 5.5, y / 4.5) + 0.22 * rib + 0.2 * fibre(x / 9, y / 1.6)
  })
  return grain
}

interface Rub {
  readonly width: number
  readonly pressure: number
  readonly fill: number
  readonly colour: Rgb
  /** Pressed as hard at its ends as in the middle. */
  readonly blunt?: boolean
}

/** Rubs a stick along `path`: it leaves colour on the grain's heights, the more the harder. */
function rub(
  canvas: Canvas,
  grain: Float32Array,
  path: readonly number[],
  { width, pressure, fill, colour, blunt = false }: Rub,
  random: Random,
): void {
  if (path.length < 4) return
  // The stick touches unevenly across its width, and leans on one side.
  const touch = Array.from({ length: 3 + Math.round(width / 3) }, () => random.between(-0.3, 0.3))
  const lean = random.between(-0.35, 0.35)
  eachPixelOf(
    canvas,
    path,
    width,
    (i, along, across) => {
      const at = clamp((across + 1) / 2) * (touch.length - 1.001)
      const uneven = lerp(touch[Math.floor(at)]!, touch[Math.floor(at) + 1]!, at % 1)
      const ends = blunt ? 1 : smoothstep(0, 0.12, along) * smoothstep(1, 0.7, along)
      const edge = smoothstep(1, 0.7, Math.abs(across))
      const press = pressure * (1 + uneven + lean * across) * ends
      const height = grain[i]! + 1.9 * (press - 1) + 2 * fill + 0.4
      blend(
        canvas,
        i,
        colour,
        0.9 * edge * smoothstep(-0.25, 0.45, height) * clamp(0.2 + 0.75 * press),
      )
    },
    width < 7 && !blunt,
  )
}

/** Two bare trees bent by the wind: each branch forks into thinner ones. */
function trees(random: Random): { path: number[]; width: number }[] {
  const branches: { path: number[]; width: number }[] = []
  const grow = (x: number, y: number, angle: number, length: number, width: number): void => {
    const path = [x, y]
    let [px, py, heading] = [x, y, angle]
    for (let step = 0; step < 8; step++) {
      heading += 0.17 * random.bell() + 0.012
      px += (length / 8) * Math.cos(heading)
      py += (length / 8) * Math.sin(heading)
      path.push(px, py)
      if (step > 2 && width > 2 && random.chance(0.16))
        grow(
          px,
          py,
          heading + random.pick([-1, 1]) * random.between(0.4, 0.9),
          length * random.between(0.45, 0.75),
          width * 0.55,
        )
    }
    branches.push({ path, width: 0.85 * width + 0.8 })
    if (width > 1.6)
      for (const side of [-0.35, 0.35])
        grow(px, py, heading + side * random.between(0.6, 1.4), length * 0.76, width * 0.62)
  }
  grow(170, 735, -1.5, 170, 17)
  grow(318, 752, -1.3, 80, 7)
  grow(922, 745, -1.75, 110, 10)
  return branches
}

/** How light each place is, and which way its form runs. */
function compose(seed: number) {
  const rough = fractal(createNoise(seed + 1), 4)
  const gentle = createNoise(seed + 2)
  const wind = addFlows(
    () => [1, 0.18],
    curl(gentle, 230),
    vortexFlow({ x: 250, y: 150, radius: 170, spin: -2.6, pull: 0.4 }),
    vortexFlow({ x: 860, y: 130, radius: 150, spin: 2.6, pull: 0.4 }),
    vortexFlow({ x: 560, y: 60, radius: 100, spin: -2, pull: 0.3 }),
  )
  const billow = streaks(wind, fractal(createNoise(seed + 3), 2), 120, 130)
  const SHORE = 560
  const peaks = (n: number, x: number) => {
    const at = x / (250 - 30 * n) + n * 7.3
    const fold = Math.abs(gentle(at, n + 0.5)) + 0.35 * Math.abs(gentle(at * 2.7, n + 9.5))
    return 205 + n * 215 + (340 - 215 * n) * fold + 9 * rough(x / 40, n)
  }
  const range = (x: number, y: number) => [0, 1].findLast((n) => y > peaks(n, x)) ?? -1
  const bank = (x: number) =>
    690 - 70 * smoothstep(420, 60, x) - 46 * smoothstep(760, 1024, x) + 14 * rough(x / 60, 9)
  // Light falls from the gap in the clouds.
  const gap = (x: number, y: number) => Math.exp(-(((x - 610) / 150) ** 2) - ((y - 215) / 75) ** 2)
  const skyTone = (x: number, y: number) => {
    const ray = 0.5 + 0.5 * Math.sin(Math.atan2(y - 120, x - 610) * 26)
    const rays = 0.3 * ray * smoothstep(190, 300, y) * smoothstep(330, 60, Math.abs(x - 610))
    return 0.08 + 0.72 * billow(x, y) ** 1.2 + 0.2 * rough(x / 90, y / 70) + 0.8 * gap(x, y) + rays
  }
  const mountainTone = (n: number, x: number, y: number) => {
    const down = y - peaks(n, x)
    const facet = rough((x + 0.55 * down) / 60, n * 9 + down / 150)
    // The light side of a peak is the one its ridge, which wanders on its way down, turns to it.
    const ridge = x + 0.35 * down + 34 * gentle(down / 46, n * 5 + x / 300)
    const rise = (peaks(n, ridge - 9) - peaks(n, ridge + 9)) / 18
    const lit = smoothstep(-0.25, 0.5, 0.7 * facet + 0.5 * clamp(rise, -1, 1))
    const mist = smoothstep(SHORE - 130, SHORE - 20, y) * 0.35
    return 0.14 - 0.08 * n + 0.72 * lit + mist + 0.12 * (1 - n) * rough(x / 18, y / 18)
  }
  const tone = (x: number, y: number): number => {
    if (y > bank(x)) return 0.2 + 0.4 * rough(x / 60, y / 26) + 0.2 * gentle(x / 9, y / 50)
    if (y > SHORE) {
      const wave = gentle(x / 70, y / 5) + 0.6 * gentle(x / 24, y / 3)
      const glare = smoothstep(190, 20, Math.abs(x - 610 - 40 * gentle(y / 20, 3)))
      const mirrored = tone(x + 12 * wave, SHORE - (y - SHORE) * 2.2)
      return 0.55 * mirrored + 0.14 + 0.5 * glare * smoothstep(-0.3, 0.5, wave) + 0.1 * wave
    }
    const n = range(x, y)
    return n < 0 ? skyTone(x, y) : mountainTone(n, x, y)
  }
  const flow: Flow = (x, y) => {
    if (y > bank(x)) return [0.75 * gentle(x / 60, y / 90) + 0.25, -1]
    if (y > SHORE) return [1, 0.12 * gentle(x / 50, y / 20)]
    const n = range(x, y)
    if (n < 0) return wind(x, y)
    const slope = peaks(n, x + 4) > peaks(n, x - 4) ? 1 : -1
    return [slope * (0.6 + 0.4 * gentle(x / 50, y / 50)), 1]
  }
  return { tone, flow }
}
