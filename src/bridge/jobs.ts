/** Keeps the requests of the other end until they are answered. */
import { BridgeError } from '../engine/errors.ts'
import { type Aborter, makeAborter } from './abort.ts'
import { type Body, openBody } from './body.ts'
import type { Line } from './line.ts'
import { pack, unpack } from './pack.ts'
import type { Packets } from './packets.ts'
import type { Refusal } from './refusal.ts'
import type { RequestChecks } from './table.ts'
import { every, type Watch, watch } from './timers.ts'
import type { TransferEvents } from './transfers.ts'
import { toWire } from './wire-errors.ts'

const WORKING_EVERY_MS = 1000

/** How many ids of requests are remembered, so that none is done twice. */
const REMEMBERED = 256

export type Handler = (
  params: unknown,
  context: { readonly signal: AbortSignal },
) => Promise<unknown>

interface Job {
  readonly name: string
  readonly aborter: Aborter
  stopSayingSo: () => void
  watch?: Watch
  receiving?: number
  sending?: number
}

interface Jobs {
  take(packet: Packets['request']): void
  takeAbort(packet: Packets['abort']): void
  /** Nobody waits for them any more, and the next session counts its ids from the start. */
  abortAll(): void
}

export function makeJobs(
  table: Readonly<Record<string, RequestChecks>>,
  handlers: Readonly<Record<string, Handler>>,
  line: Line,
): Jobs {
  const { transfers, timers, refuse } = line
  const jobs = new Map<number, Job>()
  const seen = new Set<number>()
  let highest = 0

  /** @returns false when the id was seen before, or is too old to know. */
  function remember(id: number): boolean {
    if (seen.has(id) || id <= highest - REMEMBERED) return false
    seen.add(id)
    highest = Math.max(highest, id)
    for (const old of seen) if (old <= highest - REMEMBERED) seen.delete(old)
    return true
  }

  function take(packet: Packets['request']): void {
    // When a request comes twice, the first is the one to be answered.
    if (!remember(packet.id)) {
      refuse('repeated', `request ${packet.id}`)
      return
    }
    const opened = examine(packet)
    if ('arrays' in opened) {
      start(packet, opened.arrays)
    } else {
      refuse(opened.code, opened.detail)
      fail(packet.id, new BridgeError(opened.detail))
    }
  }

  function examine(packet: Packets['request']): Body | Refusal {
    const { name } = packet
    if (!Object.hasOwn(table, name)) {
      return { code: 'unknown', detail: `${name}: no such request` }
    }
    return openBody(packet, table[name]!.params, transfers, name)
  }

  function start(
    { id, name, body, transfer }: Packets['request'],
    arrays: readonly Uint8Array[],
  ): void {
    const job: Job = { name, aborter: makeAborter(), stopSayingSo: () => undefined }
    jobs.set(id, job)
    const begin = (): void => {
      job.watch?.stop()
      job.stopSayingSo = every(timers, WORKING_EVERY_MS, () => line.post({ kind: 'working', id }))
      void run(id, job, unpack(body, arrays))
    }
    if (transfer === undefined) {
      begin()
    } else {
      job.receiving = transfer
      transfers.receive(transfer, arrays, {
        ...watchful(id, job),
        onComplete: begin,
        onDamage: () => fail(id, new BridgeError(`${name}: a chunk arrived damaged; try again`)),
      })
    }
  }

  /** Drops the job when its transfer stands still for as long as the requester would wait. */
  function watchful(id: number, job: Job): Pick<TransferEvents, 'onProgress'> {
    const watching = watch(timers, table[job.name]!.timeoutMs, () => forget(id, job))
    job.watch = watching
    return { onProgress: watching.touch }
  }

  async function run(id: number, job: Job, params: unknown): Promise<void> {
    const isWanted = (): boolean => jobs.get(id) === job
    try {
      const result = await handlers[job.name]!(params, { signal: job.aborter.signal })
      if (isWanted()) answer(id, job, result)
    } catch (error) {
      if (isWanted()) fail(id, error)
    }
  }

  function answer(id: number, job: Job, result: unknown): void {
    job.stopSayingSo()
    const { body, arrays } = pack(result)
    const complaint = table[job.name]!.result.complaint(body, `reply to ${job.name}`)
    if (complaint) throw new Error(complaint)
    if (arrays.some(({ length }) => length > 0)) {
      job.sending = transfers.send(arrays, {
        ...watchful(id, job),
        onComplete: () => forget(id, job),
      })
    } else {
      forget(id, job)
    }
    line.post({ kind: 'reply', id, body, transfer: job.sending })
  }

  function fail(id: number, error: unknown): void {
    const job = jobs.get(id)
    if (job) forget(id, job)
    line.post({ kind: 'failure', id, ...toWire(error) })
  }

  function forget(id: number, job: Job): void {
    jobs.delete(id)
    job.stopSayingSo()
    job.watch?.stop()
    transfers.dropReceiving(job.receiving)
    transfers.dropSending(job.sending)
  }

  function abort(id: number, job: Job): void {
    forget(id, job)
    job.aborter.abort()
  }

  return {
    take,
    takeAbort({ id }) {
      const job = jobs.get(id)
      // An abort that overtook its request is remembered, so that the request will be refused.
      if (job) abort(id, job)
      else if (!remember(id)) refuse('late', `abort of request ${id}`)
    },
    abortAll() {
      for (const [id, job] of jobs) abort(id, job)
      seen.clear()
      highest = 0
    },
  }
}
