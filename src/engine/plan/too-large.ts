/** What to say of a picture that fits in no way: how much it takes, how much there is, and what helps. */

import { OptionError } from '../errors.ts'
import type { ObjectiveSpec } from '../objective/losses/objective.ts'
import { tilePasses } from '../objective/tiles/passes.ts'
import type { Limits } from './limits.ts'
import type { MemoryModel } from './memory.ts'

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`

/** @param pairs the fewest that L-BFGS can do with. */
export function tooLarge(
  spec: ObjectiveSpec,
  need: MemoryModel['need'],
  pairs: number,
  limits: Limits,
): OptionError {
  const { width, height, network } = spec
  const isSeamless = network.padding === 'wrap'
  const { window } = tilePasses(spec, { width: 0, height: 0 })
  const { bytes, heapBytes, tensorBytes } = need(pairs, isSeamless ? undefined : window)
  const how = isSeamless
    ? 'with --padding wrap, which is evaluated at once and not in tiles,'
    : `in the smallest tiles, ${window.width}×${window.height} px,`
  const what = `memory: ${width}×${height} px ${how}`
  if (tensorBytes > limits.maxTensorBytes) {
    return new OptionError(
      `${what} takes tensors of ${megabytes(tensorBytes)}, the ${limits.device} device allows ${megabytes(limits.maxTensorBytes)}; choose a smaller --size or the device cpu`,
    )
  }
  if (heapBytes > limits.heapBytes) {
    return new OptionError(
      `${what} takes ${megabytes(heapBytes)}, of a memory of its own the ${limits.device} device has ${megabytes(limits.heapBytes)}; choose a smaller --size or the device cpu`,
    )
  }
  return new OptionError(
    `${what} takes ${megabytes(bytes)}, ${megabytes(limits.memoryBytes)} may be used; raise --memory or choose a smaller --size`,
  )
}
