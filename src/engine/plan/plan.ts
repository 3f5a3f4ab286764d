/**
 * What a run will do and need, scale by scale, before it starts: pure functions of numbers. A scale
 * is evaluated at once where that fits, else in the tiles that cost least. Where tiles would become
 * too small, L-BFGS remembers fewer pairs to make room.
 */

import { OptionError } from '../errors.ts'
import { TILINGS } from '../graph/convolutions.ts'
import { bandRowsOf } from '../objective/bands/layout.ts'
import type { ObjectiveSpec, Precision } from '../objective/losses/objective.ts'
import { styleSize } from '../objective/targets.ts'
import { tilePasses } from '../objective/tiles/passes.ts'
import type { StylizeOptions } from '../options.ts'
import type { Size } from '../picture/image.ts'
import { dealt, paintedSize, type Scale, scalesFor, scalesToSkip } from '../picture/pyramid.ts'
import { turnedStyle } from '../picture/rotate.ts'
import type { Device } from '../runtime/runtime.ts'
import { type Convolutions, makeNetwork, type Network } from '../vgg/features.ts'
import type { VggModel } from '../vgg/model.ts'
import type { Limits } from './limits.ts'
import { bandRowsFor, idleBytes, type MemoryModel, memoryModel } from './memory.ts'
import { cheapestTile } from './tile-choice.ts'
import { tooLarge } from './too-large.ts'
import { sharesOf } from './work.ts'

export interface PlanInput {
  readonly content: Size & { readonly alpha?: Float32Array }
  readonly styles: readonly {
    /** Its alpha, such as that of a rotated image, decides how much each pixel counts. */
    readonly image: Size & { readonly alpha?: Float32Array }
    readonly weight: number
    readonly scale?: number
    /** Degrees by which the image has yet to be turned. */
    readonly rotation?: number
  }[]
  /** How many regions the graphs weight by masks, as `regionCount` says; default 0. */
  readonly regions?: number
  readonly settings: StylizeOptions
  readonly model: VggModel
  /** The picture that the run goes on from, where `init` is `image`: coarser scales are skipped. */
  readonly init?: Size
  /** Bytes that the caller holds beside the content, such as its file; default 0. */
  readonly heldBytes?: number
}

export interface ScalePlan extends Scale, Size {
  readonly contentLayers: readonly string[]
  readonly styleLayers: readonly string[]
  readonly precision: Precision
  readonly convolutions: Convolutions
  /** Window of a tile, margins included. Absent: the picture is evaluated at once. */
  readonly tile?: Size
  /** How many windows an evaluation runs over, forward and backward; 1 where it is at once. */
  readonly tiles: number
  /** How many bands are evaluated at the same time, each on a lane; 1: a single lane does the work. */
  readonly bands: number
  /** Rows that a band of a vector holds. */
  readonly bandRows: number
  /** How many pairs L-BFGS remembers here; fewer than asked for where memory is short. */
  readonly lbfgsMemory: number
  /** Peak of this scale, with the host's share. */
  readonly predictedBytes: number
  /** Cost of one evaluation in megapixels of a whole evaluation of every layer. */
  readonly work: number
}

export interface RunPlan {
  readonly scales: readonly ScalePlan[]
  readonly predictedBytes: number
  /** Cost of all evaluations together, in the units of `ScalePlan.work`. */
  readonly work: number
}

/**
 * @throws OptionError when float16 is asked for where there is none, or when not even the smallest
 * tile fits the limits; ModelError when the weights lack a layer.
 */
export function planRun(input: PlanInput, limits: Limits): RunPlan {
  const { content, settings, init } = input
  if (settings.colorsOnly) return idlePlan(content, limits.device)
  const network = networkOf(input)
  const all = scalesFor(content, settings)
  const skipped = init ? scalesToSkip(all, init) : 0
  // A scale keeps its place in the lists of the settings, whatever was skipped before it.
  const scales = all
    .map((scale, index) => ({ scale, index }))
    .slice(skipped)
    .map(({ scale, index }) =>
      planScale(
        methods(settings).map((convolutions) =>
          draftScale(input, { ...network, convolutions }, scale, index, limits),
        ),
        input,
        limits,
      ),
    )
  return {
    scales,
    predictedBytes: Math.max(...scales.map(({ predictedBytes }) => predictedBytes)),
    work: scales.reduce((total, { iterations, work }) => total + iterations * work, 0),
  }
}

/** The plan of a run that paints nothing and at most moves colours: one scale without iterations. */
export function idlePlan({ width, height }: Size, device: Device): RunPlan {
  const predictedBytes = idleBytes(device, width * height)
  const scale: ScalePlan = {
    longEdge: Math.max(width, height),
    iterations: 0,
    width,
    height,
    contentLayers: [],
    styleLayers: [],
    precision: 'float32',
    convolutions: 'auto',
    tiles: 1,
    bands: 1,
    bandRows: height,
    lbfgsMemory: 0,
    predictedBytes,
    work: 0,
  }
  return { scales: [scale], predictedBytes, work: 0 }
}

