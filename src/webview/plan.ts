/** What a run would do and need here, from sizes alone. */
import type { PlanQuestion, PlanSummary } from '../bridge/messages.ts'
import { resolveOptions } from '../engine/options.ts'
import { limitsOf } from '../engine/plan/limits.ts'
import { planRun } from '../engine/plan/plan.ts'
import type { WebRuntime } from '../engine/runtime/ort-web.ts'
import type { VggModel } from '../engine/vgg/model.ts'
import { memoryOf } from './devices.ts'
import { extendedSize } from './thin.ts'

/** @throws OptionError when the run does not fit the device, or an option its range. */
export function planFor(
  { content, styles, options }: PlanQuestion,
  runtime: WebRuntime,
  model: VggModel,
): PlanSummary {
  const settings = resolveOptions(options)
  const { scales, predictedBytes, work } = planRun(
    {
      content: extendedSize(content, settings.size),
      styles: styles.map((image) => ({ image, weight: 1 })),
      settings,
      model,
    },
    limitsOf(runtime, settings, memoryOf(runtime)),
  )
  const finest = scales.at(-1)!
  const { width, height, tile, tiles, precision } = finest
  const window = tile ?? finest
  return {
    scales: scales.length,
    width,
    height,
    tiles: tile ? tiles : 0,
    tileWidth: window.width,
    tileHeight: window.height,
    precision,
    predictedBytes,
    work,
  }
}
