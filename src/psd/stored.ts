/** Bytes of a file that is being made, in memory or elsewhere: large pictures need not be held whole. */
import { concat } from './bytes.ts'

/** Read a piece at a time. */
interface StoredBytes extends Iterable<Uint8Array> {
  readonly length: number
}

export type Bytes = Uint8Array | StoredBytes

/** Takes bytes one after the other. */
interface Sink {
  write(bytes: Uint8Array): void
  /** All bytes that were written; nothing may be written after that. */
  stored(): Bytes
}

export type MakeSink = () => Sink

/** Keeps what it is given, which must not change. */
export const memorySink: MakeSink = () => {
  const pieces: Uint8Array[] = []
  return { write: (bytes) => void pieces.push(bytes), stored: () => joined(pieces) }
}

/** One after the other, without copying them. */
export function joined(parts: readonly Bytes[]): StoredBytes {
  return {
    length: parts.reduce((sum, { length }) => sum + length, 0),
    *[Symbol.iterator]() {
      for (const part of parts) yield* piecesOf(part)
    },
  }
}

/**
 * Also true of arrays of another frame or context, which are no instances of this one's Uint8Array.
 */
const areHeld = (bytes: Bytes): bytes is Uint8Array => ArrayBuffer.isView(bytes)

const piecesOf = (bytes: Bytes): Iterable<Uint8Array> => (areHeld(bytes) ? [bytes] : bytes)

export function inMemory(bytes: Bytes): Uint8Array {
  if (areHeld(bytes)) return bytes
  return concat([...bytes])
}
