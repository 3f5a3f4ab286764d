/** The sliders that an artist understands: each turns one weight, as a ratio to the preset's. */
import { OPTIONS, type StylizeOptions } from '../engine/options.ts'

interface Slider {
  readonly option: 'styleWeight' | 'styleScale' | 'contentWeight' | 'tvWeight'
  /** The option's value at the right end, relative to the preset's; at the left end its inverse. */
  readonly range: number
}

export const SLIDERS = {
  strength: { option: 'styleWeight', range: 16 },
  styleSize: { option: 'styleScale', range: 3 },
  detail: { option: 'contentWeight', range: 16 },
  smoothness: { option: 'tvWeight', range: 16 },
} as const satisfies Record<string, Slider>

export type SliderName = keyof typeof SLIDERS
export const SLIDER_NAMES = Object.keys(SLIDERS) as SliderName[]

export const SLIDER_MAX = 100
const CENTRE = SLIDER_MAX / 2

/** @param position 0 … 100; 50 is the preset's own value. */
export function sliderValue(name: SliderName, position: number, preset: StylizeOptions): number {
  const { option, range } = SLIDERS[name]
  if (position === CENTRE) return preset[option]
  const { min, max } = OPTIONS[option]
  const value = baseOf(name, preset) * range ** ((position - CENTRE) / CENTRE)
  return Math.min(max, Math.max(min, Number(value.toPrecision(4))))
}

/** Where the slider stands for a value, rounded and kept within its ends. */
export function sliderPosition(name: SliderName, value: number, preset: StylizeOptions): number {
  const { option, range } = SLIDERS[name]
  if (value === preset[option]) return CENTRE
  if (value <= 0) return 0
  const position = CENTRE + (CENTRE * Math.log(value / baseOf(name, preset))) / Math.log(range)
  return Math.round(Math.min(SLIDER_MAX, Math.max(0, position)))
}

/** There are no ratios to 0, so the default stands in for a weight of 0. */
const baseOf = (name: SliderName, preset: StylizeOptions): number =>
  preset[SLIDERS[name].option] || OPTIONS[SLIDERS[name].option].default
