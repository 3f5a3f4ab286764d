/**
 * The part that onnxruntime-node and onnxruntime-web share: sessions from graphs, tensors from
 * arrays. Each provider adds where its tensors live.
 */
import type * as Ort from 'onnxruntime-common'
import { RuntimeError } from '../errors.ts'
import type { Graph, Shape } from '../graph/node.ts'
import { toOnnx } from '../graph/onnx.ts'
import type { Device, DeviceTensor, Program, Runtime } from './runtime.ts'

/** Where a provider keeps tensors: in JavaScript's memory, or in buffers of a GPU. */
export interface TensorMemory {
  allocate(shape: Shape): DeviceOrtTensor
  upload(data: Float32Array, shape: Shape): DeviceOrtTensor
  download(tensor: DeviceOrtTensor): Promise<Float32Array>
  /**
   * Present where ONNX Runtime cannot write outputs to tensors of ours: takes over what it
   * returned, in the place of `into` when that is given.
   */
  adopt?(result: Ort.Tensor, shape: Shape, into?: DeviceOrtTensor): DeviceOrtTensor
}

export interface DeviceOrtTensor extends DeviceTensor {
  readonly ort: Ort.Tensor
}

export interface OrtProvider {
  readonly device: Device
  readonly description: string
  readonly ort: Pick<typeof Ort, 'InferenceSession' | 'Tensor'>
  readonly sessionOptions: Ort.InferenceSession.SessionOptions
  readonly memory: TensorMemory
  /** Around every call into ONNX Runtime, for providers that bear only one at a time. */
  readonly enqueue?: <T>(call: () => Promise<T>) => Promise<T>
  /** Asked before and after a graph runs. @throws RuntimeError when the device has failed. */
  readonly check?: () => void
  /** Awaited after a failed call, so that `check` knows of what made it fail. */
  readonly settle?: () => Promise<void>
  release?(): Promise<void>
}

export function makeOrtRuntime(provider: OrtProvider): Runtime {
  const { device, description, memory } = provider
  return {
    device,
    description,
    upload: (data, shape) => memory.upload(data, shape),
    download: (tensor) => memory.download(tensor as DeviceOrtTensor),
    compile: (graph, options) => compile(provider, graph, options?.readBack ?? []),
    release: async () => provider.release?.(),
  }
}

async function compile(
  provider: OrtProvider,
  graph: Graph,
  readBack: readonly string[],
): Promise<Program> {
  const { ort, sessionOptions, memory } = provider
  const model = toOnnx(graph)
  const session = await guard(provider, 'preparing the graph', () =>
    ort.InferenceSession.create(model.bytes, {
      ...sessionOptions,
      externalData: model.external.map(({ path, constant: { data } }) => ({
        path,
        data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      })),
    }),
  )
  const inputShapes = new Map(graph.inputs.map((node) => [node.attributes.name, node.shape]))
  const onDevice = Object.entries(graph.outputs).filter(([name]) => !readBack.includes(name))
  const hostFetches: Record<string, null> = Object.fromEntries(readBack.map((name) => [name, null]))

  return {
    async run(inputs, into = {}) {
      const feeds: Record<string, Ort.Tensor> = {}
      for (const [name, shape] of inputShapes) {
        const value = inputs[name]
        if (!value) throw new RuntimeError(`internal: graph input "${name}" was not given`)
        feeds[name] =
          value instanceof Float32Array
            ? new ort.Tensor('float32', value, shape)
            : (value as DeviceOrtTensor).ort
      }
      const outputs: Record<string, DeviceOrtTensor> = {}
      const fetches: Record<string, Ort.Tensor | null> = { ...hostFetches }
      for (const [name, { shape }] of onDevice) {
        if (memory.adopt) {
          fetches[name] = null
        } else {
          outputs[name] = (into[name] as DeviceOrtTensor | undefined) ?? memory.allocate(shape)
          fetches[name] = outputs[name].ort
        }
      }
      const results = await guard(provider, 'running the graph', () => session.run(feeds, fetches))
      if (memory.adopt) {
        for (const [name, { shape }] of onDevice) {
          const place = into[name] as DeviceOrtTensor | undefined
          outputs[name] = memory.adopt(results[name]!, shape, place)
        }
      }
      return {
        host: Object.fromEntries(
          readBack.map((name) => [name, results[name]!.data as Float32Array]),
        ),
        device: outputs,
      }
    },
    release: () => (provider.enqueue ?? callNow)(() => session.release()),
  }
}

const callNow = <T>(call: () => Promise<T>): Promise<T> => call()

/** Makes a call into ONNX Runtime; what it throws becomes a RuntimeError that says where. */
function guard<T>(
  { device, enqueue = callNow, check, settle }: OrtProvider,
  where: string,
  call: () => Promise<T>,
): Promise<T> {
  return enqueue(async () => {
    check?.()
    let result: T
    try {
      result = await call()
    } catch (cause) {
      // The device's own account says more: what the call threw is then a consequence.
      await settle?.()
      check?.()
      const reason = cause instanceof Error ? cause.message : String(cause)
      if (reason.includes('Failed to get a WebGPU adapter')) {
        throw new RuntimeError(
          `${device}: no GPU was found; install its driver (on Linux: Vulkan), or choose the device cpu`,
          { cause },
        )
      }
      throw new RuntimeError(`${device}: ${where} failed: ${reason}`, { cause })
    }
    check?.()
    return result
  })
}

/** Tensors in JavaScript's own memory, which the CPU providers read and write in place. */
export function hostMemory(ort: Pick<typeof Ort, 'Tensor'>): TensorMemory {
  const wrap = (data: Float32Array, shape: Shape): DeviceOrtTensor => ({
    shape,
    ort: new ort.Tensor('float32', data, shape),
    release: () => {},
  })
  return {
    allocate: (shape) => wrap(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape),
    upload: (data, shape) => wrap(data.slice(), shape),
    download: async ({ ort: tensor }) => (tensor.data as Float32Array).slice(),
  }
}
