/** Runs inside Chromium: the engine on WebGPU, measured. The tests assert. */

import * as b from '../../src/engine/graph/build.ts'
import { gradient } from '../../src/engine/graph/gradient.ts'
import { makeGraph } from '../../src/engine/graph/node.ts'
import { elementCount } from '../../src/engine/graph/tensor-type.ts'
import type { LossForm } from '../../src/engine/objective/losses/form.ts'
import { type ObjectiveSpec, objectiveGraph } from '../../src/engine/objective/losses/objective.ts'
import type { StyleLoss } from '../../src/engine/objective/losses/style.ts'
import { makeTiledEvaluator } from '../../src/engine/objective/tiles/evaluator.ts'
import { measureContentTiled } from '../../src/engine/objective/tiles/measure.ts'
import { tilePasses } from '../../src/engine/objective/tiles/passes.ts'
import {
  makeWholeEvaluator,
  measureContentWhole,
  measureStyleWhole,
} from '../../src/engine/objective/whole.ts'
import { lbfgs } from '../../src/engine/optim/lbfgs.ts'
import type { VectorSpace } from '../../src/engine/optim/vectors.ts'
import { resize, type Size } from '../../src/engine/picture/image.ts'
import { makeGraphVectors, type Vector } from '../../src/engine/runtime/graph-vectors.ts'
import type { DeviceOrtTensor } from '../../src/engine/runtime/ort.ts'
import { createWasmRuntime } from '../../src/engine/runtime/ort-wasm.ts'
import { createWebRuntime } from '../../src/engine/runtime/ort-web.ts'
import type { Runtime, TensorDtype } from '../../src/engine/runtime/runtime.ts'
import { stylize } from '../../src/engine/stylize.ts'
import { makeNetwork } from '../../src/engine/vgg/features.ts'
import { type Example, portableExamples } from '../engine/graph/examples.ts'
import { type Golden, loadGolden, objectiveDeviations } from '../golden-cases.ts'
import { makeArrayVectors } from '../reference/array-vectors.ts'
import { evaluate as evaluateExactly, tensor } from '../reference/interpreter.ts'
import { targetGraph } from '../reference/target-graph.ts'
import { countGpu, type GpuCounts } from './count-gpu.ts'

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

const start = async (device: 'webgpu' | 'wasm', logSeverityLevel?: 0): Promise<Runtime> =>
  device === 'wasm'
    ? createWasmRuntime(await fetchBytes('/ort-worker.wasm'))
    : createWebRuntime({ wasmBinary: await wasmBinary, logSeverityLevel })

// Shared, because shaders that a device has compiled need not be compiled again.
const runtimes: { webgpu?: Promise<Runtime>; wasm?: Promise<Runtime> } = {}
const shared = (device: 'webgpu' | 'wasm'): Promise<Runtime> => {
  runtimes[device] ??= start(device)
  return runtimes[device]
}

/** Makes ONNX Runtime print where it places the nodes of every graph. */
async function verbosely<T>(use: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = await start('webgpu', 0)
  try {
    return await use(runtime)
  } finally {
    await runtime.release()
  }
}

export interface Variant {
  readonly pooling: 'average' | 'max'
  readonly padding: 'zeros' | 'replicate' | 'wrap'
  readonly form: LossForm
  readonly styleLoss: StyleLoss
  readonly asShown: boolean
}

const SIZE = { width: 48, height: 33 }

