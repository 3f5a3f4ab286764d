import { afterAll, describe, expect, test } from 'vitest'
import type { StylizeOptions } from '../../../src/engine/options.ts'
import { type Mask, noiseImage, type PlanarImage } from '../../../src/engine/picture/image.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import { shifted, unshifted } from '../../../src/engine/scale/shift.ts'
import { stagesOf } from '../../../src/engine/scale/stage.ts'
import { type StylizeContext, stylize } from '../../../src/engine/stylize.ts'
import { readGolden } from '../../golden-files.ts'

test.each([
  ['lbfgs', 110, 0.25, [82, 28]],
  ['lbfgs', 80, 0.25, [60, 20]],
  // A handful of steps would end before the optimiser is on its way again.
  ['lbfgs', 40, 0.25, [40]],
  ['lbfgs', 110, 0, [110]],
  ['lbfgs', 23, 0.9, [2, 21]],
  ['lbfgs', 0, 0.9, [0]],
  ['adam', 110, 0.25, [110]],
] as const)(
  'of %s, %i steps at the finest scale with a share of %d are %j',
  (optimizer, iterations, shiftShare, expected) => {
    const scales = [
      { longEdge: 32, iterations: 100 },
      { longEdge: 64, iterations },
    ]
    const [coarse, ...fine] = stagesOf(scales, { optimizer, shiftShare })
    expect(coarse).toEqual({ scaleIndex: 0, before: 0, iterations: 100, isShifted: false })
    expect(fine).toEqual(
      expected.map((steps, i) => ({
        scaleIndex: 1,
        before: i === 0 ? 0 : expected[0],
        iterations: steps,
        isShifted: i > 0,
      })),
    )
  },
)

describe('a run whose last steps are painted on the moved picture', async () => {
  const { content, style, vgg19Tiny: model } = await readGolden({ withVgg16: false })
  const runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
  afterAll(() => runtime.release())
  const settings = { size: 0, minScale: 4096, iterations: [40], shiftShare: 0.5 } as const
  const inverse = { image: { ...style, data: style.data.map((v) => 1 - v) }, weight: 1 }
  const paint = (
    photograph: PlanarImage,
    options: Partial<StylizeOptions>,
    context: Partial<StylizeContext> = {},
    mask?: Mask,
  ) =>
    stylize(
      photograph,
      mask ? [inverse, { image: style, weight: 1, mask }] : [{ image: style, weight: 1 }],
      { ...settings, ...options },
      { runtime, model, ...context },
    )

  const photograph = { width: 64, height: 48, data: noiseImage(64, 48, 3).data }
  const leftHalf: Mask = {
    ...{ width: 64, height: 48 },
    data: Float32Array.from({ length: 64 * 48 }, (_, i) => (i % 64 < 31 ? 1 : 0)),
  }

  test.each([
    ['of a whole picture', 'replicate', 'edge', undefined],
    ['without a seam', 'wrap', 'opposite', undefined],
    ['in two regions', 'replicate', 'edge', leftHalf],
  ] as const)(
    '%s is one run, then another on the moved picture',
    async (_, padding, beyond, mask) => {
      const run = (picture: PlanarImage, iterations: number, start?: PlanarImage) =>
        paint(
          picture,
          { padding, iterations: [iterations], shiftShare: 0, init: start ? 'image' : 'content' },
          { initImage: start },
          mask && (start ? shifted(mask, beyond) : mask),
        )
      const whole = await paint(photograph, { padding }, {}, mask)
      const first = await run(photograph, 20)
      const second = await run(shifted(photograph, beyond), 20, shifted(first.image, beyond))
      expect(whole.image.data).toEqual(unshifted(second.image, beyond).data)
      expect(whole.terms).toEqual(second.terms)
      expect(whole.evaluations).toEqual([...first.evaluations, ...second.evaluations])
      expect(whole.isFinished).toBe(true)
    },
  )

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
    const expected = unshifted(shifted(first.image, 'edge'), 'edge').data
    expect(stopped.image.data).toEqual(expected)
    expect(shown!.data).toEqual(expected)
  })
})
