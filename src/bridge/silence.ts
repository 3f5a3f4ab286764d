/** Tells when the other end gives no sign of life although it has work to do. */
import { type Timers, type Watch, watch } from './timers.ts'

/** An end at work says so every second, unless its thread is blocked or its page asleep. */
const SILENT_AFTER_MS = 5000

export interface Silence {
  /** From now on something is expected of the other end. */
  begin(): void
  heard(): void
  /** Nothing is expected any more. */
  end(): void
}

export function listenForSilence(timers: Timers, tell: (isSilent: boolean) => void): Silence {
  let watching: Watch | undefined
  let isSilent = false

  const begin = (): void => {
    watching?.stop()
    watching = watch(timers, SILENT_AFTER_MS, () => {
      isSilent = true
      tell(true)
    })
  }
  const speak = (): void => {
    if (!isSilent) return
    isSilent = false
    tell(false)
  }
  return {
    begin,
    heard() {
      if (!watching) return
      if (isSilent) begin()
      else watching.touch()
      speak()
    },
    end() {
      watching?.stop()
      watching = undefined
      speak()
    },
  }
}
