/**
 * The squared 2-Wasserstein distance between the Gaussians of two layers' features, also known as
 * Fréchet's: |μ − μ_A|² + tr(Σ + Σ_A − 2·(R·Σ·R)^½) with R = Σ_A^½ (Dowson & Landau 1982; for style
 * Mroueh 2019, "Wasserstein Style Transfer").
 */
import * as b from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { covariance, type Moments, type StyleTargetNodes } from './covariance.ts'
import { matrixRoots, SMALLEST_EIGENVALUE, scaledIdentity, trace } from './matrix-root.ts'

/**
 * Differs: both covariances have this much of the target's energy tr Σ_A + |μ_A|² added to each
 * variance, as if all features carried a little white noise. Covariances of VGG features are nearly
 * singular (512 channels, at small sizes fewer pixels), where roots have no gradient; and float32
 * knows a covariance no better than to 1e-7 of the energy. The distance is still 0 only where means
 * and covariances are equal. Measured with VGG16 on photographs, styles, noise and flat colour at
 * 128 and 256 px: at most 7 % of the variance of a photograph or style lies in directions below
 * this, and gradients in float32 are within 1e-4 of float64's, 4e-4 for a flat style.
 */
const RIDGE = 5e-4
/** Keeps roots finite for a target without any energy; float32 holds its fourth power. */
const LEAST_RIDGE = 1e-8

/** root: (Σ_A + ridge)^½ [C,C], mean: μ_A [1,C]. */
export function wassersteinTarget(moments: Moments): StyleTargetNodes {
  const channels = moments.second.shape[0]!
  const ridge = b.add(b.mul(trace(moments.second), b.scalar(RIDGE)), b.scalar(LEAST_RIDGE))
  const broad = b.add(covariance(moments), scaledIdentity(channels, ridge))
  return { matrix: matrixRoots(broad).root, mean: moments.mean }
}

/**
 * The distance over the channels; in float32 to some 1e-5 of the energy over the channels, so it
 * may come out below 0 beside the target. → scalar
 */
export function wassersteinDistance(moments: Moments, target: StyleTargetNodes): Node {
  const channels = moments.second.shape[0]!
  const ridge = ridgeOf(target, channels)
  const broad = b.add(covariance(moments), scaledIdentity(channels, ridge))
  const product = b.matmul(b.matmul(target.matrix, broad), target.matrix)
  const shift = squaredNorm(b.sub(moments.mean!, target.mean!))
  const spread = b.sub(
    b.add(trace(broad), squaredNorm(target.matrix)),
    b.mul(traceOfRoot(product, b.mul(ridge, ridge)), b.scalar(2)),
  )
  return b.mul(b.add(shift, spread), b.scalar(1 / channels))
}

/** The ridge that is in the root. → scalar */
function ridgeOf({ matrix, mean }: StyleTargetNodes, channels: number): Node {
  const sum = b.add(squaredNorm(matrix), squaredNorm(mean!))
  return b.add(b.mul(sum, b.scalar(RIDGE * energyShare(channels))), b.scalar(LEAST_RIDGE))
}

/**
 * tr Σ_A + |μ_A|² of a target.
 * @param ofRoot Σ R² @param ofMean Σ μ²
 */
export const targetEnergy = (ofRoot: number, ofMean: number, channels: number): number =>
  (ofRoot + ofMean) * energyShare(channels)

/** Energy over tr R² + |μ_A|², as tr R² = tr Σ_A + C·ridge. */
const energyShare = (channels: number): number => 1 / (1 + RIDGE * channels)

/**
 * tr M^½ of a symmetric matrix whose eigenvalues are `least` or more. Its derivative is ½·M^-½,
 * which the iteration has found by the way, so nothing is differentiated through its steps.
 * Differs: where M is so large that `least` drowns in it, as for a picture of far more contrast
 * than the style, what float32 can tell takes its place.
 */
function traceOfRoot(matrix: Node, least: Node): Node {
  const discernible = b.mul(b.sqrt(squaredNorm(matrix)), b.scalar(SMALLEST_EIGENVALUE))
  const missing = b.relu(b.sub(discernible, least))
  const raised = b.add(matrix, scaledIdentity(matrix.shape[0]!, missing))
  const { root, inverseRoot } = matrixRoots(raised)
  return b.withSlope(trace(root), raised, b.mul(inverseRoot, b.scalar(0.5)))
}

const squaredNorm = (x: Node): Node => b.sumAll(b.mul(x, x))
