/**
 * How far a layer's features are from a style: which statistics are compared, and how they are
 * weighted. All are functions of moments, which add up over regions, pictures and tiles.
 */
import * as b from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { covariance, type Moments, type StyleTargetNodes } from './covariance.ts'
import { type LossForm, TINY_NORM } from './form.ts'
import { targetEnergy, wassersteinDistance, wassersteinTarget } from './wasserstein.ts'

export type { Moments, StyleTargetNodes } from './covariance.ts'

/**
 * - gram: Gram matrices, Gatys 2015 eq. 3 to 5.
 * - covariance: the same of features less their mean: blind to what a layer's mean colour is.
 * - wasserstein: the distance between Gaussians; see wasserstein.ts.
 */
export const STYLE_LOSSES = ['gram', 'covariance', 'wasserstein'] as const
export type StyleLoss = (typeof STYLE_LOSSES)[number]

/** Whether `Moments` need their mean. */
export const needsMean = (kind: StyleLoss): boolean => kind !== 'gram'

/** Whether `styleDistance` looks at the target's mean: graphs of other losses have no input for it. */
export const comparesMean = (kind: StyleLoss): boolean => kind === 'wasserstein'

/**
 * Makes of the styles' (blended) moments what distances are measured from.
 * matrix: gram E[F·Fᵀ]/C, covariance Σ/C, wasserstein Σ^½ with its ridge. mean: the moments' own.
 */
export function styleTarget(kind: StyleLoss, moments: Moments): StyleTargetNodes {
  if (kind === 'wasserstein') return wassersteinTarget(moments)
  return { matrix: perChannel(kind, moments), mean: moments.mean }
}

/**
 * gram and covariance: Σ (G − A)² over matrices [C,C]; wasserstein: the squared distance over C.
 * → scalar
 */
export function styleDistance(kind: StyleLoss, moments: Moments, target: StyleTargetNodes): Node {
  if (kind === 'wasserstein') return wassersteinDistance(moments, target)
  const difference = b.sub(perChannel(kind, moments), target.matrix)
  return b.sumAll(b.mul(difference, difference))
}

/** The matrix that gram and covariance compare, divided by C as Gram matrices are. */
function perChannel(kind: StyleLoss, moments: Moments): Node {
  const matrix = kind === 'covariance' ? covariance(moments) : moments.second
  return b.mul(matrix, b.scalar(1 / moments.second.shape[0]!))
}

/**
 * The distance from a target that the normalised form counts as 1. For gram it is Σ A², the
 * distance of features that are all zero; for covariance Σ A² too, or what LEAST_CONTRAST makes of
 * it; for wasserstein (tr Σ + |μ|²)/C.
 * @param target as `styleTarget` gives it.
 */
export function targetSquaredNorm(
  kind: StyleLoss,
  { matrix, mean }: { readonly matrix: Float32Array; readonly mean?: Float32Array },
): number {
  switch (kind) {
    case 'gram':
      return sumOfSquares(matrix)
    case 'covariance': {
      const ofMean = sumOfSquares(mean!) / mean!.length
      return Math.max(sumOfSquares(matrix), (LEAST_CONTRAST * ofMean) ** 2)
    }
    case 'wasserstein':
      return targetEnergy(sumOfSquares(matrix), sumOfSquares(mean!), mean!.length) / mean!.length
  }
}

/**
 * A covariance counts as at least this much of μᵀ·μ. That of a flat style is rounding noise, and
 * its layer would otherwise outweigh everything. Samples and built-in styles have 0.25 … 1.1 at 128
 * px.
 */
const LEAST_CONTRAST = 0.1

const sumOfSquares = (values: Float32Array): number =>
  values.reduce((total, value) => total + value * value, 0)

/**
 * The factor that turns `styleDistance` into a form's style loss, for a layer of C channels, one of
 * L layers.
 * - normalised: 1/(L·N) with N = `targetSquaredNorm`, for every kind.
 * - neural-style: 1/C², the mean squared difference of matrices.
 * - gatys: 1/(4·L·C²): the notebooks' ⅕ Σ MSE(G, A)/(4 C² M²) with G = F·Fᵀ, ⅕ being one over the
 * layers, and A brought to the content's M.
 *
 * The literature has no wasserstein in the latter two. There its distance is multiplied by N as
 * well, which gives it the unit of a Gram loss, the fourth power of features, so that weights
 * chosen for Gram losses keep their meaning.
 */
export function styleCoefficient(
  form: LossForm,
  layer: {
    /** Default gram. */
    readonly kind?: StyleLoss
    readonly channels: number
    readonly targetSquaredNorm: number
    readonly layerCount: number
  },
): number {
  const norm = Math.max(layer.targetSquaredNorm, TINY_NORM)
  const entries = layer.channels ** 2
  const unit = layer.kind === 'wasserstein' ? norm : 1
  switch (form) {
    case 'normalised':
      return 1 / (layer.layerCount * norm)
    case 'neural-style':
      return unit / entries
    case 'gatys':
      return unit / (4 * layer.layerCount * entries)
  }
}
