/** Signals that end a run. */

/**
 * `npx` and the shell pass on what the terminal has sent already: signals within this time are one
 * keystroke.
 */
const SAME_KEYSTROKE_MS = 1000

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

interface Interrupts {
  /** Aborted by the first of Ctrl-C, SIGTERM and SIGHUP. */
  readonly first: AbortSignal
  /**
   * Aborted by another Ctrl-C after that. Other signals do not count here, because their senders
   * repeat them without impatience.
   */
  readonly second: AbortSignal
  /** Lets signals end the process again. */
  release(): void
}

export function listenForInterrupts(): Interrupts {
  const first = new AbortController()
  const second = new AbortController()
  let firstAt = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!first.signal.aborted) {
      firstAt = performance.now()
      first.abort()
    } else if (signal === 'SIGINT' && performance.now() - firstAt > SAME_KEYSTROKE_MS) {
      second.abort()
    }
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  return {
    first: first.signal,
    second: second.signal,
    release() {
      const release = (): void => {
        for (const signal of SIGNALS) process.off(signal, onSignal)
      }
      // What repeats the first may still come while the process ends by itself.
      if (first.signal.aborted) setTimeout(release, SAME_KEYSTROKE_MS).unref()
      else release()
    },
  }
}
