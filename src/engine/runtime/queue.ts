type Queue = <T>(call: () => Promise<T>) => Promise<T>

/** Makes calls one at a time, in the order in which they are asked for. */
export function makeQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return (call) => {
    const result = last.then(call)
    last = result.catch(() => {})
    return result
  }
}
