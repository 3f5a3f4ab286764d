import { describe, expect, it } from 'vitest'
import { ModelError } from '../../../src/engine/errors.ts'
import { encodeFloat16 } from '../../../src/engine/graph/half.ts'
import { readOnnxVgg } from '../../../src/engine/vgg/onnx-weights.ts'
import { readVgg } from '../../../src/engine/vgg/read-vgg.ts'
import { fileOf, type OnnxChanges, onnxOf, syntheticVgg, tensorsOf } from './synthetic-vgg.ts'

const vgg16 = syntheticVgg('vgg16')
const vgg19 = syntheticVgg('vgg19')
const CAFFE = { preprocessing: 'caffe' } as const

describe('readOnnxVgg', () => {
  it.each([
    ['vgg16', vgg16],
    ['vgg19', vgg19],
    ['vgg16', vgg16.slice(0, 8)],
  ] as const)(
    'finds the convolutions of %s as the safetensors reader does',
    async (topology, convs) => {
      const model = await readOnnxVgg('vgg.onnx', onnxOf(convs), CAFFE)
      const expected = await readVgg(fileOf(tensorsOf(convs)))
      expect(model.topology).toBe(topology)
      expect(model.deepest).toBe(convs.at(-1)!.name)
      expect(model.parameters).toEqual(expected.parameters)
      expect(model.preprocessing).toEqual(expected.preprocessing)
    },
  )

  it.each<[string, OnnxChanges['tensor']]>([
    ['float_data', (tensor, data) => ({ ...tensor, rawData: undefined, floatData: [...data] })],
    [
      'float16 raw_data',
      (tensor, data) => ({
        ...tensor,
        dataType: 10,
        rawData: new Uint8Array(encodeFloat16(data).slice().buffer),
      }),
    ],
    [
      'float16 int32_data',
      (tensor, data) => ({
        ...tensor,
        dataType: 10,
        rawData: undefined,
        int32Data: [...encodeFloat16(data)],
      }),
    ],
  ])('reads %s', async (_, tensor) => {
    const model = await readOnnxVgg('vgg.onnx', onnxOf(vgg16, { tensor }), CAFFE)
    expect(model.parameters.get('conv5_3')!.weight).toEqual(vgg16.at(-1)!.weight.data)
  })

  it('sees the image through a transposition and a cast', async () => {
    const bytes = onnxOf(vgg16, {
      nodes: ([first, ...rest]) => [
        { opType: 'Cast', input: ['image'], output: ['cast'] },
        { opType: 'Transpose', input: ['cast'], output: ['planar'] },
        { ...first!, input: ['planar', ...first!.input.slice(1)] },
        ...rest,
      ],
    })
    expect((await readOnnxVgg('vgg.onnx', bytes, CAFFE)).deepest).toBe('conv5_3')
  })

  it('asks for the input rule', async () => {
    await expect(readOnnxVgg('vgg.onnx', onnxOf(vgg16))).rejects.toThrow(
      'vgg.onnx: does not say what input it was trained on; pass --preprocessing torchvision|caffe',
    )
  })

  it('says how to bring weights in that are kept in another file', async () => {
    const bytes = onnxOf(vgg16, {
      tensor: ({ name, dims, dataType }) => ({
        name,
        dims,
        dataType,
        dataLocation: 1,
        externalData: [{ key: 'location', value: 'vgg.onnx.data' }],
      }),
    })
    await expect(readOnnxVgg('vgg.onnx', bytes, CAFFE)).rejects.toThrow(
      'vgg.onnx: onnx::Conv_0: its values are in another file (vgg.onnx.data); save the model with the weights inside',
    )
  })

  const attribute = (name: string, value: { i?: bigint; ints?: bigint[] }): OnnxChanges => ({
    nodes: ([first, ...rest]) => [{ ...first!, attribute: [{ name, ...value }] }, ...rest],
  })

  it.each<[string, OnnxChanges, string]>([
    [
      'values that do not fill the shape',
      { tensor: (tensor) => ({ ...tensor, rawData: new Uint8Array(8) }) },
      'onnx::Conv_0: expected 108 values for [4,3,3,3], got 2 in raw_data',
    ],
    [
      'quantised weights',
      { tensor: (tensor) => ({ ...tensor, dataType: 3 }) },
      'expected weights of FLOAT, FLOAT16 or BFLOAT16, got ONNX data type 3',
    ],
    [
      'strides',
      attribute('strides', { ints: [2n, 2n] }),
      'conv1_1: expected strides of 1, got 2, 2',
    ],
    ['groups', attribute('group', { i: 2n }), 'conv1_1: expected group of 1, got 2'],
    [
      'preprocessing within the graph',
      {
        nodes: ([first, ...rest]) => [
          { opType: 'Sub', input: ['image', 'mean'], output: ['centred'] },
          { ...first!, input: ['centred', ...first!.input.slice(1)] },
          ...rest,
        ],
      },
      'expected the image to reach conv1_1 as it is, got Sub before it',
    ],
    [
      'another activation',
      {
        nodes: (nodes) =>
          nodes.map((node, i) => (i === 1 ? { ...node, opType: 'LeakyRelu' } : node)),
      },
      'is not VGG16 or VGG19: expected ReLU, pooling or convolution after conv1_1, got LeakyRelu with 12 convolutions to come',
    ],
    [
      'a ReLU that feeds itself',
      {
        nodes: (nodes) =>
          nodes.map((node, i) => (i === 1 ? { ...node, output: ['value 0'] } : node)),
      },
      'after conv1_1, got the end with 12 convolutions to come',
    ],
    [
      'a cast that feeds itself',
      {
        nodes: ([first, ...rest]) => [
          { opType: 'Cast', input: ['cast'], output: ['cast'] },
          { ...first!, input: ['cast', ...first!.input.slice(1)] },
          ...rest,
        ],
      },
      'got Cast before it',
    ],
    [
      'a convolution without bias',
      {
        nodes: (nodes) =>
          nodes.map((node, i) => (i === 2 ? { ...node, input: node.input.slice(0, 2) } : node)),
      },
      'conv1_2.bias: is missing, expected the bias of conv1_2',
    ],
    [
      'poolings in other places',
      {
        nodes: (nodes) =>
          nodes.map((node) => (node.opType === 'MaxPool' ? { ...node, opType: 'Identity' } : node)),
      },
      'is not vgg16 or vgg19: has convolutions at conv1_1 conv1_2 conv1_3',
    ],
    [
      'a graph without convolutions',
      { nodes: (nodes) => nodes.slice(-1) },
      'has no 3×3 convolutions',
    ],
  ])('refuses %s', async (_, changes, message) => {
    const read = readOnnxVgg('vgg.onnx', onnxOf(vgg16, changes), CAFFE)
    await expect(read).rejects.toThrow(ModelError)
    await expect(read).rejects.toThrow(message)
  })

  it('refuses what is not an ONNX model, or half of one', async () => {
    await expect(readOnnxVgg('some', new Uint8Array(0), CAFFE)).rejects.toThrow('it has no graph')
    const bytes = onnxOf(vgg16)
    await expect(readOnnxVgg('some', bytes.subarray(0, bytes.length / 2), CAFFE)).rejects.toThrow(
      'is not an ONNX model or is cut short',
    )
  })

  it('refuses a file with another checksum than expected', async () => {
    await expect(
      readOnnxVgg('vgg.onnx', onnxOf(vgg16), { ...CAFFE, sha256: 'abc' }),
    ).rejects.toThrow('vgg.onnx: was altered or damaged')
  })
})
