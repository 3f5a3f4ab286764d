/** Named partial options. Data only. */
import type { StylizeOptions } from './options.ts'

export interface Preset {
  readonly name: string
  /** One line for people. */
  readonly description: string
  readonly options: Partial<StylizeOptions>
  /** Takes many times as long as the others: tried only where it is asked for. */
  readonly isSlow?: boolean
}

const FIVE_LAYERS = ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1']

export const PRESETS: readonly Preset[] = [
  {
    name: 'default',
    description: 'Our best picture per second: coarse to fine, layer-normalised losses.',
    options: {},
  },
  {
    name: 'fast',
    description: 'A quick look: less than half of the work.',
    options: { iterations: [60, 60, 40, 30, 12, 6, 4] },
  },
  {
    name: 'best',
    description: 'The most finished picture: many more steps at every scale.',
    options: { iterations: [100, 200, 200, 250, 100, 40, 15] },
  },
  {
    name: 'motifs',
    description: "The style's suns, eyes and swirls, wherever they find a place.",
    options: { styleLayerWeights: [1, 1, 1, 1, 0.3] },
  },
  {
    name: 'bold',
    description: 'The style takes over: large strokes, loose shapes.',
    options: {
      contentWeight: 1,
      styleLayerWeights: [1],
      styleScale: 1.4,
    },
  },
  {
    name: 'subtle',
    description: 'The photograph stays itself, touched by the style.',
    options: { contentWeight: 12, styleScale: 0.8 },
  },
  {
    name: 'gatys-2015',
    description:
      'The classic tutorial: Adam from noise at 256 px, 2,500 steps, VGG19 where installed.',
    isSlow: true,
    options: {
      size: 256,
      minScale: 16384,
      iterations: [2500],
      init: 'random',
      model: 'auto',
      styleLoss: 'gram',
      lossForm: 'gatys',
      pooling: 'average',
      padding: 'zeros',
      contentLayers: FIVE_LAYERS,
      contentLayerWeights: [0.5, 1, 1.5, 3, 4],
      styleLayers: FIVE_LAYERS,
      styleLayerWeights: [0.5, 1, 1.5, 3, 4],
      contentWeight: 1e2,
      styleWeight: 1e9,
      tvWeight: 30,
      optimizer: 'adam',
      learningRate: 0.01,
    },
  },
  {
    name: 'neural-style',
    description: "The defaults of jcjohnson's neural-style: L-BFGS from noise at one scale.",
    isSlow: true,
    options: {
      size: 512,
      minScale: 16384,
      iterations: [1000],
      shiftShare: 0,
      init: 'random',
      model: 'auto',
      styleLoss: 'gram',
      lossForm: 'neural-style',
      pooling: 'max',
      padding: 'zeros',
      contentLayers: ['relu4_2'],
      styleLayers: FIVE_LAYERS,
      styleLayerWeights: [1],
      contentWeight: 5,
      styleWeight: 100,
      tvWeight: 1e-3,
      lbfgsMemory: 100,
    },
  },
]
