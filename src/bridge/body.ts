/** Checks what a message says, and makes the arrays that its transfer will fill. */
import { holesOf } from './pack.ts'
import { TRANSFER_LIMIT } from './packets.ts'
import type { Refusal } from './refusal.ts'
import type { Check } from './schema.ts'
import type { Transfers } from './transfers.ts'

export interface Body {
  readonly arrays: readonly Uint8Array[]
}

/**
 * @param transfers the transfers under way; the message must not name one of them.
 * @param path what the message is, for texts of errors.
 */
export function openBody(
  { body, transfer }: { readonly body: unknown; readonly transfer?: number },
  check: Check,
  transfers: Transfers,
  path: string,
): Body | Refusal {
  const complaint = check.complaint(body, path)
  if (complaint) return { code: 'malformed', detail: complaint }
  const lengths = holesOf(body)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (total > TRANSFER_LIMIT) {
    const detail = `${path}: expected at most ${TRANSFER_LIMIT} bytes, got ${total}`
    return { code: 'oversized', detail }
  }
  if ((transfer === undefined) !== (total === 0)) {
    return { code: 'malformed', detail: `${path}: a transfer for ${total} bytes` }
  }
  if (transfer !== undefined && transfers.isReceiving(transfer)) {
    return { code: 'repeated', detail: `${path}: transfer ${transfer} is under way` }
  }
  try {
    return { arrays: lengths.map((length) => new Uint8Array(length)) }
  } catch {
    return { code: 'oversized', detail: `${path}: no memory for ${total} bytes` }
  }
}
