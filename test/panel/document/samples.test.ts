import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pixels } from '../../../src/bridge/messages.ts'
import { bytesOf, samplesOf } from '../../../src/bridge/samples.ts'
import {
  atDepth,
  coverageAtDepth,
  coverageOf,
  fadedBy,
} from '../../../src/panel/document/samples.ts'

const pixelsOf = (
  samples: Uint8Array | Uint16Array | Float32Array,
  components: Pixels['components'],
): Pixels => ({
  width: samples.length / components,
  height: 1,
  components,
  bits: (samples.BYTES_PER_ELEMENT * 8) as Pixels['bits'],
  bytes: bytesOf(samples),
})

test('8 bits survive the way to 16 or 32 bits and back', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 4, maxLength: 64 }),
      fc.constantFrom(16 as const, 32 as const),
      (values, bits) => {
        const samples = values.slice(0, values.length - (values.length % 4))
        const pixels = pixelsOf(samples, 4)
        expect(samplesOf(atDepth(atDepth(pixels, bits), 8))).toEqual(samples)
      },
    ),
    { seed: 4 },
  )
})

test('32 bits are linear light, but for alpha', () => {
  const [gray, alpha] = samplesOf(atDepth(pixelsOf(Uint8Array.of(188, 188), 2), 32))
  // 188 is half the light in sRGB.
  expect(gray).toBeCloseTo(0.5029, 4)
  expect(alpha).toBeCloseTo(188 / 255, 6)
})

test('light beyond white is white at 16 bits', () => {
  const pixels = pixelsOf(Float32Array.of(4, -1, 1), 3)
  expect([...samplesOf(atDepth(pixels, 16))]).toEqual([32768, 0, 32768])
})

test('coverage survives the way to each depth and back', () => {
  const coverage = Uint8Array.from({ length: 256 }, (_, value) => value)
  for (const bits of [8, 16, 32] as const) {
    expect(coverageOf(coverageAtDepth(coverage, bits), bits)).toEqual(coverage)
  }
  expect([...coverageAtDepth(Uint8Array.of(0, 255), 16)]).toEqual([0, 32768])
})

test('fading multiplies alpha, and gives one to pixels that have none', () => {
  const rgb = fadedBy(pixelsOf(Uint8Array.of(1, 2, 3, 4, 5, 6), 3), Uint8Array.of(255, 51))
  expect(rgb.components).toBe(4)
  expect([...samplesOf(rgb)]).toEqual([1, 2, 3, 255, 4, 5, 6, 51])

  const gray = fadedBy(pixelsOf(Uint16Array.of(7, 32768, 9, 16384), 2), Uint8Array.of(255, 0))
  expect([...samplesOf(gray)]).toEqual([7, 32768, 9, 0])
})
