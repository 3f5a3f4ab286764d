import { describe, expect, test } from 'vitest'
import {
  clampColors,
  colorMapBetween,
  colorMomentsOf,
  moveColors,
  pooledMoments,
} from '../../../src/engine/picture/color-match.ts'
import { noiseImage, type PlanarImage } from '../../../src/engine/picture/image.ts'
import { readPicture, SAMPLES, STYLES } from '../../pictures.ts'

const photographs = await Promise.all(SAMPLES.map((path) => readPicture(path, 200)))

const matched = (image: PlanarImage, other: PlanarImage): PlanarImage =>
  moveColors(image, colorMapBetween(colorMomentsOf(image), colorMomentsOf(other)))

function expectSameMoments(image: PlanarImage, other: PlanarImage, within: number): void {
  const [got, wanted] = [colorMomentsOf(image), colorMomentsOf(other)]
  for (const part of ['mean', 'covariance'] as const) {
    got[part].forEach((value, i) => {
      expect(Math.abs(value - wanted[part][i]!)).toBeLessThan(within)
    })
  }
}

describe('moments', () => {
  test('of three pixels are what paper and pencil give', () => {
    const image = {
      width: 3,
      height: 1,
      data: Float32Array.of(0, 0.5, 1, 1, 0.5, 0, 0.25, 0.25, 0.25),
    }
    const { mean, covariance } = colorMomentsOf(image)
    expect(mean).toEqual([0.5, 0.5, 0.25])
    const v = 1 / 6
    covariance.forEach((value, i) => {
      expect(value).toBeCloseTo([v, -v, 0, -v, v, 0, 0, 0, 0][i]!, 12)
    })
  })

  test('count pixels by weight, or by alpha', () => {
    const image = noiseImage(6, 4, 1)
    const alpha = Float32Array.from({ length: 24 }, (_, i) => (i % 6 < 3 ? 1 : 0))
    const half = {
      width: 3,
      height: 4,
      data: Float32Array.from(image.data.filter((_, i) => i % 6 < 3)),
    }
    const wanted = colorMomentsOf(half)
    for (const got of [colorMomentsOf(image, alpha), colorMomentsOf({ ...image, alpha })]) {
      got.covariance.forEach((value, i) => {
        expect(value).toBeCloseTo(wanted.covariance[i]!, 12)
      })
    }
  })

  test('of pictures side by side are those of one picture of them all', () => {
    const parts = [
      noiseImage(5, 4, 2),
      { ...noiseImage(5, 4, 3), data: new Float32Array(60).fill(0.2) },
    ]
    const [first, second] = parts as [PlanarImage, PlanarImage]
    const beside = (a: PlanarImage, b: PlanarImage, times: number): PlanarImage => ({
      width: 20 * (1 + times),
      height: 1,
      data: Float32Array.from(
        [0, 20, 40].flatMap((at) => [
          ...a.data.slice(at, at + 20),
          ...Array.from({ length: times }, () => [...b.data.slice(at, at + 20)]).flat(),
        ]),
      ),
    })
    const pooled = pooledMoments([
      { moments: colorMomentsOf(first), weight: 0.5 },
      { moments: colorMomentsOf(second), weight: 1.5 },
    ])
    const wanted = colorMomentsOf(beside(first, second, 3))
    for (const part of ['mean', 'covariance'] as const) {
      pooled[part].forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[part][i]!, 10)
      })
    }
  })
})

describe('a matched style', () => {
  test.each(STYLES)(
    '%s has the mean and covariance of each photograph within 1e-3',
    async (path) => {
      const style = await readPicture(path, 200)
      for (const photograph of photographs) {
        expectSameMoments(matched(style, photograph), photograph, 1e-3)
      }
    },
  )

  test('that is matched to itself stays as it is', async () => {
    const style = await readPicture(STYLES[0]!, 64)
    matched(style, style).data.forEach((value, i) => {
      expect(value).toBeCloseTo(style.data[i]!, 5)
    })
  })

  test('moves back when it is matched to what it was', () => {
    const [image, other] = [noiseImage(20, 20, 4), photographs[0]!]
    matched(matched(image, other), image).data.forEach((value, i) => {
      expect(value).toBeCloseTo(image.data[i]!, 2)
    })
  })

  test('moves colours by a symmetric map, so that no hue is turned into another on the way', () => {
    const [from, to] = [colorMomentsOf(noiseImage(9, 9, 5)), colorMomentsOf(photographs[1]!)]
    const { matrix } = colorMapBetween(from, to)
    for (const [i, j] of [
      [1, 3],
      [2, 6],
      [5, 7],
    ] as const) {
      expect(matrix[i]).toBeCloseTo(matrix[j]!, 12)
    }
  })

  test('may leave the range before it is clamped, and not after', () => {
    const moved = matched(noiseImage(30, 30, 6), photographs[2]!)
    expect(Math.max(...moved.data)).toBeGreaterThan(1)
    for (const value of clampColors(moved).data) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1)
    }
  })
})

describe('colours without spread', () => {
  const gray = (image: PlanarImage): PlanarImage => {
    const plane = image.data.slice(0, image.width * image.height)
    return { ...image, data: Float32Array.from([...plane, ...plane, ...plane]) }
  }

  test('that are gray take on the mean and the spread along gray', () => {
    const photograph = photographs[0]!
    const moved = matched(gray(noiseImage(40, 40, 7)), photograph)
    expect(moved.data.every(Number.isFinite)).toBe(true)
    const [got, wanted] = [colorMomentsOf(moved), colorMomentsOf(photograph)]
    got.mean.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted.mean[i]!, 6)
    })
    const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
    expect(total(got.covariance)).toBeCloseTo(total(wanted.covariance), 2)
  })

  test('of a flat picture become the mean', () => {
    const flat = { width: 4, height: 4, data: new Float32Array(48).fill(0.7) }
    const { mean } = colorMomentsOf(photographs[3]!)
    matched(flat, photographs[3]!).data.forEach((value, i) => {
      expect(value).toBeCloseTo(mean[Math.floor(i / 16)]!, 6)
    })
  })

  test('are what a coloured style becomes for a gray photograph', () => {
    const { data } = matched(noiseImage(30, 30, 8), gray(photographs[0]!))
    for (let i = 0; i < 900; i++) {
      expect(Math.abs(data[i]! - data[900 + i]!)).toBeLessThan(0.02)
    }
  })
})
