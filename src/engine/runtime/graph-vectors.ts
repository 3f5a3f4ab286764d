/**
 * Vector arithmetic as small graphs, so that an optimiser's vectors never leave the device. Vectors
 * are worked on band by band, which bounds what an operation needs beside them, and any number of
 * vectors in groups of one size, so that a graph is compiled once a scale.
 */
import * as b from '../graph/build.ts'
import { type Graph, makeGraph, type Node, type Shape } from '../graph/node.ts'
import type { VectorSpace } from '../optim/vectors.ts'
import type { DeviceTensor, Program, Runtime } from './runtime.ts'

/** A picture [1,3,H,W] as bands of rows, each [1,3,rows,W]; the last has what is left. */
export type Vector = readonly DeviceTensor[]

export interface GraphVectors extends VectorSpace<Vector> {
  /** A vector of undefined content: a freed one while there are any. */
  allocate(): Vector
  /**
   * Allocates until `count` vectors are free, and what operations need beside them: a lack of
   * memory then shows before the work, and nothing is allocated after.
   */
  reserve(count: number): void
  /** @param data planar [3,H,W], copied. */
  upload(data: Float32Array): Vector
  /** Planar [3,H,W]. */
  download(vector: Vector): Promise<Float32Array>
  /** Releases every vector that was made here, in use or not, and every program. */
  release(): Promise<void>
}

/** Vectors that one run of a graph combines, or multiplies with up to three others. */
const GROUP = 8

/** @param size of the pictures, and rows of a band: the height where pictures are in one piece. */
export function makeGraphVectors(
  runtime: Runtime,
  {
    width,
    height,
    bandRows,
  }: { readonly width: number; readonly height: number; readonly bandRows: number },
): GraphVectors {
  const shapes: Shape[] = []
  for (let top = 0; top < height; top += bandRows) {
    shapes.push([1, 3, Math.min(bandRows, height - top), width])
  }
  const programs = new Map<string, Promise<Program>>()
  const spare: Vector[] = []
  /** Every band, so that what an operation that failed had in hand is released with the rest. */
  const made = new Set<DeviceTensor>()
  /** By shape of a band: holds every other partial sum of a long combination. */
  const scratch = new Map<string, DeviceTensor>()

  const program = (
    name: string,
    shape: Shape,
    build: (shape: Shape) => Graph,
    readBack: readonly string[] = [],
  ): Promise<Program> => {
    const key = `${name} of ${shape}`
    const known = programs.get(key)
    if (known) return known
    const compiled = runtime.compile(build(shape), { readBack })
    programs.set(key, compiled)
    compiled.catch(() => programs.delete(key))
    return compiled
  }
  const scratchOf = (shape: Shape): DeviceTensor => {
    const known = scratch.get(`${shape}`)
    if (known) return known
    const tensor = runtime.allocate(shape)
    scratch.set(`${shape}`, tensor)
    made.add(tensor)
    return tensor
  }
  /** A tensor for every band, or none when one of them fails. */
  const bandsFrom = (make: (shape: Shape, index: number) => DeviceTensor): Vector => {
    const bands: DeviceTensor[] = []
    try {
      for (const [i, shape] of shapes.entries()) bands.push(make(shape, i))
    } catch (error) {
      for (const band of bands) band.release()
      throw error
    }
    for (const band of bands) made.add(band)
    return bands
  }
  const make = (): Vector => bandsFrom((shape) => runtime.allocate(shape))
  const allocate = (): Vector => spare.pop() ?? make()
  /** A vector that came from elsewhere is now one of these. */
  const free = (vector: Vector): void => {
    for (const band of vector) made.add(band)
    spare.push(vector)
  }
  /** Vectors by these names, which `fill` writes to band by band; all are freed when it fails. */
  const fill = async <Name extends string>(
    names: readonly Name[],
    fillBand: (bands: Record<Name, DeviceTensor>, shape: Shape, index: number) => Promise<void>,
  ): Promise<Record<Name, Vector>> => {
    const vectors = {} as Record<Name, Vector>
    try {
      for (const name of names) vectors[name] = allocate()
      for (const [i, shape] of shapes.entries()) {
        const bands = {} as Record<Name, DeviceTensor>
        for (const name of names) bands[name] = vectors[name][i]!
        await fillBand(bands, shape, i)
      }
    } catch (error) {
      for (const vector of Object.values<Vector>(vectors)) free(vector)
      throw error
    }
    return vectors
  }

  return {
    allocate,
    free,

    reserve(count) {
      for (const shape of shapes) scratchOf(shape)
      while (spare.length < count) spare.push(make())
    },

    upload(data) {
      return bandsFrom((shape, i) => {
        const bandSize = shape[2]! * width
        const band = new Float32Array(3 * bandSize)
        for (let plane = 0; plane < 3; plane++) {
          const start = (plane * height + i * bandRows) * width
          band.set(data.subarray(start, start + bandSize), plane * bandSize)
        }
        return runtime.upload(band, shape)
      })
    },

    async download(vector) {
      if (vector.length === 1) return runtime.download(vector[0]!)
      const data = new Float32Array(3 * height * width)
      for (const [i, tensor] of vector.entries()) {
        const band = await runtime.download(tensor)
        const bandSize = band.length / 3
        for (let plane = 0; plane < 3; plane++) {
          data.set(
            band.subarray(plane * bandSize, (plane + 1) * bandSize),
            (plane * height + i * bandRows) * width,
          )
        }
      }
      return data
    },

    async products(left, right) {
      const size = left.length === 1 ? 1 : GROUP
      const name = `products ${size} ${right.length}`
      const build = (shape: Shape) => productsGraph(shape, size, right.length)
      const totals = left.map(() => right.map(() => 0))
      for (const [i, shape] of shapes.entries()) {
        const run = await program(name, shape, build, ['products'])
        for (let start = 0; start < left.length; start += size) {
          const group = left.slice(start, start + size)
          const { host } = await run.run({
            ...named('left', padded(band(group, i), size)),
            ...named('right', band(right, i)),
          })
          for (const row of group.keys()) {
            for (const column of right.keys()) {
              totals[start + row]![column]! += host.products![row * right.length + column]!
            }
          }
        }
      }
      return totals
    },

    async combine(coefficients, vectors) {
      const size = vectors.length <= 2 ? 2 : GROUP
      // A run takes in the sum of those before, so it has room for one vector less than the first.
      const runs = Math.max(1, Math.ceil((vectors.length - 1) / (size - 1)))
      const { sum } = await fill(['sum'], async (bands, shape, i) => {
        const run = await program(`combine ${size}`, shape, (of) => combineGraph(of, size))
        let before: DeviceTensor | undefined
        for (let done = 0, start = 0; done < runs; done++) {
          const end = start + size - (before ? 1 : 0)
          const given = band(vectors.slice(start, end), i)
          const factors = coefficients.slice(start, end)
          // The last run writes to the result, those before take turns: none reads what it writes.
          const into = (runs - done) % 2 === 1 ? bands.sum : scratchOf(shape)
          await run.run(
            {
              ...named('vector', padded(before ? [before, ...given] : given, size)),
              coefficients: float32s(before ? [1, ...factors] : factors, size),
            },
            { sum: into },
          )
          before = into
          start = end
        }
      })
      return sum
    },

    async sumAbs(vector) {
      let total = 0
      for (const [i, shape] of shapes.entries()) {
        const run = await program('sumAbs', shape, sumAbsGraph, ['sum'])
        const { host } = await run.run({ vector: vector[i]! })
        total += host.sum![0]!
      }
      return total
    },

    adam(given, rates) {
      const { beta1, beta2, stepSize, secondScale, epsilon } = rates
      const numbers = [beta1, 1 - beta1, beta2, 1 - beta2, stepSize, secondScale, epsilon]
      return fill(['iterate', 'first', 'second'], async ({ iterate, first, second }, shape, i) => {
        const run = await program('adam', shape, adamGraph)
        await run.run(
          {
            iterate: given.iterate[i]!,
            first: given.first[i]!,
            second: given.second[i]!,
            gradient: given.gradient[i]!,
            rates: Float32Array.from(numbers),
          },
          { iterate_next: iterate, first_next: first, second_next: second },
        )
      })
    },

    async release() {
      spare.length = 0
      for (const tensor of made) tensor.release()
      made.clear()
      scratch.clear()
      for (const compiled of programs.values()) await (await compiled).release()
      programs.clear()
    },
  }
}

