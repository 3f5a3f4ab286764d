import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import type { Pixels } from '../../src/bridge/messages.ts'
import { bytesOf } from '../../src/bridge/samples.ts'
import { pngOf, shrink } from '../../src/panel/png.ts'

const pixels = (components: Pixels['components'], width: number, height: number): Pixels => ({
  width,
  height,
  components,
  bits: 8,
  bytes: Uint8Array.from({ length: width * height * components }, (_, i) => (i * 37) % 256),
})

test.each([1, 2, 3, 4] as const)(
  'a PNG file of %i components holds the pixels it was made of, over several blocks',
  async (components) => {
    const picture = pixels(components, 301, 120)
    const file = sharp(pngOf(picture))
    expect(await file.metadata()).toMatchObject({ width: 301, height: 120, channels: components })
    for (let c = 0; c < components; c++) {
      // As it is decoded grey has three channels.
      const channel = components < 3 && c === 1 ? 3 : c
      const decoded = await file
        .clone()
        .extractChannel(channel as 0 | 1 | 2 | 3)
        .raw()
        .toBuffer()
      const wanted = picture.bytes.filter((_, i) => i % components === c)
      expect(decoded.equals(wanted)).toBe(true)
    }
  },
)

describe('a smaller picture', () => {
  test('has the same proportions and colours at 8 bits', () => {
    const flat = new Uint16Array(400 * 200 * 3).fill(32768 / 2)
    const small = shrink(
      { width: 400, height: 200, components: 3, bits: 16, bytes: bytesOf(flat) },
      80,
    )
    expect(small).toMatchObject({ width: 80, height: 40, components: 3, bits: 8 })
    expect(new Set(small.bytes)).toEqual(new Set([128]))
  })

  test('shows linear light as the eye sees it, and light beyond white as white', () => {
    const light = new Float32Array([0.2158605, 4])
    const picture: Pixels = { width: 2, height: 1, components: 1, bits: 32, bytes: bytesOf(light) }
    expect([...shrink(picture, 2).bytes]).toEqual([128, 255])
  })

  test('is never larger than the picture, nor without a pixel', () => {
    expect(shrink(pixels(1, 3, 2), 80)).toMatchObject({ width: 3, height: 2 })
    expect(shrink(pixels(1, 900, 1), 80)).toMatchObject({ width: 80, height: 1 })
  })
})
