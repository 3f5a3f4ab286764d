/** Several runtimes as one, and vectors whose bands lie on them. */
import { type GraphVectors, makeGraphVectors, type Vector } from './graph-vectors.ts'
import type { Runtime } from './runtime.ts'

/** @param lanes of one kind, none of which shares anything with another; released together. */
export function joinRuntimes(lanes: readonly [Runtime, ...Runtime[]]): Runtime {
  const [first] = lanes
  return {
    ...first,
    lanes,
    async release() {
      for (const lane of lanes) await lane.release()
    },
  }
}

/**
 * Vectors of pictures in bands of rows, one on each lane: all of them work at the same time.
 * @param lanes as many as there are bands, or more.
 */
export function makeLaneVectors(
  lanes: readonly Runtime[],
  { width, height, bandRows }: Parameters<typeof makeGraphVectors>[1],
): GraphVectors {
  const spaces = Array.from({ length: Math.ceil(height / bandRows) }, (_, i) => {
    const rows = Math.min(bandRows, height - i * bandRows)
    return makeGraphVectors(lanes[i]!, { width, height: rows, bandRows: rows })
  })
  const parts = new WeakMap<Vector, readonly Vector[]>()
  const joined = (vectors: readonly Vector[]): Vector => {
    const whole = vectors.flat()
    parts.set(whole, vectors)
    return whole
  }
  /** The band of a vector; the gradient that an evaluation wrote is one of these as well. */
  const part = (vector: Vector, index: number): Vector => parts.get(vector)![index]!
  const onEach = <T>(work: (space: GraphVectors, index: number) => T): T[] => spaces.map(work)
  const atOnce = <T>(work: (space: GraphVectors, index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(onEach(work))
  const rowsOf = (index: number): number => Math.min(bandRows, height - index * bandRows)

  return {
    allocate: () => joined(onEach((space) => space.allocate())),
    free(vector) {
      onEach((space, i) => space.free(part(vector, i)))
    },
    share(vector) {
      onEach((space, i) => space.share(part(vector, i)))
      return vector
    },
    reserve(count) {
      onEach((space) => space.reserve(count))
    },
    upload: (data) =>
      joined(
        onEach((space, i) => {
          const size = rowsOf(i) * width
          const band = new Float32Array(3 * size)
          for (let plane = 0; plane < 3; plane++) {
            const start = (plane * height + i * bandRows) * width
            band.set(data.subarray(start, start + size), plane * size)
          }
          return space.upload(band)
        }),
      ),
    async download(vector) {
      const data = new Float32Array(3 * height * width)
      const bands = await atOnce((space, i) => space.download(part(vector, i)))
      for (const [i, band] of bands.entries()) {
        const size = band.length / 3
        for (let plane = 0; plane < 3; plane++) {
          const start = (plane * height + i * bandRows) * width
          data.set(band.subarray(plane * size, (plane + 1) * size), start)
        }
      }
      return data
    },
    async products(left, right) {
      const each = await atOnce((space, i) =>
        space.products(
          left.map((vector) => part(vector, i)),
          right.map((vector) => part(vector, i)),
        ),
      )
      return left.map((_, row) =>
        right.map((__, column) => each.reduce((total, own) => total + own[row]![column]!, 0)),
      )
    },
    combine: async (coefficients, vectors) =>
      joined(
        await atOnce((space, i) =>
          space.combine(
            coefficients,
            vectors.map((vector) => part(vector, i)),
          ),
        ),
      ),
    async sumAbs(vector) {
      const each = await atOnce((space, i) => space.sumAbs(part(vector, i)))
      return each.reduce((total, own) => total + own, 0)
    },
    async adam({ iterate, first, second, gradient }, rates) {
      const each = await atOnce((space, i) =>
        space.adam(
          {
            iterate: part(iterate, i),
            first: part(first, i),
            second: part(second, i),
            gradient: part(gradient, i),
          },
          rates,
        ),
      )
      return {
        iterate: joined(each.map((own) => own.iterate)),
        first: joined(each.map((own) => own.first)),
        second: joined(each.map((own) => own.second)),
      }
    },
    async release() {
      await atOnce((space) => space.release())
    },
  }
}
