/**
 * The memory that one scale of a run needs at its worst moment, from shapes alone. Constants were
 * fitted to the peak resident memory of real runs; `npm run bench -- memory` compares.
 */

import { isTileWeight } from '../graph/convolutions.ts'
import { constantOf, type Graph, topologicalOrder } from '../graph/node.ts'
import { bytesOf, elementCount } from '../graph/tensor-type.ts'
import { type ObjectiveSpec, objectiveGraph } from '../objective/losses/objective.ts'
import { momentsGraph } from '../objective/losses/style-targets.ts'
import { tileGraphs } from '../objective/tiles/graphs.ts'
import { layerShape, tilePasses } from '../objective/tiles/passes.ts'
import type { Size } from '../picture/image.ts'
import { loweredFor } from '../runtime/lowered.ts'
import type { Device } from '../runtime/runtime.ts'
import { type Layout, type Liveness, liveness } from './liveness.ts'

/** What a provider takes beyond tensors. */
interface Provider {
  readonly layout: Layout
  /** Before anything is painted: the process, the library, the file of the weights. */
  readonly baseBytes: number
  /** Copies of its weights that a prepared graph holds. */
  readonly weightCopies: number
  /** Whether the pictures and the weights in JavaScript's memory count: not beside a GPU's. */
  readonly countsHost: boolean
  /** Whether a graph that does not run keeps what it once took. */
  readonly keepsFreed: boolean
  /** Before anything is painted, in a memory of its own where graphs run; absent: there is none. */
  readonly baseHeapBytes?: number
}

const PROVIDERS: Readonly<Record<Device, Provider>> = {
  // The unchanged weights, and those in blocks of channels.
  cpu: { layout: 'blocked', baseBytes: 175e6, weightCopies: 2, countsHost: true, keepsFreed: true },
  wasm: {
    layout: 'plain',
    baseBytes: 250e6,
    weightCopies: 2,
    countsHost: true,
    keepsFreed: true,
    baseHeapBytes: 60e6,
  },
  webgpu: {
    layout: 'plain',
    baseBytes: 100e6,
    weightCopies: 1,
    countsHost: false,
    keepsFreed: false,
  },
}

const PICTURE_BYTES = 12
/** A pixel's in one region, and those of the layers' grids: 1 + 1/4 + 1/16 … of a picture's. */
const MASK_BYTES = 4
const MASK_LEVELS = 4 / 3
/**
 * The content as given; where it is resized, transparent or gray, once more. Of the scale: the
 * start or the best picture, and what makes or fetches one.
 */
const CONTENT_COPIES = 2
const SCALE_COPIES = 3
/** A window of the picture and one of its gradient. */
const WINDOW_COPIES = 2

/** Bands that vector arithmetic needs beside the vectors: partial sums, and vectors side by side. */
const OPERATION_BANDS = 6

/** Bands that vector arithmetic copies into WebAssembly's memory: a group of vectors and a sum. */
const HEAP_BANDS = 9

/**
 * Features of a picture in bands: those kept for the way back, and what the graphs of the segments, each
 * by itself, take of WebAssembly's memory and do not give back.
 */
const BANDED_COPIES = 2

/** A band of a tiled picture has about this many bytes. */
const BAND_BYTES = 8e6

/** Rows of a picture that one band of a vector holds; all of them where it is evaluated at once. */
export const bandRowsFor = ({ width, height }: Size, tile?: Size): number =>
  tile ? Math.min(height, Math.max(1, Math.floor(BAND_BYTES / (PICTURE_BYTES * width)))) : height

interface Workload {
  readonly spec: ObjectiveSpec
  readonly device: Device
  /** Pixels of the content as it was given. */
  readonly contentPixels: number
  /** Whether a picture of its size is made of it: opaque, or gray. */
  readonly isContentCopied?: boolean
  /** Bytes that the caller holds beside it, such as its file. */
  readonly heldBytes?: number
  /** Sizes of the styles: as they were given, and as they are looked at. */
  readonly styles: readonly {
    readonly given: Size
    readonly used: Size
    /** Whether its alpha weighs what it shows. */
    readonly isMasked: boolean
  }[]
  readonly optimizer: 'lbfgs' | 'adam'
  readonly iterations: number
}

interface Need {
  readonly bytes: number
  /** The part of `bytes` in WebAssembly's own memory, with copies of what a graph reads there. */
  readonly heapBytes: number
  /** Bytes of the largest single tensor. */
  readonly tensorBytes: number
}

