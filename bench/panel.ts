/**
 * How long the panel takes to open, and what large documents cost it, in the stand-in for Photoshop
 * in Chromium.
 */

import type { ImpastoHost } from '../src/host/browser/driver.ts'
import { document as documentOf, type LayerSpec } from '../src/host/build.ts'
import { findChromium } from '../test/browser/chromium.ts'
import { makeSite } from '../test/plugin/open-plugin.ts'
import type { BenchPart } from './part.ts'

declare const impastoHost: Promise<ImpastoHost>

interface OpeningTimes {
  /** From reading the plug-in's files to a panel with a button to press. */
  readonly untilUsableMs: number
  /** Of which the thread was busy in one task, the stand-in's own work included. */
  readonly longestTaskMs: number
}

/** @returns the times of each run; in the first the scripts are compiled. */
async function timeOpening(runs: number): Promise<OpeningTimes[]> {
  const site = await makeSite()
  try {
    const { page } = await site.open()
    const times: OpeningTimes[] = []
    for (let run = 0; run < runs; run++) {
      times.push(
        await page.evaluate(async () => {
          const host = await impastoHost
          let longest = 0
          const observer = new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
          })
          observer.observe({ entryTypes: ['longtask'] })
          const began = performance.now()
          await host.reloadPlugin()
          while (!host.panelWindow?.document.querySelector('sp-button')) {
            await new Promise(requestAnimationFrame)
          }
          const untilUsableMs = performance.now() - began
          // Long tasks are told of later.
          await new Promise((resolve) => setTimeout(resolve, 200))
          observer.disconnect()
          return { untilUsableMs, longestTaskMs: longest }
        }),
      )
    }
    return times
  } finally {
    await site.close()
  }
}

/** What reading a property of Photoshop's DOM is taken to cost. */
const PROPERTY_MS = 0.2
const LAYERS = 1000
const NOTIFICATIONS = 5
/** After which all that a notification sets off is done. */
const SETTLED_MS = 1000

interface ManyLayersCost {
  /** Calls into Photoshop, properties included, each time another layer is selected. */
  readonly callsPerNotification: number
  readonly longestTaskMs: number
  /** From a click to a list of layers that may say where a style paints. */
  readonly listMs: number
  readonly callsPerList: number
}

/** Groups of texts, with a picture here and there. */
function manyLayers(): LayerSpec[] {
  const children = (from: number): LayerSpec[] =>
    Array.from({ length: 9 }, (_, i): LayerSpec => {
      const id = from + i
      const kind = id % 20 === 0 ? 'pixel' : 'text'
      return { id, name: `Layer ${id}`, kind, at: [0, 0, 8, 8], paint: [1, 0, 0, 1] }
    })
  return Array.from({ length: LAYERS / 10 }, (_, i) => ({
    id: i * 10 + 1,
    name: `Group ${i}`,
    kind: 'group',
    children: children(i * 10 + 2),
  }))
}

async function timeManyLayers(): Promise<ManyLayersCost> {
  const site = await makeSite()
  try {
    const { page } = await site.open({ switches: { propertyMs: PROPERTY_MS } })
    const state = documentOf({ width: 64, height: 48, layers: manyLayers() })
    return await page.evaluate(
      async ({ state, times, settledMs }) => {
        const { host, panelWindow } = await impastoHost
        const id = host.openDocument('many.psd', state)
        await new Promise((resolve) => setTimeout(resolve, settledMs))
        let longestTaskMs = 0
        const observer = new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries())
            longestTaskMs = Math.max(longestTaskMs, duration)
        })
        observer.observe({ entryTypes: ['longtask'] })
        const before = host.audit.calls
        for (let time = 0; time < times; time++) {
          host.selectLayers(id, [20 + 20 * time])
          await new Promise((resolve) => setTimeout(resolve, settledMs))
        }
        observer.disconnect()
        const callsPerNotification = (host.audit.calls - before) / times
        const callsBefore = host.audit.calls
        const began = performance.now()
        const { document } = panelWindow!
        for (const button of document.querySelectorAll<HTMLElement>('.style-row sp-action-button'))
          if (button.textContent === '▸') button.click()
        while (document.querySelectorAll('.style-details sp-menu-item').length < 40)
          await new Promise((resolve) => setTimeout(resolve))
        const listMs = performance.now() - began
        const callsPerList = host.audit.calls - callsBefore
        return { callsPerNotification, longestTaskMs, listMs, callsPerList }
      },
      { state, times: NOTIFICATIONS, settledMs: SETTLED_MS },
    )
  } finally {
    await site.close()
  }
}

export const panel: BenchPart = {
  name: 'panel',
  title: 'Opening the panel, and many layers, Chromium',
  async run(bench) {
    if (!findChromium()) return bench.print('No Chromium was found.')
    bench.table(
      ['run', 'until usable ms', 'longest task ms'],
      (await timeOpening(5)).map(({ untilUsableMs, longestTaskMs }, run) => [
        run + 1,
        untilUsableMs.toFixed(0),
        taskMs(longestTaskMs),
      ]),
    )
    const { callsPerNotification, longestTaskMs, listMs, callsPerList } = await timeManyLayers()
    bench.table(
      [`${LAYERS} layers, ${PROPERTY_MS} ms a property`, 'calls into Photoshop', 'time ms'],
      [
        ['each notification', callsPerNotification.toFixed(0), taskMs(longestTaskMs)],
        ['opening the list of masks', callsPerList, listMs.toFixed(0)],
      ],
    )
  },
}

/** The browser tells of none that is shorter than 50 ms. */
const taskMs = (ms: number): string => (ms === 0 ? 'under 50' : ms.toFixed(0))
