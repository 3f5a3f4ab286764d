import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  addModelCommand,
  listModelsCommand,
  removeModelCommand,
  verifyModelsCommand,
} from '../../../src/cli/models/commands.ts'
import { withFileSource } from '../../../src/cli/models/file-source.ts'
import {
  addModel,
  listModels,
  loadModel,
  removeModel,
  verifyModels,
} from '../../../src/cli/models/store.ts'
import { ModelError, OptionError } from '../../../src/engine/errors.ts'
import { readVgg } from '../../../src/engine/vgg/read-vgg.ts'
import { fileOf, onnxOf, syntheticVgg, tensorsOf } from '../../engine/vgg/synthetic-vgg.ts'

const VGG16_SHA256 = '445512c1660feab40ea5beaa502f75fa4227bd816b55e0ed447ab69cf76564ae'
const vgg19 = syntheticVgg('vgg19')

let directory: string
/** Given files, and what the store keeps. */
const given = (name: string): string => join(directory, name)
const kept = (name: string): string => join(directory, 'data', 'models', name)

async function writeSafetensorsFile(
  name: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<string> {
  const source = fileOf(tensorsOf(vgg19), metadata)
  await writeFile(given(name), await source.read(0, source.size))
  return given(name)
}

async function writeOnnxFile(name: string): Promise<string> {
  await writeFile(given(name), onnxOf(vgg19))
  return given(name)
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'impasto-models-'))
  vi.stubEnv('IMPASTO_DATA', join(directory, 'data'))
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(directory, { recursive: true })
})

describe('the built-in model', () => {
  it('is what its manifest says, and is there without any data directory', async () => {
    const [entry, ...more] = await listModels()
    expect(more).toEqual([])
    const model = await loadModel('vgg16')
    expect(model).toMatchObject({ name: 'vgg16', topology: 'vgg16', sha256: VGG16_SHA256 })
    expect(entry).toMatchObject({
      name: model.name,
      sha256: model.sha256,
      topology: model.topology,
      deepest: model.deepest,
      preprocessing: model.preprocessing,
      isBuiltIn: true,
    })
    expect(await readFile(new URL('../../../models/NOTICE.md', import.meta.url), 'utf8')).toContain(
      VGG16_SHA256,
    )
  })

  it('is read no deeper than is needed', async () => {
    const model = await loadModel('auto', { deepest: 'conv1_2' })
    expect([...model.parameters.keys()]).toEqual(['conv1_1', 'conv1_2'])
  })

  it('cannot be removed, nor its name be taken', async () => {
    await expect(removeModel('vgg16')).rejects.toThrow(
      'model "vgg16": is built in and stays; none are added',
    )
    const file = await writeSafetensorsFile('file.safetensors')
    await expect(addModel(file, { name: 'vgg16', preprocessing: 'caffe' })).rejects.toThrow(
      'model "vgg16": is the built-in model\'s name; choose another with --name',
    )
  })
})

