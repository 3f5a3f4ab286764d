/** Under which head of the advanced settings each option stands. */
import type { OptionName } from '../engine/options.ts'

export const GROUPS = ['colours', 'start', 'quality', 'network', 'optimiser'] as const
export type Group = (typeof GROUPS)[number]

export const GROUP_OF: Readonly<Record<OptionName, Group | 'elsewhere'>> = {
  // Sliders and lists of the panel's main part.
  size: 'elsewhere',
  contentWeight: 'elsewhere',
  styleWeight: 'elsewhere',
  tvWeight: 'elsewhere',
  styleScale: 'elsewhere',
  colors: 'elsewhere',
  colorsOnly: 'elsewhere',

  clamp: 'colours',
  overshootWeight: 'colours',

  init: 'start',
  seed: 'start',
  padding: 'start',

  iterations: 'quality',
  minScale: 'quality',
  scaleRatio: 'quality',
  shiftShare: 'quality',
  precision: 'quality',
  convolutions: 'quality',
  memory: 'quality',

  model: 'network',
  pooling: 'network',
  styleLoss: 'network',
  lossForm: 'network',
  contentLayers: 'network',
  contentLayerWeights: 'network',
  styleLayers: 'network',
  styleLayerWeights: 'network',
  styleDepth: 'network',

  optimizer: 'optimiser',
  learningRate: 'optimiser',
  lbfgsMemory: 'optimiser',
}

export const optionsIn = (group: Group): OptionName[] =>
  (Object.keys(GROUP_OF) as OptionName[]).filter((name) => GROUP_OF[name] === group)
