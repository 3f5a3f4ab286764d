/** ONNX Runtime compiled to WebAssembly: WebGPU in the engine page, and wasm there and in Node. */
import * as ort from 'onnxruntime-web/webgpu'
import { RuntimeError } from '../errors.ts'
import * as b from '../graph/build.ts'
import { makeGraph, type Shape } from '../graph/node.ts'
import { type DeviceOrtTensor, hostMemory, makeOrtRuntime, type TensorMemory } from './ort.ts'
import type { Runtime } from './runtime.ts'

export interface WebRuntimeOptions {
  readonly device: 'webgpu' | 'wasm'
  /**
   * The bytes of onnxruntime-web's `ort-wasm-simd-threaded.asyncify.wasm`; other builds do not fit.
   * Read when the first runtime is made: a process or page has one WebAssembly instance.
   */
  readonly wasmBinary: ArrayBuffer | Uint8Array
  /**
   * Threads within an operator, where the page is cross-origin isolated. Elsewhere, Node included,
   * there is one.
   */
  readonly threads?: number
  /** A device to share, which its owner destroys; default: one of our own with raised limits. */
  readonly gpuDevice?: GPUDevice
  /** ONNX Runtime's: 0 prints each node's placement, 3 (default) errors only. */
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4
}

export interface WebRuntime extends Runtime {
  /** What it computes on, where that is WebGPU. */
  readonly gpuDevice?: GPUDevice
}

/** @throws RuntimeError when WebAssembly cannot be started, or there is no WebGPU adapter. */
export async function createWebRuntime(options: WebRuntimeOptions): Promise<WebRuntime> {
  const { wasm, versions } = ort.env
  if (!isStarted) {
    wasm.wasmBinary = options.wasmBinary
    wasm.numThreads = globalThis.crossOriginIsolated ? options.threads : 1
  }
  const gpu = options.device === 'webgpu' ? await openGpu(options.gpuDevice) : undefined
  const version = `onnxruntime-web ${versions.web ?? ''}`
  const shared = {
    device: options.device,
    ort,
    sessionOptions: {
      executionProviders: [options.device],
      graphOptimizationLevel: 'all',
      logSeverityLevel: options.logSeverityLevel ?? 3,
    },
  } as const
  const runtime = makeOrtRuntime(
    gpu
      ? {
          ...shared,
          description: `${version} webgpu, ${describeAdapter(gpu.device)}`,
          sessionOptions: {
            ...shared.sessionOptions,
            executionProviders: [{ name: 'webgpu', device: gpu.device }],
          },
          memory: gpuMemory(gpu),
          enqueue,
          check: gpu.check,
          settle: gpu.settle,
          release: gpu.release,
        }
      : {
          ...shared,
          description: `${version} wasm, ${threadCount(wasm.numThreads)}`,
          memory: wasmMemory(),
          enqueue,
        },
  )
  try {
    await startWebAssembly(runtime)
  } catch (error) {
    await runtime.release()
    throw error
  }
  return { ...runtime, gpuDevice: gpu?.device }
}

const threadCount = (threads = 1): string => `${threads} ${threads === 1 ? 'thread' : 'threads'}`

let isStarted = false

/** The smallest graph, so that a bad binary shows here and not in the middle of a run. */
async function startWebAssembly(runtime: Runtime): Promise<void> {
  try {
    const x = b.input('x', [1])
    const program = await runtime.compile(makeGraph({ y: b.add(x, x) }), { readBack: ['y'] })
    await program.run({ x: Float32Array.of(1) })
    await program.release()
    isStarted = true
    ort.env.wasm.wasmBinary = undefined
  } catch (cause) {
    if (isStarted) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RuntimeError(
      `${runtime.device}: ONNX Runtime did not start (${reason}); it needs its unchanged asyncify .wasm file and WebAssembly with SIMD. After a failure it starts only in a fresh page or process`,
      { cause },
    )
  }
}

/**
 * One call at a time, over all runtimes: they share a WebAssembly instance, and its Asyncify can
 * suspend a single call. A second one while the first waits for the GPU corrupts both.
 */
function enqueue<T>(call: () => Promise<T>): Promise<T> {
  const result = lastCall.then(call)
  lastCall = result.then(
    () => {},
    () => {},
  )
  return result
}
let lastCall: Promise<void> = Promise.resolve()

