/** The two passes of a tiled evaluation over a picture: window, margins, layouts and their cost. */

import type { ImageShape } from '../../graph/tensor-type.ts'
import type { Size } from '../../picture/image.ts'
import { layerOfRelu } from '../../vgg/topology.ts'
import type { ObjectiveSpec } from '../losses/objective.ts'
import { fitTile, type Layout, layTiles, overheadOf, tileCount } from './layout.ts'
import { featureMargin, gradientMargin, roundUp, strideOf } from './margins.ts'

export interface Pass {
  readonly layout: Layout
  /** How many windows there are, each a run of the pass's graph. */
  readonly tiles: number
  /** Pixels evaluated over pixels of the picture. */
  readonly overhead: number
}

export interface Passes {
  /** Size of every window of both passes, margins included. */
  readonly window: Size
  /** Forward to the style layers alone; it has no tiles where there are no style layers. */
  readonly statistics: Pass
  /** Forward and backward. */
  readonly gradient: Pass
}

type PassSpec = Pick<
  ObjectiveSpec,
  'width' | 'height' | 'network' | 'contentLayers' | 'styleLayers'
>

/**
 * @param wished a size, which is fitted to the next smaller valid window, or else the smallest one.
 */
export function tilePasses(spec: PassSpec, wished: Size): Passes {
  const { topology } = spec.network.model
  const backward = gradientMargin(topology, [...spec.contentLayers, ...spec.styleLayers])
  const { alignment } = backward
  const forward = {
    alignment,
    margin: roundUp(featureMargin(topology, spec.styleLayers).margin, alignment),
  }
  const window = fitTile(spec, wished, backward)
  const statistics = passOf(spec, layTiles(spec, window, forward))
  return {
    window,
    statistics: spec.styleLayers.length > 0 ? statistics : { ...statistics, tiles: 0, overhead: 0 },
    gradient: passOf(spec, layTiles(spec, window, backward)),
  }
}

const passOf = (image: Size, layout: Layout): Pass => ({
  layout,
  tiles: tileCount(layout),
  overhead: overheadOf(layout, image),
})

/** [1,C,h,w] of a layer's features of an image; poolings drop odd last rows and columns. */
export function layerShape(
  { network }: Pick<ObjectiveSpec, 'network'>,
  layer: string,
  { width, height }: Size,
): ImageShape {
  const { topology } = network.model
  const stride = strideOf(topology, layer)
  const { weight } = network.constants.get(layerOfRelu(topology, layer).name)!
  return [1, weight.shape[0]!, Math.floor(height / stride), Math.floor(width / stride)]
}
