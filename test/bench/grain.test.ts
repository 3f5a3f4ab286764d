import { expect, test } from 'vitest'
import { chromaNoise, crispness } from '../../bench/grain.ts'
import type { PlanarImage } from '../../src/engine/picture/image.ts'

const SIZE = 64
/** A wave of so many cycles a pixel, in the channels that are named. */
const wave = (frequency: number, channels: readonly number[]): PlanarImage => {
  const data = new Float32Array(3 * SIZE ** 2).fill(0.5)
  for (const channel of channels) {
    for (let i = 0; i < SIZE ** 2; i++) {
      data[channel * SIZE ** 2 + i]! += 0.4 * Math.cos(2 * Math.PI * frequency * (i % SIZE))
    }
  }
  return { width: SIZE, height: SIZE, data }
}
const POWER = 0.4 ** 2 / 2
const GRAY = [0, 1, 2]

test('crispness is the power above a quarter of the sampling rate', () => {
  expect(crispness(wave(0.4, GRAY)) / POWER).toBeCloseTo(1, 0)
  expect(crispness(wave(0.4, GRAY)) / POWER).toBeGreaterThan(0.9)
  expect(crispness(wave(0.06, GRAY)) / POWER).toBeLessThan(0.02)
})

test('chroma noise is the power of fine colours, not of light and dark', () => {
  expect(chromaNoise(wave(0.4, [0]))).toBeGreaterThan(0.4 * POWER)
  expect(chromaNoise(wave(0.2, [2]))).toBeGreaterThan(0.4 * POWER)
  expect(chromaNoise(wave(0.03, [0]))).toBeLessThan(0.02 * POWER)
  expect(chromaNoise(wave(0.4, GRAY))).toBeLessThan(1e-9)
})
