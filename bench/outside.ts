/** The share of a run that is not spent in the network: optimiser, copies, JavaScript. */
import { createRuntime } from '../src/cli/devices.ts'
import { openContent, readStyle } from '../src/cli/files/index.ts'
import { loadModel } from '../src/cli/models/store.ts'
import { resize } from '../src/engine/image.ts'
import type { Runtime } from '../src/engine/runtime/runtime.ts'
import { stylize } from '../src/engine/stylize.ts'
import { figure, median } from './numbers.ts'
import type { BenchPart } from './part.ts'

const SIZE = 512
const MEMORY = 10
/** Until L-BFGS's memory is full, and some more that count. */
const WARM_UP = MEMORY + 2
const COUNTED = 8

export const outside: BenchPart = {
  name: 'outside',
  title: `Time outside the network, ${SIZE}×${SIZE} px, CPU`,
  async run(bench) {
    const model = await loadModel('vgg16')
    const { image } = await openContent('samples/mountains.jpg')
    const style = { image: await readStyle('styles/oil.jpg'), weight: 1 }
    const rows: (string | number)[][] = []
    for (const optimizer of ['lbfgs', 'adam'] as const) {
      const runtime = await createRuntime('cpu')
      const objective = timeObjective(runtime)
      const iterations: { readonly all: number; readonly network: number }[] = []
      let last = 0
      await stylize(
        resize(image, SIZE, SIZE),
        [style],
        {
          size: SIZE,
          minScale: SIZE,
          iterations: [WARM_UP + COUNTED],
          optimizer,
          lbfgsMemory: MEMORY,
          precision: 'float32',
        },
        {
          runtime: objective.runtime,
          model,
          onProgress({ iteration }) {
            const now = performance.now()
            const network = objective.takeSeconds()
            if (iteration > WARM_UP) iterations.push({ all: (now - last) / 1000, network })
            last = now
          },
        },
      )
      await runtime.release()
      const all = median(iterations.map((one) => one.all))
      const beside = median(iterations.map((one) => one.all - one.network))
      const share = median(iterations.map((one) => 1 - one.network / one.all))
      rows.push([
        optimizer === 'lbfgs' ? `L-BFGS, memory ${MEMORY}` : 'Adam',
        figure(all),
        figure(beside),
        (100 * share).toFixed(2),
      ])
    }
    bench.print(
      `Medians of ${COUNTED} iterations of a run: an iteration, and what of it is not the graph of loss and gradient, both timed in that run.`,
    )
    bench.table(['optimiser', 's per iteration', 'outside the network s', '%'], rows)
  },
}

/** A runtime that times the graph of loss and gradient. */
function timeObjective(runtime: Runtime) {
  let seconds = 0
  const watched: Runtime = {
    ...runtime,
    async compile(graph, options) {
      const program = await runtime.compile(graph, options)
      if (!('gradient' in graph.outputs && 'terms' in graph.outputs)) return program
      return {
        ...program,
        async run(...given) {
          const start = performance.now()
          try {
            return await program.run(...given)
          } finally {
            seconds += (performance.now() - start) / 1000
          }
        },
      }
    },
  }
  return {
    runtime: watched,
    takeSeconds(): number {
      const taken = seconds
      seconds = 0
      return taken
    },
  }
}
