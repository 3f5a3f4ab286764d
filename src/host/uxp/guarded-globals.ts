/**
 * For makeGlobalScope: those of a panel's globals that manifest.json must permit, those of which
 * UXP has only a part, and ImageBlob, which browsers lack.
 */
import type { Switches } from '../switches.ts'
import { makeImageBlob } from './image-blob.ts'
import { type Manifest, requireAlerts, requireClipboard, requireNetwork } from './manifest.ts'

interface GuardedGlobalOptions {
  readonly manifest: Manifest
  readonly locale: string
  readonly report: (violation: string) => void
  readonly switches: () => Pick<Switches, 'clipboardRefuses'>
  /** The realm that does what is permitted. */
  readonly real: Pick<
    typeof globalThis,
    | 'fetch'
    | 'XMLHttpRequest'
    | 'WebSocket'
    | 'alert'
    | 'confirm'
    | 'prompt'
    | 'navigator'
    | 'crypto'
  >
}

/** A plug-in's page lies in its folder. */
const BASE_URL = 'plugin:/index.html'

export function guardedGlobals(options: GuardedGlobalOptions): Readonly<Record<string, unknown>> {
  const { manifest, report, real } = options

  function permit(method: string, url: string | URL): string {
    const resolved = new URL(url, BASE_URL).href
    requireNetwork(manifest, method, resolved)
    return resolved
  }

  function guardDialog<Args extends unknown[], R>(
    method: string,
    dialog: (...args: Args) => R,
  ): (...args: Args) => R {
    return (...args) => {
      requireAlerts(manifest, method)
      return Reflect.apply(dialog, real, args)
    }
  }

  return {
    async fetch(input: string, init?: RequestInit) {
      return Reflect.apply(real.fetch, real, [permit('fetch', input), init])
    },
    XMLHttpRequest:
      real.XMLHttpRequest &&
      class extends real.XMLHttpRequest {
        override open(method: string, url: string | URL, ...rest: unknown[]): void {
          const args = [method, permit('XMLHttpRequest', url), ...rest]
          Reflect.apply(super.open, this, args)
        }
      },
    WebSocket:
      real.WebSocket &&
      class extends real.WebSocket {
        constructor(url: string, protocols?: string | string[]) {
          super(permit('WebSocket', url), protocols)
        }
      },
    alert: guardDialog('alert', real.alert),
    confirm: guardDialog('confirm', real.confirm),
    prompt: guardDialog('prompt', real.prompt),
    navigator: makeNavigator(options),
    crypto: {
      getRandomValues: (array: Uint8Array<ArrayBuffer>) => real.crypto.getRandomValues(array),
      randomUUID: () => real.crypto.randomUUID(),
    },
    ImageBlob: makeImageBlob(report),
  }
}

type Content = Readonly<Record<string, string>> | string

function makeNavigator({ manifest, locale, switches, real }: GuardedGlobalOptions): object {
  const { clipboard } = real.navigator
  const write = async (method: string, content: Content): Promise<void> => {
    requireClipboard(manifest, method, 'write')
    if (switches().clipboardRefuses) throw new Error(`${method}: the clipboard is not available`)
    const text = typeof content === 'string' ? content : content?.['text/plain']
    if (typeof text !== 'string') {
      throw new TypeError(`${method}: expected a string or { "text/plain": string }`)
    }
    await clipboard.writeText(text)
  }
  const read = async (method: string): Promise<Content> => {
    requireClipboard(manifest, method, 'read')
    return { 'text/plain': await clipboard.readText() }
  }
  return {
    language: locale.replace('_', '-'),
    clipboard: {
      setContent: (content: Content) => write('setContent', content),
      // A string since UXP 8.0; before, and still, an object.
      writeText: (content: Content) => write('writeText', content),
      getContent: () => read('getContent'),
      readText: () => read('readText'),
    },
  }
}
