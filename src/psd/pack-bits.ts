/** PackBits, the run lengths of a row: a count of literal bytes, or a byte that is repeated. */
import type { ByteReader } from './byte-reader.ts'

/** A count of -128 does nothing. */
export function unpackRow(packed: ByteReader, out: Uint8Array, start: number, end: number): void {
  const { bytes, end: packedEnd } = packed
  let from = packed.position
  let to = start
  while (to < end) {
    if (from >= packedEnd) packed.fail('more bytes in a packed row', from)
    const count = (bytes[from++]! << 24) >> 24
    if (count >= 0) {
      if (from + count + 1 > packedEnd || to + count + 1 > end) {
        packed.fail(`a packed row of ${end - start} bytes`, from)
      }
      for (const last = from + count; from <= last; ) out[to++] = bytes[from++]!
    } else if (count !== -128) {
      if (from >= packedEnd || to + 1 - count > end) {
        packed.fail(`a packed row of ${end - start} bytes`, from)
      }
      out.fill(bytes[from++]!, to, to + 1 - count)
      to += 1 - count
    }
  }
}

/** Packs one row and returns where its packed form ends; runs shorter than 3 stay literal. */
export function packRow(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  to: number,
): number {
  let at = start
  let written = to
  while (at < end) {
    let run = 1
    while (run < 128 && at + run < end && bytes[at + run] === bytes[at]) run++
    if (run >= 3) {
      out[written++] = 257 - run
      out[written++] = bytes[at]!
      at += run
      continue
    }
    const literalStart = at
    while (
      at < end &&
      at - literalStart < 128 &&
      !(at + 2 < end && bytes[at] === bytes[at + 1] && bytes[at] === bytes[at + 2])
    ) {
      at++
    }
    out[written++] = at - literalStart - 1
    for (let i = literalStart; i < at; i++) out[written++] = bytes[i]!
  }
  return written
}
