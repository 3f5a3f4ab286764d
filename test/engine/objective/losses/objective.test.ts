import { describe, expect, test } from 'vitest'
import { ModelError, OptionError, ShapeError } from '../../../../src/engine/errors.ts'
import { contentCoefficient } from '../../../../src/engine/objective/losses/content.ts'
import { LOSS_FORMS } from '../../../../src/engine/objective/losses/form.ts'
import {
  contentTerm,
  type ObjectiveSpec,
  objectiveGraph,
  termNames,
} from '../../../../src/engine/objective/losses/objective.ts'
import { styleCoefficient } from '../../../../src/engine/objective/losses/style.ts'
import { variationCoefficient } from '../../../../src/engine/objective/losses/total-variation.ts'
import { makeNetwork } from '../../../../src/engine/vgg/features.ts'
import { expectGradient, sampleTensor } from '../../../reference/check-gradient.ts'
import { evaluate, type Tensor, tensor } from '../../../reference/interpreter.ts'
import { targetGraph } from '../../../reference/target-graph.ts'
import { makeTinyModel } from '../../../reference/tiny-model.ts'

const model = makeTinyModel({ deepest: 'conv3_1' })
// Odd, so that poolings drop a row and a column.
const WIDTH = 9
const HEIGHT = 7
const SHAPE = [1, 3, HEIGHT, WIDTH]

const base: ObjectiveSpec = {
  width: WIDTH,
  height: HEIGHT,
  network: makeNetwork(model, 'average', 'replicate'),
  form: 'normalised',
  contentLayers: ['relu2_2', 'relu1_2'],
  styleLayers: ['relu1_1', 'relu3_1'],
  styleLoss: 'gram',
  regions: 0,
  asShown: true,
  precision: 'float32',
}

const pixels = (seed: number, range: readonly [number, number] = [0.02, 0.98]): Tensor =>
  sampleTensor(SHAPE, { seed, range })

/** The image's inputs: targets of a content and a style image, and coefficients for the terms. */
function inputsOf(spec: ObjectiveSpec, content: Tensor, style: Tensor, tvWeight = 0.3) {
  const { norms, ...contentTargets } = evaluate(targetGraph({ ...spec, styleLayers: [] }), {
    image: content,
  })
  const styleTargets = evaluate(targetGraph({ ...spec, contentLayers: [] }), { image: style })
  const coefficients = [
    ...spec.contentLayers.map((layer, i) =>
      contentCoefficient(spec.form, {
        shape: contentTargets[contentTerm(layer)]!.shape,
        targetSquaredNorm: norms!.data[i]!,
        layerCount: spec.contentLayers.length,
      }),
    ),
    ...spec.styleLayers.map((layer) => {
      const { shape, data } = styleTargets[`style.${layer}`]!
      return (
        5 *
        styleCoefficient(spec.form, {
          channels: shape[0]!,
          targetSquaredNorm: data.reduce((sum, v) => sum + v * v, 0),
          layerCount: spec.styleLayers.length,
        })
      )
    }),
    tvWeight * variationCoefficient(spec.form, SHAPE),
    ...(spec.asShown ? [0.7] : []),
  ]
  return {
    ...contentTargets,
    ...styleTargets,
    coefficients: tensor([coefficients.length], coefficients),
  }
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, c) => a + c, 0)

const variants = LOSS_FORMS.flatMap((form) =>
  (['average', 'max'] as const).flatMap((pooling) =>
    (['zeros', 'replicate'] as const).map((padding) => [form, pooling, padding] as const),
  ),
)

describe('the gradient of the sum of terms equals central differences', () => {
  test.each(variants)('%s, %s pooling, %s', (form, pooling, padding) => {
    for (const asShown of [false, true]) {
      const spec = { ...base, form, asShown, network: makeNetwork(model, pooling, padding) }
      const graph = objectiveGraph(spec)
      const inputs = inputsOf(spec, pixels(1), pixels(2))
      // Within range, where the straight-through clip is the identity.
      const image = pixels(3)
      const { gradient } = evaluate(graph, { ...inputs, image })
      const lossAt = (data: Float64Array): number =>
        sum(evaluate(graph, { ...inputs, image: { shape: SHAPE, data } }).terms!.data)
      expectGradient(gradient!.data, image.data, lossAt, {
        what: `asShown ${asShown}`,
        entries: 12,
        seed: 5,
      })
    }
  })

  test('outside the range as well, where the image is taken as it is', () => {
    const spec = { ...base, asShown: false }
    const graph = objectiveGraph(spec)
    const inputs = inputsOf(spec, pixels(1), pixels(2))
    const image = pixels(3, [-0.6, 1.7])
    const lossAt = (data: Float64Array): number =>
      sum(evaluate(graph, { ...inputs, image: { shape: SHAPE, data } }).terms!.data)
    const { gradient } = evaluate(graph, { ...inputs, image })
    expectGradient(gradient!.data, image.data, lossAt, { what: 'image', entries: 25, seed: 5 })
  })
})

