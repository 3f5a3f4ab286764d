/** Small networks with VGG's layout, for tests of reading and storing. */
import { create, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from '../../../src/engine/graph/onnx_pb.ts'
import { type ByteSource, memorySource } from '../../../src/engine/vgg/byte-source.ts'
import { type TensorToWrite, writeSafetensors } from '../../../src/engine/vgg/safetensors.ts'
import { convLayers, type TopologyName } from '../../../src/engine/vgg/topology.ts'

interface SyntheticConv {
  readonly name: string
  readonly featureIndex: number
  readonly pooledBefore: boolean
  readonly weight: TensorToWrite
  readonly bias: TensorToWrite
}

/** Channels of each block. */
const WIDTHS = [4, 5, 6, 7, 8]

/** Weights are multiples of 2^-10 below 1, so float16 holds them exactly. */
export function syntheticVgg(topology: TopologyName, depth?: number): SyntheticConv[] {
  let state = 1
  const next = (): number => {
    state = (state * 48271) % 2147483647
    return ((state % 2047) - 1023) / 1024
  }
  let inputs = 3
  return convLayers(topology)
    .slice(0, depth)
    .map(({ name, featureIndex, pooledBefore }) => {
      const outputs = WIDTHS[Number(name[4]) - 1]!
      const shape = [outputs, inputs, 3, 3]
      const values = (count: number): Float32Array => Float32Array.from({ length: count }, next)
      const weight = {
        name: `features.${featureIndex}.weight`,
        shape,
        data: values(outputs * inputs * 9),
      }
      const bias = {
        name: `features.${featureIndex}.bias`,
        shape: [outputs],
        data: values(outputs),
      }
      inputs = outputs
      return { name, featureIndex, pooledBefore, weight, bias }
    })
}

export const tensorsOf = (convs: readonly SyntheticConv[]): TensorToWrite[] =>
  convs.flatMap(({ weight, bias }) => [weight, bias])

export const CAFFE_METADATA = { mean: '103.939,116.779,123.68', scale: '255', channels: 'bgr' }

/** A float32 safetensors file in memory. */
export function fileOf(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = CAFFE_METADATA,
): ByteSource {
  return memorySource('vgg.safetensors', writeSafetensors(tensors, { dtype: 'F32', metadata }))
}

/** A safetensors file with any header at all. */
export function rawFile(header: unknown, dataBytes: number | Uint8Array): ByteSource {
  const text = typeof header === 'string' ? header : JSON.stringify(header)
  const json = new TextEncoder().encode(text)
  const data = typeof dataBytes === 'number' ? new Uint8Array(dataBytes) : dataBytes
  const bytes = new Uint8Array(8 + json.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  bytes.set(data, 8 + json.length)
  return memorySource('vgg.safetensors', bytes)
}

interface OnnxNode {
  readonly opType: string
  readonly input: string[]
  readonly output: string[]
  readonly attribute?: { name: string; i?: bigint; ints?: bigint[] }[]
}

interface OnnxTensor {
  readonly name: string
  readonly dims: bigint[]
  readonly dataType: number
  readonly rawData?: Uint8Array<ArrayBuffer>
  readonly floatData?: number[]
  readonly int32Data?: number[]
  readonly dataLocation?: number
  readonly externalData?: { key: string; value: string }[]
}

export interface OnnxChanges {
  readonly tensor?: (tensor: OnnxTensor, data: Float32Array) => OnnxTensor
  readonly nodes?: (nodes: OnnxNode[]) => OnnxNode[]
}

/** An ONNX model of the network with a flattening head, weights as float32 raw_data. */
export function onnxOf(convs: readonly SyntheticConv[], changes: OnnxChanges = {}): Uint8Array {
  let value = 'image'
  let nodes: OnnxNode[] = []
  const add = (opType: string, ...parameters: string[]): void => {
    const output = `value ${nodes.length}`
    nodes.push({ opType, input: [value, ...parameters], output: [output] })
    value = output
  }
  const initializer: OnnxTensor[] = []
  for (const [i, { pooledBefore, weight, bias }] of convs.entries()) {
    const names = [`onnx::Conv_${2 * i}`, `onnx::Conv_${2 * i + 1}`]
    for (const [j, { shape, data }] of [weight, bias].entries()) {
      const plain: OnnxTensor = {
        name: names[j]!,
        dims: shape.map(BigInt),
        dataType: 1,
        rawData: new Uint8Array(data.slice().buffer),
      }
      initializer.push(changes.tensor?.(plain, data) ?? plain)
    }
    if (pooledBefore) add('MaxPool')
    add('Conv', ...names)
    add('Relu')
  }
  const features = value
  add('Shape')
  value = features
  add('Flatten')
  add('Gemm')
  nodes = changes.nodes?.(nodes) ?? nodes
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, graph: { node: nodes, initializer } }),
  )
}
