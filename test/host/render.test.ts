import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainLayer } from '../../src/host/photograph.ts'
import { convertMode, renderComposite, renderRgba } from '../../src/host/render.ts'
import type { DocumentState, LayerState, Rect } from '../../src/host/state.ts'
import { documents } from './documents.ts'

const CANVAS: Rect = { left: 0, top: 0, right: 4, bottom: 1 }

type Color = readonly number[]

/** A layer of one color; `alpha` is absent for an opaque one. */
function flat(
  color: Color,
  given: Partial<LayerState> & { readonly bounds?: Rect; readonly alpha?: number } = {},
): LayerState {
  const { bounds = CANVAS, alpha, ...rest } = given
  const size = (bounds.right - bounds.left) * (bounds.bottom - bounds.top)
  const plane = (value: number) => new Uint8Array(size).fill(value)
  return {
    ...plainLayer(1, 'flat', {
      bounds,
      color: color.map(plane),
      ...(alpha === undefined ? {} : { alpha: plane(alpha) }),
    }),
    ...rest,
  }
}

function group(children: readonly LayerState[], given: Partial<LayerState> = {}): LayerState {
  return { ...plainLayer(2, 'group'), kind: 'group', children, ...given }
}

function document(
  layers: readonly LayerState[],
  given: Partial<DocumentState> = {},
): DocumentState {
  return { width: 4, height: 1, resolution: 72, mode: 'rgb', depth: 8, layers, ...given }
}

function pixel(state: DocumentState, x = 0): number[] {
  return Array.from(renderRgba(state).data.subarray(4 * x, 4 * x + 4))
}

describe('layers', () => {
  test('are drawn top first in the list, last on the canvas', () => {
    const state = document([flat([9, 9, 9]), flat([1, 2, 3])])
    expect(pixel(state)).toEqual([9, 9, 9, 255])
  })

  test('mix by opacity times fill opacity times alpha', () => {
    const above = flat([200, 0, 100], { opacity: 50, fillOpacity: 50, alpha: 204 })
    // 0.5 · 0.5 · 0.8 = 0.2
    expect(pixel(document([above, flat([100, 100, 100])]))).toEqual([120, 80, 100, 255])
  })

  test('that are hidden are left out, with all that is in them', () => {
    const hidden = { isVisible: false }
    const state = document([
      flat([9, 9, 9], hidden),
      group([flat([8, 8, 8])], hidden),
      flat([1, 2, 3]),
    ])
    expect(pixel(state)).toEqual([1, 2, 3, 255])
  })

  test('reach only as far as their bounds and the canvas', () => {
    const bounds = { left: -2, top: -1, right: 1, bottom: 2 }
    const state = document([flat([9, 9, 9], { bounds }), flat([1, 2, 3])])
    expect([0, 1].map((x) => pixel(state, x)[0])).toEqual([9, 1])
  })

  test('keep their colors where they are transparent', () => {
    expect(pixel(document([flat([10, 20, 30], { alpha: 51 })]))).toEqual([10, 20, 30, 51])
    expect(pixel(document([]))).toEqual([0, 0, 0, 0])
  })

  test.each([
    ['multiply', 100],
    ['screen', 200],
    ['overlay', 146],
    ['darken', 100],
    ['lighten', 200],
    ['linearDodge', 255],
    ['difference', 100],
    ['normal', 200],
    ['hue', 200],
  ] as const)('blend by %s', (blendMode, expected) => {
    const [backdrop, source] =
      blendMode === 'multiply' || blendMode === 'screen' ? [128, 199] : [100, 200]
    const closed: Record<string, number> = {
      multiply: (128 * 199) / 255,
      screen: 128 + 199 - (128 * 199) / 255,
      overlay: (2 * 100 * 200) / 255,
    }
    const state = document([
      flat([source, source, source], { blendMode }),
      flat([backdrop, backdrop, backdrop]),
    ])
    expect(pixel(state)[0]).toBe(Math.round(closed[blendMode] ?? expected))
  })

  test('blend by soft light as Photoshop does: a half source changes nothing', () => {
    const blendMode = 'softLight'
    const over = (source: number, backdrop: number) =>
      pixel(document([flat([source, source, source], { blendMode }), flat([backdrop, 0, 255])]))
    expect(over(255, 64)).toEqual([Math.round(255 * Math.sqrt(64 / 255)), 0, 255, 255])
    expect(over(0, 64)).toEqual([Math.round(64 ** 2 / 255), 0, 255, 255])
    expect(Math.abs(over(128, 64)[0]! - 64)).toBeLessThanOrEqual(1)
  })

  test('blend only with what is below them, and are plain where nothing is', () => {
    const above = flat([100, 100, 100], { blendMode: 'multiply' })
    expect(pixel(document([above]))).toEqual([100, 100, 100, 255])
  })
})

