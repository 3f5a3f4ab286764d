/**
 * RGB spaces by the names that Photoshop has for them: it tells a plug-in no more of a profile than
 * its name.
 */
import { type ColorConversion, type Curve, SRGB_TO_XYZ, srgbCurve } from './icc.ts'
import { invert, type Matrix, multiply } from './matrix.ts'

export const SRGB_NAME = 'sRGB IEC61966-2.1'

export interface RgbSpace {
  /** Linear RGB to XYZ adapted to D50, as in the profiles' own colorant tags. */
  readonly toXyz: Matrix
  readonly curve: Curve
}

const gamma = (exponent: number): Curve => ({
  decode: (value) => value ** exponent,
  encode: (light) => light ** (1 / exponent),
})

export const ADOBE_RGB_NAME = 'Adobe RGB (1998)'

/** The gamma of Adobe RGB (1998), 4.3.1.2. */
export const ADOBE_GAMMA = 563 / 256

/** Matrices of ProPhoto and on after B. Lindbloom, "RGB working space information". */
export const RGB_SPACES: Readonly<Record<string, RgbSpace>> = {
  [SRGB_NAME]: { toXyz: SRGB_TO_XYZ, curve: srgbCurve },
  'Display P3': {
    toXyz: [0.51512, 0.29198, 0.1571, 0.2412, 0.69225, 0.06657, -0.00105, 0.04189, 0.78407],
    curve: srgbCurve,
  },
  [ADOBE_RGB_NAME]: {
    toXyz: [0.60974, 0.20528, 0.14919, 0.31111, 0.62567, 0.06322, 0.01947, 0.06087, 0.74457],
    curve: gamma(ADOBE_GAMMA),
  },
  'ProPhoto RGB': {
    toXyz: [0.79767, 0.13519, 0.03134, 0.28804, 0.71188, 0.00009, 0, 0, 0.82521],
    curve: gamma(1.8),
  },
  'Apple RGB': {
    toXyz: [0.47557, 0.33967, 0.14898, 0.25518, 0.67257, 0.07225, 0.01847, 0.11338, 0.69336],
    curve: gamma(1.8),
  },
  'ColorMatch RGB': {
    toXyz: [0.50934, 0.32091, 0.13397, 0.27488, 0.65813, 0.06698, 0.02425, 0.10878, 0.69217],
    curve: gamma(1.8),
  },
  'Wide Gamut RGB': {
    toXyz: [0.7161, 0.10093, 0.14719, 0.25819, 0.72494, 0.01687, 0, 0.05178, 0.77343],
    curve: gamma(ADOBE_GAMMA),
  },
}

/**
 * Undefined for sRGB, which needs no conversion, and for a profile of which only the name is known.
 */
export function conversionOf(profile: string): ColorConversion | undefined {
  if (profile === SRGB_NAME || !Object.hasOwn(RGB_SPACES, profile)) return undefined
  const { toXyz, curve } = RGB_SPACES[profile]!
  return {
    curves: [curve, curve, curve],
    toSrgb: multiply(invert(SRGB_TO_XYZ)!, toXyz),
    fromSrgb: multiply(invert(toXyz)!, SRGB_TO_XYZ),
  }
}
