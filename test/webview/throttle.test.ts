import { expect, test } from 'vitest'
import { makeThrottle } from '../../src/webview/throttle.ts'

function passed(times: readonly number[]): number[] {
  const emitted: number[] = []
  let time = 0
  const throttle = makeThrottle<number>(
    (value) => emitted.push(value),
    100,
    () => time,
  )
  for (time of times) throttle.report(time)
  throttle.flush()
  throttle.flush()
  return emitted
}

test('one value an interval passes, and the first and the last', () => {
  expect(passed([5, 50, 104, 105, 150, 210, 220])).toEqual([5, 105, 210, 220])
})

test('the last value passes once', () => {
  expect(passed([0, 100])).toEqual([0, 100])
  expect(passed([7])).toEqual([7])
  expect(passed([])).toEqual([])
})
