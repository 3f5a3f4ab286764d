/** Several changes as one history state. */
import type { ModalScope } from './scope.ts'

/** A number in place of the suspension, while an action plays that has suspended the history itself. */
const ALREADY_SUSPENDED = 4294967295

/**
 * What `work` changes becomes one history state; nothing of it stays when it throws. `undo` takes
 * it back by hand where the history is an action's and cannot be rolled back.
 */
export async function asOneHistoryState<T>(
  { context }: ModalScope,
  info: { readonly documentID: number; readonly name: string },
  work: () => Promise<T>,
  undo: () => void,
): Promise<T> {
  const { hostControl } = context
  const suspension = await hostControl.suspendHistory(info)
  const isOurs = (suspension as unknown) !== ALREADY_SUSPENDED
  try {
    const result = await work()
    if (isOurs) await hostControl.resumeHistory(suspension, true)
    return result
  } catch (error) {
    // A suspension of ours is rolled back when the error leaves the scope.
    if (!isOurs && !context.isCancelled) undo()
    throw error
  }
}
