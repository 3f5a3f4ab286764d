/**
 * The part that onnxruntime-node and onnxruntime-web share: sessions from graphs, tensors from
 * arrays. Each provider adds where its tensors live.
 */

import type * as Ort from 'onnxruntime-common'
import { RuntimeError, reasonOf } from '../errors.ts'
import { decodeFloat16 } from '../graph/half.ts'
import type { Graph } from '../graph/node.ts'
import { bytesOf, elementCount, type Shape } from '../graph/tensor-type.ts'
import { failureOf } from './failure.ts'
import { lowered } from './lowered.ts'
import { type Constants, type Model, type ModelRuntime, toModel } from './model.ts'
import type {
  Corner,
  Device,
  DeviceTensor,
  Extent,
  Program,
  Runtime,
  TensorDtype,
} from './runtime.ts'

/** Where a provider keeps tensors: in JavaScript's memory, or in buffers of a GPU. */
export interface TensorMemory {
  /** Bytes that one tensor may have at most. */
  readonly maxTensorBytes: number
  allocate(shape: Shape, dtype: TensorDtype): DeviceOrtTensor
  upload(data: Float32Array, shape: Shape): DeviceOrtTensor
  download(tensor: DeviceOrtTensor): Promise<Float32Array>
  copyRect(
    from: DeviceOrtTensor,
    fromCorner: Corner,
    to: DeviceOrtTensor,
    toCorner: Corner,
    size: Extent,
  ): void
  /**
   * Present where ONNX Runtime cannot write outputs to tensors of ours. Takes over what it
   * returned, in the place of `into` when that is given.
   */
  adopt?(
    result: Ort.Tensor,
    type: { readonly shape: Shape; readonly dtype: TensorDtype },
    into?: DeviceOrtTensor,
  ): DeviceOrtTensor
}

export interface DeviceOrtTensor extends DeviceTensor {
  readonly ort: Ort.Tensor
}

interface OrtProvider {
  readonly device: Device
  readonly description: string
  readonly ort: Pick<typeof Ort, 'InferenceSession' | 'Tensor'>
  readonly sessionOptions: Ort.InferenceSession.SessionOptions
  readonly float16: Runtime['float16']
  readonly memory: TensorMemory
  /** Wraps every call into ONNX Runtime, for providers that can bear only one at a time. */
  readonly enqueue?: <T>(call: () => Promise<T>) => Promise<T>
  /** Asked before and after a graph runs. @throws RuntimeError when the device has failed. */
  readonly check?: () => void
  /** Awaited after a failed call, so that `check` knows of what made it fail. */
  readonly settle?: () => Promise<void>
  release?(): Promise<void>
}

export function makeOrtRuntime(provider: OrtProvider): ModelRuntime {
  const { device, description, float16, memory } = provider
  return {
    device,
    description,
    float16,
    maxTensorBytes: memory.maxTensorBytes,
    allocate: (shape, dtype = 'float32') => allocate(provider, shape, dtype),
    upload: (data, shape) => withRoom(provider, shape, 'float32', () => memory.upload(data, shape)),
    download: (tensor) => memory.download(tensor as DeviceOrtTensor),
    copyRect(from, fromCorner, to, toCorner, size) {
      checkRect(from, fromCorner, size)
      checkRect(to, toCorner, size)
      if (from.dtype !== to.dtype || planesOf(from) !== planesOf(to)) {
        throw new RuntimeError(
          `internal: a rectangle of [${from.shape}] ${from.dtype} does not fit into [${to.shape}] ${to.dtype}`,
        )
      }
      memory.copyRect(from as DeviceOrtTensor, fromCorner, to as DeviceOrtTensor, toCorner, size)
    },
    async compile(graph, options) {
      const asIs = (plain: Graph, { readBack }: { readonly readBack?: readonly string[] } = {}) => {
        const { model, constants } = toModel(plain, readBack)
        return open(provider, model, constants)
      }
      return asIs(await lowered(graph, device, asIs), options)
    },
    open: (model, constants) => open(provider, model, constants),
    release: async () => provider.release?.(),
  }
}

/** Number of planes, a plane being the last two axes. */
export const planesOf = ({ shape }: DeviceTensor): number => elementCount(shape.slice(0, -2))

function checkRect(
  { shape }: DeviceTensor,
  { top, left }: Corner,
  { height, width }: Extent,
): void {
  const [rows, columns] = shape.slice(-2) as [number, number]
  if (Math.min(top, left, height, width) < 0 || top + height > rows || left + width > columns) {
    throw new RuntimeError(
      `internal: a rectangle of ${width}×${height} at ${left},${top} leaves a tensor [${shape}]`,
    )
  }
}

export const sizeBytes = (shape: Shape, dtype: TensorDtype): number =>
  bytesOf(dtype) * elementCount(shape)

const allocate = (provider: OrtProvider, shape: Shape, dtype: TensorDtype): DeviceOrtTensor =>
  withRoom(provider, shape, dtype, () => provider.memory.allocate(shape, dtype))

