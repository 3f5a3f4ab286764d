/** The whole flow under every setting of what the platform leaves undocumented. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ImpastoHost } from '../../src/host/browser/driver.ts'
import { selection } from '../../src/host/build.ts'
import { DEFAULT_SWITCHES, type Switches } from '../../src/host/switches.ts'
import { describeInChromium } from '../browser/chromium.ts'
import { type HostSite, makeSite, type OpenPlugin } from './open-plugin.ts'
import {
  ended,
  expectClean,
  expectPlain,
  facts,
  gradient,
  message,
  offered,
  openDocument,
  PATIENCE_MS,
  press,
  quick,
  smallDocument,
  snapshot,
  stylize,
} from './steps.ts'
import { withTinyNetwork } from './tiny-plugin.ts'

declare const impastoHost: Promise<ImpastoHost>

type Choices = {
  readonly [K in keyof Switches as Switches[K] extends boolean ? never : K]: readonly Switches[K][]
}

/** What is not the default; of booleans it is the other one. */
const OTHER_VALUES: Choices = {
  pageGpu: ['absent', 'no-adapter'],
  cancelledPickerGives: ['undefined'],
  bridgeSource: ['null', 'absent'],
  bridgeTarget: ['element'],
  bridgeField: ['message'],
  bridgeEncoding: ['text', 'text-in-text'],
  uxpHostTakes: ['object', 'text', 'text-and-origin'],
  pageReloadsBy: ['itself', 'query', 'element'],
  hiddenPage: ['sleeps'],
  showPanelGives: ['text'],
  rootHeight: ['auto', 'late'],
  maskWrites: ['lost', 'black-turns-white'],
  layerTree: ['nested', 'absent'],
  propertyMs: [0.2],
}

const SETTINGS: readonly Partial<Switches>[] = Object.entries(DEFAULT_SWITCHES).flatMap(
  ([name, value]): Partial<Switches>[] =>
    typeof value === 'boolean'
      ? [{ [name]: !value }]
      : OTHER_VALUES[name as keyof Choices].map((other) => ({ [name]: other })),
)

/**
 * Settings that count when the plug-in is loaded, in as few sessions as have each of them: loading
 * takes longer than all the rest.
 */
function sessions(): Partial<Switches>[] {
  const atLoad = SETTINGS.filter(countsAtLoad)
  const names = [...new Set(atLoad.flatMap(Object.keys))]
  const of = names.map((name) => atLoad.filter((setting) => name in setting))
  const count = Math.max(...of.map(({ length }) => length))
  return Array.from({ length: count }, (_, session) =>
    // Each switch begins in another session than the one before, so that they are spread.
    Object.assign({}, ...of.map((settings, i) => settings[(session + i) % count] ?? {})),
  )
}

const PASSES = 8

/**
 * The others, several in a pass: settings that stand side by side, being about the same, each in
 * another one, so that none does the work of its neighbour.
 */
function passes(): Partial<Switches>[] {
  const others = SETTINGS.filter((setting) => !countsAtLoad(setting) && !isApart(setting))
  return Array.from({ length: PASSES }, (_, pass) =>
    Object.assign({}, ...others.filter((_, i) => i % PASSES === pass)),
  )
}

/** Those that count while the plug-in is loaded. The others are set under one that runs. */
const COUNT_AT_LOAD: ReadonlySet<string> = new Set<keyof Switches>([
  'activeDocumentThrows',
  'showsOnce',
  'panelIsClosed',
  'pageFetches',
  'pageGpu',
  'persistentTokensAreStale',
  'bridgeSource',
  'bridgeTarget',
  'bridgeField',
  'bridgeEncoding',
  'earlyPostsThrow',
  'uxpHostTakes',
  'pageReloadsBy',
  'rootHeight',
  'hasResizeObserver',
  'knowsUnlistedCss',
  'hasTextCodecs',
  'tellsUncaught',
])
/** In which other things happen, or which would hide what others do: each has a test of its own. */
const APART: ReadonlySet<string> = new Set<keyof Switches>([
  'createPixelLayerFails',
  'hostPostsAreLost',
  'pluginIsOnNetwork',
])
const hasOneOf = (switches: Partial<Switches>, names: ReadonlySet<string>): boolean =>
  Object.keys(switches).some((name) => names.has(name))
const isApart = (switches: Partial<Switches>): boolean => hasOneOf(switches, APART)
const countsAtLoad = (switches: Partial<Switches>): boolean => hasOneOf(switches, COUNT_AT_LOAD)

const RESULT = 'picked · Default · 48 px'
const HELD = /The picture is kept here/

const JPEG = new Uint8Array(readFileSync(new URL('../../styles/glass.jpg', import.meta.url)))

