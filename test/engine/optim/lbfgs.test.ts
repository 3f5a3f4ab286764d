import { describe, expect, test } from 'vitest'
import {
  type LbfgsOptions,
  type LbfgsState,
  lbfgs,
  twoLoopRecursion,
} from '../../../src/engine/optim/lbfgs.ts'
import { type ArrayVectors, dot, makeArrayVectors } from '../../reference/array-vectors.ts'
import { makeRandom } from '../../reference/check-gradient.ts'

type Loss = (x: Float64Array) => { loss: number; gradient: Float64Array }

const SIZE = 12
const centre = Float64Array.from({ length: SIZE }, (_, i) => Math.sin(i))

/** ½ Σ a_i (x_i − c_i)², a from 1 to 30. */
const quadratic: Loss = (x) => {
  const gradient = x.map((value, i) => (1 + (29 * i) / (SIZE - 1)) * (value - centre[i]!))
  return {
    loss: dot(
      gradient,
      x.map((value, i) => (value - centre[i]!) / 2),
    ),
    gradient,
  }
}

/** Convex, no quadratic: Σ log cosh of neighbouring differences plus a little of the quadratic. */
const curved: Loss = (x) => {
  const { loss, gradient } = quadratic(x)
  const result = { loss: loss / 30, gradient: gradient.map((value) => value / 30) }
  for (let i = 1; i < SIZE; i++) {
    const difference = x[i]! - x[i - 1]! - 0.5
    result.loss += Math.log(Math.cosh(difference))
    result.gradient[i]! += Math.tanh(difference)
    result.gradient[i - 1]! -= Math.tanh(difference)
  }
  return result
}

/** The same far above 0: no rise is far, so no step is undone. */
const raised =
  (loss: Loss): Loss =>
  (x) => ({ ...loss(x), loss: 1e6 + loss(x).loss })

const start = Float64Array.from({ length: SIZE }, (_, i) => 3 - i / 4)

type State = LbfgsState<Float64Array>

function makeRun(loss: Loss, options: Partial<LbfgsOptions>) {
  const space: ArrayVectors = makeArrayVectors()
  const optimizer = lbfgs(space, { memory: 5, learningRate: 1, ...options })
  return {
    space,
    optimizer,
    start: () => optimizer.init(space.make(start)),
    /** @param reported the loss to report instead of the true one */
    step(state: State, reported?: number): Promise<State> {
      const evaluation = loss(state.iterate)
      return optimizer.update(state, {
        loss: reported ?? evaluation.loss,
        gradient: space.make(evaluation.gradient),
      })
    },
  }
}

/** The textbook form: explicit vectors, two loops, steps as torch.optim.LBFGS takes them. */
function plainIterates(
  loss: Loss,
  memory: number,
  learningRate: number,
  steps: number,
): number[][] {
  const iterates: number[][] = []
  const pairs: { s: number[]; y: number[] }[] = []
  let x = [...start]
  let before: { x: number[]; gradient: number[] } | undefined
  for (let step = 0; step < steps; step++) {
    const gradient = [...loss(Float64Array.from(x)).gradient]
    if (before) {
      const { x: oldX, gradient: oldGradient } = before
      pairs.push({
        s: x.map((value, i) => value - oldX[i]!),
        y: gradient.map((value, i) => value - oldGradient[i]!),
      })
      if (pairs.length > memory) pairs.shift()
    }
    before = { x, gradient }
    let direction = gradient.map((value) => -value)
    let length = learningRate
    const newest = pairs.at(-1)
    if (newest) {
      const alphas: number[] = []
      for (const { s, y } of [...pairs].reverse()) {
        const alpha = dot(s, direction) / dot(s, y)
        alphas.unshift(alpha)
        direction = direction.map((value, i) => value - alpha * y[i]!)
      }
      const gamma = dot(newest.s, newest.y) / dot(newest.y, newest.y)
      direction = direction.map((value) => gamma * value)
      for (const [i, { s, y }] of pairs.entries()) {
        const beta = dot(y, direction) / dot(s, y)
        direction = direction.map((value, k) => value + (alphas[i]! - beta) * s[k]!)
      }
    } else {
      length *= Math.min(1, 1 / gradient.reduce((total, value) => total + Math.abs(value), 0))
    }
    x = x.map((value, i) => value + length * direction[i]!)
    iterates.push(x)
  }
  return iterates
}

