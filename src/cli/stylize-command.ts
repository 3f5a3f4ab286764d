/** `impasto stylize`: files in, engine, files out. */
import type { Device } from '../engine/runtime/runtime.ts'
import { openRuntimes } from './devices.ts'
import { assertWritable } from './files/index.ts'
import { assertPlaceWritable, writeFileAtomic } from './files/write-file.ts'
import { type InputArguments, readInputs } from './inputs.ts'
import { listenForInterrupts } from './interrupts.ts'
import { assertApart, readFor } from './overwriting.ts'
import { outputFor, paint } from './paint.ts'
import { plotSvg } from './plot.ts'
import { makeProgressLine } from './progress-line.ts'
import { makeReport } from './report.ts'

export interface StylizeArguments extends InputArguments {
  readonly out?: string | undefined
  readonly likeSource?: boolean
  readonly strip?: boolean
  readonly device: Device
  readonly threads?: string | undefined
  readonly report?: string | undefined
  readonly plot?: string | undefined
  readonly quiet: boolean
}

export async function stylizeCommand(given: StylizeArguments): Promise<void> {
  // Whatever can fail is tried before the long part.
  for (const extra of [given.report, given.plot]) if (extra) await assertPlaceWritable(extra)
  if (given.out !== undefined) await assertWritable(given.out)
  const inputs = await readInputs(given)
  const out = given.out ?? outputFor(inputs.content.path)
  await assertWritable(out)
  await assertApart(
    [
      ['--out', out],
      ['--report', given.report],
      ['--plot', given.plot],
    ],
    [
      ['CONTENT', inputs.content.path],
      ['--preset-file', given.presetFile],
      ...readFor(inputs.manner),
    ],
  )
  const runtimes = await openRuntimes(given.device, given.threads)
  const line = makeProgressLine(given.quiet)
  const interrupts = listenForInterrupts()

  try {
    const { first: stop, second: cancel } = interrupts
    const earlier = inputs.manner.recalled?.recipe.device
    if (earlier !== undefined && earlier !== runtimes.first.description) {
      line.note(`painted on ${earlier} before, now on another device: it may differ a little`)
    }
    const { threads, likeSource, strip } = given
    const studio = { runtimes, line, threads, likeSource, strip, stop, cancel }
    const painted = await paint(inputs, out, studio)
    const { result } = painted
    line.note(
      `${result.isFinished ? 'painted' : 'stopped, kept the best picture'}: ${out} in ${painted.seconds.toFixed(1)} s, loss ${result.total.toPrecision(5)}`,
    )
    const report = makeReport(inputs, painted, runtimes.last)
    if (given.report) {
      await writeFileAtomic(given.report, Buffer.from(`${JSON.stringify(report, null, 2)}\n`))
      line.note(`report: ${given.report}`)
    }
    if (given.plot) {
      await writeFileAtomic(given.plot, Buffer.from(plotSvg(report)))
      line.note(`plot: ${given.plot}`)
    }
  } finally {
    await runtimes.release()
    interrupts.release()
  }
}
