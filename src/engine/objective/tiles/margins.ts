/**
 * How far from an inner edge of a window features and gradients are wrong, because the window ends
 * where the picture goes on. Derived from the network's layers; nothing here is tuned.
 */
import { convLayers, layerOfRelu, type TopologyName } from '../../vgg/topology.ts'

/** What windows of tiles must keep to. */
export interface Margin {
  /** Windows and cores start at multiples of this, so that poolings meet the same pixels, px. */
  readonly alignment: number
  /** Pixels between an inner edge of a window and what is exact; a multiple of `alignment`. */
  readonly margin: number
}

/** Neighbouring pixels that total variation looks at, px. */
const VARIATION_REACH = 1

interface Reach {
  readonly relu: string
  readonly pooledBefore: boolean
  /** Pixels a cell is wide and high. */
  readonly stride: number
  /** Cells from the edge that are wrong: a convolution adds one, a pooling halves, rounding up. */
  readonly wrong: number
}

/** From the image to the deepest of `layers`. @throws OptionError for one the topology lacks. */
function reaches(topology: TopologyName, layers: readonly string[]): Reach[] {
  const wanted = new Set(layers.map((name) => layerOfRelu(topology, name).relu as string))
  const walked: Reach[] = []
  let stride = 1
  let wrong = 0
  for (const { relu, pooledBefore } of convLayers(topology)) {
    if (pooledBefore) {
      stride *= 2
      wrong = Math.ceil(wrong / 2)
    }
    wrong += 1
    walked.push({ relu, pooledBefore, stride, wrong })
  }
  return walked.slice(0, walked.findLastIndex(({ relu }) => wanted.has(relu)) + 1)
}

/** Pixels that one cell of a layer covers. */
export const strideOf = (topology: TopologyName, layer: string): number =>
  reaches(topology, [layer]).at(-1)!.stride

export const roundUp = (value: number, multiple: number): number =>
  Math.ceil(value / multiple) * multiple

/** The margin for features of every one of `layers`, and for differences of neighbouring pixels. */
export function featureMargin(topology: TopologyName, layers: readonly string[]): Margin {
  const walked = reaches(topology, layers)
  const alignment = walked.at(-1)?.stride ?? 1
  const pixels = walked
    .filter(({ relu }) => layers.includes(relu))
    .map(({ wrong, stride }) => wrong * stride)
  return { alignment, margin: roundUp(Math.max(VARIATION_REACH, ...pixels), alignment) }
}

/**
 * The margin for the gradient of losses on `layers` with respect to the image. On the way back from
 * the deepest layer a convolution adds a wrong cell and a pooling doubles them; every layer with a
 * loss adds what is wrong in its features.
 */
export function gradientMargin(topology: TopologyName, layers: readonly string[]): Margin {
  const walked = reaches(topology, layers)
  const alignment = walked.at(-1)?.stride ?? 1
  const wrong = walked.toReversed().reduce((behind, layer) => {
    const here = layers.includes(layer.relu) ? Math.max(behind, layer.wrong) : behind
    return layer.pooledBefore ? 2 * (here + 1) : here + 1
  }, 0)
  return { alignment, margin: roundUp(Math.max(VARIATION_REACH, wrong), alignment) }
}
