import { expect, test } from 'vitest'
import { OPTIONS } from '../../src/engine/options.ts'
import { goOnBy, largerEdge } from '../../src/panel/going-on.ts'
import { runSettings } from '../../src/panel/recorded-step.ts'
import { DEFAULT_SETTINGS } from '../../src/panel/settings.ts'

const LAYER = { width: 1200, height: 800 }
const from = { settings: runSettings({ ...DEFAULT_SETTINGS, size: 512 }, []), continueAt: 512 }

test('the next size is twice as large, and never larger than the layer', () => {
  expect(largerEdge(512, LAYER)).toBe(1024)
  expect(largerEdge(1024, LAYER)).toBe(1200)
  expect(largerEdge(1200, LAYER)).toBeUndefined()
  expect(largerEdge('layer', LAYER)).toBeUndefined()
})

test('one goes on with more steps, at the next size, or with twice the style', () => {
  expect(goOnBy('more', from, LAYER)).toEqual(from)
  const larger = goOnBy('larger', from, LAYER)
  expect(larger).toEqual({ settings: { ...from.settings, size: 1024 }, continueAt: 1024 })
  const { settings, continueAt } = goOnBy('stronger', from, LAYER)
  expect(continueAt).toBe(512)
  expect(settings.options.styleWeight).toBe(2 * OPTIONS.styleWeight.default)
})

test('at the largest size the next one is more steps, and no weight is beyond its end', () => {
  const whole = { ...from, settings: { ...from.settings, size: 'layer' as const } }
  expect(goOnBy('larger', whole, LAYER)).toEqual(whole)
  const { options } = from.settings
  const { max } = OPTIONS.styleWeight
  const most = {
    ...from,
    settings: { ...from.settings, options: { ...options, styleWeight: max } },
  }
  expect(goOnBy('stronger', most, LAYER).settings.options.styleWeight).toBe(max)
})
