import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lattice } from '../../../bench/lattice.ts'
import { ImageError } from '../../../src/engine/errors.ts'
import {
  checkImage,
  checkMask,
  fillTransparent,
  type Mask,
  noiseImage,
  type PlanarImage,
  resize,
  resizeEvenly,
  resizeMask,
  resizeRows,
  rowsOf,
} from '../../../src/engine/picture/image.ts'
import { fitLongEdge } from '../../../src/engine/picture/pyramid.ts'

const flat = (
  width: number,
  height: number,
  colour: readonly [number, number, number],
): PlanarImage => ({
  width,
  height,
  data: Float32Array.from(
    { length: 3 * width * height },
    (_, i) => colour[Math.floor(i / (width * height))]!,
  ),
})

const extent = fc.integer({ min: 1, max: 40 })
const value = fc.float({ min: 0, max: 1, noNaN: true })

// Weights are divided by their sum in float64; results are rounded to float32, twice.
const FLOAT32_DIGITS = 6

describe.each([
  ['cubic', resize],
  ['even', resizeEvenly],
])('resizing, %s', (_, scaled) => {
  test('to the same size is the image itself', () => {
    const image = noiseImage(7, 5, 1)
    expect(scaled(image, 7, 5)).toBe(image)
  })

  test('keeps a flat image flat, and has the extents asked for', () => {
    fc.assert(
      fc.property(
        extent,
        extent,
        extent,
        extent,
        fc.tuple(value, value, value),
        (w, h, toW, toH, colour) => {
          const resized = scaled(flat(w, h, colour), toW, toH)
          expect([resized.width, resized.height, resized.data.length]).toEqual([
            toW,
            toH,
            3 * toW * toH,
          ])
          resized.data.forEach((v, i) => {
            expect(v).toBeCloseTo(colour[Math.floor(i / (toW * toH))]!, FLOAT32_DIGITS)
          })
        },
      ),
      { seed: 1, numRuns: 50 },
    )
  })

  test('stays within [0,1], where the cubic would overshoot', () => {
    const edge: PlanarImage = {
      width: 8,
      height: 1,
      data: Float32Array.from({ length: 24 }, (_, i) => (i % 8 < 4 ? 0 : 1)),
    }
    const { data } = scaled(edge, 31, 3)
    expect([Math.min(...data), Math.max(...data)]).toEqual([0, 1])
  })

  test('treats both directions alike', () => {
    const image = noiseImage(9, 6, 3)
    const turned = ({ width, height, data }: PlanarImage): PlanarImage => ({
      width: height,
      height: width,
      data: data.map((_, i) => {
        const [plane, position] = [Math.floor(i / (width * height)), i % (width * height)]
        const [y, x] = [position % height, Math.floor(position / height)]
        return data[plane * width * height + y * width + x]!
      }),
    })
    const once = scaled(image, 13, 4)
    const other = turned(scaled(turned(image), 4, 13))
    once.data.forEach((v, i) => {
      expect(other.data[i]).toBeCloseTo(v, FLOAT32_DIGITS)
    })
  })

  test('mirrors what is mirrored', () => {
    const image = noiseImage(10, 4, 3)
    const mirror = ({ width, height, data }: PlanarImage): PlanarImage => ({
      width,
      height,
      data: data.map((_, i) => data[i - (i % width) + width - 1 - (i % width)]!),
    })
    const once = scaled(image, 7, 9)
    mirror(scaled(mirror(image), 7, 9)).data.forEach((v, i) => {
      expect(v).toBeCloseTo(once.data[i]!, FLOAT32_DIGITS)
    })
  })

  test('resizes alpha with the colours', () => {
    const image = { ...noiseImage(8, 8, 1), alpha: new Float32Array(64).fill(0.25) }
    const { alpha } = scaled(image, 3, 5)
    expect(alpha).toHaveLength(15)
    for (const v of alpha!) expect(v).toBeCloseTo(0.25, FLOAT32_DIGITS)
    expect(scaled(noiseImage(8, 8, 1), 3, 5).alpha).toBeUndefined()
  })
})

describe('resizing with the cubic', () => {
  test('does not alias: fine stripes shrink to their mean', () => {
    const stripes: PlanarImage = {
      width: 64,
      height: 1,
      data: Float32Array.from({ length: 192 }, (_, i) => i % 2),
    }
    for (const v of resize(stripes, 8, 1).data.subarray(2, 6)) expect(v).toBeCloseTo(0.5, 2)
  })

  test('keeps a ramp a ramp away from its ends', () => {
    const ramp: PlanarImage = {
      width: 20,
      height: 1,
      data: Float32Array.from({ length: 60 }, (_, i) => (i % 20) / 20),
    }
    const { data } = resize(ramp, 40, 1)
    for (let x = 6; x < 34; x++) expect(data[x]).toBeCloseTo(((x + 0.5) / 2 - 0.5) / 20, 6)
  })
})

