/** The objective evaluated on the whole picture at once, which is fastest where memory allows. */
import { throwIfCancelled } from './errors.ts'
import type { Evaluator, Targets } from './evaluator.ts'
import type { PlanarImage } from './image.ts'
import {
  contentTerm,
  type ObjectiveSpec,
  objectiveGraph,
  styleTerm,
  targetGraph,
} from './losses/objective.ts'
import { makeHolder } from './runtime/holder.ts'
import type { DeviceTensor, Program, Runtime } from './runtime/runtime.ts'

/** @throws OptionError, ModelError for layers that the network lacks; RuntimeError. */
export async function makeWholeEvaluator(
  runtime: Runtime,
  spec: ObjectiveSpec,
  targets: Targets,
): Promise<Evaluator> {
  const { hold, release } = makeHolder()
  const inputs: Record<string, DeviceTensor> = {}
  for (const layer of spec.contentLayers) {
    inputs[contentTerm(layer)] = targets.content.get(layer)!.features
  }
  let program: Program
  try {
    program = hold(await runtime.compile(objectiveGraph(spec), { readBack: ['terms'] }))
    for (const layer of spec.styleLayers) {
      const { gram, channels } = targets.style.get(layer)!
      inputs[styleTerm(layer)] = hold(runtime.upload(gram, [channels, channels]))
    }
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
  const graph = targetGraph({ ...spec, styleLayers: [] })
  const { host, device } = await runOnce(runtime, graph, ['norms'], image, signal)
  return new Map(
    spec.contentLayers.map((layer, i) => [
      layer,
      { features: device[contentTerm(layer)]!, squaredNorm: host.norms![i]! },
    ]),
  )
}

/**
 * Gram matrices [C,C] of the style layers, row by row.
 * @throws RuntimeError; CancelledError after `signal`.
 */
export async function measureStyleWhole(
  runtime: Runtime,
  spec: Omit<ObjectiveSpec, 'width' | 'height'>,
  image: PlanarImage,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { width, height } = image
  const graph = targetGraph({ ...spec, width, height, contentLayers: [] })
  const { host } = await runOnce(runtime, graph, spec.styleLayers.map(styleTerm), image, signal)
  return new Map(spec.styleLayers.map((layer) => [layer, host[styleTerm(layer)]!]))
}

async function runOnce(
  runtime: Runtime,
  graph: ReturnType<typeof targetGraph>,
  readBack: readonly string[],
  image: PlanarImage,
  signal?: AbortSignal,
) {
  throwIfCancelled(signal)
  const program = await runtime.compile(graph, { readBack })
  try {
    throwIfCancelled(signal)
    const tensor = runtime.upload(image.data, [1, 3, image.height, image.width])
    try {
      return await program.run({ image: tensor })
    } finally {
      tensor.release()
    }
  } finally {
    await program.release()
  }
}
