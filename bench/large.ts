/** Pictures larger than the memory for them: painted, or begun, in processes of their own. */
import { availableMemory } from 'node:process'
import { measure } from './memory.ts'
import type { BenchPart } from './part.ts'

/** Few iterations, as each takes minutes on a processor; the last counts are those of the top. */
const CASES = [
  { width: 4096, height: 3072, memory: 4000, iterations: [30, 20, 15, 8, 4, 2] },
  { width: 8192, height: 6144, memory: 16000, iterations: [10, 8, 6, 2, 1, 1, 1] },
] as const

export const large: BenchPart = {
  name: 'large',
  title: 'Large pictures, VGG16, CPU',
  async run({ table, print }) {
    const rows: (string | number)[][] = []
    for (const { width, height, memory, iterations } of CASES) {
      if (availableMemory() < memory * 1e6) {
        print(`${width}×${height} px is left out: it is to take ${memory} MB, which are not free.`)
        continue
      }
      const started = performance.now()
      const options = { memory, minScale: 128, iterations: [...iterations] }
      const { predictedBytes, peakBytes, evaluated } = await measure({ width, height, options })
      rows.push([
        `${width}×${height}`,
        evaluated,
        iterations.join(', '),
        Math.round(predictedBytes / 1e6),
        Math.round(peakBytes / 1e6),
        ((performance.now() - started) / 60_000).toFixed(1),
      ])
    }
    table(
      ['picture', 'evaluated', 'iterations by scale', 'predicted MB', 'measured MB', 'minutes'],
      rows,
    )
  },
}