test('rows of a resized image are those of the whole, to the bit', () => {
  const image = { ...noiseImage(9, 7, 5), alpha: noiseImage(9, 7, 6).data.slice(0, 63) }
  for (const [width, height] of [
    [31, 23],
    [9, 7],
    [4, 3],
    [13, 5],
  ] as const) {
    for (const beyond of ['edge', 'opposite'] as const) {
      const whole = resize(image, width, height, beyond)
      for (const [top, bottom] of [
        [0, height],
        [0, 1],
        [1, 3],
        [height - 2, height],
      ] as const) {
        const rows = resizeRows(image, { width, height }, beyond, top, bottom)
        expect(rows).toEqual(rowsOf(whole, top, bottom))
      }
    }
  }
})

describe('resizing with opposite edges joined', () => {
  /** What stood at x stands at x + right, and what leaves comes in again. */
  const shifted = ({ width, height, data }: PlanarImage, right: number): PlanarImage => ({
    width,
    height,
    data: data.map((_, i) => data[i - (i % width) + (((i % width) - right + width) % width)]!),
  })

  test.each([
    ['cubic, larger', resize, 32, 16],
    ['cubic, smaller', resize, 8, 4],
    ['even, larger', resizeEvenly, 32, 16],
  ])('%s: what is shifted before is shifted after', (_, scaled, width, height) => {
    const image = noiseImage(16, 8, 5)
    const wanted = shifted(scaled(image, width, height, 'opposite'), (3 * width) / 8)
    scaled(shifted(image, 6), width, height, 'opposite').data.forEach((v, i) => {
      expect(v).toBeCloseTo(wanted.data[i]!, FLOAT32_DIGITS)
    })
    expect(scaled(image, width, height).data).not.toEqual(
      scaled(image, width, height, 'opposite').data,
    )
  })
})

test('resizing evenly leaves what is enlarged without the raster it was enlarged from', () => {
  const soft = resizeEvenly(noiseImage(24, 24, 5), 84, 84)
  expect(lattice(resizeEvenly(soft, 168, 168), 2)).toBeLessThan(1.02)
  expect(lattice(resize(soft, 168, 168), 2)).toBeGreaterThan(1.05)
})

describe('resizing a mask', () => {
  const row = (...data: number[]): Mask => ({
    width: data.length,
    height: 1,
    data: Float32Array.from(data),
  })

  test('to the same size is the mask itself', () => {
    const mask = row(0, 1)
    expect(resizeMask(mask, 2, 1)).toBe(mask)
  })

  test('averages what each pixel covers, in parts where edges do not meet', () => {
    expect([...resizeMask(row(0, 1, 1, 1), 2, 1).data]).toEqual([0.5, 1])
    const [first, second] = resizeMask(row(1, 0, 0), 2, 1).data
    expect(first).toBeCloseTo(2 / 3, FLOAT32_DIGITS)
    expect(second).toBe(0)
  })

  test('keeps the mean when it shrinks, and never leaves the range of its values', () => {
    fc.assert(
      fc.property(extent, extent, fc.nat(1000), (width, height, seed) => {
        const data = noiseImage(width, height, seed).data.slice(0, width * height)
        const mean = (values: Float32Array): number =>
          values.reduce((a, b) => a + b, 0) / values.length
        const smaller = resizeMask({ width, height, data }, Math.ceil(width / 2.5), height)
        expect(mean(smaller.data)).toBeCloseTo(mean(data), 5)
        const resized = resizeMask({ width, height, data }, 41, 23).data
        expect(Math.min(...resized)).toBeGreaterThanOrEqual(Math.min(...data) - 1e-6)
        expect(Math.max(...resized)).toBeLessThanOrEqual(Math.max(...data) + 1e-6)
      }),
      { seed: 3, numRuns: 50 },
    )
  })

  test('grows in straight lines, with hard ends', () => {
    expect([...resizeMask(row(0, 1), 4, 1).data]).toEqual([0, 0.25, 0.75, 1])
  })
})

describe('the long edge', () => {
  test('becomes what was asked for, the aspect kept, no side less than 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 1, max: 2000 }),
        (width, height, edge) => {
          const fitted = fitLongEdge({ width, height }, edge)
          expect(Math.max(fitted.width, fitted.height)).toBe(edge)
          expect(Math.min(fitted.width, fitted.height)).toBeGreaterThanOrEqual(1)
          const short = (edge * Math.min(width, height)) / Math.max(width, height)
          expect(
            Math.abs(Math.min(fitted.width, fitted.height) - Math.max(1, short)),
          ).toBeLessThanOrEqual(0.5)
        },
      ),
      { seed: 1 },
    )
  })
})

