/**
 * Converts colors of one mode into another, without profiles; each formula says what it takes the
 * numbers for.
 */
import { srgbCurve } from '../color/icc.ts'
import { SRGB_NAME } from '../color/rgb-spaces.ts'
import type { ColorMode, Depth, DocumentState, LayerState, Raster, Samples } from './state.ts'

/** Planes of a mode, samples in [0,1]; inks of CMYK and multichannel are 0 where they are full. */
type Planes = readonly Float32Array[]

/** What the samples of a raster mean. */
type Coding = Pick<DocumentState, 'mode' | 'depth' | 'palette'>

/** The sample that is white, opaque, or shown. */
export function fullOf(depth: Depth): number {
  return depth === 32 ? 1 : depth === 16 ? 32_768 : 255
}

/** The document in another mode, with its layers. Bitmaps have 1 bit, what is made of them 8. */
export function convertMode(state: DocumentState, mode: ColorMode): DocumentState {
  if (mode === state.mode) return state
  const depth = mode === 'bitmap' ? 1 : state.depth === 1 ? 8 : state.depth
  const convert = (layer: LayerState): LayerState => ({
    ...layer,
    ...(layer.raster ? { raster: convertRaster(layer.raster, state, { mode, depth }) } : {}),
    ...(layer.children ? { children: layer.children.map(convert) } : {}),
  })
  const { palette: _palette, profile: _profile, ...rest } = state
  return {
    ...rest,
    mode,
    depth,
    layers: state.layers.map(convert),
    ...(mode === 'rgb' ? { profile: { name: SRGB_NAME } } : {}),
    ...(mode === 'indexed' ? { palette: uniformPalette() } : {}),
  }
}

function convertRaster(raster: Raster, from: Coding, to: Coding): Raster {
  const full = fullOf(from.depth)
  const planes = raster.color.map((plane) => Float32Array.from(plane, (value) => value / full))
  const color = fromRgb(toRgb(planes, from), to).map((plane) => toSamples(plane, to.depth))
  return { ...raster, color }
}

/** Rounded and clipped to the depth's range; floats as they are. */
export function toSamples(plane: Float32Array, depth: Depth): Samples {
  if (depth === 32) return plane
  const full = fullOf(depth)
  const samples = depth === 16 ? new Uint16Array(plane.length) : new Uint8Array(plane.length)
  for (let i = 0; i < plane.length; i++) {
    samples[i] = Math.min(full, Math.max(0, Math.round(plane[i]! * full)))
  }
  return samples
}

/** Red, green and blue of sRGB. Gray, bitmaps and the one plane of a duotone count as sRGB's gray. */
export function toRgb(planes: Planes, { mode, depth, palette }: Coding): Planes {
  if (mode === 'rgb') return planes
  const [first] = planes
  if (first === undefined) return []
  if (mode === 'indexed') return lookUp(first, palette)
  if (mode === 'lab') return labToRgb(planes, depth)
  if (mode === 'cmyk' || (mode === 'multichannel' && planes.length >= 3)) return inksToRgb(planes)
  return [first, first, first]
}

function fromRgb(rgb: Planes, { mode, depth }: Coding): Planes {
  switch (mode) {
    case 'rgb':
    case 'multichannel':
      return rgb
    case 'grayscale':
    case 'duotone':
      return [luminosity(rgb)]
    case 'bitmap':
      return [luminosity(rgb).map(Math.round)]
    case 'indexed':
      return [uniformIndices(rgb)]
    case 'cmyk':
      return rgbToInks(rgb)
    case 'lab':
      return rgbToLab(rgb, depth)
  }
}

/** Photoshop's palette "Uniform": six steps of each color, as many as fit into 256. */
function uniformPalette(): Uint8Array {
  const steps = [36, 6, 1]
  return Uint8Array.from({ length: 768 }, (_, i) => {
    const index = Math.floor(i / 3)
    return index < 216 ? 51 * (Math.floor(index / steps[i % 3]!) % 6) : 0
  })
}

function uniformIndices([r, g, b]: Planes): Float32Array {
  const step = (value: number) => Math.round(5 * Math.min(1, Math.max(0, value)))
  return r!.map((value, i) => (36 * step(value) + 6 * step(g![i]!) + step(b![i]!)) / 255)
}

