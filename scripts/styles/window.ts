/** What the stained-glass window shows, and how it is cut: flowers, water and hills at sunrise. */

import {
  createNoise,
  createRandom,
  hash,
  hex,
  type Random,
  type Rgb,
  ramp,
  smoothstep,
} from './canvas.ts'
import { leaf, petalAt } from './forms.ts'

/** A part of the window and how it is cut into panes. */
export interface Shape {
  /** Which of the shape's panes, a whole number; undefined outside the shape. */
  readonly cut: (x: number, y: number) => number | undefined
  /** The two colours streaked into a pane about (x, y). */
  readonly colours: (x: number, y: number, random: Random) => readonly [Rgb, Rgb]
}

export const SUN = { x: 640, y: 250, radius: 62 }

/** Cuts into irregular panes of about `width` × `height` (Voronoi cells of a jittered grid). */
function irregular(width: number, height: number, seed: number) {
  return (x: number, y: number): number => {
    const [u, v] = [x / width, y / height]
    let [best, nearest] = [0, Number.POSITIVE_INFINITY]
    for (let cy = Math.floor(v) - 1; cy <= v + 1; cy++)
      for (let cx = Math.floor(u) - 1; cx <= u + 1; cx++) {
        const dx = cx + 0.1 + 0.8 * hash(cx, cy, seed) - u
        const dy = cy + 0.1 + 0.8 * hash(cx, cy, seed + 1) - v
        const distance = dx * dx + dy * dy
        if (distance < nearest) [best, nearest] = [(cy + 64) * 512 + cx + 64, distance]
      }
    return best
  }
}

