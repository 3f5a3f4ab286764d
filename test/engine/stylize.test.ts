import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { CancelledError, ImageError, ModelError, OptionError } from '../../src/engine/errors.ts'
import type { StyleImage } from '../../src/engine/input/regions.ts'
import type { Terms } from '../../src/engine/objective/losses/objective.ts'
import type { StylizeOptions } from '../../src/engine/options.ts'
import type { Progress } from '../../src/engine/output/progress.ts'
import type { StylizeResult } from '../../src/engine/output/result.ts'
import { type Mask, noiseImage, type PlanarImage, resize } from '../../src/engine/picture/image.ts'
import { rotate } from '../../src/engine/picture/rotate.ts'
import { createNodeRuntime } from '../../src/engine/runtime/ort-node.ts'
import { type StylizeContext, stylize } from '../../src/engine/stylize.ts'
import { readGolden } from '../golden-files.ts'
import { type CountingRuntime, makeCountingRuntime } from '../reference/counting-runtime.ts'

const { content, style, vgg19Tiny: model } = await readGolden({ withVgg16: false })
// One thread: other threads have nothing to do at this size but to wait for each other.
const cpu = createNodeRuntime({ device: 'cpu', threads: 1 })
afterAll(() => cpu.release())

let runtime: CountingRuntime
beforeEach(() => {
  runtime = makeCountingRuntime(cpu)
})

/** Two scales, seven iterations: all that a run does, in a tenth of a second. */
const QUICK = { size: 48, minScale: 32, iterations: [4, 3] } as const

const paint = (
  options: Partial<StylizeOptions> = {},
  context: Partial<StylizeContext> = {},
  images: { content?: PlanarImage; styles?: StyleImage[] } = {},
): Promise<StylizeResult> =>
  stylize(
    images.content ?? content,
    images.styles ?? [{ image: style, weight: 1 }],
    { ...QUICK, ...options },
    { runtime, model, ...context },
  )

const sum = (terms: Terms): number => Object.values(terms).reduce((a, b) => a + b, 0)

