import { invert, type Matrix, multiply } from './matrix.ts'

/** x and y of red, green, blue and white (CIE 1931). */
export type Chromaticities = readonly [
  redX: number,
  redY: number,
  greenX: number,
  greenY: number,
  blueX: number,
  blueY: number,
  whiteX: number,
  whiteY: number,
]

const BRADFORD: Matrix = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296]

/** XYZ of the white of ICC profiles. */
const D50: Triple = [0.9642, 1, 0.8249]

type Triple = readonly [number, number, number]

/**
 * Linear RGB to XYZ adapted to D50 by Bradford's transform, as in the colorant tags of profiles
 * (ICC.1:2022, annex E). Undefined for primaries that span no space.
 */
export function fromChromaticities(xy: Chromaticities): Matrix | undefined {
  const [red, green, blue, white] = [0, 2, 4, 6].map((i) => xyz(xy[i]!, xy[i + 1]!))
  if (!red || !green || !blue || !white) return undefined
  const columns = [0, 1, 2].flatMap((row) => [red[row]!, green[row]!, blue[row]!])
  const inverse = invert(columns)
  if (inverse === undefined) return undefined
  const toXyz = multiply(columns, diagonal(apply(inverse, white)))
  const from = apply(BRADFORD, white)
  const to = apply(BRADFORD, D50)
  const cones = diagonal([to[0] / from[0], to[1] / from[1], to[2] / from[2]])
  const adapted = multiply(multiply(multiply(invert(BRADFORD)!, cones), BRADFORD), toXyz)
  return adapted.every(Number.isFinite) && invert(adapted) ? adapted : undefined
}

/** XYZ of that chromaticity at Y = 1. */
const xyz = (x: number, y: number): Triple | undefined =>
  y > 0 ? [x / y, 1, (1 - x - y) / y] : undefined

function apply(m: Matrix, [x, y, z]: Triple): Triple {
  const row = (i: number) => m[i]! * x + m[i + 1]! * y + m[i + 2]! * z
  return [row(0), row(3), row(6)]
}

const diagonal = ([a, b, c]: Triple): Matrix => [a, 0, 0, 0, b, 0, 0, 0, c]