async function specOf({
  pooling,
  padding,
  form,
  styleLoss,
  asShown,
}: Variant): Promise<ObjectiveSpec> {
  const { vgg19Tiny } = await golden
  return {
    ...SIZE,
    network: makeNetwork(vgg19Tiny, pooling, padding),
    form,
    contentLayers: ['relu4_2'],
    styleLayers: ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'],
    styleLoss,
    regions: 0,
    asShown,
    precision: 'float32',
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

function relativeDistance(actual: Float32Array, expected: ArrayLike<number>): number {
  let difference = 0
  let norm = 0
  actual.forEach((value, i) => {
    difference += (value - expected[i]!) ** 2
    norm += expected[i]! ** 2
  })
  return Math.sqrt(difference / norm)
}

/** The programs of the vectors on the device beside float64 arrays. */
async function compareVectors(runtime: Runtime): Promise<Record<string, number>> {
  // A full band and a smaller one.
  const space = makeGraphVectors(runtime, { ...SIZE, bandRows: 20 })
  space.reserve(22)
  const arrays = makeArrayVectors()
  const values = [3, 4, 5, 6, 7].map((seed) => noise(valueCount, seed))
  values[2] = values[2]!.map(Math.abs)
  const given = values.map((vector) => space.upload(vector))
  const expected = values.map((vector) => arrays.make(vector))
  const rates = { beta1: 0.9, beta2: 0.99, stepSize: 0.02, secondScale: 1.5, epsilon: 1e-8 }
  const measure = async <V>(vectors: VectorSpace<V>, of: readonly V[]) => {
    const [iterate, first, second, gradient] = of as [V, V, V, V]
    // More than a shader may read at once.
    const many = [...of, ...of, ...of, ...of]
    return {
      products: (await vectors.products(many, of)).flat(),
      sumAbs: await vectors.sumAbs(iterate),
      combined: await vectors.combine(
        many.map((_, i) => 0.5 - (i % 7)),
        many,
      ),
      moments: await vectors.adam({ iterate, first, second, gradient }, rates),
    }
  }
  const got = await measure(space, given)
  const want = await measure(arrays, expected)
  const distance = async (vector: Vector, array: Float64Array): Promise<number> =>
    relativeDistance(await space.download(vector), array)
  const result = {
    products: largestRelative(got.products, want.products),
    sumAbs: largestRelative([got.sumAbs], [want.sumAbs]),
    combine: await distance(got.combined, want.combined),
    adamIterate: await distance(got.moments.iterate, want.moments.iterate),
    adamFirst: await distance(got.moments.first, want.moments.first),
    adamSecond: await distance(got.moments.second, want.moments.second),
  }
  for (const vector of [...given, got.combined, ...Object.values(got.moments)]) space.free(vector)
  await space.release()
  return result
}

/**
 * A few evaluations of an L-BFGS run: what each of the last ones, whose memory is full, sent to the
 * GPU and fetched from it.
 */
async function steadyTraffic(size: { readonly width: number; readonly height: number }) {
  const [memory, warmUp, measured] = [2, 3, 2]
  const runtime = await shared('webgpu')
  const spec: ObjectiveSpec = {
    ...(await specOf({
      pooling: 'average',
      padding: 'replicate',
      form: 'normalised',
      styleLoss: 'gram',
      asShown: true,
    })),
    ...size,
    contentLayers: ['relu2_1'],
    styleLayers: ['relu1_1', 'relu2_1'],
  }
  const { width, height } = size
  const count = 3 * width * height
  const targets = await runtime.compile(targetGraph(spec))
  const objective = await runtime.compile(objectiveGraph(spec), { readBack: ['terms'] })
  const space = makeGraphVectors(runtime, { ...size, bandRows: height })
  const [other] = space.upload(noise(count, 1)) as [Vector[number]]
  const { norms, ...inputs } = (await targets.run({ image: other })).device
  const optimizer = lbfgs(space, { memory, learningRate: 1, firstStep: 0.01 * Math.sqrt(count) })
  space.reserve(2 * memory + 3)
  let state = await optimizer.init(space.upload(noise(count, 2)))
  const coefficients = new Float32Array(5).fill(1 / count)
  const counter = countGpu()
  const traffic: GpuCounts[] = []
  const losses: number[] = []
  for (let i = 0; i < warmUp + measured; i++) {
    counter.take()
    const gradient = space.allocate()
    const { host } = await objective.run(
      { image: state.iterate[0]!, ...inputs, coefficients },
      { gradient: gradient[0]! },
    )
    const loss = host.terms!.reduce((a, b) => a + b, 0)
    losses.push(loss)
    state = await optimizer.update(state, { loss, gradient })
    if (i >= warmUp) traffic.push(counter.take())
  }
  const beforePreview = counter.take()
  await space.download(state.iterate)
  const preview = counter.take()
  counter.stop()
  const pairs = state.pairs.s.length
  optimizer.free(state)
  for (const tensor of [other, norms!, ...Object.values(inputs)]) tensor.release()
  await space.release()
  await targets.release()
  await objective.release()
  return { traffic, beforePreview, preview, losses, pairs, memory, imageBytes: 4 * count }
}

/** Copies a rectangle between tensors of 3 planes that a graph wrote and that a graph reads next. */
async function copyRectangle(dtype: TensorDtype) {
  const runtime = await shared('webgpu')
  const [from, to] = [
    [3, 7, 9],
    [3, 8, 5],
  ] as const
  const size = { height: 5, width: 3 }
  const make = async (shape: readonly number[], offset: number) => {
    const tensor = runtime.allocate([1, ...shape], dtype)
    const count = elementCount(shape)
    const padded = count + (count % 2)
    // As float16 1024 + k is the bits 0x6400 + k, for k below 1024.
    const values =
      dtype === 'float16'
        ? Uint16Array.from({ length: padded }, (_, k) => 0x6400 + offset + k)
        : Float32Array.from({ length: padded }, (_, k) => 1024 + offset + k)
    const { gpuDevice } = runtime as Awaited<ReturnType<typeof createWebRuntime>>
    const buffer = (tensor as DeviceOrtTensor).ort.gpuBuffer as GPUBuffer
    gpuDevice.queue.writeBuffer(buffer, 0, values)
    return tensor
  }
  const [source, goal] = [await make(from, 0), await make(to, 500)]
  runtime.copyRect(source, { top: 1, left: 4 }, goal, { top: 2, left: 1 }, size)
  const got = await runtime.download(goal)
  const wanted = Float32Array.from({ length: elementCount(to) }, (_, k) => 1524 + k)
  for (let plane = 0; plane < 3; plane++) {
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        wanted[(plane * 8 + 2 + y) * 5 + 1 + x] = 1024 + (plane * 7 + 1 + y) * 9 + 4 + x
      }
    }
  }
  source.release()
  goal.release()
  return { got: [...got], wanted: [...wanted] }
}

