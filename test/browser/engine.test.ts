import { afterAll, beforeAll, expect, test } from 'vitest'
import { portableExamples } from '../engine/graph/examples.ts'
import { describeInChromium } from './chromium.ts'
import type { engine as Engine, Variant } from './engine-page.ts'
import { type OpenPage, openPage } from './open-page.ts'

declare const engine: typeof Engine

/** Every runtime first runs a graph of its own, to see that it can. */
const PROBE = 1
/** Bytes that no buffer made in steady state reaches. */
const LARGE_BUFFER = 65_536
const ALL_ON_WEBGPU = ' placed on [WebGpuExecutionProvider]'

const golden = (name: string): URL => new URL(`../golden/${name}`, import.meta.url)

// WebGPU in software takes seconds to compile a graph's shaders.
describeInChromium('the engine on WebGPU', { timeout: 300_000 }, () => {
  let open: OpenPage
  beforeAll(async () => {
    open = await openPage(new URL('engine-page.ts', import.meta.url), {
      '/ort.wasm': new URL(
        import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm'),
      ),
      '/ort-worker.wasm': new URL(
        import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'),
      ),
      '/images.safetensors': golden('images.safetensors'),
      '/gradients.safetensors': golden('gradients.safetensors'),
      '/vgg19-tiny.safetensors': golden('vgg19-tiny.safetensors'),
      '/objectives.json': golden('objectives.json'),
    })
  })
  afterAll(() => open?.close())

  test('names its adapter', async () => {
    const description = await open.page.evaluate(() => engine.description())
    expect(description).toMatch(/^onnxruntime-web \d+\.\d+\.\d+ webgpu, .+/)
  })

  test('agrees with PyTorch in losses and gradient', async () => {
    const { gradient, ...losses } = await open.page.evaluate(() =>
      engine.goldenDeviations('vgg19-tiny-normalised-avg-zeros'),
    )
    // float32 against float64; shaders may sum in any order and fuse products into sums.
    for (const [term, deviation] of Object.entries(losses)) {
      expect(deviation, term).toBeLessThan(1e-4)
    }
    expect(gradient, 'gradient').toBeLessThan(1e-3)
  })

  const variants: readonly Variant[] = [
    {
      pooling: 'max',
      padding: 'replicate',
      form: 'neural-style',
      styleLoss: 'gram',
      asShown: true,
    },
    {
      pooling: 'average',
      padding: 'replicate',
      form: 'normalised',
      styleLoss: 'gram',
      asShown: true,
    },
    {
      pooling: 'average',
      padding: 'zeros',
      form: 'gatys',
      styleLoss: 'covariance',
      asShown: false,
    },
    { pooling: 'average', padding: 'wrap', form: 'normalised', styleLoss: 'gram', asShown: true },
    {
      pooling: 'average',
      padding: 'replicate',
      form: 'normalised',
      styleLoss: 'wasserstein',
      asShown: true,
    },
  ]

  test.each(variants)(
    'agrees with wasm for $form losses, $styleLoss, $pooling pooling, $padding padding',
    async (variant) => {
      const { terms, gradient } = await open.page.evaluate(
        (given) => engine.variantDeviations(given),
        variant,
      )
      // Both are float32. ReLU and max pooling may switch on rounding noise. Wasserstein distances
      // are differences, here 0.6 % of an energy that roots keep to 1e-5.
      const tolerance = variant.styleLoss === 'wasserstein' ? 5e-3 : 1e-3
      expect(terms, 'terms').toBeLessThan(tolerance)
      expect(gradient, 'gradient').toBeLessThan(tolerance)
    },
  )

  test.each(variants)(
    'no node falls to the CPU for $form losses, $styleLoss, $pooling pooling, $padding padding',
    async (variant) => {
      const graphs = await placements(() =>
        open.page.evaluate((given) => engine.placeObjective(given), variant),
      )
      expect(graphs).toEqual(new Array(PROBE + 2).fill(ALL_ON_WEBGPU))
    },
  )

  test('every operator computes what the interpreter does and falls nowhere to the CPU', async () => {
    let deviations: Record<string, number | string> = {}
    const graphs = await placements(async () => {
      deviations = await open.page.evaluate(() => engine.exampleDeviations())
    })
    expect(graphs).toEqual(new Array(PROBE + portableExamples.length).fill(ALL_ON_WEBGPU))
    for (const [example, deviation] of Object.entries(deviations)) {
      if (example.startsWith('cast:')) {
        // An adapter may lack float16, as the one in software does.
        if (typeof deviation === 'number') expect(deviation, example).toBeLessThan(2e-3)
        else expect(deviation, example).toMatch(/requires f16 but the device does not support it/)
      } else {
        // float32; the largest sums have 80 terms.
        expect(deviation, example).toBeLessThan(1e-5)
      }
    }
  })

  test('vector programs compute what arrays do and fall nowhere to the CPU', async () => {
    let deviations: Record<string, number> = {}
    const graphs = await placements(async () => {
      deviations = await open.page.evaluate(() => engine.vectorDeviations())
    })
    // products, sumAbs, combine and adam, for both shapes of a band
    expect(graphs).toEqual(new Array(PROBE + 8).fill(ALL_ON_WEBGPU))
    for (const [program, deviation] of Object.entries(deviations)) {
      expect(deviation, program).toBeLessThan(1e-5)
    }
  })

  test('tiles give the gradient of the whole picture, and no node falls to the CPU', async () => {
    let compared = { tiles: 0, terms: 1, gradient: 1 }
    const graphs = await placements(async () => {
      compared = await open.page.evaluate(() => engine.compareTiles())
    })
    // Styles and content are measured, then statistics, slopes and gradient: a graph each.
    expect(graphs).toEqual(new Array(PROBE + 5).fill(ALL_ON_WEBGPU))
    expect(compared.tiles).toBeGreaterThan(3)
    expect(compared.terms).toBeLessThan(1e-3)
    expect(compared.gradient).toBeLessThan(1e-3)
  })

  test.each(['float32', 'float16'] as const)('copies rectangles of %s exactly', async (dtype) => {
    const { got, wanted } = await open.page.evaluate((type) => engine.copyRectangle(type), dtype)
    expect(got).toEqual(wanted)
  })

  test('copies in order with the graphs before and after', async () => {
    expect(await open.page.evaluate(() => engine.copyInOrder())).toEqual([16, 32, 48, 64])
  })

  test('a graph compiled again finds its shaders compiled', async () => {
    const [first, second] = await open.page.evaluate(() => engine.compileTwice())
    expect(first).toBeGreaterThan(0)
    expect(second).toBe(0)
  })

  test('in steady state a few numbers cross over, none of them pixels', async () => {
    const { traffic, preview, losses, pairs, memory, imageBytes } = await open.page.evaluate(() =>
      engine.steadyTraffic({ width: 80, height: 70 }),
    )
    expect(losses.at(-1)!).toBeLessThan(losses[0]!)
    expect(pairs).toBe(memory)
    // An image or an activation would show: each is larger than what may be made or written.
    expect(imageBytes).toBeGreaterThan(LARGE_BUFFER)
    expect(preview.read).toBe(imageBytes)
    expect(traffic).toHaveLength(2)
    for (const evaluation of traffic) {
      expect(evaluation.dispatches).toBeGreaterThan(0)
      expect(evaluation.read).toBeGreaterThan(0)
      expect(evaluation.read).toBeLessThanOrEqual(4096)
      expect(evaluation.written).toBeLessThanOrEqual(65_536)
      expect(evaluation.largestBuffer).toBeLessThan(LARGE_BUFFER)
      expect(evaluation.keptBuffers).toBeLessThanOrEqual(0)
    }
  })

  /** What ONNX Runtime printed about the placement of each graph that was compiled meanwhile. */
  async function placements(compile: () => Promise<void>): Promise<string[]> {
    const from = open.console.length
    await compile()
    return open.console
      .slice(from)
      .flatMap((line) => / placed on \[.*\]|\d+ Memcpy nodes are added/.exec(line)?.[0] ?? [])
  }

  test.each([1, 3, 5, 17])('a tensor of %i values goes there and comes back', async (count) => {
    const { values, ...copies } = await open.page.evaluate((n) => engine.roundTrip(n), count)
    expect(copies).toEqual({ allocated: values, given: values, isGiven: true })
  })

  test.each(['lbfgs', 'adam'] as const)('a few iterations of %s lower the loss', async (name) => {
    const { losses, ...picture } = await open.page.evaluate(
      (given) => engine.stylizeLosses(given),
      name,
    )
    expect(losses).toHaveLength(6)
    expect(losses.at(-1)!).toBeLessThan(0.7 * losses[0]!)
    expect(picture).toMatchObject({ width: 48, height: 32 })
    expect(picture.lowest).toBeGreaterThanOrEqual(0)
    expect(picture.highest).toBeLessThanOrEqual(1)
  })

  test('calls that overlap wait for each other', async () => {
    expect(await open.page.evaluate(() => engine.overlap())).toEqual([2, 2, 2, 2])
  })

  test('a tensor too large for the device is refused by name of the limit', async () => {
    expect(await open.page.evaluate(() => engine.uploadTooMuch())).toMatch(
      /^RuntimeError: webgpu: a tensor \[1048576,1048576\] has \d+ bytes, this device allows \d+/,
    )
  })

  test('a lost device fails every use with a RuntimeError, and a new runtime works', async () => {
    const { errors, afterwards } = await open.page.evaluate(() => engine.loseDevice())
    expect(Object.keys(errors)).toEqual(['run', 'upload', 'download'])
    for (const [use, error] of Object.entries(errors)) {
      expect(error, use).toMatch(
        /^RuntimeError: webgpu: the GPU device was lost \(.+\); start again/,
      )
    }
    expect(afterwards).toBe(2)
  })
})
