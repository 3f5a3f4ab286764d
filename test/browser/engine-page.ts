/** Runs inside Chromium: the engine on WebGPU, measured. The tests assert. */
import type { PlanarImage } from '../../src/engine/image.ts'
import type { LossForm } from '../../src/engine/losses/form.ts'
import {
  type ObjectiveSpec,
  objectiveGraph,
  targetGraph,
} from '../../src/engine/losses/objective.ts'
import { makeGraphVectors } from '../../src/engine/runtime/graph-vectors.ts'
import { createWebRuntime } from '../../src/engine/runtime/ort-web.ts'
import type { DeviceTensor, Runtime } from '../../src/engine/runtime/runtime.ts'
import { stylize } from '../../src/engine/stylize.ts'
import { makeNetwork } from '../../src/engine/vgg/features.ts'
import { type Golden, loadGolden, objectiveDeviations } from '../golden-cases.ts'

const fetchBytes = async (path: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(path)).arrayBuffer())
const fetchJson = async (path: string) => (await fetch(path)).json()

const wasmBinary = fetchBytes('/ort.wasm')
const golden: Promise<Golden> = (async () =>
  loadGolden({
    images: await fetchBytes('/images.safetensors'),
    gradients: await fetchBytes('/gradients.safetensors'),
    vgg19Tiny: await fetchBytes('/vgg19-tiny.safetensors'),
    features: { features: {} },
    objectives: await fetchJson('/objectives.json'),
  }))()

async function withRuntime<T>(
  use: (runtime: Runtime) => Promise<T>,
  {
    device = 'webgpu',
    isVerbose = false,
  }: { device?: 'webgpu' | 'wasm'; isVerbose?: boolean } = {},
): Promise<T> {
  const runtime = await createWebRuntime({
    device,
    wasmBinary: await wasmBinary,
    logSeverityLevel: isVerbose ? 0 : 3,
  })
  try {
    return await use(runtime)
  } finally {
    await runtime.release()
  }
}

export interface Variant {
  readonly pooling: 'average' | 'max'
  readonly padding: 'zeros' | 'replicate'
  readonly form: LossForm
  readonly asShown: boolean
}

const SIZE = { width: 48, height: 33 }

async function specOf({ pooling, padding, form, asShown }: Variant): Promise<ObjectiveSpec> {
  const { vgg19Tiny } = await golden
  return {
    ...SIZE,
    network: makeNetwork(vgg19Tiny, pooling, padding),
    form,
    contentLayers: ['relu4_2'],
    styleLayers: ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'],
    asShown,
  }
}

/** Values in [−0.1, 1.1], the same on every call. */
function noise(count: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state / 2 ** 32) * 1.2 - 0.1
  })
}

const imageShape = [1, 3, SIZE.height, SIZE.width]
const valueCount = 3 * SIZE.height * SIZE.width

/** Terms and gradient of one image against the targets of another. */
async function evaluate(runtime: Runtime, spec: ObjectiveSpec) {
  const targets = await runtime.compile(targetGraph(spec))
  const objective = await runtime.compile(objectiveGraph(spec), { readBack: ['terms'] })
  const other = runtime.upload(noise(valueCount, 1), imageShape)
  const { norms, ...targetTensors } = (await targets.run({ image: other })).device
  const termCount = spec.contentLayers.length + spec.styleLayers.length + (spec.asShown ? 2 : 1)
  const image = runtime.upload(noise(valueCount, 2), imageShape)
  const { host, device } = await objective.run({
    image,
    ...targetTensors,
    coefficients: new Float32Array(termCount).fill(1),
  })
  const result = { terms: [...host.terms!], gradient: await runtime.download(device.gradient!) }
  for (const tensor of [other, image, norms!, ...Object.values({ ...targetTensors, ...device })]) {
    tensor.release()
  }
  await targets.release()
  await objective.release()
  return result
}

const largestRelative = (actual: readonly number[], expected: readonly number[]): number =>
  Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value) / Math.abs(value)))

function relativeDistance(actual: Float32Array, expected: Float32Array): number {
  let difference = 0
  let norm = 0
  expected.forEach((value, i) => {
    difference += (actual[i]! - value) ** 2
    norm += value ** 2
  })
  return Math.sqrt(difference / norm)
}

