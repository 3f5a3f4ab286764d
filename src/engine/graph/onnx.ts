/** Writes a graph as an ONNX model. The only file that knows protobuf. */

import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { Constant } from './constant.ts'
import type { EmittedAttribute, EmittedInput } from './emission.ts'
import { constantOf, type Graph, isOp, type Node, type OpName, topologicalOrder } from './node.ts'
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from './onnx_pb.ts'
import { type OpRule, onnxTypes, rules } from './ops.ts'
import { bytesOf, elementCount, type TensorType } from './tensor-type.ts'

/** Constants of this many values or more travel beside the model, by reference. */
const EXTERNAL_FROM = 64

interface OnnxModel {
  readonly bytes: Uint8Array
  /** Constants that the model refers to by `path`; the same objects for every image size. */
  readonly external: readonly { readonly path: string; readonly constant: Constant }[]
}

/** ONNX IR version 10, operator set 18. Graph inputs and outputs keep their names. */
export function toOnnx(graph: Graph): OnnxModel {
  const names = nameNodes(graph)
  const nodes: MessageInitShape<typeof NodeProtoSchema>[] = []
  const initializers = new Map<string, MessageInitShape<typeof TensorProtoSchema>>()
  const external: { path: string; constant: Constant }[] = []

  const addSmall = (value: Exclude<EmittedInput, number | 'absent'>): string => {
    if ('int64s' in value) {
      const { int64s } = value
      const name = `int64 ${int64s}`
      const dims = [BigInt(int64s.length)]
      initializers.set(name, {
        name,
        dims,
        dataType: DataType.INT64,
        int64Data: int64s.map(BigInt),
      })
      return name
    }
    const { floats, dtype } = value
    const name = `${dtype} ${floats}`
    // Clip wants scalars, Resize a vector.
    const shape = floats.length === 1 ? [] : [floats.length]
    initializers.set(
      name,
      inlined(name, new Constant(name, shape, Float32Array.from(floats)).as(dtype)),
    )
    return name
  }

  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const name = names.get(node)!
    const constant = constantOf(node)
    if (constant) {
      if (initializers.has(name)) continue
      if (elementCount(constant.shape) < EXTERNAL_FROM) {
        initializers.set(name, inlined(name, constant))
      } else {
        initializers.set(name, {
          ...tensorType(name, constant),
          dataLocation: DataLocation.EXTERNAL,
          externalData: [
            { key: 'location', value: name },
            { key: 'offset', value: '0' },
            {
              key: 'length',
              value: String(bytesOf(constant.dtype) * elementCount(constant.shape)),
            },
          ],
        })
        external.push({ path: name, constant })
      }
      continue
    }
    const emission = (rules[node.op] as OpRule<OpName>).emit(node)
    if (!emission) continue
    const inputs = emission.inputs ?? node.inputs.map((_, index) => index)
    nodes.push({
      name: `${node.op} ${nodes.length}`,
      opType: emission.opType,
      domain: emission.domain,
      input: inputs.map((input) => {
        if (input === 'absent') return ''
        return typeof input === 'number' ? names.get(node.inputs[input]!)! : addSmall(input)
      }),
      output: [name],
      attribute: Object.entries(emission.attributes ?? {}).map(([key, value]) =>
        attribute(key, value),
      ),
    })
  }

  // An output needs a name of its own, which a leaf or a node with two output names lacks.
  for (const [name, node] of Object.entries(graph.outputs)) {
    if (names.get(node) !== name) {
      nodes.push({
        name: `output ${name}`,
        opType: 'Identity',
        input: [names.get(node)!],
        output: [name],
      })
    }
  }

  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: 'impasto',
    opsetImport: [
      { domain: '', version: 18n },
      { domain: 'com.microsoft', version: 1n },
    ],
    graph: {
      name: 'impasto',
      node: nodes,
      initializer: [...initializers.values()],
      input: graph.inputs.map((node) => valueInfo(node.attributes.name, node)),
      output: Object.entries(graph.outputs).map(([name, node]) => valueInfo(name, node)),
    },
  })
  return { bytes: toBinary(ModelProtoSchema, model), external }
}

const tensorType = (name: string, { shape, dtype }: Constant) => ({
  name,
  dims: shape.map(BigInt),
  dataType: onnxTypes[dtype],
})

const inlined = (name: string, constant: Constant): MessageInitShape<typeof TensorProtoSchema> => ({
  ...tensorType(name, constant),
  rawData: constant.bytes,
})

function nameNodes(graph: Graph): Map<Node, string> {
  const names = new Map<Node, string>()
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const constant = constantOf(node)
    if (constant) names.set(node, constant.key)
    else if (isOp(node, 'input')) names.set(node, node.attributes.name)
    else names.set(node, `value ${names.size}`)
  }
  const taken = new Set(graph.inputs.map((node) => node.attributes.name))
  for (const [name, node] of Object.entries(graph.outputs)) {
    const isLeaf = isOp(node, 'input') || isOp(node, 'constant')
    if (!isLeaf && !taken.has(name) && names.get(node)!.startsWith('value ')) names.set(node, name)
  }
  return names
}

function attribute(
  name: string,
  value: EmittedAttribute,
): MessageInitShape<typeof AttributeProtoSchema> {
  if ('int' in value) return { name, type: AttributeType.INT, i: BigInt(value.int) }
  if ('ints' in value) return { name, type: AttributeType.INTS, ints: value.ints.map(BigInt) }
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float }
  return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.text) }
}

const valueInfo = (
  name: string,
  { shape, dtype }: TensorType,
): MessageInitShape<typeof ValueInfoProtoSchema> => ({
  name,
  type: {
    tensorType: {
      elemType: onnxTypes[dtype],
      shape: {
        dim: shape.map((extent) => ({ value: { case: 'dimValue', value: BigInt(extent) } })),
      },
    },
  },
})
