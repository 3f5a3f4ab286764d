/**
 * `<webview>` in the panel's document. The page runs in an `<iframe>` with an opaque origin: such
 * a frame has a process of its own in Chromium, so that its work does not hold up the editor, and
 * is a secure context with WebGPU and WebAssembly all the same. With `fetches` it shares the
 * editor's origin and process instead, because only there can it fetch from file:.
 */
import type { Switches } from '../../switches.ts'
import { envelopeOf, messageEvent, type PageSettings, pack } from './envelope.ts'

export interface WebviewSettings {
  readonly pluginId: string
  /** `requiredPermissions.webview` of the manifest. */
  readonly permissions?: {
    readonly allow?: string
    readonly allowLocalRendering?: string
    readonly enableMessageBridge?: string
  }
  /** The plug-in folder, ending with a slash. */
  readonly pluginUrl: string
  /** Paths in it. */
  readonly pluginFiles: readonly string[]
  /** Read when a webview is made. */
  readonly switches: () => Switches
  /** JSON.parse of the realm in which the plug-in runs: what it makes must be that realm's. */
  readonly parse: (json: string) => unknown
}

export interface WebviewControl {
  /** Every page begins anew. */
  reload(): void
  /** GPU devices that pages made are lost. */
  loseDevices(): void
  /** Pages stand still, or go on. */
  sleep(isAsleep: boolean): void
}

interface WebviewElement extends HTMLElement {
  src: string
}

class Webview {
  readonly #element: WebviewElement
  readonly #settings: WebviewSettings
  readonly #frame: HTMLIFrameElement
  readonly #switches: Switches
  #loadedUrl: string | undefined
  /** That the frame was last sent to. */
  #url = ''
  #isFailing = false

