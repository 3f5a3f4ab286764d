/** A picture in bands of rows, and the network in segments between which bands exchange rows. */

import type { Edges, Network } from '../../vgg/features.ts'
import { type ConvLayer, convLayers } from '../../vgg/topology.ts'
import type { ObjectiveSpec } from '../losses/objective.ts'
import { strideOf } from '../tiles/margins.ts'

export interface Band {
  /** Its first row, and how many it has, px. */
  readonly top: number
  readonly rows: number
  readonly edges: Edges
}

type LayoutSpec = Pick<
  ObjectiveSpec,
  'width' | 'height' | 'network' | 'contentLayers' | 'styleLayers'
>

/**
 * Rows of a band for at most `count` bands of about one size: a multiple of what a cell of the deepest
 * layer covers, such that the last band has as much at least. The height where there is one band.
 */
export function bandRowsOf(spec: LayoutSpec, count: number): number {
  const { height } = spec
  const least = alignmentOf(spec)
  if (count === 1 || height < 2 * least) return height
  for (
    let rows = least * Math.ceil(Math.floor(height / least) / count);
    rows < height;
    rows += least
  ) {
    const last = height % rows
    if (last === 0 || last >= least) return rows
  }
  return height
}

export function bandsOf({ height, network }: LayoutSpec, bandRows: number): Band[] {
  const isRing = network.padding === 'wrap'
  return Array.from({ length: Math.ceil(height / bandRows) }, (_, i) => {
    const top = i * bandRows
    const rows = Math.min(bandRows, height - top)
    return {
      top,
      rows,
      edges: { top: !isRing && top === 0, bottom: !isRing && top + rows === height },
    }
  })
}

/** Rows of a layer's grid that lie in a band; poolings drop an odd last row of the picture. */
export const rowsOf = ({ top, rows }: Band, stride: number): number =>
  Math.floor((top + rows) / stride) - top / stride

/** Convolutions on one grid, for each of which a band needs a row from beyond; at first none: the image. */
export interface Segment {
  readonly layers: readonly ConvLayer[]
  /** Pixels that a cell is wide and high. */
  readonly stride: number
  /** Whether a pooling follows. */
  readonly isPooled: boolean
}

/**
 * Blocks up to this one are a segment each, in deeper ones each convolution. To exchange rows costs
 * copies of all features, which are large in front; to do without costs a few more rows computed,
 * which are many of the few that deep layers have.
 */
const LAST_WHOLE_BLOCK = 2

const IMAGE: Segment = { layers: [], stride: 1, isPooled: false }

/** From the image to the deepest layer that is looked at. */
export function segmentsOf({ network, contentLayers, styleLayers }: LayoutSpec): Segment[] {
  const all = convLayers(network.model.topology)
  const wanted = [...contentLayers, ...styleLayers]
  const layers = all.slice(0, all.findLastIndex(({ relu }) => wanted.includes(relu)) + 1)
  const segments: Segment[] = [IMAGE]
  for (const [i, layer] of layers.entries()) {
    const isPooled = layers[i + 1]?.pooledBefore ?? false
    const last = segments.at(-1)
    const continues = i > 0 && !layer.pooledBefore && blockOf(layer) <= LAST_WHOLE_BLOCK
    if (continues) {
      segments[segments.length - 1] = { ...last!, layers: [...last!.layers, layer], isPooled }
    } else {
      const stride = strideOf(network.model.topology, layer.relu)
      segments.push({ layers: [layer], stride, isPooled })
    }
  }
  return segments
}

const blockOf = ({ relu }: ConvLayer): number => Number(/\d/.exec(relu)![0])

/** Stride of the deepest layer, px: a band then has a row of every layer, and the rows that segments exchange. */
const alignmentOf = (spec: LayoutSpec): number => segmentsOf(spec).at(-1)!.stride

/** Channels of a segment's input. */
export const channelsOf = ({ constants }: Network, { layers: [first] }: Segment): number =>
  first ? constants.get(first.name)!.weight.shape[1]! : 3
