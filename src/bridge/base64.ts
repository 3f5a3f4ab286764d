/**
 * Base64 of some bytes and back, by what both ends have: neither TextDecoder nor a method of
 * Uint8Array is in Photoshop's panels.
 */

/**
 * Encoded at once. A multiple of 3, so that the texts join; within what engines take as arguments.
 * In Chromium 380 MB/s, against 280 for one btoa of a longer text and 240 for a table.
 */
const RUN = 24_576

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += RUN) {
    // Spreading the bytes over the arguments takes five times as long.
    text += btoa(Reflect.apply(String.fromCharCode, undefined, bytes.subarray(i, i + RUN)))
  }
  return text
}

/** @returns false, `target` perhaps partly written, unless the text stands for as many bytes. */
export function fromBase64(text: string, target: Uint8Array): boolean {
  let binary: string
  try {
    binary = atob(text)
  } catch {
    return false
  }
  if (binary.length !== target.length) return false
  for (let i = 0; i < target.length; i++) target[i] = binary.charCodeAt(i)
  return true
}

/** Characters that so many bytes take. */
export const base64Length = (byteLength: number): number => Math.ceil(byteLength / 3) * 4
