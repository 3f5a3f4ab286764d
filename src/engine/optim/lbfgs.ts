/**
 * L-BFGS without line search (Nocedal 1980, as torch.optim.LBFGS runs it), in the vector-free form
 * of Chen, Wang & Zhou 2014: the two-loop recursion works on inner products, and the step is one
 * linear combination. Differs: a step that makes the loss rise far, or not finite, is undone.
 */
import type { Evaluation, Optimizer, VectorSpace } from './vectors.ts'

export interface LbfgsOptions {
  /** Pairs of steps and gradient changes that are remembered. */
  readonly memory: number
  /** Length of a step along the quasi-Newton direction. */
  readonly learningRate: number
}

/** Steps s and the changes y of the gradient along them, oldest first. */
export interface LbfgsPairs<V> {
  readonly s: readonly V[]
  readonly y: readonly V[]
  /** sy[i][j] = s_i · y_j for j ≥ i, which is all the recursion reads; 0 below. */
  readonly sy: readonly (readonly number[])[]
  /** yy[i][j] = y_i · y_j */
  readonly yy: readonly (readonly number[])[]
}

export interface LbfgsState<V> {
  readonly iterate: V
  /** The last iterate that was kept, with its gradient; absent before the first evaluation. */
  readonly kept?: { readonly iterate: V; readonly gradient: V; readonly loss: number }
  readonly pairs: LbfgsPairs<V>
  /** Rejected steps since the last one that was kept. */
  readonly rejections: number
}

/** A loss above this multiple of the last kept one undoes the step. */
const RISE_LIMIT = 2
/** Curvature s·y below this share of |s||y| is rounding noise; the pair is not remembered. */
const MIN_CURVATURE = 1e-8

const NO_PAIRS = { s: [], y: [], sy: [], yy: [] }

