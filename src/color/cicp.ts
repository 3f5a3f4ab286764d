/** Code points of colours (ITU-T H.273), by which PNG and ICC files name them. */
import { type Chromaticities, fromChromaticities } from './chromaticities.ts'
import type { Matrix } from './matrix.ts'

/** g, a, b, c, d of (a·V + b)^g for V ≥ d, else c·V (IEC 61966-2-1). */
export const SRGB_CURVE: readonly number[] = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]

const D65 = [0.3127, 0.329] as const
const C = [0.31, 0.316] as const

/** Table 2: x and y of red, green, blue and white. */
const PRIMARIES: Readonly<Record<number, readonly [name: string, xy: Chromaticities]>> = {
  1: ['BT.709', [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, ...D65]],
  4: ['BT.470 M', [0.67, 0.33, 0.21, 0.71, 0.14, 0.08, ...C]],
  5: ['BT.470 BG', [0.64, 0.33, 0.29, 0.6, 0.15, 0.06, ...D65]],
  6: ['SMPTE 170M', [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, ...D65]],
  7: ['SMPTE 240M', [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, ...D65]],
  8: ['film', [0.681, 0.319, 0.243, 0.692, 0.145, 0.049, ...C]],
  9: ['BT.2020', [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, ...D65]],
  11: ['DCI-P3', [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351]],
  12: ['Display P3', [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, ...D65]],
  22: ['EBU 3213', [0.63, 0.34, 0.295, 0.605, 0.155, 0.077, ...D65]],
}

const BT709_CURVE = [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081]

/** Table 3: a gamma, or g, a, b, c and d as above. */
const TRANSFERS: Readonly<Record<number, readonly [name: string, curve: readonly number[]]>> = {
  1: ['BT.709', BT709_CURVE],
  4: ['gamma 2.2', [2.2]],
  5: ['gamma 2.8', [2.8]],
  6: ['BT.709', BT709_CURVE],
  7: ['SMPTE 240M', [1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 0.25, 0.0912]],
  8: ['linear', [1]],
  13: ['sRGB', SRGB_CURVE],
  14: ['BT.709', BT709_CURVE],
  15: ['BT.709', BT709_CURVE],
}

/** Undefined for codes without meaning here. */
export function spaceOfCodes(
  primaries: number,
  transfer: number,
): { name: string; toXyz: Matrix; curve: readonly number[] } | undefined {
  const [gamut, xy] = PRIMARIES[primaries] ?? []
  const [shape, curve] = TRANSFERS[transfer] ?? []
  const toXyz = xy && fromChromaticities(xy)
  if (!gamut || !curve || !toXyz) return undefined
  const isUsual = transfer === 13 || (primaries === 1 && transfer === 1)
  return { name: isUsual ? gamut : `${gamut}, ${shape}`, toXyz, curve }
}
