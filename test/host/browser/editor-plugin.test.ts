import type { Page } from 'playwright-core'
import { beforeEach, expect, test } from 'vitest'
import { describeInChromium } from '../../browser/chromium.ts'
import { drop, factsOf, png } from './editor-steps.ts'
import { type OpenHost, openForEach } from './support.ts'

describeInChromium('the editor around the plug-in', { timeout: 60_000 }, () => {
  const opened = openForEach()
  let host: OpenHost
  let page: Page
  beforeEach(() => {
    host = opened()
    page = host.page
  })

  test('shows a modal scope, lets nothing be edited meanwhile, and cancels it by Escape', async () => {
    await drop(page, 'a.png', await png(4, 4, { r: 1, g: 2, b: 3, alpha: 0.5 }))
    await page.locator('.layer').waitFor()
    const scope = page.evaluate(async () => {
      const { host } = await window.impastoHost
      const { core } = host.modules.photoshop
      const run = async (context: {
        reportProgress(options: object): void
        onCancel?: () => void
      }) => {
        context.reportProgress({ value: 0.4 })
        await new Promise<void>((resolve) => {
          context.onCancel = resolve
        })
        return 'cancelled'
      }
      const execute = core.executeAsModal as unknown as (
        run_: typeof run,
        options: object,
      ) => Promise<string>
      return execute(run, { commandName: 'Reading the layer' })
    })
    const status = page.locator('.status .modal')
    await status.waitFor()
    expect(await status.textContent()).toContain('Reading the layer')
    await expect.poll(() => page.locator('.status progress').getAttribute('value')).toBe('0.4')
    await page.locator('.layer .eye').click()
    await page.locator('.layers').focus()
    await page.keyboard.press('Delete')
    expect((await factsOf(page))?.history).toEqual(['Open'])
    await page.keyboard.press('Escape')
    // The platform lets the scope end by itself or throws for it: either way it is over.
    await scope.catch(() => undefined)
    await status.waitFor({ state: 'hidden' })
  })

  test("runs the plug-in's commands and flyout, and hides and shows its panel", async () => {
    const inPlugin = (name: string) =>
      page.evaluate(async (key) => Reflect.get((await window.impastoHost).scope ?? {}, key), name)
    await page.getByRole('button', { name: 'Plugins' }).click()
    await page.getByRole('menuitem', { name: 'Go' }).click()
    await expect.poll(() => inPlugin('ran')).toBe(true)
    await page.getByRole('button', { name: 'Panel menu' }).click()
    expect(await page.getByRole('menuitem', { name: 'Off' }).isDisabled()).toBe(true)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect.poll(() => inPlugin('invoked')).toBe('about')
    for (const isVisible of [false, true]) {
      await page.getByRole('button', { name: 'Plugins' }).click()
      await page.getByRole('menuitem', { name: 'Test panel' }).click()
      expect(await page.locator('.dock').isVisible()).toBe(isVisible)
    }
  })

  test('changes its language, keeps documents, and tells the plug-in', async () => {
    await drop(page, 'a.png', await png(4, 4, { r: 1, g: 2, b: 3, alpha: 1 }))
    await page.locator('.layer').waitFor()
    await page.getByLabel('Language').selectOption('ko')
    await page.locator('.dock .title', { hasText: '시험 패널' }).waitFor()
    expect(await page.locator('.side .title').first().textContent()).toBe('레이어')
    expect((await factsOf(page))?.title).toBe('a.png')
    expect(await page.locator('.panel-frame').count()).toBe(1)
    await page.getByLabel('언어').selectOption('en')
    await page.locator('.dock .title', { hasText: 'Test panel' }).waitFor()
  })

  test('can be made narrower at the dock down to 230 px', async () => {
    const grip = await page.locator('.grip').boundingBox()
    if (!grip) throw new Error('the dock has no grip')
    await page.mouse.move(grip.x + 3, 300)
    await page.mouse.down()
    await page.mouse.move(grip.x + 300, 300, { steps: 4 })
    await page.mouse.up()
    expect(await host.panel.evaluate(() => innerWidth)).toBe(229)
    await page.mouse.move((await page.locator('.grip').boundingBox())!.x + 3, 300)
    await page.mouse.down()
    await page.mouse.move(880, 300, { steps: 4 })
    await page.mouse.up()
    expect(await host.panel.evaluate(() => innerWidth)).toBe(399)
  })
})
