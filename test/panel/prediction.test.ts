import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../../src/engine/options.ts'
import {
  predictedSeconds,
  readSpeeds,
  type Speeds,
  withMeasured,
  workOf,
} from '../../src/panel/prediction.ts'

describe('the predicted time', () => {
  test('is pixels times iterations times the speed', () => {
    const options = resolveOptions({ size: 1000, minScale: 1000, iterations: [10] })
    // 1000×500 px, 10 evaluations, 2 s for each megapixel.
    expect(predictedSeconds(options, { width: 4000, height: 2000 }, 2)).toBeCloseTo(10)
  })

  test('adds up the scales', () => {
    const options = resolveOptions({ size: 200, minScale: 100, scaleRatio: 2, iterations: [10, 5] })
    expect(workOf(options, { width: 1, height: 1 })).toBeCloseTo(10 * 0.01 + 5 * 0.04)
  })

  test('is the same for a picture and the picture turned', () => {
    const options = resolveOptions({})
    expect(workOf(options, { width: 300, height: 200 })).toBe(
      workOf(options, { width: 200, height: 300 }),
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