/** From the nearest flower to the sky. */
export function compose(seed: number): Shape[] {
  const random = createRandom(seed)
  const gentle = createNoise(seed + 1)
  const two = (colours: (t: number) => Rgb, at: number, r: Random, apart = 0.22) =>
    [colours(at + 0.1 * r.bell()), colours(at + apart + 0.12 * r.bell())] as const

  const blooms = [
    ramp('#5a0016', '#c20a2a', '#ff3a2e', '#ff8a4a', '#ffd3a0'),
    ramp('#4a0a6a', '#a81a9a', '#f0409a', '#ff9ac0', '#ffe0ea'),
    ramp('#a83200', '#ff7a0a', '#ffb820', '#ffe060', '#fff6c0'),
    ramp('#1c0a7a', '#4a28d0', '#8a5af0', '#c8a0ff', '#f0e4ff'),
  ]
  const flower = (cx: number, cy: number, size: number, colours: (t: number) => Rgb): Shape => {
    const turn = random.between(0, 6)
    const [outer, inner] = [random.pick([7, 8, 9]), random.pick([5, 6])]
    return {
      cut: (x, y) => {
        const [dx, dy] = [x - cx, (y - cy) * 1.16]
        const r = Math.hypot(dx, dy) / size
        if (r > 1) return undefined
        if (r < 0.17) return 0
        const angle = Math.atan2(dy, dx) + turn
        const near = petalAt(angle + 0.5 * r, inner)
        if (r < 0.58 * (0.72 + 0.28 * Math.sin(Math.PI * near.round))) return 1 + near.petal
        const far = petalAt(angle, outer)
        return r < 0.72 + 0.28 * Math.sin(Math.PI * far.round) ** 0.8 ? 20 + far.petal : undefined
      },
      colours: (x, y, r) => {
        const out = Math.hypot(x - cx, y - cy) / size
        return out < 0.08
          ? [hex('#ffc21a'), hex('#7a3a00')]
          : two(colours, 0.86 - 0.7 * out + 0.1 * r.bell(), r, -0.3)
      },
    }
  }
  const blade = (
    colours: (t: number) => Rgb,
    tip: number,
    ...form: Parameters<typeof leaf>
  ): Shape => {
    const at = leaf(...form)
    const pieces = Math.max(
      2,
      Math.round(Math.hypot(form[0][0] - form[1][0], form[0][1] - form[1][1]) / 75),
    )
    return {
      cut: (x, y) => {
        const place = at(x, y)
        if (!place) return undefined
        const rung = Math.floor(place.along * pieces + 0.45 * Math.abs(place.across))
        return rung * 2 + (place.across > 0 ? 1 : 0)
      },
      colours: (_, y, r) =>
        two(colours, 0.1 + 0.4 * r.between(0, 1) + (tip * (form[0][1] - y)) / 500, r),
    }
  }
  const green = ramp('#02301c', '#06643a', '#12964a', '#6cc23a', '#c8e24a', '#f2f6a0')
  const cloud = ramp('#ff6a9a', '#ff8a8a', '#ffb08a', '#ffdcb0', '#fff4e0')

  const flowers = [
    [112, 566, 96],
    [292, 652, 88],
    [446, 596, 60],
    [900, 592, 104],
    [742, 668, 78],
    [588, 690, 66],
    [20, 724, 72],
    [1010, 736, 62],
    [430, 730, 52],
  ].map(([x, y, size], n) => flower(x!, y!, size!, blooms[n % 4]!))
  const leaves = Array.from({ length: 26 }, (_, n) => {
    const x = n * 41 + random.between(-25, 25)
    const tall = random.between(110, 270)
    const lean = random.between(-110, 110)
    return blade(green, 1, [x, 800], [x + lean, 800 - tall], random.between(34, 60), 0.3 * lean)
  })
  const clouds = Array.from({ length: 9 }, (_, n) => {
    const x = (n * 397) % 1024
    const y = 50 + ((n * 131) % 250)
    const long = random.between(70, 150)
    const rise = random.between(-26, 26)
    const thick = random.between(26, 48)
    return blade(
      cloud,
      0,
      [x - long, y - rise],
      [x + long, y + rise],
      thick,
      random.between(-16, 16),
    )
  })
  const ridge = (n: number, base: number, height: number, width: number) => (x: number) =>
    base + height * gentle(x / width, n * 9) + 0.3 * height * gentle(x / (width * 0.37), n * 5)
  const hill = (
    top: (x: number) => number,
    colours: (t: number) => Rgb,
    lean: number,
    size: readonly [number, number],
    n: number,
  ): Shape => {
    const cells = irregular(...size, seed + n)
    return {
      cut: (x, y) => (y > top(x) ? cells(x + lean * (y - top(x)), y - 0.6 * top(x)) : undefined),
      colours: (x, y, r) => two(colours, 0.75 - (y - top(x)) / 190, r),
    }
  }
  const water: Shape = {
    cut: (x, y) => {
      const depth = y - 496 + 7 * Math.sin(x / 47 + y / 30) + 9 * gentle(x / 110, 3)
      if (depth < 0) return undefined
      const row = Math.floor(Math.sqrt(depth) * 0.62)
      const wide = 70 + 95 * hash(row, 1, seed)
      return row * 64 + Math.floor((x + 200 * hash(row, 2, seed) + 0.7 * depth) / wide)
    },
    colours: (x, y, r) => {
      const glitter = Math.exp(-(((x - SUN.x) / (40 + 0.5 * (y - 480))) ** 2))
      return r.chance(0.85 * glitter)
        ? two(ramp('#ff8a1a', '#ffc83a', '#fff0a8'), 0.4, r, 0.4)
        : two(ramp('#06124a', '#0a3a9a', '#0a78b8', '#14b4b0', '#9af0d0'), 0.35, r, 0.3)
    },
  }
  const polar = (x: number, y: number) => ({
    r: Math.hypot(x - SUN.x, y - SUN.y),
    angle: Math.atan2(y - SUN.y, x - SUN.x),
  })
  const sun: Shape = {
    cut: (x, y) => {
      const { r, angle } = polar(x, y)
      if (r < 0.42 * SUN.radius) return 0
      if (r < SUN.radius) return 1 + petalAt(angle, 7).petal
      return r < 1.5 * SUN.radius ? 20 + petalAt(angle + 0.2, 15).petal : undefined
    },
    colours: (x, y, r) =>
      two(ramp('#fffbe0', '#ffec8a', '#ffc93a', '#ff9a14', '#ff6a14'), polar(x, y).r / 105, r),
  }
  const sky: Shape = {
    cut: (x, y) => {
      const { r, angle } = polar(x, y)
      const rays = r < 150 ? 27 : r < 330 ? 36 : 58
      const { petal } = petalAt(angle + 0.12 * Math.sin(3 * angle) + 0.05 * gentle(r / 90, 2), rays)
      const ring = Math.floor(r / 46 + 0.9 * hash(petal, rays, seed))
      return (ring * 3 + (rays % 7)) * 64 + petal
    },
    colours: (x, y, r) => {
      const dawn = ramp(
        '#ffd23a',
        '#ff9a2a',
        '#ff5a4a',
        '#d8308a',
        '#8a2ac0',
        '#3a2ad0',
        '#1450e0',
        '#0a8ad8',
        '#0a2a9a',
      )
      return two(dawn, (polar(x, y).r - 80) / 560 + 0.03 * r.bell(), r, r.between(-0.16, 0.16))
    },
  }
  const far = ridge(1, 385, 62, 170)
  const middle = ridge(2, 432, 56, 140)
  const bank = (x: number) =>
    462 + 50 * smoothstep(260, 520, x) * smoothstep(860, 560, x) + 20 * gentle(x / 90, 8)
  return [
    ...flowers,
    ...leaves,
    { ...water, cut: (x, y) => (y > bank(x) + 30 ? water.cut(x, y) : undefined) },
    hill(bank, ramp('#04381f', '#0a7a3c', '#58b03a', '#d0d83a', '#f6e87a'), 0.4, [66, 34], 20),
    hill(middle, ramp('#08104a', '#1c2a9a', '#3a5ad0', '#2aa0c0', '#8ae0d0'), -0.7, [52, 64], 30),
    hill(far, ramp('#2a0a5a', '#5a1a9a', '#9a3ac0', '#e06ac0', '#ffb0b0'), 0.6, [60, 70], 40),
    sun,
    ...clouds,
    sky,
  ]
}
