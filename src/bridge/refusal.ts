/** Why a message was refused. */
export type RefusalCode =
  /** Not of the form that its kind or name has. */
  | 'malformed'
  /** A kind, name or id that does not exist. */
  | 'unknown'
  /** More bytes than a message may have. */
  | 'oversized'
  /** Came before. */
  | 'repeated'
  /** Ahead of what may come now. */
  | 'out-of-order'
  /** A chunk whose checksum is wrong. */
  | 'damaged'
  /** About something that is settled: common after an abort. */
  | 'late'
  /** From or for a session that is over. */
  | 'stale'
  /** From an end of another version. */
  | 'version'

export interface Refusal {
  readonly code: RefusalCode
  readonly detail: string
}

export type Refuse = (code: RefusalCode, detail: string) => void
