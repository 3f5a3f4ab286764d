import { afterAll, describe, expect, test } from 'vitest'
import * as b from '../../../src/engine/graph/build.ts'
import { isOp, makeGraph, topologicalOrder } from '../../../src/engine/graph/node.ts'
import { LOSS_FORMS } from '../../../src/engine/objective/losses/form.ts'
import {
  type ObjectiveSpec,
  objectiveGraph,
  termNames,
} from '../../../src/engine/objective/losses/objective.ts'
import { variationDistance } from '../../../src/engine/objective/losses/total-variation.ts'
import { noiseImage, type PlanarImage } from '../../../src/engine/picture/image.ts'
import { createNodeRuntime } from '../../../src/engine/runtime/ort-node.ts'
import { stylize } from '../../../src/engine/stylize.ts'
import { makeNetwork, ofStyle } from '../../../src/engine/vgg/features.ts'
import { checkGradient, sampleTensor } from '../../reference/check-gradient.ts'
import { evaluate, type Tensor, tensor } from '../../reference/interpreter.ts'
import { targetGraph } from '../../reference/target-graph.ts'
import { makeTinyModel } from '../../reference/tiny-model.ts'

/** [1,C,H,W] moved down and to the right; what leaves comes in at the opposite edge. */
function shifted({ shape, data }: Tensor, down: number, right: number): Tensor {
  const [, , height, width] = shape as [number, number, number, number]
  return tensor(
    shape,
    Array.from(data, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width) % height]
      const plane = i - y * width - x
      const row = (y - down + height) % height
      return data[plane + row * width + ((x - right + width) % width)]!
    }),
  )
}

describe('padding with the opposite edge', () => {
  test('repeats rows and columns as if the picture went on', () => {
    const x = b.input('x', [1, 1, 2, 3])
    const { y } = evaluate(makeGraph({ y: b.wrapPad(x) }), {
      x: tensor([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]),
    })
    expect(y!.shape).toEqual([1, 1, 4, 5])
    const rows = [6, 4, 5, 6, 4, 3, 1, 2, 3, 1, 6, 4, 5, 6, 4, 3, 1, 2, 3, 1]
    expect([...y!.data]).toEqual(rows)
  })

  test('has the gradient of central differences', () =>
    checkGradient(([x]) => b.wrapPad(x!), [[1, 2, 3, 4]]))
})

describe('total variation across the edges', () => {
  test.each(LOSS_FORMS)('has the gradient of central differences, %s', (form) =>
    checkGradient(([x]) => variationDistance(x!, form, { wraps: true }), [[1, 3, 4, 5]]),
  )

  test('counts the step from the last row and column to the first', () => {
    const x = b.input('x', [1, 1, 3, 2])
    const of = (wraps: boolean): number =>
      evaluate(makeGraph({ y: variationDistance(x, 'normalised', { wraps }) }), {
        x: tensor([1, 1, 3, 2], [0, 0, 1, 1, 3, 3]),
      }).y!.data[0]!
    expect(of(false)).toBe(2 * (1 + 4))
    expect(of(true)).toBe(2 * (1 + 4 + 9))
  })
})

