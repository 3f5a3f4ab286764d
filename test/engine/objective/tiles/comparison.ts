/** One objective evaluated at once, and how far evaluations tile by tile are from it. */
import type { Evaluator, StyleTarget, Targets } from '../../../../src/engine/objective/evaluator.ts'
import {
  type ObjectiveSpec,
  styleTerms,
  termNames,
} from '../../../../src/engine/objective/losses/objective.ts'
import { makeRegionMasks, type RegionMasks } from '../../../../src/engine/objective/region-masks.ts'
import { makeWholeEvaluator, measureContentWhole } from '../../../../src/engine/objective/whole.ts'
import type { PlanarImage } from '../../../../src/engine/picture/image.ts'
import { makeGraphVectors } from '../../../../src/engine/runtime/graph-vectors.ts'
import type { Runtime } from '../../../../src/engine/runtime/runtime.ts'
import { makeRandom } from '../../../reference/check-gradient.ts'
import { targetGraph } from '../../../reference/target-graph.ts'

/** Waves with noise on them, some of it outside [0,1] where `range` is. */
export function samplePicture(
  width: number,
  height: number,
  { seed, range = [0, 1] }: { seed: number; range?: readonly [number, number] },
): PlanarImage {
  const random = makeRandom(seed)
  const [min, max] = range
  const data = Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const x = i % width
    const y = Math.floor(i / width) % height
    const wave = Math.sin(x / (5 + seed)) * Math.cos(y / (9 - seed)) + Math.sin((x + 2 * y) / 31)
    return min + (max - min) * (0.5 + 0.15 * wave + 0.4 * (random() - 0.5))
  })
  return { width, height, data }
}

interface Deviations {
  /** |g − g*| / |g*| in the Euclidean norm. */
  readonly gradient: number
  /** Of the worst value, over the largest of all. */
  readonly worst: number
  /** |t − t*| / |t*| of the worst term. */
  readonly terms: number
}

export interface Comparison {
  readonly targets: Targets
  readonly coefficients: Float32Array
  /** @param bandRows rows of the bands that picture and gradient are kept in. */
  deviations(evaluator: Evaluator, bandRows?: number): Promise<Deviations>
  release(): void
}

/** Overlapping waves, each region nowhere in some corner. */
function sampleMasks(spec: ObjectiveSpec): RegionMasks {
  const { width, height, regions } = spec
  const masks = Array.from({ length: regions }, (_, region) => ({
    width,
    height,
    data: Float32Array.from({ length: height * width }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)]
      const wave = Math.sin(x / 23 + 2 * region) * Math.cos(y / 37 + region)
      return Math.min(1, Math.max(0, 0.4 + wave))
    }),
  }))
  return makeRegionMasks(masks, spec)
}

/** Every region is compared with an image of its own. */
async function sampleTargets(
  runtime: Runtime,
  spec: ObjectiveSpec,
  masks?: RegionMasks,
): Promise<Targets['style']> {
  const targets = new Map<string, StyleTarget>()
  for (const { name, layer, region } of styleTerms(spec)) {
    const image = samplePicture(140, 121, { seed: 2 + 0.5 * region })
    const graph = targetGraph({ ...spec, ...image, contentLayers: [], styleLayers: [layer] })
    const program = await runtime.compile(graph, { readBack: Object.keys(graph.outputs) })
    const { host } = await program.run({ image: image.data })
    await program.release()
    const matrix = host[`style.${layer}`]!
    targets.set(name, {
      matrix,
      mean: host[`mean.style.${layer}`],
      channels: Math.sqrt(matrix.length),
      area: masks ? masks.layers.get(layer)!.areas[region]! : 1,
      share: 1,
    })
  }
  return targets
}

/** Coefficients make every term 1, and total variation, whose gradient is the largest, less. */
export async function makeComparison(runtime: Runtime, spec: ObjectiveSpec): Promise<Comparison> {
  const { width, height } = spec
  const picture = samplePicture(width, height, { seed: 1, range: [-0.1, 1.1] })
  const masks = spec.regions > 0 ? sampleMasks(spec) : undefined
  const targets: Targets = {
    content:
      spec.contentLayers.length > 0
        ? await measureContentWhole(runtime, spec, samplePicture(width, height, { seed: 3 }))
        : new Map(),
    style: spec.styleLayers.length > 0 ? await sampleTargets(runtime, spec, masks) : new Map(),
    masks,
  }
  const evaluate = async (evaluator: Evaluator, coefficients: Float32Array, bandRows: number) => {
    const space = makeGraphVectors(runtime, { width, height, bandRows })
    const iterate = space.upload(picture.data)
    const gradient = space.allocate()
    try {
      const terms = await evaluator.evaluate(iterate, gradient, coefficients)
      return { terms, gradient: await space.download(gradient) }
    } finally {
      space.free(iterate)
      space.free(gradient)
      await space.release()
    }
  }

  const whole = await makeWholeEvaluator(runtime, spec, targets)
  const names = termNames(spec)
  const coefficients = new Float32Array(names.length).fill(1)
  const { terms: distances } = await evaluate(whole, coefficients, height)
  distances.forEach((distance, i) => {
    coefficients[i] = (names[i] === 'tv' ? 0.01 : 1) / distance
  })
  const expected = await evaluate(whole, coefficients, height)
  await whole.release()

  return {
    targets,
    coefficients,
    async deviations(evaluator, bandRows = 97) {
      const actual = await evaluate(evaluator, coefficients, bandRows)
      let difference = 0
      let norm = 0
      let worst = 0
      let largest = 0
      expected.gradient.forEach((value, i) => {
        const off = Math.abs(actual.gradient[i]! - value)
        difference += off ** 2
        norm += value ** 2
        worst = Math.max(worst, off)
        largest = Math.max(largest, Math.abs(value))
      })
      const terms = [...expected.terms].map(
        (value, i) => Math.abs(actual.terms[i]! - value) / Math.abs(value),
      )
      return {
        gradient: Math.sqrt(difference / norm),
        worst: worst / largest,
        terms: Math.max(...terms),
      }
    },
    release() {
      for (const { features } of targets.content.values()) features.release()
    },
  }
}