describe('a run', () => {
  test('gives the same bits twice', async () => {
    for (const options of [{}, { init: 'random', optimizer: 'adam' }] as const) {
      const [first, second] = [await paint(options), await paint(options)]
      expect(second.image.data).toEqual(first.image.data)
      expect(second.terms).toEqual(first.terms)
    }
  })

  test('from noise depends on the seed, from the content it does not', async () => {
    const random = { init: 'random', seed: 1 } as const
    const noise = await paint(random)
    expect((await paint({ ...random, seed: 2 })).image.data).not.toEqual(noise.image.data)
    const { image } = await paint({ seed: 1 })
    expect((await paint({ seed: 2 })).image.data).toEqual(image.data)
  })

  test('of no iterations returns the content at the size asked for, and no losses', async () => {
    const result = await paint({ iterations: [0], minScale: 4096 })
    expect(result.image).toEqual(resize(content, 48, 36))
    expect([result.terms, result.total, result.evaluations]).toEqual([{}, 0, []])
    expect(result.isFinished).toBe(true)
  })

  test.each([
    ['L-BFGS', { optimizer: 'lbfgs' }],
    ['Adam', { optimizer: 'adam' }],
    ['max pooling, zeros', { pooling: 'max', padding: 'zeros' }],
    // A loss of the picture as it is, with weights from 0 to 255.
    ['neural-style', { lossForm: 'neural-style', tvWeight: 1e-3, clamp: false }],
    ['gatys', { lossForm: 'gatys', styleWeight: 1e6, tvWeight: 30 }],
  ] as const)('lowers the loss: %s', async (_, options) => {
    const { evaluations, total } = await paint({ ...options, iterations: [10], minScale: 4096 })
    expect(evaluations).toHaveLength(10)
    expect(total).toBeLessThan(evaluations[0]!.total)
    expect(total).toBe(Math.min(...evaluations.map((record) => record.total)))
  })

  test('reports terms by name that sum to the total, the overshoot not among them', async () => {
    const { terms, total, evaluations } = await paint({
      contentLayers: ['relu4_2', 'relu2_1'],
      styleLayers: ['relu1_1', 'relu3_1'],
    })
    const names = ['content.relu4_2', 'content.relu2_1', 'style.relu1_1', 'style.relu3_1', 'tv']
    expect(Object.keys(terms)).toEqual(names)
    for (const record of [...evaluations, { terms, total }]) {
      expect(Object.keys(record.terms)).toEqual(names)
      expect(record.total).toBe(sum(record.terms))
    }
    expect(evaluations.map(({ scale }) => scale)).toEqual([32, 32, 32, 32, 48, 48, 48])
  })

  test('has the losses of the picture it returns', async () => {
    const settings = { iterations: [6], minScale: 4096 }
    const { image, terms } = await paint(settings)
    const again = await paint({ ...settings, iterations: [1], init: 'image' }, { initImage: image })
    // The same float32 computation on the same pixels.
    expect(again.evaluations[0]!.terms).toEqual(terms)
  })

  test('keeping the photograph’s colours moves light and dark alone', async () => {
    const content = { ...noiseImage(48, 36, 8), alpha: undefined }
    const images = { content: { ...content, data: content.data.map((v) => 0.4 + 0.2 * v) } }
    const { image } = await paint({ colors: 'content-luminance', minScale: 4096 }, {}, images)
    const pixels = 48 * 36
    let largest = 0
    for (let i = 0; i < pixels; i++) {
      const [r, g, b] = [0, 1, 2].map((c) => image.data[c * pixels + i]!)
      // At the ends of the range a colour clips.
      if (Math.min(r!, g!, b!) === 0 || Math.max(r!, g!, b!) === 1) continue
      const changes = [r, g, b].map((v, c) => v! - images.content.data[c * pixels + i]!)
      expect(changes[0]).toBeCloseTo(changes[1]!, 5)
      expect(changes[0]).toBeCloseTo(changes[2]!, 5)
      largest = Math.max(largest, Math.abs(changes[0]!))
    }
    expect(largest).toBeGreaterThan(0.01)
  })

  test('returns values in range, at the size asked for', async () => {
    const { image } = await paint({ styleWeight: 1000 })
    expect([image.width, image.height, image.data.length]).toEqual([48, 36, 3 * 48 * 36])
    expect(image.data.every((value) => value >= 0 && value <= 1)).toBe(true)
    expect(image.alpha).toBeUndefined()
  })

  test('starts from noise at the size of the coarsest scale, so that it is not smoothed', async () => {
    let start: PlanarImage | undefined
    await paint(
      { init: 'random', seed: 5, iterations: [1], size: 48, minScale: 32, scaleRatio: Math.SQRT2 },
      {
        async onProgress({ scaleIndex, preview }) {
          if (scaleIndex === 0) start = await preview()
        },
      },
    )
    expect(start).toEqual(noiseImage(32, 24, 5))
  })

  test('of nothing but total variation smooths', async () => {
    const { terms, evaluations } = await paint({ contentWeight: 0, styleWeight: 0 })
    expect(Object.keys(terms)).toEqual(['tv'])
    expect(evaluations.at(-1)!.total).toBeLessThan(evaluations[4]!.total)
  })
})

describe('device memory', () => {
  test.each(['lbfgs', 'adam'] as const)(
    'is all given back at the end, with %s',
    async (optimizer) => {
      await paint({ optimizer })
      expect([runtime.liveTensors(), runtime.livePrograms()]).toEqual([0, 0])
    },
  )

  test('is all given back after a cancelled run', async () => {
    const abort = new AbortController()
    const run = paint({}, { signal: abort.signal, onProgress: () => abort.abort() })
    await expect(run).rejects.toThrow(CancelledError)
    expect([runtime.liveTensors(), runtime.livePrograms()]).toEqual([0, 0])
  })

  test.each(['lbfgs', 'adam'] as const)(
    'does not grow with the iterations of %s',
    async (optimizer) => {
      const live: number[] = []
      await paint(
        { optimizer, lbfgsMemory: 3, iterations: [40], minScale: 4096 },
        { onProgress: () => void live.push(runtime.liveTensors()) },
      )
      // All is reserved before the first; what rejected steps give back is used again as well.
      expect(new Set(live).size).toBe(1)
    },
  )
})

