/** What outlives a session, in localStorage; whatever cannot be read counts as not there. */
import type { Log } from './log.ts'

export interface Memory {
  /** @returns undefined when nothing, or nothing of use, is there. */
  recall(key: MemoryKey): unknown
  /** @returns false where there is no room for it, or no storage. */
  remember(key: MemoryKey, value: unknown): boolean
}

export type MemoryKey =
  | 'folder'
  | 'settings'
  | 'presets'
  | 'recent'
  | 'favourites'
  | 'speeds'
  | 'lastDevice'

export function makeMemory(storage: Pick<Storage, 'getItem' | 'setItem'>, log: Log): Memory {
  return {
    recall(key) {
      try {
        const text = storage.getItem(`impasto.${key}`)
        return text ? (JSON.parse(text) as unknown) : undefined
      } catch (error) {
        log.add('warning', `what was remembered of ${key} is damaged: ${String(error)}`)
        return undefined
      }
    },
    remember(key, value) {
      try {
        storage.setItem(`impasto.${key}`, JSON.stringify(value))
        return true
      } catch (error) {
        log.add('warning', `${key} cannot be remembered: ${String(error)}`)
        return false
      }
    },
  }
}
