/** The globals that the plug-in's script sees: UXP's, whatever else the browser or Node has. */
import { GLOBAL_NAMES, PROBED_NAMES } from './global-names.ts'

/** Functions of a browser that make code from strings, which UXP forbids. */
const TIMERS = new Set(['setTimeout', 'setInterval'])

/**
 * An object for `with`: it claims every name, so that no global of the realm shows through.
 *
 * @param real The realm's window or globalThis. Its functions are called on it.
 * @param report Hears once of each name that UXP lacks; reading it gives undefined. In UXP a bare
 *   name would throw, but `typeof` may ask for any, and the two cannot be told apart here.
 * @param provided Put in place of the realm's, such as `ImageBlob`, `fetch` or `document`.
 */
export function makeGlobalScope(
  real: object,
  report: (violation: string) => void,
  provided: Readonly<Record<string, unknown>> = {},
): object {
  const values = new Map<string, unknown>(Object.entries(provided))
  const reported = new Set<string>()

  function read(name: string): unknown {
    if (values.has(name)) return values.get(name)
    if (GLOBAL_NAMES.has(name)) {
      const value = adapt(name, real)
      // Functions keep their identity; other values may change.
      if (typeof value === 'function') values.set(name, value)
      return value
    }
    if (!PROBED_NAMES.has(name) && !reported.has(name)) {
      reported.add(name)
      report(`the global ${name} does not exist in UXP`)
    }
    return undefined
  }

  const isPresent = (name: PropertyKey): boolean =>
    typeof name === 'string' && (values.has(name) || (GLOBAL_NAMES.has(name) && name in real))

  const handler: ProxyHandler<object> = {
    get: (_, name) => (typeof name === 'string' ? read(name) : undefined),
    set(_, name, value) {
      if (typeof name === 'string') values.set(name, value)
      return true
    },
    has: (_, name) => isPresent(name),
    deleteProperty(_, name) {
      if (typeof name === 'string') values.delete(name)
      return true
    },
    defineProperty(_, name, { value }) {
      if (typeof name === 'string') values.set(name, value)
      return true
    },
  }
  const globalObject = new Proxy({}, handler)
  for (const name of ['globalThis', 'window']) {
    if (!values.has(name)) values.set(name, globalObject)
  }
  return new Proxy({}, { ...handler, has: () => true })
}

function adapt(name: string, real: object): unknown {
  if (name === 'eval') return forbidCode
  const value: unknown = Reflect.get(real, name)
  if (name === 'Function') {
    return new Proxy(value as object, { apply: forbidCode, construct: forbidCode })
  }
  if (typeof value !== 'function' || /^[A-Z]/.test(name)) return value
  const bound = value.bind(real)
  if (!TIMERS.has(name)) return bound
  return (callback: unknown, ...rest: unknown[]) =>
    typeof callback === 'function' ? bound(callback, ...rest) : forbidCode()
}

function forbidCode(): never {
  throw new EvalError('Code generation from strings disallowed for this context')
}

/**
 * Runs a bundle, CommonJS or a plain script, in `scope`. It finds faults and is no sandbox: a
 * function's `constructor`, or `this` in sloppy code, still reach the realm.
 *
 * @returns its module.exports.
 */
export function runPluginScript(
  code: string,
  scope: object,
  require: (name: string) => unknown,
): unknown {
  // `with` needs a sloppy function around; the bundle's own 'use strict' holds within.
  const make = new Function(
    'scope',
    `with (scope) { return function (require, module, exports) {${code}\n} }\n//# sourceURL=plugin:/index.js`,
  ) as (scope: object) => (...args: unknown[]) => void
  const module = { exports: {} }
  make(scope).call(module.exports, require, module, module.exports)
  return module.exports
}
