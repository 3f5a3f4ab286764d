import { mkdir } from 'node:fs/promises'
import type { Frame } from 'playwright-core'
import { beforeEach, expect, test } from 'vitest'
import { THEMES } from '../../../src/host/browser/themes.ts'
import { describeInChromium } from '../../browser/chromium.ts'
import { type OpenHost, openForEach } from './support.ts'

const HTML = `
  <div style="padding: 12px">
  <sp-heading size="S">Heading</sp-heading><sp-body size="S">Body text of some length.</sp-body>
  <sp-detail>Detail</sp-detail><sp-divider size="small"></sp-divider>
  <p><sp-button id="button" variant="cta">Stylize</sp-button> <sp-button variant="primary">Stop</sp-button>
  <sp-button variant="secondary">Cancel</sp-button></p>
  <p><sp-button id="disabled" disabled>Off</sp-button> <sp-button variant="warning" quiet>Quiet</sp-button></p>
  <p><sp-action-button id="action">Choose…</sp-action-button> <sp-action-button quiet><sp-icon name="ui:ChevronDownMedium"></sp-icon></sp-action-button>
  <sp-action-button selected>On</sp-action-button> <sp-action-button disabled>Off</sp-action-button></p>
  <p><sp-checkbox id="checkbox">Keep colours</sp-checkbox> <sp-checkbox checked>On</sp-checkbox></p>
  <p><sp-checkbox indeterminate>Some</sp-checkbox> <sp-checkbox disabled>Off</sp-checkbox></p>
  <sp-radio-group id="group"><sp-label slot="label">Size</sp-label>
    <sp-radio value="a" checked>First</sp-radio><sp-radio id="b" value="b">Second</sp-radio></sp-radio-group>
  <p><sp-dropdown id="dropdown" placeholder="Choose one" style="width: 200px"><sp-menu slot="options">
    <sp-menu-item>One</sp-menu-item><sp-menu-item value="two">Two</sp-menu-item><sp-menu-divider></sp-menu-divider>
    <sp-menu-item disabled>Three</sp-menu-item><sp-menu-item>Four</sp-menu-item></sp-menu></sp-dropdown></p>
  <sp-slider id="slider" min="0" max="10" value="3" variant="filled" value-label=" px"><sp-label slot="label">Strength</sp-label></sp-slider>
  <sp-slider min="-5" max="5" value="-2" fill-offset="0" show-value="false"><sp-label slot="label">Balance</sp-label></sp-slider>
  <p><sp-textfield id="field" placeholder="Name"><sp-label slot="label">Preset</sp-label></sp-textfield>
  <sp-textfield type="number" value="x" invalid style="width: 60px"></sp-textfield></p>
  <sp-textarea id="area" value="Some text"></sp-textarea>
  <p><sp-progressbar id="progress" max="40" value="10" style="width: 200px"><sp-label slot="label">Painting</sp-label></sp-progressbar></p>
  <p><sp-link id="link" href="https://example.org/">A link</sp-link> <sp-tooltip>Tip</sp-tooltip></p></div>`

/** 'type target.id value' of each event that arrives at the document. */
const record = (panel: Frame): Promise<void> =>
  panel.evaluate(() => {
    const events: string[] = []
    Object.assign(window, { events })
    for (const type of ['input', 'change', 'click']) {
      document.addEventListener(type, ({ target }) => {
        const { id, value, checked, selectedIndex } = target as HTMLElement & {
          value?: unknown
          checked?: boolean
          selectedIndex?: number
        }
        if (type === 'click') events.push(`click ${id}`)
        else events.push(`${type} ${id} ${selectedIndex ?? value ?? ''} ${checked ?? ''}`.trim())
      })
    }
  })

const recorded = (panel: Frame): Promise<string[]> =>
  panel.evaluate(() => (Reflect.get(window, 'events') as string[]).splice(0))

