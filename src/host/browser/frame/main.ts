/**
 * Runs in the frame around the plug-in's panel, before any of its markup: Spectrum's widgets,
 * `<webview>`, `<dialog>` and themes as UXP has them, and an eye on what UXP lacks.
 */
import { applyTheme, findCssLimits, onlyListed } from './css-limits.ts'
import { installDialogs } from './dialogs.ts'
import { installWebview, type WebviewControl, type WebviewSettings } from './webview.ts'
import { defineWidgets } from './widgets/define.ts'

interface FrameSettings {
  readonly webview: WebviewSettings
  readonly hasCssNext: boolean
  /** False: what Adobe's list of styles does not name has no effect. */
  readonly knowsUnlistedCss: boolean
  readonly report: (violation: string) => void
  readonly setModal: (isModal: boolean) => void
  /** Takes from a canvas what UXP's lacks. */
  readonly restrictCanvas: (canvas: HTMLCanvasElement) => void
}

export interface Frame {
  readonly webviews: WebviewControl
  setTheme(theme: string, variables: Readonly<Record<string, string>>): void
  /** Adds the style sheet that a `<link>` of the panel's markup names. */
  addStyleSheet(css: string): void
}

declare global {
  interface Window {
    openFrame: (settings: FrameSettings) => Frame
  }
}

/** Elements that UXP does not have. */
const LACKING =
  'iframe, input[type=file], input[type=color], form, label[for], [contenteditable], object, embed'

window.openFrame = (settings) => {
  const { report } = settings
  const styles: { readonly element: HTMLStyleElement; readonly css: string }[] = []
  const themeListeners = new Set<(theme: string) => void>()
  let theme = 'darkest'

  const check = (css: string): void => {
    for (const sentence of findCssLimits(css, settings.hasCssNext)) report(sentence)
  }

  function adopt(element: Element): void {
    if (element instanceof HTMLStyleElement && !('checked' in element.dataset)) {
      check(element.textContent ?? '')
    } else if (element instanceof HTMLCanvasElement) {
      settings.restrictCanvas(element)
    }
    if (element.matches(LACKING) && element.parentElement?.localName !== 'webview') {
      report(`<${element.localName}> in the panel: UXP has no such element or attribute`)
    }
  }

  const createElement = document.createElement.bind(document)
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const element = createElement(name, options)
    if (element instanceof HTMLCanvasElement) settings.restrictCanvas(element)
    return element
  }
  defineWidgets()
  const webviews = installWebview(settings.webview)
  installDialogs(settings.setModal)
  new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) {
        if (!(node instanceof Element) || node.parentElement?.localName === 'webview') continue
        for (const element of [node, ...node.querySelectorAll('*')]) adopt(element)
      }
    }
  }).observe(document, { childList: true, subtree: true })

  Object.defineProperty(document, 'theme', {
    value: {
      getCurrent: () => theme,
      onUpdated: {
        addListener: (listener: (theme: string) => void) => themeListeners.add(listener),
        removeListener: (listener: (theme: string) => void) => themeListeners.delete(listener),
      },
    },
  })

  return {
    webviews,
    setTheme(newTheme, variables) {
      theme = newTheme
      for (const [name, value] of Object.entries(variables)) {
        document.documentElement.style.setProperty(name, value)
      }
      for (const { element, css } of styles) element.textContent = applyTheme(css, theme)
      for (const listener of themeListeners) listener(theme)
    },
    addStyleSheet(css) {
      check(css)
      const element = createElement('style')
      const known = settings.knowsUnlistedCss ? css : onlyListed(css)
      element.textContent = applyTheme(known, theme)
      element.dataset.checked = ''
      styles.push({ element, css: known })
      document.head.append(element)
    },
  }
}
