/** What a run would do and need here, from sizes alone. */
import type { PlanQuestion, PlanSummary } from '../bridge/messages.ts'
import { resolveOptions } from '../engine/options.ts'
import { limitsOf } from '../engine/plan/limits.ts'
import { planRun } from '../engine/plan/plan.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import type { VggModel } from '../engine/vgg/model.ts'
import { memoryOf } from './devices.ts'
import { extendedSize } from './thin.ts'

/** @throws OptionError when the run does not fit the device, or an option its range. */
export function planFor(
  { content, styles, hasStrength, options }: PlanQuestion,
  runtime: Runtime,
  model: VggModel,
): PlanSummary {
  const settings = resolveOptions(options)
  const used = styles.filter(({ weight }) => weight > 0)
  const masks = new Set(used.map(({ mask }) => mask))
  const isWhole = !hasStrength && masks.size === 1 && masks.has(undefined)
  const { scales, predictedBytes, work } = planRun(
    {
      content: extendedSize(content, settings.size),
      styles: used.map(({ weight, scale, rotation, ...image }) => ({
        image,
        weight,
        scale,
        rotation,
      })),
      regions: isWhole ? 0 : masks.size,
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
