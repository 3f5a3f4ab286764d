/** What each feature picture shows, as data: a plain result beside what the feature makes of it. */

import type { StylizeOptions } from '../../src/engine/options.ts'
import type { Mask } from '../../src/engine/picture/image.ts'
import { AUTUMN_FOREST, AUTUMN_MEADOW, below, DANDELION, disc, inverse, ramp } from './shapes.ts'

interface FeatureStyle {
  /** Name of a built-in style. */
  readonly name: string
  readonly weight?: number
  readonly scale?: number
  readonly rotation?: number
  readonly mask?: Mask
}

/** A picture to be painted, or one to be shown as it is. */
export type FeatureCell =
  | {
      readonly label: string
      readonly styles: readonly FeatureStyle[]
      readonly options?: Partial<StylizeOptions>
      readonly strength?: Mask
      /** The alpha of the photograph; absent: opaque. */
      readonly alpha?: Mask
      /** Goes on from the cell before. */
      readonly isContinued?: boolean
      /** Stopped after so many iterations. */
      readonly stopAfter?: number
      /** Shown laid side by side two by two. */
      readonly isTiled?: boolean
    }
  | { readonly label: string; readonly mask: Mask }
  | {
      readonly label: string
      readonly show: 'content' | 'style'
      readonly style?: string
      readonly alpha?: Mask
    }

export interface Feature {
  readonly name: string
  /** Name of a sample photograph. */
  readonly content: string
  readonly columns: number
  readonly cells: readonly FeatureCell[]
}

const { centre, radius, aspect } = DANDELION
const flower = disc(centre, radius, aspect, 0.12)

const plain = (name: string, label = 'plain'): FeatureCell => ({ label, styles: [{ name }] })

const forest = below(AUTUMN_FOREST)
const meadow = below(AUTUMN_MEADOW)
const onlyForest: Mask = {
  ...forest,
  data: forest.data.map((value, i) => value * (1 - meadow.data[i]!)),
}

/** A texture from noise: no photograph, no total variation that would smooth it. */
const TEXTURE: Partial<StylizeOptions> = { init: 'random', contentWeight: 0 }

export const FEATURES: readonly Feature[] = [
  {
    name: 'colours',
    content: 'mountains',
    columns: 4,
    cells: [
      { label: 'photograph', show: 'content' },
      plain('glass', '--colors style'),
      {
        label: '--colors content-luminance',
        styles: [{ name: 'glass' }],
        options: { colors: 'content-luminance' },
      },
      {
        label: '--colors content-match',
        styles: [{ name: 'glass' }],
        options: { colors: 'content-match' },
      },
    ],
  },
  {
    name: 'colours-only',
    content: 'mountains',
    columns: 3,
    cells: [
      { label: 'photograph', show: 'content' },
      plain('risograph'),
      { label: '--colors-only', styles: [{ name: 'risograph' }], options: { colorsOnly: true } },
    ],
  },
  {
    name: 'regions',
    content: 'autumn',
    columns: 4,
    cells: [
      plain('oil', 'one style: oil'),
      { label: 'mask of the forest', mask: onlyForest },
      {
        label: 'pointillism there, oil elsewhere',
        styles: [{ name: 'pointillism', mask: onlyForest }, { name: 'oil' }],
      },
      {
        label: 'woodblock, pointillism, ink',
        styles: [
          { name: 'woodblock', mask: inverse(forest) },
          { name: 'pointillism', mask: onlyForest },
          { name: 'ink', mask: meadow },
        ],
      },
    ],
  },
  {
    name: 'strength',
    content: 'dandelion',
    columns: 4,
    cells: [
      plain('oil'),
      {
        label: 'the flower is spared',
        styles: [{ name: 'oil' }],
        strength: inverse(flower),
      },
      { label: '--strength-map: a ramp', mask: ramp() },
      { label: 'painted by the ramp', styles: [{ name: 'oil' }], strength: ramp() },
    ],
  },
  {
    name: 'transparency',
    content: 'dandelion',
    columns: 3,
    cells: [
      plain('mosaic'),
      { label: 'a cut-out layer', show: 'content', alpha: flower },
      {
        label: 'painted: its alpha is kept',
        styles: [{ name: 'mosaic' }],
        alpha: flower,
      },
    ],
  },
  {
    name: 'styles',
    content: 'mountains',
    columns: 4,
    cells: [
      plain('woodblock'),
      { label: 'scale 2', styles: [{ name: 'woodblock', scale: 2 }] },
      { label: 'scale 0.5', styles: [{ name: 'woodblock', scale: 0.5 }] },
      { label: 'rotation 90', styles: [{ name: 'woodblock', rotation: 90 }] },
      plain('watercolour'),
      plain('ink'),
      {
        label: 'watercolour : ink = 1 : 1',
        styles: [{ name: 'watercolour' }, { name: 'ink' }],
      },
      {
        label: 'watercolour : ink = 3 : 1',
        styles: [{ name: 'watercolour', weight: 3 }, { name: 'ink' }],
      },
    ],
  },
  {
    name: 'style-loss',
    content: 'stream',
    columns: 4,
    cells: [
      { label: 'style', show: 'style', style: 'marbled' },
      {
        label: '--style-loss gram',
        styles: [{ name: 'marbled' }],
        options: { styleLoss: 'gram' },
      },
      {
        label: '--style-loss covariance',
        styles: [{ name: 'marbled' }],
      },
      {
        label: '--style-loss wasserstein',
        styles: [{ name: 'marbled' }],
        options: { styleLoss: 'wasserstein' },
      },
    ],
  },
  {
    name: 'seamless',
    content: 'mountains',
    columns: 2,
    cells: [
      {
        label: 'laid side by side: replicate',
        styles: [{ name: 'mosaic' }],
        options: TEXTURE,
        isTiled: true,
      },
      {
        label: 'laid side by side: --padding wrap',
        styles: [{ name: 'mosaic' }],
        options: { ...TEXTURE, padding: 'wrap' },
        isTiled: true,
      },
    ],
  },
  {
    name: 'continue',
    content: 'dogs',
    columns: 4,
    cells: [
      { label: 'photograph', show: 'content' },
      { label: 'stopped after 40 steps, kept', styles: [{ name: 'watercolour' }], stopAfter: 40 },
      { label: 'continued from it: --init', styles: [{ name: 'watercolour' }], isContinued: true },
      plain('watercolour', 'painted without a stop'),
    ],
  },
]
