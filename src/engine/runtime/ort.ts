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
}

export function makeOrtRuntime(provider: OrtProvider): Runtime {
  const { device, description, memory } = provider
  return {
    device,
    description,
    upload: (data, shape) => memory.upload(data, shape),
    download: (tensor) => memory.download(tensor as DeviceOrtTensor),
    compile: (graph, options) => compile(provider, graph, options?.readBack ?? []),
    release: async () => {},
  }
}

async function compile(
  { ort, sessionOptions, memory, device }: OrtProvider,
  graph: Graph,
  readBack: readonly string[],
): Promise<Program> {
  const model = toOnnx(graph)
  const session = await explain(`${device}: preparing the graph`, () =>
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
      const outputs = Object.fromEntries(
        onDevice.map(([name, node]) => [
          name,
          (into[name] as DeviceOrtTensor | undefined) ?? memory.allocate(node.shape),
        ]),
      )
      const fetches = {
        ...hostFetches,
        ...Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.ort])),
      }
      const results = await explain(`${device}: running the graph`, () =>
        session.run(feeds, fetches),
      )
      return {
        host: Object.fromEntries(
          readBack.map((name) => [name, results[name]!.data as Float32Array]),
        ),
        device: outputs,
      }
    },
    release: () => session.release(),
  }
}

/** Runs a call into ONNX Runtime; what it throws becomes a RuntimeError that says where. */
async function explain<T>(where: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RuntimeError(`${where} failed: ${reason}`, { cause })
  }
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
