/** How the two sides of a `<webview>` pack messages, so that neither plug-in nor page sees ours. */

/** What the host tells the script at the head of the page, as the name of its window. */
export interface PageSettings {
  readonly pluginId: string
  /** False: the manifest gives no bridge, and the page no `window.uxpHost`. */
  readonly hasBridge: boolean
  readonly fetches: boolean
  readonly gpu: 'real' | 'absent' | 'no-adapter'
}

export type Envelope =
  | { readonly uxp: 'message'; readonly json: string }
  /** To the page, from tests: every GPU device that it made is lost. */
  | { readonly uxp: 'lose-device' }

/** JSON text of a message; what has none, such as a function, becomes null. @throws when cyclic. */
export const pack = (message: unknown): Envelope => ({
  uxp: 'message',
  json: JSON.stringify(message) ?? 'null',
})

/** @returns undefined for what another script sent. */
export function envelopeOf(data: unknown): Envelope | undefined {
  return typeof data === 'object' && data !== null && 'uxp' in data ? (data as Envelope) : undefined
}

/** A 'message' event as UXP makes them: its source need not be a window. */
export function messageEvent(data: unknown, origin: string, source: object): Event {
  return Object.defineProperties(new Event('message'), {
    data: { value: data, enumerable: true },
    origin: { value: origin, enumerable: true },
    source: { value: source, enumerable: true },
  })
}