/** Outputs of WebAssembly's CPU provider come in arrays of their own; one given for them is ignored. */
function wasmMemory(): TensorMemory {
  const memory = hostMemory(ort)
  return {
    ...memory,
    adopt(result, shape, into) {
      const values = result.data as Float32Array
      if (!into) return { shape, ort: result, release: () => {} }
      ;(into.ort.data as Float32Array).set(values)
      return into
    },
  }
}

interface Gpu {
  readonly device: GPUDevice
  /** @throws RuntimeError when the device was lost or failed since somebody last asked. */
  check(): void
  /** Waits for the news of a loss, which comes after the calls that fail of it. */
  settle(): Promise<void>
  release(): Promise<void>
}

/** More than enough: in Chromium the news follows at once. */
const LOSS_NEWS_MS = 100

async function openGpu(shared?: GPUDevice): Promise<Gpu> {
  const device = shared ?? (await requestDevice())
  let lost: string | undefined
  let failed: string | undefined
  let isReleased = false
  device.lost.then(
    ({ reason, message }) => {
      lost = message || reason
    },
    () => {},
  )
  const onError = (event: GPUUncapturedErrorEvent): void => {
    // Reported by `check`, so the browser need not print it.
    event.preventDefault()
    failed ??= event.error.message
  }
  device.addEventListener('uncapturederror', onError)

  const check = (): void => {
    if (lost !== undefined && !isReleased) {
      throw new RuntimeError(
        `webgpu: the GPU device was lost (${lost}); start again, at a smaller size if its memory ran out, or on another device`,
      )
    }
    if (failed === undefined) return
    const reason = failed
    failed = undefined
    throw new RuntimeError(`webgpu: the GPU failed (${reason}); try a smaller size`)
  }
  return {
    device,
    check,
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

/** Limits that decide how large an image can be, or that ONNX Runtime's shaders make use of. */
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

/** Features that ONNX Runtime's shaders make use of. */
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
    return await adapter.requestDevice({
      label: 'impasto',
      requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
      requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RuntimeError(
      `webgpu: the graphics adapter gave no device (${reason}); close other programs that use it, or use another device`,
      { cause },
    )
  }
}

function describeAdapter({ adapterInfo }: GPUDevice): string {
  const { vendor, architecture, description } = adapterInfo
  return [vendor, architecture, description].filter(Boolean).join(' ') || 'unknown adapter'
}

/** WebGPU's flags, which exist as globals only where WebGPU does. */
const MAP_READ = 0x1
const COPY_SRC = 0x4
const COPY_DST = 0x8
const STORAGE = 0x80

/** ONNX Runtime copies in units of this many bytes, so buffers that it is handed are padded to it. */
const BUFFER_UNIT_BYTES = 16

function gpuMemory({ device, check, settle }: Gpu): TensorMemory {
  const wrap = (shape: Shape): DeviceOrtTensor & { readonly buffer: GPUBuffer } => {
    check()
    const bytes = sizeBytes(shape)
    const { maxBufferSize, maxStorageBufferBindingSize } = device.limits
    const limit = Math.min(maxBufferSize, maxStorageBufferBindingSize)
    if (bytes > limit) {
      throw new RuntimeError(
        `webgpu: a tensor [${shape}] has ${bytes} bytes, this device allows ${limit}; choose a smaller size`,
      )
    }
    const buffer = device.createBuffer({
      size: Math.ceil(bytes / BUFFER_UNIT_BYTES) * BUFFER_UNIT_BYTES,
      usage: STORAGE | COPY_SRC | COPY_DST,
    })
    return {
      shape,
      buffer,
      ort: ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: shape }),
      release: () => buffer.destroy(),
    }
  }
  return {
    allocate: wrap,
    upload(data, shape) {
      const tensor = wrap(shape)
      device.queue.writeBuffer(tensor.buffer, 0, data as Float32Array<ArrayBuffer>)
      return tensor
    },
    async download({ ort: { gpuBuffer }, shape }) {
      check()
      const size = sizeBytes(shape)
      const staging = device.createBuffer({ size, usage: MAP_READ | COPY_DST })
      try {
        const encoder = device.createCommandEncoder()
        encoder.copyBufferToBuffer(gpuBuffer as GPUBuffer, 0, staging, 0, size)
        device.queue.submit([encoder.finish()])
        await staging.mapAsync(MAP_READ)
        return new Float32Array(staging.getMappedRange().slice(0))
      } catch (cause) {
        await settle()
        check()
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new RuntimeError(`webgpu: reading from the GPU failed: ${reason}`, { cause })
      } finally {
        staging.destroy()
      }
    },
  }
}

const sizeBytes = (shape: Shape): number => 4 * shape.reduce((a, c) => a * c, 1)