export interface MemoryModel {
  /**
   * @param tile a valid window; absent: the picture at once.
   * @param bands into which it is divided then, each with weights of its own.
   */
  need(lbfgsMemory: number, tile?: Size, bands?: number): Need
}

export function memoryModel(load: Workload): MemoryModel {
  const { spec, device } = load
  const provider = PROVIDERS[device]
  const styles = spec.styleLayers.length > 0 ? load.styles : []
  const held = provider.baseBytes + targetBytes(spec)
  const hostBytes = provider.countsHost ? picturesBytes(load) : 0
  const maskBytes = styles.length > 0 ? MASK_LEVELS * MASK_BYTES * spec.regions * area(spec) : 0
  const ofGraph = (graph: Graph): GraphNeed => {
    const asComputed = loweredFor(graph, device)
    return { ...liveness(asComputed, provider.layout), ...constantBytes(asComputed) }
  }
  /** Copies that ONNX Runtime makes; the graphs share what JavaScript holds. */
  const weightsOf = ({ weightBytes, tileWeightBytes }: GraphNeed): number =>
    provider.weightCopies * weightBytes + tileWeightBytes
  /** Of one lane; a worker also keeps what it was sent. */
  const keptWeights = (need: GraphNeed, bands: number): number =>
    weightsOf(need) + (bands === 1 ? 0 : need.weightBytes + need.tileWeightBytes)
  const hostWeights = (graphs: readonly GraphNeed[]): number =>
    provider.countsHost
      ? Math.max(
          0,
          ...graphs.map(({ weightBytes, tileWeightBytes }) => weightBytes + tileWeightBytes),
        )
      : 0

  /** What one evaluation needs, forward and backward. */
  const ofObjective = (graph: Graph, size: Size): GraphNeed => {
    const need = ofGraph(graph)
    return { ...need, peakBytes: need.peakBytes + weighedBytes(spec, size) }
  }
  const whole = lazy(() => ({
    objective: ofObjective(objectiveGraph(spec), spec),
    targets: styles.map(({ used, isMasked }) =>
      ofGraph(momentsGraph({ ...spec, ...used, regions: isMasked ? 1 : 0 })),
    ),
  }))
  // A graph's tensors grow with its window, so one window tells of all.
  const tiled = lazy(() => {
    const { window } = tilePasses(spec, { width: 0, height: 0 })
    const { statistics, gradient } = tileGraphs(spec, window)
    const graphs = [...(statistics ? [ofGraph(statistics)] : []), ofObjective(gradient, window)]
    const peaks = graphs.map(({ peakBytes }) => peakBytes)
    return {
      weightBytes: sum(graphs.map(weightsOf)) + hostWeights(graphs),
      peakBytes: provider.keepsFreed ? sum(peaks) : Math.max(...peaks),
      largestBytes: Math.max(...graphs.map(({ largestBytes }) => largestBytes)),
      pixels: area(window),
    }
  })

  const heap = (graphBytes: number, bandBytes: number): number =>
    provider.baseHeapBytes === undefined
      ? 0
      : provider.baseHeapBytes + graphBytes + HEAP_BANDS * bandBytes

  return {
    need(lbfgsMemory, tile, bands = 1) {
      const bandBytes = PICTURE_BYTES * spec.width * bandRowsFor(spec, tile)
      const vectors =
        vectorCount({ ...load, lbfgsMemory }) * PICTURE_BYTES * area(spec) +
        OPERATION_BANDS * bandBytes
      if (!tile) {
        const { objective, targets } = whole()
        const copies = bands === 1 ? 1 : BANDED_COPIES
        const painting =
          vectors + copies * objective.peakBytes + bands * keptWeights(objective, bands)
        const before = targets.map((graph) => graph.peakBytes + weightsOf(graph))
        return {
          bytes:
            held + hostBytes + hostWeights([objective]) + Math.max(painting + maskBytes, ...before),
          heapBytes: heap(
            Math.max(
              (copies * objective.peakBytes) / bands +
                weightsOf(objective) +
                targetBytes(spec) +
                maskBytes,
              ...before,
            ),
            bandBytes,
          ),
          tensorBytes: Math.max(
            maskBytes,
            ...featureBytes(spec),
            ...[objective, ...targets].map(({ largestBytes }) => largestBytes),
          ),
        }
      }
      const { weightBytes, peakBytes, largestBytes, pixels } = tiled()
      // A style may be wider than a narrow picture, and its windows with it.
      const windows = styles.map(({ used }) => tilePasses({ ...spec, ...used }, tile).window)
      const window = Math.max(...[tile, ...windows].map(area))
      const inputBytes = WINDOW_COPIES * PICTURE_BYTES + MASK_LEVELS * MASK_BYTES * spec.regions
      const tileBytes = (peakBytes / pixels + inputBytes) * window
      return {
        bytes: held + hostBytes + weightBytes + vectors + tileBytes,
        heapBytes: heap(weightBytes + tileBytes, bandBytes),
        tensorBytes: Math.max((largestBytes / pixels) * window, ...featureBytes(spec)),
      }
    },
  }
}

