/** Keeps the requests that were made here until they settle. */
import { BridgeError, CancelledError } from '../engine/errors.ts'
import { openBody } from './body.ts'
import type { Line } from './line.ts'
import { type Packed, pack, unpack } from './pack.ts'
import type { Packets } from './packets.ts'
import type { RequestChecks } from './table.ts'
import { type Watch, watch } from './timers.ts'
import { fromWire } from './wire-errors.ts'

/** The longest that a request waits for the other end to connect, even if its timeout is longer. */
const CONNECT_WITHIN_MS = 60_000

export interface CallOptions {
  /** Aborting sends an abort; the request rejects with CancelledError. */
  readonly signal?: AbortSignal
  /** After so long without a sign of life the request rejects with BridgeError; default: table.ts. */
  readonly timeoutMs?: number
  /** Bytes of the result's arrays so far, as they arrive. */
  readonly onReceived?: (bytes: number) => void
}

interface Call {
  readonly name: string
  readonly result: RequestChecks['result']
  readonly params: Packed
  readonly timeoutMs: number
  readonly onReceived?: (bytes: number) => void
  watch: Watch
  sending?: number
  receiving?: number
  readonly finish: (settle: () => void) => void
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

interface Calls {
  make(name: string, params: unknown, options: CallOptions): Promise<unknown>
  /** Posts the requests that waited for the other end to connect. */
  postWaiting(): void
  takeReply(packet: Packets['reply']): void
  takeFailure(packet: Packets['failure']): void
  takeWorking(packet: Packets['working']): void
  failAll(error: BridgeError): void
}

export function makeCalls(table: Readonly<Record<string, RequestChecks>>, line: Line): Calls {
  const { otherEnd, transfers, timers } = line
  const calls = new Map<number, Call>()
  let lastId = 0

  function make(name: string, params: unknown, { signal, timeoutMs, onReceived }: CallOptions) {
    return new Promise<unknown>((resolve, reject) => {
      const checks = table[name]!
      const packed = pack(params)
      const complaint = checks.params.complaint(packed.body, name)
      if (complaint) return reject(new BridgeError(`internal: ${complaint}`))
      if (signal?.aborted) return reject(cancelled(name))
      const id = ++lastId
      const patience = timeoutMs ?? checks.timeoutMs
      const onAbort = (): void => abandon(id, cancelled(name))
      signal?.addEventListener('abort', onAbort)
      const call: Call = {
        name,
        result: checks.result,
        params: packed,
        timeoutMs: patience,
        onReceived,
        watch: watchCall(id, name, Math.min(patience, CONNECT_WITHIN_MS)),
        resolve,
        reject,
        finish(settle) {
          calls.delete(id)
          if (calls.size === 0) line.silence.end()
          call.watch.stop()
          signal?.removeEventListener('abort', onAbort)
          transfers.dropSending(call.sending)
          transfers.dropReceiving(call.receiving)
          settle()
        },
      }
      calls.set(id, call)
      if (line.isConnected()) postCall(id, call)
    })
  }

  const watchCall = (id: number, name: string, ms: number): Watch =>
    watch(timers, ms, () => {
      if (line.isConnected() && line.mayBeAsleep()) {
        calls.get(id)!.watch = watchCall(id, name, ms)
        return
      }
      const error = new BridgeError(
        `${name}: no sign of life from ${otherEnd} for ${ms / 1000} s; close and open the panel to start it anew`,
      )
      abandon(id, error)
    })

  function postCall(id: number, call: Call): void {
    const { name, params, timeoutMs } = call
    call.watch.stop()
    call.watch = watchCall(id, name, timeoutMs)
    line.silence.begin()
    if (params.arrays.some(({ length }) => length > 0)) {
      call.sending = transfers.send(params.arrays, { onProgress: () => call.watch.touch() })
    }
    line.post({ kind: 'request', id, name, body: params.body, transfer: call.sending })
  }

  /** Rejects the request, and lets the other end know that nobody waits any more. */
  function abandon(id: number, error: Error): void {
    const call = calls.get(id)!
    call.finish(() => call.reject(error))
    if (line.isConnected()) line.post({ kind: 'abort', id })
  }

  function find(id: number, kind: string): Call | undefined {
    const call = calls.get(id)
    if (!call) line.refuse(id <= lastId ? 'late' : 'unknown', `${kind} to request ${id}`)
    return call
  }

  return {
    make,
    postWaiting() {
      for (const [id, call] of calls) postCall(id, call)
    },
    takeReply({ id, body, transfer }) {
      const call = find(id, 'reply')
      if (!call) return
      const path = `reply to ${call.name}`
      if (call.receiving !== undefined) return line.refuse('repeated', path)
      const opened = openBody({ body, transfer }, call.result, transfers, path)
      if ('code' in opened) {
        line.refuse(opened.code, opened.detail)
        return abandon(id, new BridgeError(opened.detail))
      }
      const onComplete = (): void => {
        const result = unpack(body, opened.arrays)
        call.finish(() => call.resolve(result))
      }
      if (transfer === undefined) return onComplete()
      call.receiving = transfer
      call.watch.touch()
      transfers.receive(transfer, opened.arrays, {
        onProgress: () => call.watch.touch(),
        onReceived: call.onReceived,
        onComplete,
        onDamage: () => abandon(id, new BridgeError(`${path}: a chunk arrived damaged; try again`)),
      })
    },
    takeFailure({ id, code, message }) {
      const call = find(id, 'failure')
      call?.finish(() => call.reject(fromWire({ code, message })))
    },
    takeWorking({ id }) {
      find(id, 'working')?.watch.touch()
    },
    failAll(error) {
      for (const id of calls.keys()) abandon(id, error)
    },
  }
}

const cancelled = (name: string): CancelledError => new CancelledError(`${name}: cancelled`)
