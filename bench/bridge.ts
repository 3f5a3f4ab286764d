/** How fast pixels cross the bridge in Chromium, and how long the panel's thread is held up. */
import { findChromium } from '../test/browser/chromium.ts'
import { openPage } from '../test/browser/open-page.ts'
import type { BridgeTimes } from './bridge-page.ts'
import type { BenchPart } from './part.ts'

declare const measure: (width: number, height: number) => Promise<BridgeTimes>

interface BridgeRow extends BridgeTimes {
  readonly width: number
  readonly height: number
  readonly megabytes: number
}

/** RGBA, 8 bit. Times are the best of `runs`, since other work only slows; tasks are the longest. */
async function timeBridge(
  sizes: readonly (readonly [width: number, height: number])[],
  runs: number,
): Promise<BridgeRow[]> {
  const { page, close } = await openPage(new URL('bridge-page.ts', import.meta.url), {})
  try {
    const rows: BridgeRow[] = []
    for (const [width, height] of sizes) {
      const times: BridgeTimes[] = []
      for (let run = 0; run < runs; run++) {
        times.push(await page.evaluate(([w, h]) => measure(w, h), [width, height] as const))
      }
      rows.push({
        width,
        height,
        megabytes: (width * height * 4) / 1e6,
        secondsThere: Math.min(...times.map(({ secondsThere }) => secondsThere)),
        secondsBack: Math.min(...times.map(({ secondsBack }) => secondsBack)),
        longestTaskMs: Math.max(...times.map(({ longestTaskMs }) => longestTaskMs)),
      })
    }
    return rows
  } finally {
    await close()
  }
}

export const bridge: BenchPart = {
  name: 'bridge',
  title: 'The bridge, Chromium, RGBA of 8 bit',
  async run(bench) {
    if (!findChromium()) return bench.print('No Chromium was found.')
    const sizes = [
      [1024, 1024],
      [4096, 4096],
    ] as const
    bench.table(
      [
        'size',
        'MB',
        'panel to engine MB/s',
        'engine to panel MB/s',
        'longest task in the panel ms',
      ],
      (await timeBridge(sizes, 5)).map((row) => {
        const speed = (seconds: number): string => (row.megabytes / seconds).toFixed(0)
        return [
          `${row.width}×${row.height}`,
          row.megabytes.toFixed(1),
          speed(row.secondsThere),
          speed(row.secondsBack),
          row.longestTaskMs.toFixed(0),
        ]
      }),
    )
  },
}
