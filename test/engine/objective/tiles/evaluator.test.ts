import { afterAll, describe, expect, test } from 'vitest'
import { CancelledError, ModelError } from '../../../../src/engine/errors.ts'
import { LOSS_FORMS } from '../../../../src/engine/objective/losses/form.ts'
import type { ObjectiveSpec } from '../../../../src/engine/objective/losses/objective.ts'
import { STYLE_LOSSES } from '../../../../src/engine/objective/losses/style.ts'
import {
  makePassesEvaluator,
  makeTiledEvaluator,
} from '../../../../src/engine/objective/tiles/evaluator.ts'
import { layTiles } from '../../../../src/engine/objective/tiles/layout.ts'
import { gradientMargin } from '../../../../src/engine/objective/tiles/margins.ts'
import { type Passes, tilePasses } from '../../../../src/engine/objective/tiles/passes.ts'
import type { Size } from '../../../../src/engine/picture/image.ts'
import { makeGraphVectors } from '../../../../src/engine/runtime/graph-vectors.ts'
import { createNodeRuntime } from '../../../../src/engine/runtime/ort-node.ts'
import { makeNetwork } from '../../../../src/engine/vgg/features.ts'
import { readGolden } from '../../../golden-files.ts'
import { makeCountingRuntime } from '../../../reference/counting-runtime.ts'
import { makeTinyModel } from '../../../reference/tiny-model.ts'
import { type Comparison, makeComparison } from './comparison.ts'

const cpu = createNodeRuntime({ device: 'cpu' })
afterAll(() => cpu.release())
const { vgg19Tiny } = await readGolden({ withVgg16: false })

// float32, sums in another order; ReLU and max pooling switch on rounding noise. Measured: 5e-7.
const TOLERANCE = 1e-5

/** A covariance is a difference of moments, which loses digits. Measured: terms 2e-5 on AVX2. */
const COVARIANCE = { gradient: TOLERANCE, terms: 1e-4 }

/**
 * The Wasserstein distance goes through roots of matrices and is a difference of traces, which
 * loses digits; its gradient is none. Measured: 5e-6 and 2e-4.
 */
const WASSERSTEIN = { gradient: 1e-4, terms: 1e-3 }

const TOLERANCES = { gram: undefined, covariance: COVARIANCE, wasserstein: WASSERSTEIN }

const STYLE = ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1']

const spec: ObjectiveSpec = {
  // Odd by every stride.
  width: 251,
  height: 235,
  network: makeNetwork(vgg19Tiny, 'average', 'replicate'),
  form: 'normalised',
  contentLayers: ['relu3_2'],
  // Margin 64: several tiles in a small picture.
  styleLayers: STYLE.slice(0, 4),
  styleLoss: 'gram',
  regions: 0,
  asShown: true,
  precision: 'float32',
}

async function expectEqual(
  comparison: Comparison,
  spec: ObjectiveSpec,
  tile: Size,
  tolerance = { gradient: TOLERANCE, terms: TOLERANCE },
) {
  const evaluator = await makeTiledEvaluator(cpu, spec, comparison.targets, tile)
  try {
    const { gradient, terms } = await comparison.deviations(evaluator)
    expect(gradient, 'gradient').toBeLessThan(tolerance.gradient)
    expect(terms, 'terms').toBeLessThan(tolerance.terms)
  } finally {
    await evaluator.release()
  }
}

/** The window with cores of this size, in a picture whose extents are multiples of 16. */
function windowFor({ network, contentLayers, styleLayers }: ObjectiveSpec, core: number): Size {
  const layers = [...contentLayers, ...styleLayers]
  const extent = core + 2 * gradientMargin(network.model.topology, layers).margin
  return { width: extent, height: extent }
}

const variants = LOSS_FORMS.flatMap((form) =>
  (['average', 'max'] as const).flatMap((pooling) =>
    (['zeros', 'replicate'] as const).map((padding) => [form, pooling, padding] as const),
  ),
)

