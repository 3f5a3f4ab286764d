/** Marbled paper: drops of ink on water, drawn out by a comb and a stylus, lifted on a sheet.
 *
 *  Each pixel is followed back through the movements, last first, to the drop it began in
 *  (Lu, Jaffer, Jin, Zhao & Mao 2012, "Mathematical Marbling"). */

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
  SHEET,
  shift,
} from './canvas.ts'

const INKS = [
  '#12263f',
  '#b3262e',
  '#f3e6c8',
  '#1f6f78',
  '#d99a2b',
  '#7a1f3d',
  '#f7f0dc',
  '#3f8fa3',
  '#0c1420',
]

/** Where the ink at (x, y) was before. */
type Undo = (x: number, y: number) => [number, number]

export function drawMarbled(widthPx: number, seed: number): Picture {
  const random = createRandom(seed)
  const paper = hex('#efe2c2')
  const canvas = createCanvas(widthPx, paper)
  const drops = Array.from({ length: 300 }, (_, n) => ({
    x: random.between(-60, SHEET.width + 60),
    y: random.between(-60, SHEET.height + 60),
    squared: random.between(16, n < 190 ? 84 : 50) ** 2,
    ink: hex(random.pick(INKS)),
  })).reverse()
  const undo = movements(seed).reverse()
  const fibre = fractal(createNoise(seed + 9), 4)
  eachPixel(canvas, (sheetX, sheetY, i) => {
    let [x, y] = [sheetX, sheetY]
    for (const step of undo) [x, y] = step(x, y)
    let colour = paper
    for (const drop of drops) {
      const [dx, dy] = [x - drop.x, y - drop.y]
      const squared = dx * dx + dy * dy
      if (squared < drop.squared) {
        // Ink is thinner in the middle of its drop, where the next ones pushed least.
        colour = shift(drop.ink, 0.16 * (squared / drop.squared) - 0.08)
        break
      }
      const shrink = Math.sqrt(1 - drop.squared / squared)
      x = drop.x + dx * shrink
      y = drop.y + dy * shrink
    }
    blend(canvas, i, shift(colour, 0.05 * fibre(sheetX / 9, sheetY / 5)), 1)
  })
  return finish(canvas)
}

/** In the order they were made: a wide comb up, one across, then the stylus in curls. */
function movements(seed: number): Undo[] {
  const random = createRandom(seed + 1)
  const gentle = createNoise(seed + 2)
  const comb = (gap: number, pull: number, across: boolean): Undo => {
    const start = random.between(0, gap)
    return (x, y) => {
      const at = across ? y : x
      const bend = 22 * gentle((across ? x : y) / 260, gap)
      const turn = Math.floor((at + bend + start) / gap) % 2 === 0 ? 1 : -1
      const tine = Math.abs(((((at + bend + start) % gap) + gap) % gap) - gap / 2)
      const shiftBy = turn * pull * (0.9 ** tine - 0.9 ** (gap / 2))
      return across ? [x - shiftBy, y] : [x, y - shiftBy]
    }
  }
  const curls = Array.from({ length: 15 }, (): Undo => {
    const [cx, cy] = [random.between(0, SHEET.width), random.between(0, SHEET.height)]
    const radius = random.between(60, 130)
    const turns = random.between(1.2, 2.3) * (random.chance(0.5) ? 1 : -1)
    return (x, y) => {
      const [dx, dy] = [x - cx, y - cy]
      const angle = turns * Math.exp(-(dx * dx + dy * dy) / (radius * radius))
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
      return [cx + dx * cos - dy * sin, cy + dx * sin + dy * cos]
    }
  })
  return [comb(64, 120, false), comb(46, 80, true), ...curls]
}
