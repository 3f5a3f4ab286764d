import { afterAll, describe, expect, test } from 'vitest'
import { makeBandedEvaluator } from '../../../../src/engine/objective/bands/evaluator.ts'
import { bandRowsOf, bandsOf } from '../../../../src/engine/objective/bands/layout.ts'
import type { ObjectiveSpec } from '../../../../src/engine/objective/losses/objective.ts'
import { STYLE_LOSSES } from '../../../../src/engine/objective/losses/style.ts'
import { createNodeRuntime } from '../../../../src/engine/runtime/ort-node.ts'
import { makeNetwork } from '../../../../src/engine/vgg/features.ts'
import { readGolden } from '../../../golden-files.ts'
import { makeComparison } from '../tiles/comparison.ts'

const cpu = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => cpu.release())
const { vgg19Tiny } = await readGolden({ withVgg16: false })

// float32, sums in another order. Measured: 4e-6.
const TOLERANCE = 1e-5

/** The Wasserstein distance is a difference of traces, which loses digits. Measured: 2e-4. */
const TERMS = { gram: TOLERANCE, covariance: TOLERANCE, wasserstein: 1e-3 }

const spec: ObjectiveSpec = {
  // Odd by every stride.
  width: 45,
  height: 123,
  network: makeNetwork(vgg19Tiny, 'average', 'replicate'),
  form: 'normalised',
  contentLayers: ['relu3_2', 'relu4_2'],
  styleLayers: ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'],
  styleLoss: 'gram',
  regions: 0,
  asShown: true,
  precision: 'float32',
}

async function expectEqual(spec: ObjectiveSpec, count: number): Promise<void> {
  const comparison = await makeComparison(cpu, spec)
  const bandRows = bandRowsOf(spec, count)
  const lanes = new Array(count).fill(cpu)
  const evaluator = await makeBandedEvaluator(lanes, spec, comparison.targets, bandRows)
  try {
    const { gradient, terms } = await comparison.deviations(evaluator, bandRows)
    expect(gradient, 'gradient').toBeLessThan(TOLERANCE)
    expect(terms, 'terms').toBeLessThan(TERMS[spec.styleLoss])
  } finally {
    await evaluator.release()
    comparison.release()
  }
}

describe('terms and gradient in bands equal those at once', () => {
  test.each([
    ['normalised', 'average', 'zeros'],
    ['neural-style', 'max', 'replicate'],
    ['gatys', 'max', 'zeros'],
  ] as const)('%s, %s pooling, %s', async (form, pooling, padding) => {
    const network = makeNetwork(vgg19Tiny, pooling, padding)
    await expectEqual({ ...spec, form, network, asShown: form !== 'gatys' }, 3)
  })

  test.each([2, 3, 5, 7])('of %i bands', (count) => expectEqual(spec, count))

  test.each([2, 3])('of a picture that wraps, %i bands', (count) =>
    expectEqual(
      { ...spec, width: 48, height: 112, network: makeNetwork(vgg19Tiny, 'average', 'wrap') },
      count,
    ),
  )

  test.each(
    STYLE_LOSSES.flatMap((styleLoss) => [0, 1, 3].map((regions) => [styleLoss, regions] as const)),
  )('%s loss, %i regions', (styleLoss, regions) => expectEqual({ ...spec, styleLoss, regions }, 2))

  test.each([
    ['without style layers', { styleLayers: [] }],
    ['without content layers', { contentLayers: [] }],
    ['of one layer for both', { contentLayers: ['relu2_1'], styleLayers: ['relu2_1'] }],
  ])('%s', (_, layers) => expectEqual({ ...spec, ...layers }, 2))
})

test('a band has a row of the deepest layer, and no picture has more bands than asked for', () => {
  for (let height = 16; height < 300; height++) {
    for (let count = 1; count <= 16; count++) {
      const sized = { ...spec, height }
      const bands = bandsOf(sized, bandRowsOf(sized, count))
      expect(bands.length).toBeLessThanOrEqual(count)
      expect(bands.reduce((rows, band) => rows + band.rows, 0)).toBe(height)
      for (const { rows } of bands) expect(rows).toBeGreaterThanOrEqual(16)
    }
  }
})
