/** `impasto plan`: what a run would do and need, without running it. */
import { checkInput } from '../engine/input/check-input.ts'
import { makeRegions } from '../engine/input/regions.ts'
import { regionCount } from '../engine/objective/targets.ts'
import type { StylizeOptions } from '../engine/options.ts'
import { limitsOf } from '../engine/plan/limits.ts'
import { idlePlan, planRun, type RunPlan, type ScalePlan } from '../engine/plan/plan.ts'
import type { Device, Runtime } from '../engine/runtime/runtime.ts'
import { measureSpeed, rememberedSpeed } from './calibration.ts'
import { createRuntime } from './devices.ts'
import { type InputArguments, type RunInputs, readInputs } from './inputs.ts'
import { memoryBytes } from './memory.ts'
import { type Print, printTable } from './models/commands.ts'
import { duration, megabytes, savingSeconds } from './planning.ts'

interface PlanArguments extends InputArguments {
  readonly device: Device
  readonly threads?: string | undefined
  /** Measure the device's speed even if it is known. */
  readonly calibrate: boolean
}

export async function planCommand(given: PlanArguments, print: Print): Promise<void> {
  const inputs = await readInputs(given)
  const { settings, model } = inputs.manner
  const runtime = await createRuntime(given.device, given.threads)
  try {
    const { plan, limits } = planOf(inputs, runtime)
    print(`${runtime.description}; ${megabytes(limits.memoryBytes)} may be used`)
    if (plan.work === 0) {
      print('nothing is painted: it takes a moment')
      return
    }
    const { precision } = plan.scales[0]!
    const subject = { runtime, model, precision, threads: given.threads }
    const known = given.calibrate ? undefined : await rememberedSpeed(subject)
    const speed = known ?? (await measureSpeed(subject))
    printTable([HEADINGS, ...plan.scales.map((scale) => rowOf(scale, settings, speed))], print)
    print(
      totalOf(plan, speed, inputs.content.kind === 'psd' ? savingSeconds(inputs.content.image) : 0),
    )
  } finally {
    await runtime.release()
  }
}

/** Plans the run as `stylize` would. @throws OptionError, ImageError for what it would refuse. */
function planOf(
  { manner, content: { image: content, heldBytes }, styles, strength, initImage: init }: RunInputs,
  runtime: Runtime,
) {
  const { settings, model } = manner
  checkInput(content, styles, settings, { initImage: init, strength })
  const limits = limitsOf(runtime, settings, memoryBytes(runtime))
  const { regions } = makeRegions(content, styles, strength)
  const painting = regions.flatMap((region) => region.styles)
  const plan =
    regions.length === 0
      ? idlePlan(content, runtime.device)
      : planRun(
          {
            content,
            styles: painting,
            regions: regionCount(regions),
            settings,
            model,
            init,
            heldBytes,
          },
          limits,
        )
  return { plan, limits }
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

const totalOf = ({ predictedBytes, work }: RunPlan, speed: number, saving: number): string =>
  `about ${duration(work * speed + saving)} in all, at most ${megabytes(predictedBytes)} of memory`
