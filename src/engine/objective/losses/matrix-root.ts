/** Square roots of positive definite matrices, by products alone. */
import * as b from '../../graph/build.ts'
import { Constant } from '../../graph/constant.ts'
import type { Node } from '../../graph/node.ts'

/**
 * The smallest eigenvalue that `matrixRoots` gets right, relative to the matrix's Frobenius norm:
 * smaller ones come out too small. Float32 knows eigenvalues to some 1e-7 of the largest one.
 */
export const SMALLEST_EIGENVALUE = 1e-6

/** How far from their limit the singular values of the last step may be; float32 ends there. */
const CONVERGED = 1e-7

/**
 * A^½ and A^-½ by the coupled Newton–Schulz iteration, Higham 2008, "Functions of Matrices", ch. 6:
 * T = (3·I − ZY)/2, Y ← YT, Z ← TZ, from A/|A| and I. Differs: each step stretches √(ZY) by an α
 * first, Chen & Chow 2014, "A stable scaling of Newton–Schulz": the smallest eigenvalues, which the
 * plain steps raise by 9/4 each, rise by 27/4, and 11 steps do instead of 21.
 * @param matrix [C,C] float32, symmetric, positive definite.
 */
export function matrixRoots(matrix: Node): { readonly root: Node; readonly inverseRoot: Node } {
  const norm = b.sqrt(b.sumAll(b.mul(matrix, matrix)))
  let root = b.div(matrix, norm)
  let inverseRoot: Node | undefined
  for (const alpha of SCALINGS) {
    const product = inverseRoot ? b.matmul(inverseRoot, root) : root
    // α·(3·I − α²·ZY)/2
    const step = b.sub(
      scaledIdentity(matrix.shape[0]!, b.scalar(1.5 * alpha)),
      b.mul(product, b.scalar(0.5 * alpha ** 3)),
    )
    root = b.matmul(root, step)
    inverseRoot = inverseRoot ? b.matmul(step, inverseRoot) : step
  }
  const size = b.sqrt(norm)
  return { root: b.mul(root, size), inverseRoot: b.div(inverseRoot!, size) }
}

/** α of each step: the one that raises the smallest of the singular values in [ℓ,1] the most. */
const SCALINGS: readonly number[] = scalings(Math.sqrt(SMALLEST_EIGENVALUE))

function scalings(smallest: number): number[] {
  const result: number[] = []
  for (let least = smallest; 1 - least > CONVERGED; ) {
    const alpha = Math.sqrt(3 / (1 + least + least ** 2))
    result.push(alpha)
    least = (alpha * least * (3 - (alpha * least) ** 2)) / 2
  }
  return result
}

/** @param factor a scalar. → [C,C] */
export const scaledIdentity = (channels: number, factor: Node): Node =>
  b.mul(identity(channels), factor)

/** Σ of the diagonal of [C,C]. → scalar */
export const trace = (matrix: Node): Node => b.sumAll(b.mul(matrix, identity(matrix.shape[0]!)))

const identity = (channels: number): Node =>
  b.constant(
    new Constant(`identity ${channels}`, [channels, channels], () => {
      const values = new Float32Array(channels ** 2)
      for (let i = 0; i < channels; i++) values[i * (channels + 1)] = 1
      return values
    }),
  )