describe('progress', () => {
  test('counts iterations, evaluations and work', async () => {
    const seen: Progress[] = []
    await paint({}, { onProgress: (progress) => void seen.push(progress) })
    expect(seen.map(({ scaleIndex, iteration }) => [scaleIndex, iteration])).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4],
      [1, 1],
      [1, 2],
      [1, 3],
    ])
    expect(seen.map(({ evaluations }) => evaluations)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(runtime.evaluations()).toBe(7)
    expect(seen.map(({ iterations, scaleCount }) => [iterations, scaleCount])).toEqual([
      ...new Array(4).fill([4, 2]),
      ...new Array(3).fill([3, 2]),
    ])
    expect([seen[0]!.width, seen[0]!.height, seen[6]!.width, seen[6]!.height]).toEqual([
      32, 24, 48, 36,
    ])
    const work = 4 * 32 * 24 + 3 * 48 * 36
    seen.forEach(({ fraction, seconds, secondsLeft, terms, total }, i) => {
      const done = Math.min(i + 1, 4) * 32 * 24 + Math.max(0, i - 3) * 48 * 36
      expect(fraction).toBeCloseTo(done / work, 12)
      expect(seconds).toBeGreaterThan(0)
      // What the first iteration waited for, graphs and targets, is not waited for again.
      const since = i === 0 ? { seconds: 0, fraction: 0 } : seen[0]!
      const speed = (fraction - since.fraction) / (seconds - since.seconds)
      expect(secondsLeft * speed).toBeCloseTo(1 - fraction, 2)
      expect(total).toBe(sum(terms))
    })
    expect(seen.at(-1)!.fraction).toBe(1)
  })

  test('is waited for, and shows the best picture so far at its scale’s size', async () => {
    let isBusy = false
    let last: PlanarImage | undefined
    const { image } = await paint(
      {},
      {
        async onProgress({ preview, width, height }) {
          expect(isBusy).toBe(false)
          isBusy = true
          last = await preview()
          expect([last.width, last.height]).toEqual([width, height])
          isBusy = false
        },
      },
    )
    expect(last).toEqual(image)
  })

  test('that fails ends the run with its error', async () => {
    const failing = () => Promise.reject(new Error('the panel is gone'))
    await expect(paint({}, { onProgress: failing })).rejects.toThrow('the panel is gone')
    expect(runtime.liveTensors()).toBe(0)
  })
})

describe('ending early', () => {
  test('cancelling throws within one evaluation', async () => {
    const abort = new AbortController()
    const run = paint(
      {},
      {
        signal: abort.signal,
        onProgress: ({ evaluations }) => (evaluations === 2 ? abort.abort() : undefined),
      },
    )
    await expect(run).rejects.toThrow(CancelledError)
    await expect(run).rejects.toMatchObject({ code: 'cancelled' })
    expect(runtime.evaluations()).toBe(2)
  })

  test('cancelling during the last iteration or before the first throws as well', async () => {
    const abort = new AbortController()
    const late = paint(
      {},
      {
        signal: abort.signal,
        onProgress: ({ fraction }) => (fraction === 1 ? abort.abort() : undefined),
      },
    )
    await expect(late).rejects.toThrow(CancelledError)
    await expect(paint({}, { signal: abort.signal })).rejects.toThrow(CancelledError)
    expect(runtime.evaluations()).toBe(7)
  })

  test('stopping returns the picture so far, at the scale it reached', async () => {
    const stop = new AbortController()
    const { image, evaluations, isFinished, total } = await paint(
      {},
      {
        stop: stop.signal,
        onProgress: ({ evaluations: done }) => (done === 3 ? stop.abort() : undefined),
      },
    )
    expect(evaluations).toHaveLength(3)
    expect([image.width, image.height]).toEqual([32, 24])
    expect(isFinished).toBe(false)
    expect(total).toBe(Math.min(...evaluations.map((record) => record.total)))
  })

  test('stopping before the first evaluation returns the start', async () => {
    const { image, evaluations, isFinished } = await paint({}, { stop: AbortSignal.abort() })
    expect(image).toEqual(resize(content, 32, 24))
    expect([evaluations, isFinished]).toEqual([[], false])
  })

  test('a run that is not stopped is finished', async () => {
    expect((await paint()).isFinished).toBe(true)
  })
})

