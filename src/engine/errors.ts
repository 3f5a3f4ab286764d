/**
 * The closed set of errors. Each message says where, what came, what was expected and what
 * helps; `internal:` marks a fault of our own. Errors are thrown, never returned, and caught only
 * at the edges (command line, engine page, panel command) and where a run goes on after a failure.
 */
export type ErrorCode = 'shape' | 'option' | 'image' | 'model' | 'runtime' | 'cancelled' | 'bridge'

export abstract class ImpastoError extends Error {
  abstract readonly code: ErrorCode

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** Tensors whose shapes or dtypes do not fit an operator. */
export class ShapeError extends ImpastoError {
  readonly code = 'shape'
}

/** A setting out of its range, of the wrong type or unknown. */
export class OptionError extends ImpastoError {
  readonly code = 'option'
}

/** An image or document that cannot be read, used or written. */
export class ImageError extends ImpastoError {
  readonly code = 'image'
}

/** Weights that are missing, damaged or of another network. */
export class ModelError extends ImpastoError {
  readonly code = 'model'
}

/**
 * Why an execution provider failed, which decides how a run goes on: `memory` in smaller tiles,
 * `lost` on a new device, `precision` in float32, `other` on the next provider.
 */
export type RuntimeFailure = 'memory' | 'lost' | 'precision' | 'other'

/** The execution provider failed: no device, no memory, a lost device. */
export class RuntimeError extends ImpastoError {
  readonly code = 'runtime'
  readonly failure: RuntimeFailure

  constructor(message: string, options?: ErrorOptions & { readonly failure?: RuntimeFailure }) {
    super(message, options)
    this.failure = options?.failure ?? 'other'
  }
}

/** The caller aborted the run and wants no picture. */
export class CancelledError extends ImpastoError {
  readonly code = 'cancelled'
}

/** What an error says; whatever else may be thrown is taken as its own text. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

const cancelled = () => new CancelledError('cancelled: nothing was changed')

/** @throws CancelledError when the caller has aborted. */
export function throwIfCancelled(signal?: AbortSignal): void {
  if (signal?.aborted) throw cancelled()
}

/** Waits no longer than until `signal` aborts. @throws CancelledError then. */
export function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled())
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** A message between panel and engine page that is malformed, late or lost. */
export class BridgeError extends ImpastoError {
  readonly code = 'bridge'
}
