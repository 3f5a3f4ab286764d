/** The GPU that a runtime computes on: how it is opened, and what became of it. */
import { RuntimeError, reasonOf } from '../errors.ts'
import { failureOf, isConsequence } from './failure.ts'
import { rememberPipelines } from './pipelines.ts'

export interface Gpu {
  readonly device: GPUDevice
  /** @throws RuntimeError when the device was lost or failed since somebody last asked. */
  check(): void
  /** The same, once the GPU has answered: by then all that went wrong before is known. */
  checkAnswered(): void
  /** Waits for the news of a loss, which comes after the calls that fail because of it. */
  settle(): Promise<void>
  release(): Promise<void>
}

/** More than enough: in Chromium the news follows at once. */
const LOSS_NEWS_MS = 100

export async function openGpu(shared?: GPUDevice): Promise<Gpu> {
  const device = shared ?? (await requestDevice())
  let lost: string | undefined
  let failed: GPUError | undefined
  let ranOut = false
  let isReleased = false
  device.lost.then(
    ({ reason, message }) => {
      lost = message || reason
    },
    () => {},
  )
  const onError = (event: GPUUncapturedErrorEvent): void => {
    // `check` reports it, so the browser need not print it.
    event.preventDefault()
    const { error } = event
    // This was submitted before anybody knew of the failure; it is none of its own.
    if (ranOut && isConsequence(error)) return
    ranOut ||= failureOf(error) === 'memory'
    failed ??= error
  }
  device.addEventListener('uncapturederror', onError)

  const check = (): void => {
    if (lost !== undefined && !isReleased) {
      throw new RuntimeError(
        `webgpu: the GPU device was lost (${lost}); start again, at a smaller size if its memory ran out, or on another device`,
        { failure: 'lost' },
      )
    }
    if (failed === undefined) return
    const error = failed
    failed = undefined
    throw new RuntimeError(`webgpu: the GPU failed (${error.message}); try a smaller size`, {
      failure: failureOf(error),
    })
  }
  return {
    device,
    check,
    checkAnswered() {
      check()
      ranOut = false
    },
    async settle() {
      const patience = new Promise((resolve) => setTimeout(resolve, LOSS_NEWS_MS))
      await Promise.race([device.lost, patience])
    },
    async release() {
      if (isReleased) return
      isReleased = true
      device.removeEventListener('uncapturederror', onError)
      if (!shared) device.destroy()
    },
  }
}

/** Limits that decide how large an image can be, or that ONNX Runtime's shaders use. */
const RAISED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const satisfies readonly (keyof GPUSupportedLimits)[]

/** Features that ONNX Runtime's shaders use. */
const WANTED_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups']

async function requestDevice(): Promise<GPUDevice> {
  const gpu = (globalThis.navigator as Partial<Navigator> | undefined)?.gpu
  if (!gpu) {
    throw new RuntimeError(
      'webgpu: there is no WebGPU here; update the system or the browser, or use another device',
    )
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) {
    throw new RuntimeError(
      'webgpu: no graphics adapter was offered; update the graphics driver, or use another device',
    )
  }
  try {
    const device = await adapter.requestDevice({
      label: 'impasto',
      requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
      requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    })
    rememberPipelines(device)
    return device
  } catch (cause) {
    throw new RuntimeError(
      `webgpu: the graphics adapter gave no device (${reasonOf(cause)}); close other programs that use it, or use another device`,
      { cause },
    )
  }
}

export function describeAdapter({ adapterInfo }: GPUDevice): string {
  const { vendor, architecture, description } = adapterInfo
  return [vendor, architecture, description].filter(Boolean).join(' ') || 'unknown adapter'
}
