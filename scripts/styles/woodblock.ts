/** Woodblock: waves under a red sun, in flat inks with carved lines, foam and the block's grain. */

import {
  blend,
  clamp,
  createCanvas,
  createNoise,
  eachPixel,
  finish,
  fractal,
  hex,
  mix,
  type Picture,
  type Rgb,
  ramp,
  shift,
  smoothstep,
} from './canvas.ts'

const WAVES = 8
const LINE = hex('#0f1d3a')
const FOAM = hex('#f4ecd8')

export function drawWoodblock(widthPx: number, seed: number): Picture {
  const paper = hex('#ecdfc1')
  const canvas = createCanvas(widthPx, paper)
  const gentle = createNoise(seed)
  const rough = fractal(createNoise(seed + 1), 3)
  const claw = createNoise(seed + 2)
  const water = ramp('#13285a', '#1d4a86', '#2f7ba6', '#6fb0b4', '#bcd6c4')
  const sky = ramp('#24406e', '#7fa9b0', '#e9d9b2', '#f0c99a', '#e59a72')

  /** How far (x, y) lies below the crest of wave n; the nearest wave is 0. */
  const depth = (n: number, x: number, y: number) => {
    const length = 330 - 22 * n
    const lean = 0.5 * (y - 400) + 30 * gentle(x / 90, y / 90 + n)
    const phase = (x + lean + n * 157) / length + 0.5 * gentle(x / 300, n * 5)
    const swing = Math.abs((((phase % 1) + 1) % 1) - 0.5) * 2
    const crest =
      690 - 52 * n - (150 - 9 * n) * swing ** 1.8 * (0.75 + 0.5 * gentle(x / 210, n + 40))
    return y - crest - 5 * rough(x / 40, y / 40 + n)
  }

  const ink = (x: number, y: number): Rgb => {
    for (let n = 0; n < WAVES; n++) {
      const d = depth(n, x, y)
      const fingers = 13 * claw(x / 13 + n * 7, y / 15) + 9 * claw(x / 27, y / 30 + n * 3)
      const foam = 17 + fingers - d
      if (d < -9 - 0.6 * fingers) continue
      if (d < -6.5 - 0.6 * fingers) return LINE
      if (foam > 3)
        return d > 4 && claw(x / 8, y / 8 + n) > 0.5 ? mix(FOAM, hex('#8fb9bd'), 0.8) : FOAM
      if (foam > 0) return LINE
      const shade = clamp(d / 150 + 0.07 * n)
      const pitch = 10 + d * 0.07
      const groove = Math.abs((((d + 7 * gentle(x / 60, y / 60)) / pitch) % 1) - 0.5) * pitch
      const carved = 1.2 + 1.5 * gentle(x / 70 + n, y / 40)
      if (groove < carved) return shade < 0.45 ? mix(FOAM, hex('#7fb6c2'), 0.5) : hex('#1a3a72')
      return water(0.12 + (0.85 * Math.floor(shade * 4 + 0.3 * rough(x / 50, y / 50))) / 4)
    }
    const sun = Math.hypot(x - 690, y - 180) + 2 * rough(x / 30, y / 30)
    if (sun < 92) {
      const band = Math.floor((y - 100) / 21 + 0.35 * gentle(x / 60, y / 30))
      return mix(hex('#bf2f1d'), hex('#ee8a3c'), clamp(band / 8))
    }
    if (sun < 95) return hex('#7d2018')
    const cloud = y + 34 * gentle(x / 190, y / 55) + 8 * rough(x / 60, y / 40)
    const stripe = Math.abs(((cloud / 46) % 1) - 0.5)
    if (stripe < 0.035 + 0.03 * gentle(x / 90, y / 30)) return mix(LINE, sky(y / 400), 0.35)
    return sky(Math.floor(cloud / 46) / 8 + 0.04)
  }

  eachPixel(canvas, (x, y, i) => {
    const ring = 13 * gentle(x / 420, y / 70 + 90)
    const grain = Math.sin(2.2 * (y / 3.1 + ring)) * 0.5 + rough(x / 60, y / 1.7) * 0.6
    const bare = smoothstep(0.75, 1.2, rough(x / 3.4, y / 2.2) + 0.25 * grain)
    const pressed = shift(ink(x, y), 0.07 * grain)
    blend(canvas, i, mix(pressed, paper, 0.5 * bare), 1)
  })
  return finish(canvas)
}
