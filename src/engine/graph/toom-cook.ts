/**
 * One-dimensional correlations of few taps with fewer products (Winograd 1980; the construction is
 * Toom's and Cook's: polynomials are multiplied at points, of which the last is infinity).
 */

/** Row by row. */
export type Matrix = readonly (readonly number[])[]

/**
 * y = output · ((kernel · g) ∘ (input · d)) is the correlation of n values d with r taps g, without
 * borders: m = n − r + 1 values y.
 */
export interface Transforms {
  /** [n,n] */
  readonly input: Matrix
  /** [n,r] */
  readonly kernel: Matrix
  /** [m,n] */
  readonly output: Matrix
}

export const TAPS = 3

/** @param points the finite ones, all different. */
export function toomCook(points: readonly number[]): Transforms {
  const outputs = points.length + 2 - TAPS
  const others = (index: number): number[] => points.filter((_, other) => other !== index)
  const atInfinity = (length: number): number[] =>
    Array.from({ length }, (_, power) => (power === length - 1 ? 1 : 0))
  const powers = (point: number, length: number): number[] =>
    Array.from({ length }, (_, power) => point ** power)
  return {
    input: [...points.map((_, index) => [...withRoots(others(index)), 0]), withRoots(points)],
    kernel: [
      ...points.map((point, index) => {
        const norm = others(index).reduce((product, other) => product * (point - other), 1)
        return powers(point, TAPS).map((power) => power / norm)
      }),
      atInfinity(TAPS),
    ],
    output: transposed([...points.map((point) => powers(point, outputs)), atInfinity(outputs)]),
  }
}

/**
 * The same for kernels that stand back to front, such that what `kernel` makes of a kernel serves
 * both. Reversed, a polynomial has its values at the inverse points, but for factors; those are in
 * `input` here.
 * @param points of `toomCook`; the first is 0.
 */
export function turned(points: readonly number[]): Transforms {
  const { kernel } = toomCook(points)
  const [, ...rest] = points
  const inverse = toomCook([0, ...rest.map((point) => 1 / point)])
  // 0 and infinity change places.
  const places = [points.length, ...rest.map((_, index) => index + 1), 0]
  const factors = places.map((place, index) => {
    const wanted = [...inverse.kernel[place]!].reverse()
    const largest = kernel[index]!.findIndex((value) => value !== 0)
    return wanted[largest]! / kernel[index]![largest]!
  })
  return {
    kernel,
    input: places.map((place, index) => inverse.input[place]!.map((v) => v * factors[index]!)),
    output: inverse.output.map((row) => places.map((place) => row[place]!)),
  }
}

/** Coefficients, lowest power first, of the polynomial that is 0 at each of `roots`. */
function withRoots(roots: readonly number[]): number[] {
  let coefficients = [1]
  for (const root of roots) {
    const times = (factor: number) => coefficients.map((value) => factor * value)
    const [shifted, scaled] = [
      [0, ...coefficients],
      [...times(-root), 0],
    ]
    coefficients = shifted.map((value, power) => value + scaled[power]!)
  }
  return coefficients
}

const transposed = (rows: Matrix): Matrix =>
  rows[0]!.map((_, column) => rows.map((row) => row[column]!))
