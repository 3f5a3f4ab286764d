import { ImageError } from '../engine/errors.ts'
import { hdrPicture, hdrTransfer } from './hdr.ts'
import { invert, type Matrix, multiply } from './matrix.ts'

/**
 * ICC profiles of the matrix/TRC kind, which all RGB working spaces are (sRGB, Adobe RGB, Display
 * P3, ProPhoto, eciRGB), and gray ones. The arithmetic is done here and not by libvips because
 * sharp converts 16-bit pixels through Display P3 on a coarse grid (0.024 off on saturated
 * colours, sharp 0.35) and loses the profile altogether on the way from 16 bits to 8.
 */
export interface ColorProfile extends ColorConversion {
  readonly description: string
  readonly space: 'RGB' | 'GRAY'
  /** The profile as it came, to be embedded again. */
  readonly bytes: Uint8Array
  /** True where the profile's pixels are the engine's already; then nothing is converted. */
  readonly isSrgb: boolean
}

/** All that takes colours to sRGB and back. */
export interface ColorConversion {
  /** Device values per channel to light and back, both in [0,1]. */
  readonly curves: readonly [Curve, Curve, Curve]
  /** Light in the profile's primaries to light in sRGB's, row-major 3×3, and its inverse. */
  readonly toSrgb: Matrix
  readonly fromSrgb: Matrix
}

export interface Curve {
  decode(value: number): number
  encode(light: number): number
}

/** sRGB's primaries in XYZ adapted to D50, as in the profile by HP and Microsoft (IEC 61966-2-1). */
export const SRGB_TO_XYZ: Matrix = [
  0.43607, 0.38515, 0.14307, 0.22249, 0.71687, 0.06061, 0.01392, 0.09708, 0.7141,
]

export const isSrgbMatrix = (toXyz: Matrix): boolean =>
  toXyz.every((value, i) => Math.abs(value - SRGB_TO_XYZ[i]!) < 0.002)

export const srgbCurve: Curve = {
  decode: (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4),
  encode: (l) => (l <= 0.0031308 ? l * 12.92 : 1.055 * l ** (1 / 2.4) - 0.055),
}

/** What any ICC profile says about itself; undefined where the bytes are not one. */
export function describeProfile(
  bytes: Uint8Array,
): { readonly space: string; readonly description: string } | undefined {
  const view = viewOf(bytes)
  if (view.byteLength < 132 || ascii(view, 36, 40) !== 'acsp') return undefined
  const description = readDescription(readTags(view).get('desc'))
  return { space: ascii(view, 16, 20).trim(), description }
}

/** Reads a profile; undefined where it is absent or describes neither RGB nor gray. */
export function readProfile(path: string, bytes: Uint8Array | undefined): ColorProfile | undefined {
  const header = bytes && describeProfile(bytes)
  if (bytes === undefined || header === undefined) return undefined
  const { space, description } = header
  if (space !== 'RGB' && space !== 'GRAY') return undefined
  const tags = readTags(viewOf(bytes))
  const hdr = hdrTransfer(readCodes(tags.get('cicp'))[1] ?? 0)
  if (hdr) throw hdrPicture(path, hdr)
  const unusable = (what: string) =>
    new ImageError(
      `${path}: its color profile "${description}" ${what}; ` +
        'convert the picture to sRGB (Photoshop: Edit > Convert to Profile) and try again',
    )
  const curve = (key: string): Curve => {
    const parsed = parseCurve(tags.get(key))
    if (parsed === undefined) throw unusable(`has no readable ${key} curve`)
    return parsed
  }
  if (space === 'GRAY') {
    const gray = curve('kTRC')
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    const curves = [gray, gray, gray] as const
    const isSrgb = curvesAreSrgb(curves)
    return { description, space, bytes, isSrgb, curves, toSrgb: identity, fromSrgb: identity }
  }
  const columns = ['rXYZ', 'gXYZ', 'bXYZ'].map((key) => readXyz(tags.get(key)))
  const [red, green, blue] = columns
  if (!red || !green || !blue) throw unusable('is made of tables, not of primaries and curves')
  const toXyz = [0, 1, 2].flatMap((row) => [red[row]!, green[row]!, blue[row]!])
  const xyzToSrgb = invert(SRGB_TO_XYZ)
  const fromXyz = invert(toXyz)
  if (xyzToSrgb === undefined || fromXyz === undefined) throw unusable('has dependent primaries')
  const curves = [curve('rTRC'), curve('gTRC'), curve('bTRC')] as const
  const isSrgb = curvesAreSrgb(curves) && isSrgbMatrix(toXyz)
  return {
    description,
    space,
    bytes,
    isSrgb,
    curves,
    toSrgb: multiply(xyzToSrgb, toXyz),
    fromSrgb: multiply(fromXyz, SRGB_TO_XYZ),
  }
}

/** Planar RGB in the profile, in place to sRGB. Colors outside sRGB are clipped to its gamut. */
export function profileToSrgb(data: Float32Array, profile: ColorConversion): void {
  convert(data, profile.curves, profile.toSrgb, [srgbCurve, srgbCurve, srgbCurve])
}

/** The mirror image of profileToSrgb. */
export function srgbToProfile(data: Float32Array, profile: ColorConversion): void {
  convert(data, [srgbCurve, srgbCurve, srgbCurve], profile.fromSrgb, profile.curves)
}

