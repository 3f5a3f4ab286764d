/**
 * The envelopes in which messages travel. `ready` must stay the same in every version, because by
 * it an end finds out that the other has another version.
 */
import { base64Length } from './base64.ts'
import type { Refusal } from './refusal.ts'
import { anything, integer, object, oneOf, optional, type Schema, text } from './schema.ts'

/**
 * How many bytes a chunk has. In Chromium (bench/bridge.ts) 2 ** 18 with a window of 4 is as fast
 * as any, 110 MB/s; with 2 ** 20, or a window of 16, tasks are longer and it is slower.
 */
export const CHUNK_BYTES = 2 ** 18

/** How many chunks may be under way unacknowledged. */
export const CHUNK_WINDOW = 4

/** How many bytes a message may have, all its arrays together. */
export const TRANSFER_LIMIT = 2 ** 31

interface Ready {
  readonly kind: 'ready'
  readonly version: number
  readonly from: string
  /** The session at the other end, as far as this one knows. */
  readonly heard?: string
  /** Asks for a `ready` that answers with the same text. */
  readonly asks?: string
  readonly answers?: string
}

interface Addressed<Kind extends string> {
  readonly kind: Kind
  /** Session of the end that posts it, and of the one it is for. */
  readonly from: string
  readonly to: string
}

interface Request extends Addressed<'request'> {
  readonly id: number
  readonly name: string
  /** With holes where byte arrays are; their chunks follow once `transfer` was acknowledged. */
  readonly body: unknown
  readonly transfer?: number
}

interface Reply extends Addressed<'reply'> {
  /** Id of the request. */
  readonly id: number
  readonly body: unknown
  readonly transfer?: number
}

/** A request that failed. */
interface Failure extends Addressed<'failure'> {
  readonly id: number
  readonly code: string
  readonly message: string
}

/** The requester has lost interest. */
interface Abort extends Addressed<'abort'> {
  readonly id: number
}

/** A request is still being worked on. */
interface Working extends Addressed<'working'> {
  readonly id: number
}

interface EventPacket extends Addressed<'event'> {
  readonly name: string
  readonly body: unknown
}

interface Chunk extends Addressed<'chunk'> {
  readonly transfer: number
  readonly index: number
  readonly data: string
  /** Checksum of all the transfer's bytes up to the end of this chunk. */
  readonly checksum: number
}

/** All chunks before `next` have been taken; `next` 0 lets the transfer begin. */
interface Ack extends Addressed<'ack'> {
  readonly transfer: number
  readonly next: number
}

export interface Packets {
  readonly ready: Ready
  readonly request: Request
  readonly reply: Reply
  readonly failure: Failure
  readonly abort: Abort
  readonly working: Working
  readonly event: EventPacket
  readonly chunk: Chunk
  readonly ack: Ack
}
type Packet = Packets[keyof Packets]
export type AddressedPacket = Exclude<Packet, Ready>
type Unaddressed<P> = P extends Packet ? Omit<P, 'from' | 'to'> : never
/** Used before it is known who is at the other end. */
export type Draft = Unaddressed<AddressedPacket>

export const LONGEST_FAILURE = 4000

const session = text(64)
const id = integer(1)
const name = text(64)
const ends = { from: session, to: session }

const PACKETS: { readonly [K in keyof Packets]: Schema<Packets[K]> } = {
  ready: object<Ready>({
    kind: oneOf('ready'),
    version: integer(0),
    from: session,
    heard: optional(session),
    asks: optional(session),
    answers: optional(session),
  }),
  request: object<Request>({
    kind: oneOf('request'),
    ...ends,
    id,
    name,
    body: anything,
    transfer: optional(id),
  }),
  reply: object<Reply>({
    kind: oneOf('reply'),
    ...ends,
    id,
    body: anything,
    transfer: optional(id),
  }),
  failure: object<Failure>({
    kind: oneOf('failure'),
    ...ends,
    id,
    code: text(64),
    message: text(LONGEST_FAILURE),
  }),
  abort: object<Abort>({ kind: oneOf('abort'), ...ends, id }),
  working: object<Working>({ kind: oneOf('working'), ...ends, id }),
  event: object<EventPacket>({ kind: oneOf('event'), ...ends, name, body: anything }),
  chunk: object<Chunk>({
    kind: oneOf('chunk'),
    ...ends,
    transfer: id,
    index: integer(0),
    data: text(base64Length(CHUNK_BYTES)),
    checksum: integer(0, 2 ** 32 - 1),
  }),
  ack: object<Ack>({ kind: oneOf('ack'), ...ends, transfer: id, next: integer(0) }),
}

export function readPacket(message: unknown): Packet | Refusal {
  const kind = (message as { readonly kind?: unknown } | null | undefined)?.kind
  if (typeof kind !== 'string' || !Object.hasOwn(PACKETS, kind)) {
    const detail = `message: expected a kind of ${Object.keys(PACKETS).join(', ')}`
    return { code: 'unknown', detail }
  }
  const complaint = PACKETS[kind as keyof Packets].complaint(message, kind)
  return complaint ? { code: 'malformed', detail: complaint } : (message as Packet)
}