/**
 * The same scale in less memory: from the whole picture to a tile of about half its area, from a
 * tile to one of half its edges. @returns undefined when no smaller tile is valid.
 */
export function halveTile(
  scale: ScalePlan,
  input: PlanInput,
  limits: Pick<Limits, 'device'>,
): ScalePlan | undefined {
  if (input.settings.padding === 'wrap') return undefined
  const network = { ...networkOf(input), convolutions: scale.convolutions }
  const draft = draftOf(scale, input, network, limits.device)
  const before = scale.tile ?? scale
  const factor = scale.tile ? 0.5 : Math.SQRT1_2
  const { window } = tilePasses(draft.spec, {
    width: Math.floor(before.width * factor),
    height: Math.floor(before.height * factor),
  })
  const isSmaller = window.width * window.height < before.width * before.height
  return isSmaller ? complete(draft, scale.lbfgsMemory, { tile: window }) : undefined
}

/** A scale whose size and objective are known, but not how it is evaluated. */
interface Draft {
  readonly scale: Pick<
    ScalePlan,
    | 'longEdge'
    | 'iterations'
    | 'width'
    | 'height'
    | 'contentLayers'
    | 'styleLayers'
    | 'precision'
    | 'convolutions'
  >
  readonly spec: ObjectiveSpec
  readonly memory: MemoryModel
}

/**
 * The objective of a scale.
 * @param regions how many the graphs weight by masks.
 */
export const specOf = (
  { width, height, contentLayers, styleLayers, precision, convolutions }: Draft['scale'],
  settings: StylizeOptions,
  network: Network,
  regions: number,
): ObjectiveSpec => ({
  width,
  height,
  network: { ...network, convolutions },
  form: settings.lossForm,
  contentLayers,
  styleLayers,
  styleLoss: settings.styleLoss,
  regions,
  asShown: settings.clamp,
  precision,
})

const networkOf = ({ model, settings }: PlanInput): Network =>
  makeNetwork(model, settings.pooling, settings.padding)

function draftScale(
  input: PlanInput,
  network: Network,
  scale: Scale,
  index: number,
  limits: Limits,
): Draft {
  const { settings, content } = input
  const depth = dealt(settings.styleDepth, index)
  return draftOf(
    {
      ...scale,
      ...paintedSize(content, scale.longEdge, settings),
      contentLayers: layersWithin(
        weighing(settings.contentLayers, settings.contentWeight, settings.contentLayerWeights),
        depth,
      ),
      styleLayers: layersWithin(
        weighing(settings.styleLayers, settings.styleWeight, settings.styleLayerWeights),
        depth,
      ),
      precision: precisionFor(settings.precision, limits.float16),
      convolutions: network.convolutions,
    },
    input,
    network,
    limits.device,
  )
}

function draftOf(
  scale: Draft['scale'],
  { settings, content, styles, regions = 0, heldBytes = 0 }: PlanInput,
  network: Network,
  device: Device,
): Draft {
  const spec = specOf(scale, settings, network, regions)
  const memory = memoryModel({
    spec,
    device,
    contentPixels: content.width * content.height,
    isContentCopied: content.alpha !== undefined || settings.colors === 'content-luminance',
    heldBytes,
    styles: styles
      .filter(({ weight }) => weight > 0)
      .map((style) => {
        const turned = turnedStyle(style)
        return {
          given: turned.size,
          used: styleSize({ image: turned.size, scale: turned.scale }, scale.longEdge, settings),
          isMasked: Boolean(style.image.alpha) || (style.rotation ?? 0) % 90 !== 0,
        }
      }),
    optimizer: settings.optimizer,
    iterations: scale.iterations,
  })
  return { scale, spec, memory }
}

/** Layers that count: one of weight 0 need not be evaluated. */
const weighing = (
  layers: readonly string[],
  weight: number,
  layerWeights: readonly number[],
): readonly string[] => layers.filter((_, index) => weight * dealt(layerWeights, index) > 0)

/**
 * The layers of blocks up to `depth`. Where none of them is that shallow, the first layer of the
 * block at that depth stands in.
 */
export function layersWithin(layers: readonly string[], depth: number): readonly string[] {
  const within = layers.filter((layer) => Number(/\d/.exec(layer)![0]) <= depth)
  return within.length > 0 || layers.length === 0 ? within : [`relu${depth}_1`]
}

function precisionFor(asked: StylizeOptions['precision'], float16: Limits['float16']): Precision {
  if (asked === 'auto') return float16 === 'fast' ? 'float16' : 'float32'
  if (asked === 'float16' && float16 === 'none') {
    throw new OptionError(
      '--precision: expected auto or float32, as this device computes no float16, got "float16"',
    )
  }
  return asked
}

