/** Several styles and places, continuing, several layers, the same settings again: as a user does it. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import {
  EDGE,
  ended,
  expectClean,
  facts,
  gradient,
  LATER_STEP,
  message,
  offered,
  openDocument,
  PATIENCE_MS,
  press,
  quick,
  RESULT,
  saved,
  smallDocument,
  startPainting,
  stylize,
} from './steps.ts'
import { withTinyNetwork } from './tiny-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

const SECOND = `${RESULT} (2)`
const PHOTOGRAPH = 1
const OTHER = 2
const MASK = 3
const EMPTY = 4

const layers = () =>
  smallDocument([
    // Its left half.
    { id: MASK, name: 'Half', paint: (x) => (x < EDGE / 2 ? [1, 1, 1, 1] : [0, 0, 0, 1]) },
    { id: EMPTY, name: 'Nothing', at: [0, 0, 0, 0], paint: [0, 0, 0, 0] },
    { id: OTHER, name: 'Other', at: [4, 4, 30, 24], paint: gradient },
    { id: PHOTOGRAPH, name: 'Photograph', paint: gradient },
  ])

/** Mean colours, 0 … 1, of the halves of a layer of the active document. */
const halves = (plugin: OpenPlugin, name: string) =>
  plugin.page.evaluate(
    async ({ name, edge }) => {
      const { host } = await impastoHost
      const { state } = host.documents.find(({ id }) => id === host.activeDocumentId)!
      const { color } = state.layers.find((layer) => layer.name === name)!.raster!
      const meanOf = (half: number): number[] =>
        color.map((plane) => {
          const isInHalf = (_: number, i: number): boolean => (i % edge < edge / 2 ? 0 : 1) === half
          const values = Array.from(plane).filter(isInHalf)
          return values.reduce((sum, value) => sum + value, 0) / values.length / 255
        })
      return { left: meanOf(0), right: meanOf(1) }
    },
    { name, edge: EDGE },
  )

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((value, i) => value - b[i]!))