function convert(
  data: Float32Array,
  from: readonly [Curve, Curve, Curve],
  m: Matrix,
  to: readonly [Curve, Curve, Curve],
): void {
  const size = data.length / 3
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = m as number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  for (let i = 0; i < size; i++) {
    const r = from[0].decode(clamp(data[i]!))
    const g = from[1].decode(clamp(data[size + i]!))
    const b = from[2].decode(clamp(data[2 * size + i]!))
    data[i] = to[0].encode(clamp(m0 * r + m1 * g + m2 * b))
    data[size + i] = to[1].encode(clamp(m3 * r + m4 * g + m5 * b))
    data[2 * size + i] = to[2].encode(clamp(m6 * r + m7 * g + m8 * b))
  }
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1)
}

function curvesAreSrgb(curves: readonly Curve[]): boolean {
  return curves.every((curve) => {
    for (let i = 0; i <= 16; i++) {
      if (Math.abs(srgbCurve.encode(clamp(curve.decode(i / 16))) - i / 16) > 0.002) return false
    }
    return true
  })
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function ascii(view: DataView, start: number, end: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + start, end - start))
}

/** The tag table (ICC.1:2022, 7.3), bounded: tags that reach beyond the profile are left out. */
function readTags(profile: DataView): Map<string, DataView> {
  const tags = new Map<string, DataView>()
  const count = Math.min(profile.getUint32(128), Math.floor((profile.byteLength - 132) / 12))
  for (let i = 0; i < count; i++) {
    const at = 132 + 12 * i
    const start = profile.getUint32(at + 4)
    const length = profile.getUint32(at + 8)
    if (start + length <= profile.byteLength) {
      const tag = new DataView(profile.buffer, profile.byteOffset + start, length)
      tags.set(ascii(profile, at, at + 4), tag)
    }
  }
  return tags
}

/** multiLocalizedUnicodeType, its first entry, and textDescriptionType (ICC.1:2022, 10.15). */
function readDescription(tag: DataView | undefined): string {
  if (tag === undefined || tag.byteLength < 16) return 'unnamed'
  const isUnicode = ascii(tag, 0, 4) === 'mluc' && tag.byteLength >= 28
  const start = isUnicode ? tag.getUint32(24) : 12
  const end = Math.min(start + tag.getUint32(isUnicode ? 20 : 8), tag.byteLength)
  let text = ''
  const step = isUnicode ? 2 : 1
  for (let at = start; at + step <= end; at += step) {
    text += String.fromCharCode(isUnicode ? tag.getUint16(at) : tag.getUint8(at))
  }
  return text.replace(/\0.*$/s, '')
}

/** cicpType (ICC.1:2022, 10.3). */
function readCodes(tag: DataView | undefined): number[] {
  if (tag === undefined || tag.byteLength < 12) return []
  return [8, 9, 10, 11].map((at) => tag.getUint8(at))
}

function readXyz(tag: DataView | undefined): readonly [number, number, number] | undefined {
  if (tag === undefined || tag.byteLength < 20) return undefined
  return [fixed(tag, 8), fixed(tag, 12), fixed(tag, 16)]
}

/** s15Fixed16Number. */
function fixed(tag: DataView, at: number): number {
  return tag.getInt32(at) / 65536
}

/** curveType and parametricCurveType (ICC.1:2022, 10.6 and 10.18). */
function parseCurve(tag: DataView | undefined): Curve | undefined {
  if (tag === undefined || tag.byteLength < 12) return undefined
  const type = ascii(tag, 0, 4)
  if (type === 'curv') {
    const count = tag.getUint32(8)
    if (count === 0) return parametric(0, [1])
    if (12 + 2 * count > tag.byteLength) return undefined
    if (count === 1) return parametric(0, [tag.getUint16(12) / 256])
    return sampled(
      Float64Array.from({ length: count }, (_, i) => tag.getUint16(12 + 2 * i) / 65535),
    )
  }
  if (type === 'para') {
    const kind = tag.getUint16(8)
    const count = [1, 3, 4, 5, 7][kind]
    if (count === undefined || 12 + 4 * count > tag.byteLength) return undefined
    return parametric(
      kind,
      Array.from({ length: count }, (_, i) => fixed(tag, 12 + 4 * i)),
    )
  }
  return undefined
}

/** Y = (a·X + b)^g + e for X ≥ d, else c·X + f; the five kinds are special cases of it. */
function parametric(kind: number, p: readonly number[]): Curve | undefined {
  const [g = 1, a = 1, b = 0] = p
  if (g <= 0 || a <= 0) return undefined
  const c = kind >= 3 ? p[3]! : 0
  const d = kind >= 3 ? p[4]! : kind >= 1 ? -b / a : 0
  const e = kind === 2 ? p[3]! : kind === 4 ? p[5]! : 0
  const f = kind === 2 ? p[3]! : kind === 4 ? p[6]! : 0
  const power = (x: number) => Math.max(a * x + b, 0) ** g + e
  const knee = power(d)
  return {
    decode: (x) => (x >= d ? power(x) : c * x + f),
    encode: (y) =>
      y >= knee
        ? clamp((Math.max(y - e, 0) ** (1 / g) - b) / a)
        : c > 0
          ? clamp((y - f) / c)
          : clamp(d),
  }
}

/** A table read linearly; its inverse is found by bisection, so it must not fall. */
function sampled(table: Float64Array): Curve | undefined {
  const last = table.length - 1
  for (let i = 1; i <= last; i++) if (table[i]! < table[i - 1]!) return undefined
  return {
    decode(x) {
      const at = x * last
      const i = Math.min(Math.floor(at), last - 1)
      return table[i]! + (table[i + 1]! - table[i]!) * (at - i)
    },
    encode(y) {
      let low = 0
      let high = last
      while (high - low > 1) {
        const middle = (low + high) >> 1
        if (table[middle]! <= y) low = middle
        else high = middle
      }
      const rise = table[high]! - table[low]!
      return clamp((low + (rise > 0 ? clamp((y - table[low]!) / rise) : 0)) / last)
    },
  }
}
