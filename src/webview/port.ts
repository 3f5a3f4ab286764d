/** The page's end of the message bridge that UXP puts between a panel and a webview in it. */
import type { Port } from '../bridge/connection.ts'

declare global {
  interface Window {
    /** Put there by UXP, perhaps after the page's scripts began. */
    readonly uxpHost?: { postMessage(message: object): void }
  }
}

export const hostPort: Port = {
  post: (message) => window.uxpHost?.postMessage(message),
  listen(receive) {
    const onMessage = ({ source, data }: MessageEvent): void => {
      // UXP names itself as the source. Other frames are nobody we know; what has no source comes
      // from a script of this page, as UXP's own may be, and is judged by its shape.
      if (source === null || (source as unknown) === window.uxpHost) receive(data)
    }
    window.addEventListener('message', onMessage)
    return () => window.removeEventListener('message', onMessage)
  },
}
