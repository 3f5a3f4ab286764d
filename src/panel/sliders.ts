/**
 * The sliders that an artist understands. Each stands at 0 where the preset has it, and goes from
 * −100 to 100.
 */
import { OPTIONS, type OptionName, type StylizeOptions } from '../engine/options.ts'
import { dealt } from '../engine/picture/pyramid.ts'

export interface Slider {
  /** The options that it turns. */
  readonly options: readonly OptionName[]
  /** @param position −100 … 100; 0 gives the preset's own values. */
  at(position: number, preset: StylizeOptions): Partial<StylizeOptions>
  /** Where it stands, rounded and kept within its ends. */
  position(options: StylizeOptions, preset: StylizeOptions): number
}

export const SLIDER_END = 100

const within = (value: number, min: number, max: number): number =>
  Math.min(max, Math.max(min, value))

/**
 * Turns one number, as a ratio to the preset's.
 * @param range the ratio at the right end; at the left end it is the inverse.
 */
function ratio(
  option: 'styleWeight' | 'styleScale' | 'contentWeight' | 'tvWeight',
  range: number,
): Slider {
  // There are no ratios to 0, so the default stands in for a weight of 0.
  const baseOf = (preset: StylizeOptions): number => preset[option] || OPTIONS[option].default
  return {
    options: [option],
    at(position, preset) {
      if (position === 0) return { [option]: preset[option] }
      const value = baseOf(preset) * range ** (position / SLIDER_END)
      const { min, max } = OPTIONS[option]
      return { [option]: within(Number(value.toPrecision(4)), min, max) }
    },
    position(options, preset) {
      const value = options[option]
      if (value === preset[option]) return 0
      if (value <= 0) return -SLIDER_END
      const position = (SLIDER_END * Math.log(value / baseOf(preset))) / Math.log(range)
      return Math.round(within(position, -SLIDER_END, SLIDER_END))
    },
  }
}

/** What the right end adds to the weights of the layers on which motifs are compared. */
const MOTIFS: Readonly<Record<string, number>> = { relu4_1: 1, relu5_1: 0.3 }

/** Turns the weights of the deep style layers: 0 at the left end, where no motif is looked for. */
const motifs: Slider = {
  options: ['styleLayerWeights'],
  at(position, { styleLayers, styleLayerWeights }) {
    if (position === 0) return { styleLayerWeights }
    const share = position / SLIDER_END
    const weights = styleLayers.map((layer, index) => {
      const usual = dealt(styleLayerWeights, index)
      const most = MOTIFS[layer]
      if (most === undefined) return usual
      const weight = usual + share * (share < 0 ? usual : most)
      return Math.min(OPTIONS.styleLayerWeights.max, Number(weight.toPrecision(6)))
    })
    return { styleLayerWeights: weights }
  },
  position(options, preset) {
    const index = options.styleLayers.findIndex((layer) => Object.hasOwn(MOTIFS, layer))
    const before = preset.styleLayers.indexOf(options.styleLayers[index]!)
    if (before < 0) return 0
    const usual = dealt(preset.styleLayerWeights, before)
    const added = dealt(options.styleLayerWeights, index) - usual
    if (added === 0) return 0
    const most = added < 0 ? usual : MOTIFS[options.styleLayers[index]!]!
    return Math.round(within((SLIDER_END * added) / most, -SLIDER_END, SLIDER_END))
  },
}

export const SLIDERS = {
  strength: ratio('styleWeight', 16),
  motifs,
  styleSize: ratio('styleScale', 3),
  detail: ratio('contentWeight', 16),
  smoothness: ratio('tvWeight', 16),
} as const satisfies Record<string, Slider>

export type SliderName = keyof typeof SLIDERS
export const SLIDER_NAMES = Object.keys(SLIDERS) as SliderName[]
