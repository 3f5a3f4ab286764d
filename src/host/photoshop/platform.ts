/** What every part of the module shares, and the checks at the door of every call. */
import type { Switches } from '../switches.ts'
import { Journal } from './journal.ts'
import { Modality, pause } from './modal.ts'
import { Notifications } from './notifications.ts'
import { type OpenDocument, Store } from './store.ts'

interface PlatformOptions {
  readonly switches: Switches
  /** Told of each call before it is checked; a test may cancel or close something here. */
  readonly onCall?: (name: string) => void
  /** Shows core.showAlert's message; settles when the person has read it. */
  readonly alert?: (message: string) => void | Promise<void>
}

export class Platform {
  readonly switches: Switches
  readonly store = new Store()
  readonly journal = new Journal()
  readonly modality: Modality
  readonly notifications: Notifications
  readonly alert: (message: string) => void | Promise<void>
  readonly #onCall: ((name: string) => void) | undefined

  constructor({ switches, onCall, alert = () => {} }: PlatformOptions) {
    this.switches = switches
    this.alert = alert
    this.#onCall = onCall
    this.modality = new Modality(this.store, this.journal)
    this.notifications = new Notifications(() => this.modality.session?.isInteractive === false)
  }

  /** Reads a property, as a synchronous getter does. */
  read<T>(name: string, body: () => T): T {
    this.#called(name)
    wait(this.switches.propertyMs)
    this.modality.checkCancelled()
    return body()
  }

  /**
   * Makes a change, as a synchronous setter or method does. `name` is the event that the platform's
   * complaint names.
   */
  write<T>(name: string, body: () => T): T {
    this.#called(name)
    this.modality.checkWrites(name)
    return body()
  }

  async readLater<T>(name: string, body: () => T): Promise<T> {
    return this.#later(name, () => this.modality.checkCancelled(), body)
  }

  /** Reads pixels, which the platform may refuse outside of modal scopes. */
  async readPixels<T>(name: string, body: () => T): Promise<T> {
    const { modality, switches } = this
    return this.#later(
      name,
      () => (switches.getPixelsNeedsModal ? modality.checkReads() : modality.checkCancelled()),
      body,
    )
  }

  /** @param call The method's name, where it is not that of the event. */
  async writeLater<T>(event: string, body: () => T, call = event): Promise<T> {
    return this.#later(call, () => this.modality.checkWrites(event), body)
  }

  async #later<T>(name: string, check: () => void, body: () => T): Promise<T> {
    this.#called(name)
    check()
    await pause(0)
    check()
    return body()
  }

  #called(name: string): void {
    this.journal.calls++
    this.#onCall?.(name)
  }

  /** @param id Missing or negative: the active document. */
  document(id: number | undefined): OpenDocument {
    if (id !== undefined && id >= 0) return this.store.get(id)
    const { active } = this.store
    if (!active) throw new Error('There is no active document.')
    return active
  }
}

/** Waits without giving way, as the plug-in's thread does for another process. */
function wait(ms: number): void {
  if (ms === 0) return
  const until = performance.now() + ms
  while (performance.now() < until);
}
