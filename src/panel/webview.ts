/** The engine page's webview, and the bridge's port to it. */
import type { Port } from '../bridge/connection.ts'

const PAGE = 'plugin:/webview/index.html'

interface WebviewElement extends HTMLElement {
  /** Absent where the manifest gives no message bridge. */
  postMessage?(message: object): void
}

export interface Webview {
  readonly element: HTMLElement
  readonly port: Port
  /** Loads the page, once, as soon as the element stands in the panel. */
  load(): void
  reload(): void
}

/** @param onError hears why the page could not be loaded. */
export function makeWebview(onError: (message: string) => void): Webview {
  const element = document.createElement('webview') as WebviewElement
  element.setAttribute('id', 'engine')
  // Listened to before there is a source: an event may come at once.
  element.addEventListener('loaderror', (event) => {
    const { url, code, message } = event as Event & Partial<Record<string, unknown>>
    onError(`engine page ${String(url)}: ${String(message)} (${String(code)})`)
  })
  return {
    element,
    port: {
      post: (message) => element.postMessage?.(message),
      listen(receive) {
        const onMessage = (event: MessageEvent): void => {
          if ((event.source as unknown) === element) receive(event.data)
        }
        window.addEventListener('message', onMessage)
        return () => window.removeEventListener('message', onMessage)
      },
    },
    reload: () => element.setAttribute('src', PAGE),
    load() {
      if (element.getAttribute('src') !== PAGE) element.setAttribute('src', PAGE)
    },
  }
}
