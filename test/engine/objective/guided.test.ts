/** Runs with masked styles and with each style loss, from the outside. */

import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { StyleImage } from '../../../src/engine/input/regions.ts'
import { STYLE_LOSSES } from '../../../src/engine/objective/losses/style.ts'
import type { StylizeOptions } from '../../../src/engine/options.ts'
import type { StylizeResult } from '../../../src/engine/output/result.ts'
import type { Mask, PlanarImage } from '../../../src/engine/picture/image.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import { type StylizeContext, stylize } from '../../../src/engine/stylize.ts'
import { readGolden } from '../../golden-files.ts'
import { type CountingRuntime, makeCountingRuntime } from '../../reference/counting-runtime.ts'

const { content, style, vgg19Tiny: model } = await readGolden({ withVgg16: false })
const cpu = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => cpu.release())

let runtime: CountingRuntime
beforeEach(() => {
  runtime = makeCountingRuntime(cpu)
})

const SIZE = 64
/** A single scale, in layers whose tiles are small. */
const QUICK: Partial<StylizeOptions> = {
  size: SIZE,
  minScale: 4096,
  iterations: [8],
  contentLayers: ['relu2_1'],
  styleLayers: ['relu1_1', 'relu2_1'],
}

const paint = (
  styles: readonly StyleImage[],
  options: Partial<StylizeOptions> = {},
  context: Partial<StylizeContext> = {},
): Promise<StylizeResult> =>
  stylize(content, styles, { ...QUICK, ...options }, { runtime, model, ...context })

/** The left half of the content, 0, or the right one. */
const half = (side: number): Mask => ({
  width: content.width,
  height: content.height,
  data: Float32Array.from({ length: content.width * content.height }, (_, i) =>
    Math.floor((2 * (i % content.width)) / content.width) === side ? 1 : 0,
  ),
})

const flat = (colour: readonly number[]): PlanarImage => ({
  width: 40,
  height: 40,
  data: Float32Array.from({ length: 4800 }, (_, i) => colour[Math.floor(i / 1600)]!),
})

const other: PlanarImage = { ...style, data: style.data.map((value) => 1 - value) }
const halves = [
  { image: style, weight: 1, mask: half(0) },
  { image: other, weight: 1, mask: half(1) },
]

describe.each(STYLE_LOSSES)('with the %s loss', (styleLoss) => {
  test('a run lowers its loss, for one style everywhere and for two in halves', async () => {
    for (const styles of [[{ image: style, weight: 1 }], halves]) {
      const { evaluations, total } = await paint(styles, { styleLoss })
      expect(evaluations).toHaveLength(8)
      expect(total).toBeLessThan(0.9 * evaluations[0]!.total)
    }
    expect([runtime.liveTensors(), runtime.livePrograms()]).toEqual([0, 0])
  })

  test('a run in tiles starts with the losses of one at once', async () => {
    const one = { styleLoss, iterations: [1], init: 'random' } as const
    const whole = await paint(halves, one)
    const channels = Math.max(8, model.parameters.get('conv1_1')!.shape[0]!)
    // Not room enough for relu1_1 of the picture.
    const maxTensorBytes = 4 * channels * SIZE * (content.height / 2)
    const tiled = await paint(halves, one, { runtime: { ...runtime, maxTensorBytes } })
    expect(whole.plan.scales[0]!.tiles).toBe(1)
    expect(tiled.plan.scales[0]!.tiles).toBeGreaterThan(1)
    for (const [name, value] of Object.entries(whole.terms)) {
      // Float32; Wasserstein's terms are differences of traces, which loses digits.
      expect(Math.abs(tiled.terms[name]! / value - 1), name).toBeLessThan(1e-3)
    }
  })
})

test('terms of regions are named by layer and number, in the order of the styles', async () => {
  const { terms, total } = await paint(halves)
  expect(Object.keys(terms)).toEqual([
    'content.relu2_1',
    'style.relu1_1.1',
    'style.relu1_1.2',
    'style.relu2_1.1',
    'style.relu2_1.2',
    'tv',
  ])
  expect(total).toBe(Object.values(terms).reduce((a, b) => a + b, 0))
})

test('each half takes the colour of its own flat style', async () => {
  const colours = [
    [0.85, 0.2, 0.15],
    [0.1, 0.3, 0.8],
  ] as const
  const { image } = await paint(
    colours.map((colour, i) => ({ image: flat(colour), weight: 1, mask: half(i) })),
    // A flat colour has no covariance to go by.
    { contentWeight: 0.1, iterations: [60], styleLoss: 'gram' },
  )
  const { width, height, data } = image
  const meanOf = (first: number, last: number) =>
    [0, 1, 2].map((c) => {
      let sum = 0
      for (let y = 0; y < height; y++) {
        for (let x = first; x < last; x++) sum += data[(c * height + y) * width + x]!
      }
      return sum / height / (last - first)
    })
  const distance = (a: readonly number[], b: readonly number[]): number =>
    Math.hypot(...a.map((value, i) => value - b[i]!))
  const seam = 8
  for (const [own, mean] of [
    meanOf(0, width / 2 - seam),
    meanOf(width / 2 + seam, width),
  ].entries()) {
    const [wanted, unwanted] = [colours[own]!, colours[1 - own]!]
    expect(distance(mean, wanted)).toBeLessThan(0.5 * distance(mean, unwanted))
  }
})