describe('styles', () => {
  const other = noiseImage(40, 40, 3)

  test('of weight 0 play no part, and weights are relative', async () => {
    const single = await paint()
    const weighed = await paint(
      {},
      {},
      {
        styles: [
          { image: other, weight: 0 },
          { image: style, weight: 7 },
        ],
      },
    )
    expect(weighed.image.data).toEqual(single.image.data)
  })

  test('blend: both are nearer to their blend than to each other', async () => {
    const options = {
      contentWeight: 0,
      tvWeight: 0,
      iterations: [1],
      minScale: 4096,
      init: 'image',
    } as const
    const styleLoss = async (picture: PlanarImage, styles: [PlanarImage, number][]) => {
      const { terms } = await paint(
        options,
        { initImage: picture },
        {
          styles: styles.map(([image, weight]) => ({ image, weight })),
        },
      )
      return sum(terms)
    }
    const start = resize(style, 48, 36)
    const towardsOther = await styleLoss(start, [[other, 1]])
    const towardsBlend = await styleLoss(start, [
      [style, 1],
      [other, 1],
    ])
    const towardsItself = await styleLoss(start, [[style, 1]])
    expect(towardsBlend).toBeLessThan(towardsOther)
    expect(towardsItself).toBeLessThan(towardsBlend)
  })

  test('painted at another scale make another picture, its own times that of all', async () => {
    const { image } = await paint()
    const smaller = await paint({ styleScale: 0.75 })
    expect(smaller.image.data).not.toEqual(image.data)
    const own = (scale: number): StyleImage[] => [{ image: style, weight: 1, scale }]
    expect((await paint({}, {}, { styles: own(0.75) })).image.data).toEqual(smaller.image.data)
    const both = await paint({ styleScale: 1.5 }, {}, { styles: own(0.5) })
    expect(both.image.data).toEqual(smaller.image.data)
  })

  test('turned by a quarter are the turned picture, by a full turn themselves', async () => {
    const turned = (rotation: number, image = style): StyleImage[] => [
      { image, weight: 1, rotation },
    ]
    const quarter = await paint({}, {}, { styles: turned(90) })
    expect(quarter.image.data).toEqual(
      (await paint({}, {}, { styles: turned(0, rotate(style, 90)) })).image.data,
    )
    expect(quarter.image.data).not.toEqual((await paint()).image.data)
    expect((await paint({}, {}, { styles: turned(-360) })).image.data).toEqual(
      (await paint()).image.data,
    )
  })

  test('turned by any other angle have statistics near their own: corners do not count', async () => {
    const flat = { width: 40, height: 40, data: new Float32Array(4800).fill(0.3) }
    const options = {
      contentWeight: 0,
      tvWeight: 0,
      iterations: [1],
      init: 'image',
      size: 0,
    } as const
    const lossOf = async (rotation: number): Promise<number> => {
      const styles = [{ image: flat, weight: 1, rotation }]
      const only = { ...options, styleLayers: ['relu1_1'], padding: 'replicate' } as const
      return (await paint(only, { initImage: flat }, { content: flat, styles })).total
    }
    expect(await lossOf(0)).toBeLessThan(1e-9)
    expect(await lossOf(30)).toBeLessThan(1e-4)
  })
})