/** Fewer pairs than these do not describe a curvature. */
const FEWEST_PAIRS = 2

/** What L-BFGS may remember: as much as was asked for, half of it, and so on. */
function pairChoices({ optimizer, lbfgsMemory }: StylizeOptions): number[] {
  const choices = [lbfgsMemory]
  if (optimizer === 'adam') return choices
  for (let pairs = lbfgsMemory >> 1; pairs > FEWEST_PAIRS; pairs >>= 1) choices.push(pairs)
  return lbfgsMemory > FEWEST_PAIRS ? [...choices, FEWEST_PAIRS] : choices
}

/**
 * How much more work the same progress takes with few pairs. It is a guess that 5 pairs cost a
 * tenth more than 10, and 2 two fifths. It decides between fewer pairs and the overhead of small
 * tiles.
 */
const dearness = (pairs: number): number => 1 + 1 / pairs

/**
 * The fastest way first. Direct convolutions take longer, but less memory: their weights are a quarter
 * of those for tiles.
 */
const methods = ({ convolutions }: StylizeOptions): Convolutions[] =>
  convolutions === 'auto' ? ['auto', 'direct'] : [convolutions]

/** @param drafts the same scale by each method. */
function planScale(drafts: readonly Draft[], { settings }: PlanInput, limits: Limits): ScalePlan {
  const fits = ({ memory }: Draft, pairs: number, { tile, bands }: Division): boolean => {
    const { bytes, heapBytes, tensorBytes } = memory.need(pairs, tile, bands)
    return (
      bytes <= limits.memoryBytes &&
      heapBytes <= limits.heapBytes &&
      tensorBytes <= limits.maxTensorBytes
    )
  }
  const planned = (draft: Draft, pairs: number): ScalePlan[] => {
    const whole = bandChoices(draft.spec, limits).find((bands) => fits(draft, pairs, { bands }))
    if (whole) return [complete(draft, pairs, { bands: whole })]
    // The opposite edge is in another tile.
    const canTile = settings.padding !== 'wrap'
    const tile =
      canTile && cheapestTile(draft.spec, (window) => fits(draft, pairs, { tile: window }))
    return tile ? [complete(draft, pairs, { tile })] : []
  }
  const choices: ScalePlan[] = []
  for (const draft of drafts) {
    for (const pairs of pairChoices(settings)) choices.push(...planned(draft, pairs))
    // Nothing is faster than a plan that needs no tiles and forgets no pairs.
    if (choices[0]?.tile === undefined && choices[0]?.lbfgsMemory === settings.lbfgsMemory) break
  }
  const dearnessOfDirect = TILINGS[limits.device]?.dearnessOfDirect ?? 1
  const cost = ({ work, lbfgsMemory, convolutions }: ScalePlan): number =>
    work * dearness(lbfgsMemory) * (convolutions === settings.convolutions ? 1 : dearnessOfDirect)
  const [first, ...rest] = choices
  const { spec, memory } = drafts.at(-1)!
  if (!first) throw tooLarge(spec, memory.need, pairChoices(settings).at(-1)!, limits)
  return rest.reduce((best, choice) => (cost(choice) < cost(best) ? choice : best), first)
}

/** How an evaluation divides the picture: in tiles one after the other, or in bands at the same time. */
interface Division {
  readonly tile?: Size
  readonly bands?: number
}

/** As many bands as there are lanes; fewer where memory has no room for so many copies of the weights. */
function bandChoices(spec: ObjectiveSpec, { lanes = 1 }: Limits): number[] {
  const choices: number[] = []
  // Half precision needs one scale for the gradients of the whole picture.
  const most = spec.precision === 'float32' ? lanes : 1
  for (let bands = most; bands > 1; bands--) choices.push(bands)
  return [...choices, 1]
}

function complete(
  { scale, spec, memory }: Draft,
  lbfgsMemory: number,
  { tile, bands = 1 }: Division,
): ScalePlan {
  const bandRows = tile ? bandRowsFor(spec, tile) : bandRowsOf(spec, bands)
  return {
    ...scale,
    ...(tile && { tile }),
    tiles: tile ? tilePasses(spec, tile).gradient.tiles : 1,
    bands: tile ? 1 : Math.ceil(spec.height / bandRows),
    bandRows,
    lbfgsMemory,
    predictedBytes: Math.ceil(memory.need(lbfgsMemory, tile, bands).bytes),
    work: workOf(spec, tile),
  }
}

function workOf(spec: ObjectiveSpec, tile?: Size): number {
  const { statistics, gradient } = sharesOf(spec)
  const megapixels = (spec.width * spec.height) / 1e6
  if (!tile) return megapixels * gradient
  const passes = tilePasses(spec, tile)
  return (
    megapixels * (statistics * passes.statistics.overhead + gradient * passes.gradient.overhead)
  )
}
