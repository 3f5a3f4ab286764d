/** Ties handshake, calls, jobs, events and transfers to a port. */
import { BridgeError } from '../engine/errors.ts'
import { type CallOptions, makeCalls } from './calls.ts'
import { makeHandshake } from './handshake.ts'
import { type Handler, makeJobs } from './jobs.ts'
import { PROTOCOL_VERSION } from './messages.ts'
import { pack } from './pack.ts'
import { type AddressedPacket, type Draft, type Packets, readPacket } from './packets.ts'
import type { Port } from './port.ts'
import type { RefusalCode } from './refusal.ts'
import type { Check } from './schema.ts'
import { listenForSilence } from './silence.ts'
import type { RequestChecks } from './table.ts'
import type { Timers } from './timers.ts'
import { makeTransfers } from './transfers.ts'

/** How many events wait for the other end at most; beyond that the oldest are dropped. */
const HELD_EVENTS = 256

/** The part of the table that concerns one end. */
interface Side {
  /** For people. */
  readonly otherEnd: string
  readonly calls: Readonly<Record<string, RequestChecks>>
  readonly jobs: Readonly<Record<string, RequestChecks>>
  readonly emits: Readonly<Record<string, Check>>
  readonly hears: Readonly<Record<string, Check>>
}

export interface UntypedHandlers {
  readonly requests: Readonly<Record<string, Handler>>
  readonly events: Readonly<Record<string, (data: unknown) => void>>
  readonly onRestart?: () => void
  readonly mayBeAsleep?: () => boolean
  readonly onSilence?: (isSilent: boolean) => void
  readonly onRefused?: (code: RefusalCode, detail: string) => void
}

export interface UntypedConnection {
  readonly ready: Promise<void>
  request(name: string, params: unknown, options?: CallOptions): Promise<unknown>
  emit(name: string, data: unknown): void
  close(): void
}

export function connect(
  side: Side,
  port: Port,
  handlers: UntypedHandlers,
  timers: Timers,
): UntypedConnection {
  const { otherEnd } = side
  /** Why no request can be made: the connection is closed, or the other end has another version. */
  let obstacle: BridgeError | undefined
  let ready = makeDeferred()
  let heldEvents: Draft[] = []

  const refuse = (code: RefusalCode, detail: string): void => handlers.onRefused?.(code, detail)
  const isConnected = (): boolean => handshake.peer !== undefined
  const post = (draft: Draft): void =>
    port.post({ ...draft, from: handshake.session, to: handshake.peer })

  const transfers = makeTransfers(post, refuse)
  const mayBeAsleep = (): boolean => handlers.mayBeAsleep?.() ?? false
  const silence = listenForSilence(timers, (isSilent) => handlers.onSilence?.(isSilent))
  const line = { otherEnd, isConnected, post, transfers, timers, refuse, mayBeAsleep, silence }
  const calls = makeCalls(side.calls, line)
  const jobs = makeJobs(side.jobs, handlers.requests, line)

  const takers: { readonly [K in AddressedPacket['kind']]: (packet: Packets[K]) => void } = {
    request: jobs.take,
    abort: jobs.takeAbort,
    reply: calls.takeReply,
    failure: calls.takeFailure,
    working: calls.takeWorking,
    chunk: transfers.takeChunk,
    ack: transfers.takeAck,
    event({ name, body }) {
      if (!Object.hasOwn(side.hears, name)) return refuse('unknown', `${name}: no such event`)
      const complaint = side.hears[name]!.complaint(body, name)
      if (complaint) return refuse('malformed', complaint)
      handlers.events[name]!(body)
    },
  }

  const stopListening = port.listen((message) => {
    const packet = readPacket(message)
    if (!('kind' in packet)) return refuse(packet.code, packet.detail)
    if (packet.kind === 'ready') handshake.hear(packet)
    else if (handshake.admit(packet)) {
      silence.heard()
      takers[packet.kind](packet as never)
    } else refuse('stale', `${packet.kind} from session ${packet.from}`)
  })

  const handshake = makeHandshake((message) => port.post(message), timers, {
    onConnect() {
      obstacle = undefined
      ready = ready.renewed()
      ready.resolve()
      calls.postWaiting()
      for (const event of heldEvents) post(event)
      heldEvents = []
    },
    onRestart() {
      endAll(new BridgeError(`${otherEnd} began anew, and what it was doing is lost; try again`))
      ready = ready.renewed()
      handlers.onRestart?.()
    },
    onVersion(version) {
      obstacle = new BridgeError(
        `expected ${otherEnd} to speak version ${PROTOCOL_VERSION}, got ${version}; install the plug-in again and restart Photoshop`,
      )
      refuse('version', obstacle.message)
      endAll(obstacle)
      ready = ready.renewed()
      ready.reject(obstacle)
    },
  })

  function endAll(reason: BridgeError): void {
    calls.failAll(reason)
    jobs.abortAll()
    transfers.dropAll()
  }

  return {
    get ready() {
      return ready.promise
    },
    async request(name, params, options = {}) {
      if (obstacle) throw obstacle
      return calls.make(name, params, options)
    },
    emit(name, data) {
      const { body } = pack(data)
      const complaint = side.emits[name]!.complaint(body, name)
      if (complaint) throw new BridgeError(`internal: ${complaint}`)
      const event: Draft = { kind: 'event', name, body }
      if (isConnected()) post(event)
      else heldEvents = [...heldEvents, event].slice(-HELD_EVENTS)
    },
    close() {
      obstacle = new BridgeError(`the connection to ${otherEnd} was closed`)
      stopListening()
      endAll(obstacle)
      handshake.stop()
      ready.reject(obstacle)
    },
  }
}

interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  /** The same promise while it is pending, else a new one. */
  renewed(): Deferred
}

function makeDeferred(): Deferred {
  let isPending = true
  let settle: { resolve: () => void; reject: (error: Error) => void }
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // Not handling this is no error, since every request rejects as well.
  promise.catch(() => undefined)
  const deferred: Deferred = {
    promise,
    resolve() {
      isPending = false
      settle.resolve()
    },
    reject(error) {
      isPending = false
      settle.reject(error)
    },
    renewed: () => (isPending ? deferred : makeDeferred()),
  }
  return deferred
}
