/**
 * How convolutions are computed: as they are, or in tiles with a quarter of the products, F(4×4,3×3)
 * of Lavin & Gray (2015), out of ordinary operators. Transforms of the input are Conv, those of the
 * output MatMul, and between the two stands one batched product with the transformed weights; what
 * is transposed are whole rows of tiles, except once in the end.
 */

import * as b from './build.ts'
import { Constant } from './constant.ts'
import { transposeValues } from './fold.ts'
import {
  constantOf,
  type Graph,
  isOp,
  makeGraph,
  type Node,
  type Pads,
  topologicalOrder,
} from './node.ts'
import { deriveByGraph } from './pending.ts'
import type { ImageShape, Shape } from './tensor-type.ts'
import { type Matrix, TAPS, type Transforms, toomCook, turned } from './toom-cook.ts'

/** How a device computes convolutions in tiles. */
export interface Tiling {
  /** Whether that is faster than the convolution as it is. */
  pays(extents: ConvExtents): boolean
  /** Whether the input's rows and columns are transformed one after the other. */
  readonly isSeparable: boolean
  /** How many times as long an evaluation of VGG takes where no convolution goes in tiles. */
  readonly dearnessOfDirect: number
}

interface ConvExtents {
  readonly channels: number
  readonly outputs: number
  /** Of the result. */
  readonly height: number
  readonly width: number
}

/**
 * The time in tiles over that of the convolution as it is: `base` for very many channels; the
 * transforms, which are a channel's; the weights, four times as large, which are read once for all
 * tiles. Tiles that stand over the edge are computed for nothing.
 */
const timeInTiles =
  (base: number, transforms: number, weights: number): Tiling['pays'] =>
  ({ channels, outputs, height, width }) => {
    const tiles = Math.ceil(height / OUT) * Math.ceil(width / OUT)
    const waste = (tiles * OUT ** 2) / (height * width)
    const time = base + transforms * (1 / channels + 1 / outputs) + weights / tiles
    return waste * time < PAYS_BELOW
  }

/** Outputs of a tile along an axis, and the inputs that they see. */
const OUT = 4
const IN = OUT + TAPS - 1

/** Small ones, so that tiles keep the digits: 2e-6 of the largest output, in float32. */
const POINTS = [0, 1, -1, 2, -0.5]
const FORWARD = toomCook(POINTS)
const BACKWARD = turned(POINTS)

/** Tiles pay where their time is below this share of the convolution's as it is. */
const PAYS_BELOW = 0.9

/** Measured on the processor, see bench/README.md. */
export const TILINGS = {
  cpu: { pays: timeInTiles(0.36, 16, 6), isSeparable: false, dearnessOfDirect: 1.5 },
  wasm: { pays: timeInTiles(0.28, 7, 2), isSeparable: true, dearnessOfDirect: 2.4 },
  // Not measured on a GPU, so that all are direct there.
  webgpu: undefined,
} as const satisfies Record<string, Tiling | undefined>

/**
 * A convolution goes in bands of rows, at most so many and of no fewer tiles, for which the weights are
 * read: in one piece the transforms would double a picture's memory. Where there are several, there is
 * one more on the way back: ONNX Runtime keeps what it can write a later tensor of the same extents
 * into, and would keep the transforms of the way there from then on.
 */
const MAX_BANDS = 8
const BAND_TILES = 512

/**
 * The graph with its convolutions in tiles where that pays, or by taps where outputs are few. Gradients
 * have been taken.
 */
export function lowerConvolutions(graph: Graph, tiling: Tiling): Graph {
  const lowered = new Map<Node, Node>()
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const inputs = node.inputs.map((input) => lowered.get(input)!)
    const rebuilt = b.withInputs(node, inputs)
    lowered.set(node, isOp(rebuilt, 'conv') && canLower(rebuilt) ? lower(rebuilt, tiling) : rebuilt)
  }
  return makeGraph(
    Object.fromEntries(
      Object.entries(graph.outputs).map(([name, node]) => [name, lowered.get(node)!]),
    ),
  )
}

function canLower({ inputs: [x, weight], dtype, attributes }: Node<'conv'>): boolean {
  const isKnown = constantOf(weight!) !== undefined && dtype === 'float32' && x!.shape[0] === 1
  return isKnown && !attributes.isDirect && weight!.shape.slice(2).every((k) => k === TAPS)
}

