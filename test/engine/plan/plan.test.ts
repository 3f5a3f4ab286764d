import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OptionError } from '../../../src/engine/errors.ts'
import { tilePasses } from '../../../src/engine/objective/tiles/passes.ts'
import { resolveOptions, type StylizeOptions } from '../../../src/engine/options.ts'
import type { Limits } from '../../../src/engine/plan/limits.ts'
import {
  halveTile,
  layersWithin,
  type PlanInput,
  planRun,
  type ScalePlan,
} from '../../../src/engine/plan/plan.ts'
import { makeNetwork } from '../../../src/engine/vgg/features.ts'
import { makeHollowVgg } from './vgg.ts'

const model = makeHollowVgg()
const AMPLE: Limits = {
  device: 'cpu',
  memoryBytes: Number.POSITIVE_INFINITY,
  heapBytes: Number.POSITIVE_INFINITY,
  maxTensorBytes: Number.POSITIVE_INFINITY,
  float16: 'none',
}

const inputFor = (
  width: number,
  height: number,
  options: Partial<StylizeOptions> = {},
): PlanInput => ({
  content: { width, height },
  styles: [{ image: { width: 800, height: 600 }, weight: 1 }],
  // All layers count, as in a whole evaluation.
  settings: resolveOptions({ size: 0, styleLayerWeights: [1], ...options }),
  model,
})
/** At a single scale, the picture's own. */
const single = (width: number, height: number, options: Partial<StylizeOptions> = {}): PlanInput =>
  inputFor(width, height, { minScale: 16384, ...options })

/** The plan, or undefined where the limits are too tight. */
function planWithin(input: PlanInput, limits: Partial<Limits>): ScalePlan | undefined {
  try {
    return planRun(input, { ...AMPLE, ...limits }).scales.at(-1)
  } catch (error) {
    if (error instanceof OptionError) return undefined
    throw error
  }
}

const pixelsOf = ({ tile, width, height }: ScalePlan): number =>
  tile ? tile.width * tile.height : width * height

const SEEDED = { seed: 1, numRuns: 25 }
const side = fc.integer({ min: 64, max: 3000 })
const megabytes = fc.integer({ min: 300, max: 8000 })

describe('what is held beside the content', () => {
  const bytesOf = (input: PlanInput): number => planRun(input, AMPLE).predictedBytes
  const [width, height] = [3000, 2000]
  const picture = 12 * width * height
  const opaque = inputFor(width, height, { size: 256 })

  test('counts, where the copy that is planned for leaves it no room', () => {
    const held = (heldBytes: number): number => bytesOf({ ...opaque, heldBytes })
    expect(held(picture / 2)).toBe(bytesOf(opaque))
    expect(held(3 * picture)).toBe(bytesOf(opaque) + 2 * picture)
  })

  test('counts beside a copy of a content with alpha, and of one that is made gray', () => {
    const alpha = new Float32Array(0)
    const transparent = { ...opaque, content: { width, height, alpha } }
    const gray = inputFor(width, height, { size: 256, colors: 'content-luminance' })
    for (const input of [transparent, gray]) {
      expect(bytesOf({ ...input, heldBytes: 1000 })).toBe(bytesOf(input) + 1000)
    }
  })
})

