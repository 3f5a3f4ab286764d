/** What a person does to the editor, and what it then holds. */
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import type {} from '../../../src/host/browser/driver.ts'
import { readByAgPsd } from '../../psd/ag-psd.ts'

/** Drops a file on the editor, as from a folder. */
export async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, text }) => {
      const data = new DataTransfer()
      const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
      data.items.add(new File([bytes], name))
      return data
    },
    { name, text: Buffer.from(bytes).toString('base64') },
  )
  await page.dispatchEvent('.stage-body', 'drop', { dataTransfer: transfer })
}

export const png = (width: number, height: number, background: object): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 4, background } })
    .png()
    .toBuffer()

export const zoomOf = async (page: Page): Promise<number> =>
  Number.parseFloat((await page.locator('.status .zoom').textContent()) ?? '')

/** Of the active document. */
export const factsOf = (page: Page) =>
  page.evaluate(async () => {
    const { host } = await window.impastoHost
    const document = host.documents.find(({ id }) => id === host.activeDocumentId)
    return (
      document && {
        title: document.title,
        history: document.history.map(({ name }) => name),
        historyIndex: document.historyIndex,
        selectedLayerIds: document.selectedLayerIds,
        layerNames: document.state.layers.map(({ name }) => name),
        selection: document.state.selection?.bounds,
      }
    )
  })

export const savedPsd = async (page: Page) => {
  const text = await page.evaluate(async () => {
    const bytes = (await window.impastoHost).save()
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  })
  return readByAgPsd(Buffer.from(text, 'base64'))
}

export async function drag(
  page: Page,
  from: [number, number],
  to: [number, number],
): Promise<void> {
  const box = await page.locator('.viewport').boundingBox()
  if (!box) throw new Error('the picture is not shown')
  await page.mouse.move(box.x + from[0], box.y + from[1])
  await page.mouse.down()
  await page.mouse.move(box.x + to[0], box.y + to[1], { steps: 3 })
  await page.mouse.up()
}
