/** Tells from a provider's own words what a failure means for the run. */
import type { RuntimeFailure } from '../errors.ts'

const INVALID_BUFFER = /\[Invalid Buffer/i

const NO_MEMORY = [
  // JavaScript
  /array buffer allocation failed/i,
  /invalid (typed )?array (buffer )?length/i,
  // C++ and ONNX Runtime
  /bad[_ ]alloc/i,
  /failed to allocate memory/i,
  /available memory of \d+ is smaller than requested/i,
  // WebAssembly, whose heap ends at 4 GB. (Where it traps, its state is lost as well: smaller tiles
  // do not help then.)
  /out of memory|\bOOM\b/i,
  /cannot enlarge memory/i,
  // WebGPU: Dawn says how a buffer exceeds a limit in several ways
  /buffer .*size .*(exceeds|larger than)/i,
  /(exceeds|larger than) the max(imum)? buffer size/i,
  // A buffer for which there was no room, used
  INVALID_BUFFER,
]
const LOST = [
  /device (was |is )?(lost|removed|destroyed|hung)/i,
  /A valid external Instance reference/i,
]

/** @param error what a provider threw or reported. */
export function failureOf(error: unknown): RuntimeFailure {
  const text = describe(error)
  if (LOST.some((pattern) => pattern.test(text))) return 'lost'
  return NO_MEMORY.some((pattern) => pattern.test(text)) ? 'memory' : 'other'
}

/**
 * Whether WebGPU only reports that something was used that an earlier error, reported by itself,
 * had made invalid.
 */
export const isConsequence = ({ message }: { readonly message: string }): boolean =>
  INVALID_BUFFER.test(message) || /due to a previous error/i.test(message)

/** WebGPU's errors carry what they are in their class, others in their message. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const { message } = error as { readonly message?: unknown }
  const isOutOfMemory = error.constructor?.name === 'GPUOutOfMemoryError'
  return isOutOfMemory ? 'out of memory' : String(message ?? error)
}
