/**
 * One scale of a run: makes the objective ready for its size, measures its targets, and runs the
 * optimiser.
 */

import { RuntimeError } from '../errors.ts'
import type { StyleRegion } from '../input/regions.ts'
import { makeBandedEvaluator } from '../objective/bands/evaluator.ts'
import type { Evaluator } from '../objective/evaluator.ts'
import { OVERSHOOT_TERM, type Terms, termNames } from '../objective/losses/objective.ts'
import { coefficientsFor, measureTargets, regionCount } from '../objective/targets.ts'
import { makeTiledEvaluator } from '../objective/tiles/evaluator.ts'
import { makeWholeEvaluator } from '../objective/whole.ts'
import { adam } from '../optim/adam.ts'
import { lbfgs } from '../optim/lbfgs.ts'
import type { Optimizer } from '../optim/vectors.ts'
import type { StylizeOptions } from '../options.ts'
import type { PlanarImage } from '../picture/image.ts'
import { vectorCount } from '../plan/memory.ts'
import { type ScalePlan, specOf } from '../plan/plan.ts'
import { type GraphVectors, makeGraphVectors, type Vector } from '../runtime/graph-vectors.ts'
import { makeHolder } from '../runtime/holder.ts'
import { makeLaneVectors } from '../runtime/lanes.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { Network } from '../vgg/features.ts'

export interface Painter {
  /**
   * One iteration.
   * @returns the loss terms of the picture that was evaluated.
   * @throws CancelledError when `signal` aborts between two tiles.
   */
  step(signal?: AbortSignal): Promise<Terms>
  /** The evaluated picture of the lowest loss, as it will be shown; undefined before the first step. */
  best(): Promise<{ readonly image: PlanarImage; readonly terms: Terms } | undefined>
  release(): Promise<void>
}

interface PainterInput {
  /** At this scale's size, opaque; made when it is needed, and not kept. */
  readonly content: () => PlanarImage
  readonly regions: readonly StyleRegion[]
  readonly start: PlanarImage
  readonly plan: ScalePlan
  readonly settings: StylizeOptions
  readonly network: Network
  readonly runtime: Runtime
  /** Aborting ends the preparation. */
  readonly signal?: AbortSignal
}

/**
 * Lengths of L-BFGS's steps in colour, which runs from 0 to 1 (root mean square): the first, the
 * longest, and how many times as long as the one before a step may be. PyTorch's rules know no
 * unit: from some photographs its first steps lead to losses of 1e22, and a hundred evaluations
 * pass before it is back.
 */
const FIRST_STEP_RMS = 3e-3
const MAX_STEP_RMS = 0.2
const MAX_STEP_GROWTH = 10

const DEFAULT_LEARNING_RATES = { lbfgs: 1, adam: 0.02 } as const

export async function makePainter(input: PainterInput): Promise<Painter> {
  const { runtime, settings, plan, start, network, regions } = input
  const { width, height } = plan
  const spec = specOf(plan, settings, network, regionCount(regions))
  const names = termNames(spec)
  const { hold, release } = makeHolder()
  const { bandRows, bands } = plan
  const lanes = bands > 1 ? runtime.lanes : undefined
  const sizes = { width, height, bandRows }
  const space = hold(lanes ? makeLaneVectors(lanes, sizes) : makeGraphVectors(runtime, sizes))

  type State = { readonly iterate: Vector }
  let evaluator: Evaluator
  let optimizer: Optimizer<Vector, State>
  let coefficients: Float32Array
  let state: State
  try {
    const longEdge = plan.longEdge
    const targets = await measureTargets({ ...input, spec, longEdge, tile: plan.tile })
    for (const { features } of targets.content.values()) hold(features)
    coefficients = coefficientsFor(spec, settings, targets)
    if (plan.tile) {
      evaluator = hold(await makeTiledEvaluator(runtime, spec, targets, plan.tile))
    } else if (lanes) {
      evaluator = hold(await makeBandedEvaluator(lanes, spec, targets, bandRows))
    } else {
      evaluator = hold(await makeWholeEvaluator(runtime, spec, targets))
    }
    optimizer = makeOptimizer(space, plan, settings) as unknown as Optimizer<Vector, State>
    // Now, so that a lack of memory shows before the work, and nothing is allocated during it.
    space.reserve(vectorCount({ ...settings, ...plan }) - 1)
    state = await optimizer.init(space.upload(start.data))
  } catch (error) {
    await release()
    throw error
  }
  let best: { readonly iterate: Vector; readonly loss: number; readonly terms: Terms } | undefined
  /** The loss that the weight of the overshoot was last fitted to. */
  let penaltyLoss = Number.POSITIVE_INFINITY

  const download = async (vector: Vector): Promise<PlanarImage> => {
    const data = await space.download(vector)
    for (let i = 0; i < data.length; i++) data[i] = Math.min(1, Math.max(0, data[i]!))
    return { width, height, data }
  }

  /** Half precision fails where a number leaves its range; whoever paints goes on in full precision. */
  const checkFinite = async (loss: number, gradient: Vector): Promise<void> => {
    const isHalf = plan.precision === 'float16'
    const [[square]] = isHalf
      ? ((await space.products([gradient], [gradient])) as [[number]])
      : [[loss]]
    if (isHalf ? Number.isFinite(loss + square) : best || Number.isFinite(loss)) return
    throw new RuntimeError(
      `${runtime.device}: the loss ${best ? 'became' : 'of the first picture is'} ${loss}${isHalf ? ' or its gradient not finite in half precision' : ''}; lower the weights or choose another device`,
      { failure: isHalf ? 'precision' : 'other' },
    )
  }

  return {
    async step(signal) {
      const gradient = space.allocate()
      let values: number[]
      let loss: number
      try {
        values = [...(await evaluator.evaluate(state.iterate, gradient, coefficients, signal))]
        loss = values.reduce((a, b) => a + b, 0)
        await checkFinite(loss, gradient)
      } catch (error) {
        space.free(gradient)
        throw error
      }
      const { [OVERSHOOT_TERM]: overshoot = 0, ...terms } = Object.fromEntries(
        names.map((name, i) => [name, values[i]!]),
      )
      const shownLoss = loss - overshoot
      if (settings.clamp && shownLoss < penaltyLoss / 2) {
        // Relative to the loss, so that it means the same in every form and at every stage.
        coefficients[names.indexOf(OVERSHOOT_TERM)] = settings.overshootWeight * shownLoss
        penaltyLoss = shownLoss
      }
      if (!best || shownLoss < best.loss) {
        if (best) space.free(best.iterate)
        best = { iterate: space.share(state.iterate), loss: shownLoss, terms }
      }
      state = await optimizer.update(state, { loss, gradient })
      return terms
    },
    async best() {
      return best && { image: await download(best.iterate), terms: best.terms }
    },
    release,
  }
}

function makeOptimizer(
  space: GraphVectors,
  { width, height, lbfgsMemory }: ScalePlan,
  settings: StylizeOptions,
) {
  const learningRate = settings.learningRate || DEFAULT_LEARNING_RATES[settings.optimizer]
  if (settings.optimizer === 'adam') return adam(space, { learningRate })
  const unit = Math.sqrt(3 * width * height)
  return lbfgs(space, {
    memory: lbfgsMemory,
    learningRate,
    firstStep: FIRST_STEP_RMS * unit,
    maxStep: MAX_STEP_RMS * unit,
    maxGrowth: MAX_STEP_GROWTH,
  })
}
