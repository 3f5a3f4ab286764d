import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../../src/engine/options.ts'
import { readSpeeds, roughWork, type Speeds, withMeasured } from '../../src/panel/prediction.ts'

describe('the work of a run that nobody has planned', () => {
  test('is megapixels times iterations', () => {
    const options = resolveOptions({ size: 1000, minScale: 1000, iterations: [10] })
    // 1000×500 px, 10 evaluations.
    expect(roughWork(options, { width: 4000, height: 2000 })).toBeCloseTo(5)
  })

  test('adds up the scales', () => {
    const options = resolveOptions({ size: 200, minScale: 100, scaleRatio: 2, iterations: [10, 5] })
    expect(roughWork(options, { width: 1, height: 1 })).toBeCloseTo(10 * 0.01 + 5 * 0.04)
  })

  test('is the same for a picture and the picture turned', () => {
    const options = resolveOptions({})
    expect(roughWork(options, { width: 300, height: 200 })).toBe(
      roughWork(options, { width: 200, height: 300 }),
    )
  })

  test('leaves out the scales at which a narrow picture would be too narrow', () => {
    const options = resolveOptions({ size: 512, minScale: 64, scaleRatio: 2, iterations: [10] })
    // 64 and 128 px would leave sides of 4 and 8 px.
    expect(roughWork(options, { width: 1600, height: 100 })).toBeCloseTo(
      (10 * (256 * 16 + 512 * 32)) / 1e6,
    )
  })
})

describe('measured speeds', () => {
  test('start with the first run and then move half way to each further one', () => {
    const once = withMeasured({}, 'gpu', { work: 10, seconds: 20 })
    expect(once).toEqual({ gpu: 2 })
    expect(withMeasured(once, 'gpu', { work: 10, seconds: 40 })).toEqual({ gpu: 3 })
  })

  test('ignore runs too short to tell', () => {
    expect(withMeasured({ gpu: 2 }, 'gpu', { work: 0.1, seconds: 9 })).toEqual({ gpu: 2 })
  })

  test('are kept of the devices that ran last', () => {
    let speeds: Speeds = {}
    for (let i = 0; i < 20; i++) speeds = withMeasured(speeds, `gpu ${i}`, { work: 1, seconds: 1 })
    expect(Object.keys(speeds)).toHaveLength(8)
    expect(speeds).toHaveProperty(['gpu 19'])
  })

  test('that were damaged are forgotten', () => {
    expect(readSpeeds({ a: 1, b: -1, c: 'fast', d: null })).toEqual({ a: 1 })
    expect(readSpeeds('fast')).toEqual({})
    expect(readSpeeds(undefined)).toEqual({})
  })
})
