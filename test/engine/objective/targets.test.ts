import { afterAll, describe, expect, test } from 'vitest'
import { CancelledError } from '../../../src/engine/errors.ts'
import type { StyleRegion } from '../../../src/engine/input/regions.ts'
import type { Targets } from '../../../src/engine/objective/evaluator.ts'
import { type ObjectiveSpec, termNames } from '../../../src/engine/objective/losses/objective.ts'
import { STYLE_LOSSES } from '../../../src/engine/objective/losses/style.ts'
import {
  coefficientsFor,
  measureTargets,
  regionCount,
  styleSize,
} from '../../../src/engine/objective/targets.ts'
import { resolveOptions } from '../../../src/engine/options.ts'
import type { Mask, PlanarImage } from '../../../src/engine/picture/image.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import type { Runtime } from '../../../src/engine/runtime/runtime.ts'
import { makeNetwork } from '../../../src/engine/vgg/features.ts'
import { readGolden } from '../../golden-files.ts'
import { makeCountingRuntime } from '../../reference/counting-runtime.ts'

const { content, style, vgg19Tiny } = await readGolden({ withVgg16: false })
const cpu: Runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => cpu.release())

const { width, height } = content
const settings = resolveOptions({ contentWeight: 0, styleLayers: ['relu1_1', 'relu3_1'] })

/** The left of the content, or the right, to this much. */
const half = (side: 'left' | 'right', amount = 1): Mask => ({
  width,
  height,
  data: Float32Array.from({ length: width * height }, (_, i) =>
    i % width < width / 2 === (side === 'left') ? amount : 0,
  ),
})

const flat = (colour: readonly number[], alpha?: Float32Array): PlanarImage => ({
  width: 40,
  height: 40,
  data: Float32Array.from({ length: 4800 }, (_, i) => colour[Math.floor(i / 1600)]!),
  alpha,
})

interface MeasureOptions {
  readonly runtime?: typeof cpu
  readonly styleLoss?: ObjectiveSpec['styleLoss']
  readonly size?: { readonly width: number; readonly height: number }
  readonly signal?: AbortSignal
}

async function measure(
  regions: readonly StyleRegion[],
  { runtime = cpu, styleLoss = 'gram', size = content, signal }: MeasureOptions = {},
): Promise<{ spec: ObjectiveSpec; targets: Targets; coefficients: Record<string, number> }> {
  const spec: ObjectiveSpec = {
    width: size.width,
    height: size.height,
    network: makeNetwork(vgg19Tiny, 'average', 'replicate'),
    form: 'normalised',
    contentLayers: [],
    styleLayers: settings.styleLayers,
    styleLoss,
    regions: regionCount(regions),
    asShown: true,
    precision: 'float32',
  }
  const targets = await measureTargets({
    runtime,
    spec,
    content: () => content,
    regions,
    longEdge: size.width,
    settings,
    signal,
  })
  const values = coefficientsFor(spec, settings, targets)
  const coefficients = Object.fromEntries(termNames(spec).map((name, i) => [name, values[i]!]))
  return { spec, targets, coefficients }
}

const styles = [{ image: style, weight: 1 }]

