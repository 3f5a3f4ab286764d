import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as b from '../../../src/engine/graph/build.ts'
import { Constant } from '../../../src/engine/graph/constant.ts'
import { gradient } from '../../../src/engine/graph/gradient.ts'
import {
  type Graph,
  makeGraph,
  type Node,
  type OpName,
  topologicalOrder,
} from '../../../src/engine/graph/node.ts'
import { print } from '../../../src/engine/graph/print.ts'
import { simplify } from '../../../src/engine/graph/simplify.ts'
import { objectiveGraph } from '../../../src/engine/objective/losses/objective.ts'
import { makeNetwork } from '../../../src/engine/vgg/features.ts'
import { sampleTensor } from '../../reference/check-gradient.ts'
import { evaluate, type Tensor } from '../../reference/interpreter.ts'
import { makeTinyModel } from '../../reference/tiny-model.ts'
import { allExamples } from './examples.ts'

const nodesOf = (graph: Graph): Node[] => topologicalOrder(Object.values(graph.outputs))
const count = (graph: Graph, op: OpName): number =>
  nodesOf(graph).filter((node) => node.op === op).length

/** Values agree to the last bit, but for the sign of zero. */
function expectSameValues(before: Graph, after: Graph, inputs: Record<string, Tensor>): void {
  const expected = evaluate(before, inputs)
  const actual = evaluate(after, inputs)
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(actual[name]!.shape).toEqual(shape)
    expect([...actual[name]!.data].map((v) => v + 0)).toEqual([...data].map((v) => v + 0))
  }
}

const SHAPE = [2, 3, 4]

/** Steps that keep the shape, each picking operands among the nodes so far. */
const steps: readonly ((x: Node, y: Node, z: Node, factor: number) => Node)[] = [
  (x) => b.relu(x),
  (x) => b.abs(x),
  (x, y) => b.add(x, y),
  (x, y) => b.sub(x, y),
  (x, y) => b.mul(x, y),
  (x, _y, _z, factor) => b.mul(x, b.scalar(factor)),
  (x, _y, _z, factor) => b.mul(b.scalar(factor), x),
  (x, y) => b.add(x, b.mul(y, b.scalar(-1))),
  (x, _y, _z, factor) => b.mul(b.expand(b.sumTo(x, [3, 1]), SHAPE), b.scalar(factor)),
  (x, y) => b.add(b.expand(b.sum(x, [0, 1]), SHAPE), y),
  (x, y) => b.mul(b.expand(b.sumTo(x, [2, 1, 1]), SHAPE), b.expand(b.sumTo(y, [1, 3, 1]), SHAPE)),
  (x, y, z) => b.where(b.greater(x, y), b.expand(b.sumTo(z, [4]), SHAPE), x),
  (x) => b.reshape(b.reshape(b.reshape(x, [6, 4]), [24]), SHAPE),
  (x) => b.transpose(b.reshape(b.transpose(x, [1, 0, 2]), [3, 2, 4]), [1, 0, 2]),
  (x) => b.transpose(x, [0, 1, 2]),
  (x) => b.reverse(x, [1, 2]),
  (x) => b.slice(b.pad(x, [0, 1, 0], [0, 0, 2], 'edge'), [0, 0, 2], [2, 3, 6]),
  (x) => b.add(x, b.reverse(b.transpose(b.reshape(table(), [4, 3, 2]), [2, 1, 0]), [2])),
  (x, _y, _z, factor) => b.mul(x, b.mul(b.scalar(factor), b.scalar(0.5))),
]

const table = (): Node =>
  b.constant(new Constant('table', [24], () => Float32Array.from({ length: 24 }, (_, i) => i - 8)))

// Powers of two, so that merging factors is exact and values compare to the bit.
const factors = [1, -1, 2, 0.5, -0.25, 0]

