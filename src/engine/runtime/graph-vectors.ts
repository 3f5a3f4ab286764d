/** Vector arithmetic as small graphs, so that an optimiser's vectors never leave the device. */
import * as b from '../graph/build.ts'
import { type Graph, makeGraph, type Node, type Shape } from '../graph/node.ts'
import type { VectorSpace } from '../optim/vectors.ts'
import type { DeviceTensor, Program, Runtime } from './runtime.ts'

export interface GraphVectors extends VectorSpace<DeviceTensor> {
  /** A freed vector by each name while there are any: what another graph may write into. */
  reuse(...names: string[]): Record<string, DeviceTensor>
  /** Releases the freed vectors and every program. */
  release(): Promise<void>
}

/**
 * @param shape of every vector; [1,3,H,W] is worked on as 3·H rows of W, which gives a provider
 * rows to spread over its threads and keeps float32 sums short.
 */
export function makeGraphVectors(runtime: Runtime, shape: Shape): GraphVectors {
  const programs = new Map<string, Promise<Program>>()
  const spare: DeviceTensor[] = []
  const program = (
    key: string,
    build: () => Graph,
    readBack: readonly string[] = [],
  ): Promise<Program> => {
    const known = programs.get(key)
    if (known) return known
    const compiled = runtime.compile(build(), { readBack })
    programs.set(key, compiled)
    return compiled
  }
  const reuse = (...names: string[]): Record<string, DeviceTensor> => {
    const into: Record<string, DeviceTensor> = {}
    for (const name of names) {
      const tensor = spare.pop()
      if (tensor) into[name] = tensor
    }
    return into
  }

  return {
    reuse,

    async products(left, right) {
      const run = await program(
        `products ${left.length} ${right.length}`,
        () => productsGraph(shape, left.length, right.length),
        ['products'],
      )
      const { host } = await run.run({ ...named('left', left), ...named('right', right) })
      const values = host.products!
      return left.map((_, i) => right.map((_, j) => values[i * right.length + j]!))
    },

    async combine(coefficients, vectors) {
      const run = await program(`combine ${vectors.length}`, () =>
        combineGraph(shape, vectors.length),
      )
      const { device } = await run.run(
        { ...named('vector', vectors), coefficients: Float32Array.from(coefficients) },
        reuse('result'),
      )
      return device.result!
    },

    async sumAbs(vector) {
      const run = await program('sumAbs', () => sumAbsGraph(shape), ['sum'])
      const { host } = await run.run({ vector })
      return host.sum![0]!
    },

    async adam({ iterate, first, second, gradient }, rates) {
      const run = await program('adam', () => adamGraph(shape))
      const { device } = await run.run(
        {
          iterate,
          first,
          second,
          gradient,
          rates: Float32Array.of(
            rates.beta1,
            1 - rates.beta1,
            rates.beta2,
            1 - rates.beta2,
            rates.stepSize,
            rates.secondScale,
            rates.epsilon,
          ),
        },
        reuse('iterate_next', 'first_next', 'second_next'),
      )
      return {
        iterate: device.iterate_next!,
        first: device.first_next!,
        second: device.second_next!,
      }
    },

    free(vector) {
      spare.push(vector)
    },

    async release() {
      for (const tensor of spare.splice(0)) tensor.release()
      for (const compiled of programs.values()) await (await compiled).release()
      programs.clear()
    },
  }
}

const named = (prefix: string, vectors: readonly DeviceTensor[]): Record<string, DeviceTensor> =>
  Object.fromEntries(vectors.map((vector, i) => [`${prefix}${i}`, vector]))

/** Rows of the vector's last axis: [R, W]. */
const rowsOf = (shape: Shape): [number, number] => {
  const width = shape.at(-1)!
  return [shape.slice(0, -1).reduce((a, c) => a * c, 1), width]
}

/** `count` vectors named `prefix0` … side by side: [R, count, W]. */
function stack(prefix: string, shape: Shape, count: number): Node {
  const [rows, width] = rowsOf(shape)
  const parts = Array.from({ length: count }, (_, i) =>
    b.reshape(b.input(`${prefix}${i}`, shape), [rows, 1, width]),
  )
  return b.concat(parts, 1)
}

function productsGraph(shape: Shape, left: number, right: number): Graph {
  const perRow = b.matmul(stack('left', shape, left), b.transposeLast(stack('right', shape, right)))
  return makeGraph({ products: b.sum(perRow, [0]) })
}

function combineGraph(shape: Shape, count: number): Graph {
  const coefficients = b.input('coefficients', [count])
  const terms = Array.from({ length: count }, (_, i) =>
    b.mul(b.input(`vector${i}`, shape), b.slice(coefficients, [i], [i + 1])),
  )
  return makeGraph({ result: terms.reduce((total, term) => b.add(total, term)) })
}

const sumAbsGraph = (shape: Shape): Graph => {
  const rows = b.sum(b.reshape(b.abs(b.input('vector', shape)), rowsOf(shape)), [1])
  return makeGraph({ sum: b.reshape(b.sum(rows, [0]), [1]) })
}

function adamGraph(shape: Shape): Graph {
  const [iterate, first, second, gradient] = ['iterate', 'first', 'second', 'gradient'].map(
    (name) => b.input(name, shape),
  ) as [Node, Node, Node, Node]
  const rates = b.input('rates', [7])
  const rate = (i: number): Node => b.slice(rates, [i], [i + 1])
  const firstNext = b.add(b.mul(first, rate(0)), b.mul(gradient, rate(1)))
  const secondNext = b.add(b.mul(second, rate(2)), b.mul(b.mul(gradient, gradient), rate(3)))
  const divisor = b.add(b.mul(b.sqrt(secondNext), rate(5)), rate(6))
  const iterateNext = b.sub(iterate, b.mul(b.div(firstNext, divisor), rate(4)))
  return makeGraph({
    iterate_next: iterateNext,
    first_next: firstNext,
    second_next: secondNext,
  })
}