interface GraphNeed extends Liveness {
  readonly weightBytes: number
  /** Bytes of the weights for tiles, of which no copies are made. */
  readonly tileWeightBytes: number
}

/**
 * Pictures that the optimiser and the painter hold at once, at most. L-BFGS: its pairs; the iterate,
 * the kept one, the gradient of each, and the best.
 * Adam: the iterate and its moments, each with its next; the gradient, and the best.
 */
export function vectorCount({
  optimizer,
  iterations,
  lbfgsMemory,
}: Pick<Workload, 'optimizer' | 'iterations'> & { readonly lbfgsMemory: number }): number {
  if (optimizer === 'adam') return 8
  return 2 * Math.min(lbfgsMemory, Math.max(0, iterations - 1)) + 5
}

/** The content, what of it is opaque, and the same with other colours, before and after clamping. */
const IDLE_COPIES = 4

/** What colours alone take: pictures, and no graph. */
export const idleBytes = (device: Device, contentPixels: number): number =>
  PROVIDERS[device].baseBytes +
  (PROVIDERS[device].countsHost ? IDLE_COPIES * PICTURE_BYTES * contentPixels : 0)

/** Pictures, and each region's mask as given, at the scale's size and on the layers' grids. */
const picturesBytes = (load: Workload): number => {
  const { spec, contentPixels, styles } = load
  return (
    contentBytes(load) +
    PICTURE_BYTES *
      (SCALE_COPIES * area(spec) +
        sum(styles.flatMap(({ given, used }) => [area(given), area(used)]))) +
    MASK_BYTES * spec.regions * (contentPixels + (1 + MASK_LEVELS) * area(spec))
  )
}

/**
 * Where the content is not copied, what is held beside it has room in the copy: so the tiles of most
 * runs are those that they were before it was counted.
 */
function contentBytes({ contentPixels, isContentCopied, heldBytes = 0 }: Workload): number {
  const picture = PICTURE_BYTES * contentPixels
  const copied = isContentCopied ? CONTENT_COPIES : 1
  return Math.max(CONTENT_COPIES * picture, copied * picture + heldBytes)
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const area = ({ width, height }: Size): number => width * height

/** Features of the content that losses are measured against, a tensor a layer. */
const featureBytes = (spec: ObjectiveSpec): readonly number[] =>
  spec.contentLayers.map(
    (layer) => elementCount(layerShape(spec, layer, spec)) * bytesOf(spec.precision),
  )

/**
 * What regions take beyond `liveness`: ONNX Runtime's order keeps, for each, the largest features
 * that its mask weighs. Measured at 512 px on the CPU: 43 MB a region of two and 64 of four.
 */
function weighedBytes(spec: ObjectiveSpec, size: Size): number {
  const features = spec.styleLayers.map((layer) => elementCount(layerShape(spec, layer, size)))
  return spec.regions * bytesOf('float32') * Math.max(0, ...features)
}

const targetBytes = (spec: ObjectiveSpec): number => sum(featureBytes(spec))

function constantBytes(graph: Graph): Pick<GraphNeed, 'weightBytes' | 'tileWeightBytes'> {
  let weightBytes = 0
  let tileWeightBytes = 0
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const constant = constantOf(node)
    if (!constant) continue
    const bytes = elementCount(constant.shape) * bytesOf(constant.dtype)
    if (isTileWeight(constant)) tileWeightBytes += bytes
    else weightBytes += bytes
  }
  return { weightBytes, tileWeightBytes }
}

function lazy<T>(make: () => T): () => T {
  let known: { readonly value: T } | undefined
  return () => {
    known ??= { value: make() }
    return known.value
  }
}
