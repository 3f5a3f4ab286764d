/** Several changes as one history state. */
import type { ModalScope } from './scope.ts'

/** A number in place of the suspension, while an action plays that has suspended the history itself. */
const ALREADY_SUSPENDED = 4294967295

/**
 * Makes one history state of what `work` changes; nothing of it stays when `work` throws. `undo` takes
 * the changes back by hand where an action suspends the history, which cannot be rolled back then.
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
    // Photoshop rolls our own suspension back when the error leaves the scope.
    if (!isOurs && !context.isCancelled) undo()
    throw error
  }
}
