/** How long the panel takes to open, in the stand-in for Photoshop in Chromium. */
import type { ImpastoHost } from '../src/host/browser/driver.ts'
import { findChromium } from '../test/browser/chromium.ts'
import { makeSite } from '../test/plugin/open-plugin.ts'
import type { BenchPart } from './part.ts'

declare const impastoHost: Promise<ImpastoHost>

export interface OpeningTimes {
  /** From reading the plug-in's files to a panel with a button to press. */
  readonly untilUsableMs: number
  /** Of which the thread was busy in one task, the stand-in's own work included. */
  readonly longestTaskMs: number
}

/** @returns the times of each run; in the first the scripts are compiled. */
export async function timeOpening(runs: number): Promise<OpeningTimes[]> {
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

export const panel: BenchPart = {
  name: 'panel',
  title: 'Opening the panel, Chromium',
  async run(bench) {
    if (!findChromium()) return bench.print('No Chromium was found.')
    bench.table(
      ['run', 'until usable ms', 'longest task ms'],
      (await timeOpening(5)).map(({ untilUsableMs, longestTaskMs }, run) => [
        run + 1,
        untilUsableMs.toFixed(0),
        longestTaskMs === 0 ? 'under 50' : longestTaskMs.toFixed(0),
      ]),
    )
  },
}
