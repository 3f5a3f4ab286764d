/** Keeps what is encoded before it can be written, because lengths stand before what they count. */
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import type { MakeSink } from '../../psd/stored.ts'
import { temporaryName, unwritable } from './write-file.ts'

/** How much is held in memory; the rest goes into a file. */
const HELD_BYTES = 64e6
const PIECE_BYTES = 1 << 20

interface Kept {
  readonly at: number
  readonly length: number
}

/**
 * @param outPath the scratch file lies beside it, and is gone afterwards.
 * @throws ImageError where it cannot be written.
 */
export async function withScratch<T>(
  outPath: string,
  use: (makeSink: MakeSink) => Promise<T>,
  heldBytes = HELD_BYTES,
): Promise<T> {
  const path = temporaryName(outPath)
  let file: number | undefined
  let held = 0
  let end = 0

  const keep = (bytes: Uint8Array): Uint8Array | Kept => {
    if (held + bytes.length <= heldBytes) {
      held += bytes.length
      return bytes
    }
    try {
      file ??= openSync(path, 'wx+')
      const at = end
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(file, bytes, done, bytes.length - done, at + done)
      }
      end += bytes.length
      return { at, length: bytes.length }
    } catch (error) {
      throw unwritable(outPath, error)
    }
  }
  function* read({ at, length }: Kept): Generator<Uint8Array> {
    for (let done = 0; done < length; ) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, length - done))
      const got = readSync(file!, piece, 0, piece.length, at + done)
      if (got === 0) throw new Error(`internal: ${path} is shorter than what was written`)
      yield piece.subarray(0, got)
      done += got
    }
  }
  const makeSink: MakeSink = () => {
    const kept: (Uint8Array | Kept)[] = []
    return {
      write: (bytes) => void kept.push(keep(bytes)),
      stored: () => ({
        length: kept.reduce((sum, { length }) => sum + length, 0),
        *[Symbol.iterator]() {
          for (const bytes of kept) {
            if (bytes instanceof Uint8Array) yield bytes
            else yield* read(bytes)
          }
        },
      }),
    }
  }

  try {
    return await use(makeSink)
  } finally {
    if (file !== undefined) {
      closeSync(file)
      rmSync(path, { force: true })
    }
  }
}
