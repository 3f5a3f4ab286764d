import type { Frame } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInChromium } from '../../browser/chromium.ts'
import { type Hosts, launchHosts, listenInPanel } from './support.ts'

/** In the page. */
declare const load: (path: string) => Promise<{ readonly default: unknown }>
declare const uxpHost: { postMessage(message: unknown): void }

/** What the page can do, by itself. */
const probe = async (page: Frame) =>
  page.evaluate(async () => {
    const outcome = async (attempt: () => unknown): Promise<string> => {
      try {
        return String(await attempt())
      } catch (error) {
        return error instanceof Error || error instanceof DOMException ? error.name : String(error)
      }
    }
    const byRequest = (url: string) =>
      new Promise((resolve, reject) => {
        const request = new XMLHttpRequest()
        request.onload = () => resolve(request.status === 200 || request.status === 0)
        request.onerror = () => reject(new TypeError('failed'))
        request.open('GET', url)
        request.send()
      })
    return {
      localStorage: await outcome(() => localStorage.length),
      sessionStorage: await outcome(() => sessionStorage.length),
      alert: await outcome(() => alert('?')),
      confirm: await outcome(() => confirm('?')),
      open: await outcome(() => window.open('about:blank')),
      plugin: await outcome(() => fetch('plugin:/webview/module.js')),
      fetch: await outcome(async () => (await fetch('module.js')).ok),
      request: await outcome(() => byRequest('module.js')),
      module: await outcome(async () => (await load('./module.js')).default),
      blob: await outcome(async () =>
        (await fetch(URL.createObjectURL(new Blob(['kept'])))).text(),
      ),
      wasm: await outcome(async () => {
        const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
        return (await WebAssembly.instantiate(empty)).module !== undefined
      }),
      isSecureContext,
      sharedArrayBuffer: typeof SharedArrayBuffer,
      gpu: typeof navigator.gpu,
    }
  })

const ALONE = {
  localStorage: 'SecurityError',
  sessionStorage: 'SecurityError',
  alert: 'undefined',
  confirm: 'undefined',
  open: 'null',
  plugin: 'TypeError',
  fetch: 'TypeError',
  request: 'TypeError',
  module: 'TypeError',
  blob: 'kept',
  wasm: 'true',
  isSecureContext: true,
  sharedArrayBuffer: 'undefined',
  gpu: 'object',
}

describeInChromium("a webview's page", { timeout: 60_000 }, () => {
  let hosts: Hosts
  beforeAll(async () => {
    hosts = await launchHosts()
  })
  afterAll(() => hosts.close())

  test.each(['http', 'file'] as const)('is alone, served by %s', async (by) => {
    const { openWebview } = await hosts.open({ by })
    expect(await probe(await openWebview())).toEqual(ALONE)
  })

  test.each(['http', 'file'] as const)(
    'fetches and imports by a switch, served by %s',
    async (by) => {
      const { openWebview } = await hosts.open({ by, switches: { pageFetches: true } })
      expect(await probe(await openWebview())).toEqual({
        ...ALONE,
        fetch: 'true',
        request: 'true',
        module: '7',
      })
    },
  )

  const adapterOf = (page: Frame) =>
    page.evaluate(async () => {
      if (!('gpu' in navigator)) return 'absent'
      return (await navigator.gpu.requestAdapter()) ? 'adapter' : 'none'
    })

  test.each([
    ['real', 'adapter'],
    ['absent', 'absent'],
    ['no-adapter', 'none'],
  ] as const)('has the GPU of the switch %s', async (pageGpu, expected) => {
    const { openWebview } = await hosts.open({ switches: { pageGpu } })
    expect(await adapterOf(await openWebview())).toBe(expected)
  })

  test('loses its GPU device when told so', async () => {
    const { page: hostPage, openWebview } = await hosts.open()
    const page = await openWebview()
    await page.evaluate(async () => {
      const device = await (await navigator.gpu.requestAdapter())?.requestDevice()
      device?.lost.then(({ reason }) => Object.assign(window, { lost: reason }))
    })
    await hostPage.evaluate(async () => (await window.impastoHost).loseDevice())
    await expect.poll(() => page.evaluate(() => Reflect.get(window, 'lost'))).toBe('destroyed')
    expect(await adapterOf(page)).toBe('adapter')
  })

  test('does not hold up the editor when it is busy', async () => {
    const { page: hostPage, panel, openWebview } = await hosts.open()
    const page = await openWebview()
    const got = await listenInPanel(panel)
    const gaps = hostPage.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const startMs = performance.now()
          let lastMs = startMs
          let longestMs = 0
          const timer = setInterval(() => {
            const nowMs = performance.now()
            longestMs = Math.max(longestMs, nowMs - lastMs)
            lastMs = nowMs
            if (nowMs - startMs < 1500) return
            clearInterval(timer)
            resolve(longestMs)
          }, 10)
        }),
    )
    await page.evaluate(() => {
      const endMs = performance.now() + 1000
      while (performance.now() < endMs);
      uxpHost.postMessage('done')
    })
    expect(await gaps).toBeLessThan(300)
    expect(await got()).toEqual(['done'])
  })
})
