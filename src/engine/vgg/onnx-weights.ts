/** VGG weights from an ONNX model: its first convolutions, walked from the image on. */
import { fromBinary } from '@bufbuild/protobuf'
import { ModelError } from '../errors.ts'
import { decodeBfloat16, decodeFloat16, readFloat32s, readUint16s } from '../graph/half.ts'
import {
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
} from '../graph/onnx_pb.ts'
import { memorySource, verifiedSha256 } from './byte-source.ts'
import type { VggModel } from './model.ts'
import { assembleVgg, type FoundConvs, type FoundTensor, type ReadVggOptions } from './read-vgg.ts'
import type { ConvName } from './topology.ts'

/** All of VGG19 in float32, classifier included, has 575 MB. */
export const MAX_ONNX_BYTES = 2 ** 30

/**
 * Reads VGG16 or VGG19 from an ONNX model with the weights inside. Block and place of each
 * convolution come from the poolings between them, so tensor names do not matter. The model does
 * not say what input it expects: `preprocessing` must be given.
 * @throws ModelError as `readVgg` does, and for a graph that is not a chain of convolutions, ReLUs
 * and poolings.
 */
export async function readOnnxVgg(
  name: string,
  bytes: Uint8Array,
  options: ReadVggOptions = {},
): Promise<VggModel> {
  if (bytes.length > MAX_ONNX_BYTES) {
    throw new ModelError(
      `${name}: has ${bytes.length} bytes, at most ${MAX_ONNX_BYTES} are read; save the weights as safetensors`,
    )
  }
  const graph = parseGraph(name, bytes)
  const sha256 = await verifiedSha256(memorySource(name, bytes), options.sha256)
  const found: FoundConvs = {
    file: name,
    sha256,
    metadata: new Map(),
    convs: findConvs(name, graph),
    keyOf: (layer, part) => `${layer.name}.${part}`,
  }
  return assembleVgg(found, options)
}

function parseGraph(file: string, bytes: Uint8Array): GraphProto {
  let graph: GraphProto | undefined
  try {
    graph = fromBinary(ModelProtoSchema, bytes).graph
  } catch (error) {
    throw new ModelError(
      `${file}: is not an ONNX model or is cut short (${(error as Error).message}); get a fresh copy`,
      { cause: error },
    )
  }
  if (graph && graph.node.length > 0) return graph
  throw new ModelError(`${file}: is not an ONNX model: it has no graph`)
}

/** Operators that leave the image's values as they are, in front of conv1_1. */
const BEFORE_IMAGE = new Set(['Identity', 'Cast', 'Transpose', 'Dropout'])
/** Operators that may stand between two convolutions, poolings aside. */
const BETWEEN_CONVS = new Set(['Relu', 'Identity', 'Cast', 'Dropout'])
const POOLINGS = new Set(['MaxPool', 'AveragePool'])

/** Follows the image through the graph until something comes that no VGG has between convolutions. */
function findConvs(file: string, graph: GraphProto): FoundConvs['convs'] {
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]))
  const consumers = new Map<string, NodeProto[]>()
  for (const node of graph.node) {
    const value = node.input[0] ?? ''
    consumers.set(value, [...(consumers.get(value) ?? []), node])
  }
  const all3x3 = graph.node.filter((node) => isVggConv(node, tensors))
  const first = all3x3[0]
  if (!first) {
    throw new ModelError(
      `${file}: has no 3×3 convolutions with weights inside; expected VGG16 or VGG19 with its weights as initialisers`,
    )
  }
  assertRawImage(file, graph, first)

  const convs = new Map<ConvName, { weight: FoundTensor; bias?: FoundTensor }>()
  let block = 1
  let place = 0
  let node: NodeProto | undefined = first
  let stoppedBy: NodeProto | undefined
  // A damaged graph may have a cycle.
  const visited = new Set<NodeProto>()
  while (node && !stoppedBy && !visited.has(node)) {
    visited.add(node)
    if (isVggConv(node, tensors)) {
      place += 1
      const name: ConvName = `conv${block}_${place}`
      assertPlain(file, name, node)
      const bias = tensors.get(node.input[2] ?? '')
      convs.set(name, {
        weight: foundTensor(file, tensors.get(node.input[1]!)!),
        bias: bias && foundTensor(file, bias),
      })
    } else if (POOLINGS.has(node.opType)) {
      block += 1
      place = 0
    } else if (!BETWEEN_CONVS.has(node.opType)) {
      stoppedBy = node
    }
    // A flattening head may read a value's shape too, so the first consumer is not always the next.
    const next: NodeProto[] = consumers.get(node.output[0] ?? '') ?? []
    node = next.find(({ opType }) => opType !== 'Shape')
  }
  if (convs.size < all3x3.length) {
    throw new ModelError(
      `${file}: is not VGG16 or VGG19: expected ReLU, pooling or convolution after ${[...convs.keys()].at(-1)}, got ${stoppedBy?.opType ?? 'the end'} with ${all3x3.length - convs.size} convolutions to come`,
    )
  }
  return convs
}

