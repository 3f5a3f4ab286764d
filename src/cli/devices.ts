/** Execution providers as the command line offers them. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { OptionError, type RuntimeError, reasonOf } from '../engine/errors.ts'
import { createNodeRuntime } from '../engine/runtime/ort-node.ts'
import type { Device, Runtime } from '../engine/runtime/runtime.ts'

/** @throws OptionError for a thread count that is none; RuntimeError where the device is missing. */
export async function createRuntime(device: Device, threads?: string): Promise<Runtime> {
  const count = threads === undefined ? undefined : Number(threads)
  if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= 256)) {
    throw new OptionError(`--threads: expected a whole number from 1 to 256, got "${threads}"`)
  }
  if (device !== 'wasm') return createNodeRuntime({ device, threads: count })
  // Loaded only where it is asked for, because it is large and slow.
  const { createWasmRuntime } = await import('../engine/runtime/ort-wasm.ts')
  const path = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')
  return createWasmRuntime(await readFile(path))
}

/** How often a run opens a GPU anew that was lost under it. */
const MAX_REOPENINGS = 2

/**
 * The runtimes of one run. After a failure the next is the same device again, where it was lost, or
 * the processor.
 * @param dress what becomes of each before it is used.
 */
export async function openRuntimes(
  device: Device,
  threads?: string,
  dress: (runtime: Runtime) => Runtime = (runtime) => runtime,
) {
  const opened: Runtime[] = [dress(await createRuntime(device, threads))]
  const open = async (next: Device): Promise<Runtime> => {
    const runtime = dress(await createRuntime(next, threads))
    opened.push(runtime)
    return runtime
  }
  let reopenings = 0
  return {
    first: opened[0]!,
    /** The runtime that the run is on by now. */
    get last(): Runtime {
      return opened.at(-1)!
    },
    async replace(failed: Runtime, { failure }: RuntimeError): Promise<Runtime | undefined> {
      if (failed.device === 'cpu') return undefined
      if (failure === 'lost' && reopenings++ < MAX_REOPENINGS) return open(failed.device)
      return open('cpu')
    },
    async release(): Promise<void> {
      for (const runtime of opened) await runtime.release()
    },
  }
}

/** A line per device: what it is, or why it cannot be used here. */
export async function describeDevices(): Promise<string[]> {
  const { probe } = await import('../engine/runtime/probe.ts')
  const lines: string[] = []
  for (const device of ['cpu', 'webgpu', 'wasm'] as const) {
    try {
      const runtime = await createRuntime(device)
      await probe(runtime)
      lines.push(`${device.padEnd(8)}${runtime.description}`)
      await runtime.release()
    } catch (error) {
      const reason = reasonOf(error).split('\n')[0]
      lines.push(`${device.padEnd(8)}not usable here: ${reason}`)
    }
  }
  return lines
}