describe('a plan', () => {
  test('keeps within its limits, in tiles that are valid', () => {
    fc.assert(
      fc.property(side, side, megabytes, fc.integer({ min: 2, max: 2000 }), (w, h, mb, tensor) => {
        const input = single(w, h)
        const limits = { memoryBytes: mb * 1e6, maxTensorBytes: tensor * 1e6 }
        const plan = planWithin(input, limits)
        if (!plan) return
        expect(plan.predictedBytes).toBeLessThanOrEqual(limits.memoryBytes)
        // conv1_1 makes 64 channels of the window.
        expect(4 * 64 * pixelsOf(plan)).toBeLessThanOrEqual(limits.maxTensorBytes)
        if (!plan.tile) return
        const spec = { ...plan, network: makeNetwork(model, 'average', 'replicate') }
        const passes = tilePasses(spec, plan.tile)
        expect(passes.window).toEqual(plan.tile)
        expect(passes.gradient.tiles).toBe(plan.tiles)
      }),
      SEEDED,
    )
  })

  test('costs no more where there is more memory', () => {
    fc.assert(
      fc.property(side, side, megabytes, fc.integer({ min: 0, max: 4000 }), (w, h, mb, more) => {
        const given = single(w, h)
        const tight = planWithin(given, { memoryBytes: mb * 1e6 })
        if (!tight) return
        const loose = planWithin(given, { memoryBytes: (mb + more) * 1e6 })!
        const cost = ({ work, lbfgsMemory, convolutions }: ScalePlan): number =>
          work * (1 + 1 / lbfgsMemory) * (convolutions === 'direct' ? 1.5 : 1)
        expect(cost(loose)).toBeLessThanOrEqual(cost(tight) * (1 + 1e-12))
      }),
      SEEDED,
    )
  })

  test('of a larger picture is more work, and needs more memory', () => {
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 500 }), (w, h, more) => {
        const [small, large] = [planWithin(single(w, h), {}), planWithin(single(w + more, h), {})]
        expect(large!.work).toBeGreaterThan(small!.work)
        // What poolings drop of an odd side, and bands of fewer rows, may outweigh columns of pixels.
        expect(large!.predictedBytes).toBeGreaterThan(small!.predictedBytes * 0.95)
      }),
      SEEDED,
    )
  })

  test('takes the picture at once where it fits, and remembers as many pairs as asked', () => {
    const plan = planRun(inputFor(1024, 768), AMPLE)
    expect(plan.scales.map(({ longEdge }) => longEdge)).toEqual([128, 256, 512, 1024])
    for (const { tile, tiles, lbfgsMemory, bandRows, height } of plan.scales) {
      expect([tile, tiles, lbfgsMemory, bandRows]).toEqual([undefined, 1, 10, height])
    }
    expect(plan.predictedBytes).toBe(plan.scales.at(-1)!.predictedBytes)
    expect(plan.work).toBeCloseTo(
      plan.scales.reduce((total, { iterations, work }) => total + iterations * work, 0),
      9,
    )
    // A whole evaluation of every layer is the unit.
    expect(plan.scales.at(-1)!.work).toBeCloseTo(1.024 * 0.768, 9)
  })

  test('gives up pairs of L-BFGS before tiles become many', () => {
    const given = single(3000, 2000)
    const tight = planWithin(given, { memoryBytes: 3e9 })!
    expect(tight.lbfgsMemory).toBeLessThan(10)
    expect(tight.lbfgsMemory).toBeGreaterThanOrEqual(2)
    expect(planWithin(given, { memoryBytes: 8e9 })!.lbfgsMemory).toBe(10)
  })

  test('of 24 megapixels fits a GPU of 4 GB in half precision', () => {
    const limits: Limits = {
      device: 'webgpu',
      memoryBytes: 4e9,
      heapBytes: Number.POSITIVE_INFINITY,
      maxTensorBytes: 2 ** 31,
      float16: 'fast',
    }
    const { scales, predictedBytes } = planRun(inputFor(6000, 4000), limits)
    const last = scales.at(-1)!
    expect([last.width, last.height, last.precision]).toEqual([6000, 4000, 'float16'])
    expect(last.tiles).toBeGreaterThan(1)
    expect(predictedBytes).toBeLessThanOrEqual(4e9)
    // Bands of about 8 MB.
    expect(last.bandRows * 6000 * 12).toBeGreaterThan(7e6)
    expect(last.bandRows * 6000 * 12).toBeLessThanOrEqual(8e6)
  })

  test('tiles a picture whose tensors the device does not allow', () => {
    const maxTensorBytes = 128 * 2 ** 20
    const plan = planWithin(single(1024, 1024), { maxTensorBytes })!
    // conv1_1 makes 64 channels of the window.
    expect(4 * 64 * pixelsOf(plan)).toBeLessThanOrEqual(maxTensorBytes)
  })

  test('holds a device to its largest tensor, not to all content features together', () => {
    const picture = single(4000, 3000, { contentLayers: ['relu1_2', 'relu2_2'] })
    // 64 channels of every pixel; beside them 128 of every fourth.
    const first = 4 * 64 * 4000 * 3000
    expect(planWithin(picture, { maxTensorBytes: first })).toBeDefined()
    expect(planWithin(picture, { maxTensorBytes: first - 1 })).toBeUndefined()
  })

  test('counts a style that is looked at larger than the picture', () => {
    const small = planWithin(single(512, 384), {})!
    const large = planWithin(single(512, 384, { styleScale: 4 }), {})!
    expect(large.predictedBytes).toBeGreaterThan(1.5 * small.predictedBytes)
  })

  test('that cannot be made says what is needed, what there is and what helps', () => {
    expect(() => planRun(single(6000, 4000), { ...AMPLE, memoryBytes: 1e9 })).toThrow(
      /6000×4000 px in the smallest tiles.*takes \d+ MB, 1000 MB may be used; raise --memory.*--size/,
    )
    expect(() => planRun(single(1000, 1000), { ...AMPLE, maxTensorBytes: 1e6 })).toThrow(
      /tensors of \d+ MB, the cpu device allows 1 MB/,
    )
  })
})

