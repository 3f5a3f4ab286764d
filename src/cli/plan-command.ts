/** `impasto plan`: what a run would do and need, without running it. */
import { checkInput } from '../engine/check-input.ts'
import { resolveOptions, type StylizeOptions } from '../engine/options.ts'
import { limitsOf } from '../engine/plan/limits.ts'
import { planRun, type RunPlan, type ScalePlan } from '../engine/plan/plan.ts'
import type { Device } from '../engine/runtime/runtime.ts'
import { measureSpeed, rememberedSpeed } from './calibration.ts'
import { createRuntime } from './devices.ts'
import { openContent, readStyle } from './files/index.ts'
import { memoryBytes } from './memory.ts'
import { type Print, printTable } from './models/commands.ts'
import { loadModel } from './models/store.ts'
import { duration, megabytes } from './planning.ts'
import { findPreset, parseStyle } from './stylize-command.ts'

export interface PlanArguments {
  readonly content: string
  /** FILE or FILE:WEIGHT */
  readonly styles: readonly string[]
  readonly preset: string
  readonly layer?: string
  readonly device: Device
  readonly threads?: string
  /** Measure the device's speed even if it is known. */
  readonly calibrate: boolean
  readonly options: Partial<StylizeOptions>
  readonly initFile?: string
}

export async function planCommand(given: PlanArguments, print: Print): Promise<void> {
  const settings = resolveOptions(findPreset(given.preset).options, given.options)
  const { image: content } = await openContent(given.content, { layer: given.layer })
  const styles = await Promise.all(
    given.styles.map(parseStyle).map(async ({ file, weight }) => ({
      image: await readStyle(file),
      weight,
    })),
  )
  const initImage = given.initFile ? await readStyle(given.initFile) : undefined
  const model = await loadModel(settings.model)
  const runtime = await createRuntime(given.device, given.threads)
  try {
    checkInput(content, styles, settings, { initImage })
    const limits = limitsOf(runtime, settings, memoryBytes(runtime))
    const plan = planRun({ content, styles, settings, model }, limits)
    const { precision } = plan.scales[0]!
    const subject = { runtime, model, precision, threads: given.threads }
    const known = given.calibrate ? undefined : await rememberedSpeed(subject)
    const speed = known ?? (await measureSpeed(subject))
    print(`${runtime.description}; ${megabytes(limits.memoryBytes)} may be used`)
    printTable([HEADINGS, ...plan.scales.map((scale) => rowOf(scale, settings, speed))], print)
    print(totalOf(plan, speed))
  } finally {
    await runtime.release()
  }
}

const HEADINGS = ['size', 'iterations', 'evaluated', 'precision', 'pairs', 'memory', 'time']

const rowOf = (scale: ScalePlan, { optimizer }: StylizeOptions, speed: number): string[] => [
  `${scale.width}×${scale.height} px`,
  String(scale.iterations),
  scale.tile ? `${scale.tiles} tiles of ${scale.tile.width}×${scale.tile.height} px` : 'whole',
  scale.precision,
  optimizer === 'lbfgs' ? String(scale.lbfgsMemory) : 'none',
  megabytes(scale.predictedBytes),
  duration(scale.iterations * scale.work * speed),
]

const totalOf = ({ predictedBytes, work }: RunPlan, speed: number): string =>
  `about ${duration(work * speed)} in all, at most ${megabytes(predictedBytes)} of memory`
