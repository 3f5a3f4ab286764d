import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Pixels } from '../../src/bridge/messages.ts'
import { conversionOf, RGB_SPACES } from '../../src/color/rgb-spaces.ts'
import { ImageError } from '../../src/engine/errors.ts'
import { toPixels, toPlanar } from '../../src/webview/pixels.ts'

const bytesOf = (samples: Uint8Array | Uint16Array | Float32Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)

const MAX = { 8: 255, 16: 32768 } as const

const integerPixels = fc
  .record({
    width: fc.integer({ min: 1, max: 7 }),
    height: fc.integer({ min: 1, max: 5 }),
    components: fc.constantFrom(1, 2, 3, 4),
    bits: fc.constantFrom(8, 16),
  })
  .chain((form) =>
    fc
      .array(fc.integer({ min: 0, max: MAX[form.bits] }), {
        minLength: form.width * form.height * form.components,
        maxLength: form.width * form.height * form.components,
      })
      .map((samples): Pixels => {
        const bytes = bytesOf(
          form.bits === 8 ? Uint8Array.from(samples) : Uint16Array.from(samples),
        )
        return { ...form, bytes }
      }),
  )

test('8 and 16 bits of any components come back as they were', () => {
  fc.assert(
    fc.property(integerPixels, (pixels) => {
      expect(toPixels(toPlanar(pixels), pixels)).toEqual(pixels)
    }),
  )
})

test.each(Object.keys(RGB_SPACES))('so they do from %s', (name) => {
  const conversion = conversionOf(name)
  fc.assert(
    fc.property(integerPixels, (pixels) => {
      expect(toPixels(toPlanar(pixels, conversion), pixels, conversion)).toEqual(pixels)
    }),
  )
})

describe('colours of Display P3', () => {
  const conversion = conversionOf('Display P3')!
  const rgb = (...bytes: number[]): Pixels => ({
    width: bytes.length / 3,
    height: 1,
    components: 3,
    bits: 8,
    bytes: Uint8Array.from(bytes),
  })

  test('come to sRGB by its primaries, and are brought into its gamut', () => {
    const { data } = toPlanar(rgb(128, 153, 102, 255, 0, 0), conversion)
    const [first, second] = [0, 1].map((i) => [0, 2, 4].map((at) => data[at + i]!))
    // By hand: light 0.216 0.319 0.133, times the matrix of CSS Color 4, and encoded.
    const expected = [0.4766, 0.6036, 0.3759]
    for (const [i, value] of first!.entries()) expect(value).toBeCloseTo(expected[i]!, 3)
    expect(second).toEqual([1, 0, 0])
  })

  test('are painted as Display P3 again, but for those that nothing changed', () => {
    const like = rgb(255, 0, 0, 128, 153, 102)
    const planar = toPlanar(like, conversion)
    // sRGB's green, which is not that of the profile.
    planar.data.set([0, 1, 0], 0)
    const data = Float32Array.of(1, 0, 0, 1, 0, 0)
    const { bytes } = toPixels({ ...planar, data }, like, conversion)
    expect([...bytes]).toEqual([255, 0, 0, 117, 251, 76])
  })

  test('are light at 32 bits, in its primaries', () => {
    const pixels: Pixels = {
      width: 1,
      height: 1,
      components: 3,
      bits: 32,
      bytes: bytesOf(Float32Array.of(0.5, 0.5, 0.5)),
    }
    const { data } = toPlanar(pixels, conversion)
    for (const value of data) expect(value).toBeCloseTo(0.7354, 3)
    expect(toPixels({ width: 1, height: 1, data }, pixels, conversion)).toEqual(pixels)
  })
})

test('samples that begin at an odd byte are read alike', () => {
  const samples = Uint16Array.of(0, 1, 32767, 32768)
  const shifted = new Uint8Array(9)
  shifted.set(bytesOf(samples), 1)
  const pixels = {
    width: 4,
    height: 1,
    components: 1,
    bits: 16,
    bytes: shifted.subarray(1),
  } as const
  expect(toPixels(toPlanar(pixels), pixels).bytes).toEqual(bytesOf(samples))
})

