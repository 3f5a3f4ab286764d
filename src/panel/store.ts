/** Keeps the state in one place, from which it flows down to the views. */
export interface Store<State> {
  get(): State
  /** Replaces the given fields and tells everybody. */
  update(change: Partial<State>): void
  /** @returns a function that ends listening. */
  subscribe(listener: (state: State) => void): () => void
}

export function makeStore<State extends object>(initial: State): Store<State> {
  let state = initial
  const listeners = new Set<(state: State) => void>()
  return {
    get: () => state,
    update(change) {
      state = { ...state, ...change }
      for (const listener of [...listeners]) listener(state)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
