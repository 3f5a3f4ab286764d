/** File dialogs that set off clicks which nobody made (PS-57264). */
import type { Pickers } from '../uxp/index.ts'

const BETWEEN_MS = 15
/** Clicks further apart than this are no storm: a busy machine's timers end it. */
const LONGEST_LULL_MS = 100
/** How long it goes on after the dialog was closed. */
const AFTER_MS = 150

export function stormyPickers(
  pickers: Pickers,
  panel: Document,
  isOn: () => boolean,
  report: (violation: string) => void,
): Pickers {
  let clicked: HTMLElement | undefined
  let isStorm = false
  panel.addEventListener(
    'click',
    (event) => {
      if (event.isTrusted) clicked = event.target as HTMLElement
    },
    true,
  )
  const stormily = async <T>(open: () => Promise<T>): Promise<T> => {
    if (isStorm) report('a file dialog was opened by a click that nobody made')
    if (isStorm || !isOn()) return open()
    isStorm = true
    const control = clicked
    let latestMs = Date.now()
    const end = () => {
      clearInterval(timer)
      isStorm = false
    }
    const timer = setInterval(() => {
      if (Date.now() - latestMs > LONGEST_LULL_MS) return end()
      latestMs = Date.now()
      control?.click()
    }, BETWEEN_MS)
    try {
      return await open()
    } finally {
      setTimeout(end, AFTER_MS)
    }
  }
  return {
    open: (request) => stormily(() => pickers.open(request)),
    save: (request) => stormily(() => pickers.save(request)),
    folder: () => stormily(() => pickers.folder()),
  }
}
