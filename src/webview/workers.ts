/** The processor's engine: painting happens in workers, so that the page is free all the time. */
import { RuntimeError } from '../engine/errors.ts'
import { joinRuntimes } from '../engine/runtime/lanes.ts'
import { connectRuntime } from '../engine/runtime/remote.ts'
import type { Runtime } from '../engine/runtime/runtime.ts'
import type { WorkerStart } from './worker.ts'

export interface WorkersRuntime extends Runtime {
  /** Settles when a worker has ended by itself. */
  readonly lost: Promise<unknown>
}

export interface WorkerFiles {
  /** Compiled once, and shared by the workers. */
  readonly wasm: WebAssembly.Module
  readonly script: Uint8Array
}

/** @throws RuntimeError when a worker does not start. */
export async function startWorkers(
  { wasm, script }: WorkerFiles,
  count: number,
): Promise<WorkersRuntime> {
  // A blob, because a page may load it wherever the page itself comes from.
  const source = new Blob([script as Uint8Array<ArrayBuffer>], { type: 'text/javascript' })
  const url = URL.createObjectURL(source)
  const starting = Array.from({ length: count }, () => startWorker(url, wasm))
  try {
    const [first, ...others] = await Promise.all(starting)
    const joined = joinRuntimes([first!, ...others])
    const lost = Promise.race([first!, ...others].map((worker) => worker.lost))
    const workers = `${count} ${count === 1 ? 'worker' : 'workers'}`
    return { ...joined, description: `${joined.description}, ${workers}`, lost }
  } catch (error) {
    for (const started of await Promise.allSettled(starting)) {
      if (started.status === 'fulfilled') await started.value.release()
    }
    throw error
  } finally {
    URL.revokeObjectURL(url)
  }
}

const FEWEST_WORKERS = 2
/** More bands than this have more to exchange than to compute. */
const MOST_WORKERS = 16

/** One core is Photoshop's. Of two, painting takes both: the page, which rests meanwhile, still answers. */
export const workerCount = (cores: number = navigator.hardwareConcurrency): number =>
  Math.min(MOST_WORKERS, Math.max(FEWEST_WORKERS, cores - 1))

async function startWorker(url: string, wasm: WebAssembly.Module): Promise<WorkersRuntime> {
  const worker = new Worker(url)
  const { port1, port2 } = new MessageChannel()
  const lost = new Promise<RuntimeError>((resolve) => {
    const end = (reason: string): void =>
      resolve(
        new RuntimeError(`wasm: a worker ended (${reason}); start again`, { failure: 'lost' }),
      )
    worker.onerror = (event) => {
      event.preventDefault()
      end(event.message || 'it could not be started')
    }
    // Some browsers tell by this that a worker has gone without an error.
    port1.addEventListener('close', () => end('for no known reason'))
  })
  const start: WorkerStart = { wasm, port: port2 }
  worker.postMessage(start, [port2])
  try {
    return { ...(await connectRuntime(port1, lost, () => worker.terminate())), lost }
  } catch (error) {
    worker.terminate()
    throw error
  }
}
