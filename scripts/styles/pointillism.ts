/** Pointillism: a harbour at evening in dots of pure colour, each set beside its complement. */

import { eachPixelOf, light } from './brush.ts'
import {
  blend,
  createCanvas,
  createNoise,
  createRandom,
  finish,
  fractal,
  hex,
  lerp,
  type Picture,
  type Random,
  type Rgb,
  ramp,
  SHEET,
  smoothstep,
} from './canvas.ts'

const SUN = { x: 350, y: 250 }

export function drawPointillism(widthPx: number, seed: number): Picture {
  const random = createRandom(seed)
  const canvas = createCanvas(widthPx, hex('#e9d9b4'))
  const colour = compose(seed)
  for (const { size, cover } of [
    { size: 13, cover: 2.2 },
    { size: 9, cover: 2 },
    { size: 6.5, cover: 0.9 },
  ]) {
    const count = (cover * SHEET.width * SHEET.height) / (size * size)
    for (let n = 0; n < count; n++) {
      const [x, y] = [random.between(-5, SHEET.width + 5), random.between(-5, SHEET.height + 5)]
      const dot = colour(x + 7 * random.bell(), y + 5 * random.bell(), random)
      const wide = size * Math.exp(0.16 * random.bell())
      const [dx, dy] = [0.22 * wide * random.bell(), 0.1 * wide * random.bell()]
      const path = [x - dx, y - dy, x, y, x + dx, y + dy]
      eachPixelOf(
        canvas,
        path,
        wide,
        (i, _, across) => {
          const body = smoothstep(1, 0.82, Math.abs(across))
          blend(canvas, i, dot, body)
          const dome = 0.3 + 0.9 * Math.sqrt(1 - across * across)
          canvas.relief[i] = lerp(canvas.relief[i]!, dome * 1.2, body)
        },
        false,
      )
    }
  }
  light(canvas, 0.75)
  return finish(canvas)
}

function compose(seed: number): (x: number, y: number, random: Random) => Rgb {
  const rough = fractal(createNoise(seed + 1), 3)
  const gentle = createNoise(seed + 2)
  const sky = ramp('#fff3b8', '#ffd667', '#ff9f6b', '#f27ba0', '#9a7fd6', '#4c7fd9', '#2a4fb8')
  const sea = ramp('#0c1d5e', '#14479e', '#1b86b5', '#3fc4b4', '#b9e8b0', '#fff0b0')
  const shore = ramp('#140f38', '#2b1a6b', '#1f5a5a', '#3a9a4c', '#b8d23f', '#ffd94a')
  const sail = ramp('#fff6dc', '#ffe0a0', '#f58a4b', '#c22f4e')
  return (x, y, r) => {
    if (r.chance(0.04 + 0.14 * smoothstep(-0.2, 0.6, gentle(x / 50, y / 30))))
      return hex(r.pick(['#ff6a2b', '#ffcf2e', '#1f4fd0', '#12a58c', '#d62f6b', '#fff4d0']))
    const nearShore = y - (640 - 150 * smoothstep(420, 1024, x) + 34 * rough(x / 110, 1))
    if (nearShore > 0) return shore(0.42 + 0.42 * rough(x / 70, y / 50) + 0.16 * r.bell())
    for (const [mast, foot, tall] of [
      [640, 520, 230],
      [760, 480, 150],
      [180, 560, 190],
    ] as const) {
      const up = (foot - y) / tall
      const out = (x - mast) / (tall * 0.42 * (1 - up))
      if (up > 0 && up < 1 && out > -0.55 && out < 1)
        return sail(0.25 + 0.6 * up * out + 0.16 * r.bell())
      if (up <= 0 && up > -0.13 && Math.abs(x - mast) < tall * 0.5)
        return shore(0.1 + 0.08 * r.bell())
    }
    const far = 330 - 46 * Math.max(0, gentle(x / 150, 7) + 0.35)
    if (y < 345 && y > far) return shore(0.24 + 0.2 * rough(x / 40, y / 30) + 0.1 * r.bell())
    if (y < 345) {
      const distance = Math.hypot(x - SUN.x, (y - SUN.y) * 1.15)
      return sky(distance / 800 + 0.2 * rough(x / 130, y / 60) + 0.11 * r.bell())
    }
    const glitter = smoothstep(150, 10, Math.abs(x - SUN.x) * (1 - (y - 345) / 900))
    return sea(
      0.34 + 0.5 * glitter * r.between(0.2, 1) + 0.3 * rough(x / 120, y / 22) + 0.1 * r.bell(),
    )
  }
}
