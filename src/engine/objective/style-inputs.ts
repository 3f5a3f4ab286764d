/** What style losses need on a runtime beside the picture. */

import type { Holder } from '../runtime/holder.ts'
import type { DeviceTensor, Runtime } from '../runtime/runtime.ts'
import type { Targets } from './evaluator.ts'
import { meanName, type ObjectiveSpec, styleTerms } from './losses/objective.ts'
import { comparesMean } from './losses/style.ts'

/** By graph input, `targetInputs` and `perPixel`. */
export function uploadStyleTargets(
  runtime: Runtime,
  spec: Pick<ObjectiveSpec, 'styleLayers' | 'styleLoss' | 'regions'>,
  { style }: Pick<Targets, 'style'>,
  hold: Holder['hold'],
): Record<string, DeviceTensor> {
  const inputs: Record<string, DeviceTensor> = {}
  const terms = styleTerms(spec)
  for (const { name } of terms) {
    const { matrix, mean, channels } = style.get(name)!
    inputs[name] = hold(runtime.upload(matrix, [channels, channels]))
    if (mean && comparesMean(spec.styleLoss))
      inputs[meanName(name)] = hold(runtime.upload(mean, [1, channels]))
  }
  if (spec.regions > 0) {
    const values = perPixel(terms.map(({ name }) => style.get(name)!.area))
    inputs.perPixel = hold(runtime.upload(values, [values.length]))
  }
  return inputs
}

/** A region that covers fewer cells than this counts for nothing. */
export const TINY_AREA = 1e-6

/** Graph input `perPixel` of the areas of style terms; 0 for a region that has no cell. */
export const perPixel = (areas: readonly number[]): Float32Array =>
  Float32Array.from(areas, (area) => (area > TINY_AREA ? 1 / area : 0))
