/**
 * The golden cases, measured on any runtime: how far features, losses, gradients and optimiser
 * trajectories are from those of an independent float64 implementation. Free of node:* and of the
 * test runner, so that browser tests measure with the same code; who asserts picks tolerances.
 */

import * as b from '../src/engine/graph/build.ts'
import { makeGraph } from '../src/engine/graph/node.ts'
import { simplify } from '../src/engine/graph/simplify.ts'
import { contentCoefficient } from '../src/engine/objective/losses/content.ts'
import type { LossForm } from '../src/engine/objective/losses/form.ts'
import {
  contentTerm,
  type ObjectiveSpec,
  objectiveGraph,
  type Precision,
} from '../src/engine/objective/losses/objective.ts'
import { styleCoefficient } from '../src/engine/objective/losses/style.ts'
import { variationCoefficient } from '../src/engine/objective/losses/total-variation.ts'
import { adam } from '../src/engine/optim/adam.ts'
import { lbfgs } from '../src/engine/optim/lbfgs.ts'
import type { Optimizer } from '../src/engine/optim/vectors.ts'
import type { PlanarImage } from '../src/engine/picture/image.ts'
import { makeGraphVectors, type Vector } from '../src/engine/runtime/graph-vectors.ts'
import type { DeviceTensor, Program, Runtime } from '../src/engine/runtime/runtime.ts'
import { memorySource } from '../src/engine/vgg/byte-source.ts'
import { makeNetwork, type Network, vggFeatures } from '../src/engine/vgg/features.ts'
import type { VggModel } from '../src/engine/vgg/model.ts'
import { readVgg } from '../src/engine/vgg/read-vgg.ts'
import { openSafetensors, readTensor } from '../src/engine/vgg/safetensors.ts'
import { targetGraph } from './reference/target-graph.ts'

/** `test/golden/features.json`: statistics of the activations of VGG16 at `x`. */
interface GoldenFeatures {
  readonly features: Readonly<Record<string, Readonly<Record<string, FeatureStatistics>>>>
}

interface FeatureStatistics {
  readonly shape: readonly number[]
  readonly mean: number
  readonly rms: number
  readonly max: number
  /** The first and the last six values, row-major. */
  readonly first: readonly number[]
  readonly last: readonly number[]
}

/** `test/golden/objectives.json` */
interface GoldenObjectives {
  readonly cases: Readonly<Record<string, ObjectiveCase>>
  readonly style_layers: readonly string[]
  readonly content_layers: readonly string[]
  readonly trajectories: Readonly<Record<string, TrajectoryCase>>
}

interface ObjectiveCase {
  readonly kind: string
  readonly pooling: string
  readonly padding: string
  readonly content: number
  readonly style: number
  readonly tv: number
  readonly content_weight: number
  readonly style_weight: number
  readonly tv_weight: number
  readonly total: number
}

interface TrajectoryCase {
  readonly objective: string
  readonly optimizer: string
  readonly lr: number
  readonly history: number | null
  readonly loss_per_evaluation: readonly number[]
}

/** What the files hold: bytes of the binary ones, the JSON ones parsed. */
interface GoldenFiles {
  readonly images: Uint8Array
  readonly gradients: Uint8Array
  readonly vgg19Tiny: Uint8Array
  /** Left out where only cases of the tiny network are measured. */
  readonly vgg16?: Uint8Array
  readonly features: GoldenFeatures
  readonly objectives: GoldenObjectives
}

export interface Golden {
  readonly content: PlanarImage
  readonly style: PlanarImage
  /** The image at which features, losses and gradients are taken. */
  readonly x: PlanarImage
  readonly vgg16?: VggModel
  readonly vgg19Tiny: VggModel
  readonly features: GoldenFeatures
  readonly objectives: GoldenObjectives
  gradientOf(caseName: string): Promise<Float32Array>
}

export async function loadGolden(files: GoldenFiles): Promise<Golden> {
  const images = await openSafetensors(memorySource('images', files.images))
  const gradients = await openSafetensors(memorySource('gradients', files.gradients))
  /** uint8 [H,W,3] as a planar image. */
  const picture = async (name: string): Promise<PlanarImage> => {
    const { shape, offset, sizeBytes } = images.tensors.get(name)!
    const bytes = await images.source.read(offset, sizeBytes)
    const [height, width] = shape as [number, number, number]
    const pixels = width * height
    const data = Float32Array.from(
      { length: 3 * pixels },
      (_, i) => bytes[(i % pixels) * 3 + Math.floor(i / pixels)]! / 255,
    )
    return { width, height, data }
  }
  const content = await picture('content')
  return {
    content,
    style: await picture('style'),
    x: { ...content, data: await readTensor(images, 'x') },
    vgg16: files.vgg16 && (await readVgg(memorySource('vgg16', files.vgg16))),
    vgg19Tiny: await readVgg(memorySource('vgg19-tiny', files.vgg19Tiny)),
    features: files.features,
    objectives: files.objectives,
    gradientOf: (caseName) => readTensor(gradients, `grad.${caseName}`),
  }
}