function lookUp(indices: Float32Array, palette: Uint8Array | undefined): Planes {
  return [0, 1, 2].map((c) =>
    indices.map((value) => (palette?.[3 * Math.round(value * 255) + c] ?? 0) / 255),
  )
}

/** Lum of W3C Compositing and Blending Level 1, section 10.2: 0.3 R + 0.59 G + 0.11 B. */
function luminosity([r, g, b]: Planes): Float32Array {
  return r!.map((value, i) => 0.3 * value + 0.59 * g![i]! + 0.11 * b![i]!)
}

/**
 * R = (1 - C)·(1 - K) and so on, as if every ink were a perfect filter. Photoshop goes by the
 * profile of a press.
 */
function inksToRgb(inks: Planes): Planes {
  const black = inks[3]
  return inks.slice(0, 3).map((ink) => ink.map((value, i) => value * (black ? black[i]! : 1)))
}

/** The inverse, with as much black as possible: K = 1 - max(R, G, B). */
function rgbToInks(rgb: Planes): Planes {
  const [r, g, b] = rgb
  const black = r!.map((value, i) => Math.max(value, g![i]!, b![i]!))
  const inks = rgb.map((plane) => plane.map((value, i) => (black[i]! > 0 ? value / black[i]! : 1)))
  return [...inks, black]
}

/** CIE 1976, with the white of D50 as in ICC.1:2022, 7.2.16. */
const WHITE = [0.9642, 1, 0.8249] as const
const EPSILON = 216 / 24_389
const KAPPA = 24_389 / 27

/** sRGB's primaries adapted to D50 by Bradford's matrix (Lindbloom), and the inverse. */
const XYZ_TO_SRGB = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const
const SRGB_TO_XYZ = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
] as const

/** a and b as steps from neutral, which is 128 of 255, or the middle of the range above 8 bits. */
function labRange(depth: Depth): { readonly neutral: number; readonly steps: number } {
  return depth === 8 ? { neutral: 128 / 255, steps: 255 } : { neutral: 0.5, steps: 256 }
}

function labToRgb([lightness, as, bs]: Planes, depth: Depth): Planes {
  const { neutral, steps } = labRange(depth)
  const planes = [0, 1, 2].map(() => new Float32Array(lightness!.length))
  for (let i = 0; i < lightness!.length; i++) {
    const l = 100 * lightness![i]!
    const fy = (l + 16) / 116
    const fx = fy + ((as![i]! - neutral) * steps) / 500
    const fz = fy - ((bs![i]! - neutral) * steps) / 200
    const x = WHITE[0] * fromCube(fx)
    const y = l > KAPPA * EPSILON ? fy ** 3 : l / KAPPA
    const z = WHITE[2] * fromCube(fz)
    XYZ_TO_SRGB.forEach(([mx, my, mz], c) => {
      planes[c]![i] = encodeSrgb(mx * x + my * y + mz * z)
    })
  }
  return planes
}

function rgbToLab([r, g, b]: Planes, depth: Depth): Planes {
  const { neutral, steps } = labRange(depth)
  const planes = [0, 1, 2].map(() => new Float32Array(r!.length))
  for (let i = 0; i < r!.length; i++) {
    const light = [r!, g!, b!].map((plane) => srgbCurve.decode(plane[i]!))
    const [fx, fy, fz] = SRGB_TO_XYZ.map(([mr, mg, mb], c) =>
      toCube((mr * light[0]! + mg * light[1]! + mb * light[2]!) / WHITE[c]!),
    ) as [number, number, number]
    planes[0]![i] = (116 * fy - 16) / 100
    planes[1]![i] = (500 * (fx - fy)) / steps + neutral
    planes[2]![i] = (200 * (fy - fz)) / steps + neutral
  }
  return planes
}

function toCube(value: number): number {
  return value > EPSILON ? Math.cbrt(value) : (KAPPA * value + 16) / 116
}

function fromCube(value: number): number {
  return value ** 3 > EPSILON ? value ** 3 : (116 * value - 16) / KAPPA
}

/** Light outside [0,1] is clipped. */
export function encodeSrgb(light: number): number {
  return srgbCurve.encode(Math.min(1, Math.max(0, light)))
}
