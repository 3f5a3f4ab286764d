/** ICC profiles of RGB spaces, for pictures and documents that name one and carry none. */

import { SRGB_CURVE } from '../color/cicp.ts'
import { SRGB_TO_XYZ } from '../color/icc.ts'
import type { Matrix } from '../color/matrix.ts'
import { SRGB_NAME } from '../color/rgb-spaces.ts'
import { concat, latin1, padded, u16, u32 } from './bytes.ts'

export const srgbProfile = (): Uint8Array =>
  matrixProfile({ name: SRGB_NAME, toXyz: SRGB_TO_XYZ, curve: SRGB_CURVE })

interface ProfileSpace {
  readonly name: string
  /** Linear RGB to XYZ adapted to D50. */
  readonly toXyz: Matrix
  /**
   * A gamma alone, Y = X^g; or g, a, b, c, d of Y = (a·X + b)^g for X ≥ d, else c·X: parametric curves
   * of kinds 0 and 3.
   */
  readonly curve: readonly number[]
}

/** Version 4.3 of the format (ICC.1:2022): header, tag table, tags. */
export function matrixProfile({ name, toXyz, curve }: ProfileSpace): Uint8Array {
  const column = (c: number) => xyz([0, 1, 2].map((row) => toXyz[3 * row + c]!))
  const parametric = concat([
    latin1('para\0\0\0\0'),
    u16(curve.length === 1 ? 0 : 3),
    u16(0),
    ...curve.map(fixed),
  ])
  const tags: readonly (readonly [string, Uint8Array])[] = [
    ['desc', localized(name)],
    ['cprt', localized('No copyright, use freely')],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['rXYZ', column(0)],
    ['gXYZ', column(1)],
    ['bXYZ', column(2)],
    ['rTRC', parametric],
    ['gTRC', parametric],
    ['bTRC', parametric],
  ]
  let at = 132 + 12 * tags.length
  const table = tags.map(([key, data]) => {
    const entry = concat([latin1(key), u32(at), u32(data.length)])
    at += padded(data).length
    return entry
  })
  return concat([header(at), u32(tags.length), ...table, ...tags.map(([, data]) => padded(data))])
}

function header(size: number): Uint8Array {
  const bytes = new Uint8Array(128)
  bytes.set(u32(size))
  bytes.set(u32(0x04300000), 8)
  bytes.set(latin1('mntrRGB XYZ '), 12)
  bytes.set(latin1('acsp'), 36)
  bytes.set(concat([0.9642, 1, 0.8249].map(fixed)), 68)
  return bytes
}

function xyz(values: readonly number[]): Uint8Array {
  return concat([latin1('XYZ \0\0\0\0'), ...values.map(fixed)])
}

/** s15Fixed16Number. */
function fixed(value: number): Uint8Array {
  return u32(Math.round(value * 65_536))
}

/** multiLocalizedUnicodeType with one entry, in English. */
function localized(text: string): Uint8Array {
  const units = concat(Array.from(text, (character) => u16(character.charCodeAt(0))))
  const head = [1, 12].map(u32)
  return concat([
    latin1('mluc\0\0\0\0'),
    ...head,
    latin1('enUS'),
    u32(units.length),
    u32(28),
    units,
  ])
}