const CASES_OF_TINY_NETWORK = 'vgg19-tiny'

/** Objective cases whose network was loaded. */
export const objectiveCases = ({ objectives, vgg16 }: Golden): string[] =>
  Object.keys(objectives.cases).filter((name) => vgg16 || name.startsWith(CASES_OF_TINY_NETWORK))

const networkOf = (model: VggModel, pooling: string, padding: string): Network =>
  makeNetwork(model, pooling === 'avg' ? 'average' : 'max', padding as Network['padding'])

function modelOf({ vgg16, vgg19Tiny }: Golden, caseName: string): VggModel {
  if (caseName.startsWith(CASES_OF_TINY_NETWORK)) return vgg19Tiny
  if (!vgg16) throw new Error(`${caseName}: needs the weights of VGG16, which were not given`)
  return vgg16
}

const imageShape = ({ width, height }: PlanarImage) => [1, 3, height, width]

const relativeTo = (actual: number, expected: number, scale = Math.abs(expected)): number =>
  Math.abs(actual - expected) / scale

/**
 * Largest relative deviation of each layer's statistics. Single values (first, last) may be 0, so
 * theirs is taken relative to the layer's root mean square where that is larger.
 * @param combination of pooling and padding, a key of `features.json`
 */
export async function featureDeviations(
  runtime: Runtime,
  golden: Golden,
  combination: string,
): Promise<Record<string, Record<'mean' | 'rms' | 'max' | 'first' | 'last', number>>> {
  const [pooling, padding] = combination.split('-') as [string, string]
  const network = networkOf(modelOf(golden, 'vgg16'), pooling, padding)
  const expected = golden.features.features[combination]!
  const relus = Object.keys(expected)
  const shape = imageShape(golden.x)
  const features = vggFeatures(b.input('image', shape), network, relus)
  const graph = simplify(makeGraph(Object.fromEntries(features)))
  const { host } = await runOnce(await runtime.compile(graph, { readBack: relus }), runtime, {
    image: golden.x,
  })
  return Object.fromEntries(
    relus.map((relu) => {
      const values = host[relu]!
      const e = expected[relu]!
      if (`${features.get(relu)!.shape}` !== `${e.shape}`) {
        throw new Error(`${relu}: expected [${e.shape}], got [${features.get(relu)!.shape}]`)
      }
      let total = 0
      let squares = 0
      let max = Number.NEGATIVE_INFINITY
      for (const value of values) {
        total += value
        squares += value * value
        max = Math.max(max, value)
      }
      const single = (got: Float32Array, want: readonly number[]): number =>
        Math.max(
          ...want.map((value, i) => relativeTo(got[i]!, value, Math.max(e.rms, Math.abs(value)))),
        )
      return [
        relu,
        {
          mean: relativeTo(total / values.length, e.mean),
          rms: relativeTo(Math.sqrt(squares / values.length), e.rms),
          max: relativeTo(max, e.max),
          first: single(values.subarray(0, e.first.length), e.first),
          last: single(values.subarray(values.length - e.last.length), e.last),
        },
      ]
    }),
  )
}

interface ObjectiveDeviations {
  readonly content: number
  readonly style: number
  readonly tv: number
  readonly total: number
  /** |g − g*| / |g*| in the Euclidean norm. */
  readonly gradient: number
}

/** Relative deviations of the losses and of the gradient at `x`. */
export async function objectiveDeviations(
  runtime: Runtime,
  golden: Golden,
  caseName: string,
  precision: Precision = 'float32',
): Promise<ObjectiveDeviations> {
  const expected = golden.objectives.cases[caseName]!
  const objective = await prepare(runtime, golden, caseName, precision)
  const image = runtime.upload(golden.x.data, imageShape(golden.x))
  try {
    const { terms, gradient } = await objective.evaluate(image)
    const gradientValues = await runtime.download(gradient)
    gradient.release()
    const { contentCount } = objective
    const sum = (values: readonly number[]): number => values.reduce((a, c) => a + c, 0)
    const goldenGradient = await golden.gradientOf(caseName)
    let difference = 0
    let norm = 0
    goldenGradient.forEach((value, i) => {
      difference += (gradientValues[i]! - value) ** 2
      norm += value ** 2
    })
    return {
      content: relativeTo(
        sum(terms.slice(0, contentCount)) / expected.content_weight,
        expected.content,
      ),
      style: relativeTo(sum(terms.slice(contentCount, -1)) / expected.style_weight, expected.style),
      tv: relativeTo(terms.at(-1)! / expected.tv_weight, expected.tv),
      total: relativeTo(sum(terms), expected.total),
      gradient: Math.sqrt(difference / norm),
    }
  } finally {
    image.release()
    await objective.release()
  }
}

