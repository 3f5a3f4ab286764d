/** Compiled graphs kept from one picture of a batch to the next. */
import { print } from '../engine/graph/print.ts'
import type { Program, Runtime } from '../engine/runtime/runtime.ts'

export interface ReusingRuntime extends Runtime {
  /** Releases what was not used since the last call: graphs of other sizes. */
  endPicture(): Promise<void>
}

interface Kept {
  readonly program: Program
  users: number
  isRecent: boolean
}

/**
 * The runtime, but each graph is prepared once however often it is asked for, as long as every
 * picture asks for it: a batch of pictures of one size prepares its graphs once. All graphs must be
 * of one network, because constants are told apart by their keys.
 */
export function reusingPrograms(runtime: Runtime): ReusingRuntime {
  const kept = new Map<string, Kept>()
  const releaseWhere = async (isDone: (entry: Kept) => boolean): Promise<void> => {
    for (const [key, entry] of [...kept]) {
      if (entry.users > 0 || !isDone(entry)) continue
      kept.delete(key)
      await entry.program.release()
    }
  }
  /** It may have failed for want of memory, which the idle programs hold. */
  const freeing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      await releaseWhere(() => true)
      throw error
    }
  }

  return {
    ...runtime,
    async compile(graph, options) {
      const key = `${print(graph)}\nread back ${options?.readBack?.join()}`
      const known = kept.get(key)
      const entry = known ?? {
        program: await freeing(() => runtime.compile(graph, options)),
        users: 0,
        isRecent: true,
      }
      kept.set(key, entry)
      entry.users++
      entry.isRecent = true
      let isHeld = true
      return {
        run: (inputs, into) => freeing(() => entry.program.run(inputs, into)),
        async release() {
          if (isHeld) entry.users--
          isHeld = false
        },
      }
    },
    async endPicture() {
      await releaseWhere(({ isRecent }) => !isRecent)
      for (const entry of kept.values()) entry.isRecent = false
    },
    async release() {
      await releaseWhere(() => true)
      await runtime.release()
    },
  }
}
