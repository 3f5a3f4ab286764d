/** Aborts as soon as one of several signals does. Older web views lack `AbortSignal.any`. */
export function anyOf(signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal
  /** Stops listening to them. */
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
