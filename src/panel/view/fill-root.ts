/**
 * Gives the panel the height of its place, in px. Nothing documents which height UXP gives the root
 * that it hands to a panel: a share of it may be a share of nothing, and what is known may come
 * late and untold.
 */

/** Less is no height but a root that waits for its content, or is not laid out yet; px. */
const LEAST_HEIGHT = 100
/** Seen in another plug-in, which found sizes to come without an event. */
const POLL_MS = 400

export interface RootFacts {
  readonly width: number
  readonly height: number
  readonly windowHeight: number
  /** Of the panel's element, and whose it is. */
  readonly fitted: number
  readonly heightFrom: 'root' | 'window' | 'nothing'
  readonly hasResizeObserver: boolean
}

interface RootFill {
  /** Begins with another root, if it is another. */
  follow(root: HTMLElement): void
  /** What cannot be seen is not polled. */
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
  /** Of a root around nothing: its padding. */
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
    // Adobe's own samples know nothing better where nothing is known.
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
        // Measured around nothing first.
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
