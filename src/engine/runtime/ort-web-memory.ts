/** Tensors in buffers of a GPU, and the copies between them. */

import * as ort from 'onnxruntime-web/webgpu'
import { RuntimeError, reasonOf } from '../errors.ts'
import { decodeFloat16 } from '../graph/half.ts'
import type { Shape } from '../graph/tensor-type.ts'
import { failureOf } from './failure.ts'
import { type DeviceOrtTensor, planesOf, sizeBytes, type TensorMemory } from './ort.ts'
import type { Gpu } from './ort-web-gpu.ts'
import type { TensorDtype } from './runtime.ts'

/** WebGPU's flags, which exist as globals only where WebGPU does. */
const MAP_READ = 0x1
const COPY_SRC = 0x4
const COPY_DST = 0x8
const UNIFORM = 0x40
const STORAGE = 0x80

/** ONNX Runtime copies in units of this many bytes, so buffers that it is handed are padded to it. */
const BUFFER_UNIT_BYTES = 16

const bufferBytes = (shape: Shape, dtype: TensorDtype): number =>
  Math.ceil(sizeBytes(shape, dtype) / BUFFER_UNIT_BYTES) * BUFFER_UNIT_BYTES

const bufferOf = ({ ort: { gpuBuffer } }: DeviceOrtTensor): GPUBuffer => gpuBuffer as GPUBuffer

export function gpuMemory({ device, check, checkAnswered, settle }: Gpu): TensorMemory {
  const allocate = (shape: Shape, dtype: TensorDtype): DeviceOrtTensor => {
    check()
    const buffer = device.createBuffer({
      size: bufferBytes(shape, dtype),
      usage: STORAGE | COPY_SRC | COPY_DST,
    })
    return {
      shape,
      dtype,
      ort: ort.Tensor.fromGpuBuffer(buffer, { dataType: dtype, dims: shape }),
      release: () => buffer.destroy(),
    }
  }
  return {
    maxTensorBytes: Math.min(
      device.limits.maxBufferSize,
      device.limits.maxStorageBufferBindingSize,
    ),
    allocate,
    upload(data, shape) {
      const tensor = allocate(shape, 'float32')
      device.queue.writeBuffer(bufferOf(tensor), 0, data as Float32Array<ArrayBuffer>)
      return tensor
    },
    async download(tensor) {
      check()
      const { shape, dtype } = tensor
      const size = bufferBytes(shape, dtype)
      const staging = device.createBuffer({ size, usage: MAP_READ | COPY_DST })
      let bytes: ArrayBuffer
      try {
        // A copy that is refused leaves zeros, which would pass for a black picture.
        device.pushErrorScope('validation')
        const encoder = device.createCommandEncoder()
        encoder.copyBufferToBuffer(bufferOf(tensor), 0, staging, 0, size)
        device.queue.submit([encoder.finish()])
        const [refusal] = await Promise.all([device.popErrorScope(), staging.mapAsync(MAP_READ)])
        if (refusal) throw new Error(refusal.message)
        bytes = staging.getMappedRange().slice(0, sizeBytes(shape, dtype))
      } catch (cause) {
        await settle()
        check()
        throw new RuntimeError(`webgpu: reading from the GPU failed: ${reasonOf(cause)}`, {
          cause,
          failure: failureOf(cause),
        })
      } finally {
        staging.destroy()
      }
      checkAnswered()
      return dtype === 'float16' ? decodeFloat16(new Uint16Array(bytes)) : new Float32Array(bytes)
    },
    copyRect: makeCopyRect(device),
  }
}

/** Columns and rows of a rectangle that a workgroup copies in one plane. */
const GROUP = { width: 64, height: 4 }

/** Where the rectangle lies in both tensors, and what to do with one of its values. */
const shader = (target: string, copy: string): string => `
struct Place { rows: u32, width: u32, top: u32, left: u32 }
struct Rect { source: Place, goal: Place, height: u32, width: u32 }
@group(0) @binding(0) var<uniform> rect: Rect;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> goal: array<${target}>;

fn offset(place: Place, at: vec3u) -> u32 {
  return (at.z * place.rows + place.top + at.y) * place.width + place.left + at.x;
}

@compute @workgroup_size(${GROUP.width}, ${GROUP.height})
fn copy(@builtin(global_invocation_id) at: vec3u) {
  if (at.x >= rect.width || at.y >= rect.height) { return; }
  let source_index = offset(rect.source, at);
  let goal_index = offset(rect.goal, at);
  ${copy}
}`

/** Two float16 share a word, and another invocation may be writing the neighbour. */
const SHADERS: Readonly<Record<TensorDtype, string>> = {
  float32: shader('u32', 'goal[goal_index] = source[source_index];'),
  float16: shader(
    'atomic<u32>',
    `let bits = (source[source_index / 2] >> (16 * (source_index % 2))) & 0xffffu;
  let shift = 16 * (goal_index % 2);
  atomicAnd(&goal[goal_index / 2], ~(0xffffu << shift));
  atomicOr(&goal[goal_index / 2], bits << shift);`,
  ),
}

/** One dispatch a rectangle. ONNX Runtime shares the queue, so what it submitted before is done. */
function makeCopyRect(device: GPUDevice): TensorMemory['copyRect'] {
  const pipelines: { [dtype in TensorDtype]?: GPUComputePipeline } = {}
  const pipelineOf = (dtype: TensorDtype): GPUComputePipeline => {
    pipelines[dtype] ??= device.createComputePipeline({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code: SHADERS[dtype] }) },
    })
    return pipelines[dtype]
  }
  let parameters: GPUBuffer | undefined

  return (from, fromCorner, to, toCorner, { height, width }) => {
    const places = [
      [from, fromCorner],
      [to, toCorner],
    ] as const
    const rect = Uint32Array.from([
      ...places.flatMap(([{ shape }, { top, left }]) => [...shape.slice(-2), top, left]),
      height,
      width,
    ])
    parameters ??= device.createBuffer({ size: 48, usage: UNIFORM | COPY_DST })
    device.queue.writeBuffer(parameters, 0, rect)
    const pipeline = pipelineOf(from.dtype)
    const encoder = device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [parameters, bufferOf(from), bufferOf(to)].map((buffer, binding) => ({
          binding,
          resource: { buffer },
        })),
      }),
    )
    pass.dispatchWorkgroups(
      Math.ceil(width / GROUP.width),
      Math.ceil(height / GROUP.height),
      planesOf(from),
    )
    pass.end()
    device.queue.submit([encoder.finish()])
  }
}
