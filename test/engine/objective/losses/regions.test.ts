/** Style losses over regions of a picture: guided Gram matrices and their kin. */
import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/engine/graph/build.ts'
import { makeGraph } from '../../../../src/engine/graph/node.ts'
import { momentSums, momentsOf } from '../../../../src/engine/objective/losses/moments.ts'
import {
  type ObjectiveSpec,
  objectiveGraph,
  styleTerms,
  termNames,
} from '../../../../src/engine/objective/losses/objective.ts'
import { STYLE_LOSSES } from '../../../../src/engine/objective/losses/style.ts'
import {
  cutPlanes,
  makeRegionMasks,
  maskInputs,
  maskWindows,
} from '../../../../src/engine/objective/region-masks.ts'
import type { Mask } from '../../../../src/engine/picture/image.ts'
import { makeNetwork } from '../../../../src/engine/vgg/features.ts'
import { checkGradient, expectGradient, sampleTensor } from '../../../reference/check-gradient.ts'
import { evaluate, type Tensor, tensor } from '../../../reference/interpreter.ts'
import { targetGraph } from '../../../reference/target-graph.ts'
import { makeTinyModel } from '../../../reference/tiny-model.ts'

const network = makeNetwork(makeTinyModel({ deepest: 'conv3_1' }), 'average', 'replicate')
// Odd, so that poolings drop a row and a column.
const WIDTH = 13
const HEIGHT = 11
const PIXELS = WIDTH * HEIGHT
const SHAPE = [1, 3, HEIGHT, WIDTH]
const base: ObjectiveSpec = {
  width: WIDTH,
  height: HEIGHT,
  network,
  form: 'normalised',
  contentLayers: [],
  styleLayers: ['relu1_1', 'relu3_1'],
  styleLoss: 'gram',
  regions: 0,
  asShown: false,
  precision: 'float32',
}

const pixels = (seed: number): Tensor => sampleTensor(SHAPE, { seed, range: [0.02, 0.98] })

/** Each region compared with a picture of its own. */
function inputsFor(spec: ObjectiveSpec, masks?: readonly Mask[]) {
  const inputs: Record<string, Tensor> = {}
  const stack = masks && makeRegionMasks(masks, spec)
  const terms = styleTerms(spec)
  for (const { name, layer, region } of terms) {
    const target = evaluate(targetGraph({ ...spec, regions: 0 }), { image: pixels(5 + region) })
    inputs[name] = target[`style.${layer}`]!
    const mean = target[`mean.style.${layer}`]
    if (mean) inputs[`mean.${name}`] = mean
  }
  if (stack) {
    for (const [name, { data }, shape] of maskInputs(stack)) inputs[name] = tensor(shape, data)
    const areas = terms.map(({ region, layer }) => stack.layers.get(layer)!.areas[region]!)
    inputs.perPixel = tensor(
      [terms.length],
      areas.map((area) => (area > 0 ? 1 / area : 0)),
    )
  }
  const weights = terms.map((_, i) => 3 + i)
  inputs.coefficients = tensor([weights.length + 1], [...weights, 0.01])
  return inputs
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, c) => a + c, 0)
const filled = (count: number, value: number): Float32Array => new Float32Array(count).fill(value)

/** A soft edge across the picture, and what is left of it. */
const slope = Float32Array.from({ length: PIXELS }, (_, i) =>
  Math.min(1, Math.max(0, (2 * (i % WIDTH)) / WIDTH - 0.4)),
)
const toMask = (data: Float32Array): Mask => ({ width: WIDTH, height: HEIGHT, data })
const halves = [toMask(slope), toMask(slope.map((value) => 1 - value))]
/** All of the picture, and none of it. */
const allAndNone = [toMask(filled(PIXELS, 1)), toMask(filled(PIXELS, 0))]

describe.each(STYLE_LOSSES)('the %s loss of two regions', (styleLoss) => {
  const spec = { ...base, styleLoss, regions: 2 }
  const graph = objectiveGraph(spec)
  const image = pixels(3)

  test('has the gradient of central differences', () => {
    const inputs = inputsFor(spec, halves)
    const { gradient } = evaluate(graph, { ...inputs, image })
    const lossAt = (data: Float64Array): number =>
      sum(evaluate(graph, { ...inputs, image: { shape: SHAPE, data } }).terms!.data)
    expectGradient(gradient!.data, image.data, lossAt, { what: 'image', entries: 12, seed: 5 })
  })

  test('is that of a region without a mask, where its mask is 1 everywhere', () => {
    const guided = evaluate(graph, { ...inputsFor(spec, allAndNone), image }).terms!.data
    const whole = { ...spec, regions: 0 }
    const plain = evaluate(objectiveGraph(whole), { ...inputsFor(whole), image }).terms!.data
    const [first, , third] = guided
    // The inputs' weights count terms: 3 and 5 here, 3 and 4 there. One over pixels is float32.
    expect(first! / plain[0]!).toBeCloseTo(1, 5)
    expect(third! / 5 / (plain[1]! / 4)).toBeCloseTo(1, 5)
  })

  test('stays finite, and pulls nowhere, for a region that covers nothing', () => {
    const inputs = inputsFor(spec, allAndNone)
    const onlySecond = { ...inputs, coefficients: tensor([5], [0, 3, 0, 4, 0]) }
    const { terms, gradient } = evaluate(graph, { ...onlySecond, image })
    for (const value of terms!.data) expect(Number.isFinite(value)).toBe(true)
    for (const value of gradient!.data) expect(value + 0).toBe(0)
  })
})

