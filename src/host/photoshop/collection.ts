/** Array-like proxies, as the DOM's collections are: readable, never writable. */

/** @param extra Properties beside the items, such as getByName. */
export function collection<Item extends { readonly name: string }>(
  typename: string,
  items: readonly Item[],
  extra: Readonly<Record<string, unknown>> = {},
): unknown {
  const getByName = (name: string): Item => {
    const item = items.find((candidate) => candidate.name === name)
    if (!item) throw new Error(`${typename} has no element named “${name}”`)
    return item
  }
  const properties: Readonly<Record<string, unknown>> = { typename, getByName, ...extra }
  const refuse = (): never => {
    throw new TypeError(`${typename} is read-only; copy it with Array.from`)
  }
  return new Proxy([...items], {
    get: (target, key, receiver) =>
      typeof key === 'string' && Object.hasOwn(properties, key)
        ? properties[key]
        : Reflect.get(target, key, receiver),
    deleteProperty: refuse,
    // Assignments end here, too.
    defineProperty: refuse,
  })
}
