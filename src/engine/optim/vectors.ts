/**
 * What an optimiser may do with vectors that it never looks into. They stay on the device; only a
 * few numbers cross over.
 */
export interface VectorSpace<V> {
  /** result[i][j] = left[i] · right[j] */
  products(left: readonly V[], right: readonly V[]): Promise<number[][]>
  /** Σ coefficients[i] · vectors[i], a new vector. */
  combine(coefficients: readonly number[], vectors: readonly V[]): Promise<V>
  /** Σ |v_i| */
  sumAbs(vector: V): Promise<number>
  /** Adam's elementwise update; see `adam.ts` for the formula. New vectors, `given` is unchanged. */
  adam(given: AdamMoments<V> & { readonly gradient: V }, rates: AdamRates): Promise<AdamMoments<V>>
  /** The vector's memory may be used again. */
  free(vector: V): void
}

export interface AdamMoments<V> {
  readonly iterate: V
  /** Running mean of the gradient and of its square. */
  readonly first: V
  readonly second: V
}

interface AdamRates {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
  /** Step size with the bias of the first moment taken out. */
  readonly stepSize: number
  /** 1 / √(1 − β₂ᵗ): takes the bias out of the second moment. */
  readonly secondScale: number
}

/** Loss and gradient at the iterate that an optimiser asked for. */
export interface Evaluation<V> {
  readonly loss: number
  readonly gradient: V
}

/** An optimiser is a pair of functions; all that it remembers is in the state, which owns its vectors. */
export interface Optimizer<V, State extends { readonly iterate: V }> {
  /** Takes over `iterate`. */
  init(iterate: V): Promise<State>
  /**
   * The next state, whose `iterate` is to be evaluated next. Takes over the evaluation's gradient;
   * the given state must not be used again.
   */
  update(state: State, evaluation: Evaluation<V>): Promise<State>
  /** Frees every vector of the state. */
  free(state: State): void
}
