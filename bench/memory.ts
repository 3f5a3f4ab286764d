/** Peak memory against pixels, whole and tiled: predicted, and measured in processes of their own. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { StylizeOptions } from '../src/engine/options.ts'
import { lineChart } from './chart.ts'
import type { BenchPart } from './part.ts'

/** What `memory-run.ts` prints. */
export interface MemoryRun {
  readonly predictedBytes: number
  /** Highest resident memory of the process. */
  readonly peakBytes: number
  readonly evaluated: string
}

/** Enough for L-BFGS to remember pairs; only one run asks for the most that these take. */
const ITERATIONS = [3]

interface MemoryCase {
  readonly width: number
  readonly height: number
  readonly options?: Partial<StylizeOptions>
}

const CASES: readonly MemoryCase[] = [
  { width: 256, height: 256 },
  { width: 512, height: 384 },
  { width: 768, height: 576 },
  { width: 1024, height: 768 },
  { width: 768, height: 576, options: { styleDepth: [3] } },
  { width: 512, height: 384, options: { minScale: 128, iterations: [12, 3] } },
  { width: 768, height: 576, options: { iterations: [23], shiftShare: 0.9 } },
  { width: 768, height: 576, options: { optimizer: 'adam' } },
  { width: 768, height: 576, options: { memory: 1000 } },
  { width: 1536, height: 1152, options: { memory: 1500 } },
  { width: 2048, height: 1536, options: { memory: 2000, iterations: [1] } },
  { width: 4096, height: 4096, options: { memory: 6000, iterations: [1] } },
]

const run = promisify(execFile)
const script = fileURLToPath(new URL('memory-run.ts', import.meta.url))

export async function measure({ width, height, options }: MemoryCase): Promise<MemoryRun> {
  const given = { size: 0, minScale: Math.max(width, height), iterations: ITERATIONS, ...options }
  const { stdout } = await run(process.execPath, [
    ...['--import', 'tsx', script],
    ...[JSON.stringify(given), String(width), String(height)],
  ])
  return JSON.parse(stdout) as MemoryRun
}

export const memoryPart: BenchPart = {
  name: 'memory',
  title: 'Peak memory, VGG16, CPU',
  async run(bench) {
    const rows: (string | number)[][] = []
    const points: { isTiled: boolean; megapixels: number; predicted: number; peak: number }[] = []
    for (const one of CASES) {
      const { predictedBytes, peakBytes, evaluated } = await measure(one)
      const limit = one.options?.memory
      if (!one.options || limit) {
        points.push({
          isTiled: limit !== undefined,
          megapixels: (one.width * one.height) / 1e6,
          predicted: predictedBytes / 1e6,
          peak: peakBytes / 1e6,
        })
      }
      rows.push([
        `${one.width}×${one.height}`,
        Object.entries(one.options ?? {})
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
        evaluated,
        Math.round(predictedBytes / 1e6),
        Math.round(peakBytes / 1e6),
        (predictedBytes / peakBytes).toFixed(2),
      ])
    }
    bench.table(
      ['picture', 'options', 'evaluated', 'predicted MB', 'measured MB', 'predicted / measured'],
      rows,
    )
    const series = (isTiled: boolean, isDashed: boolean) => ({
      name: `${isTiled ? 'limited' : 'at once'}, ${isDashed ? 'predicted' : 'measured'}`,
      isDashed,
      points: points
        .filter((point) => point.isTiled === isTiled)
        .map((point) => [point.megapixels, isDashed ? point.predicted : point.peak] as const),
    })
    const title = 'Peak memory of a run'
    await bench.picture(
      'memory',
      title,
      lineChart({
        title,
        x: { label: 'megapixels', isLog: true },
        y: { label: 'MB', isLog: true },
        series: [true, false].flatMap((isTiled) => [series(isTiled, false), series(isTiled, true)]),
      }),
    )
  },
}