describe('masks', () => {
  const mask = (outside: number, isEnabled = true) => ({
    bounds: { left: 1, top: 0, right: 3, bottom: 1 },
    samples: Uint8Array.of(255, 51),
    outside,
    isEnabled,
  })
  const row = (given: Partial<LayerState>) => {
    const state = document([flat([255, 255, 255], given), flat([0, 0, 0])])
    return [0, 1, 2, 3].map((x) => pixel(state, x)[0])
  }

  test('hide and show, beyond their bounds as they say', () => {
    expect(row({ mask: mask(0) })).toEqual([0, 255, 51, 0])
    expect(row({ mask: mask(255) })).toEqual([255, 255, 51, 255])
    expect(row({ mask: mask(0, false) })).toEqual([255, 255, 255, 255])
  })

  test.each(['passThrough', 'normal'])('of a group in %s hide what is in it', (blendMode) => {
    const state = document([
      group([flat([255, 255, 255])], { blendMode, mask: mask(0) }),
      flat([0, 0, 0]),
    ])
    expect([0, 1, 2, 3].map((x) => pixel(state, x)[0])).toEqual([0, 255, 51, 0])
  })
})

describe('groups', () => {
  const children = [flat([0, 0, 0], { blendMode: 'multiply' })]

  test('pass through blends with what is below the group, normal does not', () => {
    const white = flat([255, 255, 255], { alpha: 128 })
    const inside = [flat([128, 128, 128], { blendMode: 'multiply' })]
    const below = flat([100, 100, 100])
    expect(pixel(document([group(inside, { blendMode: 'passThrough' }), below]))[0]).toBe(50)
    expect(pixel(document([group(inside), below]))[0]).toBe(128)
    expect(pixel(document([group([white]), below]))[0]).toBe(178)
  })

  test('fade as a whole by their opacity', () => {
    const below = flat([200, 200, 200])
    for (const blendMode of ['passThrough', 'normal']) {
      const faded = group([...children, flat([0, 0, 0])], { blendMode, opacity: 50 })
      expect(pixel(document([faded, below]))).toEqual([100, 100, 100, 255])
    }
  })

  test('blend as a whole by their own mode', () => {
    const state = document([
      group([flat([128, 128, 128])], { blendMode: 'multiply' }),
      flat([100, 100, 100]),
    ])
    expect(pixel(state)[0]).toBe(50)
  })
})

describe('clipped layers', () => {
  const base = (given: Partial<LayerState> = {}) =>
    flat([255, 0, 0], { bounds: { left: 0, top: 0, right: 2, bottom: 1 }, ...given })
  const clipped = (given: Partial<LayerState> = {}) =>
    flat([0, 255, 0], { isClipped: true, ...given })
  const blue = flat([0, 0, 255])

  test('are seen only where their base is', () => {
    const state = document([clipped(), base(), blue])
    expect(pixel(state, 1)).toEqual([0, 255, 0, 255])
    expect(pixel(state, 2)).toEqual([0, 0, 255, 255])
  })

  test('fade with their base', () => {
    const state = document([clipped(), base({ opacity: 40 }), blue])
    expect(pixel(state)).toEqual([0, 102, 153, 255])
  })

  test('vanish with their base, and alone leave it as it is', () => {
    expect(pixel(document([clipped(), base({ isVisible: false }), blue]))).toEqual([0, 0, 255, 255])
    expect(pixel(document([clipped({ isVisible: false }), base(), blue]))).toEqual([255, 0, 0, 255])
  })

  test('blend with their base', () => {
    const half = clipped({ blendMode: 'screen', opacity: 60 })
    expect(pixel(document([half, base(), blue]))).toEqual([255, 153, 0, 255])
  })

  test('may be clipped to a group', () => {
    const state = document([clipped(), group([base()]), blue])
    expect(pixel(state, 1)).toEqual([0, 255, 0, 255])
    expect(pixel(state, 2)).toEqual([0, 0, 255, 255])
  })
})

describe('the composite', () => {
  test('of one opaque layer is that layer, in any mode and depth', () => {
    fc.assert(
      fc.property(documents, ({ layers, ...state }) => {
        const bottom = layers.at(-1)!
        fc.pre(bottom.isBackground)
        const { color, alpha } = renderComposite({ ...state, layers: [bottom] })
        expect(color).toEqual(bottom.raster!.color)
        expect(new Set(alpha)).toEqual(
          new Set([state.depth === 16 ? 32_768 : state.depth === 32 ? 1 : 255]),
        )
      }),
      { seed: 3, numRuns: 60 },
    )
  })

  test('has straight alpha at 16 bits', () => {
    const plane = (value: number) => new Uint16Array(4).fill(value)
    const raster = { bounds: CANVAS, color: [1, 2, 32_768].map(plane), alpha: plane(16_384) }
    const { color, alpha } = renderComposite(document([plainLayer(1, 'a', raster)], { depth: 16 }))
    expect(color.map((values) => values[0])).toEqual([1, 2, 32_768])
    expect(alpha[0]).toBe(16_384)
  })
})

