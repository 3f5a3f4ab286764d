/** Risograph: leaves before a low sun and striped hills, in three spot inks, each screened at its
 *  own angle, printed a little out of register and unevenly, and letting the others shine through. */

import {
  createCanvas,
  createNoise,
  createRandom,
  eachPixel,
  finish,
  fractal,
  hex,
  type Noise,
  type Picture,
  type Random,
  SHEET,
  smoothstep,
} from './canvas.ts'
import { leaf, petalAt } from './forms.ts'

type Ink = 'yellow' | 'pink' | 'blue'

/** How a grey is broken into ink and paper: a threshold in [0,1] at every point. */
type Screen = Noise

/** Share of the paper under ink, 1 or more for all of it, and how it is screened. */
type Tint = readonly [cover: number, screen: Screen]

interface Shape {
  readonly inside: (x: number, y: number) => boolean
  /** An ink not named prints what lies behind the shape. */
  readonly inks: Partial<Record<Ink, (x: number, y: number) => Tint>>
}

const PRINTS = [
  { ink: 'yellow', colour: hex('#ffd91a'), dx: 1.5, dy: -1 },
  { ink: 'pink', colour: hex('#ff4a78'), dx: -2, dy: 1.5 },
  { ink: 'blue', colour: hex('#23409e'), dx: 0, dy: 0 },
] as const

export function drawRisograph(widthPx: number, seed: number): Picture {
  const paper = hex('#f6f0e2')
  const canvas = createCanvas(widthPx, paper)
  const shapes = compose(seed)
  const speck = fractal(createNoise(seed + 11), 2)
  const patch = fractal(createNoise(seed + 12), 3)
  const { rgb } = canvas
  for (const [n, { ink, colour, dx, dy }] of PRINTS.entries())
    eachPixel(canvas, (x, y, i) => {
      const [cover, screen] = tintOf(shapes, ink, x + dx, y + dy)
      const printed = cover >= 1 ? 1 : smoothstep(-0.07, 0.07, cover - screen(x, y))
      if (printed === 0) return
      // The drum inks unevenly, and the paper's bumps stay bare.
      const film = 0.9 + 0.13 * patch(x / 120 + n * 40, y / 60)
      const bare = smoothstep(0.6, 1, speck(x / 3, y / 3 + n * 70))
      const density = printed * film * (1 - 0.75 * bare)
      for (let c = 0; c < 3; c++) rgb[i * 3 + c]! *= 1 - density * (1 - colour[c]!)
    })
  const fibre = fractal(createNoise(seed + 13), 3)
  eachPixel(canvas, (x, y, i) => {
    const tooth = 1 + 0.025 * fibre(x / 5, y / 5)
    for (let c = 0; c < 3; c++) rgb[i * 3 + c]! *= tooth
  })
  return finish(canvas)
}

function tintOf(shapes: readonly Shape[], ink: Ink, x: number, y: number): Tint {
  for (const { inside, inks } of shapes) {
    const tint = inks[ink]
    if (tint && inside(x, y)) return tint(x, y)
  }
  return [0, () => 1]
}

/** Round dots, `pitch` units apart in rows at `angle` (radians). */
function dots(pitch: number, angle: number): Screen {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)].map((v) => (v * 2 * Math.PI) / pitch)
  return (x, y) => {
    const [u, v] = [x * cos! + y * sin!, y * cos! - x * sin!]
    return 0.5 - (Math.cos(u) + Math.cos(v)) / 4
  }
}

/** Lines, `pitch` units apart, along `angle`, waving a little. */
function lines(pitch: number, angle: number, sway: Noise): Screen {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  return (x, y) => {
    const across = y * cos - x * sin + 7 * sway(x / 90, y / 90)
    return 0.5 - 0.5 * Math.cos((across * 2 * Math.PI) / pitch)
  }
}

