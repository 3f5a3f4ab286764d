import { describe, expect, test } from 'vitest'
import { makeComposite } from '../../../src/engine/output/composite.ts'
import {
  fillTransparent,
  type Mask,
  noiseImage,
  resize,
  rowsOf,
} from '../../../src/engine/picture/image.ts'

const WIDTH = 8
const HEIGHT = 6
const PIXELS = WIDTH * HEIGHT
const content = noiseImage(WIDTH, HEIGHT, 1)
const picture = noiseImage(WIDTH, HEIGHT, 2)
const mask = (value: (i: number) => number): Mask => ({
  width: WIDTH,
  height: HEIGHT,
  data: Float32Array.from({ length: PIXELS }, (_, i) => value(i)),
})

const compositeOf = (given: { alpha?: Float32Array; painted?: Mask; keepsColors?: boolean }) => {
  const image = { ...content, alpha: given.alpha }
  return makeComposite({
    content: image,
    visible: fillTransparent(image),
    painted: given.painted,
    keepsColors: given.keepsColors ?? false,
    beyond: 'edge',
  })
}

describe('a picture in the content’s place', () => {
  test('is the picture itself where the content is opaque and all of it is painted', () => {
    expect(compositeOf({}).put(picture)).toBe(picture)
  })

  test('is content + share·(picture − content), to the bit at 0 and 1', () => {
    const painted = mask((i) => (i % 3) / 2)
    const { data } = compositeOf({ painted }).put(picture)
    data.forEach((value, i) => {
      const [under, over, share] = [content.data[i]!, picture.data[i]!, ((i % PIXELS) % 3) / 2]
      if (share === 0) expect(value).toBe(under)
      else if (share === 1) expect(value).toBe(over)
      else expect(value).toBeCloseTo((under + over) / 2, 6)
    })
  })

  test('has the content’s alpha, and under alpha 0 its colours', () => {
    const alpha = mask((i) => (i % WIDTH < 3 ? 0 : i / PIXELS)).data
    const result = compositeOf({ alpha }).put(picture)
    expect(result.alpha).toEqual(alpha)
    result.data.forEach((value, i) => {
      expect(value).toBe((alpha[i % PIXELS] === 0 ? content : picture).data[i])
    })
  })

  test('of another size has what the content is at that size', () => {
    const alpha = mask((i) => (i % WIDTH < 3 ? 0 : 1)).data
    const painted = mask((i) => (i < PIXELS / 2 ? 0 : 1))
    const small = resize({ ...content, alpha }, 4, 3)
    const visible = resize(fillTransparent({ ...content, alpha }), 4, 3)
    const composite = compositeOf({ alpha, painted })
    const { data } = composite.put(noiseImage(4, 3, 3))
    for (let c = 0; c < 3; c++) {
      expect(data[12 * c]).toBe(small.data[12 * c])
      expect(data[12 * c + 3]).toBe(visible.data[12 * c + 3])
    }
    // And back at its own size the content's own values, which no resizing has touched.
    const full = composite.putRows(noiseImage(4, 3, 3), 0, HEIGHT)
    for (let i = 0; i < PIXELS / 2; i++) expect(full.data[i]).toBe(content.data[i])
    expect(full.data.slice(PIXELS / 2)).not.toEqual(content.data.slice(PIXELS / 2, 3 * PIXELS))
  })

  test('gives rows at the content’s size as they are in the whole', () => {
    const alpha = mask((i) => (i % WIDTH < 3 ? 0 : 1)).data
    const painted = mask((i) => (i % 4) / 3)
    for (const place of [{}, { alpha }, { painted }, { alpha, painted, keepsColors: true }]) {
      const composite = compositeOf(place)
      const whole = composite.putRows(noiseImage(4, 3, 3), 0, HEIGHT)
      for (let y = 0; y < HEIGHT; y += 2) {
        const rows = composite.putRows(noiseImage(4, 3, 3), y, y + 2)
        expect(rows).toEqual(rowsOf(whole, y, y + 2))
      }
    }
  })

  test('keeps the content’s chroma where that is asked for', () => {
    const { data } = compositeOf({ keepsColors: true }).put(picture)
    for (let i = 0; i < PIXELS; i++) {
      const shifts = [0, 1, 2].map((c) => data[c * PIXELS + i]! - content.data[c * PIXELS + i]!)
      expect(shifts[1]).toBeCloseTo(shifts[0]!, 6)
      expect(shifts[2]).toBeCloseTo(shifts[0]!, 6)
    }
  })
})