const TEXT = 1
const PHOTOGRAPH = 2

/** At 16 bits, where depth counts; a text is painted by way of a duplicated document. */
const layeredDocument = () =>
  smallDocument(
    [
      { id: TEXT, name: 'Text', kind: 'text', at: [8, 8, 24, 12], paint: [0.2, 0.4, 0.9, 1] },
      { id: PHOTOGRAPH, name: 'Photograph', paint: gradient },
    ],
    { depth: 16, selection: selection([6, 4, 30, 24], (x) => (x < 20 ? 128 : 255)) },
  )

/** Where tests run at once, `expect.poll` loses its own when another one ends. */
const until = (holds: () => Promise<unknown>): Promise<unknown> =>
  vi.waitUntil(holds, { timeout: PATIENCE_MS, interval: 50 })

/** Once in vain, once for good. */
async function pickStyle(plugin: OpenPlugin, isStormy = false): Promise<void> {
  const name = 'picked.jpg'
  const chosen = plugin.panel.locator('.style-name').first()
  const said = await message(plugin)
  const choose = async (files: { name: string; bytes: Uint8Array<ArrayBuffer> }[]) => {
    await plugin.page.evaluate(async (open) => (await impastoHost).setPicker({ open }), files)
    await plugin.button('Choose…').click()
    await plugin.button('File…').click()
    // No person chooses twice within that time, and what clicks faster is none.
    await plugin.page.waitForTimeout(isStormy ? 600 : 220)
  }
  await plugin.panel.locator('.tab').first().click()
  await plugin.panel.locator('.card').first().click()
  await choose([])
  expect(await chosen.textContent()).toBe('Oil')
  await choose([{ name, bytes: JPEG }])
  await chosen.getByText('picked').waitFor()
  expect(await message(plugin), 'no problem is told').toBe(said)
}

const hideAndShow = (plugin: OpenPlugin): Promise<void> =>
  plugin.page.evaluate(async () => {
    const { driver, panelId } = await impastoHost
    await driver!.hidePanel(panelId!)
    await driver!.showPanel(panelId!)
  })

/** Which may be closed when the plug-in is loaded. */
const openPanel = (plugin: OpenPlugin): Promise<void> =>
  plugin.page.evaluate(async () => (await impastoHost).openPanel())

const select = (plugin: OpenPlugin, layerId: number): Promise<void> =>
  plugin.page.evaluate(async (id) => {
    const { host } = await impastoHost
    host.selectLayers(host.activeDocumentId!, [id])
  }, layerId)

const deselect = (plugin: OpenPlugin): Promise<void> => plugin.page.keyboard.press('Control+d')

/** Stylize by command while an action is recorded, and what was recorded. */
async function record(plugin: OpenPlugin): Promise<readonly string[]> {
  const { layers } = await facts(plugin)
  await plugin.page.evaluate(async () => {
    const { host, driver } = await impastoHost
    host.startRecording()
    await driver!.runCommand('stylize')
  })
  await until(async () => (await facts(plugin)).layers.length > layers.length)
  await ended(plugin)
  return plugin.page.evaluate(async () => {
    const steps = (await impastoHost).host.stopRecording()
    Object.assign(window, { recorded: steps })
    return steps.map(({ methodName }) => methodName)
  })
}

const play = (plugin: OpenPlugin): Promise<void> =>
  plugin.page.evaluate(async () =>
    (await impastoHost).host.play((window as unknown as { recorded: [] }).recorded),
  )

const undo = (plugin: OpenPlugin): Promise<void> => plugin.page.keyboard.press('Control+z')

/** How much the mask of the result shows of a pixel: 0 … 1. */
const shownAt = (plugin: OpenPlugin, x: number, y: number): Promise<number> =>
  plugin.page.evaluate(
    async ({ name, x, y }) => {
      const { layers, depth } = (await impastoHost).host.documents[0]!.state
      const { bounds, samples, outside } = layers.find((layer) => layer.name === name)!.mask!
      const { left, top, right, bottom } = bounds
      const isWithin = x >= left && x < right && y >= top && y < bottom
      const value = isWithin ? samples[(y - top) * (right - left) + x - left]! : outside
      return value / (depth === 16 ? 32768 : 255)
    },
    { name: RESULT, x, y },
  )

