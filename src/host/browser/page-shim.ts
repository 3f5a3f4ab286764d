/**
 * Runs at the head of every page in a `<webview>`, before the page's own scripts: gives it what
 * UXP gives and takes away what it lacks there. The frame is sandboxed with an opaque origin, so
 * the browser itself refuses storage and (by CORS) modules; what follows does it without noise.
 */
import { envelopeOf, messageEvent, type PageSettings, pack } from './frame/envelope.ts'

const settings = JSON.parse(window.name) as PageSettings
const devices: GPUDevice[] = []

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true })
}

function forbidStorage(): void {
  for (const name of ['localStorage', 'sessionStorage']) {
    Object.defineProperty(window, name, {
      configurable: true,
      get() {
        throw new DOMException(`${name} is not available in a local page`, 'SecurityError')
      },
    })
  }
}

function forbidFetching(): void {
  const own = (url: string): boolean => /^(blob|data):/.test(url)
  const fetchOwn = window.fetch.bind(window)
  replace(window, 'fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    if (own(input instanceof Request ? input.url : String(input))) return fetchOwn(input, init)
    throw new TypeError('Failed to fetch')
  })
  const open = XMLHttpRequest.prototype.open
  replace(
    XMLHttpRequest.prototype,
    'open',
    function (this: XMLHttpRequest, method: string, url: string | URL) {
      // An empty blob's address that is no longer valid: the request fails, and nothing is sent.
      open.call(this, method, own(String(url)) ? url : 'blob:null/refused', true)
    },
  )
}

function applyGpu(): void {
  if (settings.gpu === 'absent') {
    Reflect.deleteProperty(Navigator.prototype, 'gpu')
    return
  }
  if (!navigator.gpu) return
  if (settings.gpu === 'no-adapter') {
    replace(GPU.prototype, 'requestAdapter', async () => null)
  }
  const requestDevice = GPUAdapter.prototype.requestDevice
  replace(
    GPUAdapter.prototype,
    'requestDevice',
    async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
      const device = await requestDevice.call(this, descriptor)
      devices.push(device)
      return device
    },
  )
}

function isTaken([message, ...others]: readonly unknown[]): boolean {
  switch (settings.hostTakes) {
    case 'object':
      return typeof message === 'object' && others.length === 0
    case 'text':
      return typeof message === 'string' && others.length === 0
    case 'text-and-origin':
      return typeof message === 'string' && others[0] === '*'
    case 'anything':
      return true
  }
}

/** `location.reload` itself cannot be taken away. */
function forbidReload(): void {
  window.navigation?.addEventListener('navigate', (event) => {
    if (event.navigationType === 'reload') event.preventDefault()
  })
}

let isAsleep = false
let held: (() => void)[] = []

/** At once, or when the page wakes. */
function whenAwake(act: () => void): void {
  if (isAsleep) held.push(act)
  else act()
}

function setAsleep(next: boolean): void {
  isAsleep = next
  if (isAsleep) return
  const waiting = held
  held = []
  for (const act of waiting) act()
}

/** A system stops the thread. From within, what a thread waits for can be made to wait. */
function letSleep(): void {
  const later = window.setTimeout.bind(window)
  replace(
    window,
    'setTimeout',
    (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
      later(() => whenAwake(() => run(...args)), ms),
  )
  for (const prototype of [MessagePort.prototype, Worker.prototype]) {
    const { get, set } = Object.getOwnPropertyDescriptor(prototype, 'onmessage')!
    Object.defineProperty(prototype, 'onmessage', {
      configurable: true,
      get,
      set(this: object, hear: ((event: MessageEvent) => void) | null) {
        const hearLater = (event: MessageEvent): void => whenAwake(() => hear?.call(this, event))
        set!.call(this, hear && hearLater)
      },
    })
  }
}

function connect(): void {
  const host = parent
  const uxpHost = {
    postMessage(...given: unknown[]) {
      if (!isTaken(given)) throw new TypeError('postMessage: unsupported arguments')
      const envelope = pack(given[0])
      whenAwake(() => host.postMessage(envelope, '*'))
    },
  }
  if (settings.hasBridge) replace(window, 'uxpHost', uxpHost)
  window.addEventListener(
    'message',
    (event) => {
      const envelope = event.source === host ? envelopeOf(event.data) : undefined
      if (!envelope) return
      event.stopImmediatePropagation()
      if (envelope.uxp === 'lose-device') {
        for (const device of devices.splice(0)) device.destroy()
      } else if (envelope.uxp === 'sleep') {
        setAsleep(envelope.isAsleep)
      } else {
        whenAwake(() => {
          const message = messageEvent(envelope.json, settings.form, {
            origin: settings.pluginId,
            source: uxpHost,
            parse: JSON.parse,
          })
          window.dispatchEvent(message)
        })
      }
    },
    true,
  )
}

forbidStorage()
if (!settings.fetches) forbidFetching()
if (!settings.reloadsItself) forbidReload()
applyGpu()
for (const name of ['alert', 'confirm', 'prompt', 'print']) replace(window, name, () => undefined)
replace(window, 'open', () => null)
// A file that is dropped must not take the page's place.
for (const type of ['dragover', 'drop']) addEventListener(type, (event) => event.preventDefault())
letSleep()
connect()
