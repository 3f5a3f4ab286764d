import { expect, test } from 'vitest'
import * as b from '../../../../src/engine/graph/build.ts'
import { makeGraph } from '../../../../src/engine/graph/node.ts'
import { matrixRoots } from '../../../../src/engine/objective/losses/matrix-root.ts'
import { evaluate, tensor } from '../../../reference/interpreter.ts'
import { distanceBetween } from './features.ts'

test('roots of a matrix multiply to the matrix and to one, down to eigenvalues of a millionth', () => {
  const channels = 4
  // Q·D·Qᵀ with Q = I − 2vvᵀ/|v|².
  const v = [1, 2, -1, 3]
  const q = (i: number, j: number): number => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / 15
  const eigenvalues = [3, 0.4, 1e-3, 3.5e-6]
  const entries = Array.from({ length: channels ** 2 }, (_, at) => {
    const [i, j] = [Math.floor(at / channels), at % channels]
    return eigenvalues.reduce((sum, value, k) => sum + q(i, k) * value * q(j, k), 0)
  })
  const matrix = b.input('matrix', [channels, channels])
  const { root, inverseRoot } = matrixRoots(matrix)
  const { squared, one } = evaluate(
    makeGraph({ squared: b.matmul(root, root), one: b.matmul(root, inverseRoot) }),
    { matrix: tensor([channels, channels], entries) },
  )
  // The factors of the steps are float32.
  expect(distanceBetween([...squared!.data], entries)).toBeLessThan(1e-6)
  one!.data.forEach((value, at) => {
    expect(value).toBeCloseTo(at % (channels + 1) === 0 ? 1 : 0, 5)
  })
})
