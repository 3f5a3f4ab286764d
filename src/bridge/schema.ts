/**
 * What a JSON value must look like: small checks that combine. Each is tied to the TypeScript type
 * it stands for, so that the compiler sees where a check and its type disagree.
 */

export interface Check {
  /** @returns what is wrong with the value at `path`, or undefined. */
  complaint(value: unknown, path: string): string | undefined
}

/** `type` is never set. It makes the compiler refuse the check of a wider or narrower type. */
export interface Schema<T> extends Check {
  readonly type?: (value: T) => T
}

/** May be absent. */
interface OptionalSchema<T> extends Schema<T> {
  readonly isOptional: true
}

/** A byte array in JSON, before its bytes have come. */
export interface ByteHole {
  readonly byteLength: number
}

/** A type as it looks in JSON: with holes for byte arrays. */
type Holed<T> = T extends Uint8Array
  ? ByteHole
  : T extends object
    ? { readonly [K in keyof T]: Holed<T[K]> }
    : T

const schema = <T>(complaint: Check['complaint']): Schema<T> => ({ complaint })

/** A check of a single value. @param expected completes "expected …" in the complaint. */
const value = <T>(expected: string, fits: (value: unknown) => boolean): Schema<T> =>
  schema((given, path) =>
    fits(given) ? undefined : `${path}: expected ${expected}, got ${shown(given)}`,
  )

const shown = (given: unknown): string => {
  if (Array.isArray(given)) return `a list of ${given.length}`
  if (typeof given === 'object' && given !== null) return 'an object'
  if (typeof given === 'string') {
    return given.length > 40 ? `a text of ${given.length} characters` : JSON.stringify(given)
  }
  return String(given)
}

const isObject = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given)

const isWhole = (given: unknown, min: number, max: number): boolean =>
  Number.isInteger(given) && (given as number) >= min && (given as number) <= max

/** Any JSON value, for what is checked later. */
export const anything = schema<unknown>(() => undefined)

export const flag = value<boolean>('true or false', (given) => typeof given === 'boolean')

/** A finite number: JSON can carry no others. */
export const number = (min = -Number.MAX_VALUE, max = Number.MAX_VALUE): Schema<number> =>
  value(
    min === -Number.MAX_VALUE ? 'a number' : `a number from ${min} to ${max}`,
    (given) => Number.isFinite(given) && (given as number) >= min && (given as number) <= max,
  )

export const integer = (min: number, max = Number.MAX_SAFE_INTEGER): Schema<number> =>
  value(`a whole number from ${min} to ${max}`, (given) => isWhole(given, min, max))

export const text = (maxLength: number, pattern?: RegExp): Schema<string> =>
  value(
    `a text of at most ${maxLength} characters${pattern ? ` like ${pattern.source}` : ''}`,
    (given) =>
      typeof given === 'string' && given.length <= maxLength && (pattern?.test(given) ?? true),
  )

export const oneOf = <const T extends string | number>(...choices: readonly T[]): Schema<T> =>
  value(`one of ${choices.join(', ')}`, (given) => choices.includes(given as T))

/** A byte array, of which the hole is seen. */
export const bytes = (maxLength: number): Schema<Uint8Array> =>
  value(`at most ${maxLength} bytes`, (given) => isHole(given) && given.byteLength <= maxLength)

export const isHole = (given: unknown): given is ByteHole =>
  isObject(given) &&
  Object.keys(given).length === 1 &&
  isWhole(given.byteLength, 0, Number.MAX_SAFE_INTEGER)

export const optional = <T>(inner: Schema<T>): OptionalSchema<T> => ({ ...inner, isOptional: true })

export const list = <T>(
  item: Schema<T>,
  minLength: number,
  maxLength: number,
): Schema<readonly T[]> =>
  schema((given, path) => {
    if (!Array.isArray(given) || given.length < minLength || given.length > maxLength) {
      return `${path}: expected a list of ${minLength} to ${maxLength}, got ${shown(given)}`
    }
    return firstComplaint(given, (element, i) => item.complaint(element, `${path}[${i}]`))
  })

/** An object whose property names are not known beforehand. */
export const record = <T>(
  name: RegExp,
  item: Schema<T>,
  maxSize: number,
): Schema<Readonly<Record<string, T>>> =>
  schema((given, path) => {
    if (!isObject(given)) return `${path}: expected an object, got ${shown(given)}`
    const entries = Object.entries(given)
    if (entries.length > maxSize) {
      return `${path}: expected at most ${maxSize} entries, got ${entries.length}`
    }
    return firstComplaint(entries, ([key, element]) =>
      name.test(key)
        ? item.complaint(element, `${path}.${key}`)
        : `${path}: expected names like ${name.source}, got ${shown(key)}`,
    )
  })

/** One check for each property of the type; others are refused. */
export const object = <T extends object>(
  fields: {
    readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K>
      ? OptionalSchema<Exclude<T[K], undefined>>
      : Schema<T[K]>
  },
): Schema<T> => {
  const checks = Object.entries<Check & { readonly isOptional?: true }>(fields)
  return schema((given, path) => {
    if (!isObject(given)) return `${path}: expected an object, got ${shown(given)}`
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(fields, key))
    if (unknown !== undefined) return `${path}: ${shown(unknown)} is unknown here`
    return firstComplaint(checks, ([key, check]) =>
      check.isOptional && given[key] === undefined
        ? undefined
        : check.complaint(given[key], `${path}.${key}`),
    )
  })
}

/** A check of how parts fit together, once each is right by itself. */
export const fitting = <T>(
  inner: Schema<T>,
  misfit: (value: Holed<T>) => string | undefined,
): Schema<T> =>
  schema((given, path) => {
    const complaint = inner.complaint(given, path)
    if (complaint) return complaint
    const found = misfit(given as Holed<T>)
    return found && `${path}: ${found}`
  })

function firstComplaint<T>(
  items: readonly T[],
  check: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [i, item] of items.entries()) {
    const complaint = check(item, i)
    if (complaint) return complaint
  }
  return undefined
}