/** Graph, copy, graph: each sees what the one before wrote. */
async function copyInOrder(): Promise<number[]> {
  const runtime = await shared('webgpu')
  const shape = [1, 1, 2, 2]
  const x = b.input('x', shape)
  const doubling = await runtime.compile(makeGraph({ y: b.add(x, x) }))
  const [first, second] = [runtime.allocate(shape), runtime.allocate(shape)]
  const origin = { top: 0, left: 0 }
  await doubling.run({ x: Float32Array.of(1, 2, 3, 4) }, { y: first })
  for (let i = 0; i < 3; i++) {
    runtime.copyRect(first, origin, second, origin, { height: 2, width: 2 })
    await doubling.run({ x: second }, { y: first })
  }
  const values = [...(await runtime.download(first))]
  first.release()
  second.release()
  await doubling.release()
  return values
}

/** How many pipelines a graph takes, each of two times that it is compiled, run and released. */
async function compileTwice(): Promise<readonly number[]> {
  // Before the device is made, whose methods are then wrapped.
  const counter = countGpu()
  const runtime = await start('webgpu')
  const x = b.input('x', [2, 5])
  const graph = makeGraph({ y: b.sumAll(b.mul(x, x)) })
  const pipelines: number[] = []
  for (let time = 0; time < 2; time++) {
    counter.take()
    const program = await runtime.compile(graph, { readBack: ['y'] })
    await program.run({ x: noise(10, 1) })
    await program.release()
    pipelines.push(counter.take().pipelines)
  }
  counter.stop()
  await runtime.release()
  return pipelines
}

/** The smallest run that uses a device. */
async function countToTwo(runtime: Runtime): Promise<number> {
  const x = b.input('x', [1])
  const program = await runtime.compile(makeGraph({ y: b.add(x, x) }), { readBack: ['y'] })
  const { host } = await program.run({ x: Float32Array.of(1) })
  await program.release()
  return host.y![0]!
}