async function expectWholeFlow(plugin: OpenPlugin): Promise<void> {
  const before = await snapshot(plugin)
  expect(await stylize(plugin)).toContain(`New layer “${RESULT}`)
  expect((await facts(plugin)).layers).toEqual(['Text', RESULT, 'Photograph'])
  expect(await shownAt(plugin, 0, 0)).toBe(0)
  expect(await shownAt(plugin, 10, 10)).toBeCloseTo(128 / 255, 2)
  expect(await shownAt(plugin, 30, 10)).toBe(1)

  await select(plugin, TEXT)
  expect(await record(plugin)).toEqual(['impastoStylize'])
  expect((await facts(plugin)).layers).toEqual([`${RESULT} (2)`, 'Text', RESULT, 'Photograph'])

  await select(plugin, PHOTOGRAPH)
  await deselect(plugin)
  await play(plugin)
  const { layers, history } = await facts(plugin)
  expect(layers).toEqual([`${RESULT} (2)`, 'Text', RESULT, `${RESULT} (3)`, 'Photograph'])
  expect(history).toHaveLength(before.history.length + 4)

  for (let step = 0; step < 4; step++) await undo(plugin)
  expect((await snapshot(plugin)).psd, 'undone, the document is what it was').toBe(before.psd)
}

/** Where no layer can be made nothing is lost: the result becomes a document. */
async function expectHeld(plugin: OpenPlugin): Promise<void> {
  const before = await snapshot(plugin)
  const told = await stylize(plugin)
  expect(told).toMatch(HELD)
  expectPlain(told)
  expect(await snapshot(plugin)).toEqual(before)
  expect(await offered(plugin)).toContain('New document')
  await press(plugin, 'New document')
  expect(await ended(plugin)).toContain(`New layer “${RESULT}`)
  expect((await facts(plugin)).layers).toEqual([RESULT])
  const count = await plugin.page.evaluate(async () => (await impastoHost).host.documents.length)
  expect(count).toBe(2)
}

/** In a later session the file is found again, or asked for. */
async function expectLaterSession(plugin: OpenPlugin, isStale: boolean): Promise<void> {
  await plugin.reload()
  await openPanel(plugin)
  await select(plugin, PHOTOGRAPH)
  const told = await stylize(plugin)
  if (!isStale) {
    expect(told).toContain(`New layer “${RESULT}`)
    return
  }
  expect(told).toContain('“picked.jpg” is no longer where it was')
  expectPlain(told)
  await plugin.panel.locator('.foot').getByText('Choose file…').click()
  await plugin.panel.locator('.foot .message').waitFor({ state: 'hidden' })
  expect(await stylize(plugin)).toContain(`New layer “${RESULT}`)
}

/** From an empty Photoshop to new layers and back. */
async function pass(plugin: OpenPlugin, switches: Partial<Switches>): Promise<void> {
  await openPanel(plugin)
  await plugin.panel.getByText('Open a document').waitFor()
  await hideAndShow(plugin)
  await openDocument(plugin, layeredDocument(), PHOTOGRAPH)
  await pickStyle(plugin, switches.pickersStorm)
  await (switches.createPixelLayerFails ? expectHeld(plugin) : expectWholeFlow(plugin))
}

/** Breaks the engine in its page: the run fails, and the page begins anew for the next one. */
async function expectRecovery(plugin: OpenPlugin): Promise<void> {
  await select(plugin, PHOTOGRAPH)
  const [page] = plugin.panel.childFrames()
  await page!.evaluate(() => {
    const host = window.uxpHost!
    const post = host.postMessage
    host.postMessage = (given, ...rest) => {
      const isText = typeof given === 'string'
      const packet = isText ? JSON.parse(given) : given
      const isOutcome = packet.kind === 'reply' && 'pixels' in packet.body
      const { from, to, id } = packet
      const failure = { kind: 'failure', from, to, id, code: 'runtime', message: 'out of memory' }
      const posted = isOutcome ? failure : packet
      post.call(host, isText ? JSON.stringify(posted) : posted, ...rest)
    }
  })
  expect(await stylize(plugin)).toContain('The device failed')
  expect(await stylize(plugin)).toContain(`New layer “${RESULT}`)
}

/** Hides the panel in the middle of a run, which says so, and goes on when the panel is shown. */
async function expectPause(plugin: OpenPlugin): Promise<void> {
  await select(plugin, PHOTOGRAPH)
  const before = await facts(plugin)
  await plugin.page.evaluate(async () => {
    const { driver, panelId, panelWindow } = await impastoHost
    const buttons = panelWindow!.document.querySelectorAll<HTMLElement>('.foot sp-button')
    for (const button of buttons) if (button.textContent === 'Stylize') button.click()
    await driver!.hidePanel(panelId!)
  })
  const title = plugin.panel.locator('.foot .progress-title')
  await until(async () => (await title.textContent())?.includes('Paused: bring'))
  expect((await facts(plugin)).layers).toEqual(before.layers)
  await plugin.screenshot('paused')
  await plugin.page.evaluate(async () => {
    const { driver, panelId } = await impastoHost
    await driver!.showPanel(panelId!)
  })
  expect(await ended(plugin)).toContain(`New layer “${RESULT}`)
}

