/** Aborts with the first of several that does. Older web views lack `AbortSignal.any`. */
export function anyOf(signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal
  /** Lets go of them. */
  end(): void
} {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  for (const signal of signals) {
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
  }
  return {
    signal: controller.signal,
    end() {
      for (const signal of signals) signal?.removeEventListener('abort', abort)
    },
  }
}