describe('terms and gradient in tiles equal those at once', () => {
  test.each(variants)('%s, %s pooling, %s, 251×235 px', async (form, pooling, padding) => {
    const network = makeNetwork(vgg19Tiny, pooling, padding)
    const variant = { ...spec, form, network, asShown: form !== 'gatys' }
    const comparison = await makeComparison(cpu, variant)
    await expectEqual(comparison, variant, { width: 200, height: 170 })
    comparison.release()
  })

  test.each([
    ['one column, tiles as wide as the picture', { width: 500, height: 150 }],
    ['one row, tiles as high as the picture', { width: 150, height: 500 }],
    ['the picture in one tile', { width: 500, height: 500 }],
  ])('%s', async (_, tile) => {
    const comparison = await makeComparison(cpu, spec)
    await expectEqual(comparison, spec, tile)
    comparison.release()
  })

  test('in tiles of any remainder that poolings leave', async () => {
    for (const [width, height] of [
      [200, 207],
      [204, 201],
    ] as const) {
      const sized = { ...spec, width, height, styleLayers: STYLE.slice(0, 3) }
      const comparison = await makeComparison(cpu, sized)
      await expectEqual(comparison, sized, { width: 90, height: 100 })
      comparison.release()
    }
  })

  test.each([0, 2])('in float16, both ways rounded alike, %i regions', async (regions) => {
    const half = {
      ...spec,
      regions,
      width: 171,
      styleLayers: STYLE.slice(0, 3),
      precision: 'float16' as const,
    }
    const comparison = await makeComparison(cpu, half)
    // Sums are float32; the scale of the gradient, which rounds it, differs from tile to tile.
    const tolerance = { gradient: 1e-3, terms: 1e-3 }
    await expectEqual(comparison, half, { width: 90, height: 100 }, tolerance)
    comparison.release()
  })

  test.each(
    STYLE_LOSSES.flatMap((styleLoss) => [0, 1, 3].map((regions) => [styleLoss, regions] as const)),
  )('%s loss, %i regions', async (styleLoss, regions) => {
    const variant = { ...spec, styleLoss, regions }
    const comparison = await makeComparison(cpu, variant)
    const tile = { width: 200, height: 170 }
    await expectEqual(comparison, variant, tile, TOLERANCES[styleLoss])
    comparison.release()
  })

  test.each([
    ['without style layers', { styleLayers: [] }],
    ['without content layers', { contentLayers: [] }],
    ['of total variation alone', { contentLayers: [], styleLayers: [] }],
    ['of one layer for both', { contentLayers: ['relu2_1'], styleLayers: ['relu2_1'] }],
  ])('%s', async (_, layers) => {
    const variant = { ...spec, ...layers }
    const comparison = await makeComparison(cpu, variant)
    await expectEqual(comparison, variant, { width: 130, height: 150 })
    comparison.release()
  })

  test.each([
    [512, 512, 128],
    [704, 576, 192],
  ])(
    'VGG19 down to relu5_1, %i×%i px, cores of %i in margins of 160',
    async (width, height, core) => {
      const deep = { ...spec, width, height, contentLayers: ['relu4_2'], styleLayers: STYLE }
      const comparison = await makeComparison(cpu, deep)
      const window = windowFor(deep, core)
      expect(tilePasses(deep, window).window).toEqual({ width: core + 320, height: core + 320 })
      await expectEqual(comparison, deep, window)
      comparison.release()
    },
  )

  test('VGG16 down to relu5_1, 512 px, cores of 128 and 192 in margins of 128', async () => {
    const vgg16 = makeTinyModel({ deepest: 'conv5_1' })
    const network = makeNetwork(vgg16, 'average', 'replicate')
    const deep = { ...spec, network, width: 512, height: 512, styleLayers: STYLE }
    const comparison = await makeComparison(cpu, deep)
    for (const core of [128, 192]) {
      const window = windowFor(deep, core)
      expect(tilePasses(deep, window).window).toEqual({ width: core + 256, height: core + 256 })
      await expectEqual(comparison, deep, window)
    }
    comparison.release()
  })
})

