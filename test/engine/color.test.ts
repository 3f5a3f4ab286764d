import { expect, test } from 'vitest'
import { matchLuma, toGray, withLumaOf } from '../../src/engine/color.ts'
import { noiseImage, type PlanarImage } from '../../src/engine/image.ts'

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
