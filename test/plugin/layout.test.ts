/** The panel in whatever root a platform may hand to it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Switches } from '../../src/host/switches.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import { withTinyNetwork } from './tiny-plugin.ts'

const ROOTS: readonly Switches['rootHeight'][] = ['fixed', 'auto', 'late']

describeInChromium('the panel’s layout', { timeout: 60_000 }, () => {
  let site: HostSite
  let plugin: OpenPlugin
  beforeAll(async () => {
    site = await makeSite({ prepare: withTinyNetwork })
  }, 300_000)
  afterAll(() => site?.close())
  afterEach(() => plugin?.close())

  /** Of the parts from the top: all of them one below the other, within the panel. */
  const parts = () =>
    plugin.panel.evaluate(() =>
      ['.header', '.preview', '.settings', '.foot'].map((selector) => {
        const { top, bottom, width } = document.querySelector(selector)!.getBoundingClientRect()
        return { top, bottom, width, tooWide: width > innerWidth }
      }),
    )

  const expectInView = async (height: number): Promise<void> => {
    await expect.poll(async () => (await parts()).at(-1)!.bottom).toBeCloseTo(height, -1)
    const [header, preview, settings, foot] = await parts()
    expect(header!.top).toBe(0)
    expect(preview!.top).toBeGreaterThanOrEqual(header!.bottom)
    expect(settings!.bottom - settings!.top).toBeGreaterThan(100)
    expect(foot!.bottom).toBeLessThanOrEqual(height)
    expect(await parts()).not.toContainEqual(expect.objectContaining({ tooWide: true }))
    const scrolls = await plugin.panel.evaluate(() => document.body.scrollHeight > innerHeight)
    expect(scrolls, 'only the settings scroll').toBe(false)
  }

  const frameHeight = () => plugin.panel.evaluate(() => innerHeight)

  test.each([230, 400].flatMap((width) => ROOTS.map((rootHeight) => ({ width, rootHeight }))))(
    'shows its foot at $width px in a root of height $rootHeight',
    async ({ width, rootHeight }) => {
      plugin = await site.open({
        panelWidth: width,
        switches: { rootHeight, knowsUnlistedCss: false },
      })
      await expectInView(rootHeight === 'late' ? 600 : await frameHeight())
      await plugin.screenshot(`layout-${width}-${rootHeight}`)
    },
  )

  test.each([false, true])('follows the window, ResizeObserver: %o', async (hasResizeObserver) => {
    plugin = await site.open({ switches: { rootHeight: 'auto', hasResizeObserver } })
    await expectInView(await frameHeight())
    await plugin.page.setViewportSize({ width: 1400, height: 560 })
    await expectInView(await frameHeight())
  })
})
