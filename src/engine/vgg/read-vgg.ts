/** VGG weights from a safetensors file, checked and brought to one form. */
import { ModelError } from '../errors.ts'
import { type ByteSource, verifiedSha256 } from './byte-source.ts'
import type { ConvParameters, Preprocessing, VggModel } from './model.ts'
import { openSafetensors, readTensor, type SafetensorsFile } from './safetensors.ts'
import {
  type ConvLayer,
  type ConvName,
  convLayers,
  TOPOLOGIES,
  type TopologyName,
} from './topology.ts'

/** What the weights in a file expect as input; `channels` is the order of conv1_1's inputs. */
interface InputRule extends Preprocessing {
  readonly channels: 'rgb' | 'bgr'
}

/**
 * The rules of the two families of published VGG weights; mean and std in the order of `channels`.
 * torchvision trained its own; Caffe's are those of the paper, on BGR from 0 to 255.
 */
export const INPUT_RULES = {
  torchvision: {
    channels: 'rgb',
    scale: 1,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  caffe: { channels: 'bgr', scale: 255, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] },
} as const satisfies Record<string, InputRule>

export type InputRuleName = keyof typeof INPUT_RULES

export interface ReadVggOptions {
  /** The last convolution to read; by default the last that the file has. */
  readonly deepest?: ConvName
  /** Expected checksum of the file. */
  readonly sha256?: string
  /** The model's name in reports; by default the file's. */
  readonly name?: string
  /**
   * The input rule of a file that does not state its own. The rule is picked in this order:
   * 1. the file's metadata `scale` and `mean` (in units after scaling), with `std` (default 1) and
   *    `channels` (default: the leading RGB or BGR of `input`, else rgb);
   * 2. this option;
   * 3. timm's tensor names (`pre_logits.…`): its VGGs are torchvision's.
   * Nothing else decides, because torchvision's and Caffe's weights have the same tensor names. An
   * option that contradicts the metadata is an error.
   */
  readonly preprocessing?: InputRuleName
}

/**
 * Reads VGG16 or VGG19 up to `deepest` from safetensors with torchvision's keys
 * (`features.N.weight`) or the convolutions' names (`conv1_1.weight`), with any prefix. Widths are
 * the file's own. The network that comes back takes RGB: a BGR file has conv1_1's inputs reversed.
 * @throws ModelError when the file is damaged, is not a VGG or does not say what input it expects.
 */
export async function readVgg(source: ByteSource, options: ReadVggOptions = {}): Promise<VggModel> {
  const file = await openSafetensors(source)
  const sha256 = await verifiedSha256(source, options.sha256)
  return assembleVgg({ ...findConvs(file), sha256 }, options)
}

type Part = 'weight' | 'bias'

export interface FoundTensor {
  /** Its name in the file. */
  readonly key: string
  readonly shape: readonly number[]
  read(): Promise<Float32Array>
}

/** Convolutions as a file has them, not yet checked. */
export interface FoundConvs {
  readonly file: string
  readonly sha256: string
  readonly metadata: ReadonlyMap<string, string>
  /** The input rule that the file's origin implies. */
  readonly impliedRule?: InputRuleName
  /** By the convolution's name or torchvision's index. */
  readonly convs: ReadonlyMap<ConvName | number, Partial<Record<Part, FoundTensor>>>
  /** What to call a tensor that is missing. */
  keyOf(layer: ConvLayer, part: Part): string
}

const CONV_KEY =
  /^(?<prefix>(?:.+\.)?)(?:features\.(?<index>\d+)|(?<name>conv\d_\d))\.(?<part>weight|bias)$/

function findConvs(file: SafetensorsFile): Omit<FoundConvs, 'sha256'> {
  const { source, tensors, metadata } = file
  const convs = new Map<ConvName | number, Partial<Record<Part, FoundTensor>>>()
  const families = new Map<string, { prefix: string; isIndexed: boolean; example: string }>()
  for (const [key, { shape }] of tensors) {
    const groups = key.match(CONV_KEY)?.groups
    if (!groups) continue
    const isIndexed = groups.index !== undefined
    const prefix = groups.prefix!
    families.set(`${isIndexed} ${prefix}`, { prefix, isIndexed, example: key })
    const place = isIndexed ? Number(groups.index) : (groups.name as ConvName)
    const tensor = { key, shape, read: () => readTensor(file, key) }
    convs.set(place, { ...convs.get(place), [groups.part as Part]: tensor })
  }
  const [family, other] = families.values()
  if (!family) {
    throw new ModelError(
      `${source.name}: has no VGG convolutions: expected features.0.weight or conv1_1.weight, got ${list([...tensors.keys()])}`,
    )
  }
  if (other) {
    throw new ModelError(
      `${source.name}: has more than one network (${family.example}, ${other.example}); keep one of them`,
    )
  }
  const { prefix, isIndexed } = family
  const normalised = [...tensors.keys()].find((key) => key.endsWith('.running_mean'))
  if (normalised) {
    throw new ModelError(
      `${source.name}: has batch normalisation (${normalised}), expected plain VGG16 or VGG19; choose the weights without "bn"`,
    )
  }
  return {
    file: source.name,
    metadata,
    impliedRule: tensors.has(`${prefix}pre_logits.fc1.weight`) ? 'torchvision' : undefined,
    convs,
    keyOf: ({ name, featureIndex }, part) =>
      `${prefix}${isIndexed ? `features.${featureIndex}` : name}.${part}`,
  }
}

