/** Turns errors into what travels, and back into the classes of engine/errors.ts. */
import {
  BridgeError,
  CancelledError,
  type ErrorCode,
  ImageError,
  ImpastoError,
  ModelError,
  OptionError,
  RuntimeError,
  reasonOf,
  ShapeError,
} from '../engine/errors.ts'
import type { WireError } from './messages.ts'
import { LONGEST_FAILURE } from './packets.ts'

const CLASSES: { readonly [Code in ErrorCode]: new (message: string) => ImpastoError } = {
  shape: ShapeError,
  option: OptionError,
  image: ImageError,
  model: ModelError,
  runtime: RuntimeError,
  cancelled: CancelledError,
  bridge: BridgeError,
}

export function toWire(error: unknown): WireError {
  const code = error instanceof ImpastoError ? error.code : 'internal'
  const text = reasonOf(error)
  const message = code === 'internal' ? `internal: ${text}` : text
  return { code, message: message.slice(0, LONGEST_FAILURE) }
}

/** An unknown code, such as `internal`, becomes a BridgeError. */
export function fromWire({ code, message }: WireError): ImpastoError {
  const known = Object.hasOwn(CLASSES, code) ? CLASSES[code as ErrorCode] : BridgeError
  return new known(message)
}
