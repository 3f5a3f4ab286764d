import type { Frame } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInChromium } from '../../browser/chromium.ts'
import {
  type Hosts,
  launchHosts,
  listenInPanel,
  PLUGIN_ID,
  WEBVIEW_PERMISSIONS,
} from './support.ts'

interface Webview extends HTMLElement {
  src: string
  postMessage?(message: unknown, targetOrigin?: string, transfer?: unknown[]): void
}
/** In the page. */
declare const heard: MessageEvent[]
declare const uxpHost: { postMessage(message: unknown): void }

const PAGE = 'plugin:/webview/index.html'

/** The data of the messages that the page has got. */
const heardBy = (page: Frame): Promise<unknown[]> =>
  page.evaluate(() => heard.map(({ data }) => data))

const send = (panel: Frame, message: unknown): Promise<void> =>
  panel.evaluate((data) => {
    document.querySelector<Webview>('webview')?.postMessage?.(data)
  }, message)

/** Events of a webview with `src`, until it has loaded or failed. */
const eventsOf = (panel: Frame, src: string): Promise<{ type: string; url: string }[]> =>
  panel.evaluate(async (url) => {
    const webview = document.createElement('webview')
    const events: { type: string; url: string; message?: string }[] = []
    const done = new Promise<void>((resolve) => {
      for (const type of ['loadstart', 'loadstop', 'loaderror']) {
        webview.addEventListener(type, (event) => {
          const { url, message } = event as Event & { url: string; message?: string }
          events.push({ type, url, ...(message === undefined ? {} : { message }) })
          if (type !== 'loadstart') resolve()
        })
      }
    })
    webview.setAttribute('src', url)
    document.body.append(webview)
    await done
    return events
  }, src)

