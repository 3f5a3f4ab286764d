/** What plug-ins met in Photoshop that is not in its documentation, where the whole flow does not show it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import { expectClean, quick } from './steps.ts'
import { withTinyNetwork } from './tiny-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

const invokeMenu = (plugin: OpenPlugin, id: string): Promise<void> =>
  plugin.page.evaluate(async (item) => {
    const { driver, panelId } = await impastoHost
    await driver!.invokeMenu(panelId!, item)
  }, id)

describeInChromium('in the field', { timeout: 100_000 }, () => {
  let site: HostSite
  let plugin: OpenPlugin
  beforeAll(async () => {
    site = await makeSite({ prepare: withTinyNetwork })
    plugin = await site.open({ settings: quick('wasm', 1) })
    await plugin.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  }, 300_000)
  afterAll(() => site?.close())

  describe('the text of Diagnostics', () => {
    const copy = async (): Promise<{ told: string; text: string }> => {
      await plugin.page.evaluate(() => navigator.clipboard.writeText('before'))
      await invokeMenu(plugin, 'diagnostics')
      const dialog = plugin.panel.locator('dialog')
      const text = await dialog.locator('textarea').inputValue()
      await dialog.locator('sp-button', { hasText: 'Copy' }).click()
      await dialog.locator('.help:visible').waitFor()
      const told = await dialog.locator('.help').textContent()
      await dialog.locator('sp-button').last().click()
      return { told: told!, text }
    }
    const copied = (): Promise<string> => plugin.page.evaluate(() => navigator.clipboard.readText())

    test('is copied by the button that says so', async () => {
      const { told, text } = await copy()
      expect(told).toBe('Copied.')
      expect(await copied()).toBe(text)
      await expectClean(plugin)
    })

    test('is to be copied by hand where the clipboard refuses it', async () => {
      await plugin.page.evaluate(async () =>
        (await impastoHost).host.setSwitches({ clipboardRefuses: true }),
      )
      expect((await copy()).told).toMatch(/copy it with the keyboard/i)
      expect(await copied()).toBe('before')
    })
  })
})
