import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { adam } from '../../../src/engine/optim/adam.ts'
import { lbfgs } from '../../../src/engine/optim/lbfgs.ts'
import type { Optimizer, VectorSpace } from '../../../src/engine/optim/vectors.ts'
import {
  type GraphVectors,
  makeGraphVectors,
  type Vector,
} from '../../../src/engine/runtime/graph-vectors.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import type { Runtime } from '../../../src/engine/runtime/runtime.ts'
import { makeArrayVectors } from '../../reference/array-vectors.ts'
import { sampleTensor } from '../../reference/check-gradient.ts'
import { type CountingRuntime, makeCountingRuntime } from '../../reference/counting-runtime.ts'

const [HEIGHT, WIDTH] = [5, 7]
const SHAPE = [1, 3, HEIGHT, WIDTH]
const cpu = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => cpu.release())

let runtime: CountingRuntime
let space: GraphVectors
beforeEach(() => {
  runtime = makeCountingRuntime(cpu)
  space = makeGraphVectors(runtime, { width: WIDTH, height: HEIGHT, bandRows: HEIGHT })
})
afterEach(() => space.release())

const samples = (count: number): Float32Array[] =>
  Array.from({ length: count }, (_, i) =>
    Float32Array.from(sampleTensor(SHAPE, { seed: i + 1, range: [-2, 3] }).data),
  )

/** The same vectors on the device and as float64 arrays. */
function both(count: number, on: GraphVectors = space) {
  const values = samples(count)
  const arrays = makeArrayVectors()
  return {
    arrays,
    host: values.map((vector) => arrays.make(vector)),
    device: values.map((vector) => on.upload(vector)),
  }
}

// float32 keeps 6e-8 a step; sums here have 105 terms.
const TOLERANCE = 1e-5

async function expectVector(actual: Vector, expected: Float64Array): Promise<void> {
  const values = await space.download(actual)
  expect(values).toHaveLength(expected.length)
  const scale = Math.max(...expected.map(Math.abs))
  expected.forEach((value, i) => {
    expect(Math.abs(values[i]! - value) / scale, `entry ${i}`).toBeLessThan(TOLERANCE)
  })
}

describe.each([
  ['in one piece', 5],
  ['in bands, the last one smaller', 2],
  ['in bands of a row', 1],
])('vectors on a runtime compute what arrays do, %s', (_, bandRows) => {
  beforeEach(() => {
    space = makeGraphVectors(runtime, { width: WIDTH, height: HEIGHT, bandRows })
    space.reserve(10)
  })

  test('go there and come back', async () => {
    const [values] = samples(1) as [Float32Array]
    const vector = space.upload(values)
    expect(vector.map(({ shape }) => shape[2]!).reduce((a, b) => a + b)).toBe(HEIGHT)
    expect(vector[0]!.shape).toEqual([1, 3, bandRows, WIDTH])
    expect(await space.download(vector)).toEqual(values)
  })

  test.each([
    [1, 1],
    [2, 3],
    [8, 3],
    [20, 3],
    [45, 3],
  ])('products of %i with %i', async (left, right) => {
    const { arrays, host, device } = both(left + right)
    const actual = await space.products(device.slice(0, left), device.slice(left))
    const expected = await arrays.products(host.slice(0, left), host.slice(left))
    const scale = Math.max(...expected.flat().map(Math.abs))
    expected.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(Math.abs(actual[i]![j]! - value) / scale).toBeLessThan(TOLERANCE)
      })
    })
  })

  test.each([1, 2, 3, 8, 9, 15, 22, 23, 43, 44])('combinations of %i', async (count) => {
    const { arrays, host, device } = both(count)
    const coefficients = host.map((_, i) => Math.cos(i))
    await expectVector(
      await space.combine(coefficients, device),
      await arrays.combine(coefficients, host),
    )
  })

  test('the sum of absolute values', async () => {
    const { arrays, host, device } = both(1)
    const expected = await arrays.sumAbs(host[0]!)
    expect((await space.sumAbs(device[0]!)) / expected).toBeCloseTo(1, 5)
  })

  test('the update of Adam', async () => {
    const { arrays, host, device } = both(3)
    const rates = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, stepSize: 0.1, secondScale: 3 }
    const moments = <V>([iterate, first, gradient]: V[], square: V) => ({
      iterate: iterate!,
      first: first!,
      second: square,
      gradient: gradient!,
    })
    const squares = samples(3)[2]!.map((value) => value * value)
    const actual = await space.adam(moments(device, space.upload(squares)), rates)
    const expected = await arrays.adam(moments(host, arrays.make(squares)), rates)
    await expectVector(actual.iterate, expected.iterate)
    await expectVector(actual.first, expected.first)
    await expectVector(actual.second, expected.second)
  })
})

function countRuns(runtime: Runtime) {
  let runs = 0
  const compile: Runtime['compile'] = async (...given) => {
    const program = await runtime.compile(...given)
    return {
      ...program,
      run(...tensors) {
        runs++
        return program.run(...tensors)
      },
    }
  }
  return { runtime: { ...runtime, compile }, started: () => runs }
}