function isVggConv(node: NodeProto, tensors: ReadonlyMap<string, TensorProto>): boolean {
  if (node.opType !== 'Conv') return false
  const dims = tensors.get(node.input[1] ?? '')?.dims
  return dims?.length === 4 && dims[2] === 3n && dims[3] === 3n
}

/** conv1_1 must take the image itself, else the caller's input rule would not be right. */
function assertRawImage(file: string, graph: GraphProto, first: NodeProto): void {
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])))
  let producer = producers.get(first.input[0] ?? '')
  const visited = new Set<NodeProto>()
  while (producer && BEFORE_IMAGE.has(producer.opType) && !visited.has(producer)) {
    visited.add(producer)
    producer = producers.get(producer.input[0] ?? '')
  }
  if (!producer) return
  throw new ModelError(
    `${file}: expected the image to reach conv1_1 as it is, got ${producer.opType} before it; export the network without its preprocessing`,
  )
}

/** With strides, dilations or groups other than 1 the same weights make another network. */
function assertPlain(file: string, conv: ConvName, node: NodeProto): void {
  for (const { name, ints, i } of node.attribute) {
    const values = name === 'group' ? [i] : name === 'strides' || name === 'dilations' ? ints : []
    if (values.every((value) => value === 1n)) continue
    throw new ModelError(`${file}: ${conv}: expected ${name} of 1, got ${values.join(', ')}`)
  }
}

function foundTensor(file: string, tensor: TensorProto): FoundTensor {
  return {
    key: tensor.name,
    shape: tensor.dims.map(Number),
    read: async () => decode(file, tensor),
  }
}

function decode(file: string, tensor: TensorProto): Float32Array {
  const fail = (problem: string): never => {
    throw new ModelError(`${file}: ${tensor.name}: ${problem}`)
  }
  if (tensor.dataLocation === DataLocation.EXTERNAL) {
    const location = tensor.externalData.find(({ key }) => key === 'location')?.value
    fail(
      `its values are in another file (${location ?? 'not named'}); save the model with the weights inside, in Python: onnx.save(onnx.load("${file}"), "inside.onnx")`,
    )
  }
  const count = tensor.dims.reduce((product, extent) => product * Number(extent), 1)
  const check = (got: number, what: string): void => {
    if (got !== count) fail(`expected ${count} values for [${tensor.dims}], got ${got} in ${what}`)
  }
  const { dataType, rawData, floatData, int32Data } = tensor
  const isRaw = rawData.length > 0
  if (dataType === DataType.FLOAT) {
    check(isRaw ? rawData.length / 4 : floatData.length, isRaw ? 'raw_data' : 'float_data')
    return isRaw ? readFloat32s(rawData) : Float32Array.from(floatData)
  }
  if (dataType === DataType.FLOAT16 || dataType === DataType.BFLOAT16) {
    check(isRaw ? rawData.length / 2 : int32Data.length, isRaw ? 'raw_data' : 'int32_data')
    const bits = isRaw ? readUint16s(rawData) : Uint16Array.from(int32Data)
    return dataType === DataType.FLOAT16 ? decodeFloat16(bits) : decodeBfloat16(bits)
  }
  return fail(
    `expected weights of FLOAT, FLOAT16 or BFLOAT16, got ONNX data type ${dataType}; export the model unquantised`,
  )
}
