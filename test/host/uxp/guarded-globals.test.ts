import { describe, expect, test } from 'vitest'
import { DEFAULT_SWITCHES } from '../../../src/host/switches.ts'
import { guardedGlobals } from '../../../src/host/uxp/guarded-globals.ts'
import type { Manifest } from '../../../src/host/uxp/index.ts'
import { MANIFEST } from './stand-in.ts'

type Real = Parameters<typeof guardedGlobals>[0]['real']

function globalsOf(permissions: Partial<Manifest>) {
  const calls: unknown[] = []
  const note = (name: string) => async (value: unknown) => void calls.push([name, value])
  const real = {
    fetch: note('fetch'),
    alert: note('alert'),
    WebSocket: class {
      constructor(url: string) {
        calls.push(['WebSocket', url])
      }
    },
    XMLHttpRequest: class {
      open(method: string, url: string) {
        calls.push([method, url])
      }
    },
    navigator: { clipboard: { writeText: note('clipboard'), readText: async () => 'text' } },
  }
  const manifest = { ...MANIFEST, ...permissions }
  const options = {
    manifest,
    locale: 'ko_KR',
    report: () => {},
    switches: () => DEFAULT_SWITCHES,
    real: real as unknown as Real,
  }
  return { calls, globals: guardedGlobals(options) as unknown as typeof globalThis }
}

const ALLOWED: Partial<Manifest> = {
  requiredPermissions: {
    network: { domains: ['https://example.org', 'wss://example.org'] },
    clipboard: 'readAndWrite',
  },
  featureFlags: { enableAlerts: true },
}

describe('the network', () => {
  test('is open to declared domains', async () => {
    const { calls, globals } = globalsOf(ALLOWED)
    await globals.fetch('https://example.org/weights')
    new globals.XMLHttpRequest().open('GET', 'https://example.org/a')
    new globals.WebSocket('wss://example.org/b')
    expect(calls).toEqual([
      ['fetch', 'https://example.org/weights'],
      ['GET', 'https://example.org/a'],
      ['WebSocket', 'wss://example.org/b'],
    ])
  })

  test.each([ALLOWED, {}])(
    'is closed to all others, declared domains or none',
    async (permissions) => {
      const { calls, globals } = globalsOf(permissions)
      const url = 'https://elsewhere.org/a'
      await expect(globals.fetch(url)).rejects.toThrow('permission denied')
      expect(() => new globals.XMLHttpRequest().open('GET', url)).toThrow('permission denied')
      expect(() => new globals.WebSocket('wss://elsewhere.org')).toThrow('permission denied')
      expect(calls).toEqual([])
    },
  )

  test('does not lead a relative address to the server of the host page', async () => {
    const { calls, globals } = globalsOf({})
    await globals.fetch('styles/wave.jpg')
    expect(calls).toEqual([['fetch', 'plugin:/styles/wave.jpg']])
  })
})

describe('the clipboard', () => {
  test('is written with its permission, as a string or as an object of types', async () => {
    const { calls, globals } = globalsOf(ALLOWED)
    const { clipboard } = globals.navigator
    await clipboard.writeText('report')
    await clipboard.writeText({ 'text/plain': 'report' } as unknown as string)
    expect(calls).toEqual([
      ['clipboard', 'report'],
      ['clipboard', 'report'],
    ])
    await expect(clipboard.writeText({} as unknown as string)).rejects.toThrow(TypeError)
    expect(await globals.navigator.clipboard.readText()).toEqual({ 'text/plain': 'text' })
  })

  test('is refused without, and to write when only reading is declared', async () => {
    for (const clipboard of [undefined, 'read']) {
      const { globals } = globalsOf({ requiredPermissions: { clipboard } })
      const content = { 'text/plain': 'report' } as unknown as string
      await expect(globals.navigator.clipboard.writeText(content)).rejects.toThrow('clipboard')
    }
    const { globals } = globalsOf({})
    await expect(globals.navigator.clipboard.readText()).rejects.toThrow('permission denied')
  })
})

test('alert needs its feature flag', () => {
  const { calls, globals } = globalsOf(ALLOWED)
  globals.alert('text')
  expect(calls).toEqual([['alert', 'text']])
  expect(() => globalsOf({}).globals.alert('text')).toThrow('enableAlerts')
})
