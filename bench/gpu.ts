/** What an iteration asks of the GPU in Chromium, counted at the browser's own WebGPU objects. */
import { findChromium } from '../test/browser/chromium.ts'
import { openEvaluationBrowser } from './evaluation-browser.ts'
import type { evaluationPage as Page } from './evaluation-page.ts'
import type { BenchPart } from './part.ts'

declare const evaluationPage: typeof Page

/** Enough to fill L-BFGS's memory, which is 3 here, and go on. */
const ITERATIONS = 7

export const gpu: BenchPart = {
  name: 'gpu',
  title: 'Asked of the GPU per iteration, WebGPU in Chromium',
  async run(bench) {
    if (!findChromium()) return bench.print('No Chromium was found.')
    const { page, adapter, close } = await openEvaluationBrowser()
    try {
      if (!adapter) return bench.print('Chromium offers no WebGPU adapter here.')
      const [network, size] = adapter.isSoftware
        ? (['vgg19-tiny', 32] as const)
        : (['vgg16', 512] as const)
      bench.print(
        `${adapter.name}; ${network} at ${size}×${size} px, of which an image has ${12 * size * size} bytes. The last of ${ITERATIONS} iterations, in a steady state: the optimiser's memory is full. The picture itself, which a run fetches every few seconds in case the device fails, is not counted.`,
      )
      const rows: (string | number)[][] = []
      for (const optimizer of ['lbfgs', 'adam'] as const) {
        const traffic = await page.evaluate((given) => evaluationPage.traffic(...given), [
          network,
          size,
          optimizer,
          ITERATIONS,
        ] as const)
        // Every few seconds a run fetches its picture, in case the device fails: not one iteration's.
        const imageBytes = 12 * size * size
        for (const row of traffic.filter(({ read }) => read < imageBytes).slice(-2)) {
          rows.push([
            optimizer,
            row.iteration,
            row.dispatches,
            row.submissions,
            row.written,
            row.read,
            row.buffers,
            row.largestBuffer,
          ])
        }
      }
      bench.table(
        [
          'optimiser',
          'iteration',
          'dispatches',
          'submissions',
          'bytes written',
          'bytes read back',
          'buffers made',
          'largest of them, bytes',
        ],
        rows,
      )
    } finally {
      await close()
    }
  },
}
