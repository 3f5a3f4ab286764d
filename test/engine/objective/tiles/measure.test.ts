import { afterAll, describe, expect, test } from 'vitest'
import { CancelledError } from '../../../../src/engine/errors.ts'
import type { ObjectiveSpec } from '../../../../src/engine/objective/losses/objective.ts'
import { STYLE_LOSSES } from '../../../../src/engine/objective/losses/style.ts'
import { makeRegionMasks } from '../../../../src/engine/objective/region-masks.ts'
import {
  measureContentTiled,
  measureStyleTiled,
} from '../../../../src/engine/objective/tiles/measure.ts'
import { measureContentWhole, measureStyleWhole } from '../../../../src/engine/objective/whole.ts'
import { createNodeRuntime } from '../../../../src/engine/runtime/ort-node.ts'
import type { Runtime } from '../../../../src/engine/runtime/runtime.ts'
import { makeNetwork } from '../../../../src/engine/vgg/features.ts'
import { readGolden } from '../../../golden-files.ts'
import { makeCountingRuntime } from '../../../reference/counting-runtime.ts'
import { samplePicture } from './comparison.ts'

const cpu = createNodeRuntime({ device: 'cpu' })
afterAll(() => cpu.release())
const { vgg19Tiny } = await readGolden({ withVgg16: false })

const spec: ObjectiveSpec = {
  width: 205,
  height: 187,
  network: makeNetwork(vgg19Tiny, 'average', 'replicate'),
  form: 'normalised',
  contentLayers: ['relu2_2', 'relu4_2'],
  styleLayers: ['relu1_1', 'relu3_1', 'relu4_1'],
  styleLoss: 'gram',
  regions: 0,
  asShown: true,
  precision: 'float32',
}
const image = samplePicture(spec.width, spec.height, { seed: 4 })
const tile = { width: 120, height: 140 }

// float32; where a convolution's sums are split differently the last bits differ.
const TOLERANCE = 1e-5

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length)
  const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
  const worst = expected.reduce((max, v, i) => Math.max(max, Math.abs(actual[i]! - v)), 0)
  expect(worst / scale).toBeLessThan(TOLERANCE)
}

test('content features of a picture in tiles are those of the whole, and so are their norms', async () => {
  const runtime = makeCountingRuntime(cpu)
  const whole = await measureContentWhole(cpu, spec, image)
  const tiled = await measureContentTiled(runtime, spec, image, tile)
  expect([...tiled.keys()]).toEqual(spec.contentLayers)
  expect(runtime.liveTensors()).toBe(spec.contentLayers.length)
  for (const [layer, { features, squaredNorm }] of tiled) {
    const expected = whole.get(layer)!
    expect(features.shape).toEqual(expected.features.shape)
    expectClose(await runtime.download(features), await cpu.download(expected.features))
    expect(Math.abs(squaredNorm / expected.squaredNorm - 1)).toBeLessThan(TOLERANCE)
    features.release()
  }
  expect(runtime.liveTensors()).toBe(0)
  expect(runtime.livePrograms()).toBe(0)
})

const makeMask = (valueAt: (i: number) => number) => {
  const { width, height } = spec
  const data = Float32Array.from({ length: width * height }, (_, i) => valueAt(i))
  return makeRegionMasks([{ width, height, data }], spec)
}
/** A soft edge across the image. */
const mask = makeMask((i) =>
  Math.min(1, Math.max(0, ((i % spec.width) + i / spec.width - 150) / 90)),
)

describe.each(STYLE_LOSSES)('moments for the %s loss', (styleLoss) => {
  test.each([
    ['all of a picture', undefined],
    ['what a mask leaves of it', mask],
  ])('of %s, in tiles, are those at once', async (_, mask) => {
    const runtime = makeCountingRuntime(cpu)
    const sized = { ...spec, styleLoss }
    const whole = await measureStyleWhole(cpu, sized, image, mask)
    const tiled = await measureStyleTiled(runtime, sized, image, tile, mask)
    expect([...tiled.keys()]).toEqual(spec.styleLayers)
    for (const [layer, { second, mean }] of tiled) {
      const expected = whole.get(layer)!
      expectClose(second, expected.second)
      expect(mean === undefined).toBe(styleLoss === 'gram')
      if (mean) expectClose(mean, expected.mean!)
    }
    expect(runtime.liveTensors()).toBe(0)
    expect(runtime.livePrograms()).toBe(0)
  })
})

test('a mask that is 1 everywhere changes no moment', async () => {
  const sized = { ...spec, styleLoss: 'covariance' as const }
  const masked = await measureStyleWhole(
    cpu,
    sized,
    image,
    makeMask(() => 1),
  )
  for (const [layer, { second, mean }] of await measureStyleWhole(cpu, sized, image)) {
    expectClose(masked.get(layer)!.second, second)
    expectClose(masked.get(layer)!.mean!, mean!)
  }
})

type Measuring = [runtime: Runtime, signal: AbortSignal]

test.each([
  [
    'content in tiles',
    (...[runtime, signal]: Measuring) => measureContentTiled(runtime, spec, image, tile, signal),
  ],
  [
    'styles in tiles',
    (...[runtime, signal]: Measuring) =>
      measureStyleTiled(runtime, spec, image, tile, undefined, signal),
  ],
])('measuring %s ends between two tiles when the user cancels', async (_, measure) => {
  const cancelling = new AbortController()
  let runs = 0
  const runtime = makeCountingRuntime({
    ...cpu,
    async compile(...given) {
      const program = await cpu.compile(...given)
      return {
        ...program,
        run(...inputs) {
          runs++
          cancelling.abort()
          return program.run(...inputs)
        },
      }
    },
  })
  const measured = measure(runtime, cancelling.signal)
  await expect(measured).rejects.toThrow(CancelledError)
  expect(runs).toBe(1)
  expect(runtime.liveTensors()).toBe(0)
  expect(runtime.livePrograms()).toBe(0)
})

test.each([
  [
    'content',
    (...[runtime, signal]: Measuring) => measureContentWhole(runtime, spec, image, signal),
  ],
  [
    'styles',
    (...[runtime, signal]: Measuring) => measureStyleWhole(runtime, spec, image, undefined, signal),
  ],
])('measuring %s at once prepares nothing after the user cancelled', async (_, measure) => {
  const runtime = makeCountingRuntime(cpu)
  const measured = measure(runtime, AbortSignal.abort())
  await expect(measured).rejects.toThrow(CancelledError)
  expect(runtime.livePrograms()).toBe(0)
})
