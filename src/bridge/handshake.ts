/**
 * How the two ends find each other. Early messages get lost, so each end announces itself until the
 * other has said that it heard. Late messages come from pages that are gone, so a newcomer takes
 * the place of the known end only after answering the latest question.
 */
import { PROTOCOL_VERSION } from './messages.ts'
import type { AddressedPacket, Packets } from './packets.ts'
import { every, type Timers } from './timers.ts'

const ANNOUNCE_EVERY_MS = 200

interface HandshakeEvents {
  /** The other end is known and knows this one. */
  readonly onConnect: () => void
  /** Another session took the place of the known one. */
  readonly onRestart: () => void
  readonly onVersion: (version: number) => void
}

interface Handshake {
  readonly session: string
  /** Session of the other end while connected. */
  readonly peer: string | undefined
  hear(ready: Packets['ready']): void
  /** @returns whether a packet is from the session of the other end, and for this one. */
  admit(packet: AddressedPacket): boolean
  stop(): void
}

const uniqueText = (): string => Math.random().toString(36).slice(2)

export function makeHandshake(
  post: (ready: Packets['ready']) => void,
  timers: Timers,
  events: HandshakeEvents,
): Handshake {
  const session = `${Date.now().toString(36)}-${uniqueText()}`
  let peer: string | undefined
  let isConnected = false
  let question = uniqueText()
  let stopSearching: (() => void) | undefined

  const announce = (fields: Pick<Packets['ready'], 'asks' | 'answers'>): void =>
    post({ kind: 'ready', version: PROTOCOL_VERSION, from: session, heard: peer, ...fields })

  function search(): void {
    if (stopSearching) return
    question = uniqueText()
    announce({ asks: question })
    stopSearching = every(timers, ANNOUNCE_EVERY_MS, () => announce({ asks: question }))
  }

  function connect(): void {
    endSearch()
    if (isConnected) return
    isConnected = true
    events.onConnect()
  }

  function endSearch(): void {
    stopSearching?.()
    stopSearching = undefined
  }

  function leave(): void {
    endSearch()
    peer = undefined
    isConnected = false
  }

  function meet(newcomer: string): void {
    const isRestart = peer !== undefined
    peer = newcomer
    isConnected = false
    // Asks a new question, which no message from the session before can answer.
    question = uniqueText()
    announce({ asks: question })
    if (isRestart) events.onRestart()
  }

  search()
  return {
    session,
    get peer() {
      return isConnected ? peer : undefined
    },
    hear({ version, from, heard, asks, answers }) {
      if (version !== PROTOCOL_VERSION) {
        leave()
        // The other end must learn this end's version, too.
        if (asks !== undefined) announce({ answers: asks })
        events.onVersion(version)
        return
      }
      if (from !== peer) search()
      if (stopSearching && answers === question) {
        if (from !== peer) meet(from)
        if (heard === session) connect()
      }
      if (asks !== undefined) announce({ answers: asks })
    },
    admit({ from, to }) {
      const isOurs = from === peer && to === session
      if (!isOurs) search()
      else if (!isConnected) connect()
      return isOurs
    },
    stop: leave,
  }
}
