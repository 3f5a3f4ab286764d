/** Takes byte arrays out of a message, leaving holes that tell their lengths, and puts them back. */
import { type ByteHole, isHole } from './schema.ts'

export interface Packed {
  /** Plain JSON, holes where byte arrays were. */
  readonly body: unknown
  /** In the order of the holes. */
  readonly arrays: readonly Uint8Array[]
}

/** Not `instanceof`, which is false for arrays of another realm. */
const isBytes = (value: unknown): value is Uint8Array =>
  Object.prototype.toString.call(value) === '[object Uint8Array]'

const isNode = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A copy in which `replace` may replace values. What is undefined vanishes, as in JSON. */
function copy(value: unknown, replace: (value: object) => unknown): unknown {
  if (!isNode(value)) return value
  const replaced = replace(value)
  if (replaced !== undefined) return replaced
  if (Array.isArray(value)) return value.map((item) => copy(item, replace))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, copy(item, replace)]),
  )
}

/** The arrays are not copied: they must stay as they are until they have been sent. */
export function pack(message: unknown): Packed {
  const arrays: Uint8Array[] = []
  const body = copy(message, (value): ByteHole | undefined => {
    if (!isBytes(value)) return undefined
    arrays.push(value)
    return { byteLength: value.length }
  })
  return { body, arrays }
}

/** Lengths of a body's holes, in order. */
export function holesOf(body: unknown): readonly number[] {
  if (isHole(body)) return [body.byteLength]
  return isNode(body) ? Object.values(body).flatMap(holesOf) : []
}

/** @param arrays what to put into the body's holes, in order. */
export function unpack(body: unknown, arrays: readonly Uint8Array[]): unknown {
  const rest = arrays.values()
  return copy(body, (value) => (isHole(value) ? rest.next().value : undefined))
}
