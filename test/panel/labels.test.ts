import { describe, expect, test } from 'vitest'
import { BridgeError } from '../../src/engine/errors.ts'
import { OPTIONS, type Option, resolveOptions } from '../../src/engine/options.ts'
import type { Limits } from '../../src/engine/plan/limits.ts'
import { planRun } from '../../src/engine/plan/plan.ts'
import { PRESETS } from '../../src/engine/presets.ts'
import { DocumentError } from '../../src/panel/document.ts'
import { en } from '../../src/panel/labels/en.ts'
import {
  formatDuration,
  formatFigure,
  formatMemory,
  formatWhole,
  labelsFor,
} from '../../src/panel/labels/index.ts'
import { ko } from '../../src/panel/labels/ko.ts'
import { planProblem, problemOf, StyleFileError } from '../../src/panel/problems.ts'
import { makeHollowVgg } from '../engine/plan/vgg.ts'

/** All texts, those of functions with figures in place of what they are given. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') {
    return texts((value as (...args: string[]) => unknown)('71', '72', '73'), path)
  }
  return Object.entries(value as object).flatMap(([key, item]) => texts(item, `${path}.${key}`))
}

test('the language is Photoshop’s where there is a table for it, else English', () => {
  expect(labelsFor('ko_KR')).toBe(ko)
  expect(labelsFor('en_GB')).toBe(en)
  expect(labelsFor('de_DE')).toBe(en)
  expect(labelsFor('')).toBe(en)
})

describe.each([
  ['English', en],
  ['Korean', ko],
])('in %s', (_, labels) => {
  test('no text is empty', () => {
    for (const [path, text] of texts(labels)) expect(text.trim(), path).not.toBe('')
  })

  test('every built-in preset has a name and a description', () => {
    expect(Object.keys(labels.presets).sort()).toEqual(PRESETS.map(({ name }) => name).sort())
  })

  test('every choice of every option has a name', () => {
    for (const option of Object.values<Option>(OPTIONS)) {
      if (option.kind !== 'choice') continue
      for (const choice of option.choices) expect(labels.choices).toHaveProperty([choice])
    }
  })
})

test('both languages say what they are given, in the same places', () => {
  const given = (labels: unknown): string[] =>
    texts(labels).map(([path, text]) => [path, ...(text.match(/7[123]/g) ?? []).sort()].join(' '))
  expect(given(en).filter((line) => line.includes(' 7')).length).toBeGreaterThan(20)
  expect(given(ko)).toEqual(given(en))
})

describe('times', () => {
  test.each([
    [0.2, 'less than a second', '1초 미만'],
    [12.4, '12 s', '12초'],
    [59.7, '1 min', '1분'],
    [133, '2 min 15 s', '2분 15초'],
    [3590, '1 h 0 min', '1시간 0분'],
    [4000, '1 h 7 min', '1시간 7분'],
  ])('%d s are told as people would', (seconds, english, korean) => {
    expect(formatDuration(seconds, en)).toBe(english)
    expect(formatDuration(seconds, ko)).toBe(korean)
  })
})

test.each([
  [634e6, '630 MB', '630MB'],
  [999e6, '1 GB', '1GB'],
  [1.23e9, '1.2 GB', '1.2GB'],
  [15.6e9, '16 GB', '16GB'],
])('%d bytes are told in as many digits as are known', (bytes, english, korean) => {
  expect(formatMemory(bytes, en)).toBe(english)
  expect(formatMemory(bytes, ko)).toBe(korean)
})

test('numbers have their thousands marked and no more digits than matter', () => {
  expect(formatWhole(1234567.8)).toBe('1,234,568')
  expect(formatWhole(999)).toBe('999')
  expect(formatFigure(0.0123456)).toBe('0.0123')
  expect(formatFigure(12345.6)).toBe('12,346')
})

describe('an error', () => {
  test('of documents is told in the user’s language alone', () => {
    expect(problemOf(new DocumentError('busy', 'host is modal'), ko)).toEqual({
      text: ko.problems.busy,
    })
  })

  test('of the engine keeps its own words as a detail', () => {
    expect(problemOf(new BridgeError('lost'), ko)).toEqual({
      text: ko.errors.bridge,
      detail: 'lost',
    })
  })

  test('that nobody foresaw is told all the same', () => {
    expect(problemOf(new TypeError('x is undefined'), en)).toEqual({
      text: en.errors.internal,
      detail: 'x is undefined',
    })
    expect(problemOf(new BridgeError('internal: x'), en).text).toBe(en.errors.internal)
    expect(problemOf({ code: 'toString' }, en).text).toBe(en.errors.internal)
    expect(problemOf(undefined, en).text).toBe(en.errors.internal)
  })

  test('of a style file names it and leads to choosing another', () => {
    const problem = problemOf(new StyleFileError('gone', 'a.png'), en)
    expect(problem).toMatchObject({ isAboutStyle: true })
    expect(problem.text).toContain('a.png')
  })
})

describe('a picture that is too large', () => {
  const AMPLE: Limits = {
    device: 'webgpu',
    memoryBytes: Number.POSITIVE_INFINITY,
    heapBytes: Number.POSITIVE_INFINITY,
    maxTensorBytes: Number.POSITIVE_INFINITY,
    float16: 'none',
  }
  const refusal = (limits: Partial<Limits>): Error => {
    const image = { width: 2000, height: 1500 }
    const settings = resolveOptions({ size: 0 })
    const input = {
      content: image,
      styles: [{ image, weight: 1 }],
      settings,
      model: makeHollowVgg(),
    }
    try {
      planRun(input, { ...AMPLE, ...limits })
    } catch (error) {
      return error as Error
    }
    throw new Error('expected a refusal')
  }

  test.each([
    ['memory', { memoryBytes: 123e6 }, '123 MB'],
    ['tensors', { maxTensorBytes: 1e6 }, '1 MB'],
  ])('for the %s is told of without a word of the command line', (_, limits, allowed) => {
    const error = refusal(limits)
    for (const text of [planProblem(error.message, en), problemOf(error, en).text]) {
      expect(text).toMatch(/more memory than there is: choose a smaller size\. It takes [\d,]+ MB/)
      expect(text).toContain(`${allowed} may be used`)
      expect(text).not.toContain('--')
    }
  })

  test('is told apart from what else stands in the way', () => {
    expect(planProblem('content: is too narrow', en)).toBe(en.cannotPlan('content: is too narrow'))
  })
})
