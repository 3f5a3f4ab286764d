/** The speed of devices, measured once and remembered in the user's cache directory. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import envPaths from 'env-paths'
import { secondsPerMegapixel } from '../engine/calibrate.ts'
import type { Precision } from '../engine/objective/losses/objective.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import type { VggModel } from '../engine/vgg/model.ts'
import { writeFileAtomic } from './files/write-file.ts'

/** Seconds per megapixel by device, threads, model and precision. */
type Speeds = Readonly<Record<string, number>>

/** More are not kept; the oldest go first. */
const MAX_SPEEDS = 32

/** What is measured, and on what. */
interface Subject {
  readonly runtime: Runtime
  readonly model: VggModel
  readonly precision: Precision
  /** As given on the command line. */
  readonly threads?: string
}

const directory = (): string =>
  process.env.IMPASTO_DATA || envPaths('impasto', { suffix: '' }).cache
const speedsPath = (): string => join(directory(), 'speeds.json')

const keyOf = ({ runtime, model, precision, threads }: Subject): string =>
  [
    runtime.description,
    threads && `${threads} threads`,
    model.name,
    model.sha256.slice(0, 12),
    precision,
  ]
    .filter(Boolean)
    .join(', ')

/** Undefined when this device was not measured yet, or the file of the speeds is damaged. */
export async function rememberedSpeed(subject: Subject): Promise<number | undefined> {
  return (await readSpeeds())[keyOf(subject)]
}

/** Measures the device, which takes seconds, and remembers its speed. @throws RuntimeError */
export async function measureSpeed(subject: Subject): Promise<number> {
  const speed = await secondsPerMegapixel(subject.runtime, subject.model, subject)
  const { [keyOf(subject)]: _, ...others } = await readSpeeds()
  const kept = Object.entries(others).slice(1 - MAX_SPEEDS)
  const speeds: Speeds = { ...Object.fromEntries(kept), [keyOf(subject)]: speed }
  try {
    await mkdir(directory(), { recursive: true })
    await writeFileAtomic(speedsPath(), Buffer.from(`${JSON.stringify(speeds, null, 2)}\n`))
  } catch {
    // Where nothing can be kept, the device is measured each time.
  }
  return speed
}

async function readSpeeds(): Promise<Speeds> {
  try {
    const speeds = JSON.parse(await readFile(speedsPath(), 'utf8')) as unknown
    return Object.fromEntries(
      Object.entries(speeds ?? {}).filter(([, speed]) => typeof speed === 'number' && speed > 0),
    )
  } catch {
    // It is a cache: what cannot be read is measured again.
    return {}
  }
}
