/**
 * Vector arithmetic as small graphs, so that an optimiser's vectors never leave the device. Vectors
 * are worked on band by band, which bounds what an operation needs beside them. However many
 * vectors there are, they are worked on in groups of one size, so that a graph is compiled once a
 * scale.
 */

import type { Graph } from '../graph/node.ts'
import type { Shape } from '../graph/tensor-type.ts'
import type { VectorSpace } from '../optim/vectors.ts'
import type { DeviceTensor, Program, Runtime } from './runtime.ts'
import { adamGraph, combineGraph, productsGraph, sumAbsGraph } from './vector-graphs.ts'

/** A picture [1,3,H,W] as bands of rows, each [1,3,rows,W]; the last has what is left. */
export type Vector = readonly DeviceTensor[]

export interface GraphVectors extends VectorSpace<Vector> {
  /** A vector of undefined content: a freed one while there are any. */
  allocate(): Vector
  /** Gives the vector one more owner; it is free when each of them has freed it. */
  share(vector: Vector): Vector
  /**
   * Allocates until `count` vectors are free, and what operations need beside them, so that a lack
   * of memory shows before the work and nothing is allocated during it. To be called before any
   * arithmetic, whose graphs are made for that many vectors.
   */
  reserve(count: number): void
  /** @param data planar [3,H,W], copied. */
  upload(data: Float32Array): Vector
  /** Planar [3,H,W]. */
  download(vector: Vector): Promise<Float32Array>
  /** Releases every vector that was made here, in use or not, and every program. */
  release(): Promise<void>
}

/**
 * How many vectors one run of a graph combines, or multiplies with up to three others, at least and
 * at most. Every run has a cost of its own, and L-BFGS with ten pairs has 22 vectors to combine.
 */
const MIN_GROUP = 8
const MAX_GROUP = 22

/**
 * @param size the pictures' size, and the rows of a band: the height where pictures are in one
 * piece.
 */
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
  let group = MIN_GROUP
  const spare: Vector[] = []
  /** How many owners a vector has beside the first. */
  const sharers = new Map<Vector, number>()
  /** Every band, so that what an operation that failed had in hand is released with the rest. */
  const made = new Set<DeviceTensor>()
  /** For each shape of a band, a place for every other partial sum of a long combination. */
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
    const others = sharers.get(vector) ?? 0
    if (others > 0) {
      sharers.set(vector, others - 1)
      return
    }
    for (const band of vector) made.add(band)
    spare.push(vector)
  }
  /** Makes vectors by these names, which `fill` writes to band by band; all are freed when it fails. */
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

    share(vector) {
      sharers.set(vector, (sharers.get(vector) ?? 0) + 1)
      return vector
    },

    reserve(count) {
      // A run's vectors are copied into WebAssembly's memory, so there they are few.
      if (runtime.device !== 'wasm') group = Math.min(MAX_GROUP, Math.max(MIN_GROUP, count))
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
      const size = left.length === 1 ? 1 : group
      const name = `products ${size} ${right.length}`
      const build = (shape: Shape) => productsGraph(shape, size, right.length)
      const totals = left.map(() => right.map(() => 0))
      for (const [i, shape] of shapes.entries()) {
        const run = await program(name, shape, build, ['products'])
        for (let start = 0; start < left.length; start += size) {
          const some = left.slice(start, start + size)
          const { host } = await run.run({
            ...named('left', padded(band(some, i), size)),
            ...named('right', band(right, i)),
          })
          for (const row of some.keys()) {
            for (const column of right.keys()) {
              totals[start + row]![column]! += host.products![row * right.length + column]!
            }
          }
        }
      }
      return totals
    },

    async combine(coefficients, vectors) {
      const size = vectors.length <= 2 ? 2 : group
      // A run takes in the sum of the runs before it, so it has room for one vector less than the
      // first.
      const runs = Math.max(1, Math.ceil((vectors.length - 1) / (size - 1)))
      const { sum } = await fill(['sum'], async (bands, shape, i) => {
        const run = await program(`combine ${size}`, shape, (of) => combineGraph(of, size))
        let before: DeviceTensor | undefined
        for (let done = 0, start = 0; done < runs; done++) {
          const end = start + size - (before ? 1 : 0)
          const given = band(vectors.slice(start, end), i)
          const factors = coefficients.slice(start, end)
          // The last run writes to the result; those before take turns, so that none writes what it
          // reads.
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
      sharers.clear()
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