/** @throws RuntimeError of reason `memory` for what is too large or finds no room. */
function withRoom(
  { device, memory: { maxTensorBytes } }: OrtProvider,
  shape: Shape,
  dtype: TensorDtype,
  make: () => DeviceOrtTensor,
): DeviceOrtTensor {
  const bytes = sizeBytes(shape, dtype)
  if (bytes > maxTensorBytes) {
    throw new RuntimeError(
      `${device}: a tensor [${shape}] has ${bytes} bytes, this device allows ${maxTensorBytes}; choose a smaller size`,
      { failure: 'memory' },
    )
  }
  try {
    return make()
  } catch (cause) {
    if (!(cause instanceof RangeError) || failureOf(cause) !== 'memory') throw cause
    throw new RuntimeError(
      `${device}: no room for a tensor [${shape}] of ${bytes} bytes (${cause.message}); close other programs or choose a smaller size`,
      { cause, failure: 'memory' },
    )
  }
}

async function open(
  provider: OrtProvider,
  { bytes, inputs: inputShapes, outputs: outputTypes, readBack }: Model,
  constants: Constants,
): Promise<Program> {
  const { ort, sessionOptions, memory } = provider
  const session = await guard(provider, 'preparing the graph', () =>
    ort.InferenceSession.create(bytes, {
      ...sessionOptions,
      externalData: [...constants].map(([path, { bytes: data }]) => ({ path, data })),
    }),
  )
  const onDevice = Object.entries(outputTypes).filter(([name]) => !readBack.includes(name))
  const hostFetches: Record<string, null> = Object.fromEntries(readBack.map((name) => [name, null]))

  return {
    async run(inputs, into = {}) {
      const feeds: Record<string, Ort.Tensor> = {}
      for (const [name, shape] of Object.entries(inputShapes)) {
        const value = inputs[name]
        if (!value) throw new RuntimeError(`internal: graph input "${name}" was not given`)
        feeds[name] =
          value instanceof Float32Array
            ? new ort.Tensor('float32', value, shape)
            : (value as DeviceOrtTensor).ort
      }
      const outputs: Record<string, DeviceOrtTensor> = {}
      const fetches: Record<string, Ort.Tensor | null> = { ...hostFetches }
      let results: Ort.InferenceSession.ReturnType
      try {
        for (const [name, { shape, dtype }] of onDevice) {
          if (memory.adopt) {
            fetches[name] = null
          } else {
            outputs[name] =
              (into[name] as DeviceOrtTensor | undefined) ?? allocate(provider, shape, dtype)
            fetches[name] = outputs[name].ort
          }
        }
        results = await guard(provider, 'running the graph', () => session.run(feeds, fetches))
      } catch (error) {
        for (const [name, tensor] of Object.entries(outputs)) {
          if (tensor !== into[name]) tensor.release()
        }
        throw error
      }
      if (memory.adopt) {
        for (const [name, type] of onDevice) {
          outputs[name] = memory.adopt(
            results[name]!,
            type,
            into[name] as DeviceOrtTensor | undefined,
          )
        }
      }
      return {
        host: Object.fromEntries(
          readBack.map((name) => [name, results[name]!.data as Float32Array]),
        ),
        device: outputs,
      }
    },
    // WebAssembly that ran out of memory cannot clean up either; the call that broke it has said
    // so.
    release: () => (provider.enqueue ?? callNow)(() => session.release().catch(() => {})),
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
      // The device's own account says more: what the call threw is only its consequence.
      await settle?.()
      check?.()
      const reason = reasonOf(cause)
      if (reason.includes('Failed to get a WebGPU adapter')) {
        throw new RuntimeError(
          `${device}: no GPU was found; install its driver (on Linux: Vulkan), or choose the device cpu`,
          { cause },
        )
      }
      throw new RuntimeError(`${device}: ${where} failed: ${reason}`, {
        cause,
        failure: failureOf(cause),
      })
    }
    check?.()
    return result
  })
}

/** Tensors in JavaScript's own memory, which the CPU providers read and write in place. */
export function hostMemory(ort: Pick<typeof Ort, 'Tensor'>, maxTensorBytes: number): TensorMemory {
  const wrap = (data: Float32Array | Uint16Array, shape: Shape): DeviceOrtTensor => {
    const dtype = data instanceof Uint16Array ? 'float16' : 'float32'
    return {
      shape,
      dtype,
      ort: new ort.Tensor(dtype, data as Float32Array, shape),
      release: () => {},
    }
  }
  return {
    maxTensorBytes,
    allocate: (shape, dtype) =>
      wrap(new (dtype === 'float16' ? Uint16Array : Float32Array)(elementCount(shape)), shape),
    upload: (data, shape) => wrap(data.slice(), shape),
    download: async (tensor) => {
      const values = valuesOf(tensor)
      return values instanceof Uint16Array ? decodeFloat16(values) : values.slice()
    },
    copyRect(from, fromCorner, to, toCorner, { height, width }) {
      const [source, target] = [valuesOf(from), valuesOf(to)]
      const [fromRows, fromWidth] = from.shape.slice(-2) as [number, number]
      const [toRows, toWidth] = to.shape.slice(-2) as [number, number]
      for (let plane = 0; plane < planesOf(from); plane++) {
        for (let row = 0; row < height; row++) {
          const start = (plane * fromRows + fromCorner.top + row) * fromWidth + fromCorner.left
          target.set(
            source.subarray(start, start + width),
            (plane * toRows + toCorner.top + row) * toWidth + toCorner.left,
          )
        }
      }
    },
  }
}

/** float16 numbers as their bits, whether or not JavaScript has arrays of them. */
export function valuesOf({ dtype, ort: { data } }: DeviceOrtTensor): Float32Array | Uint16Array {
  if (dtype === 'float32') return data as Float32Array
  const { buffer, byteOffset, length } = data as Uint16Array
  return new Uint16Array(buffer, byteOffset, length)
}
