import { expect, test } from 'vitest'
import { matchLuma, toGray, withLumaOf } from '../../../src/engine/picture/color.ts'
import { noiseImage, type PlanarImage, resize } from '../../../src/engine/picture/image.ts'
import { readPicture, SAMPLES, STYLES } from '../../pictures.ts'

/** Y, I and Q of pixel `i` (NTSC 1953, as in Gatys et al. 2016). */
function yiq({ width, height, data }: PlanarImage, i: number): [number, number, number] {
  const pixels = width * height
  const [r, g, b] = [data[i]!, data[pixels + i]!, data[2 * pixels + i]!]
  return [
    0.299 * r + 0.587 * g + 0.114 * b,
    0.5959 * r - 0.2746 * g - 0.3213 * b,
    0.2115 * r - 0.5227 * g + 0.3112 * b,
  ]
}

/** Noise that leaves room for luma to change before a colour clips. */
const colours = (seed: number, low: number, high: number): PlanarImage => {
  const image = noiseImage(16, 12, seed)
  return { ...image, data: image.data.map((value) => low + value * (high - low)) }
}

test('the picture gives light and dark, the photograph its chroma', () => {
  const picture = colours(1, 0.4, 0.6)
  const photograph = colours(2, 0.4, 0.6)
  const mixed = withLumaOf(picture, photograph)
  for (let i = 0; i < 16 * 12; i++) {
    const [y] = yiq(picture, i)
    const [, wantI, wantQ] = yiq(photograph, i)
    const [gotY, gotI, gotQ] = yiq(mixed, i)
    // float32, and I and Q's coefficients have four digits.
    expect(gotY).toBeCloseTo(y, 5)
    expect(gotI).toBeCloseTo(wantI, 4)
    expect(gotQ).toBeCloseTo(wantQ, 4)
  }
})

test('a photograph’s own luma gives the photograph back', () => {
  const photograph = colours(3, 0, 1)
  withLumaOf(toGray(photograph), photograph).data.forEach((value, i) => {
    expect(value).toBeCloseTo(photograph.data[i]!, 6)
  })
})

test('a style takes on mean and spread of the photograph’s luma', () => {
  const matched = matchLuma(toGray(colours(4, 0.1, 0.3)), toGray(colours(5, 0.3, 0.8)))
  const content = toGray(colours(5, 0.3, 0.8))
  const momentsOf = (values: Float32Array) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    return [mean, Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)]
  }
  const [mean, deviation] = momentsOf(matched.data)
  const [wantMean, wantDeviation] = momentsOf(content.data)
  // The tails of a stretched distribution may clip at 0 or 1.
  expect(mean).toBeCloseTo(wantMean!, 2)
  expect(deviation).toBeCloseTo(wantDeviation!, 2)
})

test('a flat style stays flat', () => {
  const flat = colours(6, 0.5, 0.5)
  const values = new Set(matchLuma(flat, toGray(colours(7, 0, 1))).data)
  expect(values.size).toBe(1)
})

test('spread and mean of a style are those of its visible part, the photograph’s of what counts', () => {
  const style = toGray(colours(8, 0.2, 0.4))
  const content = toGray(colours(9, 0.3, 0.8))
  const isIn = (i: number): boolean => i % 16 < 9
  const weights = Float32Array.from({ length: 16 * 12 }, (_, i) => (isIn(i) ? 1 : 0))
  const other = (image: PlanarImage): PlanarImage => ({
    ...image,
    data: image.data.map((value, i) => (isIn(i) ? value : 1)),
  })
  const matched = matchLuma({ ...style, alpha: weights }, content, weights)
  const again = matchLuma({ ...other(style), alpha: weights }, other(content), weights)
  matched.data.forEach((value, i) => {
    if (isIn(i)) expect(again.data[i]).toBe(value)
  })
})

test.each(SAMPLES)(
  '%s keeps its chroma within 1/255, in 8 bits, whatever is painted',
  async (name) => {
    const photograph = await readPicture(name, 160)
    const { width, height, data } = photograph
    const pixels = width * height
    const pictures = [
      ...(await Promise.all(STYLES.slice(0, 3).map((style) => readPicture(style, 160)))),
      noiseImage(width, height, 3),
      { ...photograph, data: data.map(() => 0) },
      { ...photograph, data: data.map(() => 1) },
    ]
    for (const picture of pictures) {
      const mixed = withLumaOf(resize(picture, width, height), photograph)
      expect(mixed.data.every((value) => value >= 0 && value <= 1)).toBe(true)
      const stored = { ...mixed, data: mixed.data.map((value) => Math.round(value * 255) / 255) }
      let worst = 0
      for (let i = 0; i < pixels; i++) {
        const [, wantI, wantQ] = yiq(photograph, i)
        const [, gotI, gotQ] = yiq(stored, i)
        worst = Math.max(worst, Math.abs(gotI - wantI), Math.abs(gotQ - wantQ))
      }
      expect(worst).toBeLessThanOrEqual(1 / 255)
    }
  },
)

test('a colour at the edge of the gamut gives up light, not chroma', () => {
  const one = (r: number, g: number, b: number): PlanarImage => ({
    width: 1,
    height: 1,
    data: Float32Array.of(r, g, b),
  })
  // There is room for a quarter more red, and for no less blue.
  expect([...withLumaOf(one(1, 1, 1), one(0.75, 0.25, 0)).data]).toEqual([1, 0.5, 0.25])
  expect([...withLumaOf(one(0, 0, 0), one(0.75, 0.25, 0)).data]).toEqual([0.75, 0.25, 0])
})