/**
 * Checks convolutions against VGG16 and VGG19 and reads them; the common end of every format.
 * @throws ModelError
 */
export async function assembleVgg(found: FoundConvs, options: ReadVggOptions): Promise<VggModel> {
  const topology = pickTopology(found)
  const layers = wantedLayers(found, topology, options.deepest)
  const { channels, ...rule } = pickInputRule(found, options.preprocessing)
  const isBgr = channels === 'bgr'

  const parameters = new Map<ConvName, ConvParameters>()
  let before: { name: string; channels: number } = { name: 'the RGB image', channels: 3 }
  for (const layer of layers) {
    const conv = found.convs.get(layer.name) ?? found.convs.get(layer.featureIndex)
    const weight = requireTensor(found, layer, 'weight', conv?.weight)
    const bias = requireTensor(found, layer, 'bias', conv?.bias)
    const shape = checkShapes(found.file, layer.name, weight, bias, before)
    const values = await readFinite(found.file, weight)
    parameters.set(layer.name, {
      weight: layer.name === 'conv1_1' && isBgr ? reverseInputs(values) : values,
      shape,
      bias: await readFinite(found.file, bias),
    })
    before = { name: layer.name, channels: shape[0] }
  }
  return {
    name: options.name ?? found.file,
    topology,
    preprocessing: isBgr ? { ...rule, mean: reverse(rule.mean), std: reverse(rule.std) } : rule,
    deepest: layers.at(-1)!.name,
    parameters,
    sha256: found.sha256,
  }
}

/**
 * The topology that the metadata names, else the one that has every convolution of the file. A file
 * that ends before the two differ, at conv3_3, is VGG16's.
 */
function pickTopology({ file, metadata, convs }: FoundConvs): TopologyName {
  const known = Object.keys(TOPOLOGIES) as TopologyName[]
  const stated = metadata.get('architecture')
  if (stated !== undefined && !known.includes(stated as TopologyName)) {
    throw new ModelError(
      `${file}: metadata architecture: expected ${known.join(' or ')}, got "${stated}"`,
    )
  }
  const candidates = stated === undefined ? known : [stated as TopologyName]
  const isIndexed = [...convs.keys()].some((place) => typeof place === 'number')
  const placesOf = (topology: TopologyName): (ConvName | number)[] =>
    convLayers(topology).map((layer) => (isIndexed ? layer.featureIndex : layer.name))
  const fitting = candidates.find((topology) => {
    const places = new Set(placesOf(topology))
    return [...convs.keys()].every((place) => places.has(place))
  })
  if (fitting) return fitting
  const expected = candidates.map((topology) => `${placesOf(topology).join(' ')} (${topology})`)
  throw new ModelError(
    `${file}: is not ${candidates.join(' or ')}: has convolutions at ${[...convs.keys()].join(' ')}, expected ${expected.join(' or ')}`,
  )
}

function wantedLayers(
  { file, metadata, convs }: FoundConvs,
  topology: TopologyName,
  deepest: ConvName | undefined,
): ConvLayer[] {
  const layers = convLayers(topology)
  const names = layers.map(({ name }) => name)
  if (deepest !== undefined && !names.includes(deepest)) {
    throw new ModelError(
      `${file}: ${topology} has no convolution "${deepest}"; choose from ${names.join(', ')}`,
    )
  }
  // The metadata's promise counts, so that a file whose last tensors were lost is noticed.
  const promised = metadata.get('layers')?.match(/^conv1_1\.\.(conv\d_\d)$/)?.[1] as ConvName
  const lastFound = layers.findLastIndex(
    ({ name, featureIndex }) => convs.has(name) || convs.has(featureIndex),
  )
  const last = Math.max(lastFound, names.indexOf(promised))
  const wanted = deepest === undefined ? last : names.indexOf(deepest)
  if (wanted > last) {
    throw new ModelError(
      `${file}: ends at ${names[last]}, expected weights up to ${deepest}; add a file that goes deeper or choose shallower layers`,
    )
  }
  return layers.slice(0, wanted + 1)
}

function requireTensor(
  found: FoundConvs,
  layer: ConvLayer,
  part: Part,
  tensor: FoundTensor | undefined,
): FoundTensor {
  if (tensor) return tensor
  throw new ModelError(
    `${found.file}: ${found.keyOf(layer, part)}: is missing, expected the ${part} of ${layer.name}; get a complete copy`,
  )
}

