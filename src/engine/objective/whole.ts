/** The objective evaluated on the whole picture at once, which is fastest where memory allows. */
import { throwIfCancelled } from '../errors.ts'
import type { Graph } from '../graph/node.ts'
import type { PlanarImage } from '../picture/image.ts'
import { type Holder, makeHolder } from '../runtime/holder.ts'
import type { DeviceTensor, Program, Runtime } from '../runtime/runtime.ts'
import type { Evaluator, MeasuredMoments, Targets } from './evaluator.ts'
import {
  contentTargetGraph,
  contentTerm,
  type ObjectiveSpec,
  objectiveGraph,
} from './losses/objective.ts'
import { firstName, momentsGraph, secondName } from './losses/style-targets.ts'
import { maskInputs, type RegionMasks } from './region-masks.ts'
import { perPixel, uploadStyleTargets } from './style-inputs.ts'

/** @throws OptionError, ModelError for layers that the network lacks; RuntimeError. */
export async function makeWholeEvaluator(
  runtime: Runtime,
  spec: ObjectiveSpec,
  targets: Targets,
): Promise<Evaluator> {
  const { hold, release } = makeHolder()
  const inputs: Record<string, DeviceTensor> = {}
  const { masks } = targets
  for (const layer of spec.contentLayers) {
    inputs[contentTerm(layer)] = targets.content.get(layer)!.features
  }
  let program: Program
  try {
    program = hold(await runtime.compile(objectiveGraph(spec), { readBack: ['terms'] }))
    Object.assign(inputs, uploadStyleTargets(runtime, spec, targets, hold))
    if (masks) Object.assign(inputs, uploadMasks(runtime, masks, hold))
  } catch (error) {
    await release()
    throw error
  }
  return {
    async evaluate([image], [gradient], coefficients) {
      const { host } = await program.run(
        { image: image!, ...inputs, coefficients },
        { gradient: gradient! },
      )
      return host.terms!
    },
    release,
  }
}

/**
 * Features of the content layers and their Σ P². The caller owns the features.
 * @throws RuntimeError; CancelledError after `signal`. Nothing is left on the device then.
 */
export async function measureContentWhole(
  runtime: Runtime,
  spec: ObjectiveSpec,
  image: PlanarImage,
  signal?: AbortSignal,
): Promise<Targets['content']> {
  const graph = contentTargetGraph(spec)
  const { host, device } = await runOnce(runtime, graph, ['norms'], { image }, signal)
  return new Map(
    spec.contentLayers.map((layer, i) => [
      layer,
      { features: device[contentTerm(layer)]!, squaredNorm: host.norms![i]! },
    ]),
  )
}

/**
 * Moments of the style layers' features.
 * @param mask of one region, of the image: what of it counts; absent: all.
 * @throws RuntimeError; CancelledError after `signal`.
 */
export async function measureStyleWhole(
  runtime: Runtime,
  spec: StyleSpec,
  image: PlanarImage,
  mask?: RegionMasks,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, MeasuredMoments>> {
  const { width, height } = image
  const graph = momentsGraph({ ...spec, width, height, regions: mask ? 1 : 0 })
  const inputs = {
    image,
    ...(mask && {
      mask,
      perPixel: perPixel(spec.styleLayers.map((layer) => mask.layers.get(layer)!.areas[0]!)),
    }),
  }
  const { host } = await runOnce(runtime, graph, Object.keys(graph.outputs), inputs, signal)
  return new Map(
    spec.styleLayers.map((layer) => [
      layer,
      { second: host[secondName(layer)]!, mean: host[firstName(layer)] },
    ]),
  )
}

type StyleSpec = Pick<ObjectiveSpec, 'network' | 'styleLayers' | 'styleLoss' | 'precision'>

interface ImageInputs {
  readonly image: PlanarImage
  readonly mask?: RegionMasks
  readonly perPixel?: Float32Array
}

async function runOnce(
  runtime: Runtime,
  graph: Graph,
  readBack: readonly string[],
  { image, mask, perPixel }: ImageInputs,
  signal?: AbortSignal,
) {
  throwIfCancelled(signal)
  const { hold, release } = makeHolder()
  try {
    const program = hold(await runtime.compile(graph, { readBack }))
    throwIfCancelled(signal)
    return await program.run({
      image: hold(runtime.upload(image.data, [1, 3, image.height, image.width])),
      ...(mask && uploadMasks(runtime, mask, hold)),
      ...(perPixel && { perPixel }),
    })
  } finally {
    await release()
  }
}

const uploadMasks = (
  runtime: Runtime,
  masks: RegionMasks,
  hold: Holder['hold'],
): Record<string, DeviceTensor> =>
  Object.fromEntries(
    maskInputs(masks).map(([name, { data }, shape]) => [name, hold(runtime.upload(data, shape))]),
  )