describeInChromium('the plug-in in an artist’s hands', { timeout: 200_000 }, () => {
  let site: HostSite
  let plugin: OpenPlugin
  let documentId: number
  beforeAll(async () => {
    site = await makeSite({ prepare: withTinyNetwork })
  }, 300_000)
  afterAll(() => site?.close())
  afterEach(() => plugin?.close())

  const open = async (iterations: number): Promise<void> => {
    plugin = await site.open({ settings: quick('wasm', iterations), height: 1300 })
    documentId = await openDocument(plugin, layers(), PHOTOGRAPH)
  }
  const select = (...ids: readonly number[]): Promise<void> =>
    plugin.page.evaluate(
      async ({ documentId, ids }) => (await impastoHost).host.selectLayers(documentId, [...ids]),
      { documentId, ids },
    )

  const selectNamed = (name: string): Promise<void> =>
    plugin.page.evaluate(async (name) => {
      const { host } = await impastoHost
      const { id, state } = host.documents.find((open) => open.id === host.activeDocumentId)!
      host.selectLayers(id, [state.layers.find((layer) => layer.name === name)!.id])
    }, name)

  const choosePlace = async (name: string): Promise<void> => {
    await plugin.panel.locator('.style-details sp-dropdown').click()
    await plugin.panel.locator('sp-menu-item:visible', { hasText: name }).click()
  }

  test('paints one style in the half that a layer shows, another in the rest', async () => {
    await open(8)
    const before = { ...(await facts(plugin)), psd: await saved(plugin) }
    const panel = plugin.panel
    await plugin.button('Add a style').click()
    await panel.locator('.card[title="Mosaic"]').click()
    await panel.locator('[title="Size, rotation and place of Woodblock"]').click()
    await choosePlace('Layer “Half”')
    await plugin.screenshot('control-two-styles')
    expect(await stylize(plugin)).toContain('New layer “Woodblock + Mosaic · Default · 48 px”')

    const after = await facts(plugin)
    expect(after.history).toHaveLength(before.history.length + 1)
    const both = await halves(plugin, 'Woodblock + Mosaic · Default · 48 px')
    await select(PHOTOGRAPH)
    await panel.locator('[title="Remove Mosaic"]').click()
    await choosePlace('Everywhere')
    await stylize(plugin)
    const one = await halves(plugin, RESULT)
    // The half of its own is nearer to what it paints alone than the other style's half.
    expect(distance(both.left, one.left)).toBeLessThan(distance(both.right, one.right))

    await plugin.page.keyboard.press('Control+z')
    await plugin.page.keyboard.press('Control+z')
    expect(await saved(plugin), 'undone, the document is what it was').toBe(before.psd)
    await expectClean(plugin)
  })

  test('paints in the style of another layer, also in a later session', async () => {
    await open(3)
    await select(OTHER)
    await plugin.button('Choose…').click()
    await plugin.button('Selected layer').click()
    await plugin.panel.locator('.style-name', { hasText: 'Other' }).waitFor()
    await plugin.screenshot('control-style-of-layer')
    await select(PHOTOGRAPH)
    expect(await stylize(plugin)).toContain('New layer “Other · Default · 48 px')
    await plugin.reload()
    await select(PHOTOGRAPH)
    expect(await stylize(plugin)).toContain('New layer “Other · Default · 48 px')
    await expectClean(plugin)
  })

  test('goes on from a picture that was stopped, to a layer above it', async () => {
    await open(5000)
    const before = await facts(plugin)
    await startPainting(plugin)
    await press(plugin, 'Stop and keep')
    expect(await ended(plugin)).toContain('Stopped early')
    await select(OTHER)
    await press(plugin, 'Continue')
    await plugin.button('More steps').click()
    const foot = plugin.panel.locator('.foot .progress', { hasText: LATER_STEP })
    await foot.waitFor({ timeout: PATIENCE_MS })
    await press(plugin, 'Stop and keep')
    expect(await ended(plugin)).toContain('Stopped early')
    expect(await offered(plugin)).toContain('Continue')
    const after = await facts(plugin)
    expect(after.layers).toEqual(['Half', 'Nothing', 'Other', SECOND, RESULT, 'Photograph'])
    expect(after.history).toHaveLength(before.history.length + 2)
    await expectClean(plugin)
  })

  test('goes on in a later session from a layer that it painted', async () => {
    await open(5000)
    await startPainting(plugin)
    await press(plugin, 'Stop and keep')
    expect(await ended(plugin)).toContain('Stopped early')
    await plugin.page.evaluate(async () => {
      const { host, openBytes, save } = await impastoHost
      const file = save()
      host.closeDocument(host.activeDocumentId!)
      await openBytes('later.psd', file)
    })
    await plugin.reload()
    await selectNamed(RESULT)
    const before = await facts(plugin)
    await press(plugin, 'Continue')
    await plugin.button('More steps').click()
    const foot = plugin.panel.locator('.foot .progress', { hasText: LATER_STEP })
    await foot.waitFor({ timeout: PATIENCE_MS })
    await press(plugin, 'Stop and keep')
    expect(await ended(plugin)).toContain('Stopped early')
    const after = await facts(plugin)
    expect(after.layers).toEqual(['Half', 'Nothing', 'Other', SECOND, RESULT, 'Photograph'])
    expect(after.history).toHaveLength(before.history.length + 1)

    await plugin.page.evaluate(async () => {
      const { host } = await impastoHost
      host.edit(host.activeDocumentId!, 'Delete Layer', (state) => ({
        ...state,
        layers: state.layers.filter(({ name }) => name !== 'Photograph'),
      }))
    })
    await selectNamed(RESULT)
    await press(plugin, 'Continue')
    await plugin.button('More steps').click()
    const told = plugin.panel.locator('.foot .message-text', { hasText: 'not in the document' })
    await told.waitFor({ timeout: PATIENCE_MS })
    await plugin.screenshot('control-original-gone')
    expect((await facts(plugin)).layers).toHaveLength(5)
  })

  test('paints several layers in turn, reports the one that is empty, and sums up', async () => {
    await open(3)
    const before = await facts(plugin)
    await select(OTHER, PHOTOGRAPH, EMPTY)
    await plugin.panel.locator('.foot sp-button:visible', { hasText: '3 layers' }).waitFor()
    await press(plugin, 'Stylize 3 layers')
    const told = plugin.panel.locator('.foot .message-text', { hasText: 'of 3 layers' })
    await told.waitFor({ timeout: 100_000 })
    await plugin.screenshot('control-batch')
    expect(await message(plugin)).toMatch(
      /^2 of 3 layers are painted\.\nNothing: The layer is empty\./,
    )
    const after = await facts(plugin)
    expect(after.layers).toEqual(['Half', 'Nothing', RESULT, 'Other', SECOND, 'Photograph'])
    expect(after.history).toHaveLength(before.history.length + 2)
    await expectClean(plugin)
  })

  test('takes the settings of a layer that it painted', async () => {
    await open(2)
    await plugin.panel.locator('.card[title="Ink"]').click()
    await stylize(plugin)
    await plugin.panel.locator('.card[title="Oil"]').click()
    const offer = plugin.panel.locator('sp-action-button', { hasText: 'Same settings' })
    await select(PHOTOGRAPH)
    await offer.waitFor({ state: 'hidden' })
    await selectNamed('Ink · Default · 48 px')
    await offer.click()
    await plugin.panel
      .locator('.message', { hasText: 'The settings are those of “Ink · Default · 48 px”' })
      .waitFor()
    expect(await plugin.panel.locator('.style-name:visible').textContent()).toBe('Ink')
    await plugin.screenshot('control-same-settings')
    await expectClean(plugin)
  })
})
