import { mkdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInChromium } from '../../browser/chromium.ts'
import { type Hosts, launchHosts } from './support.ts'

describeInChromium("the panel's document", { timeout: 60_000 }, () => {
  let hosts: Hosts
  beforeAll(async () => {
    hosts = await launchHosts()
  })
  afterAll(() => hosts.close())

  test('reports styles and elements that UXP does not have', async () => {
    const css = `.a { display: grid; color: red } /* float: left */
      .b { float: left; text-transform: uppercase; transition: color 1s } @keyframes k { from { top: 0 } }
      .c { display: flex; font: 12px sans-serif; box-shadow: 0 0 1px #000 } .d { grid-area: a }`
    const { violations } = await hosts.open({ css, html: '<input type="file"><form></form>' })
    const all = (await violations()).join('\n')
    for (const expected of [
      'display: grid',
      'float: left',
      'text-transform: uppercase',
      'transition: color 1s',
      '@keyframes',
      'font: 12px',
      'box-shadow',
      'grid-area',
      '<input>',
      '<form>',
    ]) {
      expect(all).toContain(expected)
    }
    expect(await violations()).toHaveLength(10)
  })

  test('finds nothing wrong with flex, blocks and custom properties', async () => {
    const css =
      ':root { --float: 1px } .a { display: flex; font-size: var(--float); flex-direction: column }'
    const { violations } = await hosts.open({ css, html: '<sp-button>Go</sp-button><p>Text</p>' })
    expect(await violations()).toEqual([])
  })

  test("knows Photoshop's four themes in media queries", async () => {
    const css = '@media (prefers-color-scheme: lightest) { body { outline-color: rgb(1, 2, 3) } }'
    const { page, panel } = await hosts.open({ css })
    const color = () => panel.evaluate(() => getComputedStyle(document.body).outlineColor)
    expect(await color()).not.toBe('rgb(1, 2, 3)')
    await page.evaluate(async () => (await window.impastoHost).setTheme('lightest'))
    expect(await color()).toBe('rgb(1, 2, 3)')
  })

  test('shows an ImageBlob by its object URL until that is revoked', async () => {
    const { page } = await hosts.open()
    const widths = await page.evaluate(async () => {
      const { scope } = await window.impastoHost
      const ImageBlob = Reflect.get(scope ?? {}, 'ImageBlob') as new (...args: unknown[]) => Blob
      const blob = new ImageBlob(new ArrayBuffer(6), {
        type: 'image/uncompressed',
        width: 2,
        height: 1,
        colorSpace: 'RGB',
        components: 3,
        componentSize: 8,
        pixelFormat: 'RGB',
        hasAlpha: false,
      })
      const url = URL.createObjectURL(blob)
      const widthOf = async (source: string): Promise<number> => {
        const image = new Image()
        image.src = source
        await image.decode().catch(() => undefined)
        return image.naturalWidth
      }
      const shown = await widthOf(url)
      URL.revokeObjectURL(url)
      return [shown, await widthOf(`${url}#again`)]
    })
    expect(widths).toEqual([2, 0])
  })

  test('gives a dialog all of the window and tells what it was closed with', async () => {
    const { page, panel } = await hosts.open({
      html: '<dialog style="width: 500px">Hello</dialog>',
    })
    const answer = panel.evaluate(() => {
      const dialog = document.querySelector('dialog') as HTMLDialogElement & {
        uxpShowModal(options: object): Promise<string>
      }
      return dialog.uxpShowModal({ title: 'A title', size: { width: 520, height: 300 } })
    })
    await expect
      .poll(() => panel.evaluate(() => document.querySelector('dialog')?.offsetWidth))
      .toBe(520)
    expect(await panel.evaluate(() => innerWidth)).toBe(1280)
    expect(await panel.evaluate(() => document.body.offsetWidth)).toBeLessThan(400)
    await mkdir('out/screenshots', { recursive: true })
    await page.screenshot({ path: 'out/screenshots/dialog.png' })
    await panel.evaluate(() => document.querySelector('dialog')?.close('yes'))
    expect(await answer).toBe('yes')
    expect(await panel.evaluate(() => innerWidth)).toBeLessThan(400)
  })

  test('closes a dialog by Escape', async () => {
    const { page, panel } = await hosts.open({ html: '<dialog>Hello</dialog>' })
    const answer = panel.evaluate(() => {
      const dialog = document.querySelector('dialog') as HTMLDialogElement & {
        uxpShowModal(): Promise<string>
      }
      return dialog.uxpShowModal()
    })
    await panel.locator('dialog').waitFor()
    await page.keyboard.press('Escape')
    expect(await answer).toBe('reasonCanceled')
  })

  test("keeps a plug-in's storage apart, and over a reload of the plug-in", async () => {
    const { page } = await hosts.open()
    const inPlugin = (code: string) =>
      page.evaluate(async (text) => {
        const { scope } = await window.impastoHost
        const storage = Reflect.get(scope ?? {}, 'localStorage') as Storage
        return text === 'set' ? storage.setItem('kept', '1') : storage.getItem('kept')
      }, code)
    await inPlugin('set')
    await page.evaluate(async () => (await window.impastoHost).reloadPlugin())
    expect(await inPlugin('get')).toBe('1')
    expect(await page.evaluate(() => localStorage.getItem('kept'))).toBeNull()
  })
})
