/** Checksums by which files and layers are recognised: SHA-256, in lower-case hexadecimal. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { throwIfCancelled } from '../engine/errors.ts'

/** Bytes; hashing them takes some ten milliseconds. */
const HASHED_AT_ONCE = 2 * 2 ** 20

export const hashOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))

/**
 * Hashes a layer's pixels, which may be many, in pieces, so that Photoshop gets its turns on the
 * thread in between.
 * @throws CancelledError after `signal`.
 */
export async function hashInTurns(bytes: Uint8Array, signal: AbortSignal): Promise<string> {
  const hash = sha256.create()
  for (let offset = 0; offset < bytes.length; offset += HASHED_AT_ONCE) {
    hash.update(bytes.subarray(offset, offset + HASHED_AT_ONCE))
    await new Promise((resolve) => setTimeout(resolve))
    throwIfCancelled(signal)
  }
  return bytesToHex(hash.digest())
}
