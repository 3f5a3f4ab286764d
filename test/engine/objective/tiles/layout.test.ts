import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  coreMask,
  fitTile,
  layTiles,
  overheadOf,
  type Span,
  tileCount,
} from '../../../../src/engine/objective/tiles/layout.ts'
import type { Margin } from '../../../../src/engine/objective/tiles/margins.ts'

const VGG19: Margin = { alignment: 16, margin: 160 }

const margins: fc.Arbitrary<Margin> = fc
  .record({ power: fc.integer({ min: 0, max: 4 }), cells: fc.integer({ min: 1, max: 10 }) })
  .map(({ power, cells }) => ({ alignment: 2 ** power, margin: 2 ** power * cells }))
const sizes = (max: number) =>
  fc.record({ width: fc.integer({ min: 1, max }), height: fc.integer({ min: 1, max }) })

/** Picture, wished tile and margin; a second margin that is at most the first, as of pass 1. */
const cases = fc
  .record({
    image: sizes(3000),
    wished: sizes(900),
    margin: margins,
    share: fc.double({ noNaN: true, min: 0, max: 1 }),
  })
  .map(({ share, ...rest }) => {
    const { alignment, margin } = rest.margin
    const smaller = Math.max(1, Math.round((share * margin) / alignment)) * alignment
    return { ...rest, smaller: { alignment, margin: smaller } }
  })

describe('a fitted tile', () => {
  test('leaves the remainder that the picture leaves, and is no larger than it', () => {
    fc.assert(
      fc.property(cases, ({ image, wished, margin }) => {
        const window = fitTile(image, wished, margin)
        for (const side of ['width', 'height'] as const) {
          expect(window[side] % margin.alignment).toBe(image[side] % margin.alignment)
          expect(window[side]).toBeLessThanOrEqual(image[side])
          expect(window[side]).toBeGreaterThanOrEqual(
            Math.min(image[side], 2 * margin.margin + margin.alignment),
          )
        }
      }),
    )
  })

  test('is the largest such one within the wish, where that has room for the margins', () => {
    fc.assert(
      fc.property(cases, ({ image, wished, margin }) => {
        const { width } = fitTile(image, wished, margin)
        fc.pre(wished.width <= image.width)
        fc.pre(wished.width >= 2 * margin.margin + 2 * margin.alignment)
        expect(width).toBeLessThanOrEqual(wished.width)
        expect(width).toBeGreaterThan(wished.width - margin.alignment)
      }),
    )
  })

  test('stays as it is when it is fitted again', () => {
    fc.assert(
      fc.property(cases, ({ image, wished, margin }) => {
        const window = fitTile(image, wished, margin)
        expect(fitTile(image, window, margin)).toEqual(window)
      }),
    )
  })
})

describe('a layout', () => {
  const eachAxis = (
    check: (spans: readonly Span[], extent: number, window: number, margin: Margin) => void,
  ) =>
    fc.assert(
      fc.property(cases, ({ image, wished, margin, smaller }) => {
        const window = fitTile(image, wished, margin)
        for (const used of [margin, smaller]) {
          const layout = layTiles(image, window, used)
          check(layout.rows, image.height, window.height, used)
          check(layout.columns, image.width, window.width, used)
        }
      }),
    )

  test('has cores that follow one another and cover the picture', () => {
    eachAxis((spans, extent) => {
      expect(spans[0]!.from).toBe(0)
      expect(spans.at(-1)!.to).toBe(extent)
      spans.slice(1).forEach(({ from }, i) => {
        expect(from).toBe(spans[i]!.to)
      })
      for (const { from, to } of spans) expect(to).toBeGreaterThan(from)
    })
  })

  test('keeps every core a margin away from inner edges of its window', () => {
    eachAxis((spans, extent, window, { alignment, margin }) => {
      for (const { start, from, to } of spans) {
        if (start > 0) expect(from - start).toBeGreaterThanOrEqual(margin)
        // An odd rest at the window's end is dropped by poolings where the picture goes on.
        const end = start + window
        if (end < extent) {
          expect(end - (window % alignment) - to).toBeGreaterThanOrEqual(margin)
        }
      }
    })
  })

  test('starts windows and cores at multiples of the alignment, within the picture', () => {
    eachAxis((spans, extent, window, { alignment }) => {
      for (const { start, from } of spans) {
        expect(start % alignment).toBe(0)
        expect(from % alignment).toBe(0)
        expect(start + window).toBeLessThanOrEqual(extent)
      }
      expect(spans.at(-1)!.start + window).toBe(extent)
    })
  })

  test('needs no more windows than the picture has room for cores, spread evenly', () => {
    eachAxis((spans, extent, window, { alignment, margin }) => {
      if (spans.length === 1) return
      const largest = window - (window % alignment) - 2 * margin
      expect(spans.length).toBe(1 + Math.ceil((extent - window) / largest))
      const steps = spans.slice(1).map(({ start }, i) => start - spans[i]!.start)
      expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(alignment)
    })
  })
})

test('a picture of 4096×3072 in windows of 1024 has 6×4 of them, 2.0 times its pixels', () => {
  const image = { width: 4096, height: 3072 }
  const layout = layTiles(image, fitTile(image, { width: 1024, height: 1024 }, VGG19), VGG19)
  expect(layout.columns).toHaveLength(6)
  expect(layout.rows).toHaveLength(4)
  expect(tileCount(layout)).toBe(24)
  expect(overheadOf(layout, image)).toBe(2)
})

test('a picture that fits is one window without margins', () => {
  const image = { width: 300, height: 201 }
  const layout = layTiles(image, fitTile(image, { width: 512, height: 64 }, VGG19), VGG19)
  const whole = (extent: number) => [{ start: 0, from: 0, to: extent }]
  expect(layout.columns).toEqual(whole(300))
  expect(layout.rows).toEqual(whole(201))
})

test('a mask is 1 within the core', () => {
  expect([...coreMask({ start: 10, from: 12, to: 15 }, 6)]).toEqual([0, 0, 1, 1, 1, 0])
})
