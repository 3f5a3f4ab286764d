import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import * as b from '../../../../src/engine/graph/build.ts'
import { Constant } from '../../../../src/engine/graph/constant.ts'
import { gradient } from '../../../../src/engine/graph/gradient.ts'
import { type Graph, makeGraph, type Node } from '../../../../src/engine/graph/node.ts'
import { simplify } from '../../../../src/engine/graph/simplify.ts'
import type { Shape } from '../../../../src/engine/graph/tensor-type.ts'
import {
  STYLE_LOSSES,
  type StyleLoss,
  styleTarget,
} from '../../../../src/engine/objective/losses/style.ts'
import { createNodeRuntime } from '../../../../src/engine/runtime/ort-node.ts'
import golden from '../../../golden/style-losses.json' with { type: 'json' }
import { checkGradient, makeRandom, shuffled } from '../../../reference/check-gradient.ts'
import { evaluate, type Tensor, tensor } from '../../../reference/interpreter.ts'
import {
  correlated,
  distanceBetween,
  distanceOf,
  fromRows,
  largest,
  meanSquare,
  momentsFrom,
  moved,
  scaled,
} from './features.ts'

const runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => runtime.release())

/** inputs: `features`, `style`. outputs: `distance` and its `gradient` by the features. */
function distanceGraph(kind: StyleLoss, features: Shape, style: Shape): Graph {
  const x = b.input('features', features)
  const distance = distanceOf(kind, x, b.input('style', style))
  return makeGraph({ distance, gradient: gradient(distance, [x])[0]! })
}

interface Result {
  readonly distance: number
  readonly gradient: readonly number[]
}

function inFloat64(kind: StyleLoss, features: Tensor, style: Tensor): Result {
  const graph = distanceGraph(kind, features.shape, style.shape)
  const { distance, gradient: slope } = evaluate(graph, { features, style })
  return { distance: distance!.data[0]!, gradient: [...slope!.data] }
}

async function inFloat32(kind: StyleLoss, features: Tensor, style: Tensor): Promise<Result> {
  const graph = simplify(distanceGraph(kind, features.shape, style.shape))
  const program = await runtime.compile(graph, { readBack: Object.keys(graph.outputs) })
  const { host } = await program.run({
    features: Float32Array.from(features.data),
    style: Float32Array.from(style.data),
  })
  await program.release()
  return { distance: host.distance![0]!, gradient: [...host.gradient!] }
}

const FEATURES: Shape = [1, 3, 4, 5]
const BEYOND_GRAM = ['covariance', 'wasserstein'] as const

describe('the distances and gradients of an independent program', () => {
  const cases = golden.cases.flatMap((entry) =>
    BEYOND_GRAM.map((kind) => [kind, entry.name, entry] as const),
  )

  test.each(cases)('of the %s loss, %s, come out in float64', (kind, _, entry) => {
    const { distance, gradient: slope } = entry[kind]
    const got = inFloat64(kind, fromRows(entry.features), fromRows(entry.style))
    // The graph's constants, such as one over the pixels, are float32.
    expect(Math.abs(got.distance / distance - 1)).toBeLessThan(1e-6)
    expect(distanceBetween(got.gradient, slope.flat()) / largest(slope.flat())).toBeLessThan(1e-6)
  })

  test.each(cases)('of the %s loss, %s, come out of ONNX Runtime', async (kind, _, entry) => {
    const { distance, gradient: slope } = entry[kind]
    const got = await inFloat32(kind, fromRows(entry.features), fromRows(entry.style))
    // Float32, through covariances with eigenvalues of a thousandth of the largest.
    expect(Math.abs(got.distance / distance - 1)).toBeLessThan(1e-4)
    expect(distanceBetween(got.gradient, slope.flat()) / largest(slope.flat())).toBeLessThan(1e-3)
  })
})

describe('gradients equal central differences', () => {
  const isConstant = (value: Tensor): Node =>
    b.constant(new Constant('style', value.shape, Float32Array.from(value.data)))

  test.each(STYLE_LOSSES)('of the %s distance', (kind) => {
    const style = isConstant(correlated([1, 3, 3, 3], 5))
    checkGradient(([x]) => distanceOf(kind, x!, style), [FEATURES])
  })

  test.each(STYLE_LOSSES)('of the %s distance, of fewer pixels than channels', (kind) => {
    const style = isConstant(correlated([1, 5, 1, 3], 6))
    checkGradient(([x]) => distanceOf(kind, x!, style), [[1, 5, 1, 4]])
  })

  test.each(STYLE_LOSSES)('of the %s target by what it is measured on', (kind) => {
    checkGradient(([x]) => styleTarget(kind, momentsFrom(kind, x!)).matrix, [FEATURES])
  })
})

