/** Diagnostics › Test this Photoshop, in the stand-in as it is by default and as it may be. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import type { Switches } from '../../src/host/switches.ts'
import { checksEn } from '../../src/panel/labels/self-test-en.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import {
  expectClean,
  facts,
  gradient,
  openDocument,
  PATIENCE_MS,
  quick,
  smallDocument,
} from './steps.ts'
import { withTinyNetwork } from './tiny-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

/** How fast the machine is differs from run to run. */
const TIMED = ['bridgeTrip', 'bridgeSpeed']

/** @returns the dialog's report. */
async function runSelfTest(plugin: OpenPlugin): Promise<string> {
  await plugin.page.evaluate(async () => {
    const { driver, panelId } = await impastoHost
    void driver!.invokeMenu(panelId!, 'diagnostics')
  })
  await plugin.panel.locator('dialog sp-button', { hasText: 'Test this Photoshop' }).click()
  const report = plugin.panel.locator('dialog textarea.report')
  await report.waitFor({ timeout: PATIENCE_MS })
  return report.inputValue()
}

const closeReport = async (plugin: OpenPlugin): Promise<void> => {
  await plugin.panel.locator('dialog sp-button', { hasText: 'Close' }).click()
}

async function hideFor(plugin: OpenPlugin, ms: number): Promise<void> {
  await plugin.page.evaluate(async (pause) => {
    const { driver, panelId } = await impastoHost
    await driver!.hidePanel(panelId!)
    await new Promise((resolve) => setTimeout(resolve, pause))
    await driver!.showPanel(panelId!)
  }, ms)
}

/** Ids by verdict, without those that depend on the machine. */
function verdicts(report: string): Record<string, string[]> {
  const found: Record<string, string[]> = { ok: [], differs: [], untested: [] }
  for (const [, verdict, id] of report.matchAll(/^\[(\w+)\] (\w+):/gm)) {
    if (!TIMED.includes(id!)) found[verdict!]!.push(id!)
  }
  return found
}

describeInChromium('the self-test', { timeout: 200_000 }, () => {
  let site: HostSite
  beforeAll(async () => {
    site = await makeSite({ prepare: withTinyNetwork })
  }, 300_000)
  afterAll(() => site?.close())

  const open = async (switches: Partial<Switches> = {}): Promise<OpenPlugin> => {
    const plugin = await site.open({ switches, settings: quick('wasm', 1), height: 1000 })
    await openDocument(plugin, smallDocument([{ id: 1, name: 'Mine', paint: gradient }]), 1)
    return plugin
  }

  test('fills every line, leaves nothing behind, and is saved as one text', async () => {
    const plugin = await open()
    await hideFor(plugin, 1500)
    const before = await facts(plugin)
    const report = await runSelfTest(plugin)
    await plugin.screenshot('self-test')
    const { differs, untested } = verdicts(report)
    expect({ differs, untested }).toEqual({ differs: [], untested: [] })
    expect([...report.matchAll(/^\[/gm)]).toHaveLength(Object.keys(checksEn).length)
    expect(report).toContain('1 state(s) of two changes')
    expect(report, 'nobody is named').not.toMatch(/mine|small\.psd|\/(tmp|home|users)\//i)

    await plugin.page.evaluate(async () => {
      const saved = new Map()
      Object.assign(window, { saved })
      ;(await impastoHost).setPicker({ saved })
    })
    await plugin.panel.locator('dialog sp-button', { hasText: 'Save' }).click()
    await plugin.panel.getByText('Saved as impasto-self-test.txt').waitFor()
    const texts = await plugin.page.evaluate(() =>
      [...(Reflect.get(window, 'saved') as Map<string, Uint8Array>)].map(([name, bytes]) => [
        name,
        new TextDecoder().decode(bytes),
      ]),
    )
    expect(texts).toEqual([['impasto-self-test.txt', report]])
    await closeReport(plugin)
    await plugin.panel.getByText('Mine · small.psd').waitFor()
    expect(await facts(plugin)).toEqual(before)
    const open_ = await plugin.page.evaluate(async () => (await impastoHost).host.documents.length)
    expect(open_).toBe(1)
    await expectClean(plugin)
    await plugin.close()
  })

  test('leaves the user’s document active, and no other open though one was closed by hand', async () => {
    // Measuring WebGPU takes long in software.
    const plugin = await open({ pageGpu: 'absent' })
    await openDocument(plugin, smallDocument([{ id: 1, name: 'Mine', paint: gradient }]), 1)
    const opened = () =>
      plugin.page.evaluate(async () => {
        const { documents, activeDocumentId } = (await impastoHost).host
        return { ids: documents.map(({ id }) => id), activeDocumentId }
      })
    await plugin.page.evaluate(async () => {
      const { host } = await impastoHost
      host.activateDocument(host.documents[0]!.id)
      const stop = host.onChange(() => {
        if (host.documents.length < 4) return
        stop()
        // In the scope that made it, which leaves room for the user.
        host.closeDocument(host.documents[2]!.id)
      })
    })
    const before = await opened()
    await runSelfTest(plugin)
    expect(await opened()).toEqual(before)
    await closeReport(plugin)
    await plugin.close()
  })

  test.each<[Partial<Switches>, readonly string[]]>([
    [
      { bridgeTarget: 'element', bridgeEncoding: 'text-in-text', pageGpu: 'absent' },
      ['bridgeChannel', 'webgpu', 'gpuSpeed'],
    ],
    [
      {
        getPixelsNeedsModal: false,
        refusesNarrowing: false,
        setsLayerXmp: false,
        hiddenPage: 'sleeps',
        pageGpu: 'no-adapter',
      },
      ['getPixelsOutside', 'narrowing', 'metadata', 'hiddenTimers', 'webgpu', 'gpuSpeed'],
    ],
    [
      { rootHeight: 'auto', pageReloadsBy: 'query', pageFetches: true, pageGpu: 'absent' },
      ['rootHeight', 'fetch', 'reload', 'webgpu', 'gpuSpeed'],
    ],
  ])('names what differs under %o, and nothing else', async (switches, expected) => {
    const plugin = await open(switches)
    if (switches.hiddenPage) await hideFor(plugin, 6500)
    const { differs, untested } = verdicts(await runSelfTest(plugin))
    await plugin.screenshot(`self-test-${expected[0]}`)
    expect([...differs!].sort()).toEqual([...expected].sort())
    expect(untested).toEqual(switches.hiddenPage ? [] : ['hiddenTimers'])
    await closeReport(plugin)
    await expectClean(plugin)
    await plugin.close()
  })
})
