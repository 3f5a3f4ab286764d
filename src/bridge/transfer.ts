/**
 * Sends byte arrays as chunks of base64, one after the other; each array begins a new chunk. Every
 * call handles one or two chunks, so that no task is long.
 */
import { fromBase64, toBase64 } from './base64.ts'
import { adler32 } from './checksum.ts'
import { CHUNK_BYTES, CHUNK_WINDOW, type Packets } from './packets.ts'

export type Chunk = Pick<Packets['chunk'], 'index' | 'data' | 'checksum'>

/** What came of a chunk or an acknowledgement. */
type Outcome =
  | 'taken'
  | 'complete'
  /** It came twice, or after what makes it pointless. */
  | 'repeated'
  /** It came too early. */
  | 'out-of-order'
  /** It is not what was sent: the transfer is lost. */
  | 'damaged'

const chunkCount = (arrays: readonly Uint8Array[]): number =>
  arrays.reduce((count, { length }) => count + Math.ceil(length / CHUNK_BYTES), 0)

/** The parts of the arrays that each make a chunk; views, not copies. */
function* pieces(arrays: readonly Uint8Array[]): Generator<Uint8Array, undefined> {
  for (const array of arrays) {
    for (let start = 0; start < array.length; start += CHUNK_BYTES) {
      yield array.subarray(start, start + CHUNK_BYTES)
    }
  }
}

export interface Sending {
  acknowledge(next: number): Outcome
}

/**
 * Posts nothing before the first acknowledgement. Each acknowledgement lets at most two chunks go:
 * this fills the window step by step without a timer, since a hidden page's timers run once a second.
 */
export function makeSending(arrays: readonly Uint8Array[], post: (chunk: Chunk) => void): Sending {
  const count = chunkCount(arrays)
  const rest = pieces(arrays)
  let acknowledged = -1
  let sent = 0
  let checksum = 1
  return {
    acknowledge(next) {
      if (next <= acknowledged) return 'repeated'
      if (next > sent) return 'out-of-order'
      acknowledged = next
      const end = Math.min(count, acknowledged + CHUNK_WINDOW, sent + 2)
      while (sent < end) {
        const piece = rest.next().value!
        const index = sent++
        checksum = adler32(checksum, piece)
        post({ index, data: toBase64(piece), checksum })
      }
      return acknowledged === count ? 'complete' : 'taken'
    },
  }
}

export interface Receiving {
  /** How many chunks have been taken; acknowledges them. */
  readonly next: number
  /** How many bytes are in place. */
  readonly bytes: number
  take(chunk: Chunk): Outcome
}

/** Fills the arrays. Chunks within the window may come in any order. */
export function makeReceiving(arrays: readonly Uint8Array[]): Receiving {
  const count = chunkCount(arrays)
  const rest = pieces(arrays)
  const early = new Map<number, Chunk>()
  let next = 0
  let bytes = 0
  let checksum = 1

  function decode({ data, checksum: expected }: Chunk): boolean {
    const piece = rest.next().value!
    if (!fromBase64(data, piece)) return false
    checksum = adler32(checksum, piece)
    bytes += piece.length
    return checksum === expected
  }

  return {
    get next() {
      return next
    },
    get bytes() {
      return bytes
    },
    take(chunk) {
      if (chunk.index < next || early.has(chunk.index)) return 'repeated'
      if (chunk.index >= Math.min(count, next + CHUNK_WINDOW)) return 'out-of-order'
      early.set(chunk.index, chunk)
      for (let ready = early.get(next); ready; ready = early.get(next)) {
        early.delete(next)
        if (!decode(ready)) return 'damaged'
        next += 1
      }
      return next === count ? 'complete' : 'taken'
    },
  }
}
