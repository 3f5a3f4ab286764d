/** How much memory a run may use: as typed, or a share of what is free. */
import { OptionError } from '../engine/errors.ts'
import { GPU_BYTES } from '../engine/plan/limits.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'

/** The rest is for other programs, and for what predictions miss. */
const SHARE_OF_FREE = 0.7

/** Bytes that a run may use where the options name no limit. */
export function memoryBytes({ device }: Pick<Runtime, 'device'>): number {
  if (device === 'webgpu') return GPU_BYTES
  // Also heeds a container's limit. What the process holds already counts as its own.
  return SHARE_OF_FREE * process.availableMemory() + process.memoryUsage.rss()
}

const MEGABYTES = { m: 1, g: 1000 } as const

/**
 * `4G`, `1.5GB` and `800M` in MB; a number as it is, for the option's own check.
 * @throws OptionError for any other text.
 */
export function inMegabytes(text: string): string {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([mg])b?\s*$/i.exec(text) ?? []
  if (number === undefined) {
    if (text.trim() !== '' && Number.isFinite(Number(text))) return text
    throw new OptionError(`--memory: expected a size such as 4G, 800M or 800 (MB), got "${text}"`)
  }
  return String(Math.round(Number(number) * MEGABYTES[unit!.toLowerCase() as 'm' | 'g']))
}
