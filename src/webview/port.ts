/** The page's end of the message bridge that UXP puts between a panel and a webview in it. */
import { fragmentReader } from '../bridge/fragment.ts'
import { makePort, type WayIn, type WayOut } from '../bridge/ways.ts'

declare global {
  interface Window {
    /** Put there by UXP, perhaps after the page's scripts began. */
    readonly uxpHost?: { postMessage(message: unknown, targetOrigin?: string): void }
  }
}

/** Versions were seen that take objects, texts, or texts with an origin. */
const WAYS_OUT: readonly WayOut[] = [
  { name: 'object', post: (message) => window.uxpHost?.postMessage(message) },
  { name: 'text', post: (message) => window.uxpHost?.postMessage(JSON.stringify(message)) },
  {
    name: 'text and origin',
    post: (message) => window.uxpHost?.postMessage(JSON.stringify(message), '*'),
  },
]

const byMessage: WayIn = {
  name: 'window',
  listen(hear) {
    const onMessage = (event: MessageEvent): void => {
      const { source } = event as { readonly source?: unknown }
      // UXP names itself as the source. Other frames are strangers. A message without a source comes
      // from a script of this page, perhaps UXP's own, and is judged by its form.
      if (source === undefined || source === null || source === window.uxpHost) hear(event)
    }
    window.addEventListener('message', onMessage)
    return () => window.removeEventListener('message', onMessage)
  },
}

export const hostPort = makePort(
  [byMessage, fragmentReader(window, (taken) => hostPort.post(taken))],
  WAYS_OUT,
)
