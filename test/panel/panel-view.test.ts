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
      await page.evaluate(() => {
        const { actions } = window.panelPage.app
        actions.openAdvanced(true)
        for (const group of ['colours', 'start', 'quality', 'network', 'optimiser'] as const) {
          actions.openGroup(group, true)
        }
        actions.addStyle()
        actions.editStyle(1, true)
      })
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
    const watercolour = page.locator(`.card[title="${en.styles.watercolour}"]`)
    const isReached = () => watercolour.evaluate((tile) => tile === document.activeElement)
    for (let i = 0; i < 14 && !(await isReached()); i++) await page.keyboard.press('Tab')
    expect(await page.locator('.by-keyboard .ring.focused').count()).toBe(1)
    await page.keyboard.press('Enter')
    expect((await state()).settings.styles).toMatchObject([
      { choice: { kind: 'built-in', name: 'watercolour' } },
    ])

    const visited: string[] = []
    for (let i = 0; i < 40; i++) {
      visited.push(
        await page.evaluate(() => {
          const { title = '', textContent } = document.activeElement as HTMLElement
          return title || (textContent?.trim() ?? '')
        }),
      )
      await page.keyboard.press('Tab')
    }
    const expected = [en.choose, en.sliderHelp.strength, en.advanced, en.stylize]
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
    await tells('Takes 1.2 GB of memory, in 12 tiles.')
    const facts = page.locator('.foot-line')
    const quick = facts.locator('sp-action-button:visible')
    expect(await facts.textContent()).toContain('512 px · about 3 min · processor')
    expect(await quick.count()).toBe(0)
    await page.evaluate(() => {
      const { store } = window.panelPage.app
      const { plan } = store.get()
      if (plan && 'summary' in plan)
        store.update({ plan: { summary: { ...plan.summary, tiles: 0 } } })
    })
    await tells('Takes 1.2 GB of memory.')
    await page.evaluate(() => {
      const { store } = window.panelPage.app
      const { layer, plan } = store.get()
      if (plan && 'summary' in plan) {
        store.update({
          layer: { ...layer, layerWidth: 6000, layerHeight: 4000 },
          plan: { summary: { ...plan.summary, work: 500 } },
        })
      }
    })
    await facts.getByText('512 px of 6,000, then enlarged · about 16 min 40 s').waitFor()
    expect(await facts.locator('.long').count()).toBe(1)
    expect(await quick.textContent()).toMatch(/^Try 256 px \(\d+ min/)
    await quick.press('Enter')
    expect((await state()).settings.size).toBe(256)
    await expect.poll(() => facts.locator('.long').count()).toBe(0)
    await page.evaluate(() => window.panelPage.app.store.update({ plan: { error: 'too large' } }))
    await tells(en.cannotPlan('too large'))
  })

  test('stops or cancels a run, and Escape cancels it, too', async () => {
    await open()
    await page.evaluate(() => window.panelPage.paintLong())
    await press(en.stylize)
    await button(en.stop).waitFor()
    expect(await button(en.stylize).count()).toBe(0)
    await page.locator('.card').first().focus()
    await page.keyboard.press('Escape')
    await button(en.stylize).waitFor()
    expect((await state()).phase).toBe('idle')
  })

  test('moves the focus to where it is needed, and Escape cancels from anywhere', async () => {
    await open()
    await page.evaluate(() => window.panelPage.paintLong())
    await button(en.stylize).press('Enter')
    await button(en.stop).waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    await expect.poll(focused).toBe(en.stop)
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.press('Escape')
    await expect.poll(async () => (await state()).phase).toBe('idle')
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

  const unfold = async (...groups: readonly (keyof typeof en.groups)[]): Promise<void> => {
    await page.locator('.fold', { hasText: en.advanced }).press('Enter')
    for (const group of groups)
      await page.locator('.fold', { hasText: en.groups[group] }).press('Enter')
  }
  const option = (name: keyof typeof en.optionNames) => page.locator(`[id="field-${name}"]`)

  test('takes values by keyboard under Advanced, and says what may be typed', async () => {
    await open()
    await unfold('quality')
    const memory = option('memory')
    expect(await memory.locator('.field-label').textContent()).toContain('Memory (MB)')
    expect(await option('precision').locator('sp-menu-item[selected]').textContent()).toBe(
      en.choices.auto,
    )
    await memory.locator('input').fill('-3')
    await memory.locator('input').press('Enter')
    expect(await memory.textContent()).toContain('0 – 1048576 MB')
    expect((await state()).settings.overrides).toEqual({})
    await memory.locator('input').fill('3')
    await memory.locator('input').press('Enter')
    expect((await state()).settings.overrides).toEqual({ memory: 3 })
    expect(await memory.locator('.complaint').isVisible()).toBe(false)
  })

  test('marks what was changed under Advanced, has help behind an ⓘ, and groups that fold', async () => {
    await open()
    await unfold('quality', 'optimiser')
    expect(await page.locator('.changed', { hasText: '•' }).count()).toBe(0)
    const rate = option('learningRate')
    const help = rate.locator('.help')
    expect(await help.isVisible()).toBe(false)
    await rate.locator('.info').press('Enter')
    expect(await help.textContent()).toBe(en.optionHelp.learningRate)
    expect(await help.isVisible()).toBe(true)
    await rate.locator('input').fill('0,5')
    await rate.locator('input').press('Enter')
    expect((await state()).settings.overrides).toEqual({ learningRate: 0.5 })
    expect(await page.locator('.changed', { hasText: '•' }).count()).toBe(3)
    await page.locator('.fold', { hasText: en.groups.optimiser }).press('Enter')
    expect(await rate.isVisible()).toBe(false)
    expect(await option('iterations').isVisible()).toBe(true)
  })

  test('offers another variation where the picture starts from noise', async () => {
    await open()
    await unfold('start')
    expect(await option('seed').isVisible()).toBe(false)
    await page.evaluate(() => window.panelPage.app.actions.setOptions({ init: 'random' }))
    await option('seed')
      .locator('sp-action-button', { hasText: en.anotherVariation })
      .press('Enter')
    expect((await state()).settings.overrides).toEqual({ init: 'random', seed: 1 })
    expect(await option('seed').locator('input').inputValue()).toBe('1')
  })

  test('offers the networks that are there, and shows one that is not', async () => {
    await open()
    await page.evaluate(() => window.panelPage.app.actions.setOptions({ model: 'vgg19' }))
    await unfold('network')
    const items = option('model').locator('sp-menu-item')
    await expect
      .poll(() => items.allTextContents())
      .toEqual([en.choices.auto, 'vgg16', en.notInstalled('vgg19')])
    await option('model').locator('sp-dropdown').click()
    await items.nth(0).click()
    expect((await state()).settings.overrides).toEqual({ model: 'auto' })
    expect(await items.allTextContents()).toEqual([en.choices.auto, 'vgg16'])
  })

  test('does not paint while a field is wrong, says which, leads there, and Reset clears it', async () => {
    await open()
    await unfold('quality')
    const field = option('scaleRatio')
    const input = field.locator('input')
    await input.fill('0,5')
    await input.press('Enter')
    await page.locator('.fold', { hasText: en.advanced }).press('Enter')
    expect(await input.isVisible()).toBe(false)
    const told = page.locator('.wrong')
    expect(await told.textContent()).toContain('“Scale ratio” must be 1.1 – 8.')
    await press(en.stylize)
    expect((await state()).phase).toBe('idle')
    expect(await input.evaluate((element) => element.matches(':focus'))).toBe(true)
    expect(await input.inputValue()).toBe('0,5')
    await page.locator('sp-action-button', { hasText: en.resetToPreset }).press('Enter')
    expect(await input.inputValue()).toBe('2')
    expect(await field.locator('[invalid], .complaint:visible').count()).toBe(0)
    expect(await told.isVisible()).toBe(false)
  })

  test('shows a chosen preset’s values, and moves sliders to them', async () => {
    await open()
    await page.evaluate(() => window.panelPage.app.actions.moveSlider('strength', 80))
    const value = (): Promise<unknown> =>
      page
        .locator('sp-slider')
        .first()
        .evaluate((slider) => (slider as HTMLInputElement).value)
    expect(Number(await value())).toBe(180)
    const number = page.locator('.slider').first().locator('input:not([type])')
    expect(await number.inputValue()).toBe('+80')
    await number.fill('-30')
    await number.press('Enter')
    expect([Number(await value()), await number.inputValue()]).toEqual([70, '−30'])
    await page.locator('sp-slider').first().dblclick()
    expect(Number(await value())).toBe(100)
    await page.evaluate(() => window.panelPage.app.actions.moveSlider('strength', 80))
    await page.locator(`[title="${en.resetSlider(en.sliders.strength)}"]`).press('Enter')
    expect((await state()).settings.overrides).toEqual({})
    await page.evaluate(() => window.panelPage.app.actions.moveSlider('strength', 80))
    await page.locator('.preset-card', { hasText: en.presets.bold!.name }).click()
    expect((await state()).settings.preset).toBe('bold')
    expect(Number(await value())).toBe(100)
  })

  test('has the styles in a list, with weights once there are two, and details on demand', async () => {
    await open()
    const rows = page.locator('.style-row:visible')
    const details = page.locator('.style-details')
    const styles = async () => (await state()).settings.styles
    expect(await rows.locator('.style-weight input:visible').count()).toBe(0)
    await page.locator('sp-action-button', { hasText: en.addStyle }).press('Enter')
    expect(await rows.locator('.style-name').allTextContents()).toEqual(['Oil', 'Watercolour'])
    expect(await page.locator('.style-ring.chosen').textContent()).toBe('Watercolour')

    const shares = page.locator('.style-weight input')
    const shownShares = () =>
      shares.evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value))
    expect(await shownShares()).toEqual(['50', '50'])
    const share = rows.first().locator('.style-weight input')
    await share.fill('12,5')
    await share.press('Enter')
    expect(await shownShares()).toEqual(['13', '88'])
    expect(await styles()).toMatchObject([{ weight: 0.25 }, { weight: 1.75 }])
    const box = () => rows.first().boundingBox()
    const before = await box()
    await share.fill('-3')
    await share.press('Enter')
    // The complaint has a line of its own, and leaves the row as it was.
    expect(await box()).toEqual(before)
    expect(await page.locator('.style').first().textContent()).toContain(en.expected('0 – 100'))
    await share.fill('50')
    await share.press('Enter')

    expect(await details.isVisible()).toBe(false)
    await rows
      .first()
      .locator(`[title="${en.styleDetails('Oil')}"]`)
      .press('Enter')
    expect(await details.isVisible()).toBe(true)
    expect(
      await page.locator('.style', { has: details }).locator('.style-name').textContent(),
    ).toBe('Oil')
    const scale = details.locator('.field', { hasText: en.amounts.scale })
    await scale.locator('input').fill('70')
    await scale.locator('input').press('Enter')
    expect(await scale.textContent()).toContain(en.expected('0.05 – 20'))
    await scale.locator('input').fill('0.5')
    await scale.locator('input').press('Enter')
    expect(await scale.locator('.complaint').isVisible()).toBe(false)
    await details.locator('sp-dropdown').click()
    await page.locator('sp-menu-item:visible', { hasText: en.places.selection }).click()
    expect(await styles()).toMatchObject([{ scale: 0.5, where: { kind: 'selection' } }, {}])

    await rows
      .first()
      .locator(`[title="${en.removeStyle('Oil')}"]`)
      .press('Enter')
    expect(await rows.locator('.style-name').allTextContents()).toEqual(['Watercolour'])
    expect(await page.evaluate(() => window.panelPage.violations)).toEqual([])
  })

  test('offers built-in styles, recent ones and favourites, each with its name', async () => {
    await open()
    const names = page.locator('.style-card .card-name')
    const press = (label: string) =>
      page.locator('.section sp-action-button:visible', { hasText: label }).first().press('Enter')
    const tab = (name: string) => page.locator('.tab', { hasText: name }).press('Enter')
    expect(await names.allTextContents()).toEqual(Object.values(en.styles))
    const width = await page
      .locator('.style-card .card')
      .first()
      .evaluate((card) => card.clientWidth)
    expect(width).toBeGreaterThanOrEqual(64)
    await press('☆')
    await page.locator('.card[title="Ink"]').press('Enter')
    await press('☆')
    await tab(en.gallery.favourites)
    expect(await names.allTextContents()).toEqual(['Ink', 'Oil'])
    await press(en.randomStyle)
    expect(await page.locator('.style-card.chosen .card-name').textContent()).toBe('Oil')
    await press('★')
    expect(await names.allTextContents()).toEqual(['Ink'])
    await tab(en.gallery.recent)
    expect(await page.locator('.section').first().textContent()).toContain(en.galleryEmpty.recent)
  })

  test('takes a style from a file, the selected layer or another open document', async () => {
    await open()
    await page.evaluate(() => window.panelPage.setOpenDocuments(['Sea.psd', 'b.jpg']))
    const sources = page.locator('.sources sp-action-button:visible')
    expect(await sources.count()).toBe(0)
    await page.locator('sp-action-button', { hasText: en.choose }).press('Enter')
    expect(await sources.allTextContents()).toEqual([
      ...[en.fromFile, en.fromLayer],
      ...['Sea.psd', 'b.jpg'].map(en.fromDocument),
    ])
    await sources.nth(2).press('Enter')
    expect(await sources.count()).toBe(0)
  })

  test('offers the document’s layers as places, as they are when the list opens', async () => {
    await open()
    await page.evaluate(() => {
      const { app, setMaskLayers } = window.panelPage
      setMaskLayers(['Sky'])
      app.actions.setWhere(0, { kind: 'layer', layerId: 9, name: 'Sea' })
      app.actions.editStyle(0, true)
    })
    const items = page.locator('.style-details sp-menu-item')
    expect(await items.allTextContents()).toEqual([
      ...[en.places.everywhere, en.places.selection, en.places['layer-mask']],
      ...[en.placeLayer('Sky'), en.placeLayer('Sea')],
    ])
    // A place that is not there is kept.
    expect(await page.locator('.style-details sp-menu-item[selected]').textContent()).toBe(
      en.placeLayer('Sea'),
    )
    await page.evaluate(() => window.panelPage.setMaskLayers(['Hill', 'Lake', 'Moor']))
    await page.locator('.style-details sp-dropdown').click()
    await page.evaluate(() => window.panelPage.selectLayers(['Other']))
    // What Photoshop tells meanwhile closes no list.
    expect(await items.nth(3).isVisible()).toBe(true)
    expect((await items.allTextContents()).slice(3)).toEqual(
      ['Hill', 'Lake', 'Moor', 'Sea'].map(en.placeLayer),
    )
  })

  test('shows presets as cards with their names, and marks the one that is chosen', async () => {
    await open()
    const bold = page.locator('.presets .card', { has: page.locator('[src*="/bold."]') })
    expect(await bold.getAttribute('title')).toContain(en.presets.bold!.description)
    expect(await bold.textContent()).toContain(en.presets.bold!.name)
    await bold.press('Enter')
    expect((await state()).settings.preset).toBe('bold')
    expect(await page.locator('.presets .chosen .card-name').textContent()).toBe('Bold')
    await page.locator('.presets sp-action-button', { hasText: 'Neural Style' }).press('Enter')
    expect((await state()).settings.preset).toBe('neural-style')
  })

  test('says that a preset was changed, and takes it back', async () => {
    await open()
    const title = page.locator('.preset-title')
    const reset = page.locator('.preset-head sp-action-button')
    expect([await title.textContent(), await reset.isVisible()]).toEqual(['Default', false])
    await page.evaluate(() => window.panelPage.app.actions.moveSlider('strength', 80))
    expect(await title.textContent()).toBe(en.changedPreset('Default'))
    await reset.press('Enter')
    expect([await title.textContent(), await reset.isVisible()]).toEqual(['Default', false])
    expect((await state()).settings.overrides).toEqual({})
  })

  test('asks before it deletes a preset', async () => {
    await open()
    const names = () =>
      page.evaluate(() => window.panelPage.app.store.get().userPresets.map(({ name }) => name))
    const closed = page.evaluate(() => {
      const { store, presetMenu } = window.panelPage.app
      store.update({ userPresets: [{ name: 'Harbour', options: {} }] })
      return presetMenu.manage()
    })
    const dialog = page.locator('dialog')
    const choose = (label: string) =>
      dialog.locator('sp-action-button:visible', { hasText: label }).press('Enter')
    await choose(en.remove)
    expect(await dialog.textContent()).toContain(en.reallyRemove('Harbour'))
    await choose(en.keep)
    expect(await names()).toEqual(['Harbour'])
    await choose(en.remove)
    await choose(en.remove)
    expect(await names()).toEqual([])
    await page.keyboard.press('Escape')
    await closed
  })

  test('takes the colours from one of three, or moves them and paints nothing', async () => {
    await open()
    const colours = page.locator('.field', { hasText: en.colours }).first()
    await colours.locator('sp-dropdown').click()
    await page.locator('sp-menu-item', { hasText: en.choices['content-match'] }).click()
    expect((await state()).settings.overrides).toEqual({ colors: 'content-match' })
    const chooseColours = async (name: string): Promise<void> => {
      await colours.locator('sp-dropdown').click()
      await page.locator('sp-menu-item:visible', { hasText: name }).first().click()
    }
    await chooseColours(en.optionNames.colorsOnly)
    expect((await state()).settings.overrides).toMatchObject({ colorsOnly: true })
    await chooseColours(en.choices.style)
    expect((await state()).settings.overrides).toEqual({})
  })

  test('offers to continue once a picture is done', async () => {
    await open()
    expect(await button(en.goOn).count()).toBe(0)
    await press(en.stylize)
    await button(en.goOn).waitFor()
    await page.evaluate(() => window.panelPage.paintLong())
    const ways = page.locator('.ways sp-action-button:visible')
    expect(await ways.count()).toBe(0)
    await press(en.goOn)
    // Painted at the layer's own size there is no larger one.
    expect(await ways.allTextContents()).toEqual([en.goOnBy.more, en.goOnBy.stronger])
    await ways.first().press('Enter')
    await button(en.cancel).waitFor()
    expect(await button(en.goOn).count()).toBe(0)
    expect(await page.locator('.header-title').textContent()).toContain('one · a.psd')
    await press(en.cancel)
    await page.locator('.message', { hasText: en.errors.cancelled }).waitFor()
    await button(en.goOn).waitFor()
  })

  test('previews what it would paint, in the panel alone', async () => {
    await open()
    await press(en.preview)
    await page.locator('.message', { hasText: en.previews.shown }).waitFor()
    await page.evaluate(() => window.panelPage.app.actions.moveSlider('strength', 80))
    expect(await page.locator('.message').isVisible()).toBe(false)
  })

  test('says so when the settings could not be stored with the picture', async () => {
    await open()
    await press(en.stylize)
    await button(en.goOn).waitFor()
    await page.evaluate(() => {
      const { store } = window.panelPage.app
      const { job } = store.get()
      if (job.phase === 'done') store.update({ job: { ...job, hasRecipe: false } })
    })
    await page.locator('.message', { hasText: en.recipeLost }).waitFor()
  })

  test('paints several layers in turn, says which, and sums up', async () => {
    await open()
    await page.evaluate(() => window.panelPage.selectLayers(['Sky', 'Sea']))
    expect(await page.locator('.header-title').textContent()).toContain(en.severalLayers(2))
    await page.evaluate(() => window.panelPage.paintLong())
    await press(en.stylizeLayers(2))
    await page.locator('.progress', { hasText: en.batchPosition(1, 2, 'Sky') }).waitFor()
    await press(en.cancel)
    await page.locator('.message', { hasText: en.batchCancelled(0, 2) }).waitFor()
    await page.locator('.message sp-action-button:visible').press('Enter')
    expect(await page.locator('.message').isVisible()).toBe(false)
    expect(await button(en.stylizeLayers(2)).count()).toBe(1)
  })

  test('offers the settings of a layer that was painted here', async () => {
    await open()
    const offer = page.locator('sp-action-button', { hasText: en.sameSettings })
    expect(await offer.isVisible()).toBe(false)
    await press(en.stylize)
    await button(en.goOn).waitFor()
    await page.evaluate(() => window.panelPage.selectResult())
    await offer.press('Enter')
    await page.locator('.message', { hasText: en.settingsTaken('one') }).waitFor()
  })

  test('speaks Korean', async () => {
    await open({ width: 260, height: 700 }, 'light', 'ko_KR')
    const panel = page.locator('.impasto')
    expect(await panel.textContent()).toContain(ko.colours)
    // Lines end between words.
    expect(await panel.evaluate((element) => getComputedStyle(element).wordBreak)).toBe('keep-all')
    expect(await button(ko.stylize).count()).toBe(1)
  })

  test('saves a preset under a name that it may have, and shows it', async () => {
    await open()
    await page.locator('.presets sp-action-button', { hasText: en.savePreset }).press('Enter')
    const field = page.locator('dialog sp-textfield input')
    for (const taken of ['bold', 'Bold']) {
      await field.fill(taken)
      await page.locator('dialog sp-button', { hasText: en.save }).click()
      expect(await page.locator('dialog').textContent()).toContain(en.presetNameProblems.taken)
      await field.fill('')
    }
    await field.fill('Harbour')
    await page.locator('dialog sp-checkbox', { hasText: en.presetWithStyles }).click()
    await page.locator('dialog sp-button', { hasText: en.save }).click()
    await page.locator('dialog').waitFor({ state: 'detached' })
    expect((await state()).settings.preset).toBe('Harbour')
    expect(await page.locator('.presets .chosen .card-name').textContent()).toBe('Harbour')
    const userPresets = await page.evaluate(() => window.panelPage.app.store.get().userPresets)
    expect(userPresets).toMatchObject([{ styles: [{ kind: 'built-in', name: 'oil' }] }])
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