describe('transparency', () => {
  const pixels = content.width * content.height
  const alpha = Float32Array.from({ length: pixels }, (_, i) => (i % content.width < 20 ? 0 : 1))
  const recoloured = (image: PlanarImage, colour: number): PlanarImage => ({
    ...image,
    alpha,
    data: image.data.map((value, i) => (alpha[i % pixels] === 0 ? colour : value)),
  })

  const hiddenIn = (values: Float32Array): Float32Array =>
    values.filter((_, i) => alpha[i % pixels] === 0)
  const visibleIn = (values: Float32Array): Float32Array =>
    values.filter((_, i) => alpha[i % pixels] !== 0)
  /** At the content's size, where no pixel's colour mixes with its neighbours'. */
  const FULL = { size: 0, minScale: 32 } as const

  test('hides colours: what lies under alpha 0 changes nothing that is seen', async () => {
    for (const options of [
      FULL,
      QUICK,
      { ...FULL, colors: 'content-match' },
      { ...FULL, colors: 'content-luminance' },
      { colorsOnly: true },
    ] as const) {
      const [black, white] = [
        await paint(options, {}, { content: recoloured(content, 0) }),
        await paint(options, {}, { content: recoloured(content, 1) }),
      ]
      const seen = ({ image }: StylizeResult): Float32Array =>
        image.data.filter((_, i) => image.alpha![i % image.alpha!.length]! > 0)
      expect(seen(white)).toEqual(seen(black))
      expect(white.terms).toEqual(black.terms)
      expect(visibleIn(white.atContentSize().data)).toEqual(visibleIn(black.atContentSize().data))
    }
  })

  test('leaves what it hides as it was, to the bit', async () => {
    const given = { ...content, alpha }
    for (const options of [FULL, QUICK, { ...QUICK, padding: 'wrap' }] as const) {
      const result = await paint(options, {}, { content: given })
      const full = result.atContentSize()
      expect(hiddenIn(full.data)).toEqual(hiddenIn(content.data))
      expect(visibleIn(full.data)).not.toEqual(visibleIn(content.data))
      expect(full.alpha).toEqual(alpha)
    }
    const { image } = await paint(FULL, {}, { content: given })
    expect(hiddenIn(image.data)).toEqual(hiddenIn(content.data))
    // At another size it is what it is there.
    const smaller = await paint(QUICK, {}, { content: given })
    const shrunk = resize(given, 48, 36)
    shrunk.alpha!.forEach((value, i) => {
      if (value === 0) expect(smaller.image.data[i]).toBe(shrunk.data[i])
    })
  })

  test('of the content is that of the picture and of previews', async () => {
    const given = recoloured(content, 0)
    const { image } = await paint(
      {},
      {
        async onProgress({ preview, width, height }) {
          expect((await preview()).alpha).toEqual(resize(given, width, height).alpha)
        },
      },
      { content: given },
    )
    expect(image.alpha).toEqual(resize(given, 48, 36).alpha)
  })

  test('of a style hides colours too', async () => {
    const styles = (colour: number) => [{ image: recoloured(content, colour), weight: 1 }]
    const [black, white] = [
      await paint({}, {}, { styles: styles(0) }),
      await paint({}, {}, { styles: styles(1) }),
    ]
    expect(white.image.data).toEqual(black.image.data)
  })
})

describe('strength', () => {
  const { width, height } = content
  const pixels = width * height
  const ramp = (value: (x: number) => number): Mask => ({
    width,
    height,
    data: Float32Array.from({ length: pixels }, (_, i) => value((i % width) / width)),
  })

  test('0 leaves the content to the bit, 1 is painted, and what is between is between', async () => {
    const strength = ramp((x) => (x < 0.4 ? 0 : x < 0.7 ? 0.5 : 1))
    const previews: PlanarImage[] = []
    const { image } = await paint(
      { size: 0 },
      { strength, onProgress: async ({ preview }) => void previews.push(await preview()) },
    )
    const changes = Array.from({ length: width }, (_, x) =>
      Math.max(
        ...image.data
          .filter((_, i) => i % width === x)
          .map((value, row) => Math.abs(value - content.data[row * width + x]!)),
      ),
    )
    strength.data.slice(0, width).forEach((share, x) => {
      if (share === 0) expect(changes[x]).toBe(0)
      else expect(changes[x]).toBeGreaterThan(0)
    })
    expect(previews.at(-1)).toEqual(image)
  })

  test('half as much everywhere is half way, of a picture painted as ever', async () => {
    const whole = await paint({ size: 0, minScale: 4096, iterations: [4] })
    const half = await paint(
      { size: 0, minScale: 4096, iterations: [4] },
      { strength: ramp(() => 0.5) },
    )
    // Statistics weighed by the same everywhere are the same, up to rounding of the weights.
    half.image.data.forEach((value, i) => {
      expect(value).toBeCloseTo((content.data[i]! + whole.image.data[i]!) / 2, 2)
    })
  })

  test('at the content’s size leaves what it spares as sharp as it was', async () => {
    const full = (await paint({}, { strength: ramp((x) => (x < 0.5 ? 0 : 1)) })).atContentSize()
    full.data.forEach((value, i) => {
      if (i % width < width / 2) expect(value).toBe(content.data[i])
    })
    expect(full.data).not.toEqual(content.data)
  })

  test('of nothing is a run of nothing, which says so', async () => {
    const notes: string[] = []
    const { image, evaluations, isFinished, plan } = await paint(
      {},
      { strength: ramp(() => 0), onNote: (note) => notes.push(note) },
    )
    expect(image.data).toEqual(content.data)
    expect([evaluations, isFinished, plan.work, runtime.evaluations()]).toEqual([[], true, 0, 0])
    expect(notes).toEqual(['masks and strength leave nothing to paint; the picture is as it was'])
  })
})

