/**
 * Takes the README's pictures of the panel at work: docs/panel-running.jpg and
 * docs/panel-finished.jpg. `node --import tsx scripts/panel-pictures.ts`; on the processor, as in
 * Chromium without a GPU, it takes some minutes.
 */
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import type { ImpastoHost } from '../src/host/browser/driver.ts'
import { makeSite } from '../test/plugin/open-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
/** Long edge of the document and of the painting, px. */
const SIZE = 320
const PATIENCE_MS = 1_800_000

const photograph = await sharp(at('samples/mountains.jpg'))
  .resize(SIZE, SIZE, { fit: 'inside' })
  .png()
  .toBuffer()
const site = await makeSite()
try {
  const plugin = await site.open({
    width: 1180,
    height: 820,
    panelWidth: 300,
    settings: {
      style: { kind: 'built-in', name: 'oil' },
      // On a processor, without patience.
      preset: 'fast',
      overrides: {},
      size: SIZE,
      device: 'wasm',
      isAdvancedOpen: false,
    },
  })
  const shoot = (name: string) =>
    plugin.page.screenshot({ path: at(`docs/${name}.jpg`), type: 'jpeg', quality: 88 })
  await plugin.page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    await (await impastoHost).openBytes('mountains.png', bytes)
  }, photograph.toString('base64'))
  await plugin.button('Stylize').click()
  await plugin.panel.locator('.foot', { hasText: 'Scale 2 of' }).waitFor({ timeout: PATIENCE_MS })
  await shoot('panel-running')
  await plugin.button('Stylize').waitFor({ timeout: PATIENCE_MS })
  await plugin.page.evaluate(async () => (await impastoHost).setTheme('lightest'))
  await plugin.page.waitForTimeout(500)
  await shoot('panel-finished')
} finally {
  await site.close()
}
