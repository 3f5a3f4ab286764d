/** Listeners of action and core. They are told later, never within the call that made the change. */
import type { Descriptor, Listener } from './real.ts'

export class Notifications {
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #isSilent: () => boolean

  constructor(isSilent: () => boolean) {
    this.#isSilent = isSilent
  }

  add(events: readonly string[], listener: Listener): void {
    check(events, listener)
    for (const event of events) {
      const listeners = this.#listeners.get(event) ?? new Set()
      this.#listeners.set(event, listeners.add(listener))
    }
  }

  remove(events: readonly string[], listener: Listener): void {
    check(events, listener)
    for (const event of events) this.#listeners.get(event)?.delete(listener)
  }

  emit(event: string, descriptor: Omit<Descriptor, '_obj'> = {}): void {
    if (this.#isSilent()) return
    for (const listener of this.#listeners.get(event) ?? [])
      setTimeout(() => {
        if (this.#listeners.get(event)?.has(listener))
          listener(event, { _obj: event, ...descriptor })
      }, 0)
  }
}

function check(events: readonly string[], listener: Listener): void {
  if (!Array.isArray(events) || events.some((event) => typeof event !== 'string'))
    throw new TypeError(`addNotificationListener: expected a list of event names, got ${events}`)
  if (typeof listener !== 'function')
    throw new TypeError(`addNotificationListener: expected a function, got ${typeof listener}`)
}
