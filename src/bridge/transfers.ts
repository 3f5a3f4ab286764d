/** The transfers under way in both directions, found by their ids. */
import type { Draft, Packets } from './packets.ts'
import type { Refuse } from './refusal.ts'
import { makeReceiving, makeSending, type Receiving, type Sending } from './transfer.ts'

export interface TransferEvents {
  /** Told of a sign of life: a good chunk or acknowledgement. */
  readonly onProgress: () => void
  readonly onReceived?: (bytes: number) => void
  readonly onComplete?: () => void
  readonly onDamage?: () => void
}

export interface Transfers {
  /** @returns the id of the transfer, which begins when the other end acknowledges it. */
  send(arrays: readonly Uint8Array[], events: TransferEvents): number
  /** Lets the other end's transfer begin, which will fill the arrays. */
  receive(id: number, arrays: readonly Uint8Array[], events: TransferEvents): void
  isReceiving(id: number): boolean
  /** Does nothing where `id` is undefined. */
  dropSending(id: number | undefined): void
  dropReceiving(id: number | undefined): void
  dropAll(): void
  takeChunk(packet: Packets['chunk']): void
  takeAck(packet: Packets['ack']): void
}

export function makeTransfers(post: (draft: Draft) => void, refuse: Refuse): Transfers {
  const sendings = new Map<number, { readonly work: Sending; readonly events: TransferEvents }>()
  const receivings = new Map<
    number,
    { readonly work: Receiving; readonly events: TransferEvents }
  >()
  let lastSent = 0
  let lastReceived = 0

  const acknowledge = (transfer: number, next: number): void =>
    post({ kind: 'ack', transfer, next })

  return {
    send(arrays, events) {
      const transfer = ++lastSent
      const work = makeSending(arrays, (chunk) => post({ kind: 'chunk', transfer, ...chunk }))
      sendings.set(transfer, { work, events })
      return transfer
    },
    receive(id, arrays, events) {
      lastReceived = Math.max(lastReceived, id)
      receivings.set(id, { work: makeReceiving(arrays), events })
      acknowledge(id, 0)
    },
    isReceiving: (id) => receivings.has(id),
    dropSending(id) {
      if (id !== undefined) sendings.delete(id)
    },
    dropReceiving(id) {
      if (id !== undefined) receivings.delete(id)
    },
    dropAll() {
      sendings.clear()
      receivings.clear()
    },
    takeChunk({ transfer, index, data, checksum }) {
      const what = `chunk ${index} of transfer ${transfer}`
      const receiving = receivings.get(transfer)
      if (!receiving) return refuse(transfer <= lastReceived ? 'late' : 'unknown', what)
      const { work, events } = receiving
      const outcome = work.take({ index, data, checksum })
      if (outcome === 'repeated' || outcome === 'out-of-order') return refuse(outcome, what)
      events.onProgress()
      if (outcome !== 'taken') receivings.delete(transfer)
      if (outcome === 'damaged') {
        refuse(outcome, what)
        events.onDamage?.()
        return
      }
      events.onReceived?.(work.bytes)
      acknowledge(transfer, work.next)
      if (outcome === 'complete') events.onComplete?.()
    },
    takeAck({ transfer, next }) {
      const what = `acknowledgement ${next} of transfer ${transfer}`
      const sending = sendings.get(transfer)
      if (!sending) return refuse(transfer <= lastSent ? 'late' : 'unknown', what)
      const { work, events } = sending
      const outcome = work.acknowledge(next)
      if (outcome === 'repeated' || outcome === 'out-of-order') return refuse(outcome, what)
      events.onProgress()
      if (outcome === 'complete') {
        sendings.delete(transfer)
        events.onComplete?.()
      }
    },
  }
}