test('terms are named after their regions where there are several', () => {
  const several = { ...base, regions: 2 }
  const names = ['style.relu1_1.1', 'style.relu1_1.2', 'style.relu3_1.1', 'style.relu3_1.2', 'tv']
  expect(termNames(several)).toEqual(names)
  expect(termNames({ ...base, regions: 1 })).toEqual(termNames(base))
})

describe('moments under a mask', () => {
  test('have the gradient of central differences, second and first', () => {
    checkGradient(
      ([x, m]) => {
        const sums = momentSums(x!, 'covariance', b.mul(m!, m!))
        return b.add(b.sumAll(b.mul(sums.second, sums.second)), b.sumAll(sums.first!))
      },
      [
        [1, 3, 4, 5],
        [1, 1, 4, 5],
      ],
    )
  })

  test('of a picture of two flat halves are each half’s own', () => {
    const colours = [
      [1, 2, 3],
      [5, -1, 0.5],
    ] as const
    const shape = [1, 3, 2, 4]
    const features = tensor(
      shape,
      [0, 1, 2].flatMap((c) =>
        [0, 1, 2, 3, 4, 5, 6, 7].map((i) => colours[i % 4 < 2 ? 0 : 1]![c]!),
      ),
    )
    for (const [half, colour] of colours.entries()) {
      const mask = tensor(
        [1, 1, 2, 4],
        [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ((i % 4 < 2 ? 0 : 1) === half ? 1 : 0)),
      )
      const sums = momentSums(b.input('x', shape), 'covariance', b.input('m', [1, 1, 2, 4]))
      const { second, mean } = momentsOf(sums, b.scalar(1 / 4))
      const values = evaluate(makeGraph({ second, mean: mean! }), { x: features, m: mask })
      expect([...values.mean!.data]).toEqual([...colour])
      expect([...values.second!.data]).toEqual(colour.flatMap((x) => colour.map((y) => x * y)))
    }
  })
})

describe('masks', () => {
  const size = { width: 67, height: 50 }
  const spec = { ...size, network, styleLayers: ['relu1_1', 'relu2_1', 'relu3_1'] }
  const maskOf = (valueAt: (x: number, y: number) => number): Mask => ({
    ...size,
    data: Float32Array.from({ length: 67 * 50 }, (_, i) => valueAt(i % 67, Math.floor(i / 67))),
  })
  const left = maskOf((x) => (x < 32 ? 1 : 0))
  const soft = maskOf((x, y) => Math.min(1, (x + y) / 90))

  test('lie on the grids of layers, where odd last rows and columns are dropped', () => {
    const { layers, count } = makeRegionMasks([left, soft], spec)
    expect(count).toBe(2)
    for (const [layer, stride, width, height] of [
      ['relu1_1', 1, 67, 50],
      ['relu2_1', 2, 33, 25],
      ['relu3_1', 4, 16, 12],
    ] as const) {
      const masks = layers.get(layer)!
      expect([masks.stride, masks.width, masks.height]).toEqual([stride, width, height])
      const planes = [0, 1].map((r) =>
        masks.data.subarray(r * width * height, (r + 1) * width * height),
      )
      expect(masks.areas).toEqual(planes.map(sum))
    }
  })

  test('keep as far from another region as cells of a layer see in effect', () => {
    const { layers } = makeRegionMasks([left], spec)
    const firstRow = (layer: string): number[] => {
      const { data, width } = layers.get(layer)!
      return [...data.subarray(0, width)]
    }
    const ones = (count: number, of: number) => [...filled(count, 1), ...filled(of - count, 0)]
    expect(firstRow('relu1_1')).toEqual(ones(32, 67))
    // A cell of relu2_1 sees 2 cells around it and one of relu3_1 3, in effect half as far.
    expect(firstRow('relu2_1')).toEqual(ones(15, 33))
    expect(firstRow('relu3_1')).toEqual(ones(7, 16))
  })

  test('too narrow for that are kept as they are', () => {
    const narrow = maskOf((x) => (x >= 32 && x < 36 ? 1 : 0))
    expect(makeRegionMasks([narrow], spec).layers.get('relu3_1')!.areas).toEqual([12])
  })

  test('tell the most that any pixel is covered', () => {
    expect(makeRegionMasks([left], spec).peak).toBe(1)
    // The edge of `left`, and the last row.
    expect(makeRegionMasks([left, soft], spec).peak).toBeCloseTo(1 + (31 + 49) / 90, 6)
  })

  test('are cut plane by plane', () => {
    const data = Float32Array.from({ length: 24 }, (_, i) => i)
    const plane = { data, width: 4, height: 3 }
    const cut = cutPlanes(plane, { top: 1, left: 2 }, { width: 2, height: 2 })
    expect([...cut]).toEqual([6, 7, 10, 11, 18, 19, 22, 23])
  })

  test('of a window are those of the picture there', () => {
    const masks = makeRegionMasks([left, soft], spec)
    const windows = maskWindows(masks, { top: 8, left: 16 }, { width: 35, height: 30 })
    const { data } = masks.layers.get('relu3_1')!
    expect(windows['regions.relu3_1']!.length).toBe(2 * 8 * 7)
    expect(windows['regions.relu3_1']![0]).toBe(data[2 * 16 + 4])
  })
})
