import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { CancelledError, RuntimeError, type RuntimeFailure } from '../../../src/engine/errors.ts'
import type { StylizeOptions } from '../../../src/engine/options.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import type { Runtime } from '../../../src/engine/runtime/runtime.ts'
import { type StylizeContext, stylize } from '../../../src/engine/stylize.ts'
import { readGolden } from '../../golden-files.ts'
import { type CountingRuntime, makeCountingRuntime } from '../../reference/counting-runtime.ts'
import { makeFaultyRuntime } from '../../reference/faulty-runtime.ts'

const { content, style, vgg19Tiny: model } = await readGolden({ withVgg16: false })
const cpu = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => cpu.release())

/** Shallow layers, whose margins leave room for tiles in a picture of 64 px. */
const SMALL = {
  size: 64,
  minScale: 40,
  iterations: [4, 4],
  styleLayers: ['relu1_1', 'relu2_1'],
  contentLayers: ['relu2_1'],
} as const satisfies Partial<StylizeOptions>

let counting: CountingRuntime
let notes: string[]
beforeEach(() => {
  counting = makeCountingRuntime(cpu)
  notes = []
})

const paint = (
  runtime: Runtime,
  context: Partial<StylizeContext> = {},
  options: Partial<StylizeOptions> = {},
) =>
  stylize(
    content,
    [{ image: style, weight: 1 }],
    { ...SMALL, ...options },
    { runtime, model, onNote: (note) => notes.push(note), ...context },
  )

const expectNothingLeft = (when?: string): void => {
  expect([counting.liveTensors(), counting.livePrograms()], when).toEqual([0, 0])
}

/** How many calls a run makes when nothing fails. */
async function callsOf(options: Partial<StylizeOptions> = {}): Promise<number> {
  const runtime = makeFaultyRuntime(cpu)
  await paint(runtime, {}, options)
  return runtime.calls()
}

/** Calls from the first to the last, the first ones all: each of them is a stage of its own. */
const spread = (last: number, count: number): number[] => [
  ...new Set(
    Array.from({ length: count }, (_, i) =>
      i < count / 2 ? i + 1 : Math.round((last * (i + 1)) / count),
    ),
  ),
]

describe('memory that runs out', () => {
  test('at any call makes tiles of the picture, and the run ends as planned', async () => {
    const calls = await callsOf()
    for (const at of spread(calls, 20)) {
      notes = []
      const result = await paint(makeFaultyRuntime(counting, { at, failure: 'memory' }))
      expect(result.isFinished, `call ${at}`).toBe(true)
      expect(result.total).toBeGreaterThan(0)
      expect(result.total).toBeLessThan(result.evaluations.find(({ scale }) => scale === 64)!.total)
      // The last call fetches the finished picture, and is made once more.
      const expected = at === calls ? /^$/ : /memory ran out; the run goes on in tiles of/
      expect(notes.join(), `call ${at}`).toMatch(expected)
      expectNothingLeft(`call ${at}`)
    }
  })

  test('within tiles makes them smaller', async () => {
    const runtime = makeFaultyRuntime(counting, { at: 30, failure: 'memory' })
    const twice = makeFaultyRuntime(runtime, { at: 200, failure: 'memory' })
    const result = await paint(twice, {}, { size: 128, minScale: 128, iterations: [6] })
    expect(result.isFinished).toBe(true)
    expect(notes).toHaveLength(2)
    const edges = notes.map((note) => Number(/tiles of (\d+)/.exec(note)![1]))
    expect(edges[1]).toBeLessThan(edges[0]!)
    expectNothingLeft()
  })

  test('where no tile is small enough ends with the picture so far, and says so', async () => {
    // Deep layers need margins that a picture of this size has no room for.
    const options = { styleLayers: ['relu5_1'], contentLayers: ['relu4_2'] } as const
    const calls = await callsOf(options)
    const failing = makeFaultyRuntime(counting, { at: calls - 3, failure: 'memory' })
    const result = await paint(failing, {}, options)
    expect(result.isFinished).toBe(false)
    expect(result.evaluations.length).toBeGreaterThan(4)
    expect(notes.join()).toMatch(/ended early; this is the picture that it had reached/)
    expectNothingLeft()
  })

  test('before there is any picture is an error, where nothing else helps', async () => {
    const options = { styleLayers: ['relu5_1'], contentLayers: ['relu4_2'] } as const
    const failing = makeFaultyRuntime(counting, { at: 2, failure: 'memory' })
    await expect(paint(failing, {}, options)).rejects.toThrow(RuntimeError)
    expectNothingLeft()
  })
})

