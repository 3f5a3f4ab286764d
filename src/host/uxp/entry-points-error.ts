/** What `entrypoints.setup` throws on a second call and on bad data. */
export class EntryPointsError extends Error {
  override readonly name = 'EntryPointsError'
}