describe('memory', () => {
  test('a freed vector is written to again, one in use is not', async () => {
    const { device } = both(3)
    const [p, q, r] = device as [Vector, Vector, Vector]
    space.free(r)
    const before = runtime.liveTensors()
    const sum = await space.combine([1, 1], [p, q])
    expect(runtime.liveTensors()).toBe(before)
    expect(sum).toBe(r)
    const other = await space.combine([1, -1], [p, q])
    expect(runtime.liveTensors()).toBe(before + 1)
    await expectVector(
      sum,
      Float64Array.from(samples(2)[0]!, (v, i) => v + samples(2)[1]![i]!),
    )
    space.free(other)
  })

  test('a shared vector stays until each of its owners has freed it', async () => {
    const { device } = both(3)
    const [p, q, shared] = device as [Vector, Vector, Vector]
    expect(space.share(shared)).toBe(shared)
    space.free(shared)
    expect(await space.combine([1, 1], [p, q])).not.toBe(shared)
    expect(await space.download(shared)).toEqual(samples(3)[2])
    space.free(shared)
    expect(await space.combine([1, 1], [p, q])).toBe(shared)
    // It starts anew, with one owner.
    space.free(shared)
    expect(await space.combine([1, 1], [p, q])).toBe(shared)
  })

  test.each([
    ['cpu', 22, 1],
    ['cpu', 12, 2],
    ['wasm', 22, 3],
  ] as const)('on %s, %i reserved, 22 vectors take %i runs', async (device, reserved, runs) => {
    const { runtime: watched, started } = countRuns({ ...runtime, device })
    space = makeGraphVectors(watched, { width: WIDTH, height: HEIGHT, bandRows: HEIGHT })
    space.reserve(reserved)
    const given = both(22)
    const coefficients = given.host.map((_, i) => Math.cos(i))
    const sum = await space.combine(coefficients, given.device)
    await expectVector(sum, await given.arrays.combine(coefficients, given.host))
    expect(started()).toBe(runs)
    await space.products(given.device, given.device.slice(0, 3))
    expect(started()).toBe(2 * runs)
  })

  test('reserved vectors are what is allocated next', async () => {
    space.reserve(3)
    const before = runtime.liveTensors()
    const vectors = [space.allocate(), space.allocate(), space.allocate()]
    expect(new Set(vectors).size).toBe(3)
    expect(runtime.liveTensors()).toBe(before)
    for (const vector of vectors) space.free(vector)
  })

  test('L-BFGS compiles nothing and allocates nothing once its memory is reserved', async () => {
    const memory = 9
    const { device } = both(1)
    const optimizer = lbfgs(space, { memory, learningRate: 1, firstStep: 0.1 })
    space.reserve(2 * memory + 3)
    let state = await optimizer.init(device[0]!)
    const counts: number[][] = []
    for (let step = 0; step < memory + 4; step++) {
      const x = await space.download(state.iterate)
      const residual = x.map((value, i) => (1 + i / 20) * Math.atan(value - Math.sin(i)))
      const gradient = space.allocate()
      runtime.copyRect(
        runtime.upload(residual, SHAPE),
        { top: 0, left: 0 },
        gradient[0]!,
        { top: 0, left: 0 },
        { height: HEIGHT, width: WIDTH },
      )
      state = await optimizer.update(state, { loss: 1e6 - step, gradient })
      // The upload of each step is the test's own.
      counts.push([runtime.liveTensors() - step, runtime.livePrograms()])
    }
    expect(state.pairs.s).toHaveLength(memory)
    // Two steps show every operation.
    expect(new Set(counts.slice(1).map(String)).size).toBe(1)
    optimizer.free(state)
  })

  test('releasing gives back freed vectors and every program', async () => {
    const { device } = both(2)
    const sum = await space.combine([1, 1], device)
    await space.sumAbs(sum)
    for (const vector of [...device, sum]) space.free(vector)
    await space.release()
    expect([runtime.liveTensors(), runtime.livePrograms()]).toEqual([0, 0])
  })
})

const makers: [string, <V>(given: VectorSpace<V>) => Optimizer<V, { readonly iterate: V }>][] = [
  ['L-BFGS', (given) => lbfgs(given, { memory: 3, learningRate: 0.5 }) as never],
  ['Adam', (given) => adam(given, { learningRate: 0.05 }) as never],
]

test.each(makers)('%s takes the same steps on either', async (_, make) => {
  const { arrays, host, device } = both(1)
  const loss = (x: ArrayLike<number>) => {
    const gradient = Array.from(x, (value, i) => (1 + i / 50) * (value - Math.sin(i)))
    return { loss: gradient.reduce((total, g) => total + (g * g) / 2, 0), gradient }
  }
  const [onHost, onDevice] = [make(arrays), make(space)]
  let expected = await onHost.init(host[0]!)
  let actual = await onDevice.init(device[0]!)
  for (let step = 0; step < 8; step++) {
    const exact = loss(expected.iterate)
    expected = await onHost.update(expected, {
      loss: exact.loss,
      gradient: arrays.make(exact.gradient),
    })
    const rounded = loss(await space.download(actual.iterate))
    actual = await onDevice.update(actual, {
      loss: rounded.loss,
      gradient: space.upload(Float32Array.from(rounded.gradient)),
    })
  }
  const values = await space.download(actual.iterate)
  ;(expected.iterate as Float64Array).forEach((value, i) => {
    // Rounding to float32 grows from step to step.
    expect(values[i]).toBeCloseTo(value, 3)
  })
  onDevice.free(actual)
  await space.release()
  expect([runtime.liveTensors(), runtime.livePrograms()]).toEqual([0, 0])
})
