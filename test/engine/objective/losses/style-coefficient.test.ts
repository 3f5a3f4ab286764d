import { describe, expect, test } from 'vitest'
import * as b from '../../../../src/engine/graph/build.ts'
import { makeGraph } from '../../../../src/engine/graph/node.ts'
import type { LOSS_FORMS } from '../../../../src/engine/objective/losses/form.ts'
import {
  STYLE_LOSSES,
  type StyleLoss,
  styleCoefficient,
  styleTarget,
  targetSquaredNorm,
} from '../../../../src/engine/objective/losses/style.ts'
import { evaluate, type Tensor } from '../../../reference/interpreter.ts'
import { correlated, distanceOf, momentsFrom, moved, scaled } from './features.ts'

/** `targetSquaredNorm` of the style that has these features. */
function normOf(kind: StyleLoss, features: Tensor): number {
  const { matrix, mean } = styleTarget(kind, momentsFrom(kind, b.input('x', features.shape)))
  const target = evaluate(makeGraph({ matrix, ...(mean && { mean }) }), { x: features })
  return targetSquaredNorm(kind, {
    matrix: Float32Array.from(target.matrix!.data),
    mean: target.mean && Float32Array.from(target.mean.data),
  })
}

function distanceBetween(kind: StyleLoss, features: Tensor, style: Tensor): number {
  const distance = distanceOf(kind, b.input('x', features.shape), b.input('style', style.shape))
  return evaluate(makeGraph({ distance }), { x: features, style }).distance!.data[0]!
}

const STYLE = correlated([1, 3, 4, 5], 4)
const NOTHING = scaled(STYLE, 0)

describe('the normalised form', () => {
  test.each(['gram', 'covariance'] as const)(
    'makes the %s loss of nothing 1, over layers',
    (kind) => {
      for (const style of [STYLE, scaled(STYLE, 500)]) {
        const coefficient = styleCoefficient('normalised', {
          kind,
          channels: 3,
          targetSquaredNorm: normOf(kind, style),
          layerCount: 5,
        })
        // The norm is of float32 values.
        expect(coefficient * distanceBetween(kind, NOTHING, style)).toBeCloseTo(0.2, 6)
      }
    },
  )

  test('makes the Wasserstein loss of nothing 1 but for the noise in both covariances', () => {
    for (const style of [STYLE, scaled(STYLE, 500)]) {
      const coefficient = styleCoefficient('normalised', {
        kind: 'wasserstein',
        channels: 3,
        targetSquaredNorm: normOf('wasserstein', style),
        layerCount: 5,
      })
      const loss = 5 * coefficient * distanceBetween('wasserstein', NOTHING, style)
      expect(loss).toBeGreaterThan(0.9)
      expect(loss).toBeLessThan(1)
    }
  })

  test('takes the mean square of features for the Wasserstein norm', () => {
    const meanSquare = STYLE.data.reduce((sum, value) => sum + value ** 2, 0) / 60
    expect(normOf('wasserstein', STYLE) / meanSquare).toBeCloseTo(1, 6)
  })

  test('gives the covariance of a flat style no more than a hundred times the Gram matrix’', () => {
    const flat = moved(NOTHING, [1, 2, 3])
    const nearlyFlat = moved(scaled(STYLE, 1e-3), [1, 2, 3])
    for (const style of [flat, nearlyFlat]) {
      const gram = normOf('gram', style)
      expect(gram / normOf('covariance', style)).toBeCloseTo(100, 0)
    }
  })

  test.each(STYLE_LOSSES)('stays finite for the %s of black', (kind) => {
    const black = { kind, channels: 3, targetSquaredNorm: normOf(kind, NOTHING), layerCount: 1 }
    expect(Number.isFinite(styleCoefficient('normalised', black))).toBe(true)
  })
})

describe('the literature’s forms', () => {
  const layer = { channels: 3, targetSquaredNorm: 7, layerCount: 5 }

  test.each(['gram', 'covariance'] as const)(
    'are the mean square of %s, and the tutorial’s quarter of it, averaged over layers',
    (kind) => {
      expect(styleCoefficient('neural-style', { ...layer, kind })).toBe(1 / 9)
      expect(styleCoefficient('gatys', { ...layer, kind })).toBe(1 / 180)
    },
  )

  test('grow with the fourth power of features for every loss, as their weights suppose', () => {
    const [features, style] = [correlated([1, 3, 4, 5], 5), STYLE]
    for (const kind of STYLE_LOSSES) {
      const loss = (form: (typeof LOSS_FORMS)[number], factor: number): number => {
        const target = scaled(style, factor)
        const targetNorm = normOf(kind, target)
        const coefficient = styleCoefficient(form, {
          ...layer,
          kind,
          targetSquaredNorm: targetNorm,
        })
        return coefficient * distanceBetween(kind, scaled(features, factor), target)
      }
      for (const form of ['neural-style', 'gatys'] as const) {
        expect(loss(form, 3) / loss(form, 1), `${kind}, ${form}`).toBeCloseTo(81, 2)
      }
      expect(loss('normalised', 3) / loss('normalised', 1), kind).toBeCloseTo(1, 5)
    }
  })
})