describeInChromium('a webview in the panel', { timeout: 60_000 }, () => {
  let hosts: Hosts
  beforeAll(async () => {
    hosts = await launchHosts()
  })
  afterAll(() => hosts.close())

  test('tells when it begins to load and when it has loaded', async () => {
    const { panel } = await hosts.open()
    expect(await eventsOf(panel, PAGE)).toEqual([
      { type: 'loadstart', url: PAGE },
      { type: 'loadstop', url: PAGE },
    ])
  })

  test.each([
    ['a file that is not there', 'plugin:/webview/none.html', /no file webview\/none.html/],
    ['a page of the web', 'https://example.org/', /only plugin:/],
    ['a path that leaves the plug-in', 'plugin:/../index.html', /no file/],
  ])('fails to load %s', async (_, url, message) => {
    const { panel } = await hosts.open()
    expect(await eventsOf(panel, url)).toEqual([
      { type: 'loadstart', url },
      { type: 'loaderror', url, message: expect.stringMatching(message) },
    ])
  })

  test.each(['allow', 'allowLocalRendering'])(
    'fails to load without %s in the manifest',
    async (field) => {
      const { panel } = await hosts.open({
        webview: { ...WEBVIEW_PERMISSIONS, [field]: undefined },
      })
      const events = await eventsOf(panel, PAGE)
      expect(events.at(-1)).toMatchObject({
        type: 'loaderror',
        message: expect.stringContaining(field),
      })
      expect(panel.childFrames()).toHaveLength(0)
    },
  )

  test('turns what passes into JSON and back, to the page', async () => {
    const { panel, openWebview } = await hosts.open()
    const page = await openWebview()
    await panel.evaluate(() => {
      const message = {
        bytes: new Uint8Array([7, 8]),
        buffer: new ArrayBuffer(4),
        missing: undefined,
        nothing: Number.NaN,
        date: new Date(0),
      }
      document.querySelector<Webview>('webview')?.postMessage?.(message)
    })
    await expect
      .poll(() => heardBy(page))
      .toEqual([
        { bytes: { 0: 7, 1: 8 }, buffer: {}, nothing: null, date: '1970-01-01T00:00:00.000Z' },
      ])
  })

  test('turns what passes into JSON and back, from the page', async () => {
    const { panel, openWebview } = await hosts.open()
    const page = await openWebview()
    const got = await listenInPanel(panel)
    await page.evaluate(() => {
      uxpHost.postMessage({ bytes: new Uint8Array([7, 8]), missing: undefined, nothing: Infinity })
      uxpHost.postMessage(() => 1)
    })
    await expect.poll(got).toEqual([{ bytes: { 0: 7, 1: 8 }, nothing: null }, null])
  })

  test('refuses messages that JSON cannot hold, at both ends', async () => {
    const { panel, openWebview } = await hosts.open()
    const page = await openWebview()
    const refusal = (): string => {
      const cyclic: Record<string, unknown> = {}
      cyclic.self = cyclic
      const element = document.querySelector<Webview>('webview')
      try {
        if (element) element.postMessage?.(cyclic)
        else uxpHost.postMessage(cyclic)
        return 'nothing was thrown'
      } catch (error) {
        return String(error)
      }
    }
    expect(await panel.evaluate(refusal)).toMatch(/circular/)
    expect(await page.evaluate(refusal)).toMatch(/circular/)
  })

  test('transfers nothing', async () => {
    const { panel, openWebview } = await hosts.open()
    const page = await openWebview()
    const kept = await panel.evaluate(() => {
      const buffer = new ArrayBuffer(8)
      document.querySelector<Webview>('webview')?.postMessage?.({ a: 1 }, '*', [buffer])
      return buffer.byteLength
    })
    expect(kept).toBe(8)
    await expect.poll(() => heardBy(page)).toEqual([{ a: 1 }])
  })

  test('never delivers within the call, even to a page of the same process', async () => {
    const { panel, openWebview } = await hosts.open({ switches: { pageFetches: true } })
    const page = await openWebview()
    const heardAtOnce = await panel.evaluate(() => {
      document.querySelector<Webview>('webview')?.postMessage?.(1)
      const own = document.querySelector('iframe')?.contentWindow as Window & { heard: unknown[] }
      return own.heard.length
    })
    expect(heardAtOnce).toBe(0)
    await expect.poll(() => heardBy(page)).toEqual([1])
  })

  test('says where messages come from, as UXP does', async () => {
    const { panel, openWebview } = await hosts.open()
    await panel.evaluate(() => {
      window.addEventListener('message', ({ origin, source }) =>
        Object.assign(window, {
          origin_: origin,
          isElement: (source as unknown) === document.querySelector('webview'),
        }),
      )
    })
    const page = await openWebview()
    await send(panel, 1)
    await expect.poll(() => heardBy(page)).toEqual([1])
    expect(
      await page.evaluate(() => [heard[0]?.origin, (heard[0]?.source as unknown) === uxpHost]),
    ).toEqual([PLUGIN_ID, true])
    const inPanel = () =>
      panel.evaluate(() => [Reflect.get(window, 'origin_'), Reflect.get(window, 'isElement')])
    await expect.poll(inPanel).toEqual([page.url(), true])
  })

  test('loses messages that come before the page has loaded', async () => {
    const { panel, openWebview } = await hosts.open()
    await panel.evaluate(async (url) => {
      const webview = document.createElement('webview') as Webview
      webview.postMessage?.('before it stands in the document')
      webview.setAttribute('src', url)
      const loaded = new Promise((resolve) => webview.addEventListener('loadstop', resolve))
      document.body.append(webview)
      webview.postMessage?.('before it loads')
      await Promise.resolve()
      webview.postMessage?.('as it begins to load')
      await loaded
      webview.postMessage?.('after')
    }, PAGE)
    const page = panel.childFrames()[0]
    if (!page) throw new Error('the webview has no page')
    await expect.poll(() => heardBy(page)).toEqual(['after'])
    expect(await openWebview()).toBeDefined()
  })

  test.each(['no', undefined])('gives no bridge when the manifest says %s', async (bridge) => {
    const { panel, openWebview } = await hosts.open({
      webview: { ...WEBVIEW_PERMISSIONS, enableMessageBridge: bridge },
    })
    const got = await listenInPanel(panel)
    const page = await openWebview()
    expect(
      await panel.evaluate(() => typeof document.querySelector<Webview>('webview')?.postMessage),
    ).toBe('undefined')
    expect(await page.evaluate(() => 'uxpHost' in window)).toBe(false)
    // Even who knows how the stand-in packs messages gets none through.
    await page.evaluate(() => parent.postMessage({ uxp: 'message', json: '1' }, '*'))
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)))
    expect(await got()).toEqual([])
  })

  test('begins anew when it is reloaded, and when its source changes', async () => {
    const { page: hostPage, panel, openWebview } = await hosts.open()
    const page = await openWebview()
    const got = await listenInPanel(panel)
    await page.evaluate(() => Object.assign(window, { mark: 1 }))
    await hostPage.evaluate(async () => (await window.impastoHost).reloadEnginePage())
    await expect.poll(got).toEqual([{ hello: 'index.html' }])
    const after = panel.childFrames()[0]
    expect(await after?.evaluate(() => 'mark' in window)).toBe(false)
    await panel.evaluate((url) => {
      const webview = document.querySelector<Webview>('webview')
      if (webview) webview.src = url
    }, PAGE)
    await expect.poll(async () => (await got()).length).toBe(2)
  })
})
