/** What plug-ins met in Photoshop that is not in its documentation, where the whole flow does not show it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import type { RecordedStep } from '../../src/host/host.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import {
  ended,
  expectClean,
  facts,
  gradient,
  message,
  openDocument,
  PATIENCE_MS,
  quick,
  RESULT,
  smallDocument,
} from './steps.ts'
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
      const outcome = dialog.locator('.help:not(.test-help)')
      await outcome.waitFor()
      const told = await outcome.textContent()
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

  describe('presets of one’s own', () => {
    const save = async (of: OpenPlugin, name: string): Promise<void> => {
      await invokeMenu(of, 'savePreset')
      const dialog = of.panel.locator('dialog')
      await dialog.locator('sp-textfield input').fill(name)
      await dialog.locator('sp-button', { hasText: 'Save' }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    const names = async (of: OpenPlugin): Promise<readonly string[]> => {
      await invokeMenu(of, 'managePresets')
      const dialog = of.panel.locator('dialog')
      const fields = await dialog.locator('sp-textfield input').all()
      const values = await Promise.all(fields.map((field) => field.inputValue()))
      await dialog.locator('sp-button').last().click()
      return values
    }
    const chooseFolder = async (of: OpenPlugin): Promise<void> => {
      await of.page.evaluate(async () => {
        const page = window as unknown as { disk?: Map<string, ArrayBuffer> }
        page.disk ??= new Map()
        const host = await impastoHost
        host.setPicker({ folder: { name: 'Mine', files: page.disk } })
      })
      await invokeMenu(of, 'keepInFolder')
      await expect.poll(() => message(of)).toContain('“Mine”')
    }

    test('survive an upgrade of Photoshop in the folder that was chosen for them', async () => {
      const upgraded = await site.open({ switches: { storageIsWiped: true } })
      await save(upgraded, 'Harbour')
      expect(await message(upgraded)).toMatch(/An upgrade .* may forget it/)
      await chooseFolder(upgraded)
      await save(upgraded, 'Bay')

      await upgraded.reload()
      expect(await names(upgraded)).toEqual([])
      await chooseFolder(upgraded)
      expect(await names(upgraded)).toEqual(['Harbour', 'Bay'])
      await expectClean(upgraded)
      await upgraded.close()
    })

    test('are found in the next session, and a folder that refuses is told of', async () => {
      const kept = await site.open()
      await chooseFolder(kept)
      await save(kept, 'Harbour')
      await kept.reload()
      expect(await names(kept)).toEqual(['Harbour'])
      await kept.page.evaluate(async () =>
        (await impastoHost).host.setSwitches({ chosenFoldersRefuse: true }),
      )
      await save(kept, 'Bay')
      await expect.poll(() => message(kept)).toContain('could not be written')
      expect(await names(kept)).toEqual(['Harbour', 'Bay'])
      await kept.close()
    })
  })

  describe('an action', () => {
    const documentIn = (of: OpenPlugin): Promise<number> =>
      openDocument(of, smallDocument([{ id: 1, name: 'Photograph', paint: gradient }]), 1)

    /** Records Stylize Layer by its command. */
    const record = async (): Promise<readonly RecordedStep[]> => {
      await documentIn(plugin)
      await plugin.page.evaluate(async () => {
        const { host, driver } = await impastoHost
        host.startRecording()
        await driver!.runCommand('stylize')
      })
      await expect.poll(() => layersOf(plugin), { timeout: PATIENCE_MS }).toHaveLength(2)
      await ended(plugin)
      return plugin.page.evaluate(async () => (await impastoHost).host.stopRecording())
    }
    const layersOf = async (of: OpenPlugin) => (await facts(of)).layers

    test('is played in a Photoshop that was started with the panel closed', async () => {
      const steps = await record()
      const later = await site.open({ switches: { panelIsClosed: true } })
      await documentIn(later)
      await later.page.evaluate(
        async (recorded) => (await impastoHost).host.play(recorded),
        [...steps],
      )
      expect(await layersOf(later)).toEqual([RESULT, 'Photograph'])
      await expectClean(later)
      await later.close()
    })

    test('keeps the panel’s settings when a step is recorded again', async () => {
      const steps = await record()
      await plugin.panel.locator('.card[title="Charcoal"]').click()
      const again = await plugin.page.evaluate(
        async (recorded) => (await impastoHost).host.recordAgain(recorded),
        [...steps],
      )
      const stylesOf = ([step]: readonly RecordedStep[]) =>
        (step!.info as { styles: readonly { choice: object }[] }).styles.map(({ choice }) => choice)
      expect(stylesOf(steps)).toEqual([{ kind: 'built-in', name: 'woodblock' }])
      expect(stylesOf(again)).toEqual([{ kind: 'built-in', name: 'charcoal' }])
      await plugin.page.evaluate(
        async (recorded) => (await impastoHost).host.play(recorded),
        [...again],
      )
      expect((await layersOf(plugin))[0]).toBe('Charcoal · Default · 48 px')
      await expectClean(plugin)
    })
  })
})
