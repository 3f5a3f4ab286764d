import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { beforeEach, expect, test } from 'vitest'
import { describeInChromium } from '../../browser/chromium.ts'
import { readByAgPsd } from '../../psd/ag-psd.ts'
import { drag, drop, factsOf, png, savedPsd, zoomOf } from './editor-steps.ts'
import { openForEach } from './support.ts'

const layered = () => readFile(new URL('../../fixtures/psd/layered.psd', import.meta.url))

describeInChromium('the editor', { timeout: 60_000 }, () => {
  const opened = openForEach()
  let page: Page
  beforeEach(() => {
    page = opened().page
  })

  test('opens a PSD that is dropped on it, with its layers', async () => {
    await drop(page, 'layered.psd', await layered())
    await expect.poll(() => page.locator('.layer').count()).toBeGreaterThan(1)
    const names = await page.locator('.layer .name').allTextContents()
    const psd = readByAgPsd(await layered())
    expect(names).toContain(psd.children?.at(-1)?.name)
    expect(await page.locator('.tab.active').textContent()).toBe('layered.psd')
  })

  test('opens a picture, draws it in its place and its colours', async () => {
    await drop(page, 'red.png', await png(40, 20, { r: 200, g: 30, b: 40, alpha: 1 }))
    await expect.poll(() => page.locator('.layer .name').allTextContents()).toEqual(['Background'])
    const box = await page.locator('.viewport').boundingBox()
    const shot = sharp(await page.screenshot())
    const at = async (x: number, y: number) => {
      const region = { left: Math.round(x), top: Math.round(y), width: 1, height: 1 }
      return [...(await shot.clone().extract(region).removeAlpha().raw().toBuffer())]
    }
    if (!box) throw new Error('the picture is not shown')
    const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2]
    expect(await at(cx, cy)).toEqual([200, 30, 40])
    expect(await at(cx + 18, cy + 8)).toEqual([200, 30, 40])
    expect(await at(cx + 60, cy)).not.toEqual([200, 30, 40])
    expect(await zoomOf(page)).toBe(100)
  })

  test('says what it expects when a file is neither', async () => {
    await drop(page, 'notes.txt', Buffer.from('hello'))
    await page.locator('dialog.alert').waitFor()
    expect(await page.locator('dialog.alert p').textContent()).toMatch(
      /notes.txt cannot be opened. Expected a PSD, PNG, JPEG or WebP/,
    )
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('dialog.alert').count()).toBe(0)
    expect(await factsOf(page)).toBeUndefined()
  })

  test('shows documents as tabs, of which one is active', async () => {
    await drop(page, 'a.png', await png(4, 4, { r: 0, g: 0, b: 0, alpha: 1 }))
    await page.locator('.tab').waitFor()
    await drop(page, 'b.png', await png(4, 4, { r: 0, g: 0, b: 0, alpha: 1 }))
    await expect.poll(() => page.locator('.tab').count()).toBe(2)
    await page.locator('.tab', { hasText: 'a.png' }).getByRole('button').first().click()
    expect((await factsOf(page))?.title).toBe('a.png')
    await page.locator('.tab.active .icon-button').click()
    expect((await factsOf(page))?.title).toBe('b.png')
  })

  test('zooms at the pointer by the wheel, by keys, to fit and to life size', async () => {
    await drop(page, 'big.png', await png(4000, 3000, { r: 9, g: 9, b: 9, alpha: 1 }))
    await expect.poll(() => zoomOf(page)).toBeLessThan(30)
    const fitted = await zoomOf(page)
    await page.locator('.viewport').hover()
    await page.mouse.wheel(0, -500)
    await expect.poll(() => zoomOf(page)).toBeGreaterThan(fitted)
    await page.keyboard.press('Control+1')
    expect(await zoomOf(page)).toBe(100)
    await page.keyboard.press('Control+Minus')
    expect(await zoomOf(page)).toBe(67)
    await page.keyboard.press('Control+0')
    expect(await zoomOf(page)).toBe(fitted)
  })

  test('selects a rectangle in pixels of the document, with a soft edge, and deselects', async () => {
    await drop(page, 'grey.png', await png(200, 100, { r: 9, g: 9, b: 9, alpha: 1 }))
    await page.locator('.tab').waitFor()
    const box = await page.locator('.viewport').boundingBox()
    if (!box) throw new Error('the picture is not shown')
    const left = Math.round((box.width - 200) / 2)
    const top = Math.round((box.height - 100) / 2)
    await page.keyboard.press('m')
    await drag(page, [left + 20, top + 10], [left + 120, top + 60])
    const plain = await factsOf(page)
    expect(plain?.history).toEqual(['Open', 'Select'])
    for (const [side, expected] of Object.entries({ left: 20, top: 10, right: 120, bottom: 60 })) {
      // The middle of the window may lie between pixels.
      expect(Math.abs(Reflect.get(plain?.selection ?? {}, side) - expected)).toBeLessThanOrEqual(1)
    }
    await page.locator('.feather input').fill('4')
    await page.locator('.feather input').blur()
    await drag(page, [left + 40, top + 30], [left + 100, top + 70])
    const soft = await page.evaluate(async () => {
      const { host } = await window.impastoHost
      const { bounds, coverage } = host.documents[0]!.state.selection!
      const width = bounds.right - bounds.left
      const row = Math.floor((bounds.bottom - bounds.top) / 2)
      return { width, middle: [...coverage.slice(row * width, (row + 1) * width)] }
    })
    expect(soft.width).toBeGreaterThanOrEqual(60 + 18)
    expect(soft.middle[Math.floor(soft.width / 2)]).toBe(255)
    expect(Math.abs((soft.middle[10] ?? 0) - 140)).toBeLessThan(40)
    expect(soft.middle[0]).toBeLessThan(10)
    await page.keyboard.press('Control+d')
    expect((await factsOf(page))?.selection).toBeUndefined()
  })

  test('selects several layers: by Ctrl one more or less, by Shift all up to there', async () => {
    await drop(page, 'layered.psd', await layered())
    const rows = page.locator('.layer')
    await rows.first().waitFor()
    const ids = await rows.evaluateAll((elements) =>
      elements.map((element) => Number((element as HTMLElement).dataset.layerId)),
    )
    const selected = async () => (await factsOf(page))?.selectedLayerIds
    await rows.nth(1).click()
    await rows.nth(3).click({ modifiers: ['Control'] })
    expect(await selected()).toEqual([ids[1], ids[3]])
    await expect.poll(() => page.locator('.layer.selected').count()).toBe(2)
    await rows.nth(1).click({ modifiers: ['Control'] })
    expect(await selected()).toEqual([ids[3]])
    await rows.nth(1).click({ modifiers: ['Shift'] })
    expect(await selected()).toEqual([ids[3], ids[2], ids[1]])
    await rows.nth(4).click({ modifiers: ['Shift'] })
    expect(await selected()).toEqual([ids[3], ids[4]])
    await page.locator('.layers').focus()
    await page.keyboard.press('Shift+ArrowUp')
    await page.keyboard.press('Shift+ArrowUp')
    expect(await selected()).toEqual([ids[3], ids[2]])
    await page.keyboard.press('ArrowUp')
    expect(await selected()).toEqual([ids[1]])
  })

  test('goes back and forth in history by keys and by clicks', async () => {
    await drop(page, 'layered.psd', await layered())
    await page.locator('.layer').first().waitFor()
    const before = await factsOf(page)
    await page.locator('.layer').first().click()
    await page.locator('.layers').focus()
    await page.keyboard.press('Delete')
    await expect
      .poll(async () => (await factsOf(page))?.layerNames)
      .toEqual(before?.layerNames.slice(1))
    await page.locator('.layer .eye').first().click()
    expect((await factsOf(page))?.history).toEqual(['Open', 'Delete Layer', 'Layer Visibility'])
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+z')
    expect((await factsOf(page))?.layerNames).toEqual(before?.layerNames)
    await page.keyboard.press('Control+Shift+z')
    expect((await factsOf(page))?.historyIndex).toBe(1)
    await page.locator('.history-state', { hasText: 'Open' }).click()
    expect((await factsOf(page))?.historyIndex).toBe(0)
    await expect.poll(() => page.locator('.history-state.undone').count()).toBe(2)
  })

  test('saves a PSD that another program opens, as it is now', async () => {
    await drop(page, 'layered.psd', await layered())
    await page.locator('.layer').first().waitFor()
    await page.locator('.layer .eye').first().click()
    const name = await page.locator('.layer .name').first().textContent()
    const psd = await savedPsd(page)
    const original = readByAgPsd(await layered())
    expect([psd.width, psd.height]).toEqual([original.width, original.height])
    expect(psd.children?.map((layer) => layer.name)).toEqual(
      original.children?.map((layer) => layer.name),
    )
    expect(psd.children?.at(-1)).toMatchObject({
      name,
      hidden: !original.children?.at(-1)?.hidden,
    })
  })

  test('downloads under the name of the document', async () => {
    await drop(page, 'my photo.png', await png(4, 4, { r: 1, g: 2, b: 3, alpha: 0.5 }))
    await page.locator('.tab').waitFor()
    const [psd] = await Promise.all([
      page.waitForEvent('download'),
      page.keyboard.press('Control+s'),
    ])
    expect(psd.suggestedFilename()).toBe('my photo.psd')
    const [picture] = await Promise.all([
      page.waitForEvent('download'),
      page.keyboard.press('Control+Shift+s'),
    ])
    expect(picture.suggestedFilename()).toBe('my photo.png')
  })

  test('moves the selected layer, but not a background', async () => {
    await drop(page, 'glass.png', await png(50, 50, { r: 1, g: 2, b: 3, alpha: 0.5 }))
    await page.locator('.layer').waitFor()
    await page.keyboard.press('v')
    await drag(page, [200, 200], [215, 190])
    const bounds = () =>
      page.evaluate(
        async () =>
          (await window.impastoHost).host.documents.at(-1)?.state.layers[0]?.raster?.bounds,
      )
    expect(await bounds()).toEqual({ left: 15, top: -10, right: 65, bottom: 40 })
    expect((await factsOf(page))?.history).toEqual(['Open', 'Move'])
    await drop(page, 'wall.png', await png(50, 50, { r: 1, g: 2, b: 3, alpha: 1 }))
    await expect.poll(() => page.locator('.tab').count()).toBe(2)
    await drag(page, [200, 200], [215, 190])
    expect((await factsOf(page))?.history).toEqual(['Open'])
  })

  test('opens the sample, a document of layers, with the photograph selected', async () => {
    await page.getByRole('button', { name: 'Open sample' }).click()
    await expect
      .poll(() => page.locator('.layer .name').allTextContents())
      .toEqual(['Signature', 'Background'])
    expect(await page.locator('.layer.selected .name').textContent()).toBe('Background')
    expect((await savedPsd(page)).children?.map(({ name }) => name)).toEqual([
      'Background',
      'Signature',
    ])
  })
})
