import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { ModelError } from '../../../src/engine/errors.ts'
import { memorySource, sha256Of } from '../../../src/engine/vgg/byte-source.ts'
import type { VggModel } from '../../../src/engine/vgg/model.ts'
import { describeRule, INPUT_RULES, readVgg } from '../../../src/engine/vgg/read-vgg.ts'
import { type TensorToWrite, writeSafetensors } from '../../../src/engine/vgg/safetensors.ts'
import type { ConvName } from '../../../src/engine/vgg/topology.ts'
import { CAFFE_METADATA, fileOf, rawFile, syntheticVgg, tensorsOf } from './synthetic-vgg.ts'

const vgg16 = syntheticVgg('vgg16')
const vgg19 = syntheticVgg('vgg19')
const RGB = { mean: '1,2,3', scale: '255' }

const renamed = (
  tensors: readonly TensorToWrite[],
  rename: (name: string) => string,
): TensorToWrite[] => tensors.map((tensor) => ({ ...tensor, name: rename(tensor.name) }))

const changed = (name: string, change: Partial<TensorToWrite>): TensorToWrite[] =>
  tensorsOf(vgg16).map((tensor) => (tensor.name === name ? { ...tensor, ...change } : tensor))

async function expectRefused(read: Promise<VggModel>, message: string): Promise<void> {
  await expect(read).rejects.toThrow(ModelError)
  await expect(read).rejects.toThrow(message)
}

