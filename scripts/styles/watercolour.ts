/** Watercolour: hills in mist above a meadow of poppies, in transparent washes on rough paper. */

import {
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
  type Noise,
  type Picture,
  type Rgb,
  SHEET,
  smoothstep,
} from './canvas.ts'

const PAPER = hex('#faf6ec')

/** A brushful of water and pigment. */
interface Wash {
  /** What white paper looks like under it. */
  readonly colour: Rgb
  readonly strength: number
  /** Units from the edge inwards, negative outside. */
  readonly inset: (x: number, y: number) => number
  /** Left, top, right, bottom; the sheet when absent. */
  readonly box?: readonly [number, number, number, number]
  /** Units over which the edge bleeds: small on dry paper, large on wet. */
  readonly bleed: number
  /** Share of the washes below that is lifted off first, as where masking fluid kept them out. */
  readonly lift?: number
  /** Units inwards over which it thins out to clear water. */
  readonly fade?: number
}

export function drawWatercolour(widthPx: number, seed: number): Picture {
  const canvas = createCanvas(widthPx, PAPER)
  const edge = fractal(createNoise(seed + 1), 4)
  const pool = fractal(createNoise(seed + 2), 3)
  const tooth = fractal(createNoise(seed + 3), 3)
  const bumps = new Float32Array(canvas.width * canvas.height)
  eachPixel(canvas, (x, y, i) => {
    bumps[i] = tooth(x / 4.5, y / 4.5)
  })
  compose(seed).forEach((wash, n) => {
    lay(canvas, wash, n * 31.7, edge, pool, bumps)
  })
  for (let i = 0; i < canvas.rgb.length; i++)
    canvas.rgb[i]! *= 1 + 0.025 * bumps[Math.floor(i / 3)]!
  return finish(canvas)
}

/** Each wash filters the light of those below: value · colour^density (Beer–Lambert). */
function lay(
  { rgb, width, height, scale }: Canvas,
  { colour, strength, inset, box = [0, 0, SHEET.width, SHEET.height], bleed, lift = 0, fade }: Wash,
  offset: number,
  edge: Noise,
  pool: Noise,
  bumps: Float32Array,
): void {
  const absorbed = colour.map((c) => Math.log(Math.max(0.02, c)))
  const [left, top, right, bottom] = box
  for (let py = Math.max(0, Math.floor(top * scale)); py < Math.min(height, bottom * scale); py++)
    for (
      let px = Math.max(0, Math.floor(left * scale));
      px < Math.min(width, right * scale);
      px++
    ) {
      const [x, y] = [px / scale, py / scale]
      const rough = inset(x, y)
      if (rough < -14 - bleed) continue
      const i = py * width + px
      const depth = rough + (5 + bleed * 0.5) * edge(x / 34 + offset, y / 34) + 0.7 * bumps[i]!
      const covered = smoothstep(-bleed / 2, bleed / 2 + 0.8, depth)
      if (covered === 0) continue
      // Pigment is carried to the drying edge, settles in the paper's hollows and in pools.
      const rim =
        bleed < 8
          ? 0.75 * Math.exp(-((depth / 2.6) ** 2)) + 0.3 * Math.exp(-Math.max(0, depth) / 14)
          : 0
      const pooled =
        0.72 + 0.5 * pool(x / 95 + offset, y / 75) + 0.16 * pool(x / 15, y / 15 + offset)
      const thinned = fade ? smoothstep(fade, 0, depth) : 1
      const density =
        strength * thinned * covered * (clamp(pooled, 0.12, 1.5) + rim) * (1 - 0.2 * bumps[i]!)
      for (let c = 0; c < 3; c++) {
        const k = i * 3 + c
        rgb[k] = lerp(rgb[k]!, PAPER[c]!, lift * covered) * Math.exp(absorbed[c]! * density)
      }
    }
}

function compose(seed: number): Wash[] {
  const random = createRandom(seed)
  const gentle = createNoise(seed + 4)
  const washes: Wash[] = []
  const blob = (
    x: number,
    y: number,
    rx: number,
    ry: number,
    wash: Pick<Wash, 'colour' | 'strength' | 'bleed' | 'lift'>,
  ) =>
    washes.push({
      ...wash,
      box: [x - rx * 1.6 - 30, y - ry * 1.6 - 30, x + rx * 1.6 + 30, y + ry * 1.6 + 30],
      inset: (px, py) =>
        (1 - Math.hypot((px - x) / rx, (py - y) / ry)) * Math.min(rx, ry) +
        0.5 * ry * gentle((px / rx) * 1.7 + x, (py / ry) * 1.2 + y),
    })
  const pick = (...codes: string[]) => hex(random.pick(codes))

  // Wet sky: broad soft blooms, a few of them dried with an edge.
  for (let n = 0; n < 24; n++)
    blob(
      random.between(-40, 1064),
      random.between(-20, 330),
      random.between(80, 250),
      random.between(30, 80),
      {
        colour: pick(
          '#4f9ad8',
          '#2f74c4',
          '#7fb4e4',
          '#f5a878',
          '#ee8098',
          '#fbcf5f',
          '#6a70cc',
          '#3fb0c0',
        ),
        strength: random.between(0.35, 0.75),
        bleed: random.pick([3, 22, 34, 44]),
      },
    )
  // Hills, each clear at its foot: the mist before the next.
  const hills = ['#8f8fd8', '#5a7fd0', '#3563b0', '#2a8898', '#2f8f5f', '#86a832']
  for (const [n, code] of hills.entries()) {
    const top = (x: number) =>
      236 + n * 62 + (74 - 6 * n) * gentle(x / (190 - 14 * n), n * 7) + 12 * gentle(x / 34, n)
    washes.push({
      colour: hex(code),
      strength: 0.85,
      bleed: 2.5,
      lift: 0.75,
      fade: 150,
      box: [0, 150 + n * 60, SHEET.width, 520 + n * 62],
      inset: (x, y) => y - top(x),
    })
  }
  for (let n = 0; n < 24; n++) {
    const [x, tall] = [random.between(-10, 1034), random.between(16, 44)]
    const y = random.pick([430, 492, 540]) + random.between(-16, 16)
    blob(x, y, tall * random.between(0.5, 1.3), tall, {
      colour: pick('#1f5f5a', '#2f7a3f', '#1a3f6a', '#7a8a2f', '#b8772f'),
      strength: 0.9,
      bleed: random.pick([2, 2, 12]),
      lift: 0.35,
    })
  }
  for (let n = 0; n < 90; n++)
    blob(
      random.between(-20, 1044),
      random.between(560, 790),
      random.between(30, 130),
      random.between(10, 34),
      {
        colour: pick('#9fc53a', '#4f9f3f', '#2a8a5a', '#f0d23f', '#1f6f7a', '#d8972f', '#3f7fc4'),
        strength: random.between(0.45, 0.85),
        bleed: random.pick([2, 3, 14]),
        lift: 0.3,
      },
    )
  for (let n = 0; n < 150; n++) {
    const y = 570 + 215 * random.between(0, 1)
    const size = 4 + (y - 540) * 0.09 * random.between(0.4, 1.2)
    const x = random.between(-10, 1034)
    const colour = pick('#e8301f', '#e01f48', '#f5641f', '#f9a51f', '#cf2a7a', '#e8301f', '#5a4fc4')
    blob(x, y, size * 1.3, size, { colour, strength: 0.95, bleed: 2, lift: 0.9 })
    if (size > 8)
      blob(x, y + size * 0.2, size * 0.36, size * 0.3, {
        colour: hex('#3a0f3a'),
        strength: 1.1,
        bleed: 2,
      })
  }
  return washes
}
