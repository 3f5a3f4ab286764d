import type { Progress } from '../engine/output/progress.ts'
import { printable } from './printable.ts'

const BAR_WIDTH = 24
/** Where output is no terminal, a line at most this often, seconds. */
const PLAIN_INTERVAL_S = 5

/** A bar that redraws itself on a terminal, plain lines elsewhere; on standard error. */
export function makeProgressLine(quiet: boolean) {
  const stream = process.stderr
  let lastPlain = Number.NEGATIVE_INFINITY
  const clear = (): void => {
    if (!quiet && stream.isTTY) stream.write('\r\x1b[K')
  }
  return {
    show(progress: Progress): void {
      if (quiet) return
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${bar(progress.fraction)} ${describe(progress)}`)
        return
      }
      const isLast = progress.iteration === progress.iterations
      if (!isLast && progress.seconds - lastPlain < PLAIN_INTERVAL_S) return
      lastPlain = progress.seconds
      stream.write(`${describe(progress)}\n`)
    },
    note(line: string): void {
      clear()
      if (!quiet) stream.write(`${printable(line)}\n`)
    },
    /** What went wrong is said even with --quiet. */
    warn(line: string): void {
      clear()
      stream.write(`${printable(line)}\n`)
    },
    end: clear,
  }
}

const bar = (fraction: number): string => {
  const filled = Math.round(fraction * BAR_WIDTH)
  return `[${'█'.repeat(filled)}${'·'.repeat(BAR_WIDTH - filled)}]`
}

const describe = (p: Progress): string =>
  `${String(Math.floor(p.fraction * 100)).padStart(3)} %  ${p.width}×${p.height} px (${p.scaleIndex + 1}/${p.scaleCount})  ` +
  `iteration ${p.iteration}/${p.iterations}  loss ${p.total.toPrecision(5)}  ${Math.ceil(p.secondsLeft)} s left`
