import { afterAll, describe, expect, test } from 'vitest'
import type { StylizeOptions } from '../../src/engine/options.ts'
import type { StylizeResult } from '../../src/engine/output/result.ts'
import type { PlanarImage } from '../../src/engine/picture/image.ts'
import { createNodeRuntime } from '../../src/engine/runtime/ort-node.ts'
import { type StylizeContext, stylize } from '../../src/engine/stylize.ts'
import { readGolden } from '../golden-files.ts'

const { content, style, vgg19Tiny: model } = await readGolden({ withVgg16: false })
const runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => runtime.release())

/** 32, 45 and 64 px. Losses of a picture moved by a pixel do not compare with those of the next run. */
const SCALES = {
  ...{ size: 64, minScale: 32, scaleRatio: Math.SQRT2, iterations: [6, 5, 8] },
  shiftShare: 0,
} as const

const paint = (
  options: Partial<StylizeOptions> = {},
  context: Partial<StylizeContext> = {},
): Promise<StylizeResult> =>
  stylize(
    content,
    [{ image: style, weight: 1 }],
    { ...SCALES, ...options },
    {
      runtime,
      model,
      ...context,
    },
  )

const goOnFrom = (initImage: PlanarImage, options: Partial<StylizeOptions> = {}) =>
  paint({ ...options, init: 'image' }, { initImage })

const planned = ({ plan }: StylizeResult) =>
  plan.scales.map(({ longEdge, iterations }) => [longEdge, iterations])

describe('a run that goes on from a picture', () => {
  test('leaves out the scales that are coarser, and the others keep their iterations', async () => {
    const first = await paint()
    expect(planned(first)).toEqual([
      [32, 6],
      [45, 5],
      [64, 8],
    ])
    const stop = new AbortController()
    const stopped = await paint({}, { stop: stop.signal, onProgress: () => stop.abort() })
    expect(stopped.image.width).toBe(32)
    expect(planned(await goOnFrom(stopped.image))).toEqual(planned(first))
    const middle = { ...stopped.image, width: 45, height: 34, data: new Float32Array(4590) }
    expect(planned(await goOnFrom(middle))).toEqual([
      [45, 5],
      [64, 8],
    ])
    expect(planned(await goOnFrom(first.image))).toEqual([[64, 8]])
    expect(planned(await goOnFrom(first.image, { size: 45 }))).toEqual([[45, 5]])
  })

  test('leaves out their depths as well', async () => {
    const options = { styleDepth: [3, 2, 1] }
    const { image, plan } = await paint(options)
    const again = await goOnFrom(image, options)
    expect(again.plan.scales[0]!.styleLayers).toEqual(plan.scales[2]!.styleLayers)
    expect(again.plan.scales[0]!.styleLayers).toEqual(['relu1_1'])
  })

  test.each<[string, Partial<StylizeOptions>]>([
    ['as it comes', {}],
    ['with Adam', { optimizer: 'adam' }],
    ['in matched colours', { colors: 'content-match' }],
    ['without a seam', { padding: 'wrap' }],
  ])('begins at the loss at which that ended, %s, and ends below', async (_, options) => {
    const settings = { iterations: [6, 5, 40], ...options }
    const first = await paint(settings)
    const second = await goOnFrom(first.image, settings)
    const start = second.evaluations[0]!.total
    expect(start).toBeLessThan(1.02 * first.total)
    expect(second.total).toBeLessThan(Math.min(first.total, start))
  })

  test('begins near that loss from what a file holds of it, in 8 bits', async () => {
    const first = await paint({ iterations: [6, 5, 40] })
    const data = first.image.data.map((value) => Math.round(value * 255) / 255)
    const second = await goOnFrom({ ...first.image, data })
    expect(second.evaluations[0]!.total).toBeLessThan(1.02 * first.total)
  })

  // What was painted in colour has lost it: its loss is another one than that of light alone.
  test('in the photograph’s colours begins nearer to the end than from the photograph', async () => {
    const settings = { colors: 'content-luminance', iterations: [6, 5, 40] } as const
    const first = await paint(settings)
    const fresh = await paint({ ...settings, minScale: 4096, iterations: [1] })
    const start = (await goOnFrom(first.image, settings)).evaluations[0]!.total
    expect(start - first.total).toBeLessThan((fresh.total - first.total) / 2)
  })
})
