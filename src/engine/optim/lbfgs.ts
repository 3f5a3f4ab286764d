/**
 * L-BFGS without line search (Nocedal 1980, as torch.optim.LBFGS runs it), in the vector-free form
 * of Chen, Wang & Zhou 2014: the two-loop recursion works on inner products, and the step is one
 * linear combination. Differs: a step that makes the loss rise far, or not finite, is undone; steps
 * are bounded; where the loss curves downwards, steepest descent speeds up.
 */
import type { Evaluation, Optimizer, VectorSpace } from './vectors.ts'

export interface LbfgsOptions {
  /** Pairs of steps and gradient changes that are remembered. */
  readonly memory: number
  /** Length of a step along the quasi-Newton direction. */
  readonly learningRate: number
  /** Length of the first step (Euclidean); default: torch's min(1, 1 / Σ|g|)·|g|. */
  readonly firstStep?: number
  /** No step is longer than this; default: any length. */
  readonly maxStep?: number
  /** No step is longer than this multiple of the step before; default: any. */
  readonly maxGrowth?: number
}

/** Steps s and the changes y of the gradient along them, oldest first, with all their products. */
interface LbfgsPairs<V> {
  readonly s: readonly V[]
  readonly y: readonly V[]
  /** ss[i][j] = s_i · s_j */
  readonly ss: Matrix
  /** sy[i][j] = s_i · y_j */
  readonly sy: Matrix
  /** yy[i][j] = y_i · y_j */
  readonly yy: Matrix
}

type Matrix = readonly (readonly number[])[]

/** Products of the current gradient g with every s and y, and with itself. */
interface GradientProducts {
  readonly sg: readonly number[]
  readonly yg: readonly number[]
  readonly gg: number
}

export interface LbfgsState<V> {
  readonly iterate: V
  /** The last iterate that was kept, with its gradient; absent before the first evaluation. */
  readonly kept?: {
    readonly iterate: V
    readonly gradient: V
    readonly loss: number
    /** |gradient| */
    readonly gradientNorm: number
    /** Length of the step that led to it; 0 at the start. */
    readonly stepLength: number
  }
  readonly pairs: LbfgsPairs<V>
  /** Rejected steps since the last one that was kept. */
  readonly rejections: number
}

/** A loss above this multiple of the last kept one undoes the step. */
const RISE_LIMIT = 1.2
/** Curvature s·y below this share of |s||y| is rounding noise; the pair is not remembered. */
const MIN_CURVATURE = 1e-8
/**
 * Where the loss curves downwards no pair is remembered, and steepest descent goes on in steps that
 * grow by this factor. Gram losses begin so from a photograph; without growth hundreds of
 * evaluations would pass before there is curvature to learn from.
 */
const GROWTH = 4

const NO_PAIRS = { s: [], y: [], ss: [], sy: [], yy: [] }

