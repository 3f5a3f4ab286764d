/**
 * The graphs of a band of rows in a segment of the network, forward and back. A segment is a function
 * of the band's own rows and of some from beyond; its gradient with respect to those is the
 * neighbours', who add it to theirs. So the sum over bands is the whole picture's gradient exactly.
 */

import * as b from '../../graph/build.ts'
import { gradient } from '../../graph/gradient.ts'
import { type Graph, makeGraph, type Node } from '../../graph/node.ts'
import { simplify } from '../../graph/simplify.ts'
import { splitGraph } from '../../graph/split.ts'
import type { ImageShape } from '../../graph/tensor-type.ts'
import { pooled, preprocess, vggLayer } from '../../vgg/features.ts'
import { contentDistance } from '../losses/content.ts'
import { momentSums } from '../losses/moments.ts'
import {
  contentTerm,
  type ObjectiveSpec,
  OVERSHOOT_TERM,
  overshootDistance,
  regionInputs,
  styleTerms,
  TV_TERM,
  weigh,
} from '../losses/objective.ts'
import { variationDistance } from '../losses/total-variation.ts'
import { namedSums, slopeName, sumName } from '../tiles/graphs.ts'
import { type Band, channelsOf, rowsOf, type Segment } from './layout.ts'

/** Names of graph inputs and outputs; `d.` stands before the gradient of each. */
export const X = 'x'
export const ABOVE = 'above'
export const BELOW = 'below'
export const NEXT = 'next'
export const TOP = 'top'
export const BOTTOM = 'bottom'
export const TERMS = 'terms'
export const COEFFICIENTS = 'coefficients'
export const d = (name: string): string => `d.${name}`

export interface SegmentGraphs {
  /**
   * inputs: `x` [1,C,h,w], of the image or of the segment before, and `above` and `below`, as many rows
   * as the segment has convolutions, where the picture goes on; per content layer
   * `content.<layer>`; with regions those of `regionInputs`; `coefficients`.
   * outputs: `next` for the segment behind, and of it `top` and `bottom` for the neighbours; per sum
   * `sum.<sum>`; `terms`; what `back` needs, by `saved`.
   */
  readonly forward: Graph
  /**
   * inputs: of those of `forward` what is needed; `d.next`, and what neighbours add to it, `d.top` and
   * `d.bottom`; per sum `slope.<sum>`.
   * outputs: `d.x`, `d.above`, `d.below`.
   */
  readonly back: Graph
  readonly saved: readonly string[]
  /** Names of the entries of `terms` and `coefficients`. */
  readonly terms: readonly string[]
}

/** @param next segment behind; absent behind the last. */
export function segmentGraphs(
  spec: ObjectiveSpec,
  segment: Segment,
  next: Segment | undefined,
  band: Band,
): SegmentGraphs {
  const { network, precision } = spec
  const { edges } = band
  const isFirst = segment.layers[0]?.name === 'conv1_1'
  const rows = rowsOf(band, segment.stride)
  const width = Math.floor(spec.width / segment.stride)
  const channels = channelsOf(network, segment)
  const part = (name: string, count: number): Node<'input'> =>
    b.input(name, [1, channels, count, width])
  const reach = segment.layers.length
  const inputs = [
    ...(edges.top || reach === 0 ? [] : [part(ABOVE, reach)]),
    part(X, rows),
    ...(edges.bottom || reach === 0 ? [] : [part(BELOW, reach)]),
  ]
  /** What of features that reach so far beyond is the band's. */
  const own = (features: Node, beyond: number, below = 0): Node => {
    const [, count, , columns] = features.shape as ImageShape
    const from = edges.top ? 0 : beyond
    return b.slice(features, [0, 0, from, 0], [1, count, from + rows + below, columns])
  }

  const image = b.concat(inputs, 2)
  const shown = isFirst && spec.asShown ? b.clip(image, 0, 1, true) : image
  let x = isFirst ? preprocess(shown, network.model) : image
  const distances: Record<string, Node> = {}
  const sums: Record<string, Node> = {}
  const maskOf = regionInputs(spec)
  for (const [i, layer] of segment.layers.entries()) {
    x = vggLayer(x, layer, network, precision, edges)
    const features = own(x, reach - i - 1)
    if (spec.contentLayers.includes(layer.relu)) {
      const name = contentTerm(layer.relu)
      distances[name] = contentDistance(features, b.input(name, features.shape))
    }
    for (const term of styleTerms(spec)) {
      if (term.layer !== layer.relu) continue
      const mask = maskOf?.(features, term)
      Object.assign(
        sums,
        Object.fromEntries(namedSums(term, momentSums(features, spec.styleLoss, mask))),
      )
    }
  }
  if (isFirst) {
    const hasRowBelow = !edges.bottom
    distances[TV_TERM] = variationDistance(own(shown, reach, hasRowBelow ? 1 : 0), spec.form, {
      wraps: network.padding === 'wrap',
      hasRowBelow,
    })
    if (spec.asShown) distances[OVERSHOOT_TERM] = overshootDistance(own(image, reach))
  }

  const forward: Record<string, Node> = {}
  const parts: Node[] = []
  const terms = Object.keys(distances)
  if (terms.length > 0) {
    const coefficients = b.input(COEFFICIENTS, [terms.length])
    forward[TERMS] = weigh(Object.values(distances), coefficients)
    parts.push(b.sumAll(forward[TERMS]))
  }
  for (const [name, sum] of Object.entries(sums)) {
    forward[sumName(name)] = sum
    parts.push(b.sumAll(b.mul(sum, b.input(slopeName(name), sum.shape))))
  }
  if (next) {
    const output = segment.isPooled ? pooled(x, network.pooling) : x
    forward[NEXT] = output
    parts.push(b.sumAll(b.mul(output, gradientOf(output, band, next, forward))))
  }
  const loss = parts.reduce((total, one) => b.add(total, one))
  const gradients = gradient(loss, inputs)
  const back = Object.fromEntries(
    inputs.map(({ attributes }, i) => [d(attributes.name), gradients[i]!]),
  )
  const graph = simplify(makeGraph({ ...forward, ...back }))
  const { first, second, saved } = splitGraph(graph, (name) => name in forward)
  return { forward: first, back: second, saved, terms }
}

/**
 * The gradient of a segment's output: the band's own, and what its neighbours add to the rows that they
 * were lent, which `lent` is given.
 */
function gradientOf(
  output: Node,
  { edges }: Band,
  next: Segment,
  lent: Record<string, Node>,
): Node {
  const [, channels, rows, width] = output.shape as ImageShape
  const count = next.layers.length
  const whole = (name: string, from: number): Node => {
    lent[name] = b.slice(output, [0, 0, from, 0], [1, channels, from + count, width])
    const added = b.input(d(name), [1, channels, count, width])
    return b.pad(added, [0, 0, from, 0], [0, 0, rows - from - count, 0], 'constant')
  }
  let total: Node = b.input(d(NEXT), output.shape)
  if (!edges.top) total = b.add(total, whole(TOP, 0))
  if (!edges.bottom) total = b.add(total, whole(BOTTOM, rows - count))
  return total
}