function extentsOf({ inputs: [, weight], shape }: Node<'conv'>): ConvExtents {
  const [outputs, channels] = weight!.shape as ImageShape
  const [, , height, width] = shape as ImageShape
  return { channels, outputs, height, width }
}

function lower(node: Node<'conv'>, tiling: Tiling): Node {
  const extents = extentsOf(node)
  if (tiling.pays(extents)) return inTiles(node, tiling)
  return extents.channels >= CHANNELS_PER_OUTPUT * extents.outputs ? byTaps(node) : node
}

/** From so many on there are fewer products of one pixel each than there would be values to gather. */
const CHANNELS_PER_OUTPUT = 16

/**
 * Few outputs of many channels, as the image is of conv1_1's: one product for the nine taps of each, and
 * their sum, shifted.
 */
function byTaps(node: Node<'conv'>): Node {
  const [x, weight, bias] = node.inputs as [Node, Node, Node | undefined]
  const [, outputs, height, width] = node.shape as ImageShape
  const [, channels, inputHeight, inputWidth] = x.shape as ImageShape
  const [above, left, below, right] = node.attributes.pads
  const taps = TAPS ** 2
  const rows = b.constant(tapsOf(constantOf(weight)!))
  const products = b.matmul(rows, b.reshape(x, [channels, inputHeight * inputWidth]))
  const padded = b.pad(
    b.reshape(products, [taps, outputs, inputHeight, inputWidth]),
    [0, 0, above, left],
    [0, 0, below, right],
    'constant',
  )
  const shifted = Array.from({ length: taps }, (_, tap) => {
    const [down, across] = [Math.floor(tap / TAPS), tap % TAPS]
    const ends = [tap + 1, outputs, down + height, across + width]
    return b.slice(padded, [tap, 0, down, across], ends)
  })
  const sum = shifted.reduce((total, part) => b.add(total, part))
  return bias ? b.add(sum, b.reshape(bias, [1, outputs, 1, 1])) : sum
}

/** Weights [O,C,3,3] → [9·O,C] */
const tapsOf = (weight: Constant): Constant => {
  const [outputs, channels] = weight.shape as ImageShape
  return weight.derive('by taps', [TAPS ** 2 * outputs, channels], (values) =>
    transposeValues(values, weight.shape, [2, 3, 0, 1]),
  )
}

function inTiles(node: Node<'conv'>, { isSeparable }: Tiling): Node {
  const [x, weight, bias] = node.inputs as [Node, Node, Node | undefined]
  const [, outputs, height, width] = node.shape as ImageShape
  const [, channels, inputHeight, inputWidth] = x.shape as ImageShape
  const [above, left] = node.attributes.pads
  const [source, isTurned] = unturned(constantOf(weight)!)

  const matrices = b.constant(transformed(source))
  // Both directions share the weights, which are read either way.
  const product = isTurned ? b.transposedMatmul : b.matmul
  const transforms = transformsOf(isTurned, isSeparable)

  const rows = Math.ceil(height / OUT)
  const columns = Math.ceil(width / OUT)
  const right = OUT * columns + TAPS - 1 - inputWidth - left
  const wayThere = Math.min(MAX_BANDS, Math.floor((rows * columns) / BAND_TILES))
  const bandCount = Math.max(1, isTurned && wayThere > 1 ? wayThere + 1 : wayThere)
  const bandRows = Math.ceil(rows / bandCount)
  const bands: Node[] = []
  for (let top = 0; top < rows; top += bandRows) {
    const count = Math.min(bandRows, rows - top)
    // Rows of the input that the band sees, some of them beyond it.
    const first = OUT * top - above
    const last = first + OUT * count + TAPS - 1
    const [from, to] = [Math.max(0, first), Math.min(inputHeight, last)]
    const seen = b.slice(x, [0, 0, from, 0], [1, channels, to, inputWidth])
    const planes = b.reshape(seen, [channels, 1, to - from, inputWidth])
    const tiles = transforms.input(planes, [from - first, left, last - to, right])
    const byPosition = b.transpose(
      b.reshape(tiles, [channels, IN ** 2, count * columns]),
      [1, 0, 2],
    )
    const band = transforms.output(product(matrices, byPosition), [outputs, count, columns])
    bands.push(
      b.slice(band, [0, 0, 0, 0], [1, outputs, Math.min(OUT * count, height - OUT * top), width]),
    )
  }
  const result = b.concat(bands, 2)
  return bias ? b.add(result, b.reshape(bias, [1, outputs, 1, 1])) : result
}