describe('a region weighs by its share', () => {
  test('so that regions that cover the picture weigh together what one does, less their seams', async () => {
    const whole = (await measure([{ styles }])).coefficients
    const parts = (
      await measure([
        { styles, coverage: half('left', 0.75) },
        { styles, coverage: half('left', 0.25) },
        { styles, coverage: half('right') },
      ])
    ).coefficients
    const shares = (layer: string) =>
      [1, 2, 3].map((r) => parts[`style.${layer}.${r}`]! / whole[`style.${layer}`]!)
    const [first, second, third] = shares('relu1_1')
    // Coefficients are float32.
    expect(first! + second! + third!).toBeCloseTo(1, 5)
    expect(first! / second!).toBeCloseTo(3, 5)
    const deep = shares('relu3_1').reduce((a, b) => a + b)
    expect(deep).toBeLessThan(1)
    expect(deep).toBeGreaterThan(0.6)
  })

  test('of the picture, so that what is not painted does not make the rest weigh more', async () => {
    const whole = (await measure([{ styles }])).coefficients
    const part = (await measure([{ styles, coverage: half('left') }])).coefficients
    const share = (term: string) => part[term]! / whole[term]!
    expect(share('style.relu1_1')).toBeCloseTo(0.5, 5)
    // Of 8 columns of cells the one at the seam sees too much of the right.
    expect(share('style.relu3_1')).toBeCloseTo(0.5 * (7 / 8), 5)
  })

  test('and an even strength, which blends afterwards, leaves the weights as they are', async () => {
    const full = (await measure([{ styles, coverage: half('left') }])).coefficients
    const faint = (await measure([{ styles, coverage: half('left', 0.25) }])).coefficients
    for (const layer of settings.styleLayers) {
      expect(faint[`style.${layer}`]! / full[`style.${layer}`]!).toBeCloseTo(1, 5)
    }
  })

  test('which is nothing where poolings drop all of it', async () => {
    const size = { width: 63, height: 47 }
    const column = (x: number): Mask => ({
      ...size,
      data: Float32Array.from({ length: 63 * 47 }, (_, i) => (i % 63 === x ? 1 : 0)),
    })
    const regions = [20, 62].map((x) => ({ styles, coverage: column(x) }))
    const { coefficients } = await measure(regions, { size })
    expect(coefficients['style.relu1_1.2']).toBeGreaterThan(0)
    expect(coefficients['style.relu3_1.1']).toBeGreaterThan(0)
    // The last of 63 columns is none of 15 cells of 4.
    expect(coefficients['style.relu3_1.2']).toBe(0)
  })
})

describe.each(STYLE_LOSSES)('targets of the %s loss', (styleLoss) => {
  const matrixOf = async (given: readonly StyleRegion['styles'][number][]) => {
    const { targets } = await measure([{ styles: given }], { styleLoss })
    return targets.style.get('style.relu3_1')!
  }

  test('of one image blended with itself are its own', async () => {
    const [once, twice] = [
      await matrixOf(styles),
      await matrixOf([
        { image: style, weight: 1 },
        { image: style, weight: 3 },
      ]),
    ]
    const largest = Math.max(...once.matrix.map(Math.abs))
    once.matrix.forEach((value, i) => {
      expect(Math.abs(twice.matrix[i]! - value) / largest).toBeLessThan(1e-5)
    })
  })

  test('are of what is visible of a style', async () => {
    const half = Float32Array.from({ length: 1600 }, (_, i) => (i % 40 < 20 ? 1 : 0))
    const left = flat([0.9, 0.2, 0.1])
    const image = {
      ...left,
      data: left.data.map((value, i) => (i % 40 < 20 ? value : 0.1)),
      alpha: half,
    }
    const distance = (a: Float32Array, b: Float32Array): number =>
      Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))
    const visible = (await matrixOf([{ image, weight: 1 }])).matrix
    const all = (await matrixOf([{ image: { ...image, alpha: undefined }, weight: 1 }])).matrix
    const wanted = (await matrixOf([{ image: left, weight: 1 }])).matrix
    expect(distance(visible, wanted)).toBeLessThan(0.7 * distance(all, wanted))
  })
})

test('nothing is left on the device, and a cancelled user waits for nothing', async () => {
  const runtime = makeCountingRuntime(cpu)
  await measure([{ styles, coverage: half('left') }], { runtime })
  expect([runtime.liveTensors(), runtime.livePrograms()]).toEqual([0, 0])
  const cancelled = measure([{ styles }], { runtime, signal: AbortSignal.abort() })
  await expect(cancelled).rejects.toThrow(CancelledError)
  expect([runtime.liveTensors(), runtime.livePrograms()]).toEqual([0, 0])
})

test('a style is looked at larger or smaller than the others by its own scale', () => {
  const image = { width: 200, height: 100 }
  const size = (scale?: number) => styleSize({ image, scale }, 512, { styleScale: 0.5 })
  expect(size()).toEqual({ width: 256, height: 128 })
  expect(size(2)).toEqual({ width: 512, height: 256 })
  expect(size(0.25)).toEqual({ width: 64, height: 32 })
})
