/**
 * A port that finds out how messages pass. UXP does not always do what it documents, so an end
 * listens in every way and announces itself in every way until the other one answers. The answer
 * says in which way it was reached, and itself came in some way: from then on only these two are
 * used.
 */

import { messageOf } from './forms.ts'
import { PROTOCOL_VERSION } from './messages.ts'
import { readPacket } from './packets.ts'
import type { Port } from './port.ts'

/** Where messages come in. */
export interface WayIn {
  /** For people. */
  readonly name: string
  /** @param hear takes an event, or whatever has its `data`. @returns a function that ends listening. */
  listen(hear: (event: object) => void): () => void
}

/** How messages are posted. */
export interface WayOut {
  /** For people. */
  readonly name: string
  /** May throw while the other end is not there. */
  post(message: object): void
  /** Used only where the other end was heard but does not hear this one in any other way. */
  readonly isLastResort?: boolean
  /** Handles a message that concerns only this way. @returns whether it was one. */
  takes?(message: unknown): boolean
}

export interface KnownWays {
  readonly hears: string
  readonly posts: string
}

export interface OpenPort extends Port {
  /** For people; undefined until the other end has answered. */
  readonly ways: KnownWays | undefined
}

/** After so many announcements without an answer, at five a second, the last resort is taken. */
const PATIENCE = 10

export function makePort(waysIn: readonly WayIn[], waysOut: readonly WayOut[]): OpenPort {
  let kept: { readonly way: WayIn; readonly out: WayOut; readonly form: string } | undefined
  let asked: string | undefined
  let isHeard = false
  let unanswered = 0

  /** A message that is lost here is repeated, or its answer is missed in due time. */
  const postBy = (out: WayOut, message: object): void => {
    try {
      out.post(message)
    } catch {
      // The page is not there yet, or this version of UXP wants another form.
    }
  }

  const isOpen = ({ isLastResort }: WayOut): boolean => !isLastResort || unanswered > PATIENCE

  /** Adds to an announcement the way by which it goes; the answer repeats that. */
  const tagged = (message: Message, out: WayOut): object =>
    message.asks === undefined
      ? message
      : { ...message, asks: `${message.asks}:${waysOut.indexOf(out)}` }

  function hear(way: WayIn, { message, form }: ReturnType<typeof messageOf>): unknown {
    if (waysOut.some((out) => out.takes?.(message))) return undefined
    const packet = readPacket(message)
    if (!('kind' in packet) || packet.kind !== 'ready') return message
    isHeard = true
    if (packet.answers === undefined) return packet
    const [, answers, index] = /^(.*):(\d)$/.exec(packet.answers) ?? []
    const out = waysOut[Number(index)]
    if (out && answers === asked && packet.version === PROTOCOL_VERSION) kept ??= { way, out, form }
    return { ...packet, answers }
  }

  return {
    get ways() {
      return kept && { hears: `${kept.way.name}, ${kept.form}`, posts: kept.out.name }
    },
    post(message) {
      const { asks } = message as Message
      asked = asks ?? asked
      if (isHeard && !kept && asks !== undefined) unanswered++
      const outs = kept ? [kept.out] : waysOut.filter(isOpen)
      for (const out of outs) postBy(out, tagged(message, out))
    },
    listen(receive) {
      const stops = waysIn.map((way) =>
        way.listen((event) => {
          if (kept && kept.way !== way) return
          const message = hear(way, messageOf(event))
          if (message !== undefined) receive(message)
        }),
      )
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

interface Message {
  readonly asks?: string
}
