import { describe, expect, test } from 'vitest'
import * as b from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import {
  isTileWeight,
  lowerConvolutions,
  TILINGS,
  type Tiling,
} from '../../../src/engine/graph/convolutions.ts'
import { gradient } from '../../../src/engine/graph/gradient.ts'
import {
  constantOf,
  type Graph,
  makeGraph,
  type Node,
  type Pads,
  topologicalOrder,
} from '../../../src/engine/graph/node.ts'
import { pendingProgram, settlePending } from '../../../src/engine/graph/pending.ts'
import { simplify } from '../../../src/engine/graph/simplify.ts'
import type { Shape } from '../../../src/engine/graph/tensor-type.ts'
import { sampleTensor } from '../../reference/check-gradient.ts'
import { evaluate, tensor } from '../../reference/interpreter.ts'

const nodesOf = (graph: Graph): Node[] => topologicalOrder(Object.values(graph.outputs))
const countOf = (graph: Graph, op: Node['op']): number =>
  nodesOf(graph).filter((node) => node.op === op).length
const constantsOf = (graph: Graph): Constant[] =>
  nodesOf(graph).flatMap((node) => constantOf(node) ?? [])

const constant = (shape: Shape): Node =>
  b.constant(
    new Constant(`weight ${shape}`, shape, () =>
      Float32Array.from(sampleTensor(shape, { seed: 5 }).data),
    ),
  )

/** As runtimes do. */
function settle(constant: Constant): void {
  const program = pendingProgram(constant)
  if (!program) return
  const source = constant.origin!.constant
  settle(source)
  const graph = makeGraph({ values: program(b.input('source', source.shape)) })
  const { values } = evaluate(graph, { source: tensor(source.shape, source.data) })
  settlePending(constant, Float32Array.from(values!.data))
}

/** A convolution [1,2,…] → [1,3,…], and what it hands back of a gradient. */
function convolution(height: number, width: number, pads: number | Pads, isDirect?: true): Graph {
  const x = b.input('x', [1, 2, height, width])
  const y = b.conv(x, constant([3, 2, 3, 3]), constant([3]), pads, isDirect ? { isDirect } : {})
  const [dx] = gradient(b.sumAll(b.mul(y, b.input('dy', y.shape))), [x])
  return simplify(makeGraph({ y, dx: dx! }))
}

const always = (tiling: Tiling): Tiling => ({ ...tiling, pays: () => true })

/** Transformed weights are float32, everything else is float64 here. */
const TOLERANCE = 2e-6

function expectSame(graph: Graph, lowered: Graph): void {
  const inputs = Object.fromEntries(
    graph.inputs.map(({ shape, attributes: { name } }, i) => [
      name,
      sampleTensor(shape, { seed: i + 1 }),
    ]),
  )
  const actual = evaluate(lowered, inputs)
  for (const [name, { data, shape }] of Object.entries(evaluate(graph, inputs))) {
    expect(actual[name]!.shape).toEqual(shape)
    const scale = Math.max(...data.map(Math.abs))
    data.forEach((value, i) => {
      const deviation = Math.abs(actual[name]!.data[i]! - value) / scale
      expect(deviation, `${name}[${i}]`).toBeLessThan(TOLERANCE)
    })
  }
}

describe('convolutions in tiles', () => {
  test.each(
    ([TILINGS.cpu, TILINGS.wasm] as const).flatMap((tiling) =>
      [
        { height: 8, width: 8, pads: 1 },
        { height: 7, width: 10, pads: 1 },
        { height: 9, width: 6, pads: [0, 1, 0, 1] as Pads },
        { height: 5, width: 3, pads: 2 },
      ].map((extents) => ({ ...tiling, ...extents })),
    ),
  )(
    'are what they were, forward and backward: $height×$width, pads $pads, separable $isSeparable',
    ({ height, width, pads, ...tiling }) => {
      const graph = convolution(height, width, pads)
      const lowered = lowerConvolutions(graph, always(tiling))
      expect(countOf(lowered, 'conv')).toBe(0)
      for (const weight of constantsOf(lowered)) settle(weight)
      expectSame(graph, lowered)
    },
  )

  test('are by taps where their outputs are few', () => {
    const x = b.input('x', [1, 48, 5, 6])
    const pads: Pads = [2, 1, 0, 1]
    const graph = makeGraph({ y: b.conv(x, constant([3, 48, 3, 3]), constant([3]), pads) })
    const lowered = lowerConvolutions(graph, { ...TILINGS.cpu, pays: () => false })
    expect(countOf(lowered, 'conv')).toBe(0)
    expectSame(graph, lowered)
  })

  test('share their weights between directions and sizes', () => {
    const weight = new Constant('w', [3, 2, 3, 3], () => new Float32Array(54))
    const graphOf = (size: number): Graph => {
      const x = b.input('x', [1, 2, size, size])
      const y = b.conv(x, b.constant(weight), undefined, 1)
      const [dx] = gradient(b.sumAll(b.mul(y, y)), [x])
      return lowerConvolutions(simplify(makeGraph({ dx: dx! })), always(TILINGS.cpu))
    }
    const weights = [graphOf(4), graphOf(9)].flatMap(constantsOf).filter(isTileWeight)
    expect(new Set(weights).size).toBe(1)
    expect(weights[0]!.shape).toEqual([36, 3, 2])
  })

  test('leave alone what is direct, of other kernels, of other dtypes and of weights that are computed', () => {
    const x = b.input('x', [1, 2, 8, 8])
    const graphs = [
      convolution(8, 8, 1, true),
      makeGraph({ y: b.conv(x, constant([3, 2, 1, 1]), undefined, 0) }),
      makeGraph({ y: b.conv(x, b.input('w', [3, 2, 3, 3]), undefined, 1) }),
      simplify(
        makeGraph({
          y: b.conv(b.cast(x, 'float16'), b.cast(constant([3, 2, 3, 3]), 'float16'), undefined, 1),
        }),
      ),
    ]
    for (const graph of graphs) {
      expect(countOf(lowerConvolutions(graph, always(TILINGS.cpu)), 'tiledConv')).toBe(0)
    }
  })

  test('go in bands of rows where a picture is large', () => {
    const x = b.input('x', [1, 64, 512, 512])
    const weight = b.constant(new Constant('w', [64, 64, 3, 3], () => new Float32Array(36864)))
    const graph = makeGraph({ y: b.conv(x, weight, undefined, 1) })
    const lowered = lowerConvolutions(graph, always(TILINGS.cpu))
    expect(lowered.outputs.y!.shape).toEqual([1, 64, 512, 512])
    const tiles = nodesOf(lowered).filter(({ op }) => op === 'tiledConv')
    expect(tiles.map(({ shape }) => shape)).toEqual(new Array(8).fill([64, 36, 16, 128]))
  })

  test.each(['cpu', 'wasm'] as const)(
    'pay on %s where there are many channels and tiles',
    (device) => {
      const { pays } = TILINGS[device]
      const of = (channels: number, outputs: number, size: number): boolean =>
        pays({ channels, outputs, height: size, width: size })
      expect(of(256, 256, 64)).toBe(true)
      expect(of(512, 512, 16)).toBe(true)
      expect(of(3, 64, 256)).toBe(false)
      expect(of(64, 3, 256)).toBe(false)
      // Four tiles for nine pixels each.
      expect(of(512, 512, 5)).toBe(false)
    },
  )
})
