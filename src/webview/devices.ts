/** Finds what the page paints on: WebGPU where there is one, else WebAssembly, and why. */
import type { DeviceChoice, EngineFacts } from '../bridge/messages.ts'
import { RuntimeError } from '../engine/errors.ts'
import { GPU_BYTES } from '../engine/plan/limits.ts'
import { createWebRuntime, type WebRuntime } from '../engine/runtime/ort-web.ts'
import type { Assets } from './assets.ts'
import { brief } from './brief.ts'
import { startWorkers, type WorkersRuntime, workerCount } from './workers.ts'

export type EngineRuntime = WebRuntime | WorkersRuntime

interface OpenDevice
  extends Pick<
    EngineFacts,
    'isSecureContext' | 'hasNavigatorGpu' | 'hasAdapter' | 'hasShaderF16' | 'limits' | 'fallback'
  > {
  readonly runtime: EngineRuntime
}

interface Devices {
  /** @throws RuntimeError when WebGPU is insisted on and not there, or nothing starts. */
  open(choice: DeviceChoice): Promise<OpenDevice>
  /** Ends a runtime on which a run failed; the next `open` makes another. */
  discard(runtime: EngineRuntime): Promise<void>
}

/** How many devices may be lost under a run before WebGPU is given up until the page is reloaded. */
const MAX_LOSSES = 2

const COST = 'Impasto paints on the processor, which is much slower. A smaller size helps.'

/** Bytes that a run may use where the settings name no limit. */
export const memoryOf = ({ device }: Pick<EngineRuntime, 'device'>): number =>
  device === 'wasm' ? SHARE_OF_MEMORY * machineBytes() : GPU_BYTES

/** The rest is left to Photoshop. */
const SHARE_OF_MEMORY = 0.6

/** Chromium tells up to 8 GB; other browsers nothing. */
const machineBytes = (): number =>
  ((navigator as { readonly deviceMemory?: number }).deviceMemory ?? 8) * 1e9

export function makeDevices(assets: Pick<Assets, 'wasm' | 'worker'>): Devices {
  const runtimes: { [Device in 'webgpu' | 'wasm']?: Promise<EngineRuntime> } = {}
  /** Runtimes whose graphics device is lost. */
  const lost = new WeakSet<EngineRuntime>()
  let losses = 0

  const startGpu = async () => createWebRuntime({ wasmBinary: await assets.wasm() })
  const startProcessor = async () => startWorkers(await assets.worker(), workerCount())
  const runtimeOn = (device: 'webgpu' | 'wasm'): Promise<EngineRuntime> => {
    const known = runtimes[device]
    if (known) return known
    const starting = device === 'webgpu' ? startGpu() : startProcessor()
    runtimes[device] = starting
    const forget = (): void => {
      if (runtimes[device] === starting) delete runtimes[device]
    }
    starting.then(
      // It may be lost while nobody uses it, for example when the computer sleeps.
      (runtime) =>
        lossOf(runtime).then(() => {
          if (device === 'webgpu') lost.add(runtime)
          forget()
        }),
      forget,
    )
    return starting
  }

  return {
    async open(choice) {
      const { adapter, ...facts } = await probe()
      const onWasm = async (fallback: string): Promise<OpenDevice> => ({
        ...facts,
        limits: {},
        fallback,
        runtime: await runtimeOn('wasm'),
      })
      if (choice === 'wasm') return onWasm(`The processor is chosen in the settings: ${COST}`)
      if (choice === 'auto') {
        const obstacle = obstacleFor(adapter, facts)
        if (obstacle) {
          return onWasm(`This computer offers no WebGPU to plug-ins (${obstacle}): ${COST}`)
        }
        if (losses >= MAX_LOSSES) {
          return onWasm(
            `The graphics processor failed ${losses} times, so it is left alone until the panel is opened again: ${COST}`,
          )
        }
      }
      try {
        const runtime = await runtimeOn('webgpu')
        return { ...facts, limits: limitsOf((runtime as WebRuntime).gpuDevice), runtime }
      } catch (error) {
        if (choice === 'webgpu' || !(error instanceof RuntimeError)) throw error
        return onWasm(`WebGPU does not start (${brief(error.message, 800)}): ${COST}`)
      }
    },

    async discard(runtime) {
      const device = runtime.device as 'webgpu' | 'wasm'
      if (lost.delete(runtime)) losses++
      if ((await runtimes[device]?.catch(() => undefined)) === runtime) delete runtimes[device]
      await runtime.release()
    },
  }
}

async function probe() {
  const gpu = (navigator as Partial<Navigator>).gpu
  // An adapter serves one device, so ort-web.ts asks for another.
  const adapter = (await gpu?.requestAdapter({ powerPreference: 'high-performance' })) ?? undefined
  return {
    adapter,
    isSecureContext: window.isSecureContext,
    hasNavigatorGpu: gpu !== undefined,
    hasAdapter: adapter !== undefined,
    hasShaderF16: adapter?.features.has('shader-f16') ?? false,
  }
}

/** Why WebGPU is not worth a try, or undefined. */
function obstacleFor(
  adapter: GPUAdapter | undefined,
  { isSecureContext, hasNavigatorGpu }: { isSecureContext: boolean; hasNavigatorGpu: boolean },
): string | undefined {
  if (!hasNavigatorGpu) return isSecureContext ? 'no navigator.gpu' : 'no secure context'
  if (!adapter) return 'no adapter'
  // It is far slower than WebAssembly.
  return adapter.info.isFallbackAdapter ? 'only one computed in software' : undefined
}

const lossOf = (runtime: EngineRuntime): Promise<unknown> =>
  'gpuDevice' in runtime ? runtime.gpuDevice.lost : runtime.lost

/** By WebGPU's names; they are getters of the prototype. */
function limitsOf(device: GPUDevice): Record<string, number> {
  const limits: Record<string, number> = {}
  for (const name in device.limits) {
    const value: unknown = device.limits[name as keyof GPUSupportedLimits]
    if (typeof value === 'number') limits[name] = value
  }
  return limits
}