export function lbfgs<V>(
  space: VectorSpace<V>,
  {
    memory,
    learningRate,
    firstStep,
    maxStep = Number.POSITIVE_INFINITY,
    maxGrowth = Number.POSITIVE_INFINITY,
  }: LbfgsOptions,
): Optimizer<V, LbfgsState<V>> {
  const freePairs = ({ s, y }: Pick<LbfgsPairs<V>, 's' | 'y'>): void => {
    for (const vector of [...s, ...y]) space.free(vector)
  }

  /** A step of this length against the gradient. */
  const descend = (
    { iterate, gradient, gradientNorm }: NonNullable<LbfgsState<V>['kept']>,
    length: number,
  ) =>
    space.combine(
      [1, gradientNorm === 0 ? 0 : -Math.min(length, maxStep) / gradientNorm],
      [iterate, gradient],
    )

  /** Goes back to what was kept, forgets all pairs, and goes on in shorter and shorter steps. */
  const reject = async (state: LbfgsState<V>, gradient: V): Promise<LbfgsState<V>> => {
    space.free(gradient)
    space.free(state.iterate)
    freePairs(state.pairs)
    const kept = state.kept!
    const rejections = state.rejections + 1
    const before = kept.stepLength || (await firstLength(kept.gradient, kept.gradientNorm))
    const iterate = await descend(kept, before / GROWTH ** rejections)
    return { iterate, kept, pairs: NO_PAIRS, rejections }
  }

  const firstLength = async (gradient: V, gradientNorm: number): Promise<number> =>
    firstStep ?? Math.min(1, 1 / (await space.sumAbs(gradient))) * learningRate * gradientNorm

  const accept = async (
    state: LbfgsState<V>,
    { loss, gradient }: Evaluation<V>,
  ): Promise<LbfgsState<V>> => {
    const { iterate } = state
    const { pairs, products, stepLength } = await remember(state, gradient)
    const kept = { iterate, gradient, loss, gradientNorm: Math.sqrt(products.gg), stepLength }
    const next = { kept, pairs, rejections: 0 }
    if (pairs.s.length === 0) {
      const length =
        stepLength > 0 ? GROWTH * stepLength : await firstLength(gradient, kept.gradientNorm)
      return { ...next, iterate: await descend(kept, length) }
    }
    const direction = twoLoopRecursion(pairs, products)
    const length = learningRate * combinationNorm(pairs, products, direction)
    const longest = Math.min(maxStep, maxGrowth * stepLength)
    const factor = learningRate * Math.min(1, longest / length)
    return {
      ...next,
      iterate: await space.combine(
        [1, ...direction.map((coefficient) => coefficient * factor)],
        [iterate, ...pairs.s, ...pairs.y, gradient],
      ),
    }
  }

  /** Adds the newest pair, forgets the oldest, and measures all against the new gradient. */
  const remember = async ({ iterate, kept, pairs }: LbfgsState<V>, gradient: V) => {
    if (!kept) {
      const [[gg]] = (await space.products([gradient], [gradient])) as [[number]]
      return { pairs, products: { sg: [], yg: [], gg }, stepLength: 0 }
    }
    const old = pairs.s.length < memory ? pairs : withoutOldest(pairs)
    if (old !== pairs) freePairs({ s: [pairs.s[0]!], y: [pairs.y[0]!] })
    const s = await space.combine([1, -1], [iterate, kept.iterate])
    space.free(kept.iterate)
    const y = await space.combine([1, -1], [gradient, kept.gradient])
    space.free(kept.gradient)

    const steps = [...old.s, s]
    const changes = [...old.y, y]
    const rows = await space.products([...steps, ...changes, gradient], [s, y, gradient])
    const ofSteps = columns(rows.slice(0, steps.length))
    const ofChanges = columns(rows.slice(steps.length, -1))
    const ss = ofSteps[0].at(-1)!
    const sy = ofSteps[1].at(-1)!
    const yy = ofChanges[1].at(-1)!
    const products = { sg: ofSteps[2], yg: ofChanges[2], gg: rows.at(-1)![2]! }
    const stepLength = Math.sqrt(ss)

    if (!(sy > MIN_CURVATURE * Math.sqrt(ss * yy))) {
      freePairs({ s: [s], y: [y] })
      const { sg, yg, gg } = products
      const known = { sg: sg.slice(0, -1), yg: yg.slice(0, -1), gg }
      return { pairs: old, products: known, stepLength }
    }
    const grown: LbfgsPairs<V> = {
      s: steps,
      y: changes,
      ss: bordered(old.ss, ofSteps[0], ofSteps[0]),
      sy: bordered(old.sy, ofSteps[1], ofChanges[0]),
      yy: bordered(old.yy, ofChanges[1], ofChanges[1]),
    }
    return { pairs: grown, products, stepLength }
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

/** Products with the newest s, the newest y and the gradient, each by row. */
const columns = (rows: Matrix): readonly [number[], number[], number[]] => [
  rows.map((row) => row[0]!),
  rows.map((row) => row[1]!),
  rows.map((row) => row[2]!),
]

/** The matrix with a column and a row more; the last entries of both are the same corner. */
const bordered = (matrix: Matrix, column: readonly number[], row: readonly number[]): Matrix => [
  ...matrix.map((entries, i) => [...entries, column[i]!]),
  row,
]

const withoutOldest = <V>({ s, y, ss, sy, yy }: LbfgsPairs<V>): LbfgsPairs<V> => {
  const shrunk = (matrix: Matrix): Matrix => matrix.slice(1).map((row) => row.slice(1))
  return { s: s.slice(1), y: y.slice(1), ss: shrunk(ss), sy: shrunk(sy), yy: shrunk(yy) }
}

/** |Σ c·v| over [s…, y…, g], from their products alone. */
function combinationNorm(
  { ss, sy, yy }: Pick<LbfgsPairs<unknown>, 'ss' | 'sy' | 'yy'>,
  { sg, yg, gg }: GradientProducts,
  coefficients: readonly number[],
): number {
  const count = sg.length
  const onS = coefficients.slice(0, count)
  const onY = coefficients.slice(count, 2 * count)
  const onG = coefficients[2 * count]!
  let square = onG * onG * gg
  for (let i = 0; i < count; i++) {
    square += 2 * onG * (onS[i]! * sg[i]! + onY[i]! * yg[i]!)
    for (let j = 0; j < count; j++) {
      square += onS[i]! * (onS[j]! * ss[i]![j]! + 2 * onY[j]! * sy[i]![j]!)
      square += onY[i]! * onY[j]! * yy[i]![j]!
    }
  }
  return Math.sqrt(Math.max(0, square))
}

/**
 * −H·g as coefficients of [s…, y…, g], with H the L-BFGS inverse Hessian started from
 * (s·y / y·y)·I of the newest pair. Nocedal & Wright 2006, algorithm 7.4, on inner products.
 */
export function twoLoopRecursion(
  { sy, yy }: Pick<LbfgsPairs<unknown>, 'sy' | 'yy'>,
  { sg, yg }: Pick<GradientProducts, 'sg' | 'yg'>,
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
