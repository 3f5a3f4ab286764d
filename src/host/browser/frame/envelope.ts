/** How the two sides of a `<webview>` pack messages, so that neither plug-in nor page sees ours. */
import type { Switches } from '../../switches.ts'

/** How messages look to those who hear them. */
type BridgeForm = Pick<Switches, 'bridgeSource' | 'bridgeField' | 'bridgeEncoding'>

/** What the host tells the script at the head of the page, as the name of its window. */
export interface PageSettings {
  readonly pluginId: string
  /** False: the manifest gives no bridge, and the page no `window.uxpHost`. */
  readonly hasBridge: boolean
  readonly fetches: boolean
  readonly gpu: Switches['pageGpu']
  readonly form: BridgeForm
  readonly hostTakes: Switches['uxpHostTakes']
  /** False: the page cannot make itself begin anew. */
  readonly reloadsItself: boolean
}

type Envelope =
  | { readonly uxp: 'message'; readonly json: string }
  /** To the page, from tests: every GPU device that it made is lost. */
  | { readonly uxp: 'lose-device' }
  /** To the page: it sleeps, or wakes. */
  | { readonly uxp: 'sleep'; readonly isAsleep: boolean }

/** JSON text of a message; what has none, such as a function, becomes null. @throws when cyclic. */
export const pack = (message: unknown): Envelope => ({
  uxp: 'message',
  json: JSON.stringify(message) ?? 'null',
})

/** @returns undefined for what another script sent. */
export function envelopeOf(data: unknown): Envelope | undefined {
  return typeof data === 'object' && data !== null && 'uxp' in data ? (data as Envelope) : undefined
}

/**
 * A 'message' event as UXP makes them: its source need not be a window.
 * @param parse of the realm that hears it.
 */
export function messageEvent(
  json: string,
  { bridgeSource, bridgeField, bridgeEncoding }: BridgeForm,
  { origin, source, parse }: { origin: string; source: object; parse(json: string): unknown },
): Event {
  const encoded = bridgeEncoding === 'text-in-text' ? JSON.stringify(json) : json
  return Object.defineProperties(new Event('message'), {
    [bridgeField]: {
      value: bridgeEncoding === 'object' ? parse(json) : encoded,
      enumerable: true,
    },
    origin: { value: origin, enumerable: true },
    ...(bridgeSource !== 'absent' && {
      source: { value: bridgeSource === 'null' ? null : source, enumerable: true },
    }),
  })
}
