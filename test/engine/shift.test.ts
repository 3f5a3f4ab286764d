import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { noiseImage, type PlanarImage } from '../../src/engine/image.ts'
import type { StylizeOptions } from '../../src/engine/options.ts'
import { createNodeRuntime } from '../../src/engine/runtime/ort-node.ts'
import { shifted, shiftedSteps, unshifted } from '../../src/engine/shift.ts'
import { type StylizeContext, stylize } from '../../src/engine/stylize.ts'
import { readGolden } from '../golden-files.ts'

/** Channels of 10, 20 and 30 and more. */
const image: PlanarImage = {
  width: 3,
  height: 2,
  data: Float32Array.of(11, 12, 13, 14, 15, 16, 21, 22, 23, 24, 25, 26, 31, 32, 33, 34, 35, 36),
}
const extent = fc.integer({ min: 1, max: 9 })

describe('the picture moved by a pixel', () => {
  test('has its edge repeated, or its opposite edge', () => {
    expect([...shifted(image, 'edge').data.slice(6, 12)]).toEqual([25, 26, 26, 25, 26, 26])
    expect([...shifted(image, 'opposite').data.slice(6, 12)]).toEqual([25, 26, 24, 22, 23, 21])
  })

  test('moves back to where it was', () => {
    fc.assert(
      fc.property(extent, extent, fc.constantFrom('edge', 'opposite'), (width, height, beyond) => {
        const picture = noiseImage(width, height, 1)
        expect(unshifted(shifted(picture, beyond), picture, beyond)).toEqual(picture)
      }),
    )
  })

  test('keeps in its first row and column what was there, or takes the opposite edge back', () => {
    const before = { ...image, data: image.data.map(() => 0) }
    const rows = (beyond: 'edge' | 'opposite') => [
      ...unshifted(image, before, beyond).data.slice(0, 6),
    ]
    expect(rows('edge')).toEqual([0, 0, 0, 0, 11, 12])
    expect(rows('opposite')).toEqual([16, 14, 15, 13, 11, 12])
  })
})

test.each([
  [110, 0.25, 28],
  [40, 0.25, 10],
  // A handful of steps would end before the optimiser is on its way again.
  [30, 0.25, 0],
  [110, 0, 0],
  [110, 1, 110],
])('of %i steps, at a share of %d, %i are painted so', (iterations, share, expected) => {
  expect(shiftedSteps(iterations, share)).toBe(expected)
})

describe('a run whose last steps are painted on the moved picture', async () => {
  const { content, style, vgg19Tiny: model } = await readGolden({ withVgg16: false })
  const runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
  afterAll(() => runtime.release())
  const settings = { size: 0, minScale: 4096, iterations: [30], shiftShare: 1 / 3 } as const
  const paint = (
    photograph: PlanarImage,
    options: Partial<StylizeOptions>,
    context: Partial<StylizeContext> = {},
  ) =>
    stylize(
      photograph,
      [{ image: style, weight: 1 }],
      { ...settings, ...options },
      { runtime, model, ...context },
    )

  test.each([
    ['replicate', 'edge'],
    ['wrap', 'opposite'],
  ] as const)('%s: is one run, then another on the moved picture', async (padding, beyond) => {
    const extents = { width: 64, height: 48 }
    const photograph = { ...extents, data: noiseImage(64, 48, 3).data }
    const whole = await paint(photograph, { padding })
    const first = await paint(photograph, { padding, iterations: [20], shiftShare: 0 })
    const second = await paint(
      shifted(photograph, beyond),
      { padding, iterations: [10], shiftShare: 0, init: 'image' },
      { initImage: shifted(first.image, beyond) },
    )
    expect(whole.image.data).toEqual(unshifted(second.image, first.image, beyond).data)
    expect(whole.terms).toEqual(second.terms)
    expect(whole.evaluations).toEqual([...first.evaluations, ...second.evaluations])
    expect(whole.isFinished).toBe(true)
  })

  test('shows and keeps the picture in its place, wherever it is stopped', async () => {
    const first = await paint(content, { iterations: [20], shiftShare: 0 })
    const stop = new AbortController()
    let shown: PlanarImage | undefined
    const stopped = await paint(
      content,
      {},
      {
        stop: stop.signal,
        async onProgress({ iteration, preview }) {
          if (iteration !== 21) return
          shown = await preview()
          stop.abort()
        },
      },
    )
    expect(stopped.isFinished).toBe(false)
    expect(stopped.evaluations).toHaveLength(21)
    // The first evaluation there is of the picture that the steps before it ended with.
    expect(stopped.image.data).toEqual(first.image.data)
    expect(shown!.data).toEqual(first.image.data)
  })
})