export function lbfgs<V>(
  space: VectorSpace<V>,
  { memory, learningRate }: LbfgsOptions,
): Optimizer<V, LbfgsState<V>> {
  const freePairs = ({ s, y }: LbfgsPairs<V>): void => {
    for (const vector of [...s, ...y]) space.free(vector)
  }

  /** First step, and first after memory was dropped: the gradient says nothing of step length. */
  const descend = async (from: V, gradient: V, rejections: number): Promise<V> => {
    const length = Math.min(1, 1 / (await space.sumAbs(gradient))) * learningRate
    return space.combine([1, -length / 2 ** rejections], [from, gradient])
  }

  const reject = async (state: LbfgsState<V>, gradient: V): Promise<LbfgsState<V>> => {
    space.free(gradient)
    space.free(state.iterate)
    freePairs(state.pairs)
    const kept = state.kept!
    const rejections = state.rejections + 1
    const iterate = await descend(kept.iterate, kept.gradient, rejections)
    return { iterate, kept, pairs: NO_PAIRS, rejections }
  }

  const accept = async (
    state: LbfgsState<V>,
    { loss, gradient }: Evaluation<V>,
  ): Promise<LbfgsState<V>> => {
    const kept = { iterate: state.iterate, gradient, loss }
    const { pairs, sg, yg } = await remember(state, gradient)
    if (pairs.s.length === 0) {
      const iterate = await descend(state.iterate, gradient, 0)
      return { iterate, kept, pairs, rejections: 0 }
    }
    const direction = twoLoopRecursion(pairs, sg, yg)
    const iterate = await space.combine(
      [1, ...direction.map((coefficient) => coefficient * learningRate)],
      [state.iterate, ...pairs.s, ...pairs.y, gradient],
    )
    return { iterate, kept, pairs, rejections: 0 }
  }

  /** Adds the newest pair, forgets the oldest, and measures all against the new gradient. */
  const remember = async ({ iterate, kept, pairs }: LbfgsState<V>, gradient: V) => {
    if (!kept) return { pairs, sg: [], yg: [] }
    const s = await space.combine([1, -1], [iterate, kept.iterate])
    const y = await space.combine([1, -1], [gradient, kept.gradient])
    space.free(kept.iterate)
    space.free(kept.gradient)
    const old = pairs.s.length < memory ? pairs : withoutOldest(pairs)
    if (old !== pairs) freePairs({ ...NO_PAIRS, s: [pairs.s[0]!], y: [pairs.y[0]!] })

    const steps = [...old.s, s]
    const changes = [...old.y, y]
    const rows = await space.products([...steps, ...changes], [s, y, gradient])
    const bySteps = rows.slice(0, steps.length)
    const byChanges = rows.slice(steps.length)
    const sg = bySteps.map((row) => row[2]!)
    const yg = byChanges.map((row) => row[2]!)

    const [ss, sy] = bySteps.at(-1) as [number, number, number]
    const yy = byChanges.at(-1)![1]!
    if (!(sy > MIN_CURVATURE * Math.sqrt(ss * yy))) {
      space.free(s)
      space.free(y)
      return { pairs: old, sg: sg.slice(0, -1), yg: yg.slice(0, -1) }
    }
    const newSy = bySteps.map((row) => row[1]!)
    const newYy = byChanges.map((row) => row[1]!)
    const grown: LbfgsPairs<V> = {
      s: steps,
      y: changes,
      sy: [...old.sy.map((row, i) => [...row, newSy[i]!]), [...old.s.map(() => 0), sy]],
      yy: [...old.yy.map((row, i) => [...row, newYy[i]!]), newYy],
    }
    return { pairs: grown, sg, yg }
  }

  return {
    init: async (iterate) => ({ iterate, pairs: NO_PAIRS, rejections: 0 }),
    update: (state, evaluation) =>
      state.kept && !(evaluation.loss <= RISE_LIMIT * Math.abs(state.kept.loss))
        ? reject(state, evaluation.gradient)
        : accept(state, evaluation),
    free({ iterate, kept, pairs }) {
      space.free(iterate)
      if (kept) {
        space.free(kept.iterate)
        space.free(kept.gradient)
      }
      freePairs(pairs)
    },
  }
}

const withoutOldest = <V>({ s, y, sy, yy }: LbfgsPairs<V>): LbfgsPairs<V> => ({
  s: s.slice(1),
  y: y.slice(1),
  sy: sy.slice(1).map((row) => row.slice(1)),
  yy: yy.slice(1).map((row) => row.slice(1)),
})

/**
 * −H·g as coefficients of [s…, y…, g], with H the L-BFGS inverse Hessian started from
 * (s·y / y·y)·I of the newest pair. Nocedal & Wright 2006, algorithm 7.4, on inner products.
 * @param sg s_i · g
 * @param yg y_i · g
 */
export function twoLoopRecursion(
  { sy, yy }: Pick<LbfgsPairs<unknown>, 'sy' | 'yy'>,
  sg: readonly number[],
  yg: readonly number[],
): number[] {
  const count = sg.length
  const alpha = new Array<number>(count).fill(0)
  for (let i = count - 1; i >= 0; i--) {
    let projection = sg[i]!
    for (let j = i + 1; j < count; j++) projection -= alpha[j]! * sy[i]![j]!
    alpha[i] = projection / sy[i]![i]!
  }

  const gamma = sy[count - 1]![count - 1]! / yy[count - 1]![count - 1]!
  const onS = new Array<number>(count).fill(0)
  for (let i = 0; i < count; i++) {
    let projection = gamma * yg[i]!
    for (let j = 0; j < count; j++) projection -= gamma * alpha[j]! * yy[i]![j]!
    for (let j = 0; j < i; j++) projection += onS[j]! * sy[j]![i]!
    onS[i] = alpha[i]! - projection / sy[i]![i]!
  }
  return [...onS.map((value) => -value), ...alpha.map((value) => gamma * value), -gamma]
}
