/**
 * VGG16 and VGG19 (Simonyan & Zisserman 2014, configurations D and E) as data: five blocks of
 * 3×3 convolutions with ReLU, a 2×2 pooling between blocks.
 */
import { OptionError } from '../errors.ts'

export type TopologyName = 'vgg16' | 'vgg19'

/** A convolution, named as in the paper's Caffe release: block and place in the block, from 1. */
export type ConvName = `conv${number}_${number}`
/** The ReLU behind a convolution: the features that losses are taken on. */
type ReluName = `relu${number}_${number}`

/** Convolutions per block. */
export const TOPOLOGIES: Readonly<Record<TopologyName, readonly number[]>> = {
  vgg16: [2, 2, 3, 3, 3],
  vgg19: [2, 2, 4, 4, 4],
}

export interface ConvLayer {
  readonly name: ConvName
  readonly relu: ReluName
  /** Index in torchvision's `features`: counts convolutions, ReLUs and poolings. */
  readonly featureIndex: number
  /** First convolution of block 2 … 5, so a pooling stands before it. */
  readonly pooledBefore: boolean
}

/** All 13 or 16 convolutions in order. */
export function convLayers(topology: TopologyName): ConvLayer[] {
  const layers: ConvLayer[] = []
  let featureIndex = 0
  TOPOLOGIES[topology].forEach((count, block) => {
    for (let place = 0; place < count; place++) {
      layers.push({
        name: `conv${block + 1}_${place + 1}`,
        relu: `relu${block + 1}_${place + 1}`,
        featureIndex,
        pooledBefore: block > 0 && place === 0,
      })
      featureIndex += 2
    }
    featureIndex += 1
  })
  return layers
}

/** @throws OptionError naming the known layers when `relu` is not one of the topology's. */
export function layerOfRelu(topology: TopologyName, relu: string): ConvLayer {
  const layers = convLayers(topology)
  const layer = layers.find((candidate) => candidate.relu === relu)
  if (layer) return layer
  throw new OptionError(
    `layer "${relu}": ${topology} has no such layer; choose from ${layers.map((l) => l.relu).join(', ')}`,
  )
}
