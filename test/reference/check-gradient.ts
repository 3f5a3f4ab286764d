/** Derivatives against central differences, in float64 through the interpreter. */

import { expect } from 'vitest'
import * as b from '../../src/engine/graph/build.ts'
import { gradient } from '../../src/engine/graph/gradient.ts'
import { makeGraph, type Node } from '../../src/engine/graph/node.ts'
import { elementCount, type Shape } from '../../src/engine/graph/tensor-type.ts'
import { evaluate, type Tensor, tensor } from './interpreter.ts'

interface CheckGradientOptions {
  /** Where input values lie; default −1 … 1. */
  readonly range?: readonly [number, number]
  /** At most this many entries of each input are moved, a seeded choice; default 60. */
  readonly entries?: number
  readonly seed?: number
}

/** In float64 a step of 1e-5 leaves some 1e-10 of curvature and 1e-11 of rounding. */
const STEP = 1e-5
/** Relative to the largest entry: leaves room for losses whose third derivative is large. */
const TOLERANCE = 1e-6

/**
 * Checks d y / d x of whatever `build` makes of inputs of these shapes, for every input. A result
 * that is no scalar is weighed by seeded numbers and summed.
 */
export function checkGradient(
  build: (inputs: readonly Node[]) => Node,
  shapes: readonly Shape[],
  { range, entries = 60, seed = 1 }: CheckGradientOptions = {},
): void {
  const inputs = shapes.map((shape, i) => b.input(`x${i}`, shape))
  const result = build(inputs)
  const weighed =
    result.shape.length === 0 ? result : b.mul(result, b.input('weights', result.shape))
  const loss = b.sumAll(weighed)
  const values: Record<string, Tensor> = {
    weights: sampleTensor(result.shape, { seed: seed + 100 }),
  }
  shapes.forEach((shape, i) => {
    values[`x${i}`] = sampleTensor(shape, { seed: seed + i, range })
  })

  const forward = makeGraph({ loss })
  const names = inputs.map((_, i) => `gradient${i}`)
  const derivatives = gradient(loss, inputs)
  const backward = makeGraph(Object.fromEntries(names.map((name, i) => [name, derivatives[i]!])))
  const analytic = evaluate(backward, values)

  inputs.forEach((_, i) => {
    const { shape, data } = values[`x${i}`]!
    const got = analytic[names[i]!]!
    expect(got.shape, `shape of the gradient of input ${i}`).toEqual(shape)
    const lossAt = (moved: Float64Array): number =>
      evaluate(forward, { ...values, [`x${i}`]: { shape, data: moved } }).loss!.data[0]!
    expectGradient(got.data, data, lossAt, { what: `input ${i}`, entries, seed })
  })
}

/** Compares a gradient at `at` with central differences of `lossAt`, at a seeded choice of entries. */
export function expectGradient(
  gradient: Float64Array,
  at: Float64Array,
  lossAt: (values: Float64Array) => number,
  { what, entries, seed }: { what: string; entries: number; seed: number },
): void {
  const moved = (entry: number, step: number): number => {
    const values = at.slice()
    values[entry]! += step
    return lossAt(values)
  }
  const scale = Math.max(...gradient.map(Math.abs), 1e-3)
  for (const entry of shuffled(at.length, seed).slice(0, entries)) {
    const numeric = (moved(entry, STEP) - moved(entry, -STEP)) / (2 * STEP)
    const where = `${what}, entry ${entry}: central difference ${numeric}, gradient ${gradient[entry]}`
    expect(Math.abs(numeric - gradient[entry]!) / scale, where).toBeLessThan(TOLERANCE)
  }
}

/**
 * Seeded values off every kink: equally spaced over the range in random order, so that no two are
 * equal, and none is 0, ±¼, ±½ or 1 times the range. Neighbouring seeds space differently, so that
 * two inputs of one size do not meet either.
 */
export function sampleTensor(
  shape: Shape,
  { seed, range: [low, high] = [-1, 1] }: { seed: number; range?: readonly [number, number] },
): Tensor {
  const count = elementCount(shape)
  const offset = 0.37 - 0.06 * (seed % 3)
  return tensor(
    shape,
    shuffled(count, seed).map((i) => low + ((high - low) * (i + offset)) / count),
  )
}

/** 0 … count − 1 in an order that the seed picks (Fisher and Yates, mulberry32). */
export function shuffled(count: number, seed: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  const random = makeRandom(seed)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  return order
}

/** Uniform numbers in [0,1) (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