test('channels become planes, gray all three of them, alpha one of its own', () => {
  const rgba = toPlanar({
    width: 2,
    height: 1,
    components: 4,
    bits: 8,
    bytes: Uint8Array.of(255, 0, 51, 255, 0, 255, 102, 0),
  })
  expect([...rgba.data]).toEqual([1, 0, 0, 1, Math.fround(0.2), Math.fround(0.4)])
  expect([...rgba.alpha!]).toEqual([1, 0])
  const gray = toPlanar({
    width: 2,
    height: 1,
    components: 1,
    bits: 16,
    bytes: bytesOf(Uint16Array.of(16384, 32768)),
  })
  expect([...gray.data]).toEqual([0.5, 1, 0.5, 1, 0.5, 1])
  expect(gray.alpha).toBeUndefined()
})

test('painted colour becomes gray by the luma of Rec. 709', () => {
  const like = { width: 3, height: 1, components: 1, bits: 8, bytes: new Uint8Array(3) } as const
  const data = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)
  expect([...toPixels({ width: 3, height: 1, data }, like).bytes]).toEqual([54, 182, 18])
})

test('values out of range are clamped, those that are no number are black', () => {
  const like = { width: 4, height: 1, components: 1, bits: 8, bytes: new Uint8Array(4) } as const
  const row = [-1, 2, Number.NaN, 0.5]
  const data = Float32Array.from([...row, ...row, ...row])
  expect([...toPixels({ width: 4, height: 1, data }, like).bytes]).toEqual([0, 255, 0, 128])
})

describe('32 bits', () => {
  test('light is kept from black to white, light beyond is cut, alpha is kept to the bit', () => {
    const samples = Float32Array.of(0.1, 0.5, 0.9, 0.3, -1, 1.5, Number.NaN, 0.7)
    const pixels = {
      width: 2,
      height: 1,
      components: 4,
      bits: 32,
      bytes: bytesOf(samples),
    } as const
    const planar = toPlanar(pixels)
    // A little more everywhere, so that no pixel is one that nothing was painted on.
    const painted = { ...planar, data: planar.data.map((value) => value + 1e-6) }
    const back = new Float32Array(toPixels(painted, pixels).bytes.slice().buffer)
    // float32 in and out, with a power in between, and what was painted
    for (const i of [0, 1, 2]) expect(back[i]).toBeCloseTo(samples[i]!, 5)
    for (const i of [4, 6]) expect(back[i]).toBeCloseTo(0, 6)
    expect(back[5]).toBe(1)
    expect([back[3], back[7]]).toEqual([samples[3], samples[7]])
  })
})

test.each([
  ['8 bits', 8, Uint8Array.of(10, 20, 30, 255, 40, 50, 60, 128)],
  ['16 bits', 16, Uint16Array.of(1, 32768, 9999, 32768, 12345, 2, 3, 77)],
  ['32 bits', 32, Float32Array.of(0.1, 1.5, -1, 1, 0.123, 0.456, 0.789, 0.5)],
] as const)('at %s a pixel on which nothing was painted keeps its samples', (_, bits, samples) => {
  const pixels = { width: 2, height: 1, components: 4, bits, bytes: bytesOf(samples) } as const
  const planar = toPlanar(pixels)
  expect(toPixels(planar, pixels).bytes).toEqual(pixels.bytes)
  const data = planar.data.map((value, i) => (i % 2 === 1 ? 1 - value : value))
  const half = pixels.bytes.length / 2
  const { bytes } = toPixels({ ...planar, data }, pixels)
  expect(bytes.slice(0, half)).toEqual(pixels.bytes.slice(0, half))
  expect(bytes.slice(half)).not.toEqual(pixels.bytes.slice(half))
})

test('what hides under alpha 0 stays, whatever was painted there', () => {
  const bytes = Uint8Array.of(10, 20, 30, 0, 40, 50, 60, 255)
  const pixels = { width: 2, height: 1, components: 4, bits: 8, bytes } as const
  const painted = { width: 2, height: 1, data: new Float32Array(6).fill(1) }
  expect([...toPixels(painted, pixels).bytes]).toEqual([10, 20, 30, 0, 255, 255, 255, 255])
})

test('bytes that do not fit the extents are refused', () => {
  const pixels = {
    width: 2,
    height: 2,
    components: 3,
    bits: 16,
    bytes: new Uint8Array(23),
  } as const
  expect(() => toPlanar(pixels)).toThrow(
    new ImageError('content: expected 24 bytes for 2×2 px of 3×16 bits, got 23'),
  )
})
