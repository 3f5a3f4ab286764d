import { type ErrorCode, ImpastoError } from '../engine/errors.ts'

/** What the process ends with; documented in docs/command-line.md. */
export const EXIT = {
  internal: 70,
  usage: 2,
  image: 3,
  model: 4,
  runtime: 5,
  /** Some pictures of a batch failed. */
  partial: 6,
  cancelled: 130,
} as const

const BY_CODE: Readonly<Record<ErrorCode, number>> = {
  option: EXIT.usage,
  image: EXIT.image,
  model: EXIT.model,
  runtime: EXIT.runtime,
  cancelled: EXIT.cancelled,
  shape: EXIT.internal,
  bridge: EXIT.internal,
}

export const exitCodeOf = (error: unknown): number =>
  error instanceof ImpastoError ? BY_CODE[error.code] : EXIT.internal
