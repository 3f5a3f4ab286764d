/**
 * Counts what goes to and from a GPU by standing in front of the browser's WebGPU methods, so that
 * ONNX Runtime's own traffic is counted with ours. Runs inside the page.
 */
export interface GpuCounts {
  /** Buffers made, and the bytes of the largest of them. */
  readonly buffers: number
  readonly largestBuffer: number
  /** Buffers made less buffers destroyed. */
  readonly keptBuffers: number
  /** Bytes given to `writeBuffer` and buffers filled at their creation. */
  readonly written: number
  /** Bytes of buffers mapped for reading. */
  readonly read: number
  /** Asked for without waiting, of devices opened after the counting began. */
  readonly pipelines: number
  readonly dispatches: number
  readonly submissions: number
}

interface GpuCounter {
  /** What happened since the last call. */
  take(): GpuCounts
  /** Steps out of the way. */
  stop(): void
}

const MAP_READ = 0x1

type Counts = { -readonly [name in keyof GpuCounts]: number }

const nothing = (): Counts => ({
  buffers: 0,
  largestBuffer: 0,
  keptBuffers: 0,
  written: 0,
  read: 0,
  pipelines: 0,
  dispatches: 0,
  submissions: 0,
})

/** Counts for all devices of the page, from now on. */
export function countGpu(): GpuCounter {
  let counts = nothing()
  const undo: (() => void)[] = []
  /** Calls `see` before each call of a method. */
  const watch = <T extends object, K extends keyof T>(
    prototype: T,
    name: K,
    see: T[K] extends (...args: infer Args) => unknown ? (self: T, ...args: Args) => void : never,
  ): void => {
    const original = prototype[name] as (...args: unknown[]) => unknown
    const observe = see as (self: T, ...args: unknown[]) => void
    prototype[name] = function (this: T, ...args: unknown[]) {
      observe(this, ...args)
      return original.apply(this, args)
    } as T[K]
    undo.push(() => {
      prototype[name] = original as T[K]
    })
  }

  watch(GPUDevice.prototype, 'createBuffer', (_, { size, mappedAtCreation }) => {
    counts.buffers++
    counts.keptBuffers++
    counts.largestBuffer = Math.max(counts.largestBuffer, size)
    if (mappedAtCreation) counts.written += size
  })
  const destroyed = new WeakSet<GPUBuffer>()
  watch(GPUBuffer.prototype, 'destroy', (buffer) => {
    if (!destroyed.has(buffer)) counts.keptBuffers--
    destroyed.add(buffer)
  })
  watch(
    GPUBuffer.prototype,
    'mapAsync',
    (buffer, mode, offset = 0, size = buffer.size - offset) => {
      if (mode === MAP_READ) counts.read += size
      else counts.written += size
    },
  )
  watch(GPUQueue.prototype, 'writeBuffer', (_queue, _buffer, _at, data, start = 0, size) => {
    const unit = ArrayBuffer.isView(data) && 'BYTES_PER_ELEMENT' in data ? bytesOf(data) : 1
    counts.written += size === undefined ? data.byteLength - start * unit : size * unit
  })
  watch(GPUDevice.prototype, 'createComputePipelineAsync', () => {
    counts.pipelines++
  })
  watch(GPUQueue.prototype, 'submit', () => {
    counts.submissions++
  })
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const) {
    watch(GPUComputePassEncoder.prototype, name, () => {
      counts.dispatches++
    })
  }

  return {
    take() {
      const taken = counts
      counts = nothing()
      return taken
    },
    stop() {
      for (const restore of undo.splice(0)) restore()
    },
  }
}

/** `writeBuffer` measures in elements of the array that it is given. */
const bytesOf = (view: ArrayBufferView): number =>
  (view as unknown as { readonly BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT
