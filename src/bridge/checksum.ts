/** Adler-32, the checksum of chunks. */
const LARGEST_PRIME = 65521
/** After so many bytes the sums must be reduced, or they outgrow an unsigned 32-bit integer. */
const RUN = 5552

/**
 * Goes on with an Adler-32 (RFC 1950) over more bytes. In Chromium it does 1.3 to 1.6 GB/s, three
 * times as fast as a CRC-32 by table.
 * @param before the checksum of the bytes before; 1 at the start.
 */
export function adler32(before: number, bytes: Uint8Array): number {
  let sum = before & 0xffff
  let sumOfSums = before >>> 16
  for (let i = 0; i < bytes.length; ) {
    const end = Math.min(i + RUN, bytes.length)
    while (i < end) {
      sum += bytes[i++]!
      sumOfSums += sum
    }
    sum %= LARGEST_PRIME
    sumOfSums %= LARGEST_PRIME
  }
  return ((sumOfSums << 16) | sum) >>> 0
}
