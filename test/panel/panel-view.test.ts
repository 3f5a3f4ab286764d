import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { THEMES, type Theme } from '../../src/host/browser/themes.ts'
import { en } from '../../src/panel/labels/en.ts'
import { ko } from '../../src/panel/labels/ko.ts'
import { bundle } from '../browser/bundle.ts'
import { describeInChromium, launchChromium } from '../browser/chromium.ts'

const css = readFileSync(new URL('../../src/panel/panel.css', import.meta.url), 'utf8')

describeInChromium('the panel', { timeout: 60_000 }, () => {
  let browser: Browser
  let script: string
  let page: Page

  beforeAll(async () => {
    script = await bundle(new URL('./view-page.ts', import.meta.url))
    browser = await launchChromium()
  })
  afterAll(() => browser?.close())

  const open = async (
    size: { width: number; height: number } = { width: 260, height: 700 },
    theme: Theme = 'darkest',
    locale = 'en_US',
  ): Promise<void> => {
    await page.setViewportSize(size)
    await page.setContent('<!doctype html><html><head></head><body></body></html>')
    await page.addScriptTag({ content: script })
    await page.evaluate(
      (options) => {
        window.panelPage = window.openPanel(options)
      },
      { css, theme, locale },
    )
  }
  const state = () =>
    page.evaluate(() => {
      const { settings, job } = window.panelPage.app.store.get()
      return { settings, phase: job.phase }
    })
  const button = (label: string) => page.locator('sp-button:visible', { hasText: label })
  /** A mouse would take the focus away. */
  const press = (label: string) => button(label).evaluate((element: HTMLElement) => element.click())

  beforeEach(async () => {
    page = await browser.newPage()
  })
  afterEach(() => page.close())

  describe.each(THEMES)('in the theme %s', (theme) => {
    test.each([
      [230, 300, 'en_US'],
      [230, 700, 'ko_KR'],
      [400, 700, 'en_US'],
      [600, 900, 'ko_KR'],
    ])('fits %i × %i px in %s and asks nothing of UXP’s layout that it lacks', async (...size) => {
      const [width, height, locale] = size
      await open({ width, height }, theme, locale)
      await page.evaluate(() => window.panelPage.app.actions.openAdvanced(true))
      const wide = await page.evaluate(() =>
        ['.header', '.preview', '.settings', '.foot']
          .map((selector) => document.querySelector(selector)!)
          .filter((part) => part.scrollWidth > part.clientWidth || part.clientHeight < 40)
          .map(({ className }) => className),
      )
      expect(wide).toEqual([])
      expect(await page.evaluate(() => window.panelPage.violations)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(height)
    })
  })

  test('is built in well under 300 ms', async () => {
    await open()
    expect(await page.evaluate(() => window.panelPage.buildMs)).toBeLessThan(300)
  })

  test('can be worked by keyboard alone, and shows where it acts', async () => {
    await open()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    expect(await page.locator('.by-keyboard .ring.focused').count()).toBe(1)
    await page.keyboard.press('Enter')
    expect((await state()).settings.style).toEqual({ kind: 'built-in', name: 'watercolour' })

    const visited: string[] = []
    for (let i = 0; i < 20; i++) {
      visited.push(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ''))
      await page.keyboard.press('Tab')
    }
    const expected = [en.chooseFile, en.sliders.strength, en.keepColours, en.advanced, en.stylize]
    const places = expected.map((text) => visited.findIndex((seen) => seen.endsWith(text)))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  test('tells time, memory and tiles before a run, and why there can be none', async () => {
    await open()
    const needs = page.locator('.settings .help:not(.preset-help)')
    const tells = (text: string) => needs.filter({ hasText: text }).waitFor()
    await tells(en.predictedLater)
    await page.evaluate(() => window.panelPage.app.warmUp())
    await tells('Takes about 3 min and 1.2 GB of memory, in 12 tiles.')
    await page.evaluate(() => {
      const { store } = window.panelPage.app
      const { plan } = store.get()
      if (plan && 'summary' in plan)
        store.update({ plan: { summary: { ...plan.summary, tiles: 0 } } })
    })
    await tells('Takes about 3 min and 1.2 GB of memory.')
    await page.evaluate(() => window.panelPage.app.store.update({ plan: { error: 'too large' } }))
    await tells(en.cannotPlan('too large'))
  })

  test('stops or cancels a run, and Escape cancels it, too', async () => {
    await open()
    await page.evaluate(() => window.panelPage.paintLong())
    await press(en.stylize)
    await button(en.stop).waitFor()
    expect(await button(en.stylize).count()).toBe(0)
    await page.locator('.tile').first().focus()
    await page.keyboard.press('Escape')
    await button(en.stylize).waitFor()
    expect((await state()).phase).toBe('idle')
  })

  test('shows scale, step, loss and time left while it paints', async () => {
    await open()
    await page.evaluate(() => window.panelPage.paintLong())
    await press(en.stylize)
    await button(en.cancel).waitFor()
    const text = await page.locator('.progress').textContent()
    for (const part of ['Scale 1 of 2', '150 × 100 px', 'Step 3 of 30', 'Loss 1', '9 s left']) {
      expect(text).toContain(part)
    }
  })

  test('offers the places that are left for a result', async () => {
    await open()
    await page.evaluate(() => window.panelPage.failInsertion())
    await press(en.stylize)
    await button(en.placements['new-document']).waitFor()
    expect(await button(en.placements['above-source']).count()).toBe(0)
    expect(await page.locator('.message').textContent()).toContain(en.problems['document-closed'])
    await press(en.placements['new-document'])
    await button(en.stylize).waitFor()
    expect((await state()).phase).toBe('done')
  })

  test('takes values by keyboard under Advanced, and says what may be typed', async () => {
    await open()
    await page.locator('.fold').press('Enter')
    const seed = page.locator('.option', { hasText: en.optionHelp.seed })
    const memory = page.locator('.option', { hasText: en.optionHelp.memory })
    expect(await memory.locator('.field-label').textContent()).toBe('Memory (MB)')
    const precision = page.locator('.option', { hasText: en.optionHelp.precision })
    expect(await precision.locator('sp-menu-item[selected]').textContent()).toBe(en.choices.auto)
    await seed.locator('input').fill('-3')
    await seed.locator('input').press('Enter')
    expect(await seed.textContent()).toContain('0 … 4294967295')
    expect((await state()).settings.overrides).toEqual({})
    await seed.locator('input').fill('3')
    await seed.locator('input').press('Enter')
    expect((await state()).settings.overrides).toEqual({ seed: 3 })
    expect(await seed.locator('.complaint').isVisible()).toBe(false)
  })

  test('shows a chosen preset’s values, and moves sliders to them', async () => {
    await open()
    await page.evaluate(() => window.panelPage.app.actions.moveSlider('strength', 80))
    const value = (): Promise<unknown> =>
      page
        .locator('sp-slider')
        .first()
        .evaluate((slider) => (slider as HTMLInputElement).value)
    expect(Number(await value())).toBe(80)
    await page.locator('sp-dropdown').first().click()
    await page.locator('sp-menu-item', { hasText: en.presets.bold!.name }).click()
    expect((await state()).settings.preset).toBe('bold')
    expect(Number(await value())).toBe(50)
  })

  test('speaks Korean', async () => {
    await open({ width: 260, height: 700 }, 'light', 'ko_KR')
    expect(await page.locator('.impasto').textContent()).toContain(ko.keepColours)
    expect(await button(ko.stylize).count()).toBe(1)
  })

  test('saves a preset under a name that it may have, and shows it', async () => {
    await open()
    const saved = page.evaluate(() => window.panelPage.app.presetMenu.save())
    const field = page.locator('dialog input')
    await field.fill('bold')
    await page.locator('dialog sp-button', { hasText: en.save }).click()
    expect(await page.locator('dialog').textContent()).toContain(en.presetNameProblems.taken)
    await field.fill('Harbour')
    await page.locator('dialog sp-button', { hasText: en.save }).click()
    await saved
    expect((await state()).settings.preset).toBe('Harbour')
    expect(await page.locator('dialog').count()).toBe(0)
  })

  test('shows diagnostics as a text that can be selected', async () => {
    await open()
    const closed = page.evaluate(() => window.panelPage.app.showDiagnostics())
    const text = await page.locator('dialog textarea').inputValue()
    expect(text).toContain('impasto: 0.0.0')
    expect(text).toContain('preset: default')
    await page.keyboard.press('Escape')
    await closed
  })

  test('shows facts of the device and the last plan among the diagnostics', async () => {
    await open()
    await page.evaluate(() => window.panelPage.app.warmUp())
    await page.waitForFunction(() => window.panelPage.app.store.get().plan !== undefined)
    const closed = page.evaluate(() => window.panelPage.app.showDiagnostics())
    const text = await page.locator('dialog textarea').inputValue()
    expect(text).toContain('hasShaderF16: false')
    expect(text).toMatch(/Plan\n {2}scales: 5\n {2}width: 300\n {2}height: 200\n {2}tiles: 12/)
    expect(text).toContain('predictedBytes: 1230000000')
    await page.keyboard.press('Escape')
    await closed
  })

  test('clears a dialog away when UXP rejects its promise, and copes without select()', async () => {
    await open()
    await page.evaluate(() => {
      const { prototype } = HTMLDialogElement
      const { showModal } = prototype
      prototype.showModal = function () {
        showModal.call(this)
        return new Promise((_, reject) => this.addEventListener('cancel', reject))
      }
      Object.defineProperty(HTMLTextAreaElement.prototype, 'select', { value: undefined })
      Object.defineProperty(navigator, 'clipboard', { value: undefined })
    })
    const closed = page.evaluate(() => window.panelPage.app.showDiagnostics())
    await page.locator('dialog sp-button', { hasText: en.copy }).click()
    expect(await page.locator('dialog').textContent()).toContain(en.copyByHand)
    await page.keyboard.press('Escape')
    await closed
    expect(await page.locator('dialog').count()).toBe(0)
  })
})