describe.each(STYLE_LOSSES)('the %s distance', (kind) => {
  test('of features from their own statistics is 0, and has no gradient', () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const x = correlated(FEATURES, seed)
        const own = inFloat64(kind, x, x)
        const other = inFloat64(kind, x, correlated(FEATURES, seed + 1))
        // The ridge in the root is found again with float32 constants.
        expect(Math.abs(own.distance)).toBeLessThan(1e-6 * other.distance)
        expect(largest(own.gradient)).toBeLessThan(1e-5 * largest(other.gradient))
      }),
      { seed: 3, numRuns: 5 },
    )
  })

  test('is the same both ways between features of equal energy', () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const [x, other] = [correlated(FEATURES, seed), correlated(FEATURES, seed + 1)]
        const y = scaled(other, Math.sqrt(meanSquare(x) / meanSquare(other)))
        const [there, back] = [inFloat64(kind, x, y).distance, inFloat64(kind, y, x).distance]
        expect(there).toBeGreaterThan(0)
        expect(Math.abs(there / back - 1)).toBeLessThan(1e-5)
      }),
      { seed: 4, numRuns: 5 },
    )
  })

  test('is blind to the order of pixels', () => {
    const [x, style] = [correlated(FEATURES, 8), correlated(FEATURES, 9)]
    const order = shuffled(20, 1)
    const mixed = x.data.map((_, i) => x.data[Math.floor(i / 20) * 20 + order[i % 20]!]!)
    const { distance } = inFloat64(kind, tensor(FEATURES, mixed), style)
    expect(distance).toBeCloseTo(inFloat64(kind, x, style).distance, 10)
  })

  test('and its gradient are finite for features and styles of nothing', async () => {
    const nothing = tensor(FEATURES, new Array(60).fill(0))
    const something = correlated(FEATURES, 2)
    for (const [x, style] of [
      [nothing, nothing],
      [something, nothing],
      [nothing, something],
    ] as const) {
      const { distance, gradient: slope } = await inFloat32(kind, x, style)
      expect([distance, ...slope].every(Number.isFinite)).toBe(true)
    }
  })
})

describe('features moved by a constant per channel', () => {
  const x = correlated(FEATURES, 11)
  const offsets = [0.5, -1, 2]

  test('stay where they are by the covariance', () => {
    const style = correlated(FEATURES, 12)
    const { distance } = inFloat64('covariance', x, style)
    const after = inFloat64('covariance', moved(x, offsets), style)
    expect(after.distance / distance).toBeCloseTo(1, 6)
    expect(inFloat64('covariance', moved(x, offsets), x).distance / distance).toBeLessThan(1e-12)
  })

  test('are as far by the Wasserstein distance as the constants say', () => {
    const { distance } = inFloat64('wasserstein', moved(x, offsets), x)
    expect(distance).toBeCloseTo((0.5 ** 2 + 1 + 2 ** 2) / 3, 5)
  })
})

describe('the Wasserstein distance', () => {
  test('between features that do not go together is that of their standard deviations', () => {
    // Two channels of orthogonal waves: variances 1 and 4 against 9 and 1, all means 0.
    const waves = (first: number, second: number) =>
      fromRows([
        [first, first, -first, -first],
        [second, -second, second, -second],
      ])
    const { distance } = inFloat64('wasserstein', waves(1, 2), waves(3, 1))
    // ((3 − 1)² + (2 − 1)²)/2, but for the noise of 5e-4 of the style's energy in all variances.
    const noise = 5e-4 * 10
    const between = (a: number, c: number) => Math.sqrt(a + noise) - Math.sqrt(c + noise)
    expect(distance).toBeCloseTo((between(9, 1) ** 2 + between(4, 1) ** 2) / 2, 6)
    expect(distance).toBeCloseTo(2.5, 1)
  })

  test('in float32 keeps four digits where spectra fall as in VGG and pixels are few', async () => {
    const channels = 24
    const falling = (pixels: number, seed: number): Tensor => {
      const random = makeRandom(seed)
      const rows = Array.from({ length: channels }, () => new Array<number>(pixels).fill(0))
      for (let k = 0; k < 2 * channels; k++) {
        const channelsOfK = Array.from({ length: channels }, () => 2 * random() - 0.7)
        const pixelsOfK = Array.from({ length: pixels }, () => 2 * random() - 1)
        rows.forEach((row, c) => {
          for (let i = 0; i < pixels; i++) {
            row[i]! += (30 * channelsOfK[c]! * pixelsOfK[i]!) / (k + 1) ** 2
          }
        })
      }
      return fromRows(rows.map((row) => row.map((value) => Math.fround(Math.max(0, value + 10)))))
    }
    const [x, style] = [falling(16, 1), falling(20, 2)]
    const exact = inFloat64('wasserstein', x, style)
    const rounded = await inFloat32('wasserstein', x, style)
    expect(Math.abs(rounded.distance / exact.distance - 1)).toBeLessThan(1e-4)
    const deviation = distanceBetween(rounded.gradient, exact.gradient)
    expect(deviation / largest(exact.gradient)).toBeLessThan(1e-4)
  })
})
