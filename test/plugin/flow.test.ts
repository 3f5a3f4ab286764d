/** The built plug-in, used as a designer would: in the host page, once with the real network. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { readByAgPsd } from '../psd/ag-psd.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import { expectClean, facts, LATER_STEP, quick, saved, snapshot } from './steps.ts'
import { withTinyNetwork } from './tiny-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

/** What the engine page shows before the first run, once the panel has told it. */
const IDLE_TEXT = /The picture forms here|그림이 여기에/

/** Layers from the top, as `name@left,top,right,bottom`. */
const layersOf = (plugin: OpenPlugin) =>
  plugin.page.evaluate(async () => {
    const { layers } = (await impastoHost).host.documents[0]!.state
    return layers.map(({ name, raster }) => {
      const { left, top, right, bottom } = raster!.bounds
      return `${name}@${left},${top},${right},${bottom}`
    })
  })

describeInChromium('the plug-in in the host page', { timeout: 400_000 }, () => {
  let site: HostSite
  let real: HostSite
  beforeAll(async () => {
    site = await makeSite({ prepare: withTinyNetwork })
    real = await makeSite()
  }, 300_000)
  afterAll(async () => {
    await site?.close()
    await real?.close()
  })

  test('paints a layer with VGG16, undoes in one step, and saves what other programs open', async () => {
    const plugin = await real.open({ settings: quick('wasm', 12, 64) })
    await plugin.page.evaluate(async () => void (await (await impastoHost).openSample()))
    const before = await snapshot(plugin)
    const layers = await layersOf(plugin)

    await plugin.panel.locator('.card').first().click()
    await plugin.button('Stylize').click()
    await plugin.panel.locator('.foot', { hasText: /Step \d+ of/ }).waitFor({ timeout: 200_000 })
    await plugin.screenshot('flow-running')
    const engine = plugin.panel.childFrames()[0]!
    const previews = new Set<string>()
    while (!(await plugin.button('Stylize').isVisible())) {
      previews.add(await engine.evaluate(() => document.querySelector('canvas')!.toDataURL()))
    }
    expect(previews.size, 'the preview moves').toBeGreaterThan(2)
    await plugin.screenshot('flow-finished')

    const background = layers.indexOf('Background@0,0,1200,900')
    expect(await layersOf(plugin)).toEqual(
      layers.toSpliced(background, 0, 'Oil · Default · 64 px@0,0,1200,900'),
    )
    expect((await facts(plugin)).history).toEqual([...before.history, 'Oil · Default · 64 px'])

    const psd = readByAgPsd(Buffer.from(await saved(plugin), 'base64'))
    const added = psd.children!.find(({ name }) => name === 'Oil · Default · 64 px')
    expect(added).toMatchObject({ left: 0, top: 0, right: 1200, bottom: 900 })

    await plugin.page.keyboard.press('Control+z')
    const undone = await snapshot(plugin)
    expect(undone.layers).toEqual(before.layers)
    expect(undone.psd === before.psd, 'undone, the document is what it was').toBe(true)
    await expectClean(plugin)
    await plugin.close()
  })

  test('paints nothing of a selected region’s surroundings: the selection becomes the mask', async () => {
    const plugin = await site.open({ settings: quick('wasm', 1, 64) })
    const mask = await plugin.page.evaluate(async () => {
      const { host, openSample } = await impastoHost
      const id = await openSample()
      const bounds = { left: 100, top: 50, right: 300, bottom: 250 }
      host.select(id, { bounds, coverage: new Uint8Array(200 * 200).fill(255) })
      return true
    })
    expect(mask).toBe(true)
    await plugin.button('Stylize').click()
    await plugin.button('Stylize').waitFor({ state: 'hidden' })
    await plugin.button('Stylize').waitFor({ timeout: 200_000 })
    const shown = await plugin.page.evaluate(async () => {
      const { layers } = (await impastoHost).host.documents[0]!.state
      const { bounds, outside, samples } = layers.find(({ mask }) => mask)!.mask!
      return { bounds, outside, full: samples.every((value) => value === 255) }
    })
    expect(shown.outside).toBe(0)
    await plugin.screenshot('flow-selection')
    await expectClean(plugin)
    await plugin.close()
  })

  test('Stop and keep inserts the picture so far; Cancel leaves the document as it was', async () => {
    const plugin = await site.open({ settings: quick('wasm', 100_000, 96) })
    const loads: string[] = []
    plugin.page.on('request', (request) => {
      const [large] = /[^/]+\.(wasm\.gz|safetensors)$/.exec(request.url()) ?? []
      if (large) loads.push(large)
    })
    await plugin.page.evaluate(async () => void (await (await impastoHost).openSample()))
    const before = await facts(plugin)

    await plugin.button('Stylize').click()
    const bar = plugin.panel.locator('.engine', { hasText: / of \d.* MB/ })
    await bar.locator('sp-progressbar').waitFor()
    await plugin.panel.locator('.foot', { hasText: LATER_STEP }).waitFor({ timeout: 200_000 })
    await plugin.button('Cancel').click()
    await plugin.button('Stylize').waitFor({ timeout: 60_000 })
    expect(await facts(plugin)).toEqual(before)

    await plugin.button('Stylize').click()
    await plugin.panel.locator('.foot', { hasText: LATER_STEP }).waitFor({ timeout: 200_000 })
    await plugin.button('Stop and keep').click()
    await plugin.button('Stylize').waitFor({ timeout: 60_000 })
    expect((await facts(plugin)).layers).toHaveLength(before.layers.length + 1)
    expect(loads.sort(), 'weights and WebAssembly are loaded once').toEqual([
      'ort-worker.wasm.gz',
      'tiny.safetensors',
    ])
    await expectClean(plugin)
    await plugin.close()
  })

  test('a command paints with its preset, and an action plays it back', async () => {
    const plugin = await site.open({ settings: quick('wasm', 1, 64) })
    await plugin.page.evaluate(async () => void (await (await impastoHost).openSample()))
    const before = (await facts(plugin)).layers.length
    const layerCount = (count: number) =>
      plugin.page.waitForFunction(
        async (wanted) => (await impastoHost).host.documents[0]!.state.layers.length === wanted,
        count,
        { timeout: 200_000 },
      )
    await plugin.page.evaluate(async () => {
      const { host, driver } = await impastoHost
      host.startRecording()
      await driver!.runCommand('stylize')
    })
    await layerCount(before + 1)
    await plugin.button('Stylize').waitFor({ timeout: 60_000 })
    const steps = await plugin.page.evaluate(async () => {
      const { host } = await impastoHost
      const recorded = host.stopRecording()
      await host.play(recorded)
      return recorded.map(({ methodName }) => methodName)
    })
    expect(steps).toEqual(['impastoStylize'])
    await layerCount(before + 2)
    await expectClean(plugin)
    await plugin.close()
  })

  test.each([
    ['darkest', 'en', 400],
    ['dark', 'ko', 400],
    ['light', 'en', 230],
    ['lightest', 'ko', 230],
  ])('looks right in the %s theme, language %s, %i px wide', async (theme, language, width) => {
    const plugin = await site.open({ theme, language, panelWidth: width, height: 1000 })
    await plugin.page.evaluate(async () => void (await (await impastoHost).openSample()))
    await plugin.panel.locator('.header', { hasText: 'mountains.psd' }).waitFor()
    await plugin.panel.childFrames()[0]!.getByText(IDLE_TEXT).waitFor()
    const { scrollWidth, clientWidth } = await plugin.panel.evaluate(() => {
      const { scrollWidth, clientWidth } = document.querySelector('.impasto')!
      return { scrollWidth, clientWidth }
    })
    // Its border is one.
    expect(clientWidth).toBe(width - 1)
    expect(scrollWidth, 'nothing is cut off at the side').toBe(clientWidth)
    await plugin.screenshot(`panel-${theme}-${width}`)
    await expectClean(plugin)
    await plugin.close()
  })
})
