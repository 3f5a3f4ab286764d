/**
 * What goes wrong in the middle of a run: nothing is broken, nothing is lost, the next run works.
 * A lost device is in file-flow.test.ts, where there is one.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { makeRandom } from '../reference/check-gradient.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import {
  ended,
  expectClean,
  expectNextRunWorks,
  expectPlain,
  facts,
  gradient,
  offered,
  openDocument,
  PATIENCE_MS,
  press,
  quick,
  RESULT,
  smallDocument,
  snapshot,
  startPainting,
  stylize,
} from './steps.ts'
import { withTinyNetwork } from './tiny-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

/** More than a test has the patience for. */
const ENDLESS = 1000
/** So many that a run can be disturbed, so few that it ends by itself. */
const SOME = 240

const PHOTOGRAPH = 2

const openSmall = (plugin: OpenPlugin): Promise<number> =>
  openDocument(
    plugin,
    smallDocument([
      { id: 1, name: 'Note', at: [4, 4, 12, 8], paint: [1, 1, 1, 1] },
      { id: PHOTOGRAPH, name: 'Photograph', paint: gradient },
    ]),
    PHOTOGRAPH,
  )

/** Ends an endless run with the picture so far. @returns what the panel then says. */
async function stopAndKeep(plugin: OpenPlugin): Promise<string> {
  await press(plugin, 'Stop and keep')
  return ended(plugin)
}

const inHost = (plugin: OpenPlugin, act: (host: ImpastoHost) => unknown): Promise<void> =>
  plugin.page.evaluate(`impastoHost.then(${act}).then(() => undefined)`)

/** What the panel says of a failure, in words for people. */
function expectTold(text: string, pattern: RegExp): void {
  expect(text).toMatch(pattern)
  expectPlain(text)
}