describeInChromium("Spectrum's widgets in the panel", { timeout: 60_000 }, () => {
  const opened = openForEach({ html: HTML })
  let host: OpenHost
  beforeEach(async () => {
    host = opened()
    await record(host.panel)
  })

  test('a button is pressed by mouse, Enter and Space, and not when it is disabled', async () => {
    const { panel, page } = host
    await panel.locator('#button').click()
    await panel.locator('#button').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Space')
    await panel.locator('#disabled').click({ force: true })
    expect(await recorded(panel)).toEqual(['click button', 'click button', 'click button'])
    expect(
      await panel.evaluate(() => document.querySelector<HTMLElement>('#disabled')?.tabIndex),
    ).toBe(-1)
  })

  test('a checkbox changes by click and Space, and its attribute follows', async () => {
    const { panel, page } = host
    await panel.locator('#checkbox').click()
    await page.keyboard.press('Space')
    await panel.locator('#checkbox').click()
    const changes = (await recorded(panel)).filter((line) => line.startsWith('change'))
    expect(changes).toEqual([
      'change checkbox  true',
      'change checkbox  false',
      'change checkbox  true',
    ])
    expect(
      await panel.evaluate(() => document.querySelector('#checkbox')?.hasAttribute('checked')),
    ).toBe(true)
  })

  test('of a radio group one is chosen, and the group tells', async () => {
    const { panel } = host
    await panel.locator('#b').click()
    await panel.locator('#b').click()
    expect((await recorded(panel)).filter((line) => line.startsWith('change'))).toEqual([
      'change group b',
    ])
    expect(await panel.locator('sp-radio[checked]').count()).toBe(1)
  })

  test('a dropdown without a choice shows its placeholder', async () => {
    expect(await host.panel.locator('#dropdown #label').textContent()).toBe('Choose one')
  })

  test('a dropdown opens, chooses and tells its index', async () => {
    const { panel } = host
    expect(
      await panel.evaluate(
        () => document.querySelector<HTMLSelectElement>('#dropdown')?.selectedIndex,
      ),
    ).toBe(-1)
    await panel.locator('#dropdown').click()
    await panel.locator('sp-menu-item', { hasText: 'Two' }).click()
    expect((await recorded(panel)).filter((line) => line.startsWith('change'))).toEqual([
      'change dropdown 1',
    ])
    expect(
      await panel.evaluate(() => document.querySelector<HTMLSelectElement>('#dropdown')?.value),
    ).toBe('two')
    expect(await panel.locator('sp-menu-item', { hasText: 'Four' }).isVisible()).toBe(false)
  })

  test('a dropdown is used by Tab, Enter and Escape, but knows no arrow keys', async () => {
    const { panel, page } = host
    const index = () =>
      panel.evaluate(() => document.querySelector<HTMLSelectElement>('#dropdown')?.selectedIndex)
    await panel.locator('#dropdown').focus()
    await page.keyboard.press('ArrowDown')
    expect(await index()).toBe(-1)
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    // The disabled item is left out.
    await page.keyboard.press('Enter')
    expect(await index()).toBe(3)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    expect(await index()).toBe(3)
    expect(await panel.locator('sp-menu-item', { hasText: 'One' }).isVisible()).toBe(false)
  })

  test('a dropdown shows what the plug-in selects, without an event', async () => {
    const { panel } = host
    await panel.evaluate(() => {
      const dropdown = document.querySelector<HTMLSelectElement>('#dropdown')
      if (dropdown) dropdown.selectedIndex = 0
    })
    await expect
      .poll(() =>
        panel.evaluate(
          () =>
            document.querySelector('#dropdown')?.shadowRoot?.querySelector('#label')?.textContent,
        ),
      )
      .toBe('One')
    expect(await recorded(panel)).toEqual([])
  })

  test('a slider tells input and change, keeps in its range, and sets its attribute', async () => {
    const { panel, page } = host
    await panel.evaluate(() => document.querySelector<HTMLElement>('#slider')?.focus())
    await page.keyboard.press('ArrowRight')
    expect(await recorded(panel)).toEqual(['input slider 4', 'change slider 4'])
    const after = await panel.evaluate(() => {
      const slider = document.querySelector('#slider') as HTMLElement & { value: number }
      const attribute = slider.getAttribute('value')
      slider.value = 99
      return [attribute, slider.value, slider.shadowRoot?.querySelector('#value')?.textContent]
    })
    expect(after).toEqual(['4', 10, '10 px'])
  })

  test('a text field tells what is typed', async () => {
    const { panel, page } = host
    await panel.evaluate(() => document.querySelector<HTMLElement>('#field')?.focus())
    await page.keyboard.type('ok')
    await page.keyboard.press('Tab')
    expect(await recorded(panel)).toEqual(['input field o', 'input field ok', 'change field ok'])
    expect(
      await panel.evaluate(() => document.querySelector<HTMLInputElement>('#area')?.value),
    ).toBe('Some text')
  })

  test('a progress bar is as full as its value', async () => {
    const { panel } = host
    const width = () =>
      panel.evaluate(
        () =>
          document.querySelector('#progress')?.shadowRoot?.querySelector<HTMLElement>('#fill')
            ?.style.width,
      )
    expect(await width()).toBe('25%')
    await panel.evaluate(() =>
      Object.assign(document.querySelector('#progress') ?? {}, { value: 80 }),
    )
    expect(await width()).toBe('100%')
  })

  test('a link opens outside', async () => {
    const { panel, page } = host
    const [popup] = await Promise.all([page.waitForEvent('popup'), panel.locator('#link').click()])
    expect(popup.url()).toMatch(/example.org|about:blank|chrome-error/)
  })

  test.each(THEMES)('they are drawn in the theme %s', async (theme) => {
    const { panel, page } = host
    await page.evaluate(async (name) => (await window.impastoHost).setTheme(name), theme)
    await mkdir('out/screenshots', { recursive: true })
    await page.screenshot({ path: `out/screenshots/widgets-${theme}.png` })
    const [text, ground] = await panel.evaluate(() => {
      const { color, backgroundColor } = getComputedStyle(document.body)
      return [color, backgroundColor].map((css) => Number(css.match(/\d+/)?.[0]))
    })
    // Readable: well apart in lightness.
    expect(Math.abs((text ?? 0) - (ground ?? 0))).toBeGreaterThan(100)
  })
})
