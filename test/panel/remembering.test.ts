import { describe, expect, test } from 'vitest'
import { resolveOptions } from '../../src/engine/options.ts'
import { makeLog } from '../../src/panel/log.ts'
import { makeMemory } from '../../src/panel/memory.ts'
import { readStep, runSettings, writeStep } from '../../src/panel/recorded-step.ts'
import { DEFAULT_SETTINGS } from '../../src/panel/settings.ts'
import {
  isSameStyle,
  type RecentStyle,
  readRecent,
  withoutRecent,
  withRecent,
} from '../../src/panel/styles.ts'
import { makeStorage } from './stand-ins.ts'

const recent = (token: string): RecentStyle => ({
  name: `${token}.png`,
  token,
  thumbnail: 'data:image/png;base64,AA==',
})

describe('memory', () => {
  test('gives back what it was given', () => {
    const memory = makeMemory(makeStorage(), makeLog())
    memory.remember('speeds', { gpu: 1 })
    expect(memory.recall('speeds')).toEqual({ gpu: 1 })
    expect(memory.recall('recent')).toBeUndefined()
  })

  test('logs what is damaged, and goes on without', () => {
    const log = makeLog()
    const memory = makeMemory(makeStorage({ 'impasto.settings': '{"a' }), log)
    expect(memory.recall('settings')).toBeUndefined()
    expect(log.lines()).toEqual([expect.stringContaining('settings is damaged')])
  })

  test('logs when storage is full, and goes on', () => {
    const log = makeLog()
    const full = { getItem: () => null, setItem: () => expect.fail('quota exceeded') }
    makeMemory(full, log).remember('speeds', {})
    expect(log.lines()).toEqual([expect.stringContaining('cannot be remembered')])
  })
})

describe('recent styles', () => {
  test('have the newest first, each once, eight at most', () => {
    let styles: RecentStyle[] = []
    for (let i = 0; i < 10; i++) styles = withRecent(styles, recent(`t${i}`))
    styles = withRecent(styles, recent('t5'))
    expect(styles.map(({ token }) => token)).toEqual([
      't5',
      't9',
      't8',
      't7',
      't6',
      't4',
      't3',
      't2',
    ])
  })

  test('lose a stale one', () => {
    expect(withoutRecent([recent('a'), recent('b')], 'a')).toEqual([recent('b')])
  })

  test('lose what is damaged when they are read', () => {
    const good = recent('a')
    const bad = [null, 1, {}, { ...good, token: 1 }, { ...good, thumbnail: 'http://x/y.png' }]
    const hashed = { ...good, sha256: 'f'.repeat(64) }
    expect(readRecent([...bad, { ...good, more: 1 }])).toEqual([good])
    expect(readRecent([hashed, { ...good, sha256: 'no hash' }])).toEqual([hashed, good])
    expect(readRecent('none')).toEqual([])
  })
})

test('styles are told apart by name or token', () => {
  const file = { kind: 'file', name: 'a.png', token: 't' } as const
  const oil = { kind: 'built-in', name: 'oil' } as const
  expect(isSameStyle(file, { ...file, name: 'b.png' })).toBe(true)
  expect(isSameStyle(oil, { ...oil, name: 'ink' })).toBe(false)
  expect(isSameStyle(oil, file)).toBe(false)
})

const SOLE = {
  choice: { kind: 'built-in', name: 'oil' },
  weight: 1,
  scale: 1,
  rotation: 0,
} as const

describe('a recorded step', () => {
  const run = runSettings(
    { ...DEFAULT_SETTINGS, size: 'layer', overrides: { seed: 4 }, preset: 'bold' },
    [],
  )
  const info = JSON.parse(JSON.stringify(writeStep(run))) as Record<string, unknown>

  test('is played with the settings it was recorded with', () => {
    expect(readStep(info)).toEqual(run)
    expect(readStep(info).options).toEqual(
      resolveOptions({ ...run.options, seed: 4, contentWeight: 1 }),
    )
  })

  test('of several styles, each with its place, comes back as it was', () => {
    const styles = [
      { ...SOLE, weight: 3, where: { kind: 'layer', layerId: 4, name: 'Sky' } },
      { ...SOLE, scale: 0.5, rotation: 90 },
    ] as const
    const several = runSettings(
      { ...DEFAULT_SETTINGS, styles, strengthMap: { kind: 'layer-mask' } },
      [],
    )
    expect(several).toMatchObject({ styles, strengthMap: { kind: 'layer-mask' } })
    expect(readStep(JSON.parse(JSON.stringify(writeStep(several))))).toEqual(several)
  })

  test('of version 1, with its one style, is still played', () => {
    const { styles: _, ...others } = info
    const old = { ...others, version: 1, style: { kind: 'file', name: 'a.png', token: 't' } }
    expect(readStep(old)).toEqual({
      ...run,
      isOnTop: true,
      styles: [{ ...SOLE, choice: { kind: 'file', name: 'a.png', token: 't' } }],
    })
    expect(() => readStep({ ...old, style: { kind: 'built-in', name: 'x' } })).toThrow(/damaged/)
  })

  test('of version 2 paints the layer that is selected, whatever that was painted from', () => {
    expect(readStep({ ...info, version: 2 })).toEqual({ ...run, isOnTop: true })
  })

  test.each([
    undefined,
    {},
    { ...info, version: 4 },
    { ...info, styles: [] },
    { ...info, styles: [{ choice: { kind: 'built-in', name: 'x' } }] },
    { ...info, styles: [{ ...SOLE, where: { kind: 'moon' } }] },
    { ...info, styles: [{ ...SOLE, scale: 0 }] },
    { ...info, styles: new Array(9).fill(SOLE) },
    { ...info, strengthMap: 'all' },
    { ...info, size: -1 },
    { ...info, device: 'npu' },
    { ...info, preset: 0 },
    { ...info, options: { seed: 'x' } },
  ])('that is damaged or newer is refused: %#', (damaged) => {
    expect(() => readStep(damaged)).toThrow(expect.objectContaining({ code: 'option' }))
  })
})

test('the log keeps its last lines, each with the time and of bounded length', () => {
  const log = makeLog(() => new Date('2020-01-02T03:04:05Z'))
  for (let i = 0; i < 300; i++) log.add('info', `line ${i} ${'x'.repeat(1000)}`)
  expect(log.lines()).toHaveLength(200)
  expect(log.lines()[0]).toMatch(/^03:04:05 info: line 100 x/)
  expect(log.lines()[0]!.length).toBeLessThan(540)
})
