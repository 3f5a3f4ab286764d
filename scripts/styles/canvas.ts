/** What every style draws with: a float canvas, seeded chance, noise and colour. */

/** Red, green, blue as sRGB values in [0,1]. */
export type Rgb = readonly [number, number, number]

/** A finished picture: interleaved 8-bit sRGB. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Styles are composed on a sheet of this many units, whatever the size in pixels. */
export const SHEET = { width: 1024, height: 768 } as const

/** The sheet at some resolution: colour, and relief (thickness of paint) for those who light it. */
export interface Canvas {
  readonly width: number
  readonly height: number
  /** Pixels per unit of the sheet. */
  readonly scale: number
  /** [H,W,3], sRGB in [0,1]. */
  readonly rgb: Float32Array
  /** [H,W], in units of the sheet. */
  readonly relief: Float32Array
}

/** Twice the size asked for, because `finish` halves it: that is the antialiasing. */
export function createCanvas(widthPx: number, ground: Rgb): Canvas {
  const width = 2 * Math.round(widthPx)
  const height = 2 * Math.round((widthPx * SHEET.height) / SHEET.width)
  const rgb = new Float32Array(width * height * 3)
  for (let i = 0; i < rgb.length; i++) rgb[i] = ground[i % 3]!
  return {
    width,
    height,
    scale: width / SHEET.width,
    rgb,
    relief: new Float32Array(width * height),
  }
}

/** The mean of each 2×2 block, as bytes. */
export function finish({ width, height, rgb }: Canvas): Picture {
  const data = new Uint8Array((width * height * 3) / 4)
  const row = width * 3
  let out = 0
  for (let y = 0; y < height; y += 2)
    for (let x = 0; x < width; x += 2)
      for (let c = 0; c < 3; c++) {
        const i = y * row + x * 3 + c
        const mean = (rgb[i]! + rgb[i + 3]! + rgb[i + row]! + rgb[i + row + 3]!) / 4
        data[out++] = Math.round(255 * clamp(mean))
      }
  return { width: width / 2, height: height / 2, data }
}

/** Calls `visit` with the sheet position of every pixel's centre and its index. */
export function eachPixel(canvas: Canvas, visit: (x: number, y: number, i: number) => void): void {
  for (let py = 0, i = 0; py < canvas.height; py++)
    for (let px = 0; px < canvas.width; px++, i++)
      visit((px + 0.5) / canvas.scale, (py + 0.5) / canvas.scale, i)
}

/** Lays `colour` over pixel `i`. */
export function blend({ rgb }: Canvas, i: number, colour: Rgb, opacity: number): void {
  for (let c = 0; c < 3; c++) rgb[i * 3 + c]! += (colour[c]! - rgb[i * 3 + c]!) * opacity
}

// Numbers

export const clamp = (x: number, low = 0, high = 1) => Math.min(high, Math.max(low, x))
export const lerp = (a: number, b: number, t: number) => a + (b - a) * t

/** 0 below `from`, 1 above `to`, smooth between; `from` may exceed `to`. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = clamp((x - from) / (to - from))
  return t * t * (3 - 2 * t)
}

// Chance

export interface Random {
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** About normal: mean 0, deviation 1, never beyond ±3.5. */
  bell(): number
  pick<T>(choices: readonly T[]): T
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for a picture. */
export function createRandom(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    between: (low, high) => lerp(low, high, next()),
    chance: (probability) => next() < probability,
    bell: () => (next() + next() + next() + next() - 2) * Math.sqrt(3),
    pick: (choices) => choices[Math.floor(next() * choices.length)]!,
  }
}

/** A value in [0,1) for each lattice point. */
export function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32
}

export type Noise = (x: number, y: number) => number

const DIRECTIONS = Array.from({ length: 256 }, (_, n) => (n / 128) * Math.PI)
const COSINES = DIRECTIONS.map(Math.cos)
const SINES = DIRECTIONS.map(Math.sin)

/** Gradient noise about [-1,1] with features of size 1. Perlin 2002 (quintic fade);
 *  differs: 256 directions of equal length, chosen by a hash instead of a permutation. */
export function createNoise(seed: number): Noise {
  const dot = (ix: number, iy: number, dx: number, dy: number) => {
    const n = Math.floor(hash(ix, iy, seed) * 256)
    return COSINES[n]! * dx + SINES[n]! * dy
  }
  const fade = (t: number) => t * t * t * (t * (t * 6 - 15) + 10)
  return (x, y) => {
    const [ix, iy] = [Math.floor(x), Math.floor(y)]
    const [dx, dy] = [x - ix, y - iy]
    const top = lerp(dot(ix, iy, dx, dy), dot(ix + 1, iy, dx - 1, dy), fade(dx))
    const bottom = lerp(dot(ix, iy + 1, dx, dy - 1), dot(ix + 1, iy + 1, dx - 1, dy - 1), fade(dx))
    return 1.5 * lerp(top, bottom, fade(dy))
  }
}

/** Octaves of noise, each twice as fine and half as strong as the one before. */
export function fractal(noise: Noise, octaves: number): Noise {
  return (x, y) => {
    let sum = 0
    for (let o = 0; o < octaves; o++) sum += noise(x * 2 ** o + o * 17.3, y * 2 ** o) / 2 ** o
    return sum
  }
}

// Colour

/** `#rrggbb` as numbers. */
export function hex(code: string): Rgb {
  const n = Number.parseInt(code.slice(1), 16)
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255]
}

/** Mixes in sRGB, muddy as pigment is between distant hues. */
export function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [lerp(a[0], b[0], t), lerp(a[1], b[1], t), lerp(a[2], b[2], t)]
}

/** Lighter (or darker) by `light`, warmer (or cooler) by `warmth`, with the greyness unchanged. */
export function shift([r, g, b]: Rgb, light: number, warmth = 0): Rgb {
  const gain = 1 + light
  return [
    clamp((r + warmth * 0.6) * gain + Math.max(0, light) * 0.06),
    clamp((g + warmth * 0.15) * gain + Math.max(0, light) * 0.06),
    clamp((b - warmth * 0.6) * gain + Math.max(0, light) * 0.04),
  ]
}

/** A gradient through colours at equal distances: position in [0,1] to colour. */
export function ramp(...codes: string[]): (position: number) => Rgb {
  const colours = codes.map(hex)
  return (position) => {
    const at = clamp(position) * (colours.length - 1)
    const i = Math.min(colours.length - 2, Math.floor(at))
    return mix(colours[i]!, colours[i + 1]!, at - i)
  }
}