const band = (vectors: readonly Vector[], index: number): DeviceTensor[] =>
  vectors.map((vector) => vector[index]!)

/** As many as asked for, the first one repeated. */
const padded = (tensors: readonly DeviceTensor[], count: number): DeviceTensor[] =>
  Array.from({ length: count }, (_, i) => tensors[i] ?? tensors[0]!)

/** Followed by zeros. */
const float32s = (values: readonly number[], count: number): Float32Array => {
  const array = new Float32Array(count)
  array.set(values)
  return array
}

const named = (prefix: string, tensors: readonly DeviceTensor[]): Record<string, DeviceTensor> =>
  Object.fromEntries(tensors.map((tensor, i) => [`${prefix}${i}`, tensor]))

/** Values of a row of `rowsOf` at most: longer sums in float32 lose digits. */
const ROW_VALUES = 16_384

/**
 * The values in rows [R, K], as few as there may be: each is work that a provider hands to a thread,
 * and short ones cost more to hand out than to do.
 */
const rowsOf = (shape: Shape): [number, number] => {
  const width = shape.at(-1)!
  const lines = shape.slice(0, -1).reduce((a, c) => a * c, 1)
  let together = 1
  for (let count = 2; count * width <= ROW_VALUES && count <= lines; count++) {
    if (lines % count === 0) together = count
  }
  return [lines / together, together * width]
}

/** Row by row, a matrix of the right vectors times each left one: [left, right], summed over rows. */
function productsGraph(shape: Shape, left: number, right: number): Graph {
  const [rows, width] = rowsOf(shape)
  const matrix = b.concat(
    Array.from({ length: right }, (_, j) =>
      b.reshape(b.input(`right${j}`, shape), [rows, 1, width]),
    ),
    1,
  )
  const perRow = Array.from({ length: left }, (_, i) =>
    b.matmul(matrix, b.reshape(b.input(`left${i}`, shape), [rows, width, 1])),
  )
  return makeGraph({ products: b.sum(b.concat(perRow, 1), [0]) })
}

function combineGraph(shape: Shape, count: number): Graph {
  const coefficients = b.input('coefficients', [count])
  const terms = Array.from({ length: count }, (_, i) =>
    b.mul(b.input(`vector${i}`, shape), b.slice(coefficients, [i], [i + 1])),
  )
  return makeGraph({ sum: terms.reduce((total, term) => b.add(total, term)) })
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
