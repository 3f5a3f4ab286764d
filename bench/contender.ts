/** One side of a comparison of evaluations, and ours on whatever runtime. Runs in Node and in a browser. */

import { elementCount } from '../src/engine/graph/tensor-type.ts'
import { makeBandedEvaluator } from '../src/engine/objective/bands/evaluator.ts'
import { bandRowsOf } from '../src/engine/objective/bands/layout.ts'
import type { StyleTarget, Targets } from '../src/engine/objective/evaluator.ts'
import { contentCoefficient } from '../src/engine/objective/losses/content.ts'
import {
  contentTerm,
  type ObjectiveSpec,
  objectiveGraph,
} from '../src/engine/objective/losses/objective.ts'
import { styleCoefficient } from '../src/engine/objective/losses/style.ts'
import { variationCoefficient } from '../src/engine/objective/losses/total-variation.ts'
import { noiseImage, type PlanarImage } from '../src/engine/picture/image.ts'
import { makeLaneVectors } from '../src/engine/runtime/lanes.ts'
import type { Runtime } from '../src/engine/runtime/runtime.ts'
import { makeNetwork } from '../src/engine/vgg/features.ts'
import type { VggModel } from '../src/engine/vgg/model.ts'
import { targetGraph } from '../test/reference/target-graph.ts'

/** What is evaluated: average pooling, zeros around the image, normalised losses. */
export interface Problem {
  readonly model: VggModel
  /** All three of one size, values in [0,1]. */
  readonly content: PlanarImage
  readonly style: PlanarImage
  readonly image: PlanarImage
}

export const CONTENT_LAYER = 'relu4_2'
export const STYLE_LAYERS = ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'] as const
export const WEIGHTS = { content: 1, style: 50, variation: 1 }

export interface Evaluation {
  /** Loss of the image. */
  readonly total: number
  readonly seconds: number
}

export interface Contender {
  /** The program, its provider and threads. */
  readonly name: string
  /** One forward and backward pass, waited for. */
  evaluate(): Promise<Evaluation>
  /** Of the last evaluation, planar [3,H,W]; absent where it stays in another process. */
  gradient?(): Promise<Float32Array>
  release(): Promise<void>
}

/** A pass that tells its loss, timed. */
export async function timed(pass: () => Promise<number>): Promise<Evaluation> {
  const start = performance.now()
  const total = await pass()
  return { total, seconds: (performance.now() - start) / 1000 }
}

export async function ourContender(
  runtime: Runtime,
  { model, content, image, ...given }: Problem,
): Promise<Contender> {
  const { width, height } = image
  const spec: ObjectiveSpec = {
    width,
    height,
    network: makeNetwork(model, 'average', 'zeros'),
    form: 'normalised',
    contentLayers: [CONTENT_LAYER],
    styleLayers: STYLE_LAYERS,
    styleLoss: 'gram',
    regions: 0,
    asShown: true,
    precision: 'float32',
  }
  const shape = [1, 3, height, width]
  const iterate = runtime.upload(image.data, shape)
  const gradient = runtime.upload(new Float32Array(elementCount(shape)), shape)

  const measure = await runtime.compile(targetGraph(spec), { readBack: ['norms'] })
  const ofImage = async ({ data }: PlanarImage) => {
    const input = runtime.upload(data, shape)
    const outputs = await measure.run({ image: input })
    input.release()
    return outputs
  }
  const ofContent = await ofImage(content)
  const ofStyle = await ofImage(given.style)
  await measure.release()

  const targets = { [contentTerm(CONTENT_LAYER)]: ofContent.device[contentTerm(CONTENT_LAYER)]! }
  const style: [string, StyleTarget][] = []
  const coefficients = [
    WEIGHTS.content *
      contentCoefficient(spec.form, {
        shape: targets[contentTerm(CONTENT_LAYER)]!.shape,
        targetSquaredNorm: ofContent.host.norms![0]!,
        layerCount: 1,
      }),
  ]
  for (const layer of STYLE_LAYERS) {
    const name = `style.${layer}`
    const gram = ofStyle.device[name]!
    const values = await runtime.download(gram)
    targets[name] = gram
    style.push([name, { channels: gram.shape[0]!, matrix: values, area: width * height, share: 1 }])
    coefficients.push(
      WEIGHTS.style *
        styleCoefficient(spec.form, {
          channels: gram.shape[0]!,
          targetSquaredNorm: values.reduce((sum, value) => sum + value * value, 0),
          layerCount: STYLE_LAYERS.length,
        }),
    )
  }
  coefficients.push(WEIGHTS.variation * variationCoefficient(spec.form, shape), 1)
  for (const [name, tensor] of [
    ...Object.entries(ofContent.device),
    ...Object.entries(ofStyle.device),
  ]) {
    if (targets[name] !== tensor) tensor.release()
  }

  const release = (): void => {
    for (const tensor of [iterate, gradient, ...Object.values(targets)]) tensor.release()
  }
  const name = `Impasto, ${runtime.description}`
  const { lanes = [] } = runtime
  if (lanes.length > 1) {
    const features = targets[contentTerm(CONTENT_LAYER)]!
    return inBands(
      name,
      lanes,
      spec,
      image,
      Float32Array.from(coefficients),
      {
        content: new Map([[CONTENT_LAYER, { features, squaredNorm: ofContent.host.norms![0]! }]]),
        style: new Map(style),
      },
      release,
    )
  }
  const program = await runtime.compile(objectiveGraph(spec), { readBack: ['terms'] })
  const inputs = { image: iterate, ...targets, coefficients: Float32Array.from(coefficients) }
  return {
    name,
    evaluate: () =>
      timed(async () => {
        const { host } = await program.run(inputs, { gradient })
        return host.terms!.reduce((sum, term) => sum + term, 0)
      }),
    gradient: () => runtime.download(gradient),
    async release() {
      await program.release()
      release()
    },
  }
}

/** The same on several lanes at once, as a run does it. */
async function inBands(
  name: string,
  lanes: readonly Runtime[],
  spec: ObjectiveSpec,
  image: PlanarImage,
  coefficients: Float32Array,
  targets: Targets,
  release: () => void,
): Promise<Contender> {
  const bandRows = bandRowsOf(spec, lanes.length)
  const evaluator = await makeBandedEvaluator(lanes, spec, targets, bandRows)
  const space = makeLaneVectors(lanes, { width: image.width, height: image.height, bandRows })
  const iterate = space.upload(image.data)
  const gradient = space.allocate()
  return {
    name,
    evaluate: () =>
      timed(async () => {
        const terms = await evaluator.evaluate(iterate, gradient, coefficients)
        return terms.reduce((sum, term) => sum + term, 0)
      }),
    gradient: () => space.download(gradient),
    async release() {
      await evaluator.release()
      await space.release()
      release()
    },
  }
}

/** Noise of 8 bits, so that a PNG carries it to other programs unchanged. */
export function noiseProblem(model: VggModel, size: number): Problem {
  const [content, style, image] = [1, 2, 3].map((seed) => {
    const { data, ...shape } = noiseImage(size, size, seed)
    return { ...shape, data: data.map((value) => Math.round(255 * value) / 255) }
  }) as [PlanarImage, PlanarImage, PlanarImage]
  return { model, content, style, image }
}
