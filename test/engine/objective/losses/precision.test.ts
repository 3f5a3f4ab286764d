import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { topologicalOrder } from '../../../../src/engine/graph/node.ts'
import { contentCoefficient } from '../../../../src/engine/objective/losses/content.ts'
import {
  contentTerm,
  type ObjectiveSpec,
  objectiveGraph,
  type Precision,
} from '../../../../src/engine/objective/losses/objective.ts'
import { styleCoefficient } from '../../../../src/engine/objective/losses/style.ts'
import type { PlanarImage } from '../../../../src/engine/picture/image.ts'
import { createNodeRuntime } from '../../../../src/engine/runtime/ort-node.ts'
import { createWasmRuntime } from '../../../../src/engine/runtime/ort-wasm.ts'
import type { DeviceTensor, Runtime } from '../../../../src/engine/runtime/runtime.ts'
import { makeNetwork } from '../../../../src/engine/vgg/features.ts'
import { objectiveCases, objectiveDeviations } from '../../../golden-cases.ts'
import { readGolden } from '../../../golden-files.ts'
import { roundingRuntime } from '../../../reference/rounding-runtime.ts'
import { targetGraph } from '../../../reference/target-graph.ts'

const golden = await readGolden({ withVgg16: true })
const plain = createNodeRuntime({ device: 'cpu' })
const rounding = roundingRuntime(plain)
afterAll(() => plain.release())

const LOSSES = 1e-2
// ReLU and max pooling switch on what float16 rounds. |g − g*| ≤ 0.03·|g*| means a cosine of 0.9995.
const GRADIENT = 0.03

test.each(objectiveCases(golden))(
  'losses and gradient of %s in float16 agree with PyTorch',
  async (name) => {
    const { gradient, ...losses } = await objectiveDeviations(rounding, golden, name, 'float16')
    for (const [term, deviation] of Object.entries(losses)) {
      expect(deviation, term).toBeLessThan(LOSSES)
    }
    expect(gradient, 'gradient').toBeLessThan(GRADIENT)
  },
)

test('float16 runs on the CPU and on wasm as it is, in wider numbers', async () => {
  const wasmBinary = await readFile(
    fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')),
  )
  const wasm = await createWasmRuntime(wasmBinary)
  for (const runtime of [plain, wasm]) {
    const name = 'vgg19-tiny-normalised-avg-zeros'
    const { gradient, total } = await objectiveDeviations(runtime, golden, name, 'float16')
    expect(total).toBeLessThan(LOSSES)
    expect(gradient).toBeLessThan(GRADIENT)
  }
  await wasm.release()
})

const FIVE = ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1']

const specOf = ({ width, height }: PlanarImage, precision: Precision): ObjectiveSpec => ({
  width,
  height,
  // The checker is full of equal maxima, and last digits decide to which of them a gradient goes: both
  // precisions are computed in one way, which for float16 is the direct one.
  network: makeNetwork(golden.vgg16!, 'max', 'replicate', 'direct'),
  form: 'normalised',
  contentLayers: ['relu4_2'],
  styleLayers: FIVE,
  styleLoss: 'gram',
  regions: 0,
  asShown: true,
  precision,
})

interface Weights {
  readonly content: number
  readonly style: number
  readonly tv: number
}

/** Losses and gradient of `x`, an image like `content`. */
async function evaluate(
  runtime: Runtime,
  precision: Precision,
  [content, style, x]: readonly [PlanarImage, PlanarImage, PlanarImage],
  weights: Weights,
) {
  const upload = (image: PlanarImage): DeviceTensor =>
    runtime.upload(image.data, [1, 3, image.height, image.width])
  const measure = async (spec: ObjectiveSpec, image: PlanarImage, readBack: string[]) => {
    const program = await runtime.compile(targetGraph(spec), { readBack })
    const result = await program.run({ image: upload(image) })
    await program.release()
    return result
  }
  const spec = specOf(content, precision)
  const ofContent = await measure({ ...spec, styleLayers: [] }, content, ['norms'])
  const grams = FIVE.map((layer) => `style.${layer}`)
  const ofStyle = await measure({ ...specOf(style, precision), contentLayers: [] }, style, grams)
  const target = ofContent.device[contentTerm('relu4_2')]!
  expect(target.dtype).toBe(precision)

  const shape = target.shape
  const squaredNorm = (values: Float32Array) => values.reduce((sum, v) => sum + v * v, 0)
  const coefficients = [
    weights.content *
      contentCoefficient('normalised', {
        shape,
        targetSquaredNorm: ofContent.host.norms![0]!,
        layerCount: 1,
      }),
    ...grams.map((name) => {
      const gram = ofStyle.host[name]!
      const layer = { channels: Math.sqrt(gram.length), targetSquaredNorm: squaredNorm(gram) }
      return weights.style * styleCoefficient('normalised', { ...layer, layerCount: 5 })
    }),
    weights.tv / content.data.length,
    0,
  ]
  const program = await runtime.compile(objectiveGraph(spec), { readBack: ['terms', 'gradient'] })
  const { host } = await program.run({
    image: upload(x),
    [contentTerm('relu4_2')]: target,
    ...ofStyle.host,
    coefficients: Float32Array.from(coefficients),
  })
  await program.release()
  return { terms: [...host.terms!], gradient: host.gradient! }
}