describe('L-BFGS', () => {
  test.each([1, 3, 10])('finds the minimum of a quadratic with memory %i', async (memory) => {
    const run = makeRun(quadratic, { memory })
    let state = await run.start()
    for (let i = 0; i < 150; i++) state = await run.step(state)
    expect(quadratic(state.kept!.iterate).loss).toBeLessThan(1e-8)
    state.kept!.iterate.forEach((value, i) => {
      expect(value).toBeCloseTo(centre[i]!, 4)
    })
  })

  test.each([
    ['quadratic, half steps', quadratic, 4, 0.5],
    ['curved', curved, 4, 1],
    ['curved, half steps', curved, 10, 0.5],
    ['curved, memory 1', curved, 1, 1],
  ] as const)(
    'steps as the plain two-loop form does: %s',
    async (_, loss, memory, learningRate) => {
      const run = makeRun(raised(loss), { memory, learningRate })
      let state = await run.start()
      for (const [step, iterate] of plainIterates(loss, memory, learningRate, 15).entries()) {
        state = await run.step(state)
        expect(state.rejections).toBe(0)
        state.iterate.forEach((value, i) => {
          // Float64; the two forms round apart, and each step builds on the last.
          expect(value, `step ${step + 1}, entry ${i}`).toBeCloseTo(iterate[i]!, 7)
        })
      }
    },
  )

  test('the recursion on inner products is −H·g, for pairs of any function', () => {
    const random = makeRandom(3)
    const vector = () => Array.from({ length: 8 }, () => 2 * random() - 1)
    const s = [vector(), vector(), vector()]
    // y = A·s with A = diag(1…8), so that s·y > 0.
    const y = s.map((step) => step.map((value, i) => (i + 1) * value))
    const g = vector()
    const sy = s.map((p, i) => y.map((q, j) => (j >= i ? dot(p, q) : 0)))
    const yy = y.map((p) => y.map((q) => dot(p, q)))
    const basis = [...s, ...y, g]
    const apply = (at: number[]): number[] => {
      const coefficients = twoLoopRecursion(
        { sy, yy },
        { sg: s.map((p) => dot(p, at)), yg: y.map((p) => dot(p, at)) },
      )
      const vectors = [...basis.slice(0, -1), at]
      return at.map((_, k) => coefficients.reduce((total, c, i) => total + c * vectors[i]![k]!, 0))
    }
    // The newest pair's secant condition, H·y = s, and a direction of descent.
    apply(y[2]!).forEach((value, k) => {
      expect(-value).toBeCloseTo(s[2]![k]!, 10)
    })
    expect(dot(apply(g), g)).toBeLessThan(0)
  })
})

const lengthOf = (step: ArrayLike<number>): number => Math.sqrt(dot(step, step))
const difference = (to: Float64Array, from: Float64Array): Float64Array =>
  to.map((value, i) => value - from[i]!)

describe('a step that makes the loss rise far', () => {
  test.each([
    ['rise', (kept: number) => 10 * kept],
    ['NaN', () => Number.NaN],
    ['infinity', () => Number.POSITIVE_INFINITY],
  ] as const)('is undone: %s', async (_, worse) => {
    const run = makeRun(quadratic, { memory: 5 })
    let state = await run.start()
    for (let i = 0; i < 6; i++) state = await run.step(state)
    const kept = state.kept!
    expect(state.pairs.s).toHaveLength(5)
    const undone = await run.step(state, worse(kept.loss))
    expect(undone.pairs.s).toHaveLength(0)
    expect(undone.kept).toBe(kept)
    expect(undone.rejections).toBe(1)

    // On from where it was, against the gradient, less far than it came.
    const step = difference(undone.iterate, kept.iterate)
    const cosine = dot(step, kept.gradient) / (lengthOf(step) * lengthOf(kept.gradient))
    expect(cosine).toBeCloseTo(-1, 12)
    expect(lengthOf(step)).toBeLessThan(kept.stepLength)
  })

  test('may be followed by shorter and shorter ones, until one is kept', async () => {
    const run = makeRun(quadratic, { memory: 5 })
    let state = await run.start()
    for (let i = 0; i < 3; i++) state = await run.step(state)
    const { kept } = state
    const lengths: number[] = []
    for (let i = 0; i < 4; i++) {
      state = await run.step(state, Number.NaN)
      expect(state.rejections).toBe(i + 1)
      lengths.push(lengthOf(difference(state.iterate, kept!.iterate)))
    }
    const ratio = lengths[1]! / lengths[0]!
    expect(ratio).toBeLessThan(1)
    for (let i = 1; i < 4; i++) expect(lengths[i]! / lengths[i - 1]!).toBeCloseTo(ratio, 10)
    state = await run.step(state)
    expect(state.rejections).toBe(0)
    expect(state.pairs.s).toHaveLength(1)
    for (let i = 0; i < 150; i++) state = await run.step(state)
    expect(state.kept!.loss).toBeLessThan(1e-8)
  })

  test('is undone at the start, too', async () => {
    const run = makeRun(quadratic, {})
    const first = await run.step(await run.start())
    const undone = await run.step(first, Number.NaN)
    const [before, after] = [first, undone].map(({ iterate }) =>
      lengthOf(difference(iterate, start)),
    )
    expect(after).toBeGreaterThan(0)
    expect(after).toBeLessThan(before!)
  })

  test('is kept when the rise is small', async () => {
    const run = makeRun(quadratic, { memory: 5 })
    let state = await run.start()
    for (let i = 0; i < 3; i++) state = await run.step(state)
    const iterate = state.iterate
    state = await run.step(state, 1.05 * state.kept!.loss)
    expect(state.rejections).toBe(0)
    expect(state.kept!.iterate).toBe(iterate)
  })
})