  constructor(element: WebviewElement, settings: WebviewSettings) {
    this.#element = element
    this.#settings = settings
    const switches = settings.switches()
    this.#switches = switches
    this.#frame = document.createElement('iframe')
    this.#frame.setAttribute(
      'sandbox',
      switches.pageFetches ? 'allow-scripts allow-same-origin' : 'allow-scripts',
    )
    this.#frame.style.cssText =
      'display: block; width: 100%; height: 100%; border: 0; color-scheme: light'
    const page: PageSettings = {
      pluginId: settings.pluginId,
      hasBridge: hasBridge(settings),
      fetches: switches.pageFetches,
      gpu: switches.pageGpu,
      form: switches,
      hostTakes: switches.uxpHostTakes,
      reloadsItself: ['anything', 'itself'].includes(switches.pageReloadsBy),
    }
    this.#frame.name = JSON.stringify(page)
    this.#frame.addEventListener('load', () => this.#onLoad())
  }

  get window(): Window | null {
    return this.#frame.contentWindow
  }

  /** `src` was set: whether that is heeded depends on the platform. */
  followSource(): void {
    const { src } = this.#element
    const { pageReloadsBy } = this.#switches
    const isSame = src === this.#url
    const isFragment = !isSame && withoutFragment(src) === withoutFragment(this.#url)
    if (isFragment && this.#loadedUrl !== undefined) {
      this.#loadedUrl = src
      this.#url = src
      this.#frame.src = this.#address(src)
    } else if (
      this.#url === '' ||
      pageReloadsBy === 'anything' ||
      (pageReloadsBy === 'query' && !isSame)
    ) {
      this.navigate()
    }
  }

  /** Shows what `src` says, as far as the manifest allows. */
  navigate(): void {
    const url = this.#element.src
    this.#url = url
    const { width, height } = this.#attributes()
    if (width) this.#element.style.width = width
    if (height) this.#element.style.height = height
    this.#loadedUrl = undefined
    if (url === '') return
    this.#fire('loadstart', { url })
    const refusal = this.#refusalOf(url)
    this.#isFailing = refusal !== undefined
    if (refusal !== undefined) {
      this.#frame.remove()
      setTimeout(() => this.#fire('loaderror', { url, code: -1, message: refusal }))
      return
    }
    this.#frame.src = this.#address(url)
    if (!this.#frame.isConnected) this.#element.append(this.#frame)
  }

  /** Lost unless the page has loaded, as in UXP. */
  post(message: unknown): void {
    const envelope = pack(message)
    if (this.#loadedUrl === undefined && this.#switches.earlyPostsThrow) {
      throw new Error('postMessage: the web view is not ready')
    }
    if (this.#switches.hostPostsAreLost) return
    if (this.#loadedUrl !== undefined) this.window?.postMessage(envelope, '*')
  }

  receive(data: unknown): void {
    const envelope = envelopeOf(data)
    if (envelope?.uxp !== 'message' || !hasBridge(this.#settings)) return
    const event = messageEvent(envelope.json, this.#switches, {
      origin: withoutFragment(this.#frame.src),
      source: this.#element,
      parse: this.#settings.parse,
    })
    const { bridgeTarget } = this.#switches
    const target = bridgeTarget === 'element' ? this.#element : window
    target.dispatchEvent(event)
  }

  loseDevice(): void {
    this.window?.postMessage({ uxp: 'lose-device' }, '*')
  }

  sleep(isAsleep: boolean): void {
    this.window?.postMessage({ uxp: 'sleep', isAsleep }, '*')
  }

  #refusalOf(url: string): string | undefined {
    const { permissions, pluginFiles } = this.#settings
    if (this.#switches.pluginIsOnNetwork) return 'the page could not be loaded'
    if (permissions?.allow !== 'yes') {
      return 'requiredPermissions.webview.allow must be "yes" in manifest.json'
    }
    if (!url.startsWith('plugin:/')) return `${url}: only plugin:/ pages are shown here`
    if (permissions.allowLocalRendering !== 'yes') {
      return 'requiredPermissions.webview.allowLocalRendering must be "yes" in manifest.json'
    }
    const path = pathOf(url)
    return pluginFiles.includes(path) ? undefined : `${url}: the plug-in has no file ${path}`
  }

  #address(url: string): string {
    return this.#settings.pluginUrl + url.replace(/^plugin:\/+/, '')
  }

  #onLoad(): void {
    if (this.#isFailing || !this.#frame.src || this.#loadedUrl !== undefined) return
    this.#loadedUrl = this.#element.src
    this.#fire('loadstop', { url: this.#loadedUrl })
  }

  #fire(type: string, fields: object): void {
    this.#element.dispatchEvent(Object.assign(new Event(type), fields))
  }

  #attributes(): { readonly width: string; readonly height: string } {
    const length = (name: string): string => {
      const value = this.#element.getAttribute(name) ?? ''
      return /^\d+$/.test(value) ? `${value}px` : value
    }
    return { width: length('width'), height: length('height') }
  }
}

const hasBridge = ({ permissions }: WebviewSettings): boolean =>
  permissions?.enableMessageBridge === 'localOnly' ||
  permissions?.enableMessageBridge === 'localAndRemote'

const withoutFragment = (url: string): string => url.replace(/#.*$/s, '')

/** 'plugin:/webview/index.html?x' → 'webview/index.html' */
const pathOf = (url: string): string => url.replace(/^plugin:\/+/, '').replace(/[?#].*$/s, '')

/**
 * Teaches this document the element. Its name has no hyphen, so it cannot be a custom element:
 * each one gets its members when it is made, or when it comes in with other markup.
 */
export function installWebview(settings: WebviewSettings): WebviewControl {
  const webviews = new Map<Element, Webview>()
  const isWebview = (node: unknown): node is WebviewElement =>
    node instanceof Element && node.localName === 'webview'

  const createElement = document.createElement.bind(document)
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = createElement(name, options)
    if (isWebview(element)) equip(element)
    return element
  }

  function equip(element: WebviewElement): void {
    if (Object.hasOwn(element, 'src')) return
    const post = (message: unknown): void => {
      const webview = webviews.get(element)
      // Even a message that is lost must be one that JSON can hold.
      if (webview) webview.post(message)
      else pack(message)
      if (!webview && settings.switches().earlyPostsThrow) {
        throw new Error('postMessage: the web view is not ready')
      }
    }
    Object.defineProperties(element, {
      src: {
        get: () => element.getAttribute('src') ?? '',
        set: (url: string) => element.setAttribute('src', url),
      },
      postMessage: { value: hasBridge(settings) ? post : undefined },
    })
  }

  function attach(element: WebviewElement): void {
    if (webviews.has(element)) return
    equip(element)
    const webview = new Webview(element, settings)
    webviews.set(element, webview)
    webview.navigate()
  }

  new MutationObserver((records) => {
    for (const { type, target, addedNodes, removedNodes } of records) {
      if (type === 'attributes') {
        if (isWebview(target)) webviews.get(target)?.followSource()
        continue
      }
      for (const element of webviewsIn(removedNodes)) {
        if (!element.isConnected) webviews.delete(element)
      }
      for (const element of webviewsIn(addedNodes)) if (element.isConnected) attach(element)
    }
  }).observe(document, { childList: true, subtree: true, attributeFilter: ['src'] })

  function webviewsIn(nodes: NodeList): WebviewElement[] {
    return [...nodes].flatMap((node) =>
      node instanceof Element ? [node, ...node.querySelectorAll('webview')].filter(isWebview) : [],
    )
  }

  window.addEventListener(
    'message',
    (event) => {
      const webview = [...webviews.values()].find(({ window }) => window === event.source)
      if (!webview || !event.source) return
      event.stopImmediatePropagation()
      webview.receive(event.data)
    },
    true,
  )

  return {
    reload() {
      for (const webview of webviews.values()) webview.navigate()
    },
    loseDevices() {
      for (const webview of webviews.values()) webview.loseDevice()
    },
    sleep(isAsleep) {
      for (const webview of webviews.values()) webview.sleep(isAsleep)
    },
  }
}