/** Largest deviation from the float64 interpreter, relative to each output's largest value. */
async function compareExample(runtime: Runtime, { build, shapes, range }: Example) {
  const nodes = shapes.map((shape, i) => b.input(`x${i}`, shape))
  const y = build(nodes)
  const gradients = gradient(b.sumAll(b.mul(y, b.input('weights', y.shape))), nodes)
  const graph = makeGraph({
    y,
    ...Object.fromEntries(gradients.map((node, i) => [`gradient of x${i}`, node])),
  })
  const [low, high] = range ?? [-1, 1]
  const inputs = Object.fromEntries(
    graph.inputs.map(({ attributes: { name }, shape }, i) => [
      name,
      noise(elementCount(shape), i + 1).map((value) => low + ((value + 0.1) / 1.2) * (high - low)),
    ]),
  )
  const expected = evaluateExactly(
    graph,
    Object.fromEntries(
      graph.inputs.map(({ attributes: { name }, shape }) => [name, tensor(shape, inputs[name]!)]),
    ),
  )
  const program = await runtime.compile(graph, { readBack: Object.keys(graph.outputs) })
  const { host } = await program.run(inputs)
  await program.release()
  return Math.max(
    ...Object.entries(expected).map(([name, { data }]) => {
      const scale = Math.max(...data.map(Math.abs)) || 1
      return Math.max(...data.map((value, i) => Math.abs(host[name]![i]! - value) / scale))
    }),
  )
}

/**
 * The objective evaluated in tiles on WebGPU beside the whole of it on wasm, and how many graphs
 * the tiles took.
 */
async function compareTiles(runtime: Runtime) {
  const size = { width: 64, height: 49 }
  const spec: ObjectiveSpec = {
    ...(await specOf({
      pooling: 'max',
      padding: 'replicate',
      form: 'normalised',
      styleLoss: 'gram',
      asShown: true,
    })),
    ...size,
    contentLayers: ['relu2_1'],
    styleLayers: ['relu1_1', 'relu2_1'],
  }
  const pixels = size.width * size.height
  const content = { ...size, data: noise(3 * pixels, 1) }
  const styled = { ...size, data: noise(3 * pixels, 2) }
  const coefficients = new Float32Array(5).fill(1 / pixels)
  const evaluateOn = async (on: Runtime, tile?: Size) => {
    const style = new Map(
      [...(await measureStyleWhole(on, spec, styled))].map(([layer, { second }]) => {
        const channels = Math.sqrt(second.length)
        const matrix = second.map((value) => value / channels)
        return [`style.${layer}`, { matrix, channels, area: pixels, share: 1 }]
      }),
    )
    const targets = {
      style,
      content: tile
        ? await measureContentTiled(on, spec, content, tile)
        : await measureContentWhole(on, spec, content),
    }
    const evaluator = tile
      ? await makeTiledEvaluator(on, spec, targets, tile)
      : await makeWholeEvaluator(on, spec, targets)
    const space = makeGraphVectors(on, { ...size, bandRows: tile ? 20 : size.height })
    const into = space.allocate()
    const terms = await evaluator.evaluate(space.upload(noise(3 * pixels, 3)), into, coefficients)
    const result = { terms: [...terms], gradient: await space.download(into) }
    for (const { features } of targets.content.values()) features.release()
    await space.release()
    await evaluator.release()
    return result
  }
  const tile = { width: 40, height: 33 }
  const [tiled, whole] = [await evaluateOn(runtime, tile), await evaluateOn(await shared('wasm'))]
  return {
    tiles: tilePasses(spec, tile).gradient.tiles,
    terms: largestRelative(tiled.terms, whole.terms),
    gradient: relativeDistance(tiled.gradient, whole.gradient),
  }
}

