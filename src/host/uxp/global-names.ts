/**
 * The global names of a panel in Photoshop 26.0 (UXP 8.0): ECMAScript's own, those that Adobe's
 * types declare, and the timers and members of window that its pages use. Left out because they
 * came with UXP 8.1: ResizeObserver, IntersectionObserver; because plug-ins did not find it, whatever
 * the types say: AbortController; because nothing says that they exist: performance, WebAssembly,
 * matchMedia, self.
 */

const ECMASCRIPT = `
  globalThis undefined NaN Infinity Object Function Boolean Symbol Number BigInt Math Date String
  RegExp Array Map Set WeakMap WeakSet WeakRef FinalizationRegistry Promise Proxy Reflect JSON Intl
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError
  ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array
  Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array
  eval isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI encodeURIComponent
  escape unescape`

const UXP = `
  window document navigator console path crypto localStorage sessionStorage customElements
  setTimeout clearTimeout setInterval clearInterval requestAnimationFrame cancelAnimationFrame
  addEventListener removeEventListener dispatchEvent getComputedStyle innerWidth innerHeight
  fetch alert confirm prompt btoa atob
  Blob ImageBlob FormData Headers Response URL XMLHttpRequest WebSocket
  LocalStorage SessionStorage Crypto Path Clipboard
  CountQueuingStrategy ReadableStream ReadableStreamDefaultController
  ReadableStreamDefaultReader WritableStream WritableStreamDefaultController
  WritableStreamDefaultWriter TransformStream TransformStreamDefaultController
  EventTarget Event BaseUIEvent CloseEvent DragEvent ErrorEvent GestureEvent
  KeyboardEvent MessageEvent PointerEvent ProgressEvent
  Node Attr CharacterData Comment Text Document DocumentFragment ShadowRoot Element NodeList
  NodeFilter TreeWalker HTMLCollection NamedNodeMap DOMTokenList ClassList CustomElementRegistry
  CanvasGradient CanvasRenderingContext2D Path2D
  HTMLElement HTMLAnchorElement HTMLBodyElement HTMLButtonElement HTMLCanvasElement
  HTMLDialogElement HTMLHeadElement HTMLHtmlElement HTMLImageElement HTMLInputElement
  HTMLLabelElement HTMLLinkElement HTMLMenuElement HTMLMenuItemElement HTMLOptionElement
  HTMLProgressElement HTMLScriptElement HTMLSelectElement HTMLSlotElement HTMLStyleElement
  HTMLTemplateElement HTMLTextAreaElement HTMLVideoElement HTMLWebViewElement`

const namesIn = (list: string): string[] => list.trim().split(/\s+/)

/** Those that any realm has: a host with several takes them all from one. */
export const ECMASCRIPT_NAMES: ReadonlySet<string> = new Set(namesIn(ECMASCRIPT))

export const GLOBAL_NAMES: ReadonlySet<string> = new Set([...ECMASCRIPT_NAMES, ...namesIn(UXP)])

/** Other names that a bundle may ask for by typeof: absent, too, but asking is no violation. */
export const PROBED_NAMES: ReadonlySet<string> = new Set([
  'process',
  'global',
  'Deno',
  'Buffer',
  'AbortController',
  'TextEncoder',
])
