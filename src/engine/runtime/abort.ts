import { CancelledError } from '../errors.ts'

/** Waits no longer than until `signal` aborts. @throws CancelledError then. */
export function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new CancelledError('cancelled: nothing was changed'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

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
