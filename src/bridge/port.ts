/** One end of a channel that turns what passes into JSON, may lose it, and keeps its order. */
export interface Port {
  post(message: object): void
  /** @returns a function that ends listening. */
  listen(receive: (message: unknown) => void): () => void
}
