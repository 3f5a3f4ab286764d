/**
 * The bridge as its two ends see it: requests, events and what may go wrong. connect.ts ties
 * together the parts behind it.
 */
import type { CallOptions } from './calls.ts'
import { connect, type UntypedConnection, type UntypedHandlers } from './connect.ts'
import type { EngineEvents, EngineRequests, PanelEvents, PanelRequests } from './messages.ts'
import type { Port } from './port.ts'
import type { RefusalCode } from './refusal.ts'
import { ENGINE_EVENTS, ENGINE_REQUESTS, PANEL_EVENTS, PANEL_REQUESTS } from './table.ts'
import { platformTimers } from './timers.ts'

interface Connection<Requests, Events> {
  /** Settles once the ends know each other. After a restart it is a new promise. */
  readonly ready: Promise<void>
  /** Byte arrays in `params` are not copied: they must not change before the request settles. */
  request<K extends keyof Requests & string>(
    name: K,
    params: Requests[K] extends { readonly params: infer P } ? P : never,
    options?: CallOptions,
  ): Promise<Requests[K] extends { readonly result: infer R } ? R : never>
  /** Waits until the other end is connected. Nobody learns whether the event arrived. */
  emit<K extends keyof Events & string>(name: K, data: Events[K]): void
  /** Everything under way rejects with BridgeError. */
  close(): void
}

interface Handlers<Requests, Events> {
  readonly requests: {
    readonly [K in keyof Requests]: (
      params: Requests[K] extends { readonly params: infer P } ? P : never,
      context: { readonly signal: AbortSignal },
    ) => Promise<Requests[K] extends { readonly result: infer R } ? R : never>
  }
  readonly events: { readonly [K in keyof Events]: (data: Events[K]) => void }
  /** The other end began anew (the page was reloaded): what was under way there is gone. */
  readonly onRestart?: () => void
  /**
   * Asked when a request has timed out: true keeps it waiting, because the other end is asleep and
   * will go on when it wakes.
   */
  readonly mayBeAsleep?: () => boolean
  /** Told whether the other end gives no sign of life although something is asked of it. */
  readonly onSilence?: (isSilent: boolean) => void
  /** Told of a message that was refused; for the log. */
  readonly onRefused?: (code: RefusalCode, detail: string) => void
}

export type EngineConnection = Connection<EngineRequests, PanelEvents>
export type PanelConnection = Connection<PanelRequests, EngineEvents>
export type PanelHandlers = Handlers<PanelRequests, EngineEvents>
export type EngineHandlers = Handlers<EngineRequests, PanelEvents>

/** The panel's end. */
export function connectToEngine(
  port: Port,
  handlers: PanelHandlers,
  timers = platformTimers,
): EngineConnection {
  const side = {
    otherEnd: 'the engine page',
    calls: ENGINE_REQUESTS,
    jobs: PANEL_REQUESTS,
    emits: PANEL_EVENTS,
    hears: ENGINE_EVENTS,
  }
  return typed(connect(side, port, untyped(handlers), timers))
}

/** The engine page's end. */
export function connectToPanel(
  port: Port,
  handlers: EngineHandlers,
  timers = platformTimers,
): PanelConnection {
  const side = {
    otherEnd: 'the panel',
    calls: PANEL_REQUESTS,
    jobs: ENGINE_REQUESTS,
    emits: ENGINE_EVENTS,
    hears: PANEL_EVENTS,
  }
  return typed(connect(side, port, untyped(handlers), timers))
}

// What passes has been checked against the table, which the compiler has checked against the types.
const typed = <Requests, Events>(connection: UntypedConnection) =>
  connection as unknown as Connection<Requests, Events>
const untyped = <Requests, Events>(handlers: Handlers<Requests, Events>) =>
  handlers as unknown as UntypedHandlers
