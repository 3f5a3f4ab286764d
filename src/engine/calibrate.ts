/** Measures how fast a device is, by a few evaluations of small pictures. */

import type { StylizeOptions } from './options.ts'
import { noiseImage } from './picture/image.ts'
import type { Runtime } from './runtime/runtime.ts'
import { stylize } from './stylize.ts'
import type { VggModel } from './vgg/model.ts'

/**
 * Long edges, px. At the first a GPU spends most of its time on taking orders, so that a fast
 * device is measured again at the next.
 */
const EDGES = [64, 256] as const
/** Where an evaluation takes longer than this at the first edge, the next would be too slow to wait for. */
const FAST_SECONDS = 0.02
/** The first prepares the graphs and is not counted. */
const ITERATIONS = 4

interface CalibrationOptions {
  /** Default: what a run takes of itself. */
  readonly precision?: StylizeOptions['precision']
  /** Awaited after every evaluation, where others wait for the thread. */
  readonly yieldToEvents?: () => Promise<void>
}

/** Seconds that an evaluation takes for each megapixel, which is the unit of a plan's `work`. */
export async function secondsPerMegapixel(
  runtime: Runtime,
  model: VggModel,
  options: CalibrationOptions = {},
): Promise<number> {
  let result = 0
  for (const edge of EDGES) {
    const seconds = await secondsPerEvaluation(runtime, model, edge, options)
    result = (seconds * 1e6) / edge ** 2
    if (seconds > FAST_SECONDS) break
  }
  return result
}

async function secondsPerEvaluation(
  runtime: Runtime,
  model: VggModel,
  edge: number,
  { precision = 'auto', yieldToEvents }: CalibrationOptions,
): Promise<number> {
  const times: number[] = []
  await stylize(
    noiseImage(edge, edge, 1),
    [{ image: noiseImage(EDGES[0], EDGES[0], 2), weight: 1 }],
    {
      ...{ size: edge, minScale: edge, iterations: [ITERATIONS], precision },
      // The steps of L-BFGS take longer as it remembers more.
      optimizer: 'adam',
      // A plan counts in evaluations of all layers.
      styleLayerWeights: [1],
    },
    {
      runtime,
      model,
      onProgress: async () => {
        times.push(performance.now())
        await yieldToEvents?.()
      },
    },
  )
  const durations = times.slice(1).map((time, i) => time - times[i]!)
  // What disturbs a measurement only ever prolongs it.
  return Math.min(...durations) / 1000
}
