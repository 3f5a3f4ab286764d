import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf, decodeSrgb, encodeSrgb, samplesOf } from '../../src/bridge/samples.ts'

test('samples share the memory of their bytes, and are copied from an odd address only', () => {
  const samples = Uint16Array.of(1, 32768, 258)
  const bytes = bytesOf(samples)
  expect([...bytes]).toEqual([1, 0, 0, 128, 2, 1])
  expect(samplesOf({ bits: 16, bytes }).buffer).toBe(samples.buffer)

  const odd = new Uint8Array(7)
  odd.set(bytes, 1)
  expect(samplesOf({ bits: 16, bytes: odd.subarray(1) })).toEqual(samples)
})

test('linear light is encoded as IEC 61966-2-1 says', () => {
  // A photographer's 18 % gray has the code 118 of 255; the two pieces of the curve meet.
  expect(Math.round(255 * encodeSrgb(0.18))).toBe(118)
  expect(encodeSrgb(0.0031308)).toBeCloseTo(1.055 * 0.0031308 ** (1 / 2.4) - 0.055, 6)
  expect(encodeSrgb(0)).toBe(0)
  expect(encodeSrgb(1)).toBeCloseTo(1, 12)
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (linear) => {
      expect(decodeSrgb(encodeSrgb(linear))).toBeCloseTo(linear, 9)
    }),
  )
})
