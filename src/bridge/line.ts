/** What calls and jobs share: the way to the other end, and whom to tell of trouble. */
import type { Draft } from './packets.ts'
import type { Refuse } from './refusal.ts'
import type { Silence } from './silence.ts'
import type { Timers } from './timers.ts'
import type { Transfers } from './transfers.ts'

export interface Line {
  /** For people: 'the engine page' or 'the panel'. */
  readonly otherEnd: string
  readonly isConnected: () => boolean
  /** Works only while connected. */
  readonly post: (draft: Draft) => void
  readonly transfers: Transfers
  readonly timers: Timers
  readonly refuse: Refuse
  /** Whether an end that gives no sign of life may be merely asleep. */
  readonly mayBeAsleep: () => boolean
  readonly silence: Silence
}
