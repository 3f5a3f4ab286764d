/** A pair of ports that behave as badly as the platform may, and time that passes when told. */
import type { Port } from '../../src/bridge/port.ts'
import type { Timers } from '../../src/bridge/timers.ts'

/** One arrival of a message. */
export interface Arrival {
  readonly message: unknown
  /** After it was posted, ms. */
  readonly delayMs: number
}

/** What becomes of a message: no arrival loses it, two repeat it, different delays reorder. */
export type Fate = (message: Message) => readonly Arrival[]

/** What the tests look at in a message. */
export interface Message {
  readonly kind: string
  readonly [field: string]: unknown
}

const arrives: Fate = (message) => [{ message, delayMs: 1 }]

export interface Clock extends Timers {
  /** Lets so much time pass, and all that falls due happen, in order. */
  pass(ms: number): Promise<void>
  /** What is still to happen. */
  readonly pending: number
}

export function makeClock(): Clock {
  const due = new Set<{ readonly at: number; readonly run: () => void }>()
  let now = 0
  return {
    after(ms, run) {
      const entry = { at: now + ms, run }
      due.add(entry)
      return () => due.delete(entry)
    },
    async pass(ms) {
      const end = now + ms
      for (;;) {
        // What promises still have to say comes before whatever is due next.
        await new Promise((resolve) => setImmediate(resolve))
        // Of those due at one time the first to be set.
        let next: { readonly at: number; readonly run: () => void } | undefined
        for (const entry of due) if (entry.at <= end && !(next && next.at <= entry.at)) next = entry
        if (!next) break
        due.delete(next)
        now = next.at
        next.run()
      }
      now = end
    },
    get pending() {
      return due.size
    },
  }
}

interface TestPort extends Port {
  /** Copies of what this end posted. */
  readonly posted: readonly Message[]
  fate: Fate
  /** Makes a message arrive at this end. */
  receive(message: unknown): void
}

export interface PortPair {
  readonly panel: TestPort
  readonly engine: TestPort
}

/** Like the platform's: what passes has been JSON, and arrives later. */
export function makePorts(clock: Clock): PortPair {
  const make = (other: () => TestPort): TestPort => {
    const listeners = new Set<(message: unknown) => void>()
    const posted: Message[] = []
    const port: TestPort = {
      posted,
      fate: arrives,
      post(message) {
        const copy = JSON.parse(JSON.stringify(message)) as Message
        posted.push(copy)
        for (const arrival of port.fate(copy)) {
          clock.after(arrival.delayMs, () => other().receive(arrival.message))
        }
      },
      listen(receive) {
        listeners.add(receive)
        return () => listeners.delete(receive)
      },
      receive(message) {
        for (const listener of listeners) listener(message)
      },
    }
    return port
  }
  const pair: PortPair = { panel: make(() => pair.engine), engine: make(() => pair.panel) }
  return pair
}