describe('readVgg', () => {
  it('loads the test network of 8/16/32/64/64 channels', async () => {
    const path = new URL('../../golden/vgg19-tiny.safetensors', import.meta.url)
    const model = await readVgg(memorySource('vgg19-tiny', await readFile(path)))
    expect(model).toMatchObject({ name: 'vgg19-tiny', topology: 'vgg19', deepest: 'conv5_1' })
    expect(model.preprocessing).toEqual({
      scale: 255,
      mean: [123.68, 116.779, 103.939],
      std: [1, 1, 1],
    })
    expect([...model.parameters.values()].map(({ shape }) => shape[0])).toEqual([
      8, 8, 16, 16, 32, 32, 32, 32, 64, 64, 64, 64, 64,
    ])
  })

  it.each([
    ['vgg16', vgg16],
    ['vgg19', vgg19],
  ] as const)('tells %s by its convolutions and reads all of them', async (topology, convs) => {
    const model = await readVgg(fileOf(tensorsOf(convs), RGB))
    expect(model.topology).toBe(topology)
    expect([...model.parameters.keys()]).toEqual(convs.map(({ name }) => name))
    for (const { name, weight, bias } of convs) {
      const parameters = model.parameters.get(name as ConvName)!
      expect(parameters.shape).toEqual(weight.shape)
      expect(parameters.weight).toEqual(weight.data)
      expect(parameters.bias).toEqual(bias.data)
    }
  })

  it('takes a file that ends before the topologies part for VGG16', async () => {
    const model = await readVgg(fileOf(tensorsOf(vgg19.slice(0, 7)), RGB))
    expect(model).toMatchObject({ topology: 'vgg16', deepest: 'conv3_3' })
  })

  it('reads any prefix, and convolutions by name', async () => {
    const plain = await readVgg(fileOf(tensorsOf(vgg19), RGB))
    const names = new Map(vgg19.map(({ name, featureIndex }) => [`features.${featureIndex}`, name]))
    for (const rename of [
      (name: string) => `module.${name}`,
      (name: string) => `model.vgg.${name}`,
      (name: string) => name.replace(/features\.\d+/, (key) => names.get(key)!),
      (name: string) => `module.${name.replace(/features\.\d+/, (key) => names.get(key)!)}`,
    ]) {
      const model = await readVgg(fileOf(renamed(tensorsOf(vgg19), rename), RGB))
      expect(model.topology).toBe('vgg19')
      expect(model.parameters).toEqual(plain.parameters)
    }
  })

  it('ignores the classifier, whatever its dtype', async () => {
    const file = rawFile(
      {
        __metadata__: RGB,
        'features.0.weight': { dtype: 'BF16', shape: [1, 3, 3, 3], data_offsets: [0, 54] },
        'features.0.bias': { dtype: 'BF16', shape: [1], data_offsets: [54, 56] },
        'classifier.0.weight': { dtype: 'I64', shape: [1], data_offsets: [56, 64] },
      },
      64,
    )
    expect((await readVgg(file)).deepest).toBe('conv1_1')
  })

  it('stops at the deepest convolution asked for', async () => {
    const model = await readVgg(fileOf(tensorsOf(vgg19), RGB), { deepest: 'conv3_4', name: 'mine' })
    expect(model).toMatchObject({ name: 'mine', deepest: 'conv3_4' })
    expect([...model.parameters.keys()].at(-1)).toBe('conv3_4')
  })

  it('carries the checksum of the file, and refuses another than expected', async () => {
    const file = fileOf(tensorsOf(vgg16), RGB)
    const sha256 = await sha256Of(file)
    expect((await readVgg(file, { sha256 })).sha256).toBe(sha256)
    const bytes = (await file.read(0, file.size)).slice()
    bytes[bytes.length - 3]! ^= 1
    const altered = memorySource('vgg.safetensors', bytes)
    await expectRefused(
      readVgg(altered, { sha256 }),
      `vgg.safetensors: was altered or damaged: its sha256 is ${await sha256Of(altered)}, expected ${sha256}`,
    )
  })

  it('names what a truncated file lacks', async () => {
    const file = fileOf(tensorsOf(vgg16), RGB)
    const bytes = await file.read(0, file.size - 4)
    await expectRefused(
      readVgg(memorySource('vgg.safetensors', bytes)),
      `vgg.safetensors: is cut short: features.28.bias ends at byte ${file.size}, the file has ${file.size - 4}`,
    )
  })

  it('names a tensor that is missing', async () => {
    const without = (name: string) => tensorsOf(vgg16).filter((tensor) => tensor.name !== name)
    await expectRefused(
      readVgg(fileOf(without('features.5.weight'), RGB)),
      'vgg.safetensors: features.5.weight: is missing, expected the weight of conv2_1',
    )
    await expectRefused(
      readVgg(
        fileOf(
          renamed(without('features.28.bias'), (name) => `module.${name}`),
          RGB,
        ),
      ),
      'module.features.28.bias: is missing, expected the bias of conv5_3',
    )
  })

  it('notices that tensors which the metadata promises are missing', async () => {
    const file = fileOf(tensorsOf(vgg16.slice(0, 9)), { ...RGB, layers: 'conv1_1..conv5_1' })
    await expectRefused(
      readVgg(file),
      'features.21.weight: is missing, expected the weight of conv4_3',
    )
  })

  it('says where the weights end when more is asked for', async () => {
    const file = fileOf(tensorsOf(vgg16.slice(0, 9)), RGB)
    await expectRefused(
      readVgg(file, { deepest: 'conv5_1' }),
      'vgg.safetensors: ends at conv4_2, expected weights up to conv5_1; add a file that goes deeper',
    )
    await expectRefused(
      readVgg(file, { deepest: 'conv5_4' }),
      'vgg16 has no convolution "conv5_4"; choose from conv1_1,',
    )
  })

  it.each<[string, TensorToWrite[], string]>([
    [
      'channels that do not follow',
      changed('features.5.weight', { shape: [8, 3, 3, 3], data: new Float32Array(216) }),
      'vgg.safetensors: conv2_1: expected 4 input channels, got 3 in [8,3,3,3]',
    ],
    [
      'a first convolution of four channels',
      changed('features.0.weight', { shape: [3, 4, 3, 3], data: new Float32Array(108) }),
      'conv1_1: expected 3 input channels, got 4 in [3,4,3,3]; features.0.weight takes the channels of the RGB image',
    ],
    [
      'a kernel of another size',
      changed('features.2.weight', { shape: [4, 4, 5, 5], data: new Float32Array(400) }),
      'conv1_2: expected a 3×3 kernel [out,4,3,3], got [4,4,5,5] in features.2.weight',
    ],
    [
      'a bias of another length',
      changed('features.2.bias', { shape: [5], data: new Float32Array(5) }),
      'conv1_2: expected a bias of [4], got [5] in features.2.bias',
    ],
    [
      'convolutions of neither network',
      [...tensorsOf(vgg16), { name: 'features.3.weight', shape: [1], data: new Float32Array(1) }],
      'is not vgg16 or vgg19: has convolutions at 0 2 5 7 10 12 14 17 19 21 24 26 28 3, expected 0 2 5',
    ],
    [
      'batch normalisation',
      [
        ...tensorsOf(vgg16),
        { name: 'features.1.running_mean', shape: [1], data: new Float32Array(1) },
      ],
      'has batch normalisation (features.1.running_mean), expected plain VGG16 or VGG19',
    ],
    [
      'two networks in one file',
      [...tensorsOf(vgg16), { name: 'conv1_1.weight', shape: [1], data: new Float32Array(1) }],
      'has more than one network (features.28.bias, conv1_1.weight); keep one of them',
    ],
    [
      'no convolutions',
      [{ name: 'layer1.weight', shape: [1], data: new Float32Array(1) }],
      'has no VGG convolutions: expected features.0.weight or conv1_1.weight, got layer1.weight',
    ],
  ])('refuses %s', async (_, tensors, message) => {
    await expectRefused(readVgg(fileOf(tensors, RGB)), message)
  })

  it('refuses an architecture that is not VGG16 or VGG19, or not the one stated', async () => {
    await expectRefused(
      readVgg(fileOf(tensorsOf(vgg16), { ...RGB, architecture: 'vgg13' })),
      'metadata architecture: expected vgg16 or vgg19, got "vgg13"',
    )
    await expectRefused(
      readVgg(fileOf(tensorsOf(vgg19), { ...RGB, architecture: 'vgg16' })),
      'is not vgg16: has convolutions at 0 2 5 7 10 12 14 16',
    )
  })

  it('refuses weights that are not finite', async () => {
    const file = fileOf(tensorsOf(vgg16), RGB)
    const bytes = (await file.read(0, file.size)).slice()
    new DataView(bytes.buffer).setFloat32(bytes.length - 4, Number.NaN, true)
    await expectRefused(
      readVgg(memorySource('vgg.safetensors', bytes)),
      'features.28.bias: value 7 is NaN, expected finite numbers',
    )
  })

  it('refuses weights of other dtypes', async () => {
    const header = {
      __metadata__: RGB,
      'features.0.weight': { dtype: 'I8', shape: [1, 3, 3, 3], data_offsets: [0, 27] },
      'features.0.bias': { dtype: 'F32', shape: [1], data_offsets: [27, 31] },
    }
    await expectRefused(
      readVgg(rawFile(header, 31)),
      'features.0.weight: expected weights of F32, F16, BF16, got I8',
    )
  })

  it('reads float16 weights exactly', async () => {
    const bytes = writeSafetensors(tensorsOf(vgg16), { dtype: 'F16', metadata: RGB })
    const model = await readVgg(memorySource('half', bytes))
    expect(model.parameters.get('conv5_3')!.weight).toEqual(vgg16.at(-1)!.weight.data)
  })
})