const randomGraph = fc
  .array(
    fc.record({
      step: fc.nat(steps.length - 1),
      operands: fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)),
      factor: fc.constantFrom(...factors),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((choices) => {
    const x = b.input('x', SHAPE)
    const nodes: Node[] = [x, b.input('y', SHAPE)]
    for (const { step, operands, factor } of choices) {
      const [p, q, r] = operands.map((operand) => nodes[operand % nodes.length]!)
      nodes.push(steps[step]!(p!, q!, r!, factor))
    }
    const last = nodes.at(-1)!
    // Through x, so that there is a gradient whatever was built.
    const [atX] = gradient(b.sumAll(b.mul(last, x)), [x])
    return makeGraph({ last, other: nodes[nodes.length >> 1]!, gradient: atX! })
  })

const inputs = { x: sampleTensor(SHAPE, { seed: 1 }), y: sampleTensor(SHAPE, { seed: 2 }) }

describe('the simplified graph', () => {
  test('has the values of the graph it came from, whatever the graph', () => {
    fc.assert(
      fc.property(randomGraph, (graph) => expectSameValues(graph, simplify(graph), inputs)),
      { seed: 2015, numRuns: 150 },
    )
  })

  test('is never larger, and simplifying again changes nothing', () => {
    fc.assert(
      fc.property(randomGraph, (graph) => {
        const once = simplify(graph)
        expect(nodesOf(once).length).toBeLessThanOrEqual(nodesOf(graph).length)
        expect(print(simplify(once))).toBe(print(once))
      }),
      { seed: 2016, numRuns: 100 },
    )
  })

  test.each(allExamples)('%s: has the same value', (_, __, { build, shapes, range }) => {
    const nodes = shapes.map((shape, i) => b.input(`x${i}`, shape))
    const graph = makeGraph({ y: build(nodes) })
    const values = Object.fromEntries(
      shapes.map((shape, i) => [`x${i}`, sampleTensor(shape, { seed: i + 1, range })]),
    )
    expectSameValues(graph, simplify(graph), values)
  })
})

describe('simplify', () => {
  const x = b.input('x', [2, 3])

  test('makes equal nodes one', () => {
    const graph = simplify(makeGraph({ y: b.add(b.abs(b.relu(x)), b.mul(b.abs(b.relu(x)), x)) }))
    expect([count(graph, 'relu'), count(graph, 'abs')]).toEqual([1, 1])
  })

  test('tells nodes of unequal attributes, operands or order apart', () => {
    const graph = simplify(
      makeGraph({
        p: b.sub(b.clip(x, 0, 1), b.clip(x, 0, 1, true)),
        q: b.sub(b.clip(x, 0, 1, true), b.clip(x, 0, 1)),
        r: b.sub(b.clip(x, 0, 2), x),
      }),
    )
    expect([count(graph, 'clip'), count(graph, 'sub')]).toEqual([3, 3])
  })

  test('moves data of constants now, once for all graphs that share the constant', () => {
    const weight = new Constant('w', [2, 3, 1, 1], Float32Array.of(1, 2, 3, 4, 5, 6))
    const build = (size: number): Graph =>
      simplify(
        makeGraph({
          y: b.conv(
            b.input('x', [1, 2, size, size]),
            b.reverse(b.transpose(b.constant(weight), [1, 0, 2, 3]), [2, 3]),
            undefined,
            0,
          ),
        }),
      )
    const turned = [build(3), build(5)].map((graph) => {
      expect(nodesOf(graph).map(({ op }) => op)).toEqual(['input', 'constant', 'conv'])
      return graph.outputs.y!.inputs[1]!.attributes as { constant: Constant }
    })
    expect([...turned[0]!.constant.data]).toEqual([1, 4, 2, 5, 3, 6])
    expect(turned[0]!.constant).toBe(turned[1]!.constant)
  })

  test('merges factors and drops a factor of one', () => {
    const scaled = b.mul(b.scalar(3), b.mul(b.mul(x, b.scalar(2)), b.scalar(1)))
    const graph = simplify(makeGraph({ y: scaled }))
    expect(print(graph)).toBe('%x : float32 [2,3]\n%1 = mul(%x, scalar 6) : float32 [2,3]\ny = %1')
  })

  test('adding a negative becomes a difference', () => {
    const graph = simplify(makeGraph({ y: b.add(x, b.mul(b.abs(x), b.scalar(-1))) }))
    expect([count(graph, 'sub'), count(graph, 'add'), count(graph, 'mul')]).toEqual([1, 0, 0])
  })

  test('leaves broadcasting to the operator that does it by itself', () => {
    const row = b.input('row', [3])
    const graph = simplify(makeGraph({ y: b.mul(x, b.expand(row, [2, 3])) }))
    expect(count(graph, 'expand')).toBe(0)
  })

  test('keeps a broadcast that makes the shape', () => {
    const row = b.input('row', [3])
    const graph = simplify(makeGraph({ y: b.add(b.expand(row, [2, 3]), row) }))
    expect(graph.outputs.y!.shape).toEqual([2, 3])
    expect(count(graph, 'expand')).toBe(1)
  })

  test('drops reshapes of reshapes and transposes that do nothing', () => {
    const graph = simplify(
      makeGraph({ y: b.transpose(b.reshape(b.reshape(x, [6]), [3, 2]), [0, 1]) }),
    )
    expect(nodesOf(graph).map(({ op }) => op)).toEqual(['input', 'reshape'])
  })

  test('splits a long sum into one an axis, the last axis first', () => {
    const large = b.input('large', [1, 3, 40, 50])
    const graph = makeGraph({ y: b.sumAll(large), rows: b.sum(large, [0, 3]) })
    const simplified = simplify(graph)
    expect(print(simplified)).toMatchInlineSnapshot(`
      "%large : float32 [1,3,40,50]
      %1 = sum(%large) {"axes":[3]} : float32 [1,3,40]
      %2 = sum(%1) {"axes":[0,1,2]} : float32 []
      %3 = sum(%large) {"axes":[0,3]} : float32 [3,40]
      y = %2
      rows = %3"
    `)
    const values = { large: sampleTensor([1, 3, 40, 50], { seed: 1 }) }
    const [before, after] = [evaluate(graph, values), evaluate(simplified, values)]
    // Float64, 6,000 values around 0 in another order.
    expect(after.y!.data[0]).toBeCloseTo(before.y!.data[0]!, 9)
    expect(after.rows).toEqual(before.rows)
  })

  test('leaves a short sum in one piece', () => {
    const short = b.input('short', [1, 3, 4, 5])
    expect(count(simplify(makeGraph({ y: b.sumAll(short) })), 'sum')).toBe(1)
  })

  test('leaves out the slope of a value that nobody differentiates', () => {
    const x = b.input('x', [2])
    const graph = simplify(makeGraph({ y: b.withSlope(b.sumAll(x), x, b.abs(x)) }))
    expect(print(graph)).not.toMatch(/abs|withSlope/)
  })

  test('an objective is left without broadcasts, repeats and turned weights', () => {
    const network = makeNetwork(makeTinyModel({ deepest: 'conv2_1' }), 'average', 'replicate')
    const graph = objectiveGraph({
      width: 10,
      height: 8,
      network,
      form: 'normalised',
      contentLayers: ['relu2_1'],
      styleLayers: ['relu1_1', 'relu2_1'],
      styleLoss: 'gram',
      regions: 0,
      asShown: true,
      precision: 'float32',
    })
    expect([count(graph, 'expand'), count(graph, 'reverse'), count(graph, 'cast')]).toEqual([
      0, 0, 0,
    ])
    // Three layers forward, their adjoints backward: one evaluation of the network serves all.
    expect(count(graph, 'conv')).toBe(6)
    const lines = nodesOf(graph)
      .filter(({ op }) => op !== 'input' && op !== 'constant')
      .map((node) => [
        node.op,
        node.inputs.map((input) => nodesOf(graph).indexOf(input)),
        node.attributes,
      ])
      .map((line) => JSON.stringify(line))
    expect(new Set(lines).size).toBe(lines.length)
  })
})

test('narrowing what was widened from float16 is left out; widening what was narrowed is not', () => {
  const half = b.input('half', [2], 'float16')
  const x = b.input('x', [2])
  const narrowed = simplify(makeGraph({ y: b.cast(b.cast(half, 'float32'), 'float16') }))
  expect(narrowed.outputs.y).toBe(half)
  expect(count(simplify(makeGraph({ y: b.cast(b.cast(x, 'float16'), 'float32') })), 'cast')).toBe(2)
})

test('a weight is narrowed and turned before the graph runs', () => {
  const weight = b.constant(new Constant('w', [2, 2, 1, 1], Float32Array.of(1, 2, 3, 70000)))
  const half = b.reverse(b.transpose(b.cast(weight, 'float16'), [1, 0, 2, 3]), [2, 3])
  const { y } = simplify(makeGraph({ y: half })).outputs
  expect([y!.op, y!.dtype]).toEqual(['constant', 'float16'])
  expect([...evaluate(makeGraph({ y: y! }), {}).y!.data]).toEqual([1, 3, 2, Infinity])
})
