import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { ModelError } from '../errors.ts'

/** A file of known size that is read in parts: from memory, a disk or by HTTP ranges. */
export interface ByteSource {
  /** For messages; the file's name where there is one. */
  readonly name: string
  readonly size: number
  /**
   * Exactly `length` bytes from `offset`; the caller does not change them.
   * @throws ModelError when the range is not within the file or fewer bytes came.
   */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** @param bytes are referred to, not copied. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  const source: ByteSource = {
    name,
    size: bytes.length,
    async read(offset, length) {
      assertRange(source, offset, length)
      return bytes.subarray(offset, offset + length)
    },
  }
  return source
}

/** For implementations: refuses a range that is not within the file. */
export function assertRange(
  { name, size }: Pick<ByteSource, 'name' | 'size'>,
  offset: number,
  length: number,
): void {
  const isWithin = offset >= 0 && length >= 0 && offset + length <= size
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && isWithin) return
  throw new ModelError(
    `${name}: is cut short: expected ${length} bytes at byte ${offset}, the file has ${size}; get a fresh copy`,
  )
}

const HASHED_AT_ONCE = 4 * 2 ** 20

/**
 * The checksum of the whole file in lower-case hexadecimal. Not by WebCrypto, which wants the
 * file in one buffer and a secure context.
 */
export async function sha256Of(source: ByteSource): Promise<string> {
  const hash = sha256.create()
  for (let offset = 0; offset < source.size; offset += HASHED_AT_ONCE) {
    hash.update(await source.read(offset, Math.min(HASHED_AT_ONCE, source.size - offset)))
  }
  return bytesToHex(hash.digest())
}

/**
 * The checksum of the file, compared with the expected one where there is one.
 * @throws ModelError when they differ.
 */
export async function verifiedSha256(source: ByteSource, expected?: string): Promise<string> {
  const actual = await sha256Of(source)
  if (expected === undefined || expected === actual) return actual
  throw new ModelError(
    `${source.name}: was altered or damaged: its sha256 is ${actual}, expected ${expected}; get a fresh copy`,
  )
}