describe('regions', () => {
  test('take memory for their masks and for what is weighed by them, more the more there are', () => {
    const bytes = [0, 1, 2, 4].map(
      (regions) => planWithin({ ...single(1024, 768), regions }, {})!.predictedBytes,
    )
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b))
    // The features of relu1_1, weighed: 64 channels in float32.
    expect(bytes[2]! - bytes[0]!).toBeGreaterThan(4 * 64 * 1024 * 768)
  })

  test('are painted in tiles where memory is short, within the limits', () => {
    const plan = planWithin({ ...single(2000, 1500), regions: 3 }, { memoryBytes: 3e9 })!
    expect(plan.tiles).toBeGreaterThan(1)
    expect(plan.predictedBytes).toBeLessThanOrEqual(3e9)
  })

  test('in tiles need no tensor of all masks of the picture', () => {
    const maxTensorBytes = 128 * 2 ** 20
    const input = single(6000, 4000, { contentWeight: 0 })
    const plan = planWithin({ ...input, regions: 4 }, { maxTensorBytes })!
    expect(4 * 4 * 6000 * 4000).toBeGreaterThan(maxTensorBytes)
    expect(plan.tiles).toBeGreaterThan(1)
  })

  test('count a style by its own scale', () => {
    const input = single(512, 384)
    const enlarged = { ...input, styles: input.styles.map((style) => ({ ...style, scale: 4 })) }
    expect(planWithin(enlarged, {})!.predictedBytes).toBeGreaterThan(
      1.5 * planWithin(input, {})!.predictedBytes,
    )
  })
})

describe('a seamless picture', () => {
  const seamless = single(1024, 1024, { padding: 'wrap' })

  test('is evaluated at once, and refused where that does not fit', () => {
    const plan = planWithin(seamless, {})!
    expect(plan.tile).toBeUndefined()
    const limits = { ...AMPLE, memoryBytes: 0.5 * plan.predictedBytes }
    expect(planRun(single(1024, 1024), limits).scales[0]!.tile).toBeDefined()
    expect(() => planRun(seamless, limits)).toThrow(OptionError)
    expect(() => planRun(seamless, limits)).toThrow(
      /1024×1024 px with --padding wrap, which is evaluated at once.*raise --memory or choose a smaller --size/,
    )
  })

  test('has no smaller tiles to go on in', () => {
    expect(halveTile(planWithin(seamless, {})!, seamless, AMPLE)).toBeUndefined()
  })
})

