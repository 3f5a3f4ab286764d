/** What the bridge knows of time; tests bring their own. */
export interface Timers {
  /** @returns a function that calls it off. */
  after(ms: number, run: () => void): () => void
}

export const platformTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

export interface Watch {
  /** There was a sign of life: the time begins anew. */
  touch(): void
  stop(): void
}

const TICKS = 4

/**
 * Runs `expire` when nothing has touched the watch for about `timeoutMs`. It counts ticks instead
 * of reading a clock, so that a thread that was blocked itself hears what came meanwhile before the
 * watch expires.
 */
export function watch(timers: Timers, timeoutMs: number, expire: () => void): Watch {
  let ticksLeft = TICKS
  const tick = (): void => {
    ticksLeft -= 1
    if (ticksLeft === 0) expire()
    else stopTimer = timers.after(timeoutMs / TICKS, tick)
  }
  let stopTimer = timers.after(timeoutMs / TICKS, tick)
  return {
    touch() {
      ticksLeft = TICKS
    },
    stop: () => stopTimer(),
  }
}

/** Calls `run` every `ms` until the returned function is called. */
export function every(timers: Timers, ms: number, run: () => void): () => void {
  let stopTimer = timers.after(ms, function again() {
    stopTimer = timers.after(ms, again)
    run()
  })
  return () => stopTimer()
}
