/** Stands in for AbortController, which Photoshop's panels have been seen without. */
export interface Aborter {
  readonly signal: AbortSignal
  abort(): void
}

export const makeAborter = (): Aborter =>
  typeof AbortController === 'undefined' ? makePlainAborter() : new AbortController()

/** Has only what panel and bridge use of a signal: `aborted`, and listeners that are functions. */
function makePlainAborter(): Aborter {
  const listeners = new Set<() => void>()
  const signal = {
    aborted: false,
    addEventListener: (_: 'abort', listener: () => void) => listeners.add(listener),
    removeEventListener: (_: 'abort', listener: () => void) => listeners.delete(listener),
  }
  return {
    signal: signal as unknown as AbortSignal,
    abort() {
      if (signal.aborted) return
      signal.aborted = true
      for (const listener of listeners) listener()
      listeners.clear()
    },
  }
}
