import { afterEach, expect, test, vi } from 'vitest'
import { labelsFor } from '../../src/panel/labels/index.ts'
import { type Group, runChecks } from '../../src/panel/self-test/check.ts'
import { reportText, withoutPaths } from '../../src/panel/self-test/report.ts'
import { isAtLeast } from '../../src/panel/version.ts'

afterEach(() => void vi.useRealTimers())

test('every check is told of, whatever fails, and each line says what is to be said', async () => {
  const groups: Group[] = [
    {
      ids: ['depth8', 'depth16'],
      async run(tell) {
        tell('depth8', '8 bit', true)
        throw new Error('no more of it')
      },
    },
    { ids: ['alpha'], run: async (tell) => tell('alpha', 'premultiplied', false) },
  ]
  const steps: string[] = []
  const findings = await runChecks(groups, (done, all) => steps.push(`${done}/${all}`))
  expect(steps).toEqual(['0/3', '2/3', '3/3'])
  const report = reportText(findings, labelsFor('en_US'))
  expect(report).toContain('[ok] depth8: Pixels of 8 bit')
  expect(report).toContain('  Found: not tested: no more of it')
  expect(report).toMatch(
    /\[differs\] alpha: .*\n {2}Expected: straight\n {2}Found: premultiplied\n {2}Impasto: takes them/,
  )
  expect(reportText(findings, labelsFor('ko_KR'))).toContain('[untested] depth16: 16비트 픽셀')
})

test('a platform that never answers does not hold up the rest', async () => {
  vi.useFakeTimers()
  const groups: Group[] = [
    { ids: ['alpha'], run: () => new Promise(() => undefined) },
    { ids: ['wasm'], run: async (tell) => tell('wasm', 'yes', true) },
  ]
  const running = runChecks(groups, () => undefined)
  await vi.advanceTimersByTimeAsync(121_000)
  expect(await running).toEqual([
    { id: 'alpha', found: 'not tested: no answer for 120 s' },
    { id: 'wasm', found: 'yes', isExpected: true },
  ])
})

test.each([
  ['open C:\\Users\\Kim Mina\\a.js failed', /Kim|Mina/],
  ['at \\\\server\\profiles\\kim\\x', /kim|server/],
  ['/Users/kim/Library/x: no such file', /kim/],
])('names in paths stay here: %s', (text, name) => {
  expect(withoutPaths(text)).not.toMatch(name)
  expect(withoutPaths(text)).toContain('<path>')
})

test('versions compare by their parts', () => {
  expect(isAtLeast('uxp-8.0.1', 8, 1)).toBe(false)
  expect(isAtLeast('uxp-9.10', 9, 4)).toBe(true)
  expect(isAtLeast('Photoshop 27.0', 26, 9)).toBe(true)
  expect(isAtLeast('', 1, 0)).toBe(false)
})
