/** One scale of a run: the objective compiled for its size, its targets, and the optimiser. */
import { RuntimeError } from './errors.ts'
import { elementCount } from './graph/node.ts'
import { fitLongEdge, type PlanarImage, resize } from './image.ts'
import { contentCoefficient } from './losses/content.ts'
import { gatysGain } from './losses/form.ts'
import {
  contentTerm,
  type ObjectiveSpec,
  OVERSHOOT_TERM,
  objectiveGraph,
  styleTerm,
  targetGraph,
  termNames,
} from './losses/objective.ts'
import { styleCoefficient } from './losses/style.ts'
import { variationCoefficient } from './losses/total-variation.ts'
import { adam } from './optim/adam.ts'
import { lbfgs } from './optim/lbfgs.ts'
import type { Optimizer } from './optim/vectors.ts'
import type { StylizeOptions } from './options.ts'
import { makeGraphVectors } from './runtime/graph-vectors.ts'
import type { DeviceTensor, Program, Runtime } from './runtime/runtime.ts'
import type { StyleImage, Terms } from './stylize.ts'
import type { Network } from './vgg/features.ts'

export interface Painter {
  /** One iteration. @returns the loss terms of the picture that was evaluated. */
  step(): Promise<Terms>
  /** The evaluated picture of the lowest loss, as it will be shown; the start when there is none. */
  best(): Promise<{ readonly image: PlanarImage; readonly terms: Terms }>
  release(): Promise<void>
}

export interface PainterInput {
  /** At this scale's size, opaque. */
  readonly content: PlanarImage
  readonly styles: readonly StyleImage[]
  readonly start: PlanarImage
  readonly longEdge: number
  readonly settings: StylizeOptions
  readonly network: Network
  readonly runtime: Runtime
}

/**
 * L-BFGS steps in colour, which runs from 0 to 1 (root mean square): the first, the longest, and
 * how much longer than the one before. PyTorch's rules know no unit: from some photographs its
 * first steps lead to losses of 1e22, and a hundred evaluations pass before it is back.
 */
const FIRST_STEP_RMS = 3e-3
const MAX_STEP_RMS = 0.2
const MAX_STEP_GROWTH = 10

const DEFAULT_LEARNING_RATES = { lbfgs: 1, adam: 0.02 } as const

export async function makePainter(input: PainterInput): Promise<Painter> {
  const { runtime, settings, content, start } = input
  const spec = specFor(input)
  const names = termNames(spec)
  // First, as it refuses layers that the network lacks while there is nothing to release.
  const objective = objectiveGraph(spec)
  const targets: Record<string, DeviceTensor> = {}
  const releaseTargets = (): void => {
    for (const target of Object.values(targets)) target.release()
  }
  let coefficients: Float32Array
  let program: Program
  try {
    coefficients = await measureTargets(input, spec, targets)
    program = await runtime.compile(objective, { readBack: ['terms'] })
  } catch (error) {
    releaseTargets()
    throw error
  }
  const shape = [1, 3, content.height, content.width]
  const space = makeGraphVectors(runtime, shape)
  const learningRate = settings.learningRate || DEFAULT_LEARNING_RATES[settings.optimizer]
  type State = { readonly iterate: DeviceTensor }
  const optimizer = (settings.optimizer === 'lbfgs'
    ? lbfgs(space, {
        memory: settings.lbfgsMemory,
        learningRate,
        firstStep: FIRST_STEP_RMS * Math.sqrt(elementCount(shape)),
        maxStep: MAX_STEP_RMS * Math.sqrt(elementCount(shape)),
        maxGrowth: MAX_STEP_GROWTH,
      })
    : adam(space, { learningRate })) as unknown as Optimizer<DeviceTensor, State>

  let state = await optimizer.init(runtime.upload(start.data, shape))
  let best:
    | { readonly iterate: DeviceTensor; readonly loss: number; readonly terms: Terms }
    | undefined

  /** The loss that the weight of the overshoot was last fitted to. */
  let penaltyLoss = Number.POSITIVE_INFINITY

  const download = async (tensor: DeviceTensor): Promise<PlanarImage> => ({
    width: content.width,
    height: content.height,
    data: (await runtime.download(tensor)).map((value) => Math.min(1, Math.max(0, value))),
  })

  return {
    async step() {
      const { host, device } = await program.run(
        { image: state.iterate, ...targets, coefficients },
        space.reuse('gradient'),
      )
      const values = [...host.terms!]
      const loss = values.reduce((a, b) => a + b, 0)
      const { [OVERSHOOT_TERM]: overshoot = 0, ...terms } = Object.fromEntries(
        names.map((name, i) => [name, values[i]!]),
      )
      const shownLoss = loss - overshoot
      if (!best && !Number.isFinite(loss)) {
        throw new RuntimeError(
          `${runtime.device}: the loss of the first picture is ${loss}; lower the weights or choose another device`,
        )
      }
      if (settings.clamp && shownLoss < penaltyLoss / 2) {
        // Relative to the loss, so that it means the same in every form and at every stage.
        coefficients[names.indexOf(OVERSHOOT_TERM)] = settings.overshootWeight * shownLoss
        penaltyLoss = shownLoss
      }
      if (!best || shownLoss < best.loss) {
        const iterate = await space.combine([1], [state.iterate])
        if (best) space.free(best.iterate)
        best = { iterate, loss: shownLoss, terms }
      }
      state = await optimizer.update(state, { loss, gradient: device.gradient! })
      return terms
    },
    async best() {
      if (!best) return { image: await download(state.iterate), terms: {} }
      return { image: await download(best.iterate), terms: best.terms }
    },
    async release() {
      optimizer.free(state)
      if (best) space.free(best.iterate)
      releaseTargets()
      await space.release()
      await program.release()
    },
  }
}

