import type { Terms } from '../engine/objective/losses/objective.ts'
import type { StylizeOptions } from '../engine/options.ts'
import type { EvaluationRecord } from '../engine/output/progress.ts'
import type { RunPlan, ScalePlan } from '../engine/plan/plan.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import type { RunInputs } from './inputs.ts'
import type { Painted } from './paint.ts'
import { VERSION } from './version.ts'

/** What a run did; described by docs/report.schema.json. */
export interface Report {
  readonly version: string
  /** Files here and below as they were typed, or where they were found. */
  readonly content: string
  readonly styles: readonly ReportStyle[]
  readonly strengthMap?: string
  readonly init?: string
  /** The result whose settings were used again. */
  readonly from?: string
  readonly preset: string
  readonly settings: StylizeOptions
  /** Where it ended, should the first device have failed. */
  readonly device: { readonly name: string; readonly description: string }
  readonly model: { readonly name: string; readonly topology: string; readonly sha256: string }
  /** Size of the painted picture, px. */
  readonly width: number
  readonly height: number
  readonly seconds: number
  /** Null when nothing was evaluated. */
  readonly secondsPerEvaluation: number | null
  readonly peakMemoryBytes: number
  /** As it was made before the run. */
  readonly plan: PlanReport
  /** How the run went on after failures, in sentences. */
  readonly notes: readonly string[]
  readonly isFinished: boolean
  /** Losses of the picture that was written, moved by a pixel where the last steps painted it so. */
  readonly result: { readonly total: number; readonly terms: Terms }
  readonly evaluations: readonly EvaluationRecord[]
}

interface ReportStyle {
  readonly file: string
  readonly weight: number
  readonly scale: number
  /** Degrees, clockwise. */
  readonly rotation: number
  readonly mask?: string
}

interface PlanReport {
  readonly predictedBytes: number
  /** Null where the device was never measured; `impasto plan` does. */
  readonly predictedSeconds: number | null
  readonly scales: readonly (Omit<ScalePlan, 'longEdge' | 'bandRows' | 'work'> & {
    readonly predictedSeconds: number | null
  })[]
}

function planReport({ scales, predictedBytes, work }: RunPlan, speed?: number): PlanReport {
  const seconds = (units: number) => (speed === undefined ? null : units * speed)
  return {
    predictedBytes,
    predictedSeconds: seconds(work),
    scales: scales.map(({ longEdge, bandRows, work: each, ...scale }) => ({
      ...scale,
      predictedSeconds: seconds(each * scale.iterations),
    })),
  }
}

/** @param runtime where the run ended. */
export function makeReport(
  { manner, content }: RunInputs,
  { result, notes, secondsPerMegapixel }: Painted,
  runtime: Runtime,
): Report {
  const { preset, settings, styles, strength, init, recalled, model } = manner
  const { name, topology, sha256 } = model
  const count = result.evaluations.length
  return {
    version: VERSION,
    content: content.path,
    styles: styles.map(({ file, weight, scale, rotation, mask }) => ({
      file,
      weight,
      scale,
      rotation,
      ...(mask ? { mask } : {}),
    })),
    ...(strength ? { strengthMap: strength } : {}),
    ...(init ? { init: init.file } : {}),
    ...(recalled ? { from: recalled.path } : {}),
    preset,
    settings,
    device: { name: runtime.device, description: runtime.description },
    model: { name, topology, sha256 },
    width: result.image.width,
    height: result.image.height,
    seconds: result.seconds,
    secondsPerEvaluation: count === 0 ? null : result.seconds / count,
    // Node reports kilobytes.
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    plan: planReport(result.plan, secondsPerMegapixel),
    notes,
    isFinished: result.isFinished,
    result: { total: result.total, terms: result.terms },
    evaluations: result.evaluations,
  }
}
