/**
 * How a run goes on after its device failed: in smaller tiles, in full precision, on the device
 * opened again, or on the next one.
 */
import { ImpastoError, OptionError, RuntimeError } from '../errors.ts'
import type { StylizeOptions } from '../options.ts'
import { limitsOf } from '../plan/limits.ts'
import { halveTile, type PlanInput, planRun, type RunPlan, type ScalePlan } from '../plan/plan.ts'
import type { Runtime } from '../runtime/runtime.ts'

/** How many devices one run may use up after its first. */
const MAX_REPLACEMENTS = 3

/** Share of the memory predicted for a scale that it may take when it is planned anew with fewer pairs. */
const FEWER_PAIRS_SHARE = 0.8

/** What a run may run on. */
export interface Devices {
  readonly runtime: Runtime
  /** Bytes that a run may use on a runtime, where the options name no limit; default: no limit. */
  readonly memoryBytes?: (runtime: Runtime) => number
  /**
   * Another runtime to go on with after a failure that smaller tiles do not cure: the same device
   * opened again, or the next one. Where there is none, or this is absent, the run ends with its
   * best picture.
   */
  readonly replaceRuntime?: (failed: Runtime, error: RuntimeError) => Promise<Runtime | undefined>
}

export interface Recovery {
  /** The plan as it was made at the start. */
  readonly plan: RunPlan
  /** What the run is on now, and what it does at a scale now. */
  runtime(): Runtime
  scale(index: number): ScalePlan
  /** Looks for a way to go on after a failure at a scale. @returns false when there is none. */
  recover(error: RuntimeError, scaleIndex: number): Promise<boolean>
}

/** @throws OptionError, RuntimeError when the run fits no limits from the start. */
export function makeRecovery(
  input: PlanInput,
  context: Devices & { readonly onNote?: (note: string) => void },
): Recovery {
  const note = (text: string): void => context.onNote?.(text)
  let { runtime } = context
  let settings: StylizeOptions = input.settings
  let limits = limitsOf(runtime, settings, context.memoryBytes?.(runtime))
  let replacements = 0
  const plan = planRun(input, limits)
  let scales = plan.scales

  /** The scales from `from` on, planned anew under the limits as they stand. */
  const replan = (from: number): boolean => {
    try {
      const { scales: next } = planRun({ ...input, settings }, limits)
      scales = scales.map((scale, index) => (index < from ? scale : next[index]!))
      return true
    } catch (error) {
      if (error instanceof OptionError || error instanceof RuntimeError) return false
      throw error
    }
  }

  /** Where tiles cannot be smaller, L-BFGS can remember less. */
  const withFewerPairs = (failed: ScalePlan, index: number): boolean => {
    limits = { ...limits, memoryBytes: FEWER_PAIRS_SHARE * failed.predictedBytes }
    if (!replan(index)) return false
    note(
      `${runtime.device}: memory ran out; L-BFGS goes on with ${scales[index]!.lbfgsMemory} pairs`,
    )
    return true
  }

  const inSmallerTiles = (index: number): boolean => {
    const failed = scales[index]!
    const smaller = halveTile(failed, { ...input, settings }, limits)
    if (!smaller) return withFewerPairs(failed, index)
    const { tile, predictedBytes } = smaller
    note(
      `${runtime.device}: memory ran out; the run goes on in tiles of ${tile!.width}×${tile!.height} px`,
    )
    limits = { ...limits, memoryBytes: Math.min(limits.memoryBytes, predictedBytes) }
    replan(index + 1)
    scales = scales.map((scale, other) => (other === index ? smaller : scale))
    return true
  }

  /** Where opening fails, that counts as having none. */
  const openAnother = async (
    failed: Runtime,
    error: RuntimeError,
  ): Promise<Runtime | undefined> => {
    try {
      return await context.replaceRuntime?.(failed, error)
    } catch (refusal) {
      if (!(refusal instanceof ImpastoError)) throw refusal
      note(`no other device could be opened (${refusal.message})`)
      return undefined
    }
  }

  const onAnotherRuntime = async (error: RuntimeError, index: number): Promise<boolean> => {
    if (replacements >= MAX_REPLACEMENTS) return false
    replacements++
    const failed = runtime
    const next = await openAnother(failed, error)
    if (!next) return false
    // What was learnt about memory holds for devices of the same kind.
    const learnt = next.device === failed.device ? limits.memoryBytes : Number.POSITIVE_INFINITY
    runtime = next
    limits = limitsOf(runtime, settings, context.memoryBytes?.(runtime))
    limits = { ...limits, memoryBytes: Math.min(limits.memoryBytes, learnt) }
    // Errors end with what helps, and help has come.
    const [what] = error.message.split('; ')
    if (!replan(index)) {
      note(`${what}; ${runtime.description} has no memory for the rest of the run`)
      return false
    }
    note(`${what}; the run goes on on ${runtime.description}`)
    return true
  }

  return {
    plan,
    runtime: () => runtime,
    scale: (index) => scales[index]!,
    async recover(error, index) {
      if (error.failure === 'precision' && settings.precision !== 'float32') {
        settings = { ...settings, precision: 'float32' }
        note('a number left the range of half precision; the run goes on in float32')
        if (replan(index)) return true
      }
      if (error.failure === 'memory' && inSmallerTiles(index)) return true
      return onAnotherRuntime(error, index)
    },
  }
}