describe('as shown', () => {
  const image = pixels(3, [-0.6, 1.7])
  const clamped = tensor(
    SHAPE,
    image.data.map((v) => Math.min(1, Math.max(0, v))),
  )
  const asShown = base
  const asItIs = { ...base, asShown: false }
  const shownInputs = inputsOf(asShown, pixels(1), pixels(2))
  const plainInputs = inputsOf(asItIs, pixels(1), pixels(2))
  const shown = evaluate(objectiveGraph(asShown), { ...shownInputs, image })
  const ofClamped = evaluate(objectiveGraph(asItIs), { ...plainInputs, image: clamped })

  test('losses are those of the clamped image', () => {
    expect([...shown.terms!.data.slice(0, -1)]).toEqual([...ofClamped.terms!.data])
  })

  test('the last term is the weighed square of what lies outside', () => {
    const overshoot = sum(image.data.map((v, i) => (v - clamped.data[i]!) ** 2))
    expect(shown.terms!.data.at(-1)).toBeCloseTo(0.7 * overshoot, 12)
  })

  test('the gradient is that of the clamped image, straight through, and of the overshoot', () => {
    shown.gradient!.data.forEach((value, i) => {
      const pull = 2 * 0.7 * (image.data[i]! - clamped.data[i]!)
      // Float64; the same numbers added in another order.
      expect(value).toBeCloseTo(ofClamped.gradient!.data[i]! + pull, 10)
    })
  })

  test('names one term more', () => {
    const plain = ['content.relu2_2', 'content.relu1_2', 'style.relu1_1', 'style.relu3_1', 'tv']
    expect(termNames(asItIs)).toEqual(plain)
    expect(termNames(asShown)).toEqual([...plain, 'overshoot'])
  })
})

test.each(variants)(
  'an image that is its own content and style has no loss and no gradient: %s, %s pooling, %s',
  (form, pooling, padding) => {
    const spec = { ...base, form, network: makeNetwork(model, pooling, padding) }
    const image = pixels(1)
    const inputs = inputsOf(spec, image, image, 0)
    const { terms, gradient } = evaluate(objectiveGraph(spec), { ...inputs, image })
    // Nothing is rounded on the way: both sides are the same computation.
    for (const value of [...terms!.data, ...gradient!.data]) expect(value + 0).toBe(0)
  },
)

test('an objective without content or style layers has only the other terms', () => {
  const onlyStyle = { ...base, contentLayers: [] }
  expect(objectiveGraph(onlyStyle).outputs.terms!.shape).toEqual([4])
  const onlyVariation = { ...base, contentLayers: [], styleLayers: [], asShown: false }
  const graph = objectiveGraph(onlyVariation)
  expect(graph.inputs.map(({ attributes: { name } }) => name).sort()).toEqual([
    'coefficients',
    'image',
  ])
  const { terms } = evaluate(graph, {
    image: tensor(SHAPE, new Array(189).fill(0.5)),
    coefficients: tensor([1], [3]),
  })
  expect([...terms!.data]).toEqual([0])
})

test('one layer may serve content and style at once', () => {
  const spec = { ...base, contentLayers: ['relu1_1'], styleLayers: ['relu1_1'] }
  const inputs = inputsOf(spec, pixels(1), pixels(2))
  const { terms } = evaluate(objectiveGraph(spec), { ...inputs, image: pixels(1) })
  expect(terms!.data[0]).toBe(0)
  expect(terms!.data[1]).toBeGreaterThan(0)
})

describe('refuses', () => {
  test('a layer that the topology lacks, naming those it has', () => {
    expect(() => objectiveGraph({ ...base, styleLayers: ['relu3_4'] })).toThrow(OptionError)
    expect(() => objectiveGraph({ ...base, styleLayers: ['relu3_4'] })).toThrow(/relu3_4.*relu3_3/)
  })

  test('a layer beyond the weights, saying where they end', () => {
    expect(() => objectiveGraph({ ...base, styleLayers: ['relu5_1'] })).toThrow(ModelError)
    expect(() => objectiveGraph({ ...base, styleLayers: ['relu5_1'] })).toThrow(
      'relu5_1: the weights of tiny end at conv3_1',
    )
  })

  test('an image too small for its poolings', () => {
    expect(() => objectiveGraph({ ...base, width: 3, height: 3 })).toThrow(ShapeError)
  })
})
