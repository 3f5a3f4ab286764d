/**
 * How fast pixels cross the bridge in Chromium, and how long the panel's thread is held up.
 * `node --import tsx bench/bridge.ts` prints this table alone.
 */
import { fileURLToPath } from 'node:url'
import { findChromium } from '../test/browser/chromium.ts'
import { openPage } from '../test/browser/open-page.ts'
import type { BridgeTimes } from './bridge-page.ts'

declare const measure: (width: number, height: number) => Promise<BridgeTimes>

export interface BridgeRow extends BridgeTimes {
  readonly width: number
  readonly height: number
  readonly megabytes: number
}

/** RGBA, 8 bit. Of so many runs each the best times, since other work on the machine only slows, but the longest task. */
export async function timeBridge(
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

export async function printBridge(print: (line?: string) => void) {
  print('## The bridge, Chromium, RGBA of 8 bit')
  print()
  if (!findChromium()) return print('no Chromium here')
  print(
    '| size | MB | panel to engine MB/s | engine to panel MB/s | longest task in the panel ms |',
  )
  print('| --- | --- | --- | --- | --- |')
  const sizes = [
    [1024, 1024],
    [4096, 4096],
  ] as const
  for (const row of await timeBridge(sizes, 5)) {
    const speed = (seconds: number): string => (row.megabytes / seconds).toFixed(0)
    print(
      `| ${row.width}×${row.height} | ${row.megabytes.toFixed(1)} | ${speed(row.secondsThere)} | ${speed(row.secondsBack)} | ${row.longestTaskMs.toFixed(0)} |`,
    )
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await printBridge((line = '') => process.stdout.write(`${line}\n`))
}