interface TransformNodes {
  /** [C,1,h,w] → [C,36,rows,columns], the 36 values of a tile row by row; or [C·6,6,rows,columns]. */
  input(planes: Node, pads: Pads): Node
  /** [36,O,rows·columns] → [1,O,4·rows,4·columns] */
  output(products: Node, extents: readonly [number, number, number]): Node
}

/** Made once: tables are long. */
const known = new Map<string, TransformNodes>()

function transformsOf(isTurned: boolean, isSeparable: boolean): TransformNodes {
  const key = `${isTurned} ${isSeparable}`
  const made =
    known.get(key) ??
    (isTurned
      ? makeTransforms('turned', BACKWARD, isSeparable)
      : makeTransforms('tile', FORWARD, isSeparable))
  known.set(key, made)
  return made
}

function makeTransforms(
  name: string,
  { input, output }: Transforms,
  isSeparable: boolean,
): TransformNodes {
  const matrix = table(`${name} output`, [OUT, IN], output)
  const kernels = isSeparable
    ? {
        down: table(`${name} input down`, [IN, 1, IN, 1], input),
        across: table(`${name} input across`, [IN, 1, 1, IN], input),
      }
    : { square: table(`${name} input`, [IN ** 2, 1, IN, IN], both(input)) }
  return {
    input(planes, [top, left, bottom, right]) {
      if (kernels.square) {
        const pads = [top, left, bottom, right] as const
        return b.tiledConv(planes, kernels.square, { strides: [OUT, OUT], pads })
      }
      const [channels, , , width] = planes.shape as ImageShape
      const down = b.tiledConv(planes, kernels.down, {
        strides: [OUT, 1],
        pads: [top, 0, bottom, 0],
      })
      const split = b.reshape(down, [channels * IN, 1, down.shape[2]!, width])
      return b.tiledConv(split, kernels.across, { strides: [1, OUT], pads: [0, left, 0, right] })
    },
    output(products, [outputs, rows, columns]) {
      const values = outputs * rows * columns
      const down = b.matmul(matrix, b.reshape(products, [IN, IN * values]))
      const pixels = b.reshape(b.matmul(matrix, b.reshape(down, [OUT, IN, values])), [
        ...[OUT, OUT, outputs, rows, columns],
      ])
      const byRow = b.reshape(b.transpose(pixels, [2, 3, 0, 1, 4]), [
        ...[outputs * rows * OUT, OUT, columns],
      ])
      return b.reshape(b.transpose(byRow, [0, 2, 1]), [1, outputs, OUT * rows, OUT * columns])
    },
  }
}

const TILE_STEP = 'in tiles'

export const isTileWeight = ({ origin }: Constant): boolean => origin?.step === TILE_STEP

/** Weights [O,C,3,3] → [36,O,C]; both directions share them. */
const transformed = (weight: Constant): Constant => {
  const [outputs, channels] = weight.shape as ImageShape
  const pairs = outputs * channels
  return deriveByGraph(weight, TILE_STEP, [IN ** 2, outputs, channels], (source) => {
    const taps = b.transpose(b.reshape(source, [pairs, TAPS ** 2]), [1, 0])
    const values = b.matmul(table('tile kernel', [IN ** 2, TAPS ** 2], both(FORWARD.kernel)), taps)
    return b.reshape(values, [IN ** 2, outputs, channels])
  })
}

/** What a gradient's weights [C,O,3,3] were turned from, if they were. */
function unturned(weight: Constant): readonly [Constant, boolean] {
  const swapped = weight.origin?.step === 'reverse 2,3' ? weight.origin.constant : undefined
  const source = swapped?.origin?.step === 'transpose 1,0,2,3' ? swapped.origin.constant : undefined
  return source ? [source, true] : [weight, false]
}

/** Along both axes: of every pair of rows, the products of every pair of values. */
const both = (rows: Matrix): Matrix =>
  rows.flatMap((y) => rows.map((x) => y.flatMap((v) => x.map((w) => v * w))))

const table = (name: string, shape: Shape, rows: Matrix): Node =>
  b.constant(new Constant(name, shape, Float32Array.from(rows.flat())))