test.each(['memory', 'lost'] as const)(
  'steps on the picture moved by a pixel go on after a failure: %s',
  async (failure) => {
    const options = { minScale: 64, iterations: [30], shiftShare: 0.7 }
    const calls = await callsOf(options)
    for (const part of [0.55, 0.6, 0.65, 0.7, 0.8, 0.9]) {
      const at = Math.round(part * calls)
      const faulty = makeFaultyRuntime(counting, { at, failure })
      const result = await paint(faulty, { replaceRuntime: async () => counting }, options)
      expect(result.isFinished, `call ${at}`).toBe(true)
      expect(notes.pop(), `call ${at}`).toMatch(/the run goes on/)
      // It never begins again from the photograph.
      const [first, ...later] = result.evaluations.map(({ total }) => total)
      expect(Math.max(...later.slice(8)), `call ${at}`).toBeLessThan(0.8 * first!)
      expectNothingLeft(`call ${at}`)
    }
  },
)

describe('a lost device', () => {
  test('at any call is opened again, and the run ends as planned', async () => {
    for (const at of spread(await callsOf(), 24)) {
      const replaced: RuntimeFailure[] = []
      const result = await paint(makeFaultyRuntime(counting, { at, failure: 'lost' }), {
        async replaceRuntime(_, { failure }) {
          replaced.push(failure)
          return counting
        },
      })
      expect(result.isFinished, `call ${at}`).toBe(true)
      expect(result.total, `call ${at}`).toBeGreaterThan(0)
      expect(replaced.length, `call ${at}`).toBeLessThanOrEqual(1)
    }
  })

  test('goes on from the picture that was reached, not from the start', async () => {
    const calls = await callsOf({ minScale: 64, iterations: [12] })
    let before = 0
    let after = 0
    let isReplaced = false
    await paint(
      makeFaultyRuntime(counting, { at: calls - 20, failure: 'lost' }),
      {
        async onProgress({ total, preview }) {
          if (isReplaced) after ||= total
          else {
            await preview()
            before = total
          }
        },
        async replaceRuntime() {
          isReplaced = true
          return counting
        },
      },
      { minScale: 64, iterations: [12] },
    )
    expect(after).toBeLessThan(1.05 * before)
  })

  test('again and again ends the run with the best picture', async () => {
    let replacements = 0
    const failing = () => makeFaultyRuntime(counting, { at: 60, failure: 'lost' })
    const result = await paint(
      failing(),
      {
        // Without it the picture would be lost with the device.
        onProgress: async ({ preview }) => void (await preview()),
        async replaceRuntime() {
          replacements++
          return failing()
        },
      },
      { minScale: 64, iterations: [1000] },
    )
    expect(replacements).toBe(3)
    expect(result.isFinished).toBe(false)
    expect(result.evaluations.length).toBeGreaterThan(0)
    expect(notes.at(-1)).toMatch(/ended early/)
  })

  test('whose replacement cannot be created ends the run with the best picture', async () => {
    const failing = makeFaultyRuntime(counting, { at: (await callsOf()) - 10, failure: 'lost' })
    const result = await paint(failing, {
      replaceRuntime: () => Promise.reject(new RuntimeError('webgpu: there is no WebGPU here')),
    })
    expect(result.isFinished).toBe(false)
    expect(result.evaluations.length).toBeGreaterThan(0)
    expect(notes.join()).toMatch(
      /no other device could be opened \(webgpu: there is no WebGPU here/,
    )
  })

  test('with nothing behind it ends the run with the best picture', async () => {
    const calls = await callsOf()
    const failing = makeFaultyRuntime(counting, { at: calls - 10, failure: 'lost' })
    const result = await paint(failing, { replaceRuntime: async () => undefined })
    expect(result.isFinished).toBe(false)
    // That of the scale before, as the device took the last one with it.
    expect(result.image.width).toBe(40)
    expect(result.total).toBeGreaterThan(0)
  })
})

describe('a picture that was painted is never given up for one that was not', () => {
  test('by stopping while the next scale is made ready', async () => {
    const stop = new AbortController()
    const runtime: Runtime = {
      ...counting,
      async compile(graph, options) {
        // The first graph of the second scale.
        if (graph.inputs.some(({ shape }) => shape.at(-1) === 64)) stop.abort()
        return counting.compile(graph, options)
      },
    }
    const result = await paint(runtime, { stop: stop.signal })
    expect([result.image.width, result.evaluations.length]).toEqual([40, 4])
    expect(result.total).toBeGreaterThan(0)
    expect(result.isFinished).toBe(false)
    expectNothingLeft()
  })

  test('by a device that is lost when the next scale is made ready', async () => {
    const lost = { at: 0, failure: 'lost' as const }
    const failing = makeFaultyRuntime(counting, lost)
    const result = await paint(failing, {
      onProgress({ evaluations }) {
        if (evaluations === 4) lost.at = failing.calls() + 2
      },
    })
    expect([result.image.width, result.evaluations.length]).toEqual([40, 4])
    expect(result.total).toBeGreaterThan(0)
    expect(notes.join()).toMatch(/ended early/)
  })
})

describe('cancelling a run whose device fails', () => {
  test('ends it as cancelled, and no other device is opened', async () => {
    const cancel = new AbortController()
    const calls = await callsOf()
    let replacements = 0
    const run = paint(makeFaultyRuntime(counting, { at: calls - 10, failure: 'lost' }), {
      signal: cancel.signal,
      onProgress: ({ evaluations }) => (evaluations === 6 ? cancel.abort() : undefined),
      async replaceRuntime() {
        replacements++
        return counting
      },
    })
    await expect(run).rejects.toThrow(CancelledError)
    expect(replacements).toBe(0)
  })
})

describe('a number out of the range of half precision', () => {
  test('switches the run to float32, from where it is', async () => {
    const result = await paint(withNan(counting, 3), {}, { precision: 'float16' })
    expect(result.isFinished).toBe(true)
    expect(notes).toEqual(['a number left the range of half precision; the run goes on in float32'])
    expect(result.evaluations.every(({ total }) => Number.isFinite(total))).toBe(true)
    expectNothingLeft()
  })
})

/** Terms of the given evaluation are not numbers, as long as the graphs hold float16. */
function withNan(runtime: Runtime, evaluation: number): Runtime {
  let evaluations = 0
  return {
    ...runtime,
    float16: 'fast',
    async compile(graph, options) {
      const program = await runtime.compile(graph, options)
      return {
        ...program,
        async run(inputs, into) {
          const { host, device } = await program.run(inputs, into)
          const isHalf = Object.values(graph.inputs).some(({ dtype }) => dtype === 'float16')
          const isBad = host.terms && isHalf && ++evaluations === evaluation
          if (!isBad) return { host, device }
          return { device, host: { ...host, terms: host.terms!.map(() => Number.NaN) } }
        },
      }
    },
  }
}

describe('cancelling inside a tile', () => {
  test('ends the run at once and leaves nothing', async () => {
    const cancel = new AbortController()
    let copies = 0
    const runtime: Runtime = {
      ...counting,
      copyRect(...given) {
        // In the middle of an evaluation of tiles.
        if (++copies === 50) cancel.abort()
        counting.copyRect(...given)
      },
    }
    const tiled = paint(
      makeFaultyRuntime(runtime, { at: 20, failure: 'memory' }),
      { signal: cancel.signal },
      { minScale: 64, iterations: [50] },
    )
    await expect(tiled).rejects.toThrow(CancelledError)
    expect(copies).toBeLessThan(60)
    expectNothingLeft()
  })
})
