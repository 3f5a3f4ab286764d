import { afterAll, describe, expect, test } from 'vitest'
import type { StyleImage } from '../../../src/engine/input/regions.ts'
import type { StylizeOptions } from '../../../src/engine/options.ts'
import { colorMomentsOf, pooledMoments } from '../../../src/engine/picture/color-match.ts'
import { type Mask, noiseImage, type PlanarImage } from '../../../src/engine/picture/image.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import { type StylizeContext, stylize } from '../../../src/engine/stylize.ts'
import { makeCountingRuntime } from '../../reference/counting-runtime.ts'
import { makeTinyModel } from '../../reference/tiny-model.ts'

const model = makeTinyModel({ deepest: 'conv5_1' })
const cpu = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => cpu.release())
const runtime = makeCountingRuntime(cpu)

const WIDTH = 40
const HEIGHT = 32
const PIXELS = WIDTH * HEIGHT

/** Noise about a colour: far enough inside the range that no match clips. */
const about = (seed: number, colour: readonly number[], spread: number): PlanarImage => {
  const image = noiseImage(WIDTH, HEIGHT, seed)
  const data = image.data.map(
    (value, i) => colour[Math.floor(i / PIXELS)]! + spread * (value - 0.5),
  )
  return { ...image, data }
}
const content = about(1, [0.4, 0.5, 0.6], 0.3)
const warm = about(2, [0.7, 0.5, 0.3], 0.2)
const cold = about(3, [0.3, 0.5, 0.7], 0.1)
const leftHalf: Mask = { width: 2, height: 1, data: Float32Array.of(1, 0) }
const left: Mask = {
  width: WIDTH,
  height: HEIGHT,
  data: Float32Array.from({ length: PIXELS }, (_, i) => (i % WIDTH < WIDTH / 2 ? 1 : 0)),
}

const recolor = (
  styles: readonly StyleImage[],
  context: Partial<StylizeContext> = {},
  options: Partial<StylizeOptions> = {},
  image: PlanarImage = content,
) => stylize(image, styles, { colorsOnly: true, ...options }, { runtime, model, ...context })

const plain = (image: PlanarImage, weight = 1): StyleImage => ({ image, weight })

function expectMoments(
  got: ReturnType<typeof colorMomentsOf>,
  wanted: ReturnType<typeof colorMomentsOf>,
): void {
  for (const part of ['mean', 'covariance'] as const) {
    got[part].forEach((value, i) => {
      expect(Math.abs(value - wanted[part][i]!)).toBeLessThan(1e-4)
    })
  }
}

describe('colours alone', () => {
  test('give the photograph mean and covariance of the style’s, with nothing painted', async () => {
    const result = await recolor([plain(warm)])
    expectMoments(colorMomentsOf(result.image), colorMomentsOf(warm))
    expect([result.image.width, result.image.height]).toEqual([WIDTH, HEIGHT])
    expect(result.atContentSize()).toEqual(result.image)
    expect([result.isFinished, result.total, result.terms, result.evaluations]).toEqual([
      true,
      0,
      {},
      [],
    ])
    expect([result.plan.work, runtime.evaluations(), runtime.liveTensors()]).toEqual([0, 0, 0])
    expect(result.plan.scales.map(({ iterations }) => iterations)).toEqual([0])
  })

  test('of several styles are those of all side by side, by weight', async () => {
    const { image } = await recolor([
      plain(warm, 3),
      plain(cold, 1),
      plain(noiseImage(40, 32, 9), 0),
    ])
    const wanted = pooledMoments([
      { moments: colorMomentsOf(warm), weight: 3 },
      { moments: colorMomentsOf(cold), weight: 1 },
    ])
    expectMoments(colorMomentsOf(image), wanted)
  })

  test('go where the masks say', async () => {
    const { image } = await recolor([{ ...plain(warm), mask: left }, plain(cold)])
    expectMoments(colorMomentsOf(image, left.data), colorMomentsOf(warm))
    const right = left.data.map((value) => 1 - value)
    expectMoments(colorMomentsOf(image, right), colorMomentsOf(cold))
  })

  test('respect strength, and alpha to the bit', async () => {
    const alpha = Float32Array.from({ length: PIXELS }, (_, i) => (i < PIXELS / 4 ? 0 : 1))
    const { image } = await recolor(
      [plain(warm)],
      { strength: leftHalf },
      {},
      { ...content, alpha },
    )
    image.data.forEach((value, i) => {
      const isSpared = i % WIDTH > 0.75 * WIDTH || alpha[i % PIXELS] === 0
      if (isSpared) expect(value).toBe(content.data[i])
    })
    const counted = alpha.map((value, i) => (i % WIDTH < WIDTH / 4 ? value : 0))
    const [mean] = colorMomentsOf(image, counted).mean
    expect(mean).toBeCloseTo(0.7, 1)
  })

  test('count what is seen of a style, and read nothing that hides', async () => {
    const alpha = Float32Array.from({ length: PIXELS }, (_, i) => (i % 2 === 0 ? 1 : 0))
    const hidden = (colour: number): PlanarImage => ({
      ...warm,
      alpha,
      data: warm.data.map((value, i) => (alpha[i % PIXELS] === 0 ? colour : value)),
    })
    const [black, white] = [await recolor([plain(hidden(0))]), await recolor([plain(hidden(1))])]
    expect(white.image.data).toEqual(black.image.data)
    expectMoments(colorMomentsOf(black.image), colorMomentsOf(warm, alpha))
  })
})

describe('a style matched to the photograph', () => {
  const options = { size: 0, minScale: 4096, iterations: [1], init: 'image' } as const
  const styleLoss = async (styles: readonly StyleImage[], colors: StylizeOptions['colors']) => {
    const only = { ...options, contentWeight: 0, tvWeight: 0, styleLayers: ['relu1_1'], colors }
    const settings = { colorsOnly: false, ...only }
    return (await recolor(styles, { initImage: content }, settings)).total
  }

  test('is nearer to it than the style as it is, in each region', async () => {
    for (const styles of [[plain(warm)], [{ ...plain(warm), mask: left }, plain(cold)]] as const) {
      const [matched, given] = [
        await styleLoss(styles, 'content-match'),
        await styleLoss(styles, 'style'),
      ]
      // Noise of one colour statistic differs by its pixels alone.
      expect(matched).toBeLessThan(given / 20)
    }
  })
})