describe.each(['average', 'max'] as const)('the loss, with %s pooling,', (pooling) => {
  const model = makeTinyModel({ deepest: 'conv5_1', channels: 2 })
  const spec: ObjectiveSpec = {
    width: 48,
    height: 32,
    network: makeNetwork(model, pooling, 'wrap'),
    form: 'normalised',
    contentLayers: ['relu4_2'],
    styleLayers: ['relu1_1', 'relu2_1', 'relu3_1', 'relu4_1', 'relu5_1'],
    styleLoss: 'gram',
    regions: 0,
    asShown: true,
    precision: 'float32',
  }
  const shape = [1, 3, spec.height, spec.width]
  const [image, content, style] = [1, 2, 3].map((seed) =>
    sampleTensor(shape, { seed, range: [0, 1] }),
  ) as [Tensor, Tensor, Tensor]
  const styleTargets = evaluate(
    targetGraph({ ...spec, network: ofStyle(spec.network), contentLayers: [] }),
    { image: style },
  )
  const lossOf = (given: ObjectiveSpec, x: Tensor, photograph: Tensor) => {
    const { norms: _, ...targets } = evaluate(targetGraph({ ...given, styleLayers: [] }), {
      image: photograph,
    })
    const count = termNames(given).length
    return evaluate(objectiveGraph(given), {
      image: x,
      ...targets,
      ...styleTargets,
      coefficients: tensor([count], new Array(count).fill(1)),
    })
  }

  test('is blind to cyclic shifts by the deepest stride, and its gradient goes along', () => {
    const before = lossOf(spec, image, content)
    for (const [down, right] of [
      [16, 0],
      [0, 32],
      [16, 16],
    ] as const) {
      const move = (x: Tensor): Tensor => shifted(x, down, right)
      const after = lossOf(spec, move(image), move(content))
      // Float64 sums in another order.
      before.terms!.data.forEach((term, i) => {
        expect(Math.abs(after.terms!.data[i]! - term)).toBeLessThanOrEqual(1e-9 * term)
      })
      const wanted = move(before.gradient!).data
      const size = Math.max(...wanted.map(Math.abs))
      wanted.forEach((value, i) => {
        expect(Math.abs(after.gradient!.data[i]! - value)).toBeLessThan(1e-9 * size)
      })
    }
  })

  test('is not with the edge repeated', () => {
    const replicated = { ...spec, network: makeNetwork(model, pooling, 'replicate') }
    const before = lossOf(replicated, image, content).terms!.data
    const after = lossOf(replicated, shifted(image, 16, 0), shifted(content, 16, 0)).terms!.data
    expect(Math.abs(after[1]! / before[1]! - 1)).toBeGreaterThan(1e-6)
  })

  test('pads no convolution with zeros', () => {
    const convs = topologicalOrder(Object.values(objectiveGraph(spec).outputs)).filter((node) =>
      isOp(node, 'conv'),
    )
    // 11 forward and as many back: the gradient's are of the same kind.
    expect(convs.map(({ attributes }) => attributes)).toEqual(
      new Array(22).fill({ pads: [0, 0, 0, 0] }),
    )
  })
})

describe('a seamless picture', () => {
  const model = makeTinyModel({ deepest: 'conv5_1', channels: 6 })
  const runtime = createNodeRuntime({ device: 'cpu', threads: 1 })
  afterAll(() => runtime.release())
  /** Waves that fit an edge in neither direction. */
  const style: PlanarImage = {
    width: 64,
    height: 64,
    data: Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => {
      const [x, y] = [i % 64, Math.floor(i / 64) % 64]
      return 0.5 + 0.5 * Math.sin(0.31 * x + 0.17 * y + Math.floor(i / 4096))
    }),
  }

  /**
   * Mean step of neighbours across the seams over that of neighbours elsewhere on the edges of the
   * cells of 16 px that are pooled: steps differ there from those within a cell.
   */
  function seamOf({ width, height, data }: PlanarImage): number {
    let [seam, inside, seams, insides] = [0, 0, 0, 0]
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [i % width, Math.floor(i / width) % height]
      const plane = i - y * width - x
      const right = plane + y * width + ((x + 1) % width)
      const below = plane + ((y + 1) % height) * width + x
      for (const [at, isSeam] of [
        [right, x === width - 1],
        [below, y === height - 1],
      ] as const) {
        const step = Math.abs(data[at]! - data[i]!)
        if (isSeam) [seam, seams] = [seam + step, seams + 1]
        else if ((at === right ? x : y) % 16 === 15)
          [inside, insides] = [inside + step, insides + 1]
      }
    }
    return seam / seams / (inside / insides)
  }

  const paint = (padding: 'wrap' | 'replicate', size: number) =>
    stylize(
      noiseImage(size, size, 1),
      [{ image: style, weight: 1 }],
      {
        padding,
        size,
        minScale: 32,
        iterations: [25],
        contentWeight: 0,
        styleLayerWeights: [1],
        init: 'random',
      },
      { runtime, model },
    )

  test('has no seam where it is laid beside itself, one painted as ever has', async () => {
    const [seamless, plain] = [await paint('wrap', 64), await paint('replicate', 64)]
    expect(seamOf(seamless.image)).toBeLessThan(1.1)
    expect(seamOf(plain.image)).toBeGreaterThan(1.3)
  })

  test('is painted in multiples of 16 px and has the size asked for', async () => {
    const { image, plan } = await paint('wrap', 70)
    expect(plan.scales.map(({ width, height }) => [width, height])).toEqual([
      [32, 32],
      [64, 64],
    ])
    expect([image.width, image.height]).toEqual([70, 70])
  })
})