describeInChromium('in the middle of a run', { timeout: 200_000 }, () => {
  let site: HostSite
  beforeAll(async () => {
    site = await makeSite({ prepare: withTinyNetwork })
  }, 300_000)
  afterAll(() => site?.close())

  const openPainting = async (plugin: OpenPlugin): Promise<void> => {
    await inHost(plugin, ({ host }) => {
      for (const { id } of [...host.documents]) host.closeDocument(id)
    })
    await openSmall(plugin)
    await startPainting(plugin)
  }
  const expectAllWell = async (plugin: OpenPlugin): Promise<void> => {
    await expectNextRunWorks(plugin)
    await expectClean(plugin)
  }

  describe('without an end', () => {
    let plugin: OpenPlugin
    beforeAll(async () => {
      plugin = await site.open({ settings: quick('wasm', ENDLESS) })
    })
    afterAll(() => plugin?.close())
    beforeEach(() => openPainting(plugin))

    test('the document is closed: the picture becomes a new one', async () => {
      await inHost(plugin, ({ host }) => host.closeDocument(host.documents[0]!.id))
      expectTold(await stopAndKeep(plugin), /The document was closed .* kept here/)
      expect(await offered(plugin)).toEqual(['New document', 'Discard'])

      await press(plugin, 'New document')
      expect(await ended(plugin)).toContain(`new layer “${RESULT}”`)
      expect((await facts(plugin)).layers).toEqual([RESULT])
      await expectAllWell(plugin)
    })

    test('the layer is deleted: the picture goes on top', async () => {
      await inHost(plugin, ({ host }) =>
        host.edit(host.documents[0]!.id, 'Delete Layer', (state) => ({
          ...state,
          layers: state.layers.slice(0, 1),
        })),
      )
      const before = await snapshot(plugin)
      expectTold(await stopAndKeep(plugin), /The layer was deleted .* kept here/)
      expect(await snapshot(plugin)).toEqual(before)
      expect(await offered(plugin)).toEqual(['Insert at top', 'New document', 'Discard'])

      await press(plugin, 'Insert at top')
      expect(await ended(plugin)).toContain(`new layer “${RESULT}”`)
      expect((await facts(plugin)).layers).toEqual([RESULT, 'Note'])
      await expectAllWell(plugin)
    })

    test('another plug-in takes Photoshop: the picture is inserted once it lets go', async () => {
      const before = await snapshot(plugin)
      const letGo = await plugin.page.evaluateHandle(async () =>
        (await impastoHost).host.holdModal('Another plug-in'),
      )
      expectTold(await stopAndKeep(plugin), /Photoshop is busy .* kept here/)
      expect(await offered(plugin)).toEqual(['Insert', 'Discard'])
      await letGo.evaluate((release) => release())
      expect(await snapshot(plugin)).toEqual(before)

      await press(plugin, 'Insert')
      expect(await ended(plugin)).toContain(`new layer “${RESULT}”`)
      expect((await facts(plugin)).layers).toEqual(['Note', RESULT, 'Photograph'])
      await expectAllWell(plugin)
    })

    test('Esc stops the insertion at whatever step: the picture is kept, and inserted later', async () => {
      const before = await snapshot(plugin)
      /** Photoshop's calls take a turn of the event loop each. */
      const escapeAfter = (turns: number): Promise<void> =>
        plugin.page.evaluate(async (count) => {
          const { host } = await impastoHost
          const end = host.onChange(async () => {
            if (host.modal?.name !== 'Insert result') return
            end()
            for (let turn = 0; turn < count; turn++) await new Promise((next) => setTimeout(next))
            host.cancelModal()
          })
        }, turns)

      await escapeAfter(0)
      expectTold(await stopAndKeep(plugin), /cancelled in Photoshop.* kept here/)
      for (const turns of [1, 2, 3]) {
        expect(await snapshot(plugin)).toEqual(before)
        await escapeAfter(turns)
        await press(plugin, 'Insert')
        expectTold(await ended(plugin), /cancelled in Photoshop.* kept here/)
      }
      expect(await snapshot(plugin)).toEqual(before)
      await press(plugin, 'Insert')
      expect(await ended(plugin)).toContain(`new layer “${RESULT}”`)
      await expectAllWell(plugin)
    })

    test('the engine page begins anew: the run fails plainly', async () => {
      const before = await snapshot(plugin)
      await inHost(plugin, ({ reloadEnginePage }) => reloadEnginePage())
      expectTold(await ended(plugin), /engine page was interrupted. Nothing was changed/)
      expect(await snapshot(plugin)).toEqual(before)
      await expectAllWell(plugin)
    })
  })

  test('the panel is hidden, shown and hidden again: the run goes on to its end', async () => {
    const plugin = await site.open({ settings: quick('wasm', SOME) })
    await openPainting(plugin)
    const { page, panel } = plugin
    const hide = () => page.locator('.dock .side-head button').last().click()
    const bringBack = async (): Promise<void> => {
      await page.getByText('Plugins', { exact: true }).click()
      await page.getByText('Impasto', { exact: true }).last().click()
    }
    const historyLength = async () => (await facts(plugin)).history.length
    const step = async (): Promise<number> =>
      Number(/Step (\d+) of/.exec((await panel.locator('.foot').textContent()) ?? '')?.[1])
    const picture = () =>
      panel.childFrames()[0]!.evaluate(() => document.querySelector('canvas')!.toDataURL())

    await hide()
    const stepHidden = await step()
    const pictureHidden = await picture()
    await expect.poll(step, { timeout: PATIENCE_MS }).toBeGreaterThan(stepHidden + 10)
    await bringBack()
    await expect.poll(picture, { timeout: PATIENCE_MS }).not.toBe(pictureHidden)
    await hide()
    expect(await historyLength(), 'the run is not over yet').toBe(1)
    await expect.poll(historyLength, { timeout: PATIENCE_MS }).toBe(2)
    await bringBack()
    expect(await ended(plugin)).toContain(`New layer “${RESULT}”`)
    expect((await facts(plugin)).layers).toEqual(['Note', RESULT, 'Photograph'])
    await expectAllWell(plugin)
    await plugin.close()
  })

  test('memory runs out: the run fails plainly, and the next has an engine page of its own', async () => {
    // Much larger than what the engine has measured its speed at.
    const plugin = await site.open({ settings: quick('wasm', 1, 768) })
    await openSmall(plugin)
    await plugin.panel.locator('.header').click()
    await plugin.panel.locator('.engine', { hasText: 'Runs on' }).waitFor({ timeout: PATIENCE_MS })
    const before = await snapshot(plugin)
    for (const worker of plugin.page.workers()) {
      await worker.evaluate(() => {
        WebAssembly.Memory.prototype.grow = () => {
          throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory')
        }
      })
    }
    expectTold(await stylize(plugin), /perhaps for want of memory. Paint at a smaller size/)
    expect(await snapshot(plugin)).toEqual(before)

    expect(await stylize(plugin)).toContain('New layer “Woodblock · Default · 768 px”')
    await expectClean(plugin)
    await plugin.close()
  })

  test('Cancel at ten random moments leaves nothing behind', async () => {
    const plugin = await site.open({ settings: quick('wasm', ENDLESS) })
    await openSmall(plugin)
    const before = await snapshot(plugin)
    const random = makeRandom(2015)
    const phases = new Set<string>()
    for (let moment = 0; moment < 10; moment++) {
      // The first few while the engine starts.
      const isStarting = moment < 4
      if (moment === 4) {
        const line = plugin.panel.locator('.engine', { hasText: 'Runs on' })
        await line.waitFor({ timeout: PATIENCE_MS })
      }
      const delayMs = random() * (isStarting ? 400 : 1200)
      phases.add(
        await plugin.panel.evaluate(async (ms) => {
          const buttons = [...document.querySelectorAll<HTMLElement>('.foot sp-button')]
          const find = (text: string) => buttons.find((each) => each.textContent === text)!
          find('Stylize').click()
          await new Promise((resolve) => setTimeout(resolve, ms))
          const phase = document.querySelector('.progress-title')!.textContent!
          find('Cancel').click()
          return phase
        }, delayMs),
      )
      expect(await ended(plugin)).toBe('Cancelled; nothing was changed.')
      await plugin.page.waitForFunction(async () => !(await impastoHost).host.modal)
      expect(await snapshot(plugin), `cancelled after ${delayMs} ms`).toEqual(before)
      await expectClean(plugin)
    }
    expect(phases).toContain('Starting the engine…')
    expect(phases).toContain('Painting “Photograph” in small.psd…')
    await expectAllWell(plugin)
    await plugin.close()
  })
})