export const engine = {
  compareTiles: () => verbosely(compareTiles),

  description: async () => (await shared('webgpu')).description,

  goldenDeviations: async (caseName: string) =>
    objectiveDeviations(await shared('webgpu'), await golden, caseName),

  /** How far WebGPU is from wasm. */
  async variantDeviations(variant: Variant) {
    const spec = await specOf(variant)
    const onWebGpu = await evaluate(await shared('webgpu'), spec)
    const onWasm = await evaluate(await shared('wasm'), spec)
    return {
      terms: largestRelative(onWebGpu.terms, onWasm.terms),
      gradient: relativeDistance(onWebGpu.gradient, onWasm.gradient),
    }
  },

  /** By example of an operator: the deviation, or the error. Prints placements. */
  exampleDeviations: () =>
    verbosely(async (runtime) => {
      const deviations: Record<string, number | string> = {}
      for (const [title, , example] of portableExamples) {
        deviations[title] = await compareExample(runtime, example).catch(String)
      }
      return deviations
    }),

  /** Prints placements. */
  vectorDeviations: () => verbosely(compareVectors),

  steadyTraffic,
  copyRectangle,
  copyInOrder,
  compileTwice,

  /** Only so that placements are printed: of the targets' graph and of the objective's. */
  async placeObjective(variant: Variant) {
    const spec = await specOf(variant)
    await verbosely(async (runtime) => {
      for (const graph of [targetGraph(spec), objectiveGraph(spec)]) {
        await (await runtime.compile(graph)).release()
      }
    })
  },

  /** Total loss per evaluation, and the extremes of the picture. */
  async stylizeLosses(optimizer: 'lbfgs' | 'adam') {
    const { content, style, vgg19Tiny } = await golden
    const { evaluations, image } = await stylize(
      resize(content, 48, 32),
      [{ image: style, weight: 1 }],
      { size: 48, minScale: 48, iterations: [6], optimizer },
      { runtime: await shared('webgpu'), model: vgg19Tiny },
    )
    return {
      losses: evaluations.map(({ total }) => total),
      width: image.width,
      height: image.height,
      lowest: Math.min(...image.data),
      highest: Math.max(...image.data),
    }
  },

  /** Values that fill no whole unit of ONNX Runtime's copies, there and back. */
  async roundTrip(count: number) {
    const runtime = await shared('webgpu')
    const values = noise(count, 8)
    const x = b.input('x', [count])
    const program = await runtime.compile(makeGraph({ y: b.reshape(x, [count, 1]) }))
    const { device } = await program.run({ x: runtime.upload(values, [count]) })
    const into = runtime.upload(new Float32Array(count), [count, 1])
    const again = await program.run({ x: values }, { y: into })
    return {
      allocated: [...(await runtime.download(device.y!))],
      given: [...(await runtime.download(into))],
      isGiven: again.device.y === into,
      values: [...values],
    }
  },

  /** Uses of one WebAssembly instance that overlap. */
  async overlap() {
    const webgpu = await shared('webgpu')
    const wasm = await shared('wasm')
    return Promise.all([webgpu, wasm, webgpu, wasm].map(countToTwo))
  },

  /** What is said about a tensor that no buffer of this device can hold. */
  async uploadTooMuch() {
    const runtime = await shared('webgpu')
    return messageOf(() => runtime.upload(new Float32Array(0), [2 ** 20, 2 ** 20]))
  },

  /** What a device that went away makes of everything one can do, and of a new runtime. */
  async loseDevice() {
    const gpuDevice = await (await navigator.gpu.requestAdapter())!.requestDevice()
    const runtime = await createWebRuntime({ wasmBinary: await wasmBinary, gpuDevice })
    const tensor = runtime.upload(new Float32Array(16), [4, 4])
    gpuDevice.destroy()
    await gpuDevice.lost
    const errors = {
      run: await messageOf(() => countToTwo(runtime)),
      upload: await messageOf(() => runtime.upload(new Float32Array(16), [4, 4])),
      download: await messageOf(() => runtime.download(tensor)),
    }
    tensor.release()
    await runtime.release()
    return { errors, afterwards: await countToTwo(await start('webgpu')) }
  },
}

async function messageOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt()
    return 'nothing was thrown'
  } catch (error) {
    return String(error)
  }
}

Object.assign(globalThis, { engine })
