/** Ink: hills, clouds and trees hatched with a pen on cream paper. */

import { eachPixelOf } from './brush.ts'
import {
  blend,
  createCanvas,
  createNoise,
  createRandom,
  eachPixel,
  finish,
  fractal,
  hex,
  type Picture,
  shift,
  smoothstep,
} from './canvas.ts'
import { addFlows, curl, type Flow, spacedLines, vortexFlow } from './flow.ts'

/** One pass of the pen: it works wherever the picture is darker than `below`. */
interface Pass {
  readonly below: number
  /** Radians added to the direction of the form: passes cross one another. */
  readonly turn: number
  readonly width: number
  readonly length: number
  /** Units between neighbouring strokes. */
  readonly gap: number
}

const PASSES: readonly Pass[] = [
  { below: 0.84, turn: 0, width: 1.7, length: 260, gap: 6 },
  { below: 0.62, turn: 0.05, width: 1.9, length: 150, gap: 5 },
  { below: 0.44, turn: 0.75, width: 1.9, length: 70, gap: 5.5 },
  { below: 0.26, turn: -0.7, width: 2.3, length: 60, gap: 5 },
  { below: 0.12, turn: 0.02, width: 4.4, length: 80, gap: 4.5 },
]

export function drawInk(widthPx: number, seed: number): Picture {
  const random = createRandom(seed)
  const canvas = createCanvas(widthPx, hex('#f3ead6'))
  const { tone, flow } = compose(seed)
  const fibre = fractal(createNoise(seed + 8), 4)
  const rough = createNoise(seed + 7)
  eachPixel(canvas, (x, y, i) =>
    blend(canvas, i, shift(hex('#f3ead6'), 0.03 * fibre(x / 7, y / 7)), 1),
  )
  for (const { below, turn, width, length, gap } of PASSES) {
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
    const turned: Flow = (x, y) => {
      const [fx, fy] = flow(x, y)
      return [fx * cos - fy * sin, fx * sin + fy * cos]
    }
    const ragged = (x: number, y: number) => tone(x, y) < below + 0.03 * rough(x / 9, y / 9)
    for (const path of spacedLines(turned, gap, length, random, ragged)) {
      const ink = shift(hex('#15131a'), 0.3 * random.between(0, 1), 0.01)
      const nib = width * Math.exp(0.2 * random.bell())
      eachPixelOf(canvas, path, nib + 1, (i, _, across) =>
        blend(canvas, i, ink, 0.95 * smoothstep(1, 0.45, Math.abs(across))),
      )
    }
  }
  return finish(canvas)
}

/** How light each place is, and which way its form runs. */
function compose(seed: number) {
  const rough = fractal(createNoise(seed + 1), 3)
  const gentle = createNoise(seed + 2)
  const crest = (n: number, x: number) =>
    330 + n * 105 + 70 * gentle(x / 230 + n * 9, n) + 8 * gentle(x / 60, n)
  const hill = (x: number, y: number) => {
    for (let n = 3; n >= 0; n--) if (y > crest(n, x)) return n
    return -1
  }
  const clouds = addFlows(
    () => [1, 0],
    curl(gentle, 210),
    vortexFlow({ x: 270, y: 150, radius: 150, spin: 2.4, pull: 0.3 }),
    vortexFlow({ x: 730, y: 190, radius: 170, spin: -2.6, pull: 0.3 }),
  )
  const tone = (x: number, y: number) => {
    const n = hill(x, y)
    const grove = rough(x / 75 + 40, y / 62)
    if (n < 0) {
      const sun = smoothstep(92, 60, Math.hypot(x - 520, y - 120))
      return Math.max(sun, 0.5 + 0.42 * rough(x / 190, y / 120))
    }
    const depth = (y - crest(n, x)) / 100
    if (grove > 0.42) return 0.34 - 0.5 * (grove - 0.42) - 0.2 * gentle(x / 24, y / 24)
    return 0.94 - 0.8 * smoothstep(0, 1, depth) + 0.34 * gentle(x / 120, y / 70) - 0.05 * n
  }
  const flow: Flow = (x, y) => {
    const n = hill(x, y)
    if (n < 0) return clouds(x, y)
    if (rough(x / 75 + 40, y / 62) > 0.42)
      return [0.7 + gentle(x / 60, y / 60), 1.2 * gentle(x / 70 + 9, y / 70)]
    return [1, (crest(n, x + 3) - crest(n, x - 3)) / 6 + 0.9 * gentle(x / 140, y / 90 + n)]
  }
  return { tone, flow }
}