describe('precision', () => {
  test.each([
    ['auto', 'fast', 'float16'],
    ['auto', 'slow', 'float32'],
    ['auto', 'none', 'float32'],
    ['float32', 'fast', 'float32'],
    ['float16', 'slow', 'float16'],
  ] as const)('%s where float16 is %s is %s', (precision, float16, expected) => {
    expect(planWithin(single(64, 64, { precision }), { float16 })!.precision).toBe(expected)
  })

  test('float16 is refused where there is none', () => {
    expect(() => planRun(single(64, 64, { precision: 'float16' }), AMPLE)).toThrow(
      /--precision: expected auto or float32/,
    )
  })
})

describe('style depth', () => {
  test('drops deeper layers scale by scale, and makes the rest cheaper', () => {
    const options = { minScale: 64, scaleRatio: 2, styleDepth: [5, 3] }
    const { scales } = planRun(inputFor(256, 256, options), AMPLE)
    const three = ['relu1_1', 'relu2_1', 'relu3_1']
    expect(scales.map(({ styleLayers }) => styleLayers)).toEqual([
      [...three, 'relu4_1', 'relu5_1'],
      three,
      three,
    ])
    expect(scales.map(({ contentLayers }) => contentLayers)).toEqual([
      ['relu4_2'],
      ['relu3_1'],
      ['relu3_1'],
    ])
    expect(scales[2]!.work).toBeLessThan((256 ** 2 / 1e6) * 0.6)
  })

  test('lets the first layer of a block stand in where none is left', () => {
    expect(layersWithin(['relu4_2', 'relu2_2'], 3)).toEqual(['relu2_2'])
    expect(layersWithin(['relu4_2'], 2)).toEqual(['relu2_1'])
    expect(layersWithin([], 2)).toEqual([])
  })

  test('layers of no weight are not looked at', () => {
    expect(planWithin(single(64, 64, { contentWeight: 0 }), {})!.contentLayers).toEqual([])
    expect(planWithin(single(64, 64, { styleWeight: 0 }), {})!.styleLayers).toEqual([])
    const lighter = { styleLayerWeights: [1, 1, 1, 0.2, 0], contentLayerWeights: [0] }
    const { contentLayers, styleLayers } = planWithin(single(64, 64, lighter), {})!
    expect(contentLayers).toEqual([])
    expect(styleLayers).toEqual(['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1'])
  })
})

describe('halving', () => {
  test('leads from the whole picture over smaller and smaller tiles to an end', () => {
    const input = single(1500, 1000)
    const sizes: number[] = []
    const bytes: number[] = []
    let scale = planWithin(input, {})
    while (scale) {
      sizes.push(pixelsOf(scale))
      bytes.push(scale.predictedBytes)
      scale = halveTile(scale, input, AMPLE)
    }
    expect(sizes.length).toBeGreaterThan(2)
    expect(sizes[1]! / sizes[0]!).toBeGreaterThan(0.4)
    expect(sizes[1]! / sizes[0]!).toBeLessThan(0.6)
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    expect(bytes).toEqual(bytes.toSorted((a, b) => b - a))
  })

  test('has nowhere to go from a picture no larger than a tile', () => {
    const input = single(200, 200)
    expect(halveTile(planWithin(input, {})!, input, AMPLE)).toBeUndefined()
  })
})

describe('where memory is short', () => {
  const whole = planRun(single(512, 512), AMPLE)

  test('convolutions are direct rather than the picture in tiles', () => {
    expect(whole.scales[0]!.convolutions).toBe('auto')
    const [scale] = planRun(single(512, 512), {
      ...AMPLE,
      memoryBytes: 0.8 * whole.predictedBytes,
    }).scales
    expect([scale!.convolutions, scale!.tile]).toEqual(['direct', undefined])
  })

  test('those that were asked for are kept', () => {
    const [scale] = planRun(single(512, 512, { convolutions: 'direct' }), AMPLE).scales
    expect(scale!.convolutions).toBe('direct')
    expect(scale!.predictedBytes).toBeLessThan(whole.predictedBytes)
  })
})
