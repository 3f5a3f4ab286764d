/** Stained glass: sunrise over hills and water behind flowers, in streaked glass and lead. */

import { light } from './brush.ts'
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
  mix,
  type Picture,
  type Rgb,
  smoothstep,
} from './canvas.ts'
import { distances } from './distance.ts'
import { compose, type Shape, SUN } from './window.ts'

/** One piece of glass. */
interface Pane {
  readonly colours: readonly [Rgb, Rgb]
  /** Direction of the streaks, and of the light through it. */
  readonly grain: number
  /** How much light it lets through, about 1. */
  readonly clear: number
  /** Milkiness and the height of the hammer marks, in [0,1]. */
  readonly opal: number
  readonly hammered: number
}

/** Half the width of the lead, in units: between shapes, and between panes of one shape. */
const LEAD = { outer: 3.7, inner: 2.5 }

export function drawGlass(widthPx: number, seed: number): Picture {
  const canvas = createCanvas(widthPx, hex('#07070a'))
  const { labels, panes, joints } = cutPanes(canvas, compose(seed), seed)
  const toLead = distances(joints, canvas)
  const wisp = fractal(createNoise(seed + 5), 4)
  const bend = createNoise(seed + 6)
  const dent = createNoise(seed + 7)
  const sky = fractal(createNoise(seed + 8), 3)
  const lead = hex('#101117')
  eachPixel(canvas, (x, y, i) => {
    const pane = panes[labels[i]!]!
    const edge = toLead[i]! / canvas.scale
    const [cos, sin] = [Math.cos(pane.grain), Math.sin(pane.grain)]
    const swirl = 9 * bend(x / 34 + pane.grain * 7, y / 34)
    const [u, v] = [x * cos + y * sin + swirl, y * cos - x * sin + swirl]
    const streak = wisp(u / 78, v / 15 + pane.grain * 9)
    const milk = pane.opal * smoothstep(0.05, 0.75, wisp(u / 60 + 40, v / 22))
    const hammer = pane.hammered * dent(x / 7, y / 7)
    const [first, second] = pane.colours
    const glass = mix(first, second, smoothstep(-0.45, 0.55, streak + 0.3 * hammer))
    // The sky behind the window, a fall of light across each pane, and dirt along the lead.
    const behind = 1.08 + 0.34 * sky(x / 190, y / 150) + sunlight(x, y)
    const fall = 0.24 * Math.sin((x * sin - y * cos) / 46 + pane.grain * 11)
    const dirt = 0.62 + 0.38 * smoothstep(LEAD.inner, LEAD.outer + 6, edge)
    const through = pane.clear * (behind + fall + 0.22 * streak + 0.3 * hammer) * dirt
    const inLead = smoothstep(LEAD.outer, LEAD.outer - 1.1, edge)
    blend(canvas, i, mix(shine(glass, through, milk), lead, inLead), 1)
    const rod = Math.sqrt(clamp(1 - (edge / LEAD.outer) ** 2))
    canvas.relief[i] = lerp(
      0.5 * streak + 0.9 * hammer,
      3.4 * rod + 0.5 * dent(x / 5, y / 5),
      inLead,
    )
  })
  light(canvas, 0.75)
  return finish(canvas)
}

const sunlight = (x: number, y: number) =>
  0.5 * Math.exp(-((Math.hypot(x - SUN.x, y - SUN.y) / 240) ** 2))

/** What is seen of glass with `through` of the light behind it: more than all of it bleaches. */
function shine(glass: Rgb, through: number, milk: number): Rgb {
  const bleach = Math.max(0, through - 1) * 0.5
  const seen = (c: number) => {
    const lit = lerp(c, 0.35 + 0.65 * c, milk) * Math.min(through, 1.25)
    return clamp(lit + bleach * (1 - lit))
  }
  return [seen(glass[0]), seen(glass[1]), seen(glass[2])]
}

/** Labels every pixel with its pane. `joints` is 0 where two shapes meet and so much more where
 *  panes of one shape do (square pixels) that the lead there is thinner; infinite elsewhere. */
function cutPanes({ width, height, scale }: Canvas, shapes: readonly Shape[], seed: number) {
  const keys = new Int32Array(width * height)
  const tremble = createNoise(seed + 9)
  for (let py = 0, i = 0; py < height; py++)
    for (let px = 0; px < width; px++, i++) {
      const [sx, sy] = [px / scale, py / scale]
      const x = sx + 4 * tremble(sx / 45, sy / 45)
      const y = sy + 4 * tremble(sx / 45 + 50, sy / 45)
      for (let s = 0; s < shapes.length; s++) {
        const cut = shapes[s]!.cut(x, y)
        if (cut === undefined) continue
        keys[i] = s * 2 ** 20 + (cut & (2 ** 20 - 1))
        break
      }
    }
  const sums = new Map<number, { x: number; y: number; count: number; label: number }>()
  const labels = new Int32Array(keys.length)
  const joints = new Float64Array(keys.length).fill(Number.POSITIVE_INFINITY)
  const thinner = (LEAD.outer ** 2 - LEAD.inner ** 2) * scale ** 2
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const sum = sums.get(key) ?? { x: 0, y: 0, count: 0, label: sums.size }
    if (sum.count === 0) sums.set(key, sum)
    sum.x += (i % width) / scale
    sum.y += Math.floor(i / width) / scale
    sum.count++
    labels[i] = sum.label
    for (const next of [i % width ? i - 1 : i, i >= width ? i - width : i])
      if (keys[next] !== key)
        joints[i] = Math.min(joints[i]!, keys[next]! >> 20 === key >> 20 ? thinner : 0)
  }
  const panes = [...sums].map(([key, { x, y, count }]): Pane => {
    const random = createRandom(Math.imul(key + 1, 0x9e3779b1) ^ seed)
    return {
      colours: shapes[key >> 20]!.colours(x / count, y / count, random),
      grain: random.between(0, 2 * Math.PI),
      clear: clamp(0.92 + 0.17 * random.bell(), 0.5, 1.3),
      opal: random.chance(0.4) ? random.between(0.2, 0.75) : 0.06,
      hammered: random.chance(0.45) ? random.between(0.3, 1) : 0.06,
    }
  })
  return { labels, panes, joints }
}
