/**
 * The memory that one scale of a run needs at its worst moment, from shapes alone. The constants
 * were fitted to the peak resident memory of real runs; `npm run bench -- memory` compares.
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

/** What a provider takes beside tensors. */
interface Provider {
  readonly layout: Layout
  /** Before anything is painted: the process, the library, the file of the weights. */
  readonly baseBytes: number
  /** How many copies of its weights a prepared graph holds. */
  readonly weightCopies: number
  /**
   * Whether pictures and weights in JavaScript's memory count. They do not where the GPU's memory
   * is the limit.
   */
  readonly countsHost: boolean
  /** Whether a graph keeps what it once took while it does not run. */
  readonly keepsFreed: boolean
  /** The same in the graphs' own memory, such as WebAssembly's; absent: they have none of their own. */
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
/**
 * Bytes of a pixel in one region's mask. The masks on the layers' grids take 1 + 1/4 + 1/16 … times
 * as much.
 */
const MASK_BYTES = 4
const MASK_LEVELS = 4 / 3
/**
 * How often pictures are held. The content: as given and, where it is resized, transparent or gray,
 * once more. Of a scale's size: the start or the best picture, and what makes or fetches one.
 */
const CONTENT_COPIES = 2
const SCALE_COPIES = 3
/** A window of the picture and one of its gradient. */
const WINDOW_COPIES = 2

/** How many bands vector arithmetic needs beside the vectors: partial sums, and vectors side by side. */
const OPERATION_BANDS = 6

/** How many bands vector arithmetic copies into WebAssembly's memory: a group of vectors and a sum. */
const HEAP_BANDS = 9

/**
 * Features of a picture in bands: those kept for the way back, and what the graphs of the segments, each
 * by itself, take of WebAssembly's memory and do not give back.
 */
const BANDED_COPIES = 2

/** A band of a tiled picture has about this many bytes. */
const BAND_BYTES = 8e6

/** How many rows of a picture one band of a vector holds: all of them where it is evaluated at once. */
export const bandRowsFor = ({ width, height }: Size, tile?: Size): number =>
  tile ? Math.min(height, Math.max(1, Math.floor(BAND_BYTES / (PICTURE_BYTES * width)))) : height

interface Workload {
  readonly spec: ObjectiveSpec
  readonly device: Device
  /** Pixels of the content as it was given. */
  readonly contentPixels: number
  /** Whether an opaque or gray picture of the content's size is made of it. */
  readonly isContentCopied?: boolean
  /** Bytes that the caller holds beside it, such as its file. */
  readonly heldBytes?: number
  /** Sizes of the styles: as they were given, and as they are looked at. */
  readonly styles: readonly {
    readonly given: Size
    readonly used: Size
    /** Whether its alpha decides how much each pixel counts. */
    readonly isMasked: boolean
  }[]
  readonly optimizer: 'lbfgs' | 'adam'
  readonly iterations: number
}

interface Need {
  readonly bytes: number
  /** How much of `bytes` lies in WebAssembly's own memory, with copies of what a graph reads there. */
  readonly heapBytes: number
  /** Bytes of the largest single tensor. */
  readonly tensorBytes: number
}

export interface MemoryModel {
  /**
   * @param tile a valid window; absent: the picture is evaluated at once.
   * @param bands into how many bands the picture is divided then; each has weights of its own.
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
  /** For one lane. A worker also keeps what it was sent. */
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
  // A graph's tensors grow with its window, so measuring the smallest one tells of all.
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
 * How many pictures the optimiser and the painter hold at once, at most. L-BFGS: its pairs; the
 * iterate and the kept one, the gradient of each, and the best. Adam: the iterate and its moments,
 * each with its next; the gradient, and the best.
 */
export function vectorCount({
  optimizer,
  iterations,
  lbfgsMemory,
}: Pick<Workload, 'optimizer' | 'iterations'> & { readonly lbfgsMemory: number }): number {
  if (optimizer === 'adam') return 8
  return 2 * Math.min(lbfgsMemory, Math.max(0, iterations - 1)) + 5
}

/** The content, its opaque copy, and that with other colours, before and after clamping. */
const IDLE_COPIES = 4

/** What moving colours alone takes: pictures, and no graph. */
export const idleBytes = (device: Device, contentPixels: number): number =>
  PROVIDERS[device].baseBytes +
  (PROVIDERS[device].countsHost ? IDLE_COPIES * PICTURE_BYTES * contentPixels : 0)

/** The pictures of a run, and each region's mask: as given, at the scale's size and on the layers' grids. */
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
 * Where the content is not copied, what is held beside it fits into the room that the copy would
 * take. So most runs have the same tiles as before that was counted.
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
 * What regions take beyond `liveness`: in ONNX Runtime's order each keeps the largest features that
 * its mask weights. Measured at 512 px on the CPU: 43 MB a region of two, 64 MB a region of four.
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
