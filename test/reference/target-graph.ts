/** Targets of one image for every loss, in a single graph; the engine measures and blends in steps. */
import * as b from '../../src/engine/graph/build.ts'
import { type Graph, makeGraph, type Node } from '../../src/engine/graph/node.ts'
import { simplify } from '../../src/engine/graph/simplify.ts'
import { momentSums, momentsOf } from '../../src/engine/objective/losses/moments.ts'
import {
  contentTerm,
  meanName,
  type ObjectiveSpec,
  perPixelOf,
  styleTerms,
} from '../../src/engine/objective/losses/objective.ts'
import { comparesMean, styleTarget } from '../../src/engine/objective/losses/style.ts'
import { trueFeatures, vggFeatures } from '../../src/engine/vgg/features.ts'

/**
 * inputs: `image` [1,3,H,W].
 * outputs: those of `contentTargetGraph`, `norms` only where there are content layers; per style
 * term what `targetInputs` take.
 */
export function targetGraph(spec: ObjectiveSpec): Graph {
  const image = b.input('image', [1, 3, spec.height, spec.width])
  const layers = [...spec.contentLayers, ...spec.styleLayers]
  const features = vggFeatures(image, spec.network, layers, spec.precision)
  const outputs: Record<string, Node> = {}
  const norms = spec.contentLayers.map((layer) => {
    const x = features.get(layer)!
    outputs[contentTerm(layer)] = x
    const wide = trueFeatures(x)
    return b.reshape(b.sumAll(b.mul(wide, wide)), [1])
  })
  if (norms.length > 0) outputs.norms = b.concat(norms, 0)
  const perPixel = perPixelOf({ ...spec, regions: 0 })
  for (const { name, layer } of styleTerms({ ...spec, regions: 0 })) {
    const x = features.get(layer)!
    const moments = momentsOf(momentSums(x, spec.styleLoss), perPixel(x, 0))
    const { matrix, mean } = styleTarget(spec.styleLoss, moments)
    outputs[name] = matrix
    if (mean && comparesMean(spec.styleLoss)) outputs[meanName(name)] = mean
  }
  return simplify(makeGraph(outputs))
}
