/** The time of a run that is not spent in the network: optimiser, copies, JavaScript. */
import { createRuntime } from '../src/cli/devices.ts'
import { openContent, readStyle } from '../src/cli/files/index.ts'
import { loadModel } from '../src/cli/models/store.ts'
import { type PlanarImage, resize } from '../src/engine/picture/image.ts'
import type { Runtime } from '../src/engine/runtime/runtime.ts'
import { stylize } from '../src/engine/stylize.ts'
import type { VggModel } from '../src/engine/vgg/model.ts'
import { figure, median } from './numbers.ts'
import type { BenchPart } from './part.ts'

const SIZE = 512
const MEMORY = 10
/** Until L-BFGS's memory is full, and some more that count. */
const WARM_UP = MEMORY + 2
const COUNTED = 20

/** The graph of loss and gradient, each kind of vector arithmetic, and what lies between them. */
const PARTS = ['network', 'inner products', 'linear combinations', 'Adam', 'JavaScript'] as const
type Part = (typeof PARTS)[number]

/** Processor time is that of all threads, and counts where a thread waits for work without sleep. */
const CLOCKS = ['wall', 'processor'] as const
type Times = Readonly<Record<(typeof CLOCKS)[number], number>>

/** Seconds of one iteration, `JavaScript` with the collection of its garbage. */
type Iteration = Readonly<Record<Part, Times>>

export const outside: BenchPart = {
  name: 'outside',
  title: `Time outside the network, ${SIZE}×${SIZE} px, CPU`,
  async run(bench) {
    const model = await loadModel('vgg16')
    const { image } = await openContent('samples/mountains.jpg')
    const content = resize(image, SIZE, SIZE)
    const style = await readStyle('styles/oil.jpg')
    bench.print(
      `An evaluation is the graph of loss and gradient, with the call that starts it and reads its few numbers; outside is all else between the ends of two iterations. Of each of ${COUNTED} iterations in one run the share of its own evaluation is taken; medians of all. Processor time, over ${bench.threads} threads, is what other work on the machine disturbs least.`,
    )
    const shares: (string | number)[][] = []
    const parts: (string | number)[][] = []
    for (const optimizer of ['lbfgs', 'adam'] as const) {
      const name = optimizer === 'lbfgs' ? `L-BFGS, memory ${MEMORY}` : 'Adam'
      const iterations = await paint(bench.threads, model, content, style, optimizer)
      const middle = (of: (iteration: Iteration) => number): number => median(iterations.map(of))
      for (const clock of CLOCKS) {
        const evaluation = (iteration: Iteration): number => iteration.network[clock]
        const beside = (iteration: Iteration): number =>
          PARTS.reduce((total, part) => total + iteration[part][clock], 0) - evaluation(iteration)
        const share = middle((one) => beside(one) / evaluation(one))
        shares.push([
          name,
          clock,
          figure(middle(evaluation)),
          figure(middle(beside)),
          (100 * share).toFixed(2),
        ])
        parts.push([
          name,
          clock,
          ...PARTS.slice(1).map((part) => figure(1000 * middle((one) => one[part][clock]), 2)),
        ])
      }
    }
    bench.table(['optimiser', 'time', 'evaluation s', 'outside s', '% of the evaluation'], shares)
    bench.table(['optimiser', 'time', ...PARTS.slice(1).map((part) => `${part} ms`)], parts)
  },
}

async function paint(
  threads: number,
  model: VggModel,
  content: PlanarImage,
  style: PlanarImage,
  optimizer: 'lbfgs' | 'adam',
): Promise<Iteration[]> {
  const runtime = await createRuntime('cpu', String(threads))
  const watch = watchParts(runtime)
  const iterations: Iteration[] = []
  await stylize(
    content,
    [{ image: style, weight: 1 }],
    {
      size: SIZE,
      minScale: SIZE,
      iterations: [WARM_UP + COUNTED],
      shiftShare: 0,
      optimizer,
      lbfgsMemory: MEMORY,
      precision: 'float32',
    },
    {
      runtime: watch.runtime,
      model,
      onProgress({ iteration }) {
        const taken = watch.take()
        if (iteration > WARM_UP) iterations.push(taken)
      },
    },
  )
  await runtime.release()
  return iterations
}

/** The kind of a graph by the names of its outputs. */
function partOf(outputs: readonly string[]): Part {
  if (outputs.includes('gradient')) return 'network'
  if (outputs.includes('products')) return 'inner products'
  return outputs.includes('iterate_next') ? 'Adam' : 'linear combinations'
}

function now(): Times {
  const { user, system } = process.cpuUsage()
  return { wall: performance.now() / 1000, processor: (user + system) / 1e6 }
}

const difference = (to: Times, from: Times): Times => ({
  wall: to.wall - from.wall,
  processor: to.processor - from.processor,
})

/** A runtime that times its graphs by kind. */
function watchParts(runtime: Runtime) {
  const nothing = (): Record<Part, Times> =>
    Object.fromEntries(PARTS.map((part) => [part, { wall: 0, processor: 0 }])) as Record<
      Part,
      Times
    >
  let times = nothing()
  let last = now()
  const watched: Runtime = {
    ...runtime,
    async compile(graph, options) {
      const program = await runtime.compile(graph, options)
      const part = partOf(Object.keys(graph.outputs))
      return {
        ...program,
        async run(...given) {
          const start = now()
          try {
            return await program.run(...given)
          } finally {
            times[part] = difference(times[part], difference(start, now()))
          }
        },
      }
    },
  }
  return {
    runtime: watched,
    /** What was taken since the last call; what lies between graphs is JavaScript's. */
    take(): Iteration {
      const end = now()
      const graphs = PARTS.map((part) => times[part])
      const between = graphs.reduce(difference, difference(end, last))
      const taken = { ...times, JavaScript: between }
      times = nothing()
      last = end
      return taken
    },
  }
}