/** A vector space on the device beside plain arrays. */
async function compareVectors(runtime: Runtime): Promise<Record<string, number>> {
  const space = makeGraphVectors(runtime, imageShape)
  const arrays = [3, 4, 5, 6, 7].map((seed) => noise(valueCount, seed))
  const vectors = arrays.map((array) => runtime.upload(array, imageShape))
  const read = (vector: DeviceTensor): Promise<Float32Array> => runtime.download(vector)
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((total, value, i) => total + value * y[i]!, 0)

  const products = await space.products(vectors.slice(0, 2), vectors)
  const expectedProducts = arrays.slice(0, 2).map((x) => arrays.map((y) => dot(x, y)))
  const coefficients = [0.5, -2, 3, 1, -1]
  const combined = await space.combine(coefficients, vectors)
  const sum = await space.sumAbs(vectors[0]!)
  const rates = { beta1: 0.9, beta2: 0.99, stepSize: 0.02, secondScale: 1.5, epsilon: 1e-8 }
  const second = await space.combine([1], [runtime.upload(arrays[2]!.map(Math.abs), imageShape)])
  const next = await space.adam(
    { iterate: vectors[0]!, first: vectors[1]!, second, gradient: vectors[3]! },
    rates,
  )
  const expectedFirst = arrays[1]!.map((m, i) => 0.9 * m + 0.1 * arrays[3]![i]!)
  const expectedSecond = arrays[2]!.map((v, i) => 0.99 * Math.abs(v) + 0.01 * arrays[3]![i]! ** 2)
  const expectedIterate = arrays[0]!.map(
    (x, i) => x - (0.02 * expectedFirst[i]!) / (Math.sqrt(expectedSecond[i]!) * 1.5 + 1e-8),
  )
  const result = {
    products: largestRelative(products.flat(), expectedProducts.flat()),
    combine: relativeDistance(
      await read(combined),
      arrays[0]!.map((_, i) => arrays.reduce((total, x, k) => total + coefficients[k]! * x[i]!, 0)),
    ),
    sumAbs: largestRelative([sum], [arrays[0]!.reduce((total, x) => total + Math.abs(x), 0)]),
    adamIterate: relativeDistance(await read(next.iterate), expectedIterate),
    adamFirst: relativeDistance(await read(next.first), expectedFirst),
    adamSecond: relativeDistance(await read(next.second), expectedSecond),
  }
  await space.release()
  return result
}

export const engine = {
  description: () => withRuntime(async ({ description }) => description),

  goldenDeviations: (caseName: string) =>
    withRuntime(async (runtime) => objectiveDeviations(runtime, await golden, caseName)),

  /** How far WebGPU is from wasm. */
  async variantDeviations(variant: Variant) {
    const spec = await specOf(variant)
    const onWebGpu = await withRuntime((runtime) => evaluate(runtime, spec))
    const onWasm = await withRuntime((runtime) => evaluate(runtime, spec), { device: 'wasm' })
    return {
      terms: largestRelative(onWebGpu.terms, onWasm.terms),
      gradient: relativeDistance(onWebGpu.gradient, onWasm.gradient),
    }
  },

  vectorDeviations: () => withRuntime(compareVectors),

  /** Only so that ONNX Runtime prints where it placed the nodes. */
  async placeObjective(variant: Variant) {
    const spec = await specOf(variant)
    await withRuntime(
      async (runtime) => {
        const graphs = [targetGraph(spec), objectiveGraph(spec)]
        for (const graph of graphs) await (await runtime.compile(graph)).release()
      },
      { isVerbose: true },
    )
  },

  /** Only so that ONNX Runtime prints where it placed the nodes. */
  async placeVectors() {
    await withRuntime(compareVectors, { isVerbose: true })
  },

  /** Total loss per evaluation, and the extremes of the picture. */
  async stylizeLosses(optimizer: 'lbfgs' | 'adam') {
    const { content, style, vgg19Tiny } = await golden
    return withRuntime(async (runtime) => {
      const small: PlanarImage = { ...SIZE, height: 32, data: content.data.slice(0, 3 * 48 * 32) }
      const { evaluations, image } = await stylize(
        small,
        [{ image: style, weight: 1 }],
        { size: 48, minScale: 48, iterations: [6], optimizer },
        { runtime, model: vgg19Tiny },
      )
      return {
        losses: evaluations.map(({ total }) => total),
        width: image.width,
        height: image.height,
        lowest: Math.min(...image.data),
        highest: Math.max(...image.data),
      }
    })
  },

  /** What is thrown by the run after the one during which the device went away. */
  async errorAfterLoss() {
    const adapter = await navigator.gpu.requestAdapter()
    const gpuDevice = await adapter!.requestDevice()
    const runtime = await createWebRuntime({
      device: 'webgpu',
      wasmBinary: await wasmBinary,
      gpuDevice,
    })
    const space = makeGraphVectors(runtime, [4, 4])
    const vector = runtime.upload(new Float32Array(16).fill(1), [4, 4])
    await space.sumAbs(vector)
    gpuDevice.destroy()
    await gpuDevice.lost
    const codes: string[] = []
    for (const call of [() => space.sumAbs(vector), () => runtime.download(vector)]) {
      try {
        await call()
        codes.push('nothing was thrown')
      } catch (error) {
        const { name, message } = error as Error
        codes.push(`${name}: ${message}`)
      }
    }
    return codes
  },
}

Object.assign(globalThis, { engine })
