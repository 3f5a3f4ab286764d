/** Adam (Kingma & Ba 2015, algorithm 1), as torch.optim.Adam runs it. */
import type { AdamMoments, Optimizer, VectorSpace } from './vectors.ts'

interface AdamOptions {
  readonly learningRate: number
}

interface AdamState<V> extends AdamMoments<V> {
  /** Updates done. */
  readonly time: number
}

const BETA1 = 0.9
const BETA2 = 0.999
const EPSILON = 1e-8

/**
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², x ← x − η/(1−β₁ᵗ) · m / (√v/√(1−β₂ᵗ) + ε)
 */
export function adam<V>(
  space: VectorSpace<V>,
  { learningRate }: AdamOptions,
): Optimizer<V, AdamState<V>> {
  const free = ({ iterate, first, second }: AdamMoments<V>): void => {
    for (const vector of [iterate, first, second]) space.free(vector)
  }
  return {
    init: async (iterate) => ({
      iterate,
      first: await space.combine([0], [iterate]),
      second: await space.combine([0], [iterate]),
      time: 0,
    }),
    async update(state, { gradient }) {
      const time = state.time + 1
      const moments = await space.adam(
        { ...state, gradient },
        {
          beta1: BETA1,
          beta2: BETA2,
          epsilon: EPSILON,
          stepSize: learningRate / (1 - BETA1 ** time),
          secondScale: 1 / Math.sqrt(1 - BETA2 ** time),
        },
      )
      free(state)
      space.free(gradient)
      return { ...moments, time }
    },
    free,
  }
}
