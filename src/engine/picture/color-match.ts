/**
 * Linear colour match: moves colours so that their mean and covariance become those of other
 * colours. It works in sRGB-encoded RGB, because that is what the network sees: the very values
 * whose statistics the style loss compares.
 */
import type { PlanarImage } from './image.ts'

/** Mean and covariance of red, green and blue. */
export interface ColorMoments {
  readonly mean: readonly number[]
  /** 3×3, row by row; symmetric. */
  readonly covariance: readonly number[]
}

/** x ↦ matrix·x + offset. */
interface ColorMap {
  /** 3×3, row by row. */
  readonly matrix: readonly number[]
  readonly offset: readonly number[]
}

/**
 * Added to the variance in every direction, on both sides. Colours that lie on a line, as those of
 * a gray picture do, have no variance across it: no map can give them any, and the gain must end
 * somewhere. Of the built-in styles ink has the least, 2e-5; with this ridge it meets photographs'
 * covariances within 5e-4, the coloured ones within 2e-6.
 */
const RIDGE = 3e-7

const CHANNELS = [0, 1, 2] as const

/** @param weights one a pixel, not all 0; absent: the image's alpha, or all count alike. */
export function colorMomentsOf(
  image: PlanarImage,
  weights: Float32Array | undefined = image.alpha,
): ColorMoments {
  const pixels = image.width * image.height
  const sums = [0, 0, 0]
  const products = new Array<number>(9).fill(0)
  let total = 0
  for (let i = 0; i < pixels; i++) {
    const weight = weights ? weights[i]! : 1
    if (weight === 0) continue
    total += weight
    for (const row of CHANNELS) {
      const value = weight * image.data[row * pixels + i]!
      sums[row] = sums[row]! + value
      for (const column of CHANNELS) {
        const at = 3 * row + column
        products[at] = products[at]! + value * image.data[column * pixels + i]!
      }
    }
  }
  const mean = sums.map((sum) => sum / total)
  return { mean, covariance: centred(products, mean, total) }
}

/** Moments of pictures, as if they hung side by side with areas by weight. */
export function pooledMoments(
  parts: readonly { readonly moments: ColorMoments; readonly weight: number }[],
): ColorMoments {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  const sums = [0, 0, 0]
  const products = new Array<number>(9).fill(0)
  for (const { moments, weight } of parts) {
    for (const row of CHANNELS) {
      sums[row] = sums[row]! + weight * moments.mean[row]!
      for (const column of CHANNELS) {
        const at = 3 * row + column
        const product = moments.covariance[at]! + moments.mean[row]! * moments.mean[column]!
        products[at] = products[at]! + weight * product
      }
    }
  }
  const mean = sums.map((sum) => sum / total)
  return { mean, covariance: centred(products, mean, total) }
}

/** E[xxᵀ] − μμᵀ */
const centred = (products: readonly number[], mean: readonly number[], total: number): number[] =>
  products.map((product, i) => product / total - mean[Math.floor(i / 3)]! * mean[i % 3]!)

/**
 * x ↦ T(x − μ₁) + μ₂ with T = Σ₁^-½ (Σ₁^½ Σ₂ Σ₁^½)^½ Σ₁^-½, symmetric square roots. Of the linear
 * maps that take mean and covariance to the wanted ones, this one moves colours least (Pitié &
 * Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping for example-based colour
 * transfer"). Gatys et al. 2016 (see `color.ts`, section 2.1) use Σ₂^½ Σ₁^-½, which gives the same
 * moments but also turns hues. RIDGE is added to both covariances.
 */
export function colorMapBetween(from: ColorMoments, to: ColorMoments): ColorMap {
  const root = symmetricPower(from.covariance, 0.5)
  const inverse = symmetricPower(from.covariance, -0.5)
  const target = to.covariance.map((value, i) => value + (i % 4 === 0 ? RIDGE : 0))
  // The root has its ridge already.
  const middle = symmetricPower(multiply(multiply(root, target), root), 0.5, 0)
  const matrix = multiply(multiply(inverse, middle), inverse)
  const offset = CHANNELS.map(
    (row) =>
      to.mean[row]! -
      CHANNELS.reduce<number>(
        (sum, column) => sum + matrix[3 * row + column]! * from.mean[column]!,
        0,
      ),
  )
  return { matrix, offset }
}

/** Colours may leave [0,1]: clamp them where they are to be shown. Alpha stays. */
export function moveColors(image: PlanarImage, { matrix, offset }: ColorMap): PlanarImage {
  const pixels = image.width * image.height
  const data = new Float32Array(3 * pixels)
  for (let i = 0; i < pixels; i++) {
    const [r, g, b] = CHANNELS.map((c) => image.data[c * pixels + i]!) as [number, number, number]
    for (const c of CHANNELS) {
      data[c * pixels + i] =
        matrix[3 * c]! * r + matrix[3 * c + 1]! * g + matrix[3 * c + 2]! * b + offset[c]!
    }
  }
  return { ...image, data }
}

export const clampColors = (image: PlanarImage): PlanarImage => ({
  ...image,
  data: image.data.map((value) => Math.min(1, Math.max(0, value))),
})

const multiply = (x: readonly number[], y: readonly number[]): number[] =>
  x.map((_, i) => {
    const [row, column] = [i - (i % 3), i % 3]
    return x[row]! * y[column]! + x[row + 1]! * y[3 + column]! + x[row + 2]! * y[6 + column]!
  })

/** V (Λ + ridge)^exponent Vᵀ of a symmetric 3×3 matrix V Λ Vᵀ that has no negative eigenvalues. */
function symmetricPower(matrix: readonly number[], exponent: number, ridge = RIDGE): number[] {
  const { values, vectors } = eigen(matrix)
  const powers = values.map((value) => (Math.max(0, value) + ridge) ** exponent)
  return matrix.map((_, i) => {
    const [row, column] = [Math.floor(i / 3), i % 3]
    return CHANNELS.reduce<number>(
      (sum, k) => sum + vectors[3 * row + k]! * powers[k]! * vectors[3 * column + k]!,
      0,
    )
  })
}

/** Enough for a 3×3 matrix: Jacobi's method converges quadratically. A sweep is three turns. */
const SWEEPS = 12

/** Eigenvalues, and eigenvectors as columns, of a symmetric 3×3 matrix by Jacobi's turns. */
function eigen(matrix: readonly number[]): { values: number[]; vectors: number[] } {
  let a = [...matrix]
  let vectors = [1, 0, 0, 0, 1, 0, 0, 0, 1]
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const beside = a[3 * p + q]!
      if (beside === 0) continue
      // The smaller angle that makes the entry 0 (Golub & Van Loan, section 8.5.2).
      const tau = (a[4 * q]! - a[4 * p]!) / (2 * beside)
      const tan = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau))
      const cos = 1 / Math.hypot(1, tan)
      const turn = [1, 0, 0, 0, 1, 0, 0, 0, 1]
      turn[4 * p] = cos
      turn[4 * q] = cos
      turn[3 * p + q] = tan * cos
      turn[3 * q + p] = -tan * cos
      const back = turn.map((_, i) => turn[3 * (i % 3) + Math.floor(i / 3)]!)
      a = multiply(multiply(back, a), turn)
      vectors = multiply(vectors, turn)
    }
  }
  return { values: [a[0]!, a[4]!, a[8]!], vectors }
}
