/**
 * Gives the panel the height of the element that holds it, in px. Which height UXP gives that root is
 * not documented: it may have none of its own, so that a percentage of it is nothing, and the height
 * may become known late and without an event.
 */

/** px. A lower root is waiting for its content, or is not laid out yet. */
const LEAST_HEIGHT = 100
/** Seen in another plug-in, which found sizes to come without an event. */
const POLL_MS = 400

export interface RootFacts {
  readonly width: number
  readonly height: number
  readonly windowHeight: number
  /** Height of the panel's element; `heightFrom` says where it comes from. */
  readonly fitted: number
  readonly heightFrom: 'root' | 'window' | 'nothing'
  readonly hasResizeObserver: boolean
}

interface RootFill {
  /** Begins anew if the root is another one. */
  follow(root: HTMLElement): void
  /** A panel that cannot be seen is not polled. */
  setVisible(isVisible: boolean): void
  facts(): RootFacts
}

interface Observer {
  observe(element: Element): void
  disconnect(): void
}

declare const ResizeObserver: (new (changed: () => void) => Observer) | undefined

/** @param onSize runs when the panel's size may have changed. */
export function fillRoot(element: HTMLElement, onSize: () => void): RootFill {
  let root: HTMLElement | undefined
  let observer: Observer | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isVisible = true
  let fitted = 0
  /** Height of a root without content: its padding. */
  let emptyHeight = 0
  let isRootOwn = false
  let width = 0

  /** A root that is as tall as its content makes it has no height of its own. */
  const wanted = (): number => {
    const height = root?.clientHeight ?? 0
    if (fitted === 0 && height < LEAST_HEIGHT) emptyHeight = height
    isRootOwn = height >= LEAST_HEIGHT && (isRootOwn || height !== fitted + emptyHeight)
    const tallest = window.innerHeight >= LEAST_HEIGHT ? window.innerHeight : undefined
    if (isRootOwn) return Math.min(height, tallest ?? height)
    return tallest === undefined ? 0 : tallest - emptyHeight
  }

  function fit(): void {
    if (!root) return
    const height = wanted()
    if (height === fitted && root.clientWidth === width) return
    width = root.clientWidth
    fitted = height
    // Adobe's own samples do nothing better where the height is not known.
    element.style.height = height > 0 ? `${height}px` : '100vh'
    onSize()
  }

  function poll(): void {
    clearTimeout(timer)
    fit()
    if (isVisible && root && !(observer && isRootOwn)) timer = setTimeout(poll, POLL_MS)
  }

  window.addEventListener('resize', poll)
  return {
    follow(next) {
      if (next !== root) {
        observer?.disconnect()
        root = next
        // The root is first measured without content.
        fitted = 0
        element.style.height = '0px'
        isRootOwn = false
        if (typeof ResizeObserver === 'function') {
          observer = new ResizeObserver(poll)
          observer.observe(root)
        }
      }
      poll()
    },
    setVisible(next) {
      isVisible = next
      poll()
    },
    facts: () => ({
      width: root?.clientWidth ?? 0,
      height: root?.clientHeight ?? 0,
      windowHeight: window.innerHeight,
      fitted,
      heightFrom: isRootOwn ? 'root' : fitted > 0 ? 'window' : 'nothing',
      hasResizeObserver: observer !== undefined,
    }),
  }
}
