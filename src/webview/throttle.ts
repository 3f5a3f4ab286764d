/** Passes on at most one value an interval, the first and the last in any case. */
interface Throttle<T> {
  report(value: T): void
  /** Passes on the last value, if it was held back. */
  flush(): void
}

export function makeThrottle<T>(
  emit: (value: T) => void,
  intervalMs: number,
  now: () => number = () => performance.now(),
): Throttle<T> {
  let held: { readonly value: T } | undefined
  let nextAt = Number.NEGATIVE_INFINITY
  return {
    report(value) {
      const time = now()
      if (time < nextAt) {
        held = { value }
        return
      }
      held = undefined
      nextAt = time + intervalMs
      emit(value)
    },
    flush() {
      if (held) emit(held.value)
      held = undefined
    },
  }
}