describe('refuses, and says what helps:', () => {
  const flat = (width: number, height: number): PlanarImage => ({
    width,
    height,
    data: new Float32Array(3 * width * height),
  })
  const weighed = (weight: number) => [{ image: style, weight }]
  const withNaN = {
    ...content,
    data: content.data.map((value, i) => (i === 5 ? Number.NaN : value)),
  }

  test.each<[string, () => Promise<unknown>, new (message: string) => Error, string]>([
    [
      'no style',
      () => paint({}, {}, { styles: [] }),
      OptionError,
      'style: expected at least one style image, got none',
    ],
    [
      'a negative weight',
      () => paint({}, {}, { styles: weighed(-1) }),
      OptionError,
      'style weight: expected a number ≥ 0, got -1',
    ],
    [
      'an infinite weight',
      () => paint({}, {}, { styles: weighed(Number.POSITIVE_INFINITY) }),
      OptionError,
      'style weight: expected a number ≥ 0, got Infinity',
    ],
    [
      'weights of nothing',
      () => paint({}, {}, { styles: weighed(0) }),
      OptionError,
      'style weights: all are 0',
    ],
    [
      'a style scale out of range',
      () => paint({}, {}, { styles: [{ image: style, weight: 1, scale: 0 }] }),
      OptionError,
      'style scale: expected a number from 0.05 to 20, got 0',
    ],
    [
      'a rotation by no number',
      () => paint({}, {}, { styles: [{ image: style, weight: 1, rotation: Number.NaN }] }),
      OptionError,
      'style rotation: expected degrees, got NaN',
    ],
    [
      'a mask with values out of range',
      () => {
        const mask = { width: 1, height: 1, data: Float32Array.of(255) }
        return paint({}, {}, { styles: [{ image: style, weight: 1, mask }] })
      },
      ImageError,
      'style mask: expected values from 0 to 1, got 255',
    ],
    [
      'a strength map of the wrong length',
      () => paint({}, { strength: { width: 2, height: 2, data: new Float32Array(3) } }),
      ImageError,
      'strength map: expected 4 values for 2×2 pixels',
    ],
    [
      'colours alone that are to stay',
      () => paint({ colorsOnly: true, colors: 'content-luminance' }),
      OptionError,
      '--colors-only: moves the photograph',
    ],
    [
      'init image without an image',
      () => paint({ init: 'image' }),
      OptionError,
      'init: an initial image goes with init "image"',
    ],
    [
      'an image without init image',
      () => paint({}, { initImage: content }),
      OptionError,
      'init: an initial image goes with init "image"',
    ],
    [
      'too few values',
      () => paint({}, {}, { content: { ...content, data: new Float32Array(7) } }),
      ImageError,
      'content: expected 9216 colour values for 64×48 pixels, got 7',
    ],
    [
      'too few values of alpha',
      () => paint({}, {}, { content: { ...content, alpha: new Float32Array(7) } }),
      ImageError,
      'got 9216 and 7 of alpha',
    ],
    [
      'what is no number',
      () => paint({}, {}, { content: withNaN }),
      ImageError,
      'content: holds values that are not finite',
    ],
    [
      'a tiny content',
      () => paint({}, {}, { content: flat(15, 40) }),
      ImageError,
      'content: expected at least 16×16 px, got 15×40',
    ],
    [
      'a tiny style',
      () => paint({}, {}, { styles: [{ image: flat(40, 3), weight: 1 }] }),
      ImageError,
      'style: expected at least 16×16 px, got 40×3',
    ],
    [
      'a content that is all transparent',
      () => paint({}, {}, { content: { ...content, alpha: new Float32Array(64 * 48) } }),
      ImageError,
      'content: is fully transparent',
    ],
    [
      'a strip',
      () => paint({}, {}, { content: flat(16, 64) }),
      ImageError,
      'content: 16×64 px is too narrow: at size 48 it becomes 12×48',
    ],
    [
      'an unknown option',
      () => paint({ styleWieght: 3 } as never),
      OptionError,
      'option "styleWieght": no such option; choose from size',
    ],
    [
      'a value out of range',
      () => paint({ size: -3 }),
      OptionError,
      '--size: expected a whole number from 0 to 16384, got -3',
    ],
    [
      'a layer that VGG19 lacks',
      () => paint({ styleLayers: ['relu2_4'] }),
      OptionError,
      'layer "relu2_4": vgg19 has no such layer',
    ],
    [
      'a layer beyond the weights',
      () => paint({ styleLayers: ['relu5_3'] }),
      ModelError,
      'end at conv5_1',
    ],
  ])('%s', async (_, run, type, message) => {
    const failure = run()
    await expect(failure).rejects.toThrow(type)
    await expect(failure).rejects.toThrow(message)
    expect(runtime.evaluations()).toBe(0)
  })

  test('and leaves nothing on the device', async () => {
    await expect(paint({ styleLayers: ['relu5_3'] })).rejects.toThrow()
    expect([runtime.liveTensors(), runtime.livePrograms()]).toEqual([0, 0])
  })
})