/** From the nearest to the farthest. */
function compose(seed: number): Shape[] {
  const random = createRandom(seed)
  const gentle = createNoise(seed + 1)
  const rough = fractal(createNoise(seed + 2), 3)
  const fleck = fractal(createNoise(seed + 3), 2)
  const grain: Screen = (x, y) => 0.5 + 0.55 * fleck(x / 3.2, y / 3.2)
  const fine = { yellow: dots(9, 0), pink: dots(8, 1.31), blue: dots(8, 0.26) }
  const bold = { yellow: dots(15, 0), pink: dots(14, 1.31), blue: dots(12.5, 0.26) }
  const whole = (): Tint => [1, grain]
  const none = (): Tint => [0, grain]

  const foliage = Array.from({ length: 30 }, (_, n) => {
    const base = {
      x: (n % 2 ? 1024 - 18 * n : 18 * n) + random.between(-60, 60),
      y: random.between(740, 830),
    }
    const lean = (512 - base.x) / 600 + random.between(-0.9, 0.9)
    const tall = random.between(120, 330) * (0.6 + (0.5 * Math.abs(base.x - 512)) / 512)
    return leafShape(
      [base.x, base.y],
      [base.x + tall * Math.sin(lean), base.y - tall * Math.cos(lean)],
      tall * random.between(0.2, 0.42),
      random,
    )
  })
  function leafShape(
    stalk: readonly [number, number],
    tip: readonly [number, number],
    width: number,
    r: Random,
  ): Shape {
    const at = leaf(stalk, tip, width, r.between(-0.22, 0.22) * width * 2)
    const ribs = r.between(6, 11)
    const kind = r.pick(['blue', 'blue', 'green', 'pink', 'violet', 'yellow'] as const)
    const screen = r.pick([fine, bold])
    // Darkest at the spine; the veins stay free of ink.
    const veined =
      (ink: Ink, deep: number, pale: number) =>
      (x: number, y: number): Tint => {
        const { along, across } = at(x, y)!
        const out = Math.abs(across)
        const vein = Math.abs(((((along * ribs - 1.1 * out) % 1) + 1) % 1) - 0.5)
        if (out < 0.05 || vein < 0.055) return [0, grain]
        const side = across > 0 ? 0.22 : 0
        const cover = deep + (pale - deep) * (0.75 * out + 0.25 * along) + side
        return [cover, ink === 'blue' && deep > 1 ? grain : screen[ink]]
      }
    const inks: Record<typeof kind, Shape['inks']> = {
      blue: { blue: veined('blue', 1.25, 0.55), pink: none },
      green: { blue: veined('blue', 0.95, 0.25), yellow: whole, pink: none },
      pink: { pink: veined('pink', 1.1, 0.45), blue: none },
      violet: { blue: veined('blue', 0.9, 0.2), pink: whole },
      yellow: { yellow: veined('yellow', 1.2, 0.6), pink: veined('pink', 0.6, 0), blue: none },
    }
    return { inside: (x, y) => at(x, y) !== undefined, inks: inks[kind] }
  }

  const flowers = [
    [150, 545, 62],
    [300, 640, 46],
    [905, 560, 58],
    [770, 655, 44],
    [55, 660, 40],
    [520, 690, 50],
    [985, 690, 42],
  ].flatMap(([cx, cy, size], n) => {
    const polar = (x: number, y: number) => {
      const [dx, dy] = [x - cx!, y - cy!]
      if (Math.max(Math.abs(dx), Math.abs(dy)) > size!) return { r: 2, round: 0 }
      const { round } = petalAt(Math.atan2(dy, dx) + n, 7 + (n % 3))
      return { r: Math.hypot(dx, dy) / size!, round }
    }
    const heart: Shape = {
      inside: (x, y) => polar(x, y).r < 0.3,
      inks: {
        yellow: whole,
        pink: (x, y) => [0.8 - 1.6 * polar(x, y).r, fine.pink],
        blue: (_, y) => [(cy! + 8 - y) / -30, fine.blue],
      },
    }
    const petals: Shape = {
      inside: (x, y) => {
        const { r, round } = polar(x, y)
        return r < 0.66 + 0.34 * Math.sin(Math.PI * round) ** 0.6
      },
      inks: {
        pink: (x, y) => [
          n % 3 === 1 ? 0.75 - 0.8 * polar(x, y).r : 1.15 - 0.5 * polar(x, y).r,
          bold.pink,
        ],
        yellow: n % 2 ? whole : none,
        blue: (x, y) => {
          const { r, round } = polar(x, y)
          return [
            Math.abs(round - 0.5) > 0.44 || (Math.abs(round - 0.5) < 0.05 && r < 0.7)
              ? 1
              : 0.42 - 0.5 * r,
            fine.blue,
          ]
        },
      },
    }
    return [heart, petals]
  })

  const top = (n: number) => (x: number) =>
    [395, 430, 492, 560, 640][n]! +
    [70, 60, 52, 44, 40][n]! * gentle(x / (190 - 12 * n), n * 11) +
    5 * rough(x / 50, n)
  const hill = (
    n: number,
    inks: (depth: (x: number, y: number) => number) => Shape['inks'],
  ): Shape => {
    const edge = top(n)
    return { inside: (x, y) => y > edge(x), inks: inks((x, y) => (y - edge(x)) / 110) }
  }
  const sway = lines(13, 0.2, gentle)
  const hills = [
    hill(4, (d) => ({
      blue: (x, y) => [1.1 - 0.9 * d(x, y), bold.blue],
      pink: none,
      yellow: (x, y) => [0.4 + 0.6 * d(x, y), bold.yellow],
    })),
    hill(3, (d) => ({
      pink: (x, y) => [1.12 - 0.8 * d(x, y), bold.pink],
      blue: (x, y) => [
        0.3 - 0.2 * d(x, y) + 0.5 * Math.max(0, gentle(x / 60, y / 40)),
        lines(11, 1, gentle),
      ],
      yellow: whole,
    })),
    hill(2, (d) => ({
      blue: (x, y) => [0.95 - 0.75 * d(x, y), sway],
      pink: (x, y) => [0.15 + 0.5 * d(x, y), fine.pink],
      yellow: none,
    })),
    hill(1, (d) => ({
      yellow: whole,
      pink: (x, y) => [0.2 + 0.55 * d(x, y), bold.pink],
      blue: (x, y) => [0.72 - 0.9 * d(x, y), grain],
    })),
    hill(0, (d) => ({
      pink: (x, y) => [0.85 - 0.7 * d(x, y), fine.pink],
      blue: (x, y) => [1 - 0.95 * d(x, y), fine.blue],
      yellow: none,
    })),
  ]

  const sun = (x: number, y: number) => Math.hypot(x - 640, y - 262)
  const sunShape: Shape = {
    inside: (x, y) => sun(x, y) < 158,
    inks: {
      yellow: whole,
      pink: (_, y) => [(y - 110) / 250, lines(17, 0, () => 0)],
      blue: none,
    },
  }
  const clouds = Array.from({ length: 7 }, (_, n) => {
    const [cx, cy] = [random.between(0, SHEET.width), 60 + 42 * n + random.between(-14, 14)]
    const puffs = Array.from(
      { length: 6 },
      () => [cx + 75 * random.bell(), random.between(16, 46)] as const,
    )
    const inside = (x: number, y: number) =>
      y < cy && puffs.some(([px, radius]) => Math.hypot(x - px, (y - cy) * 1.5) < radius)
    return {
      inside,
      inks: {
        yellow: none,
        pink: (_, y) => [(y - cy + 26) / 45, fine.pink],
        blue: n % 3 === 0 ? (_, y) => [(y - cy + 14) / 40, fine.blue] : none,
      },
    } satisfies Shape as Shape
  })
  const sky: Shape = {
    inside: () => true,
    inks: {
      blue: (x, y) => [0.95 - y / 330 + 0.3 * rough(x / 200, y / 70), bold.blue],
      pink: (x, y) => [
        0.16 + 0.5 * smoothstep(60, 330, y) + 0.3 * gentle(x / 170, y / 60),
        bold.pink,
      ],
      yellow: (x, y) => [1.2 - sun(x, y) / 420, lines(15, 0.5, gentle)],
    },
  }
  return [...flowers, ...foliage, ...hills, ...clouds, sunShape, sky]
}
