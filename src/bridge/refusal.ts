/** Why a message was refused. */
export type RefusalCode =
  /** It does not have the form of its kind or name. */
  | 'malformed'
  /** It names a kind, name or id that does not exist. */
  | 'unknown'
  /** It has more bytes than a message may have. */
  | 'oversized'
  /** It came before. */
  | 'repeated'
  /** It comes too early. */
  | 'out-of-order'
  /** It is a chunk whose checksum is wrong. */
  | 'damaged'
  /** It is about something that is settled, which is common after an abort. */
  | 'late'
  /** It is from or for a session that is over. */
  | 'stale'
  /** It is from an end of another version. */
  | 'version'

export interface Refusal {
  readonly code: RefusalCode
  readonly detail: string
}

export type Refuse = (code: RefusalCode, detail: string) => void
