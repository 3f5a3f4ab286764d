/** Vectors as float64 arrays, which say when one is used after it was freed, or freed twice. */
import type { VectorSpace } from '../../src/engine/optim/vectors.ts'

export interface ArrayVectors extends VectorSpace<Float64Array> {
  /** A vector of one's own, counted like the others. */
  make(values: ArrayLike<number>): Float64Array
  /** Vectors made and not yet freed. */
  liveCount(): number
}

export const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < x.length; i++) total += x[i]! * y[i]!
  return total
}

export function makeArrayVectors(): ArrayVectors {
  const live = new Set<Float64Array>()
  const make = (values: ArrayLike<number>): Float64Array => {
    const vector = Float64Array.from(values)
    live.add(vector)
    return vector
  }
  const check = (vectors: readonly Float64Array[]): void => {
    if (!vectors.every((vector) => live.has(vector))) throw new Error('a freed vector is used')
  }
  return {
    make,
    liveCount: () => live.size,
    async products(left, right) {
      check([...left, ...right])
      return left.map((x) => right.map((y) => dot(x, y)))
    },
    async combine(coefficients, vectors) {
      check(vectors)
      if (coefficients.length !== vectors.length) throw new Error('a coefficient each is expected')
      return make(
        vectors[0]!.map((_, i) =>
          dot(
            coefficients,
            vectors.map((vector) => vector[i]!),
          ),
        ),
      )
    },
    async sumAbs(vector) {
      check([vector])
      return vector.reduce((total, value) => total + Math.abs(value), 0)
    },
    async adam({ iterate, first, second, gradient }, rates) {
      check([iterate, first, second, gradient])
      const { beta1, beta2, epsilon, stepSize, secondScale } = rates
      const m = make(first.map((value, i) => beta1 * value + (1 - beta1) * gradient[i]!))
      const v = make(second.map((value, i) => beta2 * value + (1 - beta2) * gradient[i]! ** 2))
      const x = make(
        iterate.map(
          (value, i) => value - (stepSize * m[i]!) / (Math.sqrt(v[i]!) * secondScale + epsilon),
        ),
      )
      return { iterate: x, first: m, second: v }
    },
    free(vector) {
      check([vector])
      live.delete(vector)
    },
  }
}