describe('modes on the screen', () => {
  const shown = (color: Color, given: Partial<DocumentState>) =>
    pixel(document([flat(color)], given))

  test('CMYK multiplies its inks, which are stored as what they leave', () => {
    expect(shown([255, 255, 255, 255], { mode: 'cmyk' })).toEqual([255, 255, 255, 255])
    expect(shown([255, 0, 0, 255], { mode: 'cmyk' })).toEqual([255, 0, 0, 255])
    expect(shown([255, 255, 255, 51], { mode: 'cmyk' })).toEqual([51, 51, 51, 255])
  })

  // Lab of sRGB's colors under D50 by Lindbloom's calculator, to two digits.
  test.each([
    ['white', [100, 0, 0], [255, 255, 255]],
    ['red', [54.29, 80.81, 69.89], [255, 0, 0]],
    ['green', [87.82, -79.27, 80.99], [0, 255, 0]],
    ['blue', [29.57, 68.29, -112.03], [0, 0, 255]],
  ] as const)('Lab is taken under D50: %s', (_, [l, a, b], expected) => {
    const raster = {
      bounds: CANVAS,
      color: [l * 327.68, 16_384 + a * 128, 16_384 + b * 128].map((value) =>
        new Uint16Array(4).fill(Math.round(value)),
      ),
    }
    const found = pixel(document([plainLayer(1, 'a', raster)], { mode: 'lab', depth: 16 }))
    expected.forEach((value, c) => {
      expect(Math.abs(found[c]! - value)).toBeLessThanOrEqual(2)
    })
  })

  test('indexed color goes by its palette', () => {
    const palette = Uint8Array.from({ length: 768 }, (_, i) => (i * 31) % 256)
    const expected = [0, 1, 2].map((c) => palette[3 * 200 + c])
    expect(shown([200], { mode: 'indexed', palette })).toEqual([...expected, 255])
  })

  test('gray, bitmap and duotone are gray', () => {
    expect(shown([77], { mode: 'grayscale' })).toEqual([77, 77, 77, 255])
    expect(shown([255], { mode: 'bitmap', depth: 1 })).toEqual([255, 255, 255, 255])
    expect(shown([77], { mode: 'duotone' })).toEqual([77, 77, 77, 255])
  })

  test('32 bits are linear light, clipped to what a screen shows', () => {
    const raster = {
      bounds: CANVAS,
      color: [0.5, 0, 7].map((value) => new Float32Array(4).fill(value)),
    }
    expect(pixel(document([plainLayer(1, 'a', raster)], { depth: 32 }))).toEqual([188, 0, 255, 255])
  })
})

describe('converting the mode', () => {
  const colors = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 3, maxLength: 3 })

  test.each([
    ['cmyk', 1],
    ['multichannel', 0],
  ] as const)('to %s and back changes a color by at most %i', (mode, most) => {
    fc.assert(
      fc.property(colors, (color) => {
        const back = convertMode(convertMode(document([flat(color)]), mode), 'rgb')
        back.layers[0]!.raster!.color.forEach((plane, c) => {
          expect(Math.abs(plane[0]! - color[c]!)).toBeLessThanOrEqual(most)
        })
      }),
      { seed: 4, numRuns: 60 },
    )
  })

  test('to Lab and back at 16 bits keeps every color within 1/1000', () => {
    fc.assert(
      fc.property(colors, (color) => {
        const plane = (value: number) => new Uint16Array(4).fill(Math.round((value * 32_768) / 255))
        const raster = { bounds: CANVAS, color: color.map(plane) }
        const state = document([plainLayer(1, 'a', raster)], { depth: 16 })
        const back = convertMode(convertMode(state, 'lab'), 'rgb').layers[0]!.raster!
        back.color.forEach((values, c) => {
          expect(Math.abs(values[0]! - raster.color[c]![0]!)).toBeLessThan(33)
        })
      }),
      { seed: 5, numRuns: 60 },
    )
  })

  test('keeps alpha, masks and groups, and makes bitmaps black and white', () => {
    const inside = flat([200, 200, 200], { alpha: 7 })
    const state = document([group([inside]), flat([10, 20, 30])])
    const gray = convertMode(state, 'grayscale')
    expect(gray.layers[0]!.children![0]!.raster!.color).toEqual([new Uint8Array(4).fill(200)])
    expect(gray.layers[0]!.children![0]!.raster!.alpha).toEqual(new Uint8Array(4).fill(7))
    const bitmap = convertMode(document([flat([200, 200, 200])]), 'bitmap')
    expect(bitmap.depth).toBe(1)
    expect(bitmap.layers[0]!.raster!.color).toEqual([new Uint8Array(4).fill(255)])
  })

  test('to indexed color takes the nearest of six steps', () => {
    const state = convertMode(document([flat([250, 51, 100])]), 'indexed')
    expect(pixel(state)).toEqual([255, 51, 102, 255])
  })
})
