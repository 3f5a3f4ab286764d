/**
 * The panel's last resort where UXP loses what it posts to the page: it changes the fragment of the
 * page's address, which the page notices without being loaded anew. Two changes in quick succession
 * would hide the first, so the page acknowledges each before the next is made.
 */
import { platformTimers, type Timers } from './timers.ts'
import type { WayIn, WayOut } from './ways.ts'

/** In characters. Chromium opens no address longer than 2 MB; one chunk always fits. */
const LONGEST_BATCH = 2 ** 20
const REPEAT_AFTER_MS = 2000

/** The page's message that it has taken a batch. */
interface Taken {
  readonly taken: string
}

/**
 * The panel's side.
 * @param setFragment sets the fragment of the page's address; without `#`.
 */
export function fragmentWriter(
  setFragment: (fragment: string) => void,
  timers: Timers = platformTimers,
): WayOut {
  const session = Math.random().toString(36).slice(2)
  const queue: object[] = []
  let batch: { readonly name: string; readonly text: string } | undefined
  let count = 0
  let repeats = 0
  let stopTimer: (() => void) | undefined

  function next(): void {
    const texts: string[] = []
    let length = 0
    while (queue.length > 0) {
      const text = JSON.stringify(queue[0])
      if (texts.length > 0 && length + text.length > LONGEST_BATCH) break
      length += text.length
      texts.push(text)
      queue.shift()
    }
    batch =
      texts.length > 0 ? { name: `${session}-${++count}`, text: `[${texts.join(',')}]` } : undefined
    repeats = 0
    write()
  }

  function write(): void {
    stopTimer?.()
    if (!batch) return
    setFragment(`${batch.name}.${repeats++}.${encodeURIComponent(batch.text)}`)
    stopTimer = timers.after(REPEAT_AFTER_MS, write)
  }

  return {
    name: 'address fragment',
    isLastResort: true,
    post(message) {
      // Only the latest announcement counts.
      if ('asks' in message) {
        const before = queue.findIndex((waiting) => 'asks' in waiting)
        if (before >= 0) queue.splice(before, 1)
      }
      queue.push(message)
      if (!batch) next()
    },
    takes(message) {
      const { taken } = (message ?? {}) as Partial<Taken>
      if (typeof taken !== 'string') return false
      if (taken === batch?.name) next()
      return true
    },
  }
}

/**
 * The page's side.
 * @param acknowledge tells the panel what was taken.
 */
export function fragmentReader(page: Window, acknowledge: (taken: Taken) => void): WayIn {
  return {
    name: 'address fragment',
    listen(hear) {
      let last = ''
      const read = (): void => {
        const [, name, text] = /^#([\w-]+)\.\d+\.(.*)$/s.exec(page.location.hash) ?? []
        if (name === undefined || text === undefined) return
        acknowledge({ taken: name })
        if (name === last) return
        last = name
        for (const data of messagesIn(text)) hear({ data })
      }
      page.addEventListener('hashchange', read)
      // What is in the address already is heard a moment later, like everything else.
      void Promise.resolve().then(read)
      return () => page.removeEventListener('hashchange', read)
    },
  }
}

function messagesIn(text: string): readonly unknown[] {
  try {
    const messages: unknown = JSON.parse(decodeURIComponent(text))
    return Array.isArray(messages) ? messages : []
  } catch {
    return []
  }
}
