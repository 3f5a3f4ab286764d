/** Graphs that measure what styles are compared by: moments of an image, then targets made of them. */
import * as b from '../../graph/build.ts'
import { type Graph, makeGraph, type Node } from '../../graph/node.ts'
import { simplify } from '../../graph/simplify.ts'
import { vggFeatures } from '../../vgg/features.ts'
import { momentSums, momentsOf } from './moments.ts'
import { type ObjectiveSpec, perPixelOf, regionInputs, styleTerms } from './objective.ts'
import { needsMean, styleTarget } from './style.ts'

/** Names of a style layer's moments E[F·Fᵀ] [C,C] and E[F] [1,C], and of the matrix made of them. */
export const secondName = (layer: string): string => `second.${layer}`
export const firstName = (layer: string): string => `first.${layer}`
export const matrixName = (layer: string): string => `matrix.${layer}`

/**
 * Moments of an image's features; with `regions` 1, of what a mask leaves of it.
 * inputs: `image` [1,3,H,W]; with a mask those of `regionInputs`, and `perPixel` [style layers].
 * outputs: per style layer `second.<layer>` and, where the loss needs it, `first.<layer>`.
 */
export function momentsGraph(
  spec: Pick<
    ObjectiveSpec,
    'width' | 'height' | 'network' | 'styleLayers' | 'styleLoss' | 'precision'
  > & { readonly regions: 0 | 1 },
): Graph {
  const image = b.input('image', [1, 3, spec.height, spec.width])
  const features = vggFeatures(image, spec.network, spec.styleLayers, spec.precision)
  const maskOf = regionInputs(spec)
  const perPixel = perPixelOf(spec)
  const outputs: Record<string, Node> = {}
  for (const [index, term] of styleTerms(spec).entries()) {
    const { layer } = term
    const x = features.get(layer)!
    const sums = momentSums(x, spec.styleLoss, maskOf?.(x, term))
    const { second, mean } = momentsOf(sums, perPixel(x, index))
    outputs[secondName(layer)] = second
    if (mean) outputs[firstName(layer)] = mean
  }
  return simplify(makeGraph(outputs))
}

/**
 * Makes targets of moments, which may be a blend of several images'.
 * inputs: what `momentsGraph` gives.
 * outputs: `matrix.<layer>` per style layer.
 * @param channels how many channels a style layer has.
 */
export function styleTargetGraph({
  styleLayers,
  styleLoss,
  channels,
}: Pick<ObjectiveSpec, 'styleLayers' | 'styleLoss'> & {
  readonly channels: (layer: string) => number
}): Graph {
  const outputs: Record<string, Node> = {}
  for (const layer of styleLayers) {
    const count = channels(layer)
    const { matrix } = styleTarget(styleLoss, {
      second: b.input(secondName(layer), [count, count]),
      ...(needsMean(styleLoss) && { mean: b.input(firstName(layer), [1, count]) }),
    })
    outputs[matrixName(layer)] = matrix
  }
  return simplify(makeGraph(outputs))
}