/** Relative deviations of the total loss, evaluation by evaluation, from the content image. */
export async function trajectoryDeviations(
  runtime: Runtime,
  golden: Golden,
  name: string,
  evaluations: number,
): Promise<number[]> {
  const expected = golden.objectives.trajectories[name]!
  const objective = await prepare(runtime, golden, expected.objective, 'float32')
  const { width, height } = golden.content
  const space = makeGraphVectors(runtime, { width, height, bandRows: height })
  type State = { readonly iterate: Vector }
  const optimizer = (expected.optimizer === 'lbfgs'
    ? lbfgs(space, { memory: expected.history!, learningRate: expected.lr })
    : adam(space, { learningRate: expected.lr })) as unknown as Optimizer<Vector, State>
  let state = await optimizer.init(space.upload(golden.content.data))
  try {
    const deviations: number[] = []
    for (const loss of expected.loss_per_evaluation.slice(0, evaluations)) {
      const { terms, gradient } = await objective.evaluate(state.iterate[0]!)
      const total = terms.reduce((a, c) => a + c, 0)
      deviations.push(relativeTo(total, loss))
      state = await optimizer.update(state, { loss: total, gradient: [gradient] })
    }
    return deviations
  } finally {
    optimizer.free(state)
    await space.release()
    await objective.release()
  }
}

/** Layer weights of the Gatys cases. */
const GATYS_WEIGHTS = [0.5, 1, 1.5, 3, 4]

/** Compiles a case's objective and measures its targets. */
async function prepare(runtime: Runtime, golden: Golden, caseName: string, precision: Precision) {
  const { objectives, content, style } = golden
  const expected = objectives.cases[caseName]!
  const form = expected.kind as LossForm
  const contentLayers = form === 'gatys' ? objectives.style_layers : objectives.content_layers
  const styleLayers = objectives.style_layers
  const layerWeight = (index: number): number => (form === 'gatys' ? GATYS_WEIGHTS[index]! : 1)
  const spec: ObjectiveSpec = {
    width: content.width,
    height: content.height,
    network: networkOf(modelOf(golden, caseName), expected.pooling, expected.padding),
    form,
    contentLayers,
    styleLayers,
    styleLoss: 'gram',
    regions: 0,
    asShown: false,
    precision,
  }
  const contentTargets = await runOnce(
    await runtime.compile(targetGraph({ ...spec, styleLayers: [] }), { readBack: ['norms'] }),
    runtime,
    { image: content },
  )
  const styleTargets = await runOnce(
    await runtime.compile(
      targetGraph({ ...spec, width: style.width, height: style.height, contentLayers: [] }),
    ),
    runtime,
    { image: style },
  )
  const coefficients = contentLayers.map(
    (layer, i) =>
      expected.content_weight *
      layerWeight(i) *
      contentCoefficient(form, {
        shape: contentTargets.device[contentTerm(layer)]!.shape,
        targetSquaredNorm: contentTargets.host.norms![i]!,
        layerCount: contentLayers.length,
      }),
  )
  for (const [i, layer] of styleLayers.entries()) {
    const target = styleTargets.device[`style.${layer}`]!
    const gram = await runtime.download(target)
    coefficients.push(
      expected.style_weight *
        layerWeight(i) *
        styleCoefficient(form, {
          channels: target.shape[0]!,
          targetSquaredNorm: gram.reduce((total, value) => total + value ** 2, 0),
          layerCount: styleLayers.length,
        }),
    )
  }
  coefficients.push(expected.tv_weight * variationCoefficient(form, imageShape(content)))

  const program = await runtime.compile(objectiveGraph(spec), { readBack: ['terms'] })
  const targets = { ...contentTargets.device, ...styleTargets.device }
  return {
    contentCount: contentLayers.length,
    async evaluate(image: DeviceTensor) {
      const { host, device } = await program.run({
        image,
        ...targets,
        coefficients: Float32Array.from(coefficients),
      })
      return { terms: [...host.terms!], gradient: device.gradient! }
    },
    async release() {
      for (const target of Object.values(targets)) target.release()
      await program.release()
    },
  }
}

async function runOnce(
  program: Program,
  runtime: Runtime,
  { image }: { readonly image: PlanarImage },
) {
  const tensor = runtime.upload(image.data, imageShape(image))
  try {
    return await program.run({ image: tensor })
  } finally {
    tensor.release()
    await program.release()
  }
}
