/** Big-endian fields of a PSD file as bytes: the mirror image of ByteReader. */

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value)
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** A length of 4 bytes, or of 8 where `wide`. */
export function lengthField(value: number, wide: boolean): Uint8Array {
  return wide ? concat([u32(Math.floor(value / 2 ** 32)), u32(value)]) : u32(value)
}

/** Characters up to U+00FF, one byte each. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** Filled up with zeros to a multiple of `unit`. */
export function padded(bytes: Uint8Array, unit = 4): Uint8Array {
  const rest = bytes.length % unit
  return rest === 0 ? bytes : concat([bytes, new Uint8Array(unit - rest)])
}

/** The legacy name, which only old programs read: characters beyond ASCII become "?". */
export function pascalString(text: string): Uint8Array {
  const ascii = text.replace(/[^\x20-\x7e]/gu, '?').slice(0, 255)
  return padded(concat([Uint8Array.of(ascii.length), latin1(ascii)]))
}

/** A count of UTF-16 units, then these. */
export function unicodeString(text: string): Uint8Array {
  const units = Array.from({ length: text.length }, (_, i) => u16(text.charCodeAt(i)))
  return padded(concat([u32(text.length), ...units]))
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
