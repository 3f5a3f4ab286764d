import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeRegions, type StyleImage } from '../../../src/engine/input/regions.ts'
import { type Mask, noiseImage, type PlanarImage } from '../../../src/engine/picture/image.ts'

const WIDTH = 6
const HEIGHT = 4
const PIXELS = WIDTH * HEIGHT
const content = noiseImage(WIDTH, HEIGHT, 1)
const picture = noiseImage(3, 3, 2)

const style = (given: Partial<StyleImage> = {}): StyleImage => ({
  image: picture,
  weight: 1,
  ...given,
})
const mask = (value: (i: number) => number): Mask => ({
  width: WIDTH,
  height: HEIGHT,
  data: Float32Array.from({ length: PIXELS }, (_, i) => value(i)),
})
const left = mask((i) => (i % WIDTH < 3 ? 1 : 0))
const withAlpha = (alpha: (i: number) => number): PlanarImage => ({
  ...content,
  alpha: mask(alpha).data,
})

describe('styles without masks', () => {
  test('are one region that covers all of an opaque content, those of weight 0 left out', () => {
    const [a, b, none] = [style(), style({ weight: 3 }), style({ weight: 0 })]
    expect(makeRegions(content, [a, none, b])).toEqual({ regions: [{ styles: [a, b] }] })
    expect(
      makeRegions(
        withAlpha(() => 1),
        [a],
        mask(() => 1),
      ),
    ).toEqual({
      regions: [{ styles: [a] }],
    })
  })

  test('count by the content’s alpha, which is no matter of how far they are painted', () => {
    const { regions, painted } = makeRegions(
      withAlpha((i) => i / PIXELS),
      [style()],
    )
    expect(regions[0]!.coverage).toEqual(mask((i) => i / PIXELS))
    expect(painted).toBeUndefined()
  })

  test('count by strength, and are painted as far as it says', () => {
    const strength = mask((i) => i / PIXELS)
    const { regions, painted } = makeRegions(content, [style()], strength)
    expect(regions[0]!.coverage).toEqual(strength)
    expect(painted).toEqual(strength)
  })
})

describe('a masked style', () => {
  test('paints where its mask says, and the others what it leaves', () => {
    const [masked, other] = [style({ mask: left }), style()]
    const { regions, painted } = makeRegions(content, [other, masked])
    expect(regions).toEqual([
      { styles: [masked], coverage: left },
      { styles: [other], coverage: mask((i) => (i % WIDTH < 3 ? 0 : 1)) },
    ])
    expect(painted).toBeUndefined()
  })

  test('alone leaves the content where its mask is 0', () => {
    const { regions, painted } = makeRegions(content, [style({ mask: left })])
    expect(regions.map(({ coverage }) => coverage)).toEqual([left])
    expect(painted).toEqual(left)
  })

  test('whose mask is all of an opaque content has no coverage of its own', () => {
    const { regions, painted } = makeRegions(content, [style({ mask: mask(() => 1) })])
    expect([regions[0]!.coverage, painted]).toEqual([undefined, undefined])
  })

  test('blends with those of an equal mask, and shares with those of another one', () => {
    const again = { ...left, data: left.data.slice() }
    const other = mask((i) => (i % WIDTH < 3 ? 0.5 : 0))
    const styles = [style({ mask: left }), style({ mask: other }), style({ mask: again })]
    const { regions } = makeRegions(content, styles)
    expect(regions.map((region) => region.styles)).toEqual([[styles[0], styles[2]], [styles[1]]])
  })

  test('has its mask stretched over the content', () => {
    const small: Mask = { width: 2, height: 1, data: Float32Array.of(1, 0) }
    const { regions } = makeRegions(content, [style({ mask: small })])
    const [row] = [regions[0]!.coverage!.data.slice(0, WIDTH)]
    expect([row![0], row![5]]).toEqual([1, 0])
    expect([...row!]).toEqual([...row!].sort().reverse())
  })

  test('that covers nothing, or nothing visible, is no region', () => {
    const nothing = style({ mask: mask(() => 0) })
    const { regions, painted } = makeRegions(content, [nothing])
    expect(regions).toEqual([])
    expect(painted).toEqual(mask(() => 0))
    const hidden = withAlpha((i) => (i % WIDTH < 3 ? 0 : 1))
    expect(makeRegions(hidden, [style({ mask: left })]).regions).toEqual([])
  })
})

test('coverages share each pixel: their sum is strength × alpha, less where no style paints', () => {
  const values = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), {
    minLength: PIXELS,
    maxLength: PIXELS,
  })
  const toMask = (data: readonly number[]): Mask => mask((i) => data[i]!)
  fc.assert(
    fc.property(
      fc.array(values, { minLength: 1, maxLength: 3 }),
      values,
      values,
      fc.boolean(),
      (masks, strength, alpha, hasFree) => {
        const styles = masks.map((data) => style({ mask: toMask(data) }))
        if (hasFree) styles.push(style())
        const { regions } = makeRegions(
          withAlpha((i) => alpha[i]!),
          styles,
          toMask(strength),
        )
        // As the regions see them, in float32.
        const [s, a] = [toMask(strength).data, toMask(alpha).data]
        for (let i = 0; i < PIXELS; i++) {
          const wanted = masks.reduce((sum, data) => sum + data[i]!, 0)
          const share = hasFree ? 1 : Math.min(1, wanted)
          const sum = regions.reduce((total, { coverage }) => total + coverage!.data[i]!, 0)
          expect(sum).toBeCloseTo(share * s[i]! * a[i]!, 5)
        }
      },
    ),
    { seed: 4, numRuns: 60 },
  )
})
