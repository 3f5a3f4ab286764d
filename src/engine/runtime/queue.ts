type Queue = <T>(call: () => Promise<T>) => Promise<T>

/** One call at a time, in the order of asking. */
export function makeQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return (call) => {
    const result = last.then(call)
    last = result.catch(() => {})
    return result
  }
}