describe('steps', () => {
  /** Lengths of the steps from the start on. */
  const lengthsOf = async (loss: Loss, options: Partial<LbfgsOptions>, steps: number) => {
    const run = makeRun(loss, options)
    let state = await run.start()
    const lengths: number[] = []
    for (let i = 0; i < steps; i++) {
      const { iterate } = state
      const from = iterate.slice()
      state = await run.step(state)
      lengths.push(lengthOf(difference(state.iterate, from)))
    }
    return lengths
  }

  test('are no longer than asked for, the first as long as asked for', async () => {
    const lengths = await lengthsOf(curved, { firstStep: 0.01, maxStep: 0.3 }, 12)
    expect(lengths[0]).toBeCloseTo(0.01, 12)
    for (const length of lengths) expect(length).toBeLessThan(0.3 + 1e-9)
    expect(Math.max(...lengths)).toBeCloseTo(0.3, 6)
  })

  test('grow no faster than asked for', async () => {
    const lengths = await lengthsOf(curved, { firstStep: 0.01, maxGrowth: 1.5 }, 8)
    for (let i = 1; i < 8; i++) expect(lengths[i]! / lengths[i - 1]!).toBeLessThan(1.5 + 1e-9)
  })

  test('grow where the loss curves downwards, as there is nothing to learn from', async () => {
    const dome: Loss = (x) => ({ loss: 1e6 - dot(x, x) / 2, gradient: x.map((value) => -value) })
    const lengths = await lengthsOf(dome, { firstStep: 0.01 }, 5)
    for (let i = 1; i < 5; i++) expect(lengths[i]).toBeGreaterThan(2 * lengths[i - 1]!)
  })

  test('stand still where the gradient is 0', async () => {
    const plain: Loss = (x) => ({ loss: 1, gradient: x.map(() => 0) })
    expect(await lengthsOf(plain, {}, 3)).toEqual([0, 0, 0])
  })
})

describe('memory', () => {
  test('holds no more than the pairs asked for, and frees everything at the end', async () => {
    const run = makeRun(curved, { memory: 4 })
    let state = await run.start()
    for (let i = 0; i < 12; i++) {
      state = await run.step(state, i === 8 ? Number.NaN : undefined)
      const pairs = state.pairs.s.length
      expect(pairs).toBeLessThanOrEqual(4)
      // The iterate, what was kept (iterate and gradient), and two vectors a pair.
      expect(run.space.liveCount()).toBe(3 + 2 * pairs)
    }
    expect(state.pairs.s.length).toBe(3)
    run.optimizer.free(state)
    expect(run.space.liveCount()).toBe(0)
  })

  test('leaves out steps along which the gradient does not change', async () => {
    const slope: Loss = (x) => ({ loss: 1e6 + x[0]!, gradient: x.map((_, i) => (i === 0 ? 1 : 0)) })
    const run = makeRun(slope, { memory: 4 })
    let state = await run.start()
    for (let i = 0; i < 6; i++) {
      state = await run.step(state)
      expect(state.pairs.s).toHaveLength(0)
      expect(run.space.liveCount()).toBe(3)
    }
    expect(state.iterate[0]).toBeLessThan(start[0]! - 5)
  })

  test('is empty for a run that ends before its first evaluation', async () => {
    const run = makeRun(curved, { memory: 4 })
    run.optimizer.free(await run.start())
    expect(run.space.liveCount()).toBe(0)
  })
})
