/** The engine page's webview, and the bridge's port to it. */
import { fragmentWriter } from '../bridge/fragment.ts'
import { makePort, type OpenPort } from '../bridge/ways.ts'

const PAGE = 'plugin:/webview/index.html'

interface WebviewElement extends HTMLElement {
  /** Absent where the manifest gives no message bridge. */
  postMessage?(message: object): void
}

/** How the page can be made to begin anew from outside. */
export type ReloadMeans = 'source' | 'query' | 'element'

export interface Webview {
  /** Holds the webview, which may be replaced. */
  readonly element: HTMLElement
  readonly port: OpenPort
  /** Loads the page, once, as soon as the element stands in the panel. */
  load(): void
  /** Sets its address again, which may be ignored, or with another query, or makes another element. */
  reload(by: ReloadMeans): void
  /** In px: percentages give webviews a wrong size. As attributes, too: only those are documented. */
  resize(width: number, height: number): void
}

/** @param onError hears why the page could not be loaded. */
export function makeWebview(onError: (message: string) => void): Webview {
  const holder = document.createElement('div')
  let hearElement: ((event: object) => void) | undefined
  let size: Readonly<Record<string, string>> = {}
  let loads = 0
  let source = ''
  let webview = makeElement()

  function makeElement(): WebviewElement {
    const element = document.createElement('webview') as WebviewElement
    element.setAttribute('id', 'engine')
    // Listened to before there is a source: an event may come at once.
    element.addEventListener('loaderror', (event) => {
      const { url, code, message } = event as Event & Partial<Record<string, unknown>>
      onError(`engine page ${String(url)}: ${String(message)} (${String(code)})`)
    })
    element.addEventListener('message', (event) => hearElement?.(event))
    holder.appendChild(element)
    return element
  }

  function applySize(): void {
    for (const [name, value] of Object.entries(size)) {
      if (webview.style[name as 'width'] === value) continue
      webview.style[name as 'width'] = value
      webview.setAttribute(name, value)
    }
  }

  function goTo(address: string): void {
    source = address
    webview.setAttribute('src', address)
  }

  const listenToWindow = (hear: (event: object) => void): (() => void) => {
    const onMessage = (event: MessageEvent): void => {
      const { source } = event as { readonly source?: unknown }
      // Some versions name no source. A source other than the webview's page is a stranger.
      if (source === undefined || source === null || source === webview) hear(event)
    }
    window.addEventListener('message', onMessage)
    return () => window.removeEventListener('message', onMessage)
  }
  const listenToElement = (hear: (event: object) => void): (() => void) => {
    hearElement = hear
    return () => {
      hearElement = undefined
    }
  }

  return {
    element: holder,
    port: makePort(
      [
        { name: 'window', listen: listenToWindow },
        { name: 'element', listen: listenToElement },
      ],
      [
        { name: 'postMessage', post: (message) => webview.postMessage?.(message) },
        fragmentWriter((fragment) => webview.setAttribute('src', `${source}#${fragment}`)),
      ],
    ),
    load() {
      if (source === '') goTo(PAGE)
    },
    reload(by) {
      if (by === 'element') {
        holder.removeChild(webview)
        webview = makeElement()
        applySize()
      }
      goTo(by === 'source' ? source : `${PAGE}?${++loads}`)
    },
    resize(width, height) {
      size = { width: `${width}px`, height: `${height}px` }
      applySize()
    },
  }
}
