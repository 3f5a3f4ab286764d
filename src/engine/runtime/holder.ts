/** Holds what a piece of work has on a device, and releases it. */
interface Held {
  release(): void | Promise<void>
}

/** Collects what is to be released; releases all of it once. */
export interface Holder {
  hold<T extends Held>(held: T): T
  /** Releases the newest first, and all even if one fails. @throws what the first failure threw. */
  release(): Promise<void>
}

export function makeHolder(): Holder {
  const held: Held[] = []
  return {
    hold(one) {
      held.push(one)
      return one
    },
    async release() {
      const failures: unknown[] = []
      for (const one of held.splice(0).reverse()) {
        try {
          await one.release()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