describe('a style of one colour', () => {
  const { width, height } = content
  const pixels = width * height
  const flat = (...color: readonly number[]): PlanarImage => ({
    width: 32,
    height: 32,
    data: Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => color[Math.floor(i / (32 * 32))]!),
  })
  /** Of the left or right half of the picture. */
  const meanOf = ({ data }: PlanarImage, isCounted: (x: number) => boolean = () => true) =>
    [0, 1, 2].map((c) => {
      const values = Array.from(data.subarray(c * pixels, (c + 1) * pixels)).filter((_, i) =>
        isCounted(i % width),
      )
      return values.reduce((a, b) => a + b, 0) / values.length
    })

  test.each([
    ['black', [0, 0, 0]],
    ['blue', [0.2, 0.3, 0.75]],
  ] as const)('gives the picture that colour: %s', async (_, color) => {
    const result = await paint({}, {}, { styles: [{ image: flat(...color), weight: 1 }] })
    // What is clamped at the ends of the range moves the mean a little.
    meanOf(result.atContentSize()).forEach((value, c) => {
      expect(Math.abs(value - color[c]!)).toBeLessThan(0.12)
    })
  })

  test('gives it to the region where it paints, and leaves the others as they are', async () => {
    const left: Mask = { width: 2, height: 1, data: Float32Array.of(1, 0) }
    const run = async (image: PlanarImage) =>
      (
        await paint(
          {},
          {},
          {
            styles: [
              { image, weight: 1, mask: left },
              { image: style, weight: 1 },
            ],
          },
        )
      ).atContentSize()
    const dark = await run(flat(0, 0, 0))
    expect(Math.max(...meanOf(dark, (x) => x < width / 4))).toBeLessThan(0.25)
    const light = await run(flat(1, 1, 1))
    expect(Math.min(...meanOf(light, (x) => x < width / 4))).toBeGreaterThan(0.75)
    expect(Math.min(...meanOf(dark, (x) => x > (3 * width) / 4))).toBeGreaterThan(0.25)
  })

  test('is blended with others by what they have in common, as ever', async () => {
    const blend = [
      { image: flat(0, 0, 0), weight: 1 },
      { image: style, weight: 1 },
    ]
    const result = await paint({}, {}, { styles: blend })
    expect(Math.max(...meanOf(result.atContentSize()))).toBeGreaterThan(0.2)
  })
})