describe('margins are needed', () => {
  const exact = tilePasses(spec, { width: 150, height: 150 })
  const withMargins = (statistics: number, gradient: number): Passes => {
    const lay = (margin: number) => layTiles(spec, exact.window, { alignment: 8, margin })
    return {
      ...exact,
      statistics: { ...exact.statistics, layout: lay(statistics) },
      gradient: { ...exact.gradient, layout: lay(gradient) },
    }
  }

  test.each([
    // Measured: 3e-2 and 7e-3.
    ['those of the first pass missing', 0, 64, 'terms'],
    ['those of the second pass missing', 32, 0, 'gradient'],
  ] as const)('%s, the error is large', async (_, statistics, gradient, what) => {
    const comparison = await makeComparison(cpu, spec)
    const passes = withMargins(statistics, gradient)
    const evaluator = await makePassesEvaluator(cpu, spec, comparison.targets, passes)
    const deviations = await comparison.deviations(evaluator)
    expect(deviations[what]).toBeGreaterThan(100 * TOLERANCE)
    await evaluator.release()
    comparison.release()
  })
})

describe('on a runtime that counts', () => {
  const tile = { width: 200, height: 200 }
  const size = { width: spec.width, height: spec.height, bandRows: 100 }

  test('nothing is allocated by an evaluation, and nothing is left after release', async () => {
    const comparison = await makeComparison(cpu, spec)
    const { targets } = comparison
    const runtime = makeCountingRuntime(cpu)
    const space = makeGraphVectors(runtime, size)
    const features = runtime.upload(
      await cpu.download(targets.content.get('relu3_2')!.features),
      targets.content.get('relu3_2')!.features.shape,
    )
    const counted = { ...targets, content: new Map([['relu3_2', { features, squaredNorm: 1 }]]) }
    const evaluator = await makeTiledEvaluator(runtime, spec, counted, tile)
    const [iterate, gradient] = [space.allocate(), space.allocate()]
    const before = runtime.liveTensors()
    await evaluator.evaluate(iterate, gradient, comparison.coefficients)
    expect(runtime.liveTensors()).toBe(before)

    await evaluator.release()
    space.free(iterate)
    space.free(gradient)
    await space.release()
    features.release()
    comparison.release()
    expect(runtime.liveTensors()).toBe(0)
    expect(runtime.livePrograms()).toBe(0)
  })

  test('an evaluation stops between tiles when it is cancelled, and can be made again', async () => {
    const comparison = await makeComparison(cpu, spec)
    const passes = tilePasses(spec, tile)
    const total = passes.statistics.tiles + passes.gradient.tiles
    const controller = new AbortController()
    let windows = 0
    const runtime = {
      ...cpu,
      copyRect(...given: Parameters<typeof cpu.copyRect>) {
        const isWindow = given[2].shape[1] === 3 && given[2].shape[2] === passes.window.height
        if (isWindow && given[3].top === 0 && ++windows === passes.statistics.tiles + 1) {
          controller.abort()
        }
        cpu.copyRect(...given)
      },
    }
    const evaluator = await makeTiledEvaluator(runtime, spec, comparison.targets, tile)
    const space = makeGraphVectors(cpu, size)
    const [iterate, gradient] = [space.allocate(), space.allocate()]
    const evaluate = (signal?: AbortSignal) =>
      evaluator.evaluate(iterate, gradient, comparison.coefficients, signal)
    await expect(evaluate(controller.signal)).rejects.toThrow(CancelledError)
    expect(windows).toBe(passes.statistics.tiles + 1)
    windows = 0
    await expect(evaluate(AbortSignal.abort())).rejects.toThrow('cancelled: nothing was changed')
    expect(windows).toBe(0)
    await evaluate()
    expect(windows).toBe(total)
    await evaluator.release()
    comparison.release()
  })

  test('a layer that the network lacks is refused and leaves nothing', async () => {
    const runtime = makeCountingRuntime(cpu)
    const parameters = new Map([...vgg19Tiny.parameters].slice(0, 4))
    const shallow = { ...vgg19Tiny, parameters }
    const network = makeNetwork(shallow, 'average', 'zeros')
    const targets = { content: new Map(), style: new Map() }
    const made = makeTiledEvaluator(runtime, { ...spec, network }, targets, tile)
    await expect(made).rejects.toThrow(ModelError)
    expect(runtime.liveTensors()).toBe(0)
    expect(runtime.livePrograms()).toBe(0)
  })
})