function checkShapes(
  file: string,
  conv: ConvName,
  weight: FoundTensor,
  bias: FoundTensor,
  before: { name: string; channels: number },
): [number, number, 3, 3] {
  const [outputs, inputs, height, width, ...more] = weight.shape
  if (!outputs || height !== 3 || width !== 3 || more.length > 0) {
    throw new ModelError(
      `${file}: ${conv}: expected a 3×3 kernel [out,${before.channels},3,3], got [${weight.shape}] in ${weight.key}`,
    )
  }
  if (inputs !== before.channels) {
    throw new ModelError(
      `${file}: ${conv}: expected ${before.channels} input channels, got ${inputs} in [${weight.shape}]; ${weight.key} takes the channels of ${before.name}`,
    )
  }
  if (bias.shape.length !== 1 || bias.shape[0] !== outputs) {
    throw new ModelError(
      `${file}: ${conv}: expected a bias of [${outputs}], got [${bias.shape}] in ${bias.key}`,
    )
  }
  return [outputs, inputs, 3, 3]
}

async function readFinite(file: string, tensor: FoundTensor): Promise<Float32Array> {
  const values = await tensor.read()
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return values
  throw new ModelError(
    `${file}: ${tensor.key}: value ${bad} is ${values[bad]}, expected finite numbers; get a fresh copy`,
  )
}

function pickInputRule(
  { file, metadata, impliedRule }: FoundConvs,
  asked: InputRuleName | undefined,
): InputRule {
  const stated = statedInputRule(file, metadata)
  if (stated && asked && describeRule(stated) !== describeRule(INPUT_RULES[asked])) {
    throw new ModelError(
      `${file}: its metadata says ${describeRule(stated)}, "${asked}" would be ${describeRule(INPUT_RULES[asked])}; leave the preprocessing to the file`,
    )
  }
  if (stated) return stated
  const name = asked ?? impliedRule
  if (name) return INPUT_RULES[name]
  throw new ModelError(
    `${file}: does not say what input it was trained on; pass --preprocessing ${Object.keys(INPUT_RULES).join('|')} (torchvision and timm trained their own VGGs, those of the paper and of neural-style are Caffe's)`,
  )
}

function statedInputRule(
  file: string,
  metadata: ReadonlyMap<string, string>,
): InputRule | undefined {
  const mean = metadata.get('mean')
  const scale = metadata.get('scale')
  if (mean === undefined && scale === undefined) return undefined
  const order = /^(rgb|bgr)\b/i.exec(metadata.get('input') ?? 'rgb')?.[1]
  const channels = (metadata.get('channels') ?? order ?? 'rgb').toLowerCase()
  if (channels !== 'rgb' && channels !== 'bgr') {
    throw new ModelError(`${file}: metadata channels: expected rgb or bgr, got "${channels}"`)
  }
  const numbers = (key: string, text: string | undefined, count: number): number[] => {
    const values = text?.split(',').map((item) => (item.trim() === '' ? Number.NaN : Number(item)))
    if (values?.length === count && values.every(Number.isFinite)) return values
    throw new ModelError(
      `${file}: metadata ${key}: expected ${count} number${count > 1 ? 's' : ''}, got ${text === undefined ? 'none' : `"${text}"`}`,
    )
  }
  const rule = {
    channels,
    scale: numbers('scale', scale, 1)[0]!,
    mean: numbers('mean', mean, 3) as [number, number, number],
    std: numbers('std', metadata.get('std') ?? '1,1,1', 3) as [number, number, number],
  } as const
  if ([rule.scale, ...rule.std].every((value) => value > 0)) return rule
  throw new ModelError(
    `${file}: metadata scale and std: expected positive numbers, got ${rule.scale} and ${rule.std}`,
  )
}

/** `RGB × 255 − (123.68, 116.779, 103.939)`, and `/ (…)` where the std is not 1. */
export function describeRule({
  scale,
  mean,
  std,
  channels = 'rgb',
}: Preprocessing & Partial<InputRule>): string {
  const divided = std.some((value) => value !== 1) ? ` / (${std.join(', ')})` : ''
  const scaled = scale === 1 ? channels.toUpperCase() : `${channels.toUpperCase()} × ${scale}`
  return divided
    ? `(${scaled} − (${mean.join(', ')}))${divided}`
    : `${scaled} − (${mean.join(', ')})`
}

/** [out,3,3,3] with its input channels in the opposite order, so that what took BGR takes RGB. */
function reverseInputs(weight: Float32Array): Float32Array {
  const kernel = 9
  const reversed = new Float32Array(weight.length)
  for (let plane = 0; plane < weight.length / kernel; plane++) {
    const output = Math.floor(plane / 3)
    const from = 3 * output + 2 - (plane % 3)
    reversed.set(weight.subarray(from * kernel, (from + 1) * kernel), plane * kernel)
  }
  return reversed
}

const reverse = ([a, b, c]: readonly [number, number, number]): [number, number, number] => [
  c,
  b,
  a,
]

function list(keys: readonly string[]): string {
  if (keys.length === 0) return 'no tensors'
  return keys.length > 5
    ? `${keys.slice(0, 5).join(', ')} and ${keys.length - 5} more`
    : keys.join(', ')
}