describe('an added model', () => {
  it.each([
    ['safetensors', writeSafetensorsFile],
    ['ONNX', writeOnnxFile],
  ] as const)('from %s is listed, verified, loaded and removed', async (_, write) => {
    const file = await write('VGG 19.weights')
    const record = await addModel(file, { preprocessing: 'caffe' })
    expect(record).toMatchObject({
      name: 'vgg19',
      sourceFile: 'VGG 19.weights',
      topology: 'vgg19',
      layers: 'conv1_1..conv5_4',
      preprocessing: { scale: 255, mean: [123.68, 116.779, 103.939], std: [1, 1, 1] },
    })
    expect((await listModels()).map(({ name }) => name)).toEqual(['vgg16', 'vgg19'])
    expect(await verifyModels()).toEqual([{ name: 'vgg16' }, { name: 'vgg19' }])

    const model = await loadModel('vgg19')
    const expected = await readVgg(fileOf(tensorsOf(vgg19)))
    expect(model).toEqual({ ...expected, name: 'vgg19', sha256: record.sha256 })
    expect((await readdir(kept('.'))).sort()).toEqual(['models.json', 'vgg19.safetensors'])

    await removeModel('vgg19')
    expect((await listModels()).map(({ name }) => name)).toEqual(['vgg16'])
    expect(await readdir(kept('.'))).toEqual(['models.json'])
  })

  it('keeps what torchvision’s weights expect', async () => {
    await addModel(await writeSafetensorsFile('a.safetensors'), { preprocessing: 'torchvision' })
    const { preprocessing } = await loadModel('vgg19')
    expect(preprocessing).toEqual({
      scale: 1,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    })
  })

  it('becomes the same bytes each time', async () => {
    const file = await writeSafetensorsFile('a.safetensors')
    const one = await addModel(file, { name: 'one', preprocessing: 'caffe' })
    const two = await addModel(file, { name: 'two', preprocessing: 'caffe' })
    expect(two.sha256).toBe(one.sha256)
  })

  it('needs an input rule before anything is written', async () => {
    await expect(addModel(await writeSafetensorsFile('a.safetensors'))).rejects.toThrow(
      'a.safetensors: does not say what input it was trained on',
    )
    await expect(readdir(kept('.'))).rejects.toThrow('ENOENT')
  })

  it('that was altered is not loaded, and verification names it', async () => {
    await addModel(await writeSafetensorsFile('a.safetensors'), { preprocessing: 'caffe' })
    const bytes = await readFile(kept('vgg19.safetensors'))
    bytes[bytes.length - 1]! ^= 1
    await writeFile(kept('vgg19.safetensors'), bytes)
    await expect(loadModel('vgg19')).rejects.toThrow(
      'vgg19.safetensors: was altered or damaged: its sha256 is',
    )
    expect(await verifyModels()).toEqual([
      { name: 'vgg16' },
      { name: 'vgg19', problem: expect.stringContaining('was altered or damaged') },
    ])
    await truncate(kept('vgg19.safetensors'), 4000)
    await expect(loadModel('vgg19')).rejects.toThrow('vgg19.safetensors: is cut short')
    await rm(kept('vgg19.safetensors'))
    await expect(loadModel('vgg19')).rejects.toThrow('there is no such file')
  })

  it('does not replace another of its name', async () => {
    const file = await writeSafetensorsFile('a.safetensors')
    await addModel(file, { preprocessing: 'caffe' })
    await expect(addModel(file, { preprocessing: 'torchvision' })).rejects.toThrow(
      /^model "vgg19": is there already \(a\.safetensors, added \d{4}-\d\d-\d\d\)/,
    )
  })

  it.each([
    '../evil',
    'a/b',
    'a\\b',
    '',
    '.hidden',
    'a..b',
    'end.',
    'Upper',
    'auto',
    'con',
    'nul.x',
    'a'.repeat(65),
    'nul\0l',
  ])('may not be called %j', async (name) => {
    const file = await writeSafetensorsFile('a.safetensors')
    await expect(addModel(file, { name, preprocessing: 'caffe' })).rejects.toThrow(
      `model name "${name}": expected at most 64 lower-case letters`,
    )
  })

  it.each<[string, Uint8Array, string]>([
    ['a PyTorch file', Uint8Array.of(0x50, 0x4b, 3, 4, 0), 'save its state_dict with safetensors'],
    ['a pickle', Uint8Array.of(0x80, 2, 0), 'is a Python pickle'],
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13), 'export the network to ONNX'],
    ['an empty file', new Uint8Array(0), 'is neither safetensors nor ONNX'],
    ['a picture', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), 'is neither safetensors nor ONNX'],
  ])('may not be %s', async (_, bytes, message) => {
    await writeFile(given('file'), bytes)
    await expect(addModel(given('file'))).rejects.toThrow(message)
    await expect(addModel(given('file'))).rejects.toThrow(ModelError)
  })

  it('comes from a file that is there', async () => {
    await expect(addModel(given('absent'))).rejects.toThrow(
      `${given('absent')}: cannot be read: there is no such file`,
    )
    await expect(addModel(directory)).rejects.toThrow('is not a file; give a file of weights')
  })
})

describe('the choice of a model', () => {
  it('is VGG19 where there is one that goes deep enough, else VGG16', async () => {
    expect((await loadModel('auto')).name).toBe('vgg16')
    await addModel(await writeSafetensorsFile('a.safetensors'), { preprocessing: 'caffe' })
    expect((await loadModel('auto')).name).toBe('vgg19')
    expect((await loadModel('auto', { topology: 'vgg16' })).name).toBe('vgg16')
    expect((await loadModel('auto', { deepest: 'conv5_4' })).name).toBe('vgg19')
  })

  it('says what there is when nothing suffices', async () => {
    await expect(loadModel('auto', { topology: 'vgg19', deepest: 'conv5_4' })).rejects.toThrow(
      'no model has vgg19 up to conv5_4; there are vgg16 (vgg16, conv1_1..conv5_1); add one: impasto models add FILE',
    )
    await expect(loadModel('vgg16', { deepest: 'conv5_2' })).rejects.toThrow(
      'model "vgg16": ends at conv5_1, expected conv5_2; choose another model or other layers',
    )
    await expect(loadModel('vgg16', { deepest: 'conv3_4' })).rejects.toThrow(
      'model "vgg16": vgg16 has no conv3_4',
    )
    await expect(loadModel('vgg16', { topology: 'vgg19' })).rejects.toThrow(
      'model "vgg16": is vgg16, expected vgg19',
    )
    await expect(loadModel('other')).rejects.toThrow(
      'model "other": is not there; choose from auto, vgg16 or add it',
    )
  })
})