describe('the input rule', () => {
  const first = tensorsOf(vgg16.slice(0, 1))

  it('comes from the metadata, in units after scaling', async () => {
    const { preprocessing } = await readVgg(
      fileOf(first, { scale: '2', mean: '1, 2,3', std: '4,5,6' }),
    )
    expect(preprocessing).toEqual({ scale: 2, mean: [1, 2, 3], std: [4, 5, 6] })
  })

  it('is torchvision’s for timm’s tensor names', async () => {
    const head = { name: 'pre_logits.fc1.weight', shape: [1], data: new Float32Array(1) }
    const { preprocessing } = await readVgg(fileOf([...first, head], { format: 'pt' }))
    expect(preprocessing).toEqual({
      scale: 1,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    })
  })

  it('is the one named where the file says nothing, and must be named then', async () => {
    const { preprocessing } = await readVgg(fileOf(first, {}), { preprocessing: 'torchvision' })
    expect(preprocessing.std).toEqual([0.229, 0.224, 0.225])
    await expectRefused(
      readVgg(fileOf(first, {})),
      'vgg.safetensors: does not say what input it was trained on; pass --preprocessing torchvision|caffe',
    )
  })

  it('may not contradict the metadata', async () => {
    const file = fileOf(first, CAFFE_METADATA)
    await expect(readVgg(file, { preprocessing: 'caffe' })).resolves.toBeDefined()
    await expectRefused(
      readVgg(file, { preprocessing: 'torchvision' }),
      'its metadata says BGR × 255 − (103.939, 116.779, 123.68), "torchvision" would be (RGB − (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)',
    )
  })

  it.each([
    [{ mean: '1,2,3' }, 'metadata scale: expected 1 number, got none'],
    [{ scale: '1' }, 'metadata mean: expected 3 numbers, got none'],
    [{ scale: '1', mean: '1,2' }, 'metadata mean: expected 3 numbers, got "1,2"'],
    [{ scale: '1', mean: '1,,2' }, 'metadata mean: expected 3 numbers, got "1,,2"'],
    [{ scale: 'x', mean: '1,2,3' }, 'metadata scale: expected 1 number, got "x"'],
    [{ scale: '0', mean: '1,2,3' }, 'metadata scale and std: expected positive numbers'],
    [{ scale: '1', mean: '1,2,3', std: '1,0,1' }, 'metadata scale and std: expected positive'],
    [
      { scale: '1', mean: '1,2,3', channels: 'grb' },
      'metadata channels: expected rgb or bgr, got "grb"',
    ],
  ])('refuses metadata %j', async (metadata, message) => {
    await expectRefused(readVgg(fileOf(first, metadata as Record<string, string>)), message)
  })

  it.each([
    ['channels', { ...CAFFE_METADATA }, {}],
    ['input', { mean: CAFFE_METADATA.mean, scale: '255', input: 'BGR, [0,255] minus mean' }, {}],
    ['the option', {}, { preprocessing: 'caffe' }],
  ] as const)('of BGR, from %s, gives on RGB what it gave on BGR', async (_, metadata, options) => {
    const model = await readVgg(fileOf(first, metadata), options)
    const { weight, shape } = model.parameters.get('conv1_1')!
    const { scale, mean, std } = model.preprocessing
    // The patch under the kernel at one position: [3,3,3], RGB in [0,1].
    const patch = Array.from({ length: 27 }, (_, i) => ((i * 7) % 27) / 26)
    const flipped = [...patch.slice(18), ...patch.slice(9, 18), ...patch.slice(0, 9)]
    const original = first[0]!.data
    const bgrMean = INPUT_RULES.caffe.mean
    for (let output = 0; output < shape[0]; output++) {
      let expected = 0
      let actual = 0
      for (let i = 0; i < 27; i++) {
        const channel = Math.floor(i / 9)
        expected += original[27 * output + i]! * (flipped[i]! * 255 - bgrMean[channel]!)
        actual += weight[27 * output + i]! * ((patch[i]! * scale - mean[channel]!) / std[channel]!)
      }
      // float64 sums of the same 27 products in another order.
      expect(actual).toBeCloseTo(expected, 9)
    }
  })

  it('prints as a formula', () => {
    expect(describeRule(INPUT_RULES.caffe)).toBe('BGR × 255 − (103.939, 116.779, 123.68)')
    expect(describeRule(INPUT_RULES.torchvision)).toBe(
      '(RGB − (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)',
    )
  })
})
