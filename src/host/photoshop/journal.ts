/** Keeps what the plug-in did that Photoshop would punish silently or late. */
import type { Audit } from '../host.ts'

export class Journal implements Audit {
  readonly #violations: string[] = []
  undisposed = 0
  calls = 0

  get violations(): readonly string[] {
    return this.#violations
  }

  complain(sentence: string): void {
    this.#violations.push(sentence)
  }
}
