/** Colour modes and depths of documents by Photoshop's names. */
import type { ColorMode, Depth } from '../state.ts'
import { constants } from './constants.ts'
import type { RealDocument } from './real.ts'

export const MODES = {
  bitmap: constants.DocumentMode.BITMAP,
  grayscale: constants.DocumentMode.GRAYSCALE,
  indexed: constants.DocumentMode.INDEXEDCOLOR,
  rgb: constants.DocumentMode.RGB,
  cmyk: constants.DocumentMode.CMYK,
  multichannel: constants.DocumentMode.MULTICHANNEL,
  duotone: constants.DocumentMode.DUOTONE,
  lab: constants.DocumentMode.LAB,
} as const satisfies Record<ColorMode, RealDocument['mode']>

export const DEPTHS = {
  1: constants.BitsPerChannelType.ONE,
  8: constants.BitsPerChannelType.EIGHT,
  16: constants.BitsPerChannelType.SIXTEEN,
  32: constants.BitsPerChannelType.THIRTYTWO,
} as const satisfies Record<Depth, RealDocument['bitsPerChannel']>

/** @param mode of constants.ChangeMode, whose values are those of DocumentMode. */
export function colorModeOf(mode: Parameters<RealDocument['changeMode']>[0]): ColorMode {
  const found = (Object.keys(MODES) as ColorMode[]).find((key) => `${MODES[key]}` === `${mode}`)
  if (!found) throw new TypeError(`document.changeMode: expected a ChangeMode, got ${mode}`)
  return found
}

/** What a document with layers can be set to. */
export function depthOf(bits: RealDocument['bitsPerChannel']): Depth {
  const found = ([8, 16, 32] as const).find((depth) => DEPTHS[depth] === bits)
  if (!found) throw new TypeError(`document.bitsPerChannel: cannot be set to ${bits}`)
  return found
}