const dot = (x: Float32Array, y: Float32Array): number =>
  x.reduce((sum, value, i) => sum + value * y[i]!, 0)

async function expectAgreement(
  images: readonly [PlanarImage, PlanarImage, PlanarImage],
  weights: Weights,
) {
  const exact = await evaluate(plain, 'float32', images, weights)
  const half = await evaluate(rounding, 'float16', images, weights)
  half.terms.forEach((term, i) => {
    const expected = exact.terms[i]!
    expect(Math.abs(term - expected), `term ${i}`).toBeLessThanOrEqual(LOSSES * expected + 1e-6)
  })
  expect(half.gradient.every(Number.isFinite)).toBe(true)
  const norm = Math.sqrt(dot(half.gradient, half.gradient))
  const expected = Math.sqrt(dot(exact.gradient, exact.gradient))
  expect(Math.abs(norm / expected - 1), 'length of the gradient').toBeLessThan(0.01)
  const cosine = dot(half.gradient, exact.gradient) / norm / expected
  expect(cosine, 'cosine of the gradients').toBeGreaterThan(0.999)
}

/** Long edge 256 px. */
async function readPicture(path: string): Promise<PlanarImage> {
  const { data, info } = await sharp(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)))
    .resize(256, 256, { fit: 'inside' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const pixels = info.width * info.height
  const at = (i: number): number => data[(i % pixels) * 3 + Math.floor(i / pixels)]! / 255
  const values = Float32Array.from({ length: 3 * pixels }, (_, i) => at(i))
  return { width: info.width, height: info.height, data: values }
}

/** Black and white squares of 8 px: the highest contrast. */
const checker = ({ width, height, data }: PlanarImage): PlanarImage => {
  const black = (i: number): number =>
    (Math.floor((i % width) / 8) + Math.floor((Math.floor(i / width) % height) / 8)) % 2
  return { width, height, data: data.map((_, i) => black(i)) }
}

describe('with VGG16 at 256 px, float16 is within 1 % of float32', () => {
  const weights = { content: 4, style: 50, tv: 60 }

  test('from a photograph', async () => {
    const photograph = await readPicture('samples/mountains.jpg')
    const style = await readPicture('styles/mosaic.jpg')
    await expectAgreement([photograph, style, photograph], weights)
  })

  test('from a checker of black and white, at weights of a thousand million', async () => {
    const photograph = await readPicture('samples/dogs.jpg')
    const style = await readPicture('styles/ink.jpg')
    const heavy = { content: 4e9, style: 50e9, tv: 0 }
    await expectAgreement([photograph, style, checker(photograph)], heavy)
  })
})

test('an image that is its own content and has no style has a gradient of 0', async () => {
  const images = [golden.content, golden.style, golden.content] as const
  const weights = { content: 1, style: 0, tv: 0 }
  const { terms, gradient } = await evaluate(rounding, 'float16', images, weights)
  for (const value of [...terms, ...gradient]) expect(value + 0).toBe(0)
})

test('every convolution of a float16 objective is in float16, its Gram sums in float32', () => {
  const graphs = [objectiveGraph, targetGraph].map((make) => make(specOf(golden.x, 'float16')))
  for (const { outputs } of graphs) {
    const nodes = topologicalOrder(Object.values(outputs))
    const convolutions = nodes.filter(({ op }) => op === 'conv')
    expect(convolutions.length).toBeGreaterThanOrEqual(11)
    for (const { inputs, dtype } of convolutions) {
      expect([dtype, ...inputs.map((input) => input.dtype)]).not.toContain('float32')
    }
    const sums = nodes.filter(({ op }) => op === 'gram' || op === 'sum')
    for (const { dtype } of sums) expect(dtype).toBe('float32')
  }
})