describe('models.json', () => {
  it.each([
    ['{', 'is not JSON'],
    ['null', 'expected a list "models"'],
    ['{"models":[{"name":"a"}]}', 'models[0]: sha256 is missing or wrong; delete it and add'],
    ['{"models":[3]}', 'models[0]: the entry is missing or wrong'],
  ])('of %s is refused', async (text, message) => {
    await addModel(await writeSafetensorsFile('a.safetensors'), { preprocessing: 'caffe' })
    await writeFile(kept('models.json'), text)
    await expect(listModels()).rejects.toThrow(ModelError)
    await expect(listModels()).rejects.toThrow(message)
  })

  it('cannot name a file elsewhere', async () => {
    await addModel(await writeSafetensorsFile('a.safetensors'), { preprocessing: 'caffe' })
    const text = await readFile(kept('models.json'), 'utf8')
    await writeFile(kept('models.json'), text.replace('"name": "vgg19"', '"name": "../../a"'))
    await expect(loadModel('../../a')).rejects.toThrow('model name "../../a": expected')
  })
})

describe('the commands', () => {
  const run = async (command: (print: (line: string) => void) => Promise<void>) => {
    const lines: string[] = []
    await command((line) => lines.push(line))
    return lines
  }

  it('print what was added, is there, is sound and was removed', async () => {
    const file = await writeSafetensorsFile('a.safetensors')
    const added = await run((print) =>
      addModelCommand({ file, name: 'my-vgg', preprocessing: 'torchvision' }, print),
    )
    expect(added).toEqual([
      'added my-vgg: vgg19, conv1_1..conv5_4',
      'input: (RGB − (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)',
      expect.stringMatching(/^sha256: [0-9a-f]{64}$/),
    ])
    const today = new Date().toISOString().slice(0, 10)
    expect(await run(listModelsCommand)).toEqual([
      'name    network  layers            from',
      'vgg16   vgg16    conv1_1..conv5_1  built in',
      `my-vgg  vgg19    conv1_1..conv5_4  a.safetensors, added ${today}`,
    ])
    expect(await run(verifyModelsCommand)).toEqual(['vgg16   ok', 'my-vgg  ok'])
    expect(await run((print) => removeModelCommand({ name: 'my-vgg' }, print))).toEqual([
      'removed my-vgg',
    ])
  })

  it('fail when a model is damaged, after naming it', async () => {
    await addModel(await writeSafetensorsFile('a.safetensors'), { preprocessing: 'caffe' })
    await truncate(kept('vgg19.safetensors'), 100)
    const lines: string[] = []
    await expect(verifyModelsCommand((line) => lines.push(line))).rejects.toThrow(
      'vgg19: 1 of 2 models cannot be used; remove and add them again',
    )
    expect(lines).toEqual(['vgg16  ok', expect.stringContaining('is cut short')])
  })

  it('refuse an unknown input rule, naming the known ones', async () => {
    const add = run((print) => addModelCommand({ file: 'a', preprocessing: 'keras' }, print))
    await expect(add).rejects.toThrow(OptionError)
    await expect(add).rejects.toThrow('--preprocessing "keras": expected one of torchvision, caffe')
  })
})

describe('a file on disk', () => {
  it('is read in parts and refuses to be read beyond its end', async () => {
    await writeFile(given('file'), 'abcdef')
    await withFileSource(given('file'), async (source) => {
      expect(source).toMatchObject({ name: 'file', size: 6 })
      expect(new TextDecoder().decode(await source.read(2, 3))).toBe('cde')
      await expect(source.read(4, 3)).rejects.toThrow('file: is cut short: expected 3 bytes')
    })
  })

  it('that shrinks while it is read is noticed', async () => {
    await writeFile(given('file'), 'abcdef')
    await withFileSource(given('file'), async (source) => {
      await truncate(given('file'), 3)
      await expect(source.read(0, 6)).rejects.toThrow(
        'was cut short while it was read: expected 6 bytes at byte 0, got 3',
      )
    })
  })
})
