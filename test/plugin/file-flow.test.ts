/**
 * The flow as far from a web site as it gets: every page from file://, nothing fetched by the
 * engine page, on WebGPU. The network is tiny, because Chromium computes WebGPU in software here;
 * it takes half a minute to start, so that the tests share a session.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import { writePsd } from '../../src/host/psd-file.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { readByAgPsd } from '../psd/ag-psd.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import {
  ended,
  expectClean,
  expectNextRunWorks,
  expectPlain,
  facts,
  gradient,
  PATIENCE_MS,
  press,
  quick,
  RESULT,
  saved,
  smallDocument,
  startPainting,
} from './steps.ts'
import { withTinyNetwork } from './tiny-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

/**
 * So many iterations that a run can be disturbed, so few that it ends by itself. With few shaders to
 * compile: without the deep layers, and of Adam, as L-BFGS has new ones in each of its first steps.
 */
const { overrides, ...others } = quick('webgpu', 12)
const SETTINGS = {
  ...others,
  overrides: {
    ...overrides,
    optimizer: 'adam',
    contentLayers: ['relu2_1'],
    styleLayers: ['relu1_1', 'relu2_1'],
  },
}

/** Code made of strings would be heard of in the console. */
function forbidEval(): void {
  // The page puts its own in place of it.
  const { error } = console
  const refuse = (): never => {
    error('a string was evaluated as code')
    throw new EvalError('no code is made of strings here')
  }
  const NoFunction = new Proxy(Function, { apply: refuse, construct: refuse })
  Object.defineProperty(Function.prototype, 'constructor', { value: NoFunction })
  Object.assign(window, { eval: refuse, Function: NoFunction })
}

/** What Diagnostics says, by name. */
async function diagnostics(plugin: OpenPlugin): Promise<ReadonlyMap<string, string>> {
  await plugin.page.evaluate(async () => {
    const { driver, panelId } = await impastoHost
    await driver!.invokeMenu(panelId!, 'diagnostics')
  })
  const text = await plugin.panel.locator('dialog textarea').inputValue()
  await plugin.panel.locator('dialog sp-button, dialog sp-action-button').last().click()
  return new Map(
    [...text.matchAll(/^ {2}(\w+): (.*)$/gm)].map(([, name, value]) => [name!, value!]),
  )
}

describeInChromium('the plug-in from file://', { timeout: 200_000 }, () => {
  let site: HostSite
  let plugin: OpenPlugin
  beforeAll(async () => {
    site = await makeSite({ by: 'file', prepare: withTinyNetwork })
    plugin = await site.open({ settings: SETTINGS, inEnginePage: forbidEval })
    const psd = writePsd(
      smallDocument([
        { name: 'Note', at: [4, 4, 12, 8], paint: [1, 1, 1, 1] },
        { name: 'Photograph', paint: gradient },
      ]),
    )
    await plugin.page.evaluate(
      async (bytes) => void (await (await impastoHost).openBytes('small.psd', bytes)),
      Uint8Array.from(psd),
    )
  }, 300_000)
  afterAll(() => site?.close())

  const selectPhotograph = (): Promise<void> =>
    plugin.page.evaluate(async () => {
      const { host } = await impastoHost
      const { id, state } = host.documents[0]!
      host.selectLayers(id, [state.layers.find(({ name }) => name === 'Photograph')!.id])
    })

  test('paints on WebGPU with assets over the bridge alone, and one undo restores the document', async () => {
    await selectPhotograph()
    const before = await facts(plugin)
    const beforePsd = await saved(plugin)

    await press(plugin, 'Stylize')
    const line = plugin.panel.locator('.engine', { hasText: 'Runs on the graphics card' })
    await line.waitFor({ timeout: PATIENCE_MS })
    expect(await ended(plugin)).toContain(`New layer “${RESULT}”`)
    await plugin.screenshot('file-flow-finished')

    const engine = await diagnostics(plugin)
    expect(engine.get('device')).toBe('webgpu')
    expect(engine.get('assetsBy')).toBe('bridge')
    expect(engine.has('fallback')).toBe(false)

    const after = await facts(plugin)
    expect(after.layers).toEqual(['Note', RESULT, 'Photograph'])
    expect(after.history).toEqual([...before.history, RESULT])
    const painted = readByAgPsd(Buffer.from(await saved(plugin), 'base64'))
    const layer = painted.children!.find(({ name }) => name === RESULT)!
    expect([layer.left, layer.top, layer.right, layer.bottom]).toEqual([0, 0, 48, 36])

    await plugin.page.keyboard.press('Control+z')
    expect((await facts(plugin)).layers).toEqual(before.layers)
    expect(await saved(plugin), 'undone, the document is what it was').toBe(beforePsd)
    await expectClean(plugin)
  })

  test('a device lost in the middle of a run: it goes on on another, and so does the next run', async () => {
    await selectPhotograph()
    await startPainting(plugin)
    await plugin.page.evaluate(async () => (await impastoHost).loseDevice())
    const told = await ended(plugin)
    expect(told).toContain(`New layer “${RESULT}”`)
    expect(told).toMatch(/the GPU device was lost.*; the run goes on on onnxruntime-web/)
    expectPlain(told)
    expect((await facts(plugin)).layers).toEqual(['Note', RESULT, 'Photograph'])

    await expectNextRunWorks(plugin)
    expect((await diagnostics(plugin)).get('device')).toBe('webgpu')
    await expectClean(plugin)
  })
})