/** The text of the dialog, which is closed again. */
async function diagnostics(plugin: OpenPlugin): Promise<string> {
  const shown = plugin.page.evaluate(async () => {
    const { driver, panelId } = await impastoHost
    await driver!.invokeMenu(panelId!, 'diagnostics')
  })
  const text = await plugin.panel.locator('dialog textarea').inputValue()
  await plugin.panel.locator('dialog sp-button', { hasText: 'Close' }).click()
  await shown
  return text
}

async function expectUncaughtTold(plugin: OpenPlugin): Promise<void> {
  await plugin.page.evaluate(() => {
    setTimeout(() => {
      throw new Error('thrown at nobody')
    })
    setTimeout(() => void Promise.reject(new Error('rejected at nobody')))
  })
  const told = /uncaught \(uncaughtException\): .*thrown at nobody.*rejected at nobody/s
  await until(async () => told.test(await diagnostics(plugin)))
}

/** With no document open. */
const setSwitches = (plugin: OpenPlugin, switches: Partial<Switches>): Promise<void> =>
  plugin.page.evaluate(
    async (changed) => {
      const { host } = await impastoHost
      for (const { id } of [...host.documents]) host.closeDocument(id)
      host.setSwitches(changed)
    },
    { ...DEFAULT_SWITCHES, ...switches },
  )

async function restart(plugin: OpenPlugin, switches: Partial<Switches>): Promise<void> {
  await setSwitches(plugin, switches)
  await plugin.reload()
}

const engineLine = (plugin: OpenPlugin): Promise<string | null> =>
  plugin.panel.locator('.engine .help').textContent()

describeInChromium('the whole flow', { timeout: 100_000 }, () => {
  let site: HostSite
  beforeAll(async () => {
    site = await makeSite({ prepare: withTinyNetwork })
  }, 300_000)
  afterAll(() => site?.close())

  // Both at once: a page hardly fills a core.
  describe('in one session', { concurrent: true }, () => {
    let plugin: OpenPlugin
    beforeAll(async () => {
      plugin = await site.open({ settings: quick('wasm', 1) })
    })
    afterAll(() => plugin?.close())

    test.sequential.each([{}, ...passes(), { createPixelLayerFails: true }])(
      'passes with %o',
      async (switches) => {
        await setSwitches(plugin, switches)
        await pass(plugin, switches)
        if (switches.showPanelGives) expect(await diagnostics(plugin)).toContain('showPanel: shown')
        if (switches.hiddenPage) await expectPause(plugin)
        if (Object.keys(switches).length === 0) await expectLaterSession(plugin, false)
        await expectClean(plugin)
      },
    )

    // All that the page is given goes into its address, which takes long: as often as needed.
    test.sequential('passes with a page that hears nothing but its address', async () => {
      const switches: Partial<Switches> = { hostPostsAreLost: true }
      await restart(plugin, switches)
      await pass(plugin, switches)
      expect(await diagnostics(plugin)).toContain('address fragment')
      await expectClean(plugin)
    })
  })

  describe('when the plug-in is loaded', { concurrent: true }, () => {
    let plugin: OpenPlugin
    beforeAll(async () => {
      plugin = await site.open({ settings: quick('auto', 1) })
    })
    afterAll(() => plugin?.close())

    test.sequential.each(sessions())('passes with %o', async (switches) => {
      await restart(plugin, switches)
      await pass(plugin, switches)

      const line = await engineLine(plugin)
      expect(line).toContain('Impasto paints on the processor')
      if (switches.pageGpu === 'absent') expect(line).toContain('no navigator.gpu')
      if (switches.pageGpu === 'no-adapter') expect(line).toContain('no adapter')

      if (switches.tellsUncaught) await expectUncaughtTold(plugin)
      if (switches.pageReloadsBy) await expectRecovery(plugin)
      if (switches.persistentTokensAreStale) await expectLaterSession(plugin, true)
      await expectClean(plugin)
    })

    test.sequential('says that it lies on a network drive, where that is why nothing works', async () => {
      await restart(plugin, { pluginIsOnNetwork: true })
      await openDocument(plugin, layeredDocument(), PHOTOGRAPH)
      const before = await snapshot(plugin)
      expect(await stylize(plugin)).toContain('lies on a network drive')
      expect(await diagnostics(plugin)).toContain('on a network drive')
      expect(await snapshot(plugin)).toEqual(before)
      await expectClean(plugin)
    })
  })
})