describe('filling what is transparent', () => {
  const half = (image: PlanarImage): PlanarImage => ({
    ...image,
    alpha: Float32Array.from({ length: image.width * image.height }, (_, i) =>
      i % image.width < image.width / 2 ? 1 : 0,
    ),
  })

  test('leaves an opaque image as it is', () => {
    const image = noiseImage(5, 4, 1)
    expect(fillTransparent(image)).toBe(image)
    const covered = { ...image, alpha: new Float32Array(20).fill(1) }
    expect(fillTransparent(covered)).toEqual(image)
  })

  test('does not read colours under alpha 0', () => {
    const image = half(noiseImage(11, 7, 2))
    const other = {
      ...image,
      data: image.data.map((v, i) => (image.alpha![i % 77] === 0 ? 1 - v : v)),
    }
    expect(fillTransparent(other)).toEqual(fillTransparent(image))
  })

  test('keeps visible colours and spreads them', () => {
    const colour = [0.25, 0.5, 0.75] as const
    const image = half(flat(12, 6, colour))
    const hidden = {
      ...image,
      data: image.data.map((v, i) => (image.alpha![i % 72] === 0 ? 1 : v)),
    }
    const filled = fillTransparent(hidden)
    expect(filled.alpha).toBeUndefined()
    filled.data.forEach((v, i) => {
      expect(v).toBeCloseTo(colour[Math.floor(i / 72)]!, FLOAT32_DIGITS)
    })
  })

  test('leaves the colour of what is partly transparent as it is', () => {
    const image = { ...noiseImage(9, 8, 3), alpha: noiseImage(9, 8, 4).data.slice(0, 72) }
    expect(image.alpha.every((value) => value > 0)).toBe(true)
    expect(fillTransparent(image).data).toEqual(image.data)
  })

  test('stays within the visible colours', () => {
    fc.assert(
      fc.property(extent, extent, fc.nat(1000), (width, height, seed) => {
        const image = noiseImage(width, height, seed)
        const alpha = noiseImage(width, height, seed + 1).data.slice(0, width * height)
        const cut = alpha.map((v) => Math.max(0, 2 * v - 1))
        if (cut.every((v) => v === 0)) return
        const filled = fillTransparent({ ...image, alpha: cut }).data
        expect(Math.min(...filled)).toBeGreaterThanOrEqual(0)
        // One rounding above what is there at most.
        expect(Math.max(...filled)).toBeLessThan(1 + 1e-6)
      }),
      { seed: 1, numRuns: 50 },
    )
  })
})

describe('noise', () => {
  test('is the same for the same seed and uniform in [0,1)', () => {
    const { data } = noiseImage(100, 100, 42)
    expect(noiseImage(100, 100, 42).data).toEqual(data)
    expect(noiseImage(100, 100, 43).data).not.toEqual(data)
    expect(data.every((v) => v >= 0 && v < 1)).toBe(true)
    const mean = data.reduce((a, b) => a + b, 0) / data.length
    // 30,000 values: a standard error of 0.0017.
    expect(mean).toBeCloseTo(0.5, 2)
    const variance = data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length
    expect(variance).toBeCloseTo(1 / 12, 2)
  })

  test('never changes, as pictures of a seed are to be had again', () => {
    expect([...noiseImage(1, 1, 0).data]).toMatchInlineSnapshot(`
      [
        0.26642921566963196,
        0.0003297457005828619,
        0.22327202558517456,
      ]
    `)
  })
})

describe('checking an image', () => {
  test('names what is wrong with it', () => {
    const image = noiseImage(4, 3, 1)
    expect(() => checkImage('content', image)).not.toThrow()
    const short = { ...image, data: image.data.slice(1) }
    expect(() => checkImage('content', short)).toThrow(ImageError)
    expect(() => checkImage('content', short)).toThrow(
      'content: expected 36 colour values for 4×3 pixels, got 35',
    )
    const broken = { ...image, data: image.data.map(() => Number.POSITIVE_INFINITY) }
    expect(() => checkImage('style', broken)).toThrow(
      'style: holds values that are not finite; save it as 8 or 16 bit',
    )
  })
})

describe('checking a mask', () => {
  const mask = (...data: number[]): Mask => ({ width: 2, height: 1, data: Float32Array.from(data) })

  test('names what is wrong with it', () => {
    expect(() => checkMask('strength map', mask(0, 1))).not.toThrow()
    expect(() => checkMask('strength map', mask(0))).toThrow(
      'strength map: expected 2 values for 2×1 pixels and at least one, got 1',
    )
    expect(() => checkMask('style mask', mask(0.5, -1))).toThrow(ImageError)
    expect(() => checkMask('style mask', mask(0.5, -1))).toThrow(
      'style mask: expected values from 0 to 1, got -1',
    )
    expect(() => checkMask('style mask', mask(Number.NaN, 1))).toThrow('got NaN')
  })
})