function specFor({ content, settings, network }: PainterInput): ObjectiveSpec {
  return {
    width: content.width,
    height: content.height,
    network,
    form: settings.lossForm,
    contentLayers: settings.contentWeight > 0 ? settings.contentLayers : [],
    styleLayers: settings.styleWeight > 0 ? settings.styleLayers : [],
    asShown: settings.clamp,
  }
}

/**
 * Runs content and styles through the network once and puts what comes out into `targets`.
 * @returns the coefficients of the terms, which follow from it.
 */
async function measureTargets(
  input: PainterInput,
  spec: ObjectiveSpec,
  targets: Record<string, DeviceTensor>,
): Promise<Float32Array> {
  const { settings, runtime, content } = input
  const coefficients: number[] = []
  const gain = settings.lossForm === 'gatys' ? gatysGain(input.network.model.preprocessing) : 1
  const { contentLayers, styleLayers, form } = spec

  if (contentLayers.length > 0) {
    const features = await runOnce(
      runtime,
      await runtime.compile(targetGraph({ ...spec, styleLayers: [] }), { readBack: ['norms'] }),
      content,
    )
    contentLayers.forEach((layer, i) => {
      const target = features.device[contentTerm(layer)]!
      targets[contentTerm(layer)] = target
      coefficients.push(
        (settings.contentWeight / gain ** 2) *
          layerWeight(settings.contentLayerWeights, i) *
          contentCoefficient(form, {
            shape: target.shape,
            targetSquaredNorm: features.host.norms![i]!,
            layerCount: contentLayers.length,
          }),
      )
    })
  }

  if (styleLayers.length > 0) {
    const grams = await blendedGrams(input, spec)
    styleLayers.forEach((layer, i) => {
      const { gram, channels } = grams.get(layer)!
      targets[styleTerm(layer)] = runtime.upload(gram, [channels, channels])
      coefficients.push(
        (settings.styleWeight / gain ** 4) *
          layerWeight(settings.styleLayerWeights, i) *
          styleCoefficient(form, {
            channels,
            targetSquaredNorm: gram.reduce((total, value) => total + value * value, 0),
            layerCount: styleLayers.length,
          }),
      )
    })
  }

  const imageShape = [1, 3, content.height, content.width]
  coefficients.push(settings.tvWeight * variationCoefficient(form, imageShape))
  if (spec.asShown) coefficients.push(0)
  return Float32Array.from(coefficients)
}

/**
 * The styles' Gram matrices, averaged by weight. Σ w|G − A_i|² and |G − Σ w·A_i|² with Σ w = 1
 * differ by a constant, so the blend has the gradient of the separate losses.
 */
async function blendedGrams(
  { styles, longEdge, settings, runtime }: PainterInput,
  spec: ObjectiveSpec,
) {
  const total = styles.reduce((sum, { weight }) => sum + weight, 0)
  const grams = new Map<string, { gram: Float32Array; channels: number }>()
  for (const { image, weight } of styles) {
    if (weight === 0) continue
    const size = fitLongEdge(image, Math.max(MIN_STYLE_EDGE, longEdge * settings.styleScale))
    const resized = resize(image, Math.max(16, size.width), Math.max(16, size.height))
    const graph = targetGraph({ ...spec, ...sizeOf(resized), contentLayers: [] })
    const names = spec.styleLayers.map(styleTerm)
    const { host } = await runOnce(
      runtime,
      await runtime.compile(graph, { readBack: names }),
      resized,
    )
    for (const layer of spec.styleLayers) {
      const values = host[styleTerm(layer)]!
      const known = grams.get(layer) ?? {
        gram: new Float32Array(values.length),
        channels: Math.sqrt(values.length),
      }
      values.forEach((value, i) => {
        known.gram[i] = known.gram[i]! + (weight / total) * value
      })
      grams.set(layer, known)
    }
  }
  return grams
}

/** A style smaller than this has no features left in the deep layers, px. */
const MIN_STYLE_EDGE = 32

const sizeOf = ({ width, height }: PlanarImage) => ({ width, height })

const layerWeight = (weights: readonly number[], index: number): number =>
  weights[Math.min(index, weights.length - 1)]!

async function runOnce(runtime: Runtime, program: Program, image: PlanarImage) {
  const tensor = runtime.upload(image.data, [1, 3, image.height, image.width])
  try {
    return await program.run({ image: tensor })
  } finally {
    tensor.release()
    await program.release()
  }
}
